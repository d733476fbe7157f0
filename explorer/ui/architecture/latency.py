"""How long the published networks take on this server: measured on request, one after the other."""

from collections.abc import Sequence
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st

from explorer.charts.formatting import seconds
from explorer.models.published import PUBLISHED
from explorer.text import plural
from explorer.ui import inference

if TYPE_CHECKING:
    from explorer.insights.cost import InferenceTime
    from explorer.insights.published import Figures

ONE, BATCH = 1, 8  # images in a forward pass
LIMIT = 180  # no further network starts after this many seconds; the button continues from there

Times = dict[tuple[str, int], "InferenceTime"]  # (torchvision's name of the network, images) → measurement


@st.cache_resource(max_entries=1, show_spinner=False)
def _store() -> tuple[Times, Lock]:
    return {}, Lock()


def measured() -> Times:
    """What has been measured since the server started, shared by all visitors."""
    times, lock = _store()
    with lock:
        return dict(times)


def offer(found: Sequence["Figures"]) -> None:
    """A button that measures what is missing, the cheapest network first, and shows its progress."""
    cheapest = {each.model: each.name for each in sorted(found, key=lambda each: each.gmacs, reverse=True)}
    wanted = [(model, batch) for model in reversed(cheapest) for batch in (ONE, BATCH)]
    missing = [measurement for measurement in wanted if measurement not in measured()]
    label = "Measure latency" if len(missing) == len(wanted) else "Continue measuring" if missing else "Measure again"
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(label, icon=":material/timer:")
        st.caption(
            f"Times forward passes of one image and of {BATCH} images on this machine for {len(cheapest)} networks "
            f"with zero weights, so nothing is downloaded. After {seconds(LIMIT)} it finishes the measurement in "
            f"progress and stops."
        )
    if pressed:
        _measure(missing or wanted, {model: PUBLISHED[name] for model, name in cheapest.items()})
        st.rerun()


def _measure(wanted: list[tuple[str, int]], published: dict) -> None:
    from explorer.insights.published import latency

    (times, lock), started = _store(), monotonic()
    progress = st.progress(0.0, "Timing …")
    for done, (model, batch) in enumerate(wanted):
        if monotonic() - started > LIMIT:
            break
        progress.progress(done / len(wanted), f"Timing {model}, {plural(batch, 'image')} …")
        with inference.one_at_a_time:
            taken = latency(published[model], batch)
        with lock:
            times[model, batch] = taken


def milliseconds(times: Times, model: str, batch: int) -> float | None:
    """The median time of a forward pass of `batch` images; None if it has not been measured."""
    taken = times.get((model, batch))
    return 1000 * taken.seconds if taken else None


def columns(times: Times, model: str) -> dict[str, float | None]:
    """The cells of a table row, in milliseconds; empty if nothing has been measured."""
    named = {"one image": ONE, f"{BATCH} images": BATCH} if times else {}
    return {name: milliseconds(times, model, batch) for name, batch in named.items()}


def note(times: Times) -> str:
    """Which machine was measured, and how often."""
    if not times:
        return ""
    counts = sorted(taken.times for taken in times.values())
    often = f"{counts[0]}" if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
    devices = " and ".join(dict.fromkeys(taken.device for taken in times.values()))
    return (
        f"Latency: a forward pass in float32 on {devices}, the median of {often} passes, timed for two seconds and at "
        f"least three times; other work on the machine is included. V1 and V2 are the same network."
    )
