"""How a run of a report was trained, written into the report, so that it can be trained again from the report alone."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.errors import UserError
from explorer.runs import Run, find
from explorer.runs.epochs_file import EPOCHS, epoch_rows
from explorer.runs.folder import RUN_ID, read, write_atomically

Recipe = dict[str, Any]  # as JSON has it

# The entries of run.json that a training begins with. Of the device, precision and number of threads are kept, so that
# nothing is chosen again.
BEGINNING = ("schema_version", "id", "config", "study", "also_in", "dataset", "device")
# What a second training cannot measure again is copied from the report.
OF_THAT_DAY = ("device", "versions", "started_at", "finished_at", "training_seconds")
SECONDS = "seconds"  # of each epoch


def recipe_of(run: Run) -> Recipe:
    """Everything that a second training needs, and what it cannot measure again."""
    content = json.loads((run.path / "run.json").read_bytes())
    kept = {key: content[key] for key in (*BEGINNING, *OF_THAT_DAY, "status") if key in content}
    return {**kept, SECONDS: [row[SECONDS] for row in epoch_rows(run)]}


def recipes_with_sources(runs: Sequence[Run]) -> dict[str, Recipe]:
    """Id → recipe for each run and, if they still exist, for the runs whose weights they start from."""
    recipes: dict[str, Recipe] = {}
    waiting = list(runs)
    while waiting:
        run = waiting.pop(0)
        if run.id in recipes:
            continue
        recipes[run.id] = recipe_of(run)
        if source := _source(run):
            waiting.append(source)
    return recipes


def _source(run: Run) -> Run | None:
    """The run that it starts from; None also for a published model or a sample, which exist wherever the run is trained
    again."""
    if not RUN_ID.fullmatch(run.config.training.source):
        return None
    try:
        return find(run.config.training.source, run.path.parent)
    except UserError:
        return None


def begun(recipe: Recipe, folder: Path) -> Run:
    """A run folder in which the training of a recipe can begin.

    Raises UserError if the recipe is damaged, or if the run cannot be trained again because it was stopped or is one of
    the app's samples.
    """
    run_id = recipe.get("id")
    if not isinstance(run_id, str) or not RUN_ID.fullmatch(run_id):
        raise UserError(f"{run_id} comes with the app and is not trained again: verify its report without --train.")
    if recipe.get("status") != "finished":
        raise UserError(f"{run_id} was not finished: only finished runs can be trained again.")
    path = folder / run_id
    path.mkdir()
    content = {key: recipe[key] for key in BEGINNING if key in recipe} | {"status": "running"}
    write_atomically(path / "run.json", json.dumps(content).encode())
    return read(path)


def with_that_day(run: Run, recipe: Recipe) -> None:
    """Replace device, versions and times of the second training with those of the first.

    Raises UserError if the recipe does not say how long the epochs took.
    """
    content = json.loads((run.path / "run.json").read_bytes())
    content |= {key: recipe[key] for key in OF_THAT_DAY if key in recipe}
    write_atomically(run.path / "run.json", json.dumps(content).encode())
    rows = epoch_rows(run)
    seconds = _seconds(recipe, len(rows))
    lines = [json.dumps({**row, SECONDS: each}) for row, each in zip(rows, seconds, strict=True)]
    write_atomically(run.path / EPOCHS, "".join(f"{line}\n" for line in lines).encode())
    read(run.path, afresh=True)


def _seconds(recipe: Mapping[str, Any], epochs: int) -> Sequence[float]:
    seconds = recipe.get(SECONDS)
    right = isinstance(seconds, list) and len(seconds) == epochs
    if not right or not all(isinstance(each, int | float) for each in seconds):
        raise UserError(f"The report does not say how long each of the {epochs} epochs of {recipe['id']} took.")
    return seconds
