"""Archives that no colleague would send: name → how it is made from a good one, and a word of the sentence on it."""

import io
import json
import pickle
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
from safetensors.numpy import load, save

ID = "digits-resnet32-0000"
Files = dict[str, bytes]  # path in the run's folder → content


def packed(files: Files, folder: str = ID, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(f"{folder}/{name}" if folder else name, content)
    return made.getvalue()


def also(*entries: tuple[str, bytes], mode: int = 0) -> Callable[[Files], bytes]:
    """The good archive with more entries, under these whole names."""

    def make(files: Files) -> bytes:
        made = io.BytesIO(packed(files))
        with zipfile.ZipFile(made, "a") as archive, warnings.catch_warnings(action="ignore"):  # of a name twice
            for name, content in entries:
                info = zipfile.ZipInfo("placeholder")
                info.filename = name
                info.external_attr = mode << 16
                archive.writestr(info, content, zipfile.ZIP_DEFLATED)
        return made.getvalue()

    return make


def with_nul(files: Files) -> bytes:
    return also((f"{ID}/weights/a_.safetensors", b""))(files).replace(b"a_.safetensors", b"a\0.safetensors")


def record(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], bytes]:
    """The archive whose run.json was changed, packed by hand: without sums."""

    def make(files: Files) -> bytes:
        content = json.loads(files["run.json"])
        change(content)
        return packed({**unsummed(files), "run.json": json.dumps(content).encode()})

    return make


def unsummed(files: Files) -> Files:
    return {name: content for name, content in files.items() if name != "checksums.json"}


def replaced(name: str, content: bytes | Callable[[bytes], bytes]) -> Callable[[Files], bytes]:
    def make(files: Files) -> bytes:
        return packed({**unsummed(files), name: content if isinstance(content, bytes) else content(files[name])})

    return make


def without(*names: str) -> Callable[[Files], bytes]:
    return lambda files: packed({name: each for name, each in unsummed(files).items() if name not in names})


def rewritten(change: Callable[[dict[str, np.ndarray]], object]) -> Callable[[bytes], bytes]:
    def rewrite(content: bytes) -> bytes:
        tensors = load(content)
        change(tensors)
        return save({name: np.asarray(value, order="C") for name, value in tensors.items()})

    return rewrite


def in_the_table(files: Files, offset: int, value: bytes, name: str = "run.json") -> bytes:
    """The archive with some bytes of an entry of its table changed."""
    whole = bytearray(packed(files))
    start = whole.rindex(b"PK\x01\x02", 0, whole.rindex(f"{ID}/{name}".encode()))
    whole[start + offset : start + offset + len(value)] = value
    return bytes(whole)


def array(value: np.ndarray) -> bytes:
    made = io.BytesIO()
    np.save(made, value, allow_pickle=True)
    return made.getvalue()


def bomb(files: Files) -> bytes:
    return packed({**unsummed(files), "steps.jsonl": bytes(60 * 2**20)})


def overlapping(files: Files) -> bytes:
    """The second entry begins where the first does."""
    whole = in_the_table(files, 42, struct.pack("<L", 0), "epochs.jsonl")
    return whole


