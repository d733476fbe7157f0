"""The views of the Gradients page: each is a chart of its runs on one scale, and a sentence on how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import number
from explorer.insights.findings.layers import DEAD
from explorer.insights.gradients import BIAS_BEFORE_NORM, NOT_BETTER, VANISHING, norms_at_epoch, norms_over_time
from explorer.insights.updates import GUIDE, epoch_means, ratios, up_to_epoch
from explorer.models.layer_names import module_name
from explorer.models.network import Network
from explorer.runs import Run
from explorer.runs.epochs_file import epoch_rows
from explorer.ui import cache, compute, display, names, page
from explorer.ui.curves import last_batch
from explorer.ui.inside import matched
from explorer.ui.markdown import code, literal
from explorer.ui.pickers.runs import keep_layer, kept_layer

HEAT_MAP_POINTS = 120  # steps across a heat map of every parameter


@dataclass(frozen=True)
class View:
    """A chart of some runs at an epoch, and the sentence on how to read it."""

    title: str
    reading: str
    make: Callable[[list[Run], int, bool], alt.Chart]
    missing: str = ""  # the message if there is nothing to draw
    by_step: bool = False  # its x axis shows single steps


def by_depth(runs: list[Run], epoch: int) -> None:
    """Show the page's first chart: the weights' gradient norms by depth, one line per run, with the rule for vanishing.

    A click on a point chooses its layer for all pages; the chosen layers have a ring, and their figures appear below.
    """
    chosen = {run.id: names.layer(run, layer) for run in runs if (layer := kept_layer(run.config.model))}
    display.clickable(
        _profile(runs, chosen, epoch, page.presenting()),
        f"Gradient norm of the weights by depth in epoch {epoch}",
        "gradients-by-depth",
        "layer",
        partial(_keep_clicked, {names.of(run): run.network for run in runs}),
    )
    for run in runs:
        if run.id in chosen:
            st.caption(of_layer(run, chosen[run.id], epoch))
    if note := matched.note(runs):
        st.caption(note)
    if not chosen:
        st.caption("Click a point to choose its layer here and on every page of this section.")


def _keep_clicked(networks: dict[str, Network], point: dict[str, Any]) -> None:
    """Choose the clicked layer. `networks`: the name of a run, as the chart shows it → its network."""
    if network := networks.get(point.get("run", "")):
        keep_layer(network.model, module_name(network, point["layer"]))


def of_layer(run: Run, layer: str, epoch: int) -> str:
    """A sentence on what was measured of a layer's weights. `layer`: its familiar name."""
    rows = at_epoch([run], epoch)
    weights = rows[rows["kind"] == "weight"].reset_index(drop=True)
    if module_name(run.network, layer) not in compute.shapes(run):
        return f"{literal(names.of(run))} has no layer {code(layer)}, which was chosen for {literal(run.config.model)}."
    if not (weights["layer"] == layer).any():
        return f"{literal(names.of(run))}: the chosen layer {code(layer)} has no trainable kernel or matrix."
    nth = int(weights.index[weights["layer"] == layer][0])
    text = (
        f"{literal(names.of(run))}: the ring marks {code(layer)}, number {nth + 1} of {len(weights)} from the first. "
    )
    text += f"Its gradient norm is {number(weights['norm'][nth])}, the mean of epoch {epoch}"
    measured = up_to_epoch(ratios(cache.weight_stats(run), display.table(run)), epoch)
    changed = measured.loc[measured["layer"] == layer, "update"]
    if changed.notna().any():
        text += f"; a step changes its weights by {number(100 * changed.iloc[0], 2)} % of their norm"
    return f"{text}."


def show(name: str, runs: list[Run], epoch: int) -> None:
    """Show one of VIEWS below the sentence on how to read it."""
    view = VIEWS[name]
    few = last_batch.note(runs) if view.by_step else ""
    st.caption(" ".join(filter(None, (view.reading, few))))
    made = _made(runs, name, epoch, page.presenting())
    if made is None:
        st.info(view.missing, icon=":material/info:")
    else:
        display.show(made, f"{view.title}, epoch {epoch}")


def at_epoch(runs: list[Run], epoch: int) -> pd.DataFrame:
    """Mean gradient norm of every parameter over an epoch's steps: columns of norms_at_epoch, and run."""
    parts = [norms_at_epoch(cache.steps(run), epoch, display.table(run)).assign(run=run.id) for run in runs]
    return pd.concat(parts, ignore_index=True)


def table(runs: list[Run], epoch: int) -> pd.DataFrame:
    """`at_epoch` for display, with the names of the runs."""
    rows = at_epoch(runs, epoch)
    return rows.assign(run=rows["run"].map(names.shown()))


BY_NORMS = cache.keys("steps.jsonl", "epochs.jsonl")


@st.cache_resource(max_entries=128, show_spinner=False, hash_funcs=BY_NORMS)
def _made(runs: list[Run], name: str, epoch: int, present: bool) -> dict | None:
    made = VIEWS[name].make(runs, epoch, present)
    return None if made is None else display.specification(made)


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_NORMS)
def _profile(runs: list[Run], chosen: dict[str, str], epoch: int, present: bool) -> dict:
    rows = matched.rows(at_epoch(runs, epoch), runs)
    last = rows[rows["kind"] == "weight"].groupby("run", as_index=False)["norm"].last()
    below = last.assign(norm=last["norm"] * VANISHING, label="below: vanishing")
    above = last.assign(norm=last["norm"] / VANISHING, label="above: exploding")
    # In short lines, so that it fits on a phone.
    note = f"Would vanish: first layer < {VANISHING:g} × last\nWould explode: first layer > {1 / VANISHING:,.0f} × last"
    guides = pd.concat([below, above], ignore_index=True)
    return display.specification(charts.norm_profile(rows, note, present, guides=guides, chosen=chosen))


