"""What a page shows before the visitor has chosen: their last choice in this browser, else two networks on the same
images."""

from collections.abc import Iterable, Sequence

from explorer.runs import ACTIVE, Run
from explorer.runs.kept import kept

SHOWN = 2


def first_choice(runs: Iterable[Run], remembered: Sequence[str] = ()) -> list[str]:
    """The ids of the runs to show. `runs`: the newest first.

    The remembered runs that still exist; else the best run of each of two different networks on the same data (if
    several data sets qualify, the one trained on last); else the only network. Runs that are archived or still in
    training are chosen only if there are no others. "Best" is by validation accuracy: a starting point, not a verdict.
    """
    runs = [run for run in runs if not run.record.archived]
    if remembered:
        ids = {run.id for run in runs}
        if chosen := [run_id for run_id in remembered if run_id in ids]:
            return chosen
    return list(_first(runs))


@kept
def _first(runs: Iterable[Run]) -> list[str]:
    runs = list(runs)
    done = [run for run in runs if run.status not in ACTIVE and run.epochs_done] or runs
    by_data: dict[str, list[Run]] = {}
    for run in done:
        by_data.setdefault(run.record.dataset.fingerprint if run.record.dataset else run.config.dataset, []).append(run)
    candidates = [best_of_each_network(same) for same in by_data.values()]
    several = [candidate for candidate in candidates if len(candidate) >= SHOWN]
    return [run.id for run in (several or candidates or [[]])[0][:SHOWN]]


def best_of_each_network(runs: Iterable[Run]) -> list[Run]:
    """For each network the run with the highest validation accuracy; the most accurate network first."""
    from explorer.models import changed_options  # imports torch

    networks: dict[object, list[Run]] = {}
    written: dict[tuple[str, str], object] = {}  # thousands of runs usually share a few networks
    for run in runs:
        model, options = run.config.model, run.config.options
        if (as_written := (model, repr(options))) not in written:
            written[as_written] = model, changed_options(model, options)
        networks.setdefault(written[as_written], []).append(run)
    return sorted(map(best_of, networks.values()), key=_accuracy, reverse=True)


def best_of(runs: Iterable[Run]) -> Run:
    """The first run with the highest validation accuracy."""
    return max(runs, key=_accuracy)


def _accuracy(run: Run) -> float:
    return run.best_validation_accuracy or 0.0
