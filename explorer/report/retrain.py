"""Check a report from nothing but itself: train its runs again, and compute each of its lines from them."""

from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from explorer.errors import UserError
from explorer.jobs.train_run import train_run
from explorer.report.build import build
from explorer.report.html import lines, recipes_of, request_of
from explorer.report.recipe import Recipe, begun, with_that_day
from explorer.report.request import other_names
from explorer.report.verify import differences
from explorer.runs import RunConfig
from explorer.training.device import choose_device, device_name
from explorer.training.processor import processor

Progress = Callable[[str], None]  # receives a line that says what is being done


def verify_by_training(page: str, data_folder: str | None = None, progress: Progress = lambda line: None) -> list[str]:
    """A sentence for each line of a report's HTML that changes when its runs are trained again.

    Hashes are not compared, because the files of a second training have others; times, device and versions are taken
    from the report. Raises UserError if it is not a report, or if one of its runs cannot be trained again here.
    """
    request, recipes = request_of(page), recipes_of(page)
    if missing := [run_id for run_id in request.runs if run_id not in recipes]:
        raise UserError(f"The report does not say how {', '.join(missing)} was trained: verify it without --train.")
    with TemporaryDirectory(prefix="verify-") as folder:
        for number, run_id in enumerate(_sources_first(recipes), 1):
            progress(f"Training {run_id}, {number} of {len(recipes)} …")
            run = train_run(begun(recipes[run_id], Path(folder)), data_folder)
            if run.status != "finished":
                raise UserError(f"{run_id} could not be trained again: {run.reason}")
            with_that_day(run, recipes[run_id])
        found = differences(page, lines(build(request, folder, data_folder)), hashes=False)
        # A report has no given names except as the names of its runs; the names in a study follow from the study.
        return [*(other_names(request, folder) if request.study else []), *found]


def trained_elsewhere(page: str) -> str | None:
    """That a run of the report was trained on another device or, where it says which, another processor than there is
    here, or with another torch; else None."""
    here = choose_device("auto")
    for recipe in recipes_of(page).values():
        device, version = recipe.get("device") or {}, (recipe.get("versions") or {}).get("torch")
        then = (device.get("name"), device.get("processor"))
        now = (device_name(here, device.get("threads") or 1), processor() if then[1] else None)
        if (then, version) != (now, torch.__version__):
            there, where = (", ".join(str(name) for name in names if name) for names in (then, now))
            return (
                f"The runs were trained on {there} with torch {version}, not on {where} with torch "
                f"{torch.__version__}: sums are rounded differently there, and accuracies may differ by a few images."
            )
    return None


def _sources_first(recipes: Mapping[str, Recipe]) -> list[str]:
    """The ids in an order in which each run comes after the one whose weights it starts from. Raises UserError if they
    form a circle."""
    sources = {
        run_id: [RunConfig.from_json(recipe.get("config")).training.source] for run_id, recipe in recipes.items()
    }
    try:
        return [run_id for run_id in TopologicalSorter(sources).static_order() if run_id in recipes]
    except CycleError:
        raise UserError("The report is damaged: its runs start from each other's weights.") from None
