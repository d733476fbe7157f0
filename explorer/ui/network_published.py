"""The Architecture page's comparison of published models."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import percent
from explorer.insights.published import Figures
from explorer.insights.weighted_skips import REPORTED, mixtures, vgg16_parameters
from explorer.runs.published import PREFIX, find_published
from explorer.ui import draw, frame, networks, pick


def published() -> None:
    """VGG and ResNet on ImageNet: what their figures are, and which design decision is behind each."""
    found = networks.published()
    rows = pd.DataFrame([vars(each) for each in found])
    vgg, resnet = (next(p for p in found if (p.model, p.weights) == (m, "V1")) for m in ("vgg16", "resnet50"))
    st.markdown(
        f"**On ImageNet, VGG-16 has {vgg.parameters / resnet.parameters:.1f} times the parameters of ResNet-50 and "
        f"{vgg.gmacs / resnet.gmacs:.1f} times its multiply-accumulates, and is right less often: "
        f"{percent(vgg.accuracy)} against {percent(resnet.accuracy)}.**"
    )
    draw.chart(charts.accuracy_bubbles(rows, frame.presenting()), "Accuracy on ImageNet against cost, bubbles by size")
    if not frame.presenting():
        _open(found)
    st.markdown("\n".join(f"- {line}" for line in _differences({p.model: p for p in found})))
    st.dataframe(
        [
            {
                "model": each.model,
                "weights": each.weights,
                "ImageNet top-1": each.accuracy,
                "parameters": each.parameters,
                "of them in linear layers": each.head_parameters / each.parameters,
                "GMAC": each.gmacs,
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
            "of them in linear layers": st.column_config.NumberColumn(format="percent"),
            "parameters": st.column_config.NumberColumn(format="localized"),
            "depth": st.column_config.NumberColumn(help="Convolutions and linear layers, without those on skips."),
            "receptive field": st.column_config.NumberColumn(help="Pixels a side, of the last convolution."),
        },
    )
    st.caption(
        "Accuracy and GMAC are torchvision's own (Weights.meta), for 224×224 images; parameters, depth, share and "
        "receptive field are counted from the models. V2 is the same network with a longer training recipe. The "
        "models differ in several decisions at once: the figures do not say what each of them does alone."
    )
    frame.theory(
        "Both families stack 3×3 convolutions. VGG showed that depth beats large kernels; ResNet added the skips that "
        "let it go deeper still, and dropped the large linear layers.",
        "Simonyan & Zisserman 2015; He et al. 2016; Lin et al. 2014 (global average pooling)",
    )


def _open(found: tuple[Figures, ...]) -> None:
    """From a bubble to what the network itself looks like, with its weights."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Look inside", [PREFIX + each.name for each in found], key="look-inside", width=300)
        st.button("Open", icon=":material/search:", on_click=_look_at, args=(name,))


def _look_at(run_id: str) -> None:
    pick.suggest([run_id])
    st.session_state["look-at"] = networks.RUNS
    st.session_state["part"] = "diagram"


def _differences(of: dict[str, Figures]) -> Iterator[str]:
    """The design decisions in plain words, each with the figures above that show it."""
    vgg16, vgg19, r18, r34, r50, r152 = (
        of[m] for m in ("vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnet152")
    )
    yield (
        f"**Depth.** VGG ends at {vgg19.depth} layers. Skips let the gradient pass unchanged, so that ResNet trains "
        f"with {r152.depth} layers."
    )
    yield (
        "**3×3 stacks.** Two 3×3 convolutions see as much as one of 5×5 (three as much as 7×7) with fewer weights "
        f"(18 against 25 a pair of channels) and one more activation between. ResNet-{r18.depth} and {r34.depth} are "
        "built of them too."
    )
    yield (
        f"**Bottleneck.** From 50 layers on a block first narrows the maps with a 1×1 convolution, works on them with "
        f"3×3, and widens them again: ResNet-50 has {r50.depth - r34.depth} layers more than ResNet-34 for "
        f"{percent(r50.gmacs / r34.gmacs - 1)} more multiply-accumulates."
    )
    yield (
        "**Pooling.** VGG halves the map by max pooling five times and computes much at full resolution; ResNet goes "
        f"down to a quarter in its first two layers and then by strides: {vgg16.gmacs:.1f} against {r50.gmacs:.1f} "
        "GMAC."
    )
    yield (
        "**Head.** VGG flattens its last maps into three linear layers, which hold "
        f"{percent(vgg16.head_parameters / vgg16.parameters)} of the parameters of VGG-16; ResNet averages each map to "
        f"one number, and its one linear layer holds {percent(r50.head_parameters / r50.parameters)}."
    )
    yield _weighted_skips()


@st.cache_data(max_entries=1, show_spinner="Counting skips …")
def _weighted_skips() -> str:
    """What skips with weights add to VGG, and that a count may stand for several networks."""
    plain = vgg16_parameters()
    more = {option: vgg16_parameters(residual=True, shortcut=option) - plain for option in "BC"}
    known = mixtures()
    one = Counter(known[0].skips)
    mixed = ", ".join(f"{n} of {k}×{k}, {a}→{b}" for (k, a, b), n in one.items())
    return (
        f"**Skips with weights.** VGG-16 with its 4096-wide head has {plain:,} parameters for 10 classes. Identities "
        "and zero padding add none (`residual`; option A of He et al. 2015), 1×1 convolutions where the width grows "
        f"add {more['B']:,} (`shortcut` B), 1×1 convolutions in every skip {more['C']:,} (C). A report has a VGG-16 "
        f"with weighted skips of {REPORTED:,}, which is {REPORTED - plain:,} more than without. That is none of these. "
        "With at most one skip of 1×1 or 3×3 around each convolution, all with or without bias and batch norm, "
        f"{len(known)} mixtures add up to it, and each treats the convolutions whose width grows differently. One of "
        f"them: skips with biases, {mixed}. The count alone does not say which network it was."
    )
