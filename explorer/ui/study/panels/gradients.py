"""How gradients flow in the variants: every parameter, by depth, and over time; always on a log scale."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.insights.gradients import BIAS_BEFORE_NORM, NOT_BETTER, norms_at_epoch, norms_over_time
from explorer.runs import Run
from explorer.ui import cache, display, page
from explorer.ui.study.frames import BY_RUNS, View
from explorer.ui.study.panels.panel import Panel, beside, chart_panel

POINTS = 600  # steps used for the mean over an epoch
IN_A_ROW = 2


def profile(runs: list[Run], name: Callable[[Run], str]) -> pd.DataFrame:
    """Gradient norm of every parameter in the last epoch of each run; the chart labels runs by `name`."""
    parts = [
        norms_at_epoch(cache.steps(run), run.epochs_done, display.table(run)).assign(run=name(run)) for run in runs
    ]
    return pd.concat(parts, ignore_index=True)


def mean_norms(view: View) -> pd.DataFrame:
    """Mean gradient norm of the weights in each epoch, over layers and steps: columns run, epoch, norm, variant."""
    parts = []
    for run in view.runs:
        rows = norms_over_time(cache.steps(run), display.table(run), kinds=["weight"], points=POINTS)
        parts.append(rows.groupby("epoch", as_index=False)["norm"].mean().assign(run=run.id))
    return view.named(pd.concat(parts, ignore_index=True))


def _parameters(view: View, key: str) -> None:
    """Draw one dot per parameter, its kind by shape and colour; the variants on one scale."""
    made = _of_each(view, "parameters", page.presenting())
    for run in beside(view, view.first_seeds(), IN_A_ROW):
        name = view.variant[run.id]
        display.show(made[run.id], f"Gradient norm of every parameter of {name}", f"study-parameters-{run.id}-{key}")


def _flow(view: View, key: str) -> None:
    """Draw one line per layer over the steps, from the first layer (dark) to the last (light); the variants on one
    scale."""
    made = _of_each(view, "flow", page.presenting())
    for run in beside(view, view.first_seeds(), IN_A_ROW):
        name = view.variant[run.id]
        display.show(
            made[run.id], f"Gradient norm of each layer of {name} over the steps", f"study-flow-{run.id}-{key}"
        )


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_RUNS)
def _of_each(view: View, what: str, present: bool) -> dict[str, dict]:
    """A chart for the first seed of each variant, all on one scale."""
    if what == "parameters":
        rows, make = profile(view.first_seeds(), view.label), charts.norm_bars
    else:
        rows, make = (
            pd.concat([_lines(view, run) for run in view.first_seeds()], ignore_index=True),
            charts.norm_lines,
        )
    limits, labels = charts.norm_limits(rows), {run.id: view.label(run) for run in view.first_seeds()}
    return {
        run_id: display.specification(make(rows[rows["run"] == label], limits=limits, present=present))
        for run_id, label in labels.items()
    }


def _lines(view: View, run: Run) -> pd.DataFrame:
    return display.gradient_lines(run).assign(run=view.label(run))


PANELS: dict[str, Panel] = {
    "gradients": chart_panel(
        "Gradients by depth, last epoch, first seed",
        "Gradient norm of the weights by depth, a line for each variant",
        lambda view, present: charts.norm_profile(profile(view.first_seeds(), view.label), present=present),
        "Gradients vanish where a line falls more than a thousandfold to the left, towards the first layer. A higher "
        "line is not a better one.",
    ),
    "norms": chart_panel(
        "Mean gradient norm of each epoch",
        "Mean gradient norm of the weights over epochs, on a log scale",
        lambda view, present: charts.norm_bands(mean_norms(view), present),
        "Over all layers' weights and all steps of an epoch; the band extends from the lowest to the highest seed. "
        f"{NOT_BETTER}",
        applies=lambda view: view.has_curves,
    ),
    "parameter gradients": Panel(
        "Gradient of every parameter, last epoch, first seed",
        _parameters,
        "The first layer is at the top. Weights are the kernels; batch-norm scale and shift are gamma and beta. One "
        f"scale for all; values below it are written out. {BIAS_BEFORE_NORM}",
        wide=True,
    ),
    "gradient flow": Panel(
        "Gradient flow: each layer at every step, first seed",
        _flow,
        "Dark: the first layer. Light: the last. One logarithmic scale for all.",
        wide=True,
    ),
}
