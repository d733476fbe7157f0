"""`list`: the runs, or the published models, as lines or as JSON."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.common import AsJson, Checkpoints
from explorer.text import plural

if TYPE_CHECKING:
    from explorer.runs import Run
    from explorer.runs.store import DamagedRun


def list_(
    as_json: AsJson = False,
    published: Annotated[
        bool,
        typer.Option(
            "--published",
            help="List published ImageNet models instead, and whether their weights have been downloaded.",
        ),
    ] = False,
    archived: Annotated[bool, typer.Option("--archived", help="List archived runs instead.")] = False,
    samples: Annotated[
        bool, typer.Option("--samples", help="List the finished runs that come with the app instead.")
    ] = False,
    checkpoints: Checkpoints = None,
) -> None:
    """The runs, the newest first, by what sets them apart among those listed."""
    from explorer.jobs.worker import SECONDS_TO_BEGIN, mark_orphans_failed
    from explorer.runs import checkpoints_folder, list_runs, sample_runs
    from explorer.runs.store import damaged_runs, unknown_keys

    if published:
        return _list_published(as_json)
    if samples:
        return _print_runs(sample_runs(), [], as_json)
    mark_orphans_failed(checkpoints_folder(checkpoints), SECONDS_TO_BEGIN)
    runs = [run for run in list_runs(checkpoints) if run.record.archived == archived]
    damaged = [] if archived else damaged_runs(checkpoints)
    for sentence in unknown_keys(checkpoints):
        print(sentence, file=sys.stderr)
    _print_runs(runs, damaged, as_json)
    if as_json:
        return
    if not runs and not damaged:
        print(
            "No run is archived."
            if archived
            else "No runs yet. Train one: python -m explorer train --dataset digits --model simple_cnn"
        )
    if not archived and (come := [run.id for run in sample_runs()]):
        print(f"Samples that come with the app, finished and read-only: {', '.join(come)}.", file=sys.stderr)


def _print_runs(runs: "list[Run]", damaged: "list[DamagedRun]", as_json: bool) -> None:
    from explorer.runs.names import run_names

    names = run_names(runs)
    if as_json:
        rows = [_row(run, names[run.id]) for run in runs]
        rows += [{"id": damaged_run.id, "status": "damaged", "reason": damaged_run.reason} for damaged_run in damaged]
        print(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    rows = [_cells(run, names[run.id]) for run in runs]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(f"{cell:{width}s}" for cell, width in zip(row, widths, strict=True)).rstrip())
    for damaged_run in damaged:
        print(f"{damaged_run.id:36s} damaged   {damaged_run.reason}")


def _row(run: "Run", name: str) -> dict[str, object]:
    return {
        "id": run.id,
        "name": name,
        "status": run.status,
        "dataset": run.config.dataset,
        "model": run.config.model,
        "epochs": run.epochs_done,
        "best_validation_accuracy": run.best_validation_accuracy,
    }


def _cells(run: "Run", name: str) -> list[str]:
    from explorer.text import MISSING, percent

    best, record = run.best_validation_accuracy, run.record
    accuracy = f"best validation accuracy {MISSING if best is None else percent(best)}"
    config, epochs = run.config, plural(run.epochs_done, "epoch")
    marks = [*(["★"] if record.starred else []), ", ".join(record.tags)]
    return [run.id, name, run.status, config.dataset, config.model, epochs, accuracy, " ".join(marks)]


def _list_published(as_json: bool) -> None:
    from explorer.runs.names import run_names
    from explorer.runs.published import megabytes, published_models

    models = published_models()
    names = run_names(models)
    rows = [
        {
            "id": model.id,
            "name": names[model.id],
            "status": "here" if model.is_here else "not fetched",
            "dataset": model.config.dataset,
            "model": model.config.model,
            "epochs": 0,
            "best_validation_accuracy": model.published.facts.accuracy,
            "size": megabytes(model),
        }
        for model in models
    ]
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        accuracy = f"{row['best_validation_accuracy']:.1%}"
        print(f"{row['id']:24s} {row['status']:12s} {row['size']:>7s}  ImageNet validation accuracy {accuracy}")
