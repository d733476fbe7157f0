"""Whatever stands under whatever key of a run's files: the run is read or is damaged, and never anything else."""

import copy
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from explorer.cli import main
from explorer.errors import UserError
from explorer.runs import epochs, find, list_runs, steps, weight_stats
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.folder import SAMPLES
from explorer.runs.history import epoch_batches, read_test_predictions, seconds_a_batch
from explorer.runs.record import RunRecord
from explorer.runs.store import damaged_runs, unknown_keys

SAMPLE = SAMPLES / "sample-plain"
FILES = ("run.json", "epochs.jsonl", "steps.jsonl", "test_answers.npy")
GONE = object()
STRANGE = (GONE, None, "", "zzz", -1, 0, 3.5, 1e400, float("nan"), 10**30, 10**400, [], {}, True, [[]], "\ud800")
RARE = {  # what the sample has not
    "name": "a",
    "note": "b",
    "tags": ["c"],
    "study": {"name": "s", "variant": "v"},
    "cluster": {"address": "10.0.0.5:6379", "cpus": 2},
    "origin": {"run": "r", "epoch": 1, "fingerprint": "f", "dataset": "d", "tune": "all", "fraction": 1.0},
    "earlier_tests": [{"accuracy": 0.5, "n": 10, "epochs": 3}],
}


def places(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Of every value in a JSON object; of a list the first item stands for all."""
    if above:
        yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for name, item in inner:
        yield from places(item, (*above, name))


def damages(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The object with one value of it strange or gone."""
    for place in places(whole):
        for strange in STRANGE:
            damaged = copy.deepcopy(whole)
            at: Any = damaged
            for name in place[:-1]:
                at = at[name]
            if strange is GONE:
                del at[place[-1]]
            else:
                at[place[-1]] = strange
            yield damaged


@pytest.fixture
def add(checkpoints):
    """Makes a run folder like the sample, with the next number."""

    def add(without: str = "", **record: Any) -> Any:
        number = sum(path.name.startswith("digits") for path in checkpoints.iterdir()) + 1
        folder = checkpoints / f"digits-resnet32-{number:04d}"
        folder.mkdir()
        for name in set(FILES[1:]) - {without}:
            os.link(kept / name, folder / name)
        if without != "run.json":
            content = {**(record or json.loads((SAMPLE / "run.json").read_text())), "id": folder.name}
            (folder / "run.json").write_text(json.dumps(content))
        return folder

    kept = checkpoints / ".kept"
    shutil.copytree(SAMPLE, kept, ignore=shutil.ignore_patterns("weights"))
    return add


def assert_all_is_well(good: str, folders: int) -> None:
    runs = list_runs()
    assert good in {run.id for run in runs}
    assert len(runs) + len(damaged_runs()) == folders
    assert all(damaged.reason for damaged in damaged_runs())
    unknown_keys()
    for run in runs:
        if run.epochs_done:
            assert seconds_a_batch(run) > 0
            epoch_batches(run)


def test_any_value_of_run_json(add, capsys):
    good = add()
    whole = {**json.loads((good / "run.json").read_text()), **RARE}
    folders = 1
    for number, damaged in enumerate(damages(whole)):
        with suppress(UserError):
            json.dumps(RunRecord.from_json(damaged).to_json())
        if number % 11 == 0:  # as many different values as places
            add(**damaged)
            folders += 1
    assert_all_is_well(good.name, folders)
    assert main(["list"]) == 0
    archived = sum(run.record.archived for run in list_runs())
    assert len(capsys.readouterr().out.splitlines()) == folders - archived


def test_any_value_of_a_line(add):
    good = add()
    before = epochs([good.name]), steps(good.name), weight_stats(good.name)
    strange = add()
    for name in ("epochs.jsonl", "steps.jsonl"):
        lines = (good / name).read_text().splitlines()
        (strange / name).unlink()
        one = next(line for line in lines if "update_norms" in line or name == "epochs.jsonl")
        added = [json.dumps(damaged) for damaged in damages(json.loads(one))]
        (strange / name).write_text("\n".join([*lines, *added, ""]))
    after = epochs([strange.name]), steps(strange.name), weight_stats(strange.name)
    for alone, with_others in zip(before, after, strict=True):
        assert (with_others.epoch[: len(alone.epoch)] == alone.epoch).all()
    assert len(epoch_rows(find(strange.name))) == len(after[0])


@pytest.mark.parametrize("name", FILES)
def test_any_file(add, name):
    good, folders = add(), 1
    for make in (
        lambda file: file.mkdir(),
        lambda file: os.mkfifo(file),
        lambda file: file.symlink_to(file),
        lambda file: file.symlink_to("/dev/zero"),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(bytes(5000)),
        lambda file: file.write_text("[" * 100_000 + "\n"),
        lambda file: file.write_text('{"epoch":' * 100_000 + "\n"),
        lambda file: file.write_text('{"epoch":' + "9" * 5000 + "}\n"),
        lambda file: None,
    ):
        folder = add(without=name)
        make(folder / name)
        folders += (folder / "run.json").is_file()
    assert_all_is_well(good.name, folders)
    for run in list_runs():
        assert len(epochs([run.id])) == run.epochs_done
        assert len(steps(run.id).step) >= len(weight_stats(run.id).step)
        predicted = read_test_predictions(run)
        assert predicted is None or len(predicted) == 2
    assert main(["list"]) == 0
