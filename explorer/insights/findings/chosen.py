"""What chosen runs show, whatever study they belong to."""

from collections.abc import Mapping

from explorer.errors import UserError
from explorer.insights.findings.collect import of_runs
from explorer.insights.findings.finding import Finding
from explorer.insights.findings.pairwise_tests import (
    RunPredictions,
    networks_that_differ,
    pairwise_tests,
    predictions_of,
)
from explorer.insights.grouping import by_seed
from explorer.runs import Run
from explorer.runs.names import run_names


def of_chosen(runs: list[Run], names: Mapping[str, str] | None = None) -> list[Finding]:
    """The findings of these runs, with those that differ only in their seed as one variant, and which of them the test
    images can tell apart. `names`: id → name of the run, by default what sets it apart today. Raises UserError if one
    has not finished an epoch."""
    for run in runs:
        if not run.epochs_done:
            raise UserError(f"{run.id} has not finished an epoch yet: wait, or leave it out.")
    names = names or run_names(runs)
    found = [predictions_of(run, names[run.id]) for run in runs]
    predictions = [of_run for of_run in found if isinstance(of_run, RunPredictions)]
    differ = networks_that_differ(pairwise_tests(predictions))
    return [*of_runs(runs, by_seed(runs, [names[run.id] for run in runs])), *([differ] if differ else [])]
