"""The results of a transfer: its findings, its charts, its table."""

from functools import partial

import pandas as pd
import streamlit as st

from explorer.charts.formatting import number, percent, seconds
from explorer.charts.transfer import accuracy_by_images, accuracy_over_seconds, by_layer, gain_dots
from explorer.insights.cka import PAIRS
from explorer.ui import choices, display, page, saving, stage
from explorer.ui.components import finding_expander
from explorer.ui.markdown import literal
from explorer.ui.transfer.frames import View


def findings(view: View) -> None:
    """Show everything that is gained and lost; each finding opens to its rule and its numbers."""
    if view.found:
        st.subheader("Results", anchor=False)
    for index, finding in enumerate(view.found):
        finding_expander.show(finding, f"transfer-{index}", partial(_gains, view, f"gains-{index}"))


def _gains(view: View, key: str) -> None:
    display.chart(
        gain_dots(view.gains, present=page.presenting()), "Gain of each variant over training from scratch", key=key
    )


def show_charts(view: View) -> None:
    """Show accuracy by number of images, the gains, time, and the weight change of each layer."""
    present = page.presenting()
    with stage.picture():
        left, right = st.columns(2)
    with left:
        st.markdown("**Accuracy against number of images**")
        display.chart(
            accuracy_by_images(view.results, present=present), "Test accuracy by images", key="transfer-curve"
        )
        st.caption("Line: mean over seeds; band: lowest to highest; one dot per run.")
    with right:
        st.markdown("**Gain over training from scratch**")
        _gains(view, "transfer-gain")
        st.caption(
            "Same seed, same images, same learning rates. Thin line: 95 % interval of the mean, by Student's t over "
            "the seeds but never narrower than the test images allow; thick line: range of all seeds. This holds for "
            "this one source: another source may give a larger or smaller gain."
        )
    share = _pick_share(view)
    for network, changes in view.changes(share).groupby("model", sort=False):
        _layers(f" of {network}" if view.several else "", changes, present)
    st.caption("First seed, from the start of training to its best epoch, on the same validation images.")
    st.markdown("**Accuracy against time**")
    chart = accuracy_over_seconds(view.seconds(share), present)
    display.chart(chart, "Validation accuracy over seconds of training", key="transfer-seconds")
    if view.several:
        st.caption(
            "All networks took the same number of steps. Compare the accuracies that they had reached at the same time."
        )


def _layers(of: str, changes: pd.DataFrame, present: bool) -> None:
    """Draw the weight change of each layer of one network, and how similar its outputs stayed."""
    charts = (
        ("change", f"Weight change per layer{of}", "Change of the weights, ‖w − w₀‖ / ‖w₀‖"),
        ("cka", f"Similarity of each layer's outputs{of}", "Linear CKA, before and after"),
    )
    for column, (value, heading, title) in zip(st.columns(2), charts, strict=True):
        with column:
            st.markdown(f"**{literal(heading)}**")
            display.chart(by_layer(changes, value, title, present), heading, key=f"transfer-{value}{of}")
    if len(changes):
        st.caption(_baseline_words(changes))


def _baseline_words(changes: pd.DataFrame) -> str:
    low, high = changes["baseline"].min(), changes["baseline"].max()
    return (
        f"Grey: the CKA between untrained networks of this architecture that differ only in their random weights, "
        f"{number(low, 2)} to {number(high, 2)} (mean of {PAIRS} pairs, the same {changes['images'].iloc[0]} images). "
        "They share only their architecture and the images: a value near the grey line does not show that anything was "
        "preserved."
    )


def _pick_share(view: View) -> str:
    label = "Share of the training images for the charts below"
    return choices.segmented(label, view.shares, "transfer-share", hidden=page.presenting())


def table(view: View) -> None:
    """Show one row per way to start and share of the images, the mean over seeds."""
    groups = view.results.groupby(["line", "share"], sort=False)
    rows = [
        {
            "start": line,
            "training images": int(group["images"].iloc[0]),
            "test accuracy": percent(group["accuracy"].mean()),
            "lowest to highest": f"{percent(group['accuracy'].min())} to {percent(group['accuracy'].max())}",
            "training time": seconds(group["seconds"].mean()),
            "seeds": len(group),
        }
        for (line, _), group in groups
    ]
    saving.dataframe(
        rows,
        hide_index=True,
        height="content",
        alt="Accuracy and time of every variant, the mean over seeds",
        column_config={"training images": st.column_config.NumberColumn(format="localized")},
    )
