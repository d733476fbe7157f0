"""How the variants learn: over epochs, and step by step."""

import pandas as pd

from explorer import charts
from explorer.ui import cache
from explorer.ui.study.frames import View
from explorer.ui.study.panels.panel import Panel, chart_panel


def steps(view: View) -> pd.DataFrame:
    """Loss and accuracy of every recorded step: columns run, step, loss, accuracy, variant."""
    parts = []
    for run in view.runs:
        history = cache.steps(run)
        parts.append(
            pd.DataFrame({"run": run.id, "step": history.step, "loss": history.loss, "accuracy": history.accuracy})
        )
    return view.named(pd.concat(parts, ignore_index=True))


def _curves(view: View) -> bool:
    return view.has_curves


def _rivals(view: View) -> bool:
    return view.has_curves and len(set(view.variant.values())) > 1


EPOCHS = "Bold: validation; for several seeds the mean, with a band from the lowest to the highest. Thin: training."
TRAINING = "Bold: training images, while the weights were changing. Thin: validation."
STEPS = (
    "Pale: every step of every run. Bold: the mean over seeds, smoothed over up to 20 steps. The last batch of an "
    "epoch holds the remaining images: where they are few, its step is noisier."
)

PANELS: dict[str, Panel] = {
    "loss": chart_panel(
        "Loss",
        "Loss over epochs, a band for each variant; over-fitting is marked",
        lambda view, present: charts.loss_bands(view.epochs(), view.log, view.marks("epoch"), present=present),
        EPOCHS,
        applies=_curves,
    ),
    "accuracy": chart_panel(
        "Accuracy",
        "Accuracy over epochs, a band for each variant",
        lambda view, present: charts.accuracy_bands(view.epochs(), present),
        EPOCHS,
        applies=_curves,
    ),
    "training loss": chart_panel(
        "Training loss",
        "Loss on the training images over epochs, a band for each variant",
        lambda view, present: charts.loss_bands(view.epochs(), view.log, front="train", present=present),
        TRAINING,
        applies=_curves,
    ),
    "training error": chart_panel(
        "Training error",
        "Error on the training images over epochs, a band for each variant",
        lambda view, present: charts.training_error_bands(view.epochs(), present),
        TRAINING,
        applies=_curves,
    ),
    "ahead": chart_panel(
        "Leading variant at each epoch",
        "The leading variant of each epoch, and its lead in percentage points of validation accuracy",
        lambda view, present: charts.lead_bars(view.epochs(), present),
        "Colour: the leading variant. Height: its lead in validation accuracy, mean over seeds.",
        applies=_rivals,
    ),
    "steps": chart_panel(
        "Training loss, each step",
        "Training loss of every step; divergence is marked",
        lambda view, present: charts.step_bands(steps(view), "loss", view.log, view.marks("step"), present),
        STEPS,
    ),
    "step accuracy": chart_panel(
        "Training accuracy, each step",
        "Training accuracy of every step",
        lambda view, present: charts.step_bands(steps(view), "accuracy", present=present),
        STEPS,
    ),
}
