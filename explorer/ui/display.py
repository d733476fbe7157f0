"""Charts and images on a page: takes tables and arrays, and adds text alternatives for screen readers."""

import math
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any, Literal

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from explorer import charts
from explorer.insights.gradients import known_table, norms_over_time
from explorer.runs import ACTIVE, Run
from explorer.runs.epochs_file import EPOCHS
from explorer.ui import cache, names, page, saving, stage
from explorer.ui.curves import last_batch, smoothed_loss
from explorer.ui.train.watched import Names, watched

Width = int | Literal["stretch", "content"]

LOSS_POINTS = 120  # along the live loss, half a page wide: it visibly moves by 3 or 4 pixels at a time
NORM_POINTS = 60  # along the live gradient norms, each the mean over at least a hundredth of the steps
LIVE_NORMS = 4500  # of all lines of the live gradient norms together


def chart(altair_chart: alt.Chart, description: str, key: str | None = None) -> None:
    """Show an Altair chart as `show` does; screen readers read `description` and the page's verdict."""
    show(specification(altair_chart), description, key)


def show(specification: dict, description: str, key: str | None = None) -> None:
    """Draw a chart made by `specification`; under the same key, a chart whose data alone changed is updated in
    place."""
    named = with_names(specification)
    saving.chart(charts.with_titles(named), description)
    _send(_ready(charts.with_titles(named, short=True)), description, key)


def clickable(
    specification: dict,
    description: str,
    key: str,
    selection: str,
    clicked: Callable[[dict[str, Any]], None],
    numbers: Sequence[pd.DataFrame] | None = None,
) -> None:
    """`show` for a chart with a point selection named `selection`: `clicked` receives the fields of each clicked point
    with their original values, whatever title the chart shows them under. `numbers`: see `saving.chart`."""
    named = with_names(specification)
    saving.chart(charts.with_titles(named), description, numbers)
    st.vega_lite_chart(
        _ready(charts.with_titles(named, short=True)),
        width="stretch",
        alt=stage.alternative(description),
        key=key,
        on_select=partial(_clicked, key, selection, charts.titles_of(named, short=True), clicked),
        selection_mode=selection,
    )


def _clicked(key: str, selection: str, titles: dict[str, str], clicked: Callable[[dict[str, Any]], None]) -> None:
    fields = {title: field for field, title in titles.items()}
    for point in st.session_state[key].selection.get(selection) or []:
        clicked({fields.get(name, name): value for name, value in point.items()})


def _send(ready: dict, description: str, key: str | None) -> None:
    st.vega_lite_chart(ready, width="stretch", alt=stage.alternative(description), key=key)


def with_names(specification: dict) -> dict:
    """The chart with the names of the page's runs in place of their ids; `specification`, which visitors share, is not
    changed."""
    return charts.with_names(specification, names.shown(), page.presenting())


def _ready(specification: dict) -> dict:
    """The chart with its data as Streamlit sends them."""
    tables = {key: pa.Table.from_pandas(rows) for key, rows in specification["datasets"].items()}
    return {**specification, "datasets": tables}


def specification(altair_chart: alt.Chart) -> dict:
    """An Altair chart as Vega-Lite, with its data as DataFrames under names that do not depend on the data.

    Streamlit validates an Altair chart every time, which takes four times as long; our charts are validated in their
    tests. Altair itself writes the rows as JSON, to name them by their hash.
    """
    token = _taken_out.set({})
    try:
        spec = altair_chart.to_dict(validate=False)
        frames = _taken_out.get() or {}
    finally:
        _taken_out.reset(token)
    return {**spec, "datasets": {name: _rows(frame) for name, frame in frames.values()}}


TakenOut = dict[int, tuple[str, pd.DataFrame]]  # id of a DataFrame → (its name in the chart, the DataFrame)
_taken_out: ContextVar[TakenOut | None] = ContextVar("taken_out", default=None)


def _data_of_a_chart(data: pd.DataFrame) -> dict:
    """What Altair writes for a DataFrame: within `specification` its name, elsewhere its rows."""
    frames = _taken_out.get()
    if frames is None:
        return alt.default_data_transformer(data)
    name, _ = frames.setdefault(id(data), (f"data{len(frames)}", data))
    return {"name": name}