def lines(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        rows = [json.loads(line) for line in content.splitlines()]
        change(rows)
        return "".join(json.dumps(row) + "\n" for row in rows).encode()

    return edit


def training(**values: Any) -> Callable[[Files], bytes]:
    return record(lambda r: r["config"]["training"].update(values))


def nested(files: Files) -> bytes:
    return packed({**unsummed(files), "run.json": b'{"a":' * 100_000})


def predictions(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[bytes], bytes]:
    return lambda content: array(change(np.load(io.BytesIO(content))))


def endless(content: bytes) -> bytes:
    """The array whose head says that it has a billion times as many numbers."""
    return content.replace(b"), }" + b" " * 9, b"000000000), }", 1)


SCRIPT = "<script>alert(1)</script>"
HOSTILE: dict[str, tuple[Callable[[Files], bytes], str]] = {
    # no zip file, or not all of it
    "an empty file": (lambda files: b"", "not a zip file"),
    "a picture": (lambda files: b"\x89PNG" + bytes(100), "not a zip file"),
    "a program before it": (lambda files: b"#!/bin/sh\n" + packed(files), "not a zip file"),
    "a zip file before it": (lambda files: packed({}) + packed(files), "comes before"),
    "something behind it": (lambda files: packed(files) + b"PK", "follows the end"),
    "cut short": (lambda files: packed(files)[:-4000], "ends too early"),
    "cut at half": (lambda files: packed(files)[: len(packed(files)) // 2], "ends too early"),
    "no entry": (lambda files: packed({}), "is empty"),
    "a flipped bit": (lambda files: packed(files).replace(b"safetensors", b"safetensorz", 1), "two names"),
    "a wrong sum of an entry": (lambda files: in_the_table(files, 16, bytes(4)), "damaged"),
    "a size that is not so": (lambda files: in_the_table(files, 24, struct.pack("<L", 100)), "damaged"),
    "a table elsewhere": (lambda files: packed(files)[:-6] + b"\xff\xff\xff\x7f\0\0", "not where"),
    "a huge table": (lambda files: packed(files)[:-10] + b"\0\0\0\x40" + packed(files)[-6:], "table"),
    "a second table of 64 bits": (
        lambda files: packed(files)[:-22] + b"PK\x06\x07" + bytes(16) + packed(files)[-22:],
        "more than 4 GB",
    ),
    # names
    "a way out": (also((f"{ID}/../../evil", b"")), "leads out"),
    "a way out at the start": (also(("../evil", b"")), "leads out"),
    "an absolute path": (also(("/etc/passwd", b"")), "outside"),
    "a home folder": (also(("~/.bashrc", b"")), "outside"),
    "a drive": (also(("C:/evil", b"")), "colon"),
    "a stream of a file": (also((f"{ID}/run.json:evil", b"")), "colon"),
    "backslashes": (also(("..\\..\\evil", b"")), "backslash"),
    "a nul byte": (with_nul, "control character"),
    "a line break": (also((f"{ID}/a\nb", b"")), "control character"),
    "a name turned around": (also((f"{ID}/\u202egnp.exe", b"")), "control character"),
    "a long name": (also((f"{ID}/{'a' * 5000}", b"")), "5,021 characters"),
    "an empty part": (also((f"{ID}//run.json", b"")), "empty part"),
    "a dot": (also((f"{ID}/./run.json", b"")), "empty part"),
    # kinds
    "a link": (also((f"{ID}/weights/epoch-0099.safetensors", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777), "a link"),
    "a linked folder": (also((f"{ID}/weights/", b""), mode=stat.S_IFLNK | 0o777), "a link"),
    "a device": (also((f"{ID}/epochs", b""), mode=stat.S_IFCHR | 0o666), "a device"),
    "a disk": (also((f"{ID}/epochs", b""), mode=stat.S_IFBLK | 0o666), "a device"),
    "a pipe": (also((f"{ID}/epochs", b""), mode=stat.S_IFIFO | 0o666), "a pipe"),
    "a socket": (also((f"{ID}/epochs", b""), mode=stat.S_IFSOCK | 0o666), "a socket"),
    "a folder called a file": (also((f"{ID}/epochs", b""), mode=stat.S_IFDIR | 0o777), "folder under the name"),
    "a folder with content": (also((f"{ID}/weights/", b"x")), "content of its own"),
    "encrypted": (lambda files: in_the_table(files, 8, b"\x01\0"), "encrypted"),
    "packed by bzip2": (lambda files: packed(files, method=zipfile.ZIP_BZIP2), "unusual way"),
    # the same again, and too much
    "a file twice": (also((f"{ID}/run.json", b"{}")), "twice"),
    "a file in capitals": (also((f"{ID}/RUN.json", b"{}")), "also as"),
    "one entry in another": (overlapping, "overlaps"),
    "a bomb by ratio": (bomb, "times its size"),
    "a bomb by size": (lambda files: in_the_table(files, 24, b"\xff\xff\xff\xfe"), "GB"),
    "a bomb by count": (lambda files: packed({f"{n}": b"" for n in range(20_200)}, "a"), "20,200 files"),
    "a huge run.json": (replaced("run.json", json.dumps("a" * 17_000_000).encode()), "17 MB"),
    # what does not belong to a run
    "a program": (also((f"{ID}/setup.py", b"import os")), "not a file of a run"),
    "a page": (also((f"{ID}/index.html", b"<script>")), "not a file of a run"),
    "a file beside the folder": (also(("README.txt", b"")), "not a file of a run"),
    "weights in a deeper folder": (also((f"{ID}/weights/a/best.safetensors", b"")), "not a file of a run"),
    "a pickle": (also((f"{ID}/weights/best.pt", pickle.dumps({}))), "may be a pickle"),
    "a pickled optimizer": (also((f"{ID}/optimizer.pkl", pickle.dumps({}))), "may be a pickle"),
    "a pickle under the name of weights": (replaced("weights/best.safetensors", pickle.dumps({"a": 1})), "safetensors"),
    "a pickle in an array": (replaced("test_answers.npy", array(np.array([{}, {}], object))), "not a table"),
    "two runs": (also(("digits-mlp-0001/run.json", b"{}")), "2 folders"),
    "no folder": (lambda files: packed(files, ""), "pack the run's folder"),
    "no run.json": (without("run.json"), "no run.json"),
    # run.json
    "no JSON": (replaced("run.json", b"{"), "not JSON"),
    "half a character": (replaced("run.json", b'"\xff"'), "not JSON"),
    "nested without end": (nested, "not JSON"),
    "a list": (replaced("run.json", b"[]"), "not a JSON object"),
    "a newer schema": (record(lambda r: r.update(schema_version=2)), "update the app"),
    "no schema": (record(lambda r: r.pop("schema_version")), "schema version"),
    "another id": (record(lambda r: r.update(id="digits-resnet32-0001")), "give the folder that name"),
    "an id that leads out": (record(lambda r: r.update(id="../../evil-0001")), "give the folder that name"),
    "a queued run": (record(lambda r: r.update(status="queued")), "is queued"),
    "a running run": (record(lambda r: r.update(status="running")), "is running"),
    "an unknown status": (record(lambda r: r.update(status="winning")), "winning"),
    "an unknown data set": (record(lambda r: r["config"].update(dataset="secrets")), "secrets"),
    "another data set": (record(lambda r: r["config"].update(dataset="mnist")), "learned from mnist"),
    "a folder that there is here, too": (record(lambda r: r["config"].update(dataset="folder:/tmp")), "--images"),
    "a folder of another machine": (record(lambda r: r["config"].update(dataset="folder:/home/eve/x")), "--images"),
    "a shortcut in such a folder": (
        record(lambda r: r["config"].update(dataset="shortcut:corner:folder:/home/eve/x")),
        "--images",
    ),
    "an unknown network": (record(lambda r: r["config"].update(model="evilnet")), "evilnet"),
    "an unknown option": (record(lambda r: r["config"]["options"].update(width="many")), "width"),
    "an option of a megabyte": (
        record(lambda r: r["config"]["options"].update(width="9" * 10**6)),
        "1,000,000 characters",
    ),
    "an option of 400 digits": (record(lambda r: r["config"]["options"].update(width=10**400)), "401 digits"),
    "a schema of 400 digits": (record(lambda r: r.update(schema_version=10**400)), "401 digits"),
    "a network too large": (record(lambda r: r["config"]["options"].update(width=10**6)), "width"),
    # edited
    "another learning rate": (training(learning_rate=0.1), "was edited"),
    "another batch size": (training(batch_size=64), "was edited"),
    "more passes": (training(passes=2), "was edited"),
    "fewer images": (record(lambda r: r["dataset"]["images"].update(train=100)), "was edited"),
    "another schedule": (training(schedule="constant"), "was edited"),
    "more epochs": (training(epochs=99), "was edited"),
    "fewer epochs": (training(epochs=2), "8 of 2 epochs"),
    "another network": (record(lambda r: r["config"].update(model="resnet20")), "parameters"),
    "another width": (record(lambda r: r["config"]["options"].update(width=8)), "does not fit"),
    "a better test": (record(lambda r: r["test"].update(accuracy=0.99)), "was edited"),
    "a better confusion": (record(lambda r: r["test"].update(confusion=[[1, 2]])), "was edited"),
    "a better best epoch": (record(lambda r: r["best"].update(validation_accuracy=0.99)), "were edited"),
    "a better epoch": (replaced("epochs.jsonl", lines(lambda rows: rows[3].update(validation_accuracy=1.0))), "edited"),
    "an epoch is missing": (replaced("epochs.jsonl", lines(lambda rows: rows.pop(2))), "other epochs"),
    "an epoch twice": (replaced("epochs.jsonl", lines(lambda rows: rows.append(rows[-1]))), "other epochs"),
    "better predictions": (replaced("test_answers.npy", predictions(lambda a: np.stack([a[0], a[0]]))), "was edited"),
    "predictions without end": (replaced("test_answers.npy", endless), "not a table"),
    "classes that are not there": (replaced("test_answers.npy", predictions(lambda a: a + 100)), "do not have"),
    "run.json after the sums": (
        lambda files: packed({**files, "run.json": files["run.json"].replace(b"8", b"9")}),
        "was changed after",
    ),
    "a file after the sums": (
        lambda files: packed({**files, "weights/epoch-0001.safetensors": b""}),
        "not those that its checksums.json lists",
    ),
    "sums of nothing": (lambda files: packed({**files, "checksums.json": b"[]"}), "checksums.json lists"),
    # weights
    "no best weights": (without("weights/best.safetensors"), "no weights/best.safetensors"),
    "a layer is missing": (
        replaced("weights/best.safetensors", rewritten(lambda tensors: tensors.pop("head.weight"))),
        "'head.weight' differs",
    ),
    "a layer of another shape": (
        replaced("weights/last.safetensors", rewritten(lambda t: t.update({"head.bias": np.zeros(3, "float32")}))),
        "'head.bias' differs",
    ),
    "a layer too many": (
        replaced("weights/last.safetensors", rewritten(lambda t: t.update(evil=np.zeros(3, "float32")))),
        "'evil' differs",
    ),
    "a header without end": (replaced("weights/best.safetensors", b"\xff" * 8 + b"{}"), "not a safetensors file"),
    "weights cut short": (
        replaced("weights/best.safetensors", lambda content: content[:-10]),
        "not a safetensors file",
    ),
    # what a page would show
    **{
        f"markup in {name}": (record(change), "has markup")
        for name, change in {
            "its name": lambda r: r.update(name=SCRIPT),
            "its note": lambda r: r.update(note="![](https://example.org/a.png)"),
            "a tag": lambda r: r.update(tags=["<img src=x onerror=alert(1)>"]),
            "its study": lambda r: r.update(study={"name": "depth", "variant": SCRIPT}),
            "another study": lambda r: r.update(also_in=[{"name": SCRIPT, "variant": "a"}]),
            "a class": lambda r: r["dataset"].update(classes=[SCRIPT, *"123456789"]),
            "its device": lambda r: r["device"].update(name="[a](javascript:alert(1))"),
            "its reason": lambda r: r.update(reason=SCRIPT),
            "who trained it": lambda r: r.update(who=SCRIPT),
            "a version": lambda r: r["versions"].update(torch=SCRIPT),
            "an unknown key": lambda r: r.update({SCRIPT: 1}),
            "an unknown setting": lambda r: r["config"].update(ema=SCRIPT),
            "an option": lambda r: r["config"]["options"].update(activation=SCRIPT),
            "a parameter": lambda r: r.update(parameter_names=[SCRIPT]),
        }.items()
    },
    "a name of 5000 characters": (record(lambda r: r.update(name="a" * 5000)), "5,000 characters"),
    "a name of 90 characters": (record(lambda r: r.update(name="a" * 90)), "more than 80"),
    "a run's name turned around": (record(lambda r: r.update(name="a\u202eb")), "control character"),
    "a note that rings": (record(lambda r: r.update(note="\x07")), "control character"),
    "a thousand tags": (record(lambda r: r.update(tags=[f"t{n}" for n in range(1000)])), "tags"),
}
