"""The tables behind a study's pictures: one row a run and epoch, step or layer, with the run's variant."""

import pandas as pd

from explorer.insights.gradients import norms_at_epoch, norms_over_time
from explorer.insights.statistics import wilson
from explorer.runs import Run
from explorer.studies import Planned
from explorer.ui import draw, load

FAR_ABOVE_GUESSING = 20.0  # nats; guessing among a thousand classes costs 7
POINTS = 600  # steps of a gradient norm that are looked at for its mean over an epoch


class View:
    """The tables of a study's runs that have finished an epoch, each read once."""

    def __init__(self, plan: list[Planned]) -> None:
        self.plan = [one for one in plan if one.run and one.run.epochs_done]
        self.runs = [one.run for one in self.plan]
        self.variant = {one.run.id: one.variant for one in self.plan}
        self.log = False  # whether losses are drawn on a log scale

    @property
    def exploded(self) -> bool:
        """Whether some loss is so large that beside it nothing else can be seen on a linear scale."""
        return any((load.steps(run).loss > FAR_ABOVE_GUESSING).any() for run in self.runs)

    def epochs(self) -> pd.DataFrame:
        return self._named(load.epochs(self.runs))

    def steps(self) -> pd.DataFrame:
        parts = []
        for run in self.runs:
            seen = load.steps(run)
            parts.append(pd.DataFrame({"run": run.id, "step": seen.step, "loss": seen.loss, "accuracy": seen.accuracy}))
        return self._named(pd.concat(parts, ignore_index=True))

    def norms(self) -> pd.DataFrame:
        """Mean gradient norm of the weights in each epoch, over layers and steps."""
        parts = []
        for run in self.runs:
            rows = norms_over_time(load.steps(run), draw.table(run), kinds=["weight"], points=POINTS)
            parts.append(rows.groupby("epoch", as_index=False)["norm"].mean().assign(run=run.id))
        return self._named(pd.concat(parts, ignore_index=True))

    def profile(self) -> pd.DataFrame:
        """Gradient norm of every parameter in the last epoch of each variant's first seed."""
        parts = [
            norms_at_epoch(load.steps(run), run.epochs_done, draw.table(run)).assign(run=self.label(run))
            for run in self.first_seeds()
        ]
        return pd.concat(parts, ignore_index=True)

    def first_seeds(self) -> list[Run]:
        firsts = {one.variant: one.run for one in reversed(self.plan)}
        return [one.run for one in self.plan if firsts[one.variant] is one.run]

    def label(self, run: Run) -> str:
        """Variant and number of a run: charts take its colour from the number."""
        return f"{self.variant[run.id]} · {run.id.rpartition('-')[2]}"

    def accuracies(self) -> pd.DataFrame:
        """Test accuracy of every finished run with its 95 % Wilson interval."""
        rows = []
        for run in self.runs:
            test = run.info.get("test")
            if run.status == "finished" and test:
                low, high = wilson(round(test["accuracy"] * test["n"]), test["n"])
                rows.append((self.variant[run.id], run.id, test["accuracy"], low, high))
        return pd.DataFrame(rows, columns=["variant", "run", "accuracy", "low", "high"])

    def seconds(self) -> pd.DataFrame:
        """Median seconds an epoch of every run."""
        return self.epochs().groupby(["variant", "run"], sort=False, as_index=False)["seconds"].median()

    def _named(self, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(variant=table["run"].map(self.variant))
