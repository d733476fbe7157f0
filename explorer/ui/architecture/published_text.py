"""The text beside the published models: the design decisions, and what skips with weights add."""

from collections import Counter
from collections.abc import Iterator

import streamlit as st

from explorer.charts.formatting import percent
from explorer.insights.published import Figures
from explorer.insights.weighted_skips import REPORTED, mixtures, vgg16_parameters


def differences(of: dict[str, Figures]) -> Iterator[str]:
    """The design decisions in plain words, each with the figures above that show it."""
    vgg16, vgg19, r18, r34, r50, r152 = (
        of[m] for m in ("vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnet152")
    )
    yield (
        f"**Depth.** VGG ends at {vgg19.depth} layers. A skip gives the gradient a path around the convolutions of a "
        f"block; the ReLU after the addition still lets it pass only where it is active. With skips "
        f"ResNet trains with {r152.depth} layers."
    )
    yield (
        f"**3×3 stacks.** Two 3×3 convolutions have the receptive field of one 5×5 convolution (three that of 7×7) "
        f"with fewer weights (18 instead of 25 per pair of channels) and one more activation in between. "
        f"ResNet-{r18.depth} and {r34.depth} are built of them too."
    )
    yield (
        f"**Bottleneck.** From 50 layers on, a block first reduces the channels with a 1×1 convolution, applies a 3×3 "
        f"convolution, and expands the channels again: ResNet-50 has {r50.depth - r34.depth} layers more than "
        f"ResNet-34 for {percent(r50.gmacs / r34.gmacs - 1)} more multiply-accumulates."
    )
    yield (
        f"**Pooling.** VGG halves the map by max pooling five times and computes much at full resolution; ResNet "
        f"reduces it to a quarter in its first two layers and then by strides: {vgg16.gmacs:.1f} compared with "
        f"{r50.gmacs:.1f} GMAC."
    )
    yield (
        "**Head.** VGG flattens its last maps and passes them to three linear layers, which hold "
        f"{percent(vgg16.head_parameters / vgg16.parameters)} of the parameters of VGG-16; ResNet averages each map to "
        f"one number, and its one linear layer holds {percent(r50.head_parameters / r50.parameters)}."
    )
    yield _weighted_skips()


@st.cache_data(max_entries=1, show_spinner="Counting skips …")
def _weighted_skips() -> str:
    """What skips with weights add to VGG, and why one count may stand for several networks."""
    plain = vgg16_parameters()
    more = {option: vgg16_parameters(residual=True, shortcut=option) - plain for option in "BC"}
    ways = mixtures()
    skips = Counter(ways[0].skips)
    mixed = ", ".join(f"{k}×{k} {a}→{b}" + f" ({n} times)" * (n > 1) for (k, a, b), n in skips.items())
    return (
        f"**Skips with weights.** VGG-16 with its 4096-wide head has {plain:,} parameters for 10 classes. Identities "
        "and zero padding add none (`residual`; option A of He et al. 2015), 1×1 convolutions where the width grows "
        f"add {more['B']:,} (`shortcut` B), 1×1 convolutions in every skip {more['C']:,} (C). A report gives "
        f"{REPORTED:,} parameters for a VGG-16 with weighted skips, {REPORTED - plain:,} more than without. None of "
        f"these options gives that number. "
        f"With at most one skip of 1×1 or 3×3 around each convolution, all with or without bias and batch norm, "
        f"{len(ways)} combinations give it, and each treats the convolutions whose width grows differently. One of "
        f"them: skips with biases, {mixed}. The count alone does not identify the network."
    )
