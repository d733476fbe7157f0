"""Several runs compared: how they are grouped, and what they show."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING

import streamlit as st

from explorer.insights.findings.finding import Finding
from explorer.insights.statistics import wilson
from explorer.runs import ACTIVE, Run
from explorer.ui import cache, choices, names, page
from explorer.ui.components import finding_expander
from explorer.ui.markdown import literal

if TYPE_CHECKING:
    from explorer.insights.findings.trial import Trial

FINDINGS_AT_FIRST = 3


@dataclass(frozen=True)
class Comparison:
    """The chosen runs with at least one measured step, and the group of each."""

    runs: list[Run]
    grouping: str  # "each run", or what they are grouped by
    groups: list[str]  # one per run, in the order of `runs`
    names: list[str]  # one per run

    @property
    def group_of(self) -> dict[str, str]:
        """The id of each run → its group."""
        return {run.id: group for run, group in zip(self.runs, self.groups, strict=True)}

    @property
    def is_grouped(self) -> bool:
        """Whether some runs share a group."""
        return len(set(self.groups)) < len(self.runs)

    def only(self, wanted: Callable[[Run], bool]) -> "Comparison":
        """The comparison with only the runs that `wanted` accepts."""
        chosen = [wanted(run) for run in self.runs]
        runs, groups, called = compress(self.runs, chosen), compress(self.groups, chosen), compress(self.names, chosen)
        return Comparison(list(runs), self.grouping, list(groups), list(called))

    @property
    def with_epochs(self) -> "Comparison":
        """Without runs that were stopped or are still training in their first epoch: they have steps but no epoch."""
        return self.only(lambda run: run.epochs_done > 0)


BY_COMPARISON: cache.HashFuncs = cache.keys(*cache.WHOLE_RUN) | {Comparison: lambda of: (of.runs, of.groups, of.names)}


def pick_groups(runs: list[Run]) -> Comparison:
    """Let the visitor choose how the runs are grouped: by model, by any setting in which they differ, or not at all."""
    from explorer.insights.grouping import groupings

    groups = groupings(runs, [names.of(run) for run in runs])
    name = next(iter(groups))
    if len(groups) > 1:
        name = choices.selectbox(
            "Group by",
            list(groups),
            "group",
            help="Each group is drawn as one curve, the mean of its runs, with a band from the lowest to the highest "
            "run.",
        )
    return Comparison(runs, name, groups[name], [names.of(run) for run in runs])


def unfinished(chosen: list[Run]) -> None:
    """One line about chosen runs that have not finished, or have nothing to show."""
    sentences = [
        f"{names.of(run)} is {run.status}, {run.epochs_done} of {run.config.training.epochs} epochs done."
        for run in chosen
        if run.status in ACTIVE
    ]
    sentences += [
        f"{names.of(run)} was stopped in its first epoch: it only has curves over steps."
        for run in chosen
        if run.status == "stopped" and not run.epochs_done
    ]
    sentences += [
        f"{names.of(run)} failed in epoch {run.epochs_done + 1}: {run.reason}"
        for run in chosen
        if run.status == "failed"
    ]
    if sentences:
        st.caption(literal(" ".join(sentences)))


def leaders(compared: Comparison) -> list[str]:
    """For each data set, a sentence on which group is more accurate and, after a line break, what the runs can show."""
    return [finding.verdict for finding in _measured(compared)[1]]


def interval(accuracy: float | None, images: int) -> tuple[float, float] | tuple[None, None]:
    """95 % Wilson interval of an accuracy, as fractions; (None, None) if there is no accuracy."""
    return (None, None) if accuracy is None else wilson(round(accuracy * images), images)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=cache.keys(*cache.WHOLE_RUN))
def trial(run: Run) -> "Trial":
    """The run as the detectors of findings see it, cached until it changes."""
    from explorer.insights.findings.trial import trial_of

    return trial_of(run, run.id)


def findings(compared: Comparison) -> list[Finding]:
    """The findings on the runs, for each data set separately; runs share a sentence only if they differ in nothing but
    the seed."""
    return _measured(compared)[0]


@st.cache_data(max_entries=64, show_spinner="Measuring …", hash_funcs=BY_COMPARISON)
def _measured(compared: Comparison) -> tuple[list[Finding], list[Finding]]:
    """(findings, leaders)."""
    from explorer.insights.findings.collect import findings, leaders
    from explorer.insights.grouping import only_seeds_differ

    are_seeds = only_seeds_differ(compared.runs, compared.groups)
    pairs = zip(compared.runs, compared.groups, strict=True)
    trials = [replace(trial(run), label=group) for run, group in pairs]
    return findings(trials, are_seeds), leaders(trials, are_seeds)


def show_findings(found: list[Finding], show_chart: Callable[[Finding, str], None]) -> None:
    """Show the first few findings, or all; each opens to its rule, its numbers and the chart by `show_chart(finding,
    key)`."""
    place_of_list, shown = st.container(), found[:FINDINGS_AT_FIRST]
    more = len(found) > len(shown) and not page.presenting()
    if more and choices.toggle(f"All {len(found)} findings", "all-findings"):
        shown = found
    with place_of_list:
        for index, finding in enumerate(shown):
            finding_expander.show(finding, f"compared-{index}", partial(show_chart, finding, f"finding-{index}"))
