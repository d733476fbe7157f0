"""The tables of a report: what was trained, on what, and at what cost."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

import pandas as pd

from explorer.charts.formatting import MISSING, count, macs, number, percent, seconds
from explorer.insights.cost import cost
from explorer.insights.findings.wording import listed
from explorer.insights.statistics import wilson
from explorer.report.content import Cell, Table
from explorer.report.origin import origin
from explorer.runs import Run
from explorer.runs.epochs_file import EPOCHS, epoch_rows
from explorer.runs.wording import FROM_SCRATCH, plain, settings_of, share_of_images
from explorer.training.config import SCRATCH

Names = dict[str, str]
Settings = Mapping[str, object]
MOST_COLUMNS = 6  # runs side by side, as many as fit on paper


def settings(runs: Sequence[Run], names: Names) -> list[Table]:
    """Every setting: first those in which runs differ, then those that all share."""
    of_runs = [settings_of(run.config) for run in runs]
    keys = dict.fromkeys(key for of_run in of_runs for key in of_run)
    values = {key.replace("_", " "): [written_setting(key, of_run) for of_run in of_runs] for key in keys}
    return _by_run("settings", "Settings", runs, names, values)


def images_of(runs: Sequence[Run]) -> Iterator[str]:
    """A sentence on the images that all runs learned from."""
    if len({run.dataset.fingerprint for run in runs}) > 1 or any(run.config.training.fraction < 1 for run in runs):
        yield f"Data: {listed(list(dict.fromkeys(run.dataset.name for run in runs)))}; see the set-up for their images."
        return
    name, images = runs[0].dataset.name, runs[0].dataset.images
    yield (
        f"Data: {name}, {images.train:,} images to train, {images.validation:,} to choose the best epoch and "
        f"{images.test:,} to test."
    )


def data(runs: Sequence[Run], names: Names) -> list[Table]:
    """The images of each run: fingerprint and split."""
    facts: dict[str, Callable[[Run], str]] = {
        "data set": lambda run: run.dataset.name,
        "fingerprint (SHA-256 of images, labels and split)": lambda run: run.dataset.fingerprint[:16],
        "classes": lambda run: str(len(run.dataset.classes)),
        "training images": lambda run: f"{run.dataset.images.train:,}",
        "validation images": lambda run: f"{run.dataset.images.validation:,}",
        "test images": lambda run: f"{run.dataset.images.test:,}",
    }
    return _facts("data", "Images and their split", runs, names, facts)


def machine(runs: Sequence[Run], names: Names) -> list[Table]:
    """Where each run was trained, and with which versions."""
    libraries = dict.fromkeys(library for run in runs for library in run.record.versions)
    facts: dict[str, Callable[[Run], str]] = {
        "device": lambda run: run.device_name or "–",
        "processor": lambda run: str((run.record.device and run.record.device.processor) or "not recorded"),
        "precision": lambda run: run.record.device.precision if run.record.device else "–",
        "CPU threads": lambda run: str((run.record.device and run.record.device.threads) or "–"),
        "finished (UTC)": lambda run: (run.record.finished_at or "–")[:16].replace("T", " "),
    }
    facts |= {library: lambda run, library=library: str(run.record.versions.get(library, "–")) for library in libraries}
    return _facts("machine", "Hardware, versions and times", runs, names, facts)


def results(runs: Sequence[Run], names: Names) -> Table:
    """Accuracy and cost of each run."""
    rows = []
    for run in runs:
        source, test = origin([run], "run.json"), run.record.test
        low, high = wilson(round(test.accuracy * test.n), test.n) if test else (0.0, 0.0)
        counted = cost(run.network.on_meta(), run.dataset.channels, run.dataset.size)
        values = (
            count(run.record.parameters or 0),
            macs(counted.macs),
            seconds(run.record.training_seconds),
            seconds(median_epoch(run)),
            percent(run.best_validation_accuracy) if run.best_validation_accuracy is not None else "–",
            str(run.best_epoch or "–"),
            percent(test.accuracy) if test else "–",
            f"{percent(low)} to {percent(high)}" if test else "–",
        )
        cells = [Cell(value, source) for value in values]
        cells[3] = Cell(values[3], origin([run], EPOCHS))
        rows.append((Cell(names[run.id]), *cells))
    columns = ("run", "parameters", "MACs per image", "training time", "time per epoch", "best validation accuracy")
    columns += ("best epoch", "test accuracy", "95 % interval")
    caption = "Accuracy and cost of each run. Time per epoch, with its validation: the median over the epochs"
    return Table("results", caption, columns, tuple(rows))


def median_epoch(run: Run) -> float:
    """Seconds of an epoch, with its validation: the median, as the finding on the speed has it."""
    return median(row["seconds"] for row in epoch_rows(run))


def norms(runs: Sequence[Run], names: Names, frames: dict[str, pd.DataFrame]) -> list[Table]:
    """The gradient norm of each parameter in the last epoch, MOST_COLUMNS runs side by side."""
    return [_norms(runs[at : at + MOST_COLUMNS], names, frames) for at in range(0, len(runs), MOST_COLUMNS)]


def _norms(runs: Sequence[Run], names: Names, frames: dict[str, pd.DataFrame]) -> Table:
    found = {run.id: dict(zip(frames[run.id]["parameter"], frames[run.id]["norm"], strict=True)) for run in runs}
    parameters = _merged([list(of_run) for of_run in sorted(found.values(), key=len)[::-1]])
    sources = {run.id: origin([run], "steps.jsonl") for run in runs}
    rows = tuple(
        (Cell(name), *(Cell(number(found[run.id].get(name, math.nan)), sources[run.id]) for run in runs))
        for name in parameters
    )
    caption = "Gradient norm of each parameter, the mean over the recorded steps of a run's last epoch"
    if len({*map(tuple, found.values())}) > 1:
        caption += f"; {MISSING}: it has no such parameter"
    return Table(f"parameter-norms-{runs[0].id}", caption, ("parameter", *(names[run.id] for run in runs)), rows)


def _merged(lists: Sequence[Sequence[str]]) -> list[str]:
    """The names of all lists; names that the first list lacks stand after the one that they follow in their own
    list."""
    merged: list[str] = []
    for names in lists:
        at = 0
        for name in names:
            if name not in merged:
                merged.insert(at, name)
            at = merged.index(name) + 1
    return merged


def _facts(
    key: str, caption: str, runs: Sequence[Run], names: Names, facts: dict[str, Callable[[Run], str]]
) -> list[Table]:
    return _by_run(key, caption, runs, names, {what: [fact(run) for run in runs] for what, fact in facts.items()})


def _by_run(key: str, caption: str, runs: Sequence[Run], names: Names, values: dict[str, list[str]]) -> list[Table]:
    """The values that differ between runs, in few columns; then the values that all share, or those of the only run."""
    differ = {what: of_row for what, of_row in values.items() if len(set(of_row)) > 1}
    tables = []
    if differ:
        sources = [origin([run], "run.json") for run in runs]
        cells = {
            what: [Cell(text, source) for text, source in zip(differ[what], sources, strict=True)] for what in differ
        }
        called = [names[run.id] for run in runs]
        if len(differ) > len(runs):
            columns, rows = ("", *called), tuple((Cell(what), *cells[what]) for what in differ)
        else:
            columns = ("run", *differ)
            rows = tuple((Cell(name), *(cells[what][at] for what in differ)) for at, name in enumerate(called))
        tables.append(Table(f"{key}-that-differ", f"{caption} in which the runs differ", columns, rows))
    shared = origin(runs, "run.json")
    rows = tuple((Cell(what), Cell(of_row[0], shared)) for what, of_row in values.items() if what not in differ)
    if rows:
        what = f"{caption}, the same for all runs" if len(runs) > 1 else caption
        tables.append(Table(key, what, ("", "value"), rows))
    return tables


# Setting → the meaning of 0, if that is not an amount.
ZERO = {
    "clip_norm": "no clipping",
    "patience": "no early stopping",
    "head_learning_rate": "the learning rate",
    "bias_learning_rate": "the learning rate",
    "threads": "one for a small network, else all",
}
# Setting → whether it has an effect, if that depends on the others.
ACTS: dict[str, Callable[[Settings], bool]] = {
    "momentum": lambda others: others.get("optimizer") != "adamw",
    "flips": lambda others: bool(others.get("augment")),
    "crop_padding": lambda others: bool(others.get("augment")),
    "source_epoch": lambda others: bool(others.get("source")),
}


def written_setting(key: str, settings: Settings) -> str:
    """One of a run's settings as a table shows it: "not used" if the other settings make it ineffective."""
    value = settings.get(key)
    if key in settings and key in ACTS and not ACTS[key](settings):
        return "not used"
    if key in ZERO and value == 0:
        return ZERO[key]
    if key == "fraction" and isinstance(value, float | int):
        return share_of_images(value)
    return FROM_SCRATCH if key == "tune" and value == SCRATCH else plain_setting(value)


def plain_setting(value: object) -> str:
    """A value as a table shows it."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return plain(value) if value != "" else "none"
