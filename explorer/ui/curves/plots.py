"""The curves of the Curves page: their controls, and the charts, made once for all visitors who want the same."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.compared import EXPLODED, Axes, compared_curves
from explorer.insights.findings.finding import Finding
from explorer.insights.learning_curves import (
    EPOCHS,
    SECONDS,
    STEPS,
    TRAINING,
    VALIDATION,
    over_epochs,
    over_seconds,
    over_steps,
    pooled,
    smoothed,
)
from explorer.runs import ACTIVE, Run
from explorer.ui import cache, choices, display, page
from explorer.ui.curves import last_batch, smoothed_loss
from explorer.ui.curves.comparison import BY_COMPARISON, Comparison, trial
from explorer.ui.study.finding_panels import PANEL_OF
from explorer.ui.study.panels import gradients, outcomes
from explorer.ui.train import live

SECONDS_BETWEEN_LOOKS = 2.0
MARKED = "marks"
LOG_LOSS, LOG_X = "loss", "x axis"
CURVES = {  # the panel of a finding → (measure, axis)
    "loss": ("loss", EPOCHS),
    "training loss": ("loss", EPOCHS),
    "accuracy": ("accuracy", EPOCHS),
    "steps": ("loss", STEPS),
    "noise": ("loss", STEPS),
}
SMOOTHING = {EPOCHS: 0.0, SECONDS: 0.0, STEPS: 0.9}  # initial values: a single batch is noisy, an epoch is not


class Drawing(NamedTuple):
    """How the charts are drawn."""

    axes: Axes  # for the loss
    weight: float  # of the moving average; 0: no smoothing
    marked: bool = True  # with the marks of findings on the curves


def controls(compared: Comparison) -> Drawing:
    """Let the visitor choose how the charts are drawn."""
    hidden = page.presenting()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        first = choices.Follows(lambda: EPOCHS if compared.with_epochs.runs else STEPS)
        over = choices.segmented("Over", [EPOCHS, STEPS, SECONDS], "over", first, hidden=hidden)
        parts = [VALIDATION, TRAINING, MARKED]
        shown = choices.pills("Show", parts, "shown", parts, hidden=hidden)
        log = choices.pills("Logarithmic", [LOG_LOSS, LOG_X], "log", hidden=hidden)
        weight = choices.slider(
            "Smoothing",
            0.0,
            0.99,
            SMOOTHING[over],
            f"smoothing-{over}",
            hidden,
            step=0.01,
            width=260,
            help="Weight of the exponential moving average, debiased, as in TensorBoard. The measured values stay "
            "visible as a pale line. 0: no smoothing.",
        )
    splits = tuple(split for split in (VALIDATION, TRAINING) if split in shown) or (VALIDATION,)
    axes = Axes("loss", over, LOG_LOSS in log, LOG_X in log, weight > 0, splits)
    return Drawing(axes, weight, MARKED in shown)


def show(compared: Comparison, drawing: Drawing) -> None:
    """Show loss and accuracy; refreshed every other second while one of the runs trains."""
    active = any(run.status in ACTIVE for run in compared.runs)
    st.fragment(_panel, run_every=SECONDS_BETWEEN_LOOKS if active else None)(compared, drawing, active)


def _panel(compared: Comparison, drawing: Drawing, was_active: bool) -> None:
    if was_active:
        compared = replace(compared, runs=live.renewed(compared.runs))
    for column, measure in zip(st.columns(2), ("loss", "accuracy"), strict=True):
        axes = replace(drawing.axes, measure=measure, log=drawing.axes.log and measure == "loss")
        with column:
            display.show(
                specification(compared, drawing._replace(axes=axes), page.presenting()),
                f"{measure.capitalize()} over {axes.over}, a colour for each run or group",
                key=f"compared-{measure}",
            )
    if was_active and not any(run.status in ACTIVE for run in compared.runs):
        st.rerun()


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_COMPARISON)
def specification(compared: Comparison, drawing: Drawing, present: bool) -> dict:
    """The chart as a Vega-Lite specification, cached because making it takes longer than showing it."""
    from explorer.insights.findings.marks import placed

    axes, group_of = drawing.axes, compared.group_of
    if axes.over != STEPS:
        compared = compared.with_epochs
    points = _points(compared.runs, axes)
    points = points.assign(smooth=smoothed(points, drawing.weight))
    if axes.over == STEPS:  # one value per epoch is not step noise: the same smoothing would delay it by many epochs
        points["smooth"] = points["smooth"].where(points["split"] == TRAINING, points["value"])
    marks = placed(_marks(compared.runs, axes.measure, drawing.marked), points, axes.over, axes.splits)
    curves = pooled(points, group_of)
    return display.specification(compared_curves(curves, marks, group_of, axes, present))


def _points(runs: list[Run], axes: Axes) -> pd.DataFrame:
    epochs = cache.epochs(runs)
    if axes.over == STEPS:
        return over_steps(epochs, pd.concat([_steps(run) for run in runs], ignore_index=True), axes.measure)
    return (over_seconds if axes.over == SECONDS else over_epochs)(epochs, axes.measure)


def _steps(run: Run) -> pd.DataFrame:
    history = cache.steps(run)
    columns = {"step": history.step, "epoch": history.epoch, "loss": history.loss, "accuracy": history.accuracy}
    return pd.DataFrame({"run": run.id, **columns})


def _marks(runs: Sequence[Run], measure: str, wanted: bool) -> pd.DataFrame:
    from explorer.insights.findings.marks import COLUMNS, SPIKE, marks

    found = [marks(trial(run), cache.steps(run).epoch) for run in runs if run.epochs_done] if wanted else []
    found = [rows for rows in found if len(rows)]
    table = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
    return table if measure == "loss" else table[table["mark"] != SPIKE]  # a spike is one of the loss


def finding_chart(compared: Comparison, finding: Finding, key: str) -> None:
    """Show what is behind a finding: the curves of its runs, their gradients, or their test accuracies."""
    group_of = compared.group_of
    runs = [run for run in compared.runs if run.id in finding.runs]
    part = compared.only(lambda run: run.id in finding.runs)
    shown = PANEL_OF[finding.kind]
    if shown in CURVES:
        measure, over = CURVES[shown]
        axes = Axes(measure, over, is_smoothed=over == STEPS)
        made = specification(part, Drawing(axes, SMOOTHING[over]), page.presenting())
        display.show(made, f"The {shown} of the runs that the finding names", key=key)
    elif shown == "gradients":
        made = charts.norm_profile(gradients.profile(runs, name=lambda run: run.id), present=page.presenting())
        display.chart(made, "Gradient norms by depth", key)
    elif shown == "test":
        dots = charts.accuracy_dots(outcomes.accuracies(runs, group_of), present=page.presenting())
        display.chart(dots, "Test accuracy of each run with its 95 % interval", key)
    else:
        st.caption("The table at the end of this page lists the figures of every run.")


def legend(compared: Comparison, drawing: Drawing) -> str:
    """How to read the charts, as they are drawn now."""
    axes, sentences = drawing.axes, []
    if VALIDATION in axes.splits:
        sentences.append("Bold: validation, after the epoch.")
    if TRAINING in axes.splits:
        when = "each step" if axes.over == STEPS else "averaged over the epoch while the weights were changing"
        sentences.append(f"Thin: training, {when}.")
    if drawing.weight:
        what = "Training smoothed" if axes.over == STEPS else "Smoothed"
        sentences.append(f"{what} with weight {drawing.weight:g}; the pale line shows the measured values.")
    if compared.is_grouped:
        sentences.append(
            "Each line is the mean of a group's runs; its band extends from the lowest to the highest run."
        )
        if axes.over == SECONDS:
            sentences.append("Its position is the runs' mean time at the end of each epoch.")
    if any((cache.steps(run).loss > EXPLODED).any() for run in compared.runs):
        sentences.append(f"A loss above {EXPLODED:g} leaves the chart at its upper edge.")
    if TRAINING in axes.splits and (older := smoothed_loss.note(compared.runs)):
        sentences.append(older)
    if TRAINING in axes.splits and axes.over == STEPS and (few := last_batch.note(compared.runs)):
        sentences.append(few)
    if drawing.marked:
        sentences.append(
            "○ best epoch: the highest validation accuracy, whose weights are saved as the best; ▼ approximately the "
            "lowest validation loss, after which the network over-fits; ◆ spike in the training loss; ✕ divergence; ▲ "
            "collapse."
        )
    sentences.append(
        "Click a name below a chart to show it alone; click further names to add or remove them. Drag to pan, press "
        "Ctrl and scroll to zoom, double-click to reset."
    )
    return " ".join(sentences)
