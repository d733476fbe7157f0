"""The Architecture page: the comparison of published models."""

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import percent
from explorer.insights.published import Figures
from explorer.runs.names import run_names
from explorer.runs.published import PREFIX, find_published, published_models
from explorer.ui import choices, display, page, saving
from explorer.ui.architecture import latency
from explorer.ui.architecture.published_text import differences
from explorer.ui.pickers import networks
from explorer.ui.pickers.runs import suggest_runs

ACTIVATIONS = (
    "Activations are the outputs of all layers for one image, added up; a pass that frees outputs it no longer needs "
    "uses less memory."
)
ACCURACIES = {"accuracy": "top-1", "accuracy_top5": "top-5"}
COSTS = {  # column → its name in the choice, and its axis title
    "gmacs": ("GMAC", "Multiply-accumulates for one image (GMAC)"),
    "memory": ("memory", "Weights and activations of one image (MB)"),
    "one": ("one image", "Latency of one image on this machine (ms)"),
    "batch": ("a batch", f"Latency of a batch of {latency.BATCH} images on this machine (ms)"),
}


def published() -> None:
    """Show the figures of VGG and ResNet on ImageNet, and the design decision behind each."""
    found = networks.published()
    rows = pd.DataFrame([vars(each) for each in found])
    vgg, resnet = (next(p for p in found if (p.model, p.weights) == (m, "V1")) for m in ("vgg16", "resnet50"))
    st.markdown(
        f"**On ImageNet, VGG-16 has {vgg.parameters / resnet.parameters:.1f} times the parameters of ResNet-50 and "
        f"{vgg.gmacs / resnet.gmacs:.1f} times its multiply-accumulates, but its top-1 accuracy is lower: "
        f"{percent(vgg.accuracy)} compared with {percent(resnet.accuracy)}.**"
    )
    times = latency.measured()
    for batch, cost in ((latency.ONE, "one"), (latency.BATCH, "batch")):
        rows[cost] = [latency.milliseconds(times, each.model, batch) for each in found]
    rows["memory"] = (rows["weight_bytes"] + rows["activation_bytes"]) / 1e6
    _bubbles(rows)
    if not page.presenting():
        latency.offer(found)
        _open(found)
    st.markdown("\n".join(f"- {line}" for line in differences({p.model: p for p in found})))
    _table(found, times)
    st.caption(
        "Accuracies and GMAC are torchvision's own (Weights.meta), for 224×224 images; top-5: the true class is among "
        "the five most probable. Parameters, memory, depth, share and receptive field are counted from the models. "
        "Memory is that "
        f"of float32 weights and of activations. {ACTIVATIONS} V2 is the same network with a longer training recipe. "
        "The models differ in several design decisions at once: the figures do not separate their effects. "
        + latency.note(times)
    )
    page.theory(
        "Both families stack 3×3 convolutions. VGG showed that depth is worth more than large kernels; ResNet added "
        "skips, which allow much deeper networks, and removed the large linear layers.",
        "Simonyan & Zisserman 2015; He et al. 2016; Lin et al. 2014 (global average pooling)",
    )


def _table(found: tuple[Figures, ...], times: latency.Times) -> None:
    """Show one row per model."""
    saving.dataframe(
        [
            {
                "model": each.model,
                "weights": each.weights,
                "ImageNet top-1": each.accuracy,
                "top-5": each.accuracy_top5,
                "parameters": each.parameters,
                "of them in linear layers": each.head_parameters / each.parameters,
                "GMAC": each.gmacs,
                "weights in memory": each.weight_bytes / 1e6,
                "activations": each.activation_bytes / 1e6,
                **latency.columns(times, each.model),
                "depth": each.depth,
                "receptive field": each.field,
                "weights here": find_published(PREFIX + each.name).is_here,
            }
            for each in found
        ],
        hide_index=True,
        alt="Published VGG and ResNet models with their figures",
        column_config={
            "ImageNet top-1": st.column_config.NumberColumn(format="percent"),
            "top-5": st.column_config.NumberColumn(format="percent"),
            "weights in memory": st.column_config.NumberColumn(
                format="%.0f MB", help="4 bytes per parameter; 1 MB is 10⁶ bytes."
            ),
            "activations": st.column_config.NumberColumn(format="%.0f MB", help=ACTIVATIONS),
            "one image": st.column_config.NumberColumn(
                format="%.0f ms", help="Time of a forward pass, measured on this machine."
            ),
            f"{latency.BATCH} images": st.column_config.NumberColumn(format="%.0f ms"),
            "of them in linear layers": st.column_config.NumberColumn(format="percent"),
            "parameters": st.column_config.NumberColumn(format="localized"),
            "depth": st.column_config.NumberColumn(help="Convolutions and linear layers, not counting those in skips."),
            "receptive field": st.column_config.NumberColumn(help="Pixels per side, of the last convolution."),
        },
    )


def _bubbles(rows: pd.DataFrame) -> None:
    """Plot accuracy against the chosen kind of cost; latencies can be chosen once they have been measured."""
    costs = {name: title for name, title in COSTS.items() if rows[name].notna().any()}
    hidden = page.presenting()
    with st.container(horizontal=True):
        accuracy = choices.segmented(
            "Accuracy", list(ACCURACIES), "right", "accuracy", ACCURACIES.__getitem__, hidden=hidden
        )
        cost = choices.segmented(
            "Cost", list(costs), "cost", "gmacs", format_func=lambda name: costs[name][0], hidden=hidden
        )
    titles = f"ImageNet {ACCURACIES[accuracy]} accuracy (%)", costs[cost][1]
    made = charts.accuracy_bubbles(rows, page.presenting(), accuracy, cost, titles)
    display.chart(made, "Accuracy on ImageNet against cost; bubble size shows parameters")


def _open(found: tuple[Figures, ...]) -> None:
    """Link from a bubble to the network itself, with its weights."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = run_names(published_models())
        ids = [PREFIX + each.name for each in found]
        name = choices.selectbox("Look inside", ids, "look-inside", width=300, format_func=called.__getitem__)
        st.button("Open", icon=":material/search:", on_click=_look_at, args=(name,))


def _look_at(run_id: str) -> None:
    suggest_runs([run_id])
    choices.put("look-at", networks.RUNS)
    choices.put("architecture-part", "diagram")
