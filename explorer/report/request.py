"""Requesting a report: on runs, on a study at one of its sizes, or on a lecture."""

from collections.abc import Sequence
from dataclasses import replace

from explorer.errors import UserError, unknown
from explorer.insights.grouping import sizes
from explorer.lecture import Lecture, to_json
from explorer.report.content import MOST_RUNS, Request
from explorer.report.lecture import run_ids
from explorer.runs import Run, find, list_runs
from explorer.runs.names import SEPARATOR, default_names, run_names
from explorer.studies import STUDIES
from explorer.studies.plan import SOURCE_NAME


def of_runs(
    run_ids: Sequence[str], folder: str | None = None, title: str = "", authors: str = "", date: str = ""
) -> Request:
    """A request for these runs. `date`: ISO 8601. Raises UserError if one does not exist or has no epoch."""
    runs = [find(run_id, folder) for run_id in dict.fromkeys(run_ids)]
    if len(runs) > MOST_RUNS:
        raise UserError(f"A report is of at most {MOST_RUNS} runs: leave out {len(runs) - MOST_RUNS}.")
    for run in runs:
        if not run.epochs_done:
            raise UserError(f"{run.id} has not finished an epoch yet: wait, or leave it out.")
    title, authors = (" ".join(text.split()) for text in (title, authors))
    return Request(tuple(run.id for run in runs), names=run_names(runs), title=title, authors=authors, date=date)


def of_a_study(
    study: str,
    folder: str | None = None,
    title: str = "",
    authors: str = "",
    date: str = "",
    chosen: Sequence[str] = (),
) -> Request:
    """A request for the finished runs of a study: the `chosen` ones, or those of the size that was trained last.

    Raises UserError if there are none, or if one of them does not belong to the study.
    """
    of_sizes = study_sizes(study, folder)
    if chosen:
        runs = [find(run_id, folder) for run_id in dict.fromkeys(chosen)]
        for run in runs:
            if run.variant_in(study) is None:
                raise UserError(f"{run.id} is not a run of the study {study}: leave it out.")
    else:
        runs = of_sizes[0][1]
    request = of_runs([run.id for run in runs], folder, title, authors, date)
    return replace(request, study=study, size=size_key(runs), names=_names(runs, study))


def of_a_lecture(
    lecture: Lecture, folder: str | None = None, title: str = "", authors: str = "", date: str = ""
) -> Request:
    """A request for a lecture and those runs of its views that exist here and have an epoch."""
    there = [run_id for run_id in run_ids(lecture) if _has_epochs(run_id, folder)]
    request = of_runs(there, folder, title, authors, date)
    return replace(request, lecture=to_json(lecture))


def _has_epochs(run_id: str, folder: str | None) -> bool:
    try:
        return bool(find(run_id, folder).epochs_done)
    except UserError:
        return False


def study_sizes(study: str, folder: str | None = None) -> list[tuple[str, list[Run]]]:
    """(what sets it apart, its finished runs) for each size at which a study was trained, the newest first; "" if there
    is only one. Raises UserError if there is none."""
    if study not in STUDIES:
        raise unknown("study", study, STUDIES)
    runs = [run for run in list_runs(folder)[::-1] if run.variant_in(study) is not None and run.status == "finished"]
    runs = [run for run in runs if run.variant_in(study) != SOURCE_NAME]
    if not runs:
        raise UserError(
            f"Study {study} has no finished run: train it first with python -m explorer study {study} --quick"
        )
    place = {run.id: number for number, run in enumerate(runs)}
    return sorted(sizes(runs, study), key=lambda of_size: -max(place[run.id] for run in of_size[1]))


def size_key(runs: Sequence[Run]) -> str:
    """The name of a study's size in a link: the id of its first run, of those with a source if there are any; the
    others are compared with several sources and belong to the size of each."""
    return min(runs, key=lambda run: (not run.config.training.source, run.id)).id


def other_names(request: Request, folder: str | None = None) -> list[str]:
    """A sentence for each run whose name in the report is neither its current name nor the one that it has without a
    given name: it was renamed since, or the report uses another run's name. Raises UserError if a run does not
    exist."""
    runs = [find(run_id, folder) for run_id in request.runs]
    today = _names(runs, request.study) if request.study else run_names(runs)
    without = default_names(runs)
    return [
        f"The report calls {run.id} “{name}”; it is called “{today[run.id]}” here."
        for run in runs
        if (name := request.names[run.id]) not in (today[run.id], without[run.id])
    ]


def _names(runs: Sequence[Run], study: str) -> dict[str, str]:
    """The names of a study's runs by variant and seed; if these are not unique, by what sets the runs apart."""
    variants = [run.variant_in(study) or run.id for run in runs]
    many = len(set(variants)) < len(runs)
    names = [
        f"{variant}{SEPARATOR}seed {run.config.training.seed}" if many else variant
        for run, variant in zip(runs, variants, strict=True)
    ]
    return dict(zip((run.id for run in runs), names, strict=True)) if len(set(names)) == len(runs) else run_names(runs)
