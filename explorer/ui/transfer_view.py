"""What a transfer shows: the answer in a sentence, its pictures, its table."""

import math

import pandas as pd
import streamlit as st

from explorer.charts.formatting import number, percent, seconds
from explorer.charts.transfer import accuracy_by_images, accuracy_over_seconds, by_layer, gain_dots
from explorer.insights.cka import PAIRS
from explorer.insights.transfer import interval
from explorer.ui import draw, frame
from explorer.ui.markdown import literal
from explorer.ui.transfer_frames import View


def answer(view: View) -> str:
    """The gain where there are the fewest images, of the way to start that gains most; and how sure it is."""
    if view.gains.empty:
        return "The first pairs of runs, with and without another network's weights, are still missing."
    share = next(share for share in view.shares if share in set(view.gains["share"]))
    parts = [_gain(of_model, share) for _, of_model in view.gains.groupby("model", sort=False)]
    text = "; ".join(part for part in parts if part)
    return f"With {share} of the images, {text}.{_against(view.results[view.results['share'] == share])}"


def _gain(gains: pd.DataFrame, share: str) -> str:
    at = gains[gains["share"] == share]
    if at.empty:
        return ""
    best = at.loc[at["gain"].idxmax()]
    who = f"{best['model']} with learned weights ({best['mode']})"
    change = f"{'gains' if best['gain'] > 0 else 'loses'} {abs(best['gain']) * 100:.1f} points"
    over = f"{who} {change} over the same network from scratch"
    if best["pairs"] == 1:
        return f"{over}, with one seed"
    sure = f"95 % interval {best['low'] * 100:+.1f} to {best['high'] * 100:+.1f}, {best['pairs']} seeds, one source"
    undecided = "" if best["low"] > 0 or best["high"] < 0 else "; the seeds cannot tell it from nothing"
    return f"{over} ({sure}{undecided})"


def _against(results: pd.DataFrame) -> str:
    """Of two networks, which is more accurate with its better start, seed by seed, and in what time."""
    best = {
        model: max((group for _, group in of_model.groupby("mode")), key=lambda group: group["accuracy"].mean())
        for model, of_model in results.groupby("model", sort=False)
    }
    if len(best) < 2:
        return ""
    (first, of_first), (second, of_second) = sorted(best.items(), key=lambda item: -item[1]["accuracy"].mean())
    told = " against ".join(
        f"{percent(group['accuracy'].mean())} of {model} ({group['mode'].iloc[0]}, {seconds(group['seconds'].mean())})"
        for model, group in ((first, of_first), (second, of_second))
    )
    pairs = (of_first.set_index("seed")["accuracy"] - of_second.set_index("seed")["accuracy"]).dropna()
    low, high = interval(pairs) if len(pairs) else (float("nan"), float("nan"))
    sure = (
        f"; difference {low * 100:+.1f} to {high * 100:+.1f} points (95 %, {len(pairs)} seeds)"
        if math.isfinite(low)
        else ""
    )
    return f" In the same steps: {told}{sure}."


def pictures(view: View) -> None:
    """Accuracy by number of images, the gains, time, and how far each layer went."""
    present = frame.presenting()
    left, right = st.columns(2)
    with left:
        st.markdown("**Accuracy against number of images**")
        draw.chart(accuracy_by_images(view.results, present=present), "Test accuracy by images", key="transfer-curve")
        st.caption("Line: mean over seeds; band: lowest to highest; a dot a run.")
    with right:
        st.markdown("**Gain over a start from scratch**")
        draw.chart(gain_dots(view.gains, present=present), "Gain of each way to start", key="transfer-gain")
        st.caption(
            "Same seed, same images, same learning rates. Thin line: 95 % interval of the mean (Student's t); broad: "
            "all seeds. Given this one source: another might lend more, or less."
        )
    share = _pick_share(view)
    for network, changes in view.changes(share).groupby("model", sort=False):
        _layers(f" of {network}" if view.several else "", changes, present)
    st.caption("First seed, from the start of training to its best epoch, on the same validation images.")
    st.markdown("**Accuracy against time**")
    picture = accuracy_over_seconds(view.seconds(share), present)
    draw.chart(picture, "Validation accuracy over seconds of training", key="transfer-seconds")
    if view.several:
        st.caption("All took the same steps. At one second of the axis, read how far each was in the same time.")


def _layers(of: str, changes: pd.DataFrame, present: bool) -> None:
    """How far each layer of one network went, and how alike its answers stayed."""
    pictures = (
        ("change", f"How far each layer{of} went", "Change of the weights, ‖w − w₀‖ / ‖w₀‖"),
        ("cka", f"How alike the answers of each layer{of} stayed", "Linear CKA, before and after"),
    )
    for column, (value, heading, title) in zip(st.columns(2), pictures, strict=True):
        with column:
            st.markdown(f"**{literal(heading)}**")
            draw.chart(by_layer(changes, value, title, present), heading, key=f"transfer-{value}{of}")
    if len(changes):
        st.caption(_baseline_words(changes))


def _baseline_words(changes: pd.DataFrame) -> str:
    low, high = changes["baseline"].min(), changes["baseline"].max()
    return (
        f"Grey: the CKA between untrained networks of this architecture that differ in their random weights alone, "
        f"{number(low, 2)} to {number(high, 2)} (mean of {PAIRS} pairs, the same {changes['images'].iloc[0]} images). "
        "They share nothing but how they are built and the images: a value near the grey line does not say that "
        "anything was kept."
    )


def _pick_share(view: View) -> str:
    if frame.presenting():
        return st.session_state.get("transfer-share") or view.shares[0]
    return st.segmented_control(
        "Below: share of the training images",
        view.shares,
        default=view.shares[0],
        required=True,
        key="transfer-share",
        persist_state="session",
    )


def table(view: View) -> None:
    """A row a way to start and share of the images, the mean over seeds."""
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
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        alt="Accuracy and time of every way to start, the mean over seeds",
        column_config={"training images": st.column_config.NumberColumn(format="localized")},
    )