alt.data_transformers.register("taken out", _data_of_a_chart)
alt.data_transformers.enable("taken out")


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The DataFrame without its index; numbers that are not finite become missing, as in JSON."""
    floats = frame.select_dtypes("float")
    return frame.assign(**floats.where(np.isfinite(floats))).reset_index(drop=True)


def image(
    pixels: np.ndarray, alt: str, width: Width = "content", caption: str | None = None, note: bool = True
) -> None:
    """Show uint8 (H, W, 3) as PNG, so that pixels stay sharp. `note`: whether the image can be saved for a paper."""
    if note:
        saving.image(pixels, alt)
        alt = stage.image_alternative(alt)
    st.image(pixels, caption=caption, width=width, output_format="PNG", alt=alt)


def network_input(pixels: np.ndarray, side: int = 256) -> np.ndarray:
    """uint8 (C, H, W) → uint8 (H', W', 3) of about `side` pixels, by nearest neighbour."""
    return charts.upscale(charts.rgb(pixels), max(1, side // pixels.shape[-1]))


def live(chosen: list[Run], gradients: bool) -> None:
    """Show loss, accuracy and, if wanted, gradient norms of runs that may still be training.

    Before an epoch has ended, the accuracy takes no space: the gradient norms take its place, or the loss is wider.
    """
    begun = [run for run in chosen if len(cache.steps(run).step)]
    if not begun:
        return
    shown, present = names.shown(), page.presenting()
    norms = _live_norms(begun, shown, present) if gradients else None
    measured = any(run.epochs_done for run in begun)
    left, right = st.columns(2) if measured or norms else (st.container(), st.container())
    with left:
        _send(_live_loss(begun, shown, present), "Training loss of every step", key="live-loss")
    with right:
        if measured:
            _send(_live_accuracy(begun, shown, present), "Accuracy of every epoch", key="live-accuracy")
        elif norms:
            _norms(norms)
        if not measured:
            st.caption("The accuracy appears after the first epoch.")
    if notes := " ".join(filter(None, (smoothed_loss.note(begun), last_batch.note(begun)))):
        st.caption(notes)
    if norms and measured:
        _norms(norms)


def _norms(norms: dict) -> None:
    _send(norms, "Gradient norm of every layer over the steps", key="live-norms")
    st.caption("Gradient norm of each layer's weights, at every step.")


def _progress(run: Run, points: int) -> int:
    """A number that changes when new steps would move a curve of `points` points by one point: at each of the first
    `points` steps, then whenever the steps grow by 1/points. Redrawing a long run every second would take the cores
    that train it."""
    steps = len(cache.steps(run).step)
    if run.status not in ACTIVE or steps <= points:
        return steps
    return points + int(points * math.log(steps / points))


@watched(lambda run: (_progress(run, LOSS_POINTS), cache.stamp(run, EPOCHS)))
def _live_loss(chosen: list[Run], shown: Names, present: bool) -> dict:
    steps = pd.concat([_loss_frame(run) for run in chosen], ignore_index=True)
    return _live(charts.live_curves(steps, cache.epochs(chosen), present=present), shown, present)


@watched(lambda run: cache.stamp(run, EPOCHS))
def _live_accuracy(chosen: list[Run], shown: Names, present: bool) -> dict:
    return _live(charts.accuracy_curves(cache.epochs(chosen), present=present), shown, present)


@watched(lambda run: (_progress(run, NORM_POINTS), cache.stamp(run, EPOCHS)))
def _live_norms(chosen: list[Run], shown: Names, present: bool) -> dict:
    layers = sum(table(run)["kind"].eq("weight").sum() for run in chosen)
    points = min(120, max(10, LIVE_NORMS // layers))
    norms = pd.concat([gradient_lines(run, points) for run in chosen], ignore_index=True)
    return _live(charts.norm_lines(norms, present=present), shown, present)


def _live(altair_chart: alt.Chart, shown: Names, present: bool) -> dict:
    """A chart of the live view, ready to be sent."""
    return _ready(charts.with_titles(charts.with_names(specification(altair_chart), shown, present), short=True))


def _loss_frame(run: Run) -> pd.DataFrame:
    steps = cache.steps(run)
    return pd.DataFrame({"run": run.id, "step": steps.step, "epoch": steps.epoch, "loss": steps.loss})


def gradient_lines(run: Run, points: int = 120) -> pd.DataFrame:
    """The gradient norm of each layer's weights over the steps: columns run, parameter, kind, depth, step, norm."""
    norms = norms_over_time(cache.steps(run), table(run), kinds=["weight"], points=points)
    return norms.assign(run=run.id, kind="weight").rename(columns={"layer": "parameter"})


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def table(run: Run) -> pd.DataFrame:
    """Parameter, layer (by its familiar name), kind and depth of every parameter of the run."""
    return known_table(run.network)
