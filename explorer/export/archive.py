"""A run as a zip file, which `import` reads back on another machine."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from explorer.data.files_in_use import replace
from explorer.errors import UserError
from explorer.export.run_files import CHECKSUMS, travels
from explorer.runs.folder import ENDED, Run
from explorer.runs.weights import weights_file

EPOCHS = "weights/epoch-"
# What is true only on this machine, and who may change the run here.
STAYS_HERE = ("owner", "session", "cluster", "nodes", "queue_key", "message", "message_fraction")
_WHEN = 1980, 1, 1, 0, 0, 0  # equal runs make equal archives


def write(run: Run, out: Path, every_epoch: bool = True) -> None:
    """Write the run as a zip file. `every_epoch`: include the weights of each epoch, not only the best and the last.

    Raises UserError if the run has not ended, or if the file cannot be written.
    """
    aside = out.with_name(f".{out.name}.{os.getpid()}-{uuid4().hex}.partial")
    try:
        with aside.open("wb") as file:
            pack(run, file, every_epoch)
        replace(aside, out)
    except OSError as error:
        raise UserError(f"Cannot write {out} ({error.strerror}): choose another place.") from error
    finally:
        aside.unlink(missing_ok=True)


def pack(run: Run, into: BinaryIO, every_epoch: bool = True) -> None:
    """Like `write`, into an open file. Raises UserError if the run has not ended."""
    if run.status not in ENDED:
        raise UserError(f"{run.id} is {run.status}: wait for its end, or stop it, before you export it.")
    name, sums = exported_id(run), {}
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path, content in _files(run, name, every_epoch):
            sums[path] = hashlib.sha256(content).hexdigest()
            _add(archive, f"{name}/{path}", content)
        _add(archive, f"{name}/{CHECKSUMS}", json.dumps(sums, indent=1).encode())


def exported_id(run: Run) -> str:
    """The run's id; for a sample, whose id no other run can have, a new one for other machines."""
    return f"{run.config.dataset}-{run.config.model}-0000" if run.is_sample else run.id


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _WHEN)
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def _files(run: Run, name: str, every_epoch: bool) -> Iterator[tuple[str, bytes]]:
    """(path in the folder, content), run.json first."""
    content = json.loads((run.path / "run.json").read_bytes()) | {"id": name}
    kept = {key: value for key, value in content.items() if key not in STAYS_HERE}
    yield "run.json", json.dumps(kept, indent=1).encode()
    paths = sorted(path for path in run.path.rglob("*") if path.is_file())
    for path in paths:
        relative = path.relative_to(run.path).as_posix()
        if (
            travels(relative)
            and relative not in ("run.json", CHECKSUMS)
            and (every_epoch or not relative.startswith(EPOCHS))
        ):
            yield relative, path.read_bytes()
    if run.is_sample:  # contains the weights of each epoch once
        for epoch in ("best", "last"):
            yield f"weights/{epoch}.safetensors", weights_file(run, epoch).read_bytes()
