"""`findings`: what runs or a study show, each sentence with its rule, threshold and numbers."""

import json
import math
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.common import AsJson, Checkpoints
from explorer.errors import UserError, unknown

if TYPE_CHECKING:
    from explorer.insights.findings.finding import Finding
    from explorer.runs import Run


def findings(
    runs: Annotated[list[str] | None, typer.Argument(metavar="RUN…", help="Run ids, as `list` prints them.")] = None,
    study: Annotated[
        str | None, typer.Option("--study", metavar="NAME", help="The finished runs of a study, instead of run ids.")
    ] = None,
    as_json: AsJson = False,
    checkpoints: Checkpoints = None,
) -> None:
    """Report the findings of runs or of a study: sentences with their rule, threshold and numbers.

    Runs that differ only in their seed are one variant; each data set is analysed separately.
    """
    if bool(runs) == bool(study):
        raise UserError("Give either run ids or a study's name with --study NAME.")
    found = _of_study(study, checkpoints) if study else _of_runs(runs or [], checkpoints)
    if as_json:
        print(json.dumps([_plain(finding) for finding in found], indent=1, ensure_ascii=False))
        return
    for finding in found:
        _print(finding)
    if not found:
        print("There are no findings for these runs.")


def _of_runs(run_ids: list[str], checkpoints: str | None) -> "list[Finding]":
    from explorer.insights.findings.collect import of_runs
    from explorer.insights.findings.pairwise_tests import (
        RunPredictions,
        networks_that_differ,
        pairwise_tests,
        predictions_of,
    )
    from explorer.insights.grouping import by_seed
    from explorer.runs import find
    from explorer.runs.names import run_names
    from explorer.runs.published import PublishedRun

    chosen = [find(run_id, checkpoints) for run_id in dict.fromkeys(run_ids)]
    for run in chosen:
        if isinstance(run, PublishedRun):
            raise UserError(f"{run.id} was not trained here, so it has no curves and no predictions to analyse.")
        if not run.epochs_done:
            raise UserError(f"{run.id} has not finished an epoch yet: wait, or leave it out.")
    names = run_names(chosen)
    found = [predictions_of(run, names[run.id]) for run in chosen]
    predictions = [of_run for of_run in found if isinstance(of_run, RunPredictions)]
    differ = networks_that_differ(pairwise_tests(predictions))
    return [*of_runs(chosen, by_seed(chosen)), *([differ] if differ else [])]


def _of_study(name: str, checkpoints: str | None) -> "list[Finding]":
    from explorer.insights.findings.study import of_study
    from explorer.runs import list_runs
    from explorer.runs.folder import checkpoints_folder
    from explorer.studies import STUDIES

    if name not in STUDIES:
        raise unknown("study", name, STUDIES)
    finished = [run for run in list_runs(checkpoints) if _is_of(run, name) and run.status == "finished"]
    if not finished:
        raise UserError(
            f"Study {name} has no finished run in {checkpoints_folder(checkpoints)}. "
            f"Train it: python -m explorer study {name} --quick"
        )
    return of_study(finished[::-1])


def _is_of(run: "Run", name: str) -> bool:
    return run.study is not None and run.study.name == name


def _plain(finding: "Finding") -> dict[str, object]:
    """As JSON has it: a number that is not finite is null."""
    return {
        "sentence": finding.sentence,
        "kind": finding.kind,
        "rule": finding.rule,
        "threshold": None if finding.threshold is None else float(finding.threshold),
        "numbers": {name: _number(value) for name, value in finding.numbers.items()},
        "runs": list(finding.runs),
    }


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and not isinstance(value, float) else float(value)


def _print(finding: "Finding") -> None:
    print(f"· {finding.sentence}")
    print(f"  Rule: {finding.rule}")
    if finding.threshold is not None:
        print(f"  Threshold: {finding.threshold:.6g}")
    if finding.numbers:
        print("  Numbers: " + "; ".join(f"{name}: {value:.6g}" for name, value in finding.numbers.items()))
    print()
