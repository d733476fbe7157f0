"""What the first kernels of a network look for: contrast between pixels, or plain brightness and colour."""

from collections.abc import Mapping

import numpy as np

from explorer.insights.filters import contrast
from explorer.insights.findings.wording import listed, percent

CONTRAST = "Mostly for contrast between neighbouring pixels, as at an edge, a line or a dot"
AT_RANDOM = f"{CONTRAST}, but not more than random kernels do"
PLAIN = "Mostly for plain brightness or colour"


def look_for(kernels: Mapping[str, np.ndarray]) -> str:
    """`kernels`: network → the weights of its first convolution, (out, in, k, k). Answer, line break, evidence.

    The rule: more than half of the squared weights vary from pixel to pixel. Independent random weights have
    1 − 1 / k² of them there, so that a share alone does not show that anything was learned.
    """
    shares = {name: contrast(weights) for name, weights in kernels.items()}
    by_network = {name: _answer(shares[name], weights) for name, weights in kernels.items()}
    first, *others = (f"the {_of(name, weights)}" for name, weights in kernels.items())
    share, *rest = (percent(share) for share in shares.values())
    figures = listed([
        f"{share} of the squared weights vary from pixel to pixel in {first}",
        *(f"{percent_} in {of}" for percent_, of in zip(rest, others, strict=True)),
    ])  # fmt: skip
    evidence = f"{figures}; the rest is the mean of each kernel (rule: more than half)."
    if len(set(by_network.values())) == 1:
        (answer,) = set(by_network.values())
        return f"{answer}.\n{evidence}"
    parts = " ".join(f"{name}: {answer[0].lower()}{answer[1:]}." for name, answer in by_network.items())
    return f"{parts}\n{evidence}"


def _answer(share: float, weights: np.ndarray) -> str:
    if not share > 0.5:
        return PLAIN
    return CONTRAST if share > _at_random(weights) else AT_RANDOM


def _at_random(weights: np.ndarray) -> float:
    """The share that independent random weights have."""
    return 1 - 1 / (weights.shape[2] * weights.shape[3])


def _of(name: str, weights: np.ndarray) -> str:
    out, _, height, width = weights.shape
    return f"{out} first kernels of {name} ({height}×{width}; random weights: {percent(_at_random(weights))})"
