"""What a start from another network is worth: `python -m benchmarks.transfer [--cifar10 FOLDER]`.

Two transfers: MNIST → digits, and CIFAR-10 cut in two, five classes → the other five. Each trains its source, then from
scratch and from the source, with shares of the training images and several seeds. Gains are paired: one seed, the same
images. Runs are kept in --checkpoints, so that a second call goes on where the first stopped.
"""

import argparse
import datetime
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from explorer.data import Dataset, load
from explorer.errors import UserError
from explorer.insights.findings.transfer_gains import gains
from explorer.jobs.train_run import train_run
from explorer.runs import Run
from explorer.runs.history import read_test_predictions
from explorer.runs.wording import share_of_images, way_to_start
from explorer.studies import (
    STUDIES,
    PlannedRun,
    Study,
    get_or_create,
    match_runs,
    plan_runs,
    sources,
    with_model,
    with_source,
)
from explorer.studies.transfer import SHARES

FOLDS = {"first five": slice(0, 5), "other five": slice(5, 10)}  # of the ten classes, in the order of their names


def halves(folder: Path, target: Path) -> tuple[str, str]:
    """CIFAR-10 as image files (train/CLASS, test/CLASS) cut in two, by links: two data sets by their names."""
    for split in ("train", "test"):
        classes = sorted(path for path in (folder / split).glob("*") if path.is_dir())
        if len(classes) != 10:
            raise UserError(f"{folder / split} holds {len(classes)} folders: give CIFAR-10 as files, ten classes.")
        for name, part in FOLDS.items():
            half = target / name.replace(" ", "-") / split
            half.mkdir(parents=True, exist_ok=True)
            for path in classes[part]:
                if not (half / path.name).exists():
                    (half / path.name).symlink_to(path.resolve(), target_is_directory=True)
    first, other = (f"folder:{target / name.replace(' ', '-')}" for name in FOLDS)
    return first, other


def _to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measured(
    study: Study, target: str, given: argparse.Namespace, say: Callable[[str], None] = _to_stderr
) -> pd.DataFrame:
    """model, mode, share, seed, images, accuracy, correct (each test image) and seconds of each run of a transfer; in
    `attrs`, what was changed in the source's weights so that they fit."""
    training = {"epochs": given.epochs, "batch_size": given.batch_size}
    plan = plan_runs(study, target, given.quick, given.seeds, **training)
    plan = [planned_run for planned_run in plan if share_of_images(planned_run.config.training.fraction) in given.share]
    for planned_run in match_runs(sources(plan), study, given.checkpoints):
        say(_line(planned_run, _trained(planned_run, study, given)))
    rows, changed = [], {}
    for planned_run, run in _runs(match_runs(plan, study, given.checkpoints), study, given):
        say(_line(planned_run, run))
        changed |= dict.fromkeys(run.record.origin.changed if run.record.origin else ())
        training = planned_run.config.training
        mode, share = way_to_start(training.tune), share_of_images(training.fraction)
        images = run.dataset.images.train
        accuracy, seconds = run.test_accuracy, run.record.training_seconds
        predictions = read_test_predictions(run)
        correct = None if predictions is None else predictions[0] == predictions[1]
        rows.append((planned_run.config.model, mode, share, training.seed, images, accuracy, correct, seconds))
    results = pd.DataFrame(rows, columns=["model", "mode", "share", "seed", "images", "accuracy", "correct", "seconds"])
    results.attrs["changed"] = list(changed)
    return results


def _runs(plan: list[PlannedRun], study: Study, given: argparse.Namespace) -> Iterator[tuple[PlannedRun, Run]]:
    for planned_run in plan:
        yield planned_run, _trained(planned_run, study, given)


def _trained(planned_run: PlannedRun, study: Study, given: argparse.Namespace) -> Run:
    run = get_or_create(planned_run, study, given.checkpoints, status="running")
    run = train_run(run, given.data, loader=_kept) if run.status != "finished" else run
    if run.status != "finished":
        raise UserError(f"{run.id} {run.status}: {run.reason}")
    return run


_loaded: dict[str, Dataset] = {}


def _kept(name: str, *more: object) -> Dataset:
    """`load` with all its arguments, once for each data set."""
    if name not in _loaded:
        _loaded[name] = load(name, *more)
    return _loaded[name]


def _line(planned: PlannedRun, run: Run) -> str:
    seconds, accuracy = run.record.training_seconds, run.test_accuracy
    return f"{run.id:32s} {planned.variant:20s} seed {planned.config.training.seed}  {accuracy:.1%} in {seconds:.0f} s"


def table(results: pd.DataFrame) -> str:
    """Markdown: one row per share and way to start, with the gain over a start from scratch and its interval."""
    worth = gains(results).set_index(["model", "mode", "share"])
    lines = ["| share (images) | start | test accuracy, mean [range] | gain, points (95 % interval) | s a run | n |"]
    lines.append("|---|---|---|---|---|---|")
    for (model, share, mode), group in results.groupby(["model", "share", "mode"], sort=False):
        accuracy = group["accuracy"] * 100
        text = f"{accuracy.mean():.1f} [{accuracy.min():.1f}–{accuracy.max():.1f}]"
        gain = ""
        if (model, mode, share) in worth.index:
            points = worth.loc[(model, mode, share)] * 100
            gain = f"{points['gain']:+.1f}" + (
                "" if pd.isna(points["low"]) else f" ({points['low']:+.1f} to {points['high']:+.1f})"
            )
        images, seconds = int(group["images"].iloc[0]), group["seconds"].mean()
        lines.append(f"| {share} ({images:,}) | {model}, {mode} | {text} | {gain} | {seconds:.0f} | {len(group)} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Prints a table for each of the two transfers."""
    given = _parser().parse_args(arguments)
    given.share = given.share or list(SHARES)
    study = with_model(STUDIES["transfer"], given.model)
    if given.source_epochs:
        sizes = {name: replace(getattr(study, name), source_epochs=given.source_epochs) for name in ("quick", "full")}
        study = replace(study, **sizes)
    print(f"`python -m benchmarks.transfer {shlex.join(arguments)}`, {datetime.date.today()}\n")
    if not given.only_cifar10:
        print("### MNIST → digits\n")
        _report(measured(with_source(study, "mnist"), "digits", given))
    if given.cifar10:
        first, other = halves(given.cifar10, given.halves)
        print("### CIFAR-10, five classes → the other five\n")
        _report(measured(with_source(study, first), other, given))


def _report(results: pd.DataFrame) -> None:
    print(table(results), *results.attrs["changed"], sep="\n\n", end="\n\n", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transfer", description=__doc__)
    parser.add_argument("--cifar10", type=Path, metavar="FOLDER", help="CIFAR-10 as image files, train/ and test/")
    parser.add_argument("--only-cifar10", action="store_true", help="leave out MNIST → digits")
    parser.add_argument("--data", default=os.environ.get("EXPLORER_DATA"), metavar="DIR", help="folder of MNIST")
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"), metavar="DIR")
    parser.add_argument("--halves", type=Path, default=Path(tempfile.gettempdir(), "cifar10-halves"), metavar="DIR")
    parser.add_argument("--model", default="simple_cnn")
    parser.add_argument("--share", action="append", choices=SHARES, help="of the training images; repeat (all)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, help="of every run but the source (the study's)")
    parser.add_argument("--source-epochs", type=int, help="of the source (the study's)")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument(
        "--quick", action="store_true", help="the study's quick size: fewer epochs, fewer ways to start"
    )
    return parser


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
