"""The results of the runs: accuracy, time, size, the noise of their curves."""

import pandas as pd

from explorer import charts
from explorer.insights.findings.step_noise import at_equal_loss
from explorer.insights.statistics import wilson
from explorer.runs import Run
from explorer.ui.curves import comparison
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, chart_panel
from explorer.ui.study.tables import milliseconds_a_batch


def accuracies(runs: list[Run], variant: dict[str, str]) -> pd.DataFrame:
    """Test accuracy of every finished run with its 95 % Wilson interval. `variant`: run id → its name in the chart."""
    rows = []
    for run in runs:
        test = run.record.test
        if run.status == "finished" and test:
            low, high = wilson(round(test.accuracy * test.n), test.n)
            rows.append((variant[run.id], run.id, test.accuracy, low, high))
    return pd.DataFrame(rows, columns=["variant", "run", "accuracy", "low", "high"])


def seconds(view: View) -> pd.DataFrame:
    """Median seconds per epoch of every run."""
    return view.epochs().groupby(["variant", "run"], sort=False, as_index=False)["seconds"].median()


def batches(view: View) -> pd.DataFrame:
    """Milliseconds of a training step of every run."""
    rows = [(view.variant[run.id], run.id, milliseconds_a_batch(run)) for run in view.runs]
    return pd.DataFrame(rows, columns=["variant", "run", "milliseconds"])


def parameters(view: View) -> pd.DataFrame:
    """The number of parameters that each variant learns."""
    rows = [(view.variant[run.id], run.id, run.record.parameters) for run in view.first_seeds()]
    return pd.DataFrame(rows, columns=["variant", "run", "parameters"])


def noises(view: View) -> pd.DataFrame:
    """How much the loss of single steps varies, in nats, around one loss that all batch sizes reach; empty if there is
    none."""
    found = at_equal_loss([comparison.trial(run) for run in view.runs])
    rows = [(view.variant[run], run, noise) for run, noise in found.of_run.items()] if found else []
    return pd.DataFrame(rows, columns=["variant", "run", "noise"])


PANELS: dict[str, Panel] = {
    "test": chart_panel(
        "Test accuracy",
        "Test accuracy of every run with its interval",
        lambda view, present: charts.accuracy_dots(accuracies(view.runs, view.variant), present=present),
        "One line per seed; the whiskers are 95 % Wilson intervals, which do not include the spread between seeds.",
        applies=lambda view: not accuracies(view.runs, view.variant).empty,
    ),
    "time": chart_panel(
        "Time",
        "Seconds per epoch of every run",
        lambda view, present: charts.run_bars(seconds(view), "seconds", "Seconds per epoch", present),
        "The median over epochs, including validation and other work on the machine.",
    ),
    "batch time": chart_panel(
        "Time of a training batch",
        "Milliseconds per training step of every run",
        lambda view, present: charts.run_bars(batches(view), "milliseconds", "Milliseconds per batch", present),
        "Forward pass, backward pass and update for one batch, without validation: the mean over each epoch, the "
        "median over epochs; other work on the machine is included.",
    ),
    "parameters": chart_panel(
        "Parameters",
        "Number of parameters of each variant",
        lambda view, present: charts.run_bars(parameters(view), "parameters", "Parameters", present),
        "All trainable numbers, including batch norm.",
    ),
    "noise": chart_panel(
        "Noise of the loss curve at equal loss",
        "Standard deviation of the noise of every run's loss curve",
        lambda view, present: charts.run_bars(noises(view), "noise", "Noise of a step's loss (nats)", present),
        "The standard deviation of a step's loss around the middle of its two neighbours', √(2/3 · mean(d²)) (Gasser "
        "et al. 1986), over the steps at one loss that all batch sizes reach; the finding names that loss. For "
        "independent images it would fall as 1/√batch size.",
        applies=lambda view: not noises(view).empty,
    ),
}
