"""How the statistics of batch normalisation change a measured accuracy."""

import pandas as pd

from explorer import charts
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, chart_panel


def accuracies(view: View) -> pd.DataFrame:
    """Validation accuracy after the last epoch of every run that was measured with both kinds of statistics."""
    last = view.epochs().groupby(["variant", "run"], sort=False, as_index=False).last()
    table = last.rename(columns={"validation_accuracy": "recomputed", "running_accuracy": "running"})
    return table[["variant", "run", "recomputed", "running"]].dropna()


PANELS: dict[str, Panel] = {
    "norm statistics": chart_panel(
        "Batch-norm statistics in evaluation",
        "Validation accuracy of every run with recomputed statistics and with running averages",
        lambda view, present: charts.statistics_dots(accuracies(view), present),
        "The same weights on the same validation images, after the last epoch. PyTorch's running averages lag behind "
        "the weights: after few steps they hide what was learned. All other panels use recomputed statistics.",
        applies=lambda view: not accuracies(view).empty,
    ),
}
