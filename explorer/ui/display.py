"""Charts and images on a page: frames and arrays in, alt texts for those who cannot see them."""

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

LOSS_POINTS = 120  # along the live loss whose moves one sees: half a page wide, it moves by 3 or 4 pixels
NORM_POINTS = 60  # along the live gradient norms, which are means over at least a hundredth of the steps
LIVE_NORMS = 4500  # points of all lines of the live gradient norms together


def chart(altair_chart: alt.Chart, description: str, key: str | None = None) -> None:
    """`show` for a chart of Altair's; `description` and the page's verdict are read to those who cannot see it."""
    show(specification(altair_chart), description, key)


def show(specification: dict, description: str, key: str | None = None) -> None:
    """Draw what `specification` made; under the same key, a chart of which only data changed is updated in place."""
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
    """`show` for a chart with a selection of points of that name: `clicked` gets the fields of the point under each
    click with their values, as the chart was made, whatever title it shows them under. `numbers`: see
    `saving.chart`."""
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
    """The chart with the names of the runs on the page in place of their ids; `specification`, which visitors share, is
    not changed."""
    return charts.with_names(specification, names.shown(), page.presenting())


def _ready(specification: dict) -> dict:
    """With its data as streamlit sends them."""
    tables = {key: pa.Table.from_pandas(rows) for key, rows in specification["datasets"].items()}
    return {**specification, "datasets": tables}


def specification(altair_chart: alt.Chart) -> dict:
    """A chart as Vega-Lite, its data as DataFrames under names that do not depend on them.

    Streamlit's own way from an Altair chart validates every time, which takes four times as long; charts are
    validated in their tests. Altair's own way writes the rows as JSON, to name them by their hash.
    """
    token = _taken_out.set({})
    try:
        spec = altair_chart.to_dict(validate=False)
        frames = _taken_out.get() or {}
    finally:
        _taken_out.reset(token)
    return {**spec, "datasets": {name: _rows(frame) for name, frame in frames.values()}}


TakenOut = dict[int, tuple[str, pd.DataFrame]]  # id of a frame → its name in the chart, and itself
_taken_out: ContextVar[TakenOut | None] = ContextVar("taken_out", default=None)


def _data_of_a_chart(data: pd.DataFrame) -> dict:
    """What Altair writes for a DataFrame: inside of `specification` a name, elsewhere the rows."""
    frames = _taken_out.get()
    if frames is None:
        return alt.default_data_transformer(data)
    name, _ = frames.setdefault(id(data), (f"data{len(frames)}", data))
    return {"name": name}


alt.data_transformers.register("taken out", _data_of_a_chart)
alt.data_transformers.enable("taken out")


def _rows(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without its index; a number that is not finite is missing, as in JSON."""
    floats = frame.select_dtypes("float")
    return frame.assign(**floats.where(np.isfinite(floats))).reset_index(drop=True)


def image(
    pixels: np.ndarray, alt: str, width: Width = "content", caption: str | None = None, note: bool = True
) -> None:
    """uint8 (H, W, 3), as PNG: pixels stay sharp. `note`: whether it can be saved for a paper."""
    if note:
        saving.image(pixels, alt)
        alt = stage.image_alternative(alt)
    st.image(pixels, caption=caption, width=width, output_format="PNG", alt=alt)


def network_input(pixels: np.ndarray, side: int = 256) -> np.ndarray:
    """uint8 (C, H, W) → uint8 (H', W', 3) of about `side` pixels, nearest neighbour."""
    return charts.upscale(charts.rgb(pixels), max(1, side // pixels.shape[-1]))


def live(chosen: list[Run], gradients: bool) -> None:
    """Loss, accuracy and, if wanted, gradient norms of runs that may still be training.

    No place is kept for the accuracy before an epoch has ended: the gradient norms stand there, or the loss is wide.
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
    """Changes whenever new steps would move curves of that many points by a point: at every step of the first
    `points`, then whenever there are 1/points more. Drawing a long run anew each second would cost the cores
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
    """A chart of the live view as it is sent."""
    return _ready(charts.with_titles(charts.with_names(specification(altair_chart), shown, present), short=True))


def _loss_frame(run: Run) -> pd.DataFrame:
    steps = cache.steps(run)
    return pd.DataFrame({"run": run.id, "step": steps.step, "epoch": steps.epoch, "loss": steps.loss})


def gradient_lines(run: Run, points: int = 120) -> pd.DataFrame:
    """The gradient norm of each layer's weights over the steps: run, parameter, kind, depth, step, norm."""
    norms = norms_over_time(cache.steps(run), table(run), kinds=["weight"], points=points)
    return norms.assign(run=run.id, kind="weight").rename(columns={"layer": "parameter"})


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=cache.BY_NETWORK)
def table(run: Run) -> pd.DataFrame:
    """Parameter, layer (by the name people know), kind and depth of everything the run learns."""
    return known_table(run.network)
