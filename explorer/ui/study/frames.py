"""The data behind a study's panels: its runs, their tables with the variant of each run, their findings."""

from functools import cached_property
from typing import NamedTuple

import pandas as pd
import streamlit as st

from explorer.charts.compared import EXPLODED
from explorer.insights.findings.finding import Finding, Mark
from explorer.models.network import Network
from explorer.runs import Run
from explorer.studies import PlannedRun, Study, existing
from explorer.ui import cache
from explorer.ui.pickers.input_image import SampledImage


class VariantNetwork(NamedTuple):
    """What a variant of a study trains."""

    variant: str
    run: str  # its id determines the colour
    network: Network


class View:
    """A study's runs that have finished an epoch, and how the visitor wants to see them."""

    def __init__(self, study: Study, plan: list[PlannedRun]) -> None:
        self.study = study
        self.wanted = plan
        self.begun = [begun for begun in existing(plan) if begun.run.epochs_done]
        self.runs = [begun.run for begun in self.begun]
        self.variant = {begun.run.id: begun.variant for begun in self.begun}
        self.log = False  # whether losses are drawn on a log scale
        self.image = 1  # the validation image that panels use, counted from 1

    @cached_property
    def key(self) -> tuple:
        """Changes with everything that is drawn: when a run was added, finished an epoch, or ended."""
        stamps = [(cache.stamp(run, "run.json"), cache.stamp(run, "epochs.jsonl")) for run in self.runs]
        paths = [str(run.path) for run in self.runs]
        return (self.study.name, *zip(paths, self.variant.values(), stamps, strict=True))

    @cached_property
    def found(self) -> list[Finding]:
        """What the runs show; measured again when one of them has changed."""
        return _findings(self)

    @cached_property
    def exploded(self) -> bool:
        """Whether some loss is so large that a linear scale would hide all others."""
        return _exploded(self)

    @cached_property
    def has_curves(self) -> bool:
        """Whether some run has more than one epoch: a single point makes no curve."""
        return max(run.epochs_done for run in self.runs) > 1

    def epochs(self) -> pd.DataFrame:
        """What was measured in each epoch of each run, with the name of its variant."""
        return self.named(cache.epochs(self.runs))

    def marks(self, over: str) -> pd.DataFrame:
        """What findings write on the curves over "epoch" or "step": columns variant, `over`, text."""
        marks: list[Mark] = [mark for finding in self.found for mark in finding.marks if mark.over == over]
        rows = [(self.variant[mark.run], mark.number, mark.text) for mark in marks]
        return pd.DataFrame(rows, columns=["variant", over, "text"])

    def first_seeds(self) -> list[Run]:
        """The first run of each variant, for panels that look into one network at a time."""
        firsts = {self.variant[run.id]: run for run in reversed(self.runs)}
        return [run for run in self.runs if firsts[self.variant[run.id]] is run]

    def networks(self) -> tuple[VariantNetwork, ...]:
        """One network per variant; before anything is trained, the planned ones, numbered so that they have the colours
        of their first runs."""
        if self.runs:
            return tuple(VariantNetwork(self.variant[run.id], run.id, run.network) for run in self.first_seeds())
        configs = {planned.variant: planned.config for planned in reversed(self.wanted)}
        variants = dict.fromkeys(planned.variant for planned in self.wanted)
        return tuple(
            VariantNetwork(name, f"{name} {number}", cache.planned_network(configs[name]))
            for number, name in enumerate(variants, 1)
        )

    def label(self, run: Run) -> str:
        """Variant and number of a run; charts take its colour from the number."""
        return f"{self.variant[run.id]} · {run.id.rpartition('-')[2]}"

    def named(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with the column `variant` after its column `run`."""
        return table.assign(variant=table["run"].map(self.variant))

    def input_image(self) -> SampledImage:
        """The validation image that panels use, from the data of the study's first run."""
        data = cache.data_of(self.runs[0])
        index = min(self.image, len(data.validation)) - 1
        pixels, label = data.validation.pixels[index], data.classes[int(data.validation.labels[index])]
        return SampledImage(
            name=f"Validation image {index + 1}", key=f"{data.fingerprint}-{index}", label=label, pixels=pixels
        )


BY_RUNS: cache.HashFuncs = {View: lambda view: view.key}


@st.cache_data(max_entries=64, show_spinner="Measuring …", hash_funcs=BY_RUNS)
def _findings(view: View) -> list[Finding]:
    from explorer.insights.findings.study import of_variants
    from explorer.insights.findings.trial import trial_of

    return of_variants([trial_of(run, view.variant[run.id]) for run in view.runs], view.study.name)


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=BY_RUNS)
def _exploded(view: View) -> bool:
    return any((cache.steps(run).loss > EXPLODED).any() for run in view.runs)