def _parameters(runs: list[Run], epoch: int, present: bool) -> alt.Chart:
    return charts.norm_bars(matched.rows(at_epoch(runs, epoch), runs), present=present)


def _layers(runs: list[Run], epoch: int, present: bool) -> alt.Chart:
    return charts.norm_lines(
        pd.concat([display.gradient_lines(run) for run in runs], ignore_index=True), present=present
    )


def _heat(runs: list[Run], epoch: int, present: bool) -> alt.Chart:
    return charts.norm_heatmap(pd.concat(map(_layers_over_time, runs), ignore_index=True), present=present)


def _layers_over_time(run: Run) -> pd.DataFrame:
    """The gradient norm of each layer over the steps; kind is "scale" for layers without a kernel or a matrix."""
    table = display.table(run)
    rows = norms_over_time(cache.steps(run), table, points=HEAT_MAP_POINTS)
    weighted = rows["layer"].isin(table["layer"][table["kind"] == "weight"])
    kind = weighted.map({True: "weight", False: "scale"})
    return rows.assign(run=run.id, kind=kind).rename(columns={"layer": "parameter"})


def _epochs(runs: list[Run], epoch: int, present: bool) -> alt.Chart:
    means = [epoch_means(cache.steps(run), display.table(run)).assign(run=run.id) for run in runs]
    return charts.norm_epochs(pd.concat(means, ignore_index=True), present=present)


def _beside_weights(runs: list[Run], column: str) -> pd.DataFrame:
    """The ratio `column` at each measurement, as column norm, for all runs."""
    parts = [ratios(cache.weight_stats(run), display.table(run)).assign(run=run.id) for run in runs]
    return pd.concat(parts, ignore_index=True).assign(norm=lambda rows: rows[column])


def _gradient_ratio(runs: list[Run], epoch: int, present: bool) -> alt.Chart | None:
    rows = _beside_weights(runs, "gradient")
    if not (rows["epoch"] <= epoch).any():
        return None
    parts = [up_to_epoch(part, epoch).assign(run=run) for run, part in rows.groupby("run")]
    shown = pd.concat(parts, ignore_index=True).assign(norm=lambda rows: rows["gradient"])
    return charts.norm_profile(matched.rows(shown, runs), present=present, measure="‖gradient‖ / ‖weights‖")


def _update_ratio(runs: list[Run], epoch: int, present: bool) -> alt.Chart | None:
    rows = _beside_weights(runs, "update")
    if rows.empty:
        return None
    # Keep the guide within the axis.
    limits = charts.norm_limits(pd.concat([rows[["norm"]], pd.DataFrame({"norm": [GUIDE]})]))
    measure = "‖change of the weights‖ / ‖weights‖"
    return charts.norm_lines(rows, limits=limits, present=present, measure=measure, guide=GUIDE)


def _dead_relus(run: Run, epoch: int) -> dict[str, float]:
    """The share of each ReLU's channels that are dead; empty for an epoch that has not ended."""
    rows = epoch_rows(run)
    return rows[epoch - 1].get("dead_relus", {}) if epoch <= len(rows) else {}


def _dead(runs: list[Run], epoch: int, present: bool) -> alt.Chart | None:
    rows = [
        (run.id, names.layer(run, layer), nth, share)
        for run in runs
        for nth, (layer, share) in enumerate(_dead_relus(run, epoch).items(), start=1)
    ]
    shares = pd.DataFrame(rows, columns=["run", "layer", "place", "share"])
    return None if shares.empty else charts.dead_profile(shares, DEAD, present)


NO_LOOKS = "The weights of these runs have not been measured yet: they are measured at every 50th step."
VIEWS: dict[str, View] = {
    "parameters": View(
        "Every parameter",
        "One dot per parameter tensor: the mean over the steps of the epoch; the first layer is at the top. Weights "
        "are the kernels and matrices; batch-norm scale and shift are gamma and beta. " + BIAS_BEFORE_NORM,
        _parameters,
    ),
    "layers": View(
        "Layers over time",
        "One line per layer: dark is the first, light the last. One logarithmic scale.",
        _layers,
        by_step=True,
    ),
    "heat-map": View(
        "Heat map",
        "One row per layer, the first at the top; each column averages neighbouring steps.",
        _heat,
        by_step=True,
    ),
    "epochs": View(
        "Epoch means",
        f"The mean over all layers' weights and all steps of each epoch: one number per epoch. {NOT_BETTER}",
        _epochs,
    ),
    "gradient-ratio": View(
        "Gradient / weight",
        "The size of the gradient relative to the weights, by depth: the mean over the measurements of the epoch, or "
        "of the last epoch that has one (every 50th step is measured).",
        _gradient_ratio,
        NO_LOOKS,
    ),
    "update-ratio": View(
        "Update / weight",
        f"The change that one optimizer step makes, relative to the weights; one line per layer. The dashed guide at "
        f"{GUIDE:g} is a rule of thumb: far above it training is unstable, far below it slow.",
        _update_ratio,
        NO_LOOKS,
    ),
    "dead-relus": View(
        "Dead ReLUs",
        "The share of each ReLU's channels that are zero at every pixel of every probe image after the epoch. The "
        "probe images are all validation images, plus training images if there are fewer than 256 (older runs: 1 to "
        "256 validation images). On more images it can only be smaller. The dashed line is the threshold of the "
        f"findings, {DEAD:.0%}.",
        _dead,
        "These networks have no ReLU, or were trained before dead units were recorded.",
    ),
}
