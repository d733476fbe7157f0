"""What the first kernels of a network look for: contrast between pixels, or plain brightness and colour."""

from collections.abc import Mapping

import numpy as np
from scipy.stats import beta

from explorer.insights.filters import contrast
from explorer.insights.findings.wording import listed, percent

CONTRAST = "Mostly for contrast between neighbouring pixels, as at an edge, a line or a dot"
AT_RANDOM = "Mostly for contrast between neighbouring pixels, but as random kernels also do"
DRAWS = 0.95  # the share of random draws that kernels must exceed to have more contrast than chance explains
PLAIN = "Mostly for plain brightness or colour"


def look_for(kernels: Mapping[str, np.ndarray]) -> str:
    """`kernels`: network → the weights of its first convolution, (out, in, k, k). Answer, line break, evidence.

    The rule: more than half of the squared weights vary from pixel to pixel. Random weights have about 1 − 1 / k² of
    them there, and few kernels may have more by chance, so that a share alone does not show that anything was learned:
    it must exceed that of DRAWS of all draws of as many independent normal weights.
    """
    shares = {name: contrast(weights) for name, weights in kernels.items()}
    by_network = {name: _answer(shares[name], weights) for name, weights in kernels.items()}
    evidence = f"{_figures(shares)} {_chances(kernels)}"
    alike: dict[str, list[str]] = {}
    for name, answer in by_network.items():
        alike.setdefault(answer, []).append(name)
    if len(alike) == 1:
        return f"{next(iter(alike))}.\n{evidence}"
    parts = " ".join(f"{listed(names)}: {answer[0].lower()}{answer[1:]}." for answer, names in alike.items())
    return f"{parts}\n{evidence}"


def _figures(shares: Mapping[str, float]) -> str:
    figures = listed([f"{percent(share)} in {name}" for name, share in shares.items()])
    return f"Of the squared weights of the first kernels, {figures} vary from pixel to pixel."


def _chances(kernels: Mapping[str, np.ndarray]) -> str:
    """What random kernels would do, once for all networks whose kernels are alike."""
    alike: dict[str, list[str]] = {}
    for name, weights in kernels.items():
        out, _, height, width = weights.shape
        chance = f"{percent(_at_random(weights))} for {out} kernels of {height}×{width}"
        alike.setdefault(chance, []).append(name)
    chances = [f"{chance}{f' ({listed(names)})' if len(alike) > 1 else ''}" for chance, names in alike.items()]
    draws = f"{100 * DRAWS:.0f} % of random draws stay below {listed(chances)}"
    return f"The rest is the mean of each kernel (rule: more than half varies); {draws}."


def _answer(share: float, weights: np.ndarray) -> str:
    if not share > 0.5:
        return PLAIN
    return CONTRAST if share > _at_random(weights) else AT_RANDOM


def _at_random(weights: np.ndarray) -> float:
    """The share below which DRAWS of all draws of as many independent normal weights stay: it is Beta-distributed,
    because the squared weights are a sum of the squares of each slice's mean and of k² − 1 others."""
    out, channels, height, width = weights.shape
    slices, others = out * channels, height * width - 1
    return float(beta.ppf(DRAWS, slices * others / 2, slices / 2)) if others else 0.0
