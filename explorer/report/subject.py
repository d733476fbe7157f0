"""What a report is about: its runs, their names, and measurements that are made when first needed."""

from functools import cached_property

import pandas as pd
from torch import nn

from explorer.data import Dataset
from explorer.errors import UserError
from explorer.insights.findings.chosen import of_chosen
from explorer.insights.findings.finding import Finding
from explorer.insights.findings.study import of_study, of_variants
from explorer.insights.findings.trial import Trial, trial_of
from explorer.insights.grouping import by_seed, sizes
from explorer.report import figures, images
from explorer.report.content import Request
from explorer.runs import Run, find
from explorer.runs.names import SEPARATOR
from explorer.runs.same_data import meet

LOOKED_INTO = 6  # networks whose filters, maps and explanations are shown: the first seed of each variant


class Subject:
    """The runs of a request."""

    def __init__(self, request: Request, folder: str | None, data_folder: str | None) -> None:
        self.request, self.names, self._data_folder = request, request.names, data_folder
        self.runs = [find(run_id, folder) for run_id in request.runs]
        self.variants: dict[str, str] = {}  # id → its variant, in a study
        if request.study:
            self.variants = {run.id: run.variant_in(request.study) or self.names[run.id] for run in self.runs}
        self.firsts = self._first_seeds()
        # Networks that are examined one at a time are the first seed of each variant; the report says so.
        self.called = {run.id: self._called(run) for run in self.firsts}
        self.with_steps = [run for run in self.firsts if (run.path / "steps.jsonl").is_file()]
        self.looked_into = self.firsts[:LOOKED_INTO]
        self._met: dict[str, Dataset | str] = {}

    @cached_property
    def found(self) -> list[Finding]:
        """What the runs show."""
        if self.request.study:
            if len(sizes(self.runs, self.request.study)) > 1:
                return of_study(self.runs, self.request.study)
            return of_variants(self.trials, self.request.study)
        return of_chosen(self.runs, self.names) if self.runs else []

    @cached_property
    def trials(self) -> list[Trial]:
        """The runs of a study as the detectors of findings see them."""
        return [trial_of(run, self.variants[run.id]) for run in self.runs]

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Id → the gradient norm of each of its parameters in its last epoch, for the runs with steps."""
        return figures.norm_frames(self.with_steps)

    @cached_property
    def models(self) -> dict[str, nn.Module]:
        """Id → the network with the weights of its best epoch, for the examined runs that have a convolution."""
        return images.convolutional(self.looked_into)

    @property
    def convolutional(self) -> list[Run]:
        """The examined runs that have a convolution."""
        return [run for run in self.looked_into if run.id in self.models]

    def data_of(self, run: Run) -> Dataset | str:
        """The current images of a run, or why they cannot be shown."""
        if run.id not in self._met:
            try:
                self._met[run.id] = meet(run, run.config.load_data(self._data_folder)).data
            except UserError as error:
                self._met[run.id] = f"{self.names[run.id]}: its images could not be loaded. {error}"
        return self._met[run.id]

    def changed(self, run: Run) -> str | None:
        """How the images differ from those of the training; None if they do not."""
        data = self.data_of(run)
        return None if isinstance(data, str) else meet(run, data).changed

    @cached_property
    def groups(self) -> dict[str, str]:
        """Id → its variant, or the common name of runs that differ only in their seed."""
        if self.variants or not self.runs:
            return self.variants
        return dict(
            zip(
                (run.id for run in self.runs),
                by_seed(self.runs, [self.names[run.id] for run in self.runs]),
                strict=True,
            )
        )

    def _called(self, run: Run) -> str:
        """Its variant and, if that has several seeds, its seed."""
        variant = self.variants.get(run.id)
        if variant is None:
            return self.names[run.id]
        many = list(self.variants.values()).count(variant) > 1
        return f"{variant}{SEPARATOR}seed {run.config.training.seed}" if many else variant

    def _first_seeds(self) -> list[Run]:
        firsts: dict[str, Run] = {}
        for run in self.runs:
            firsts.setdefault(self.groups[run.id], run)
        return list(firsts.values())
