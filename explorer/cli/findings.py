"""`findings`: what runs or a study show, each sentence with its rule, threshold and numbers."""

import json
import math
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.common import AsJson, Checkpoints
from explorer.errors import UserError, unknown

if TYPE_CHECKING:
    from explorer.insights.findings.finding import Finding


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
    from explorer.insights.findings.chosen import of_chosen
    from explorer.runs import find
    from explorer.runs.published import find_published, is_published

    for run_id in filter(is_published, run_ids):
        raise UserError(
            f"{find_published(run_id).id} was not trained here, so it has no curves and no predictions to analyse."
        )
    return of_chosen([find(run_id, checkpoints) for run_id in dict.fromkeys(run_ids)])


def _of_study(name: str, checkpoints: str | None) -> "list[Finding]":
    from explorer.insights.findings.study import of_study
    from explorer.runs import list_runs
    from explorer.runs.folder import checkpoints_folder
    from explorer.studies import STUDIES

    if name not in STUDIES:
        raise unknown("study", name, STUDIES)
    of_it = [run for run in list_runs(checkpoints) if run.variant_in(name) is not None]
    finished = [run for run in of_it if run.status == "finished"]
    if not finished:
        raise UserError(
            f"Study {name} has no finished run in {checkpoints_folder(checkpoints)}. "
            f"Train it: python -m explorer study {name} --quick"
        )
    return of_study(finished[::-1], name)


def _plain(finding: "Finding") -> dict[str, object]:
    """The finding as JSON: a number that is not finite is null."""
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
