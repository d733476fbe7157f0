"""How many epochs on which share of the images fit into a time."""

import math

LEAST_EPOCHS = 3  # before the share is reduced: a curve needs a few points
LEAST_SHARE = 0.01


def fitted(expected: float, budget: float, epochs: int, fraction: float) -> tuple[int, float]:
    """(epochs, fraction) that take at most `budget` seconds, if `epochs` and `fraction` take `expected`.

    A choice that fits stays unchanged. Otherwise the epochs fall to LEAST_EPOCHS, then the share to LEAST_SHARE (two
    digits, rounded down), then the epochs to one, which may still take longer.
    """
    if expected <= budget:
        return epochs, fraction
    whole = expected / (epochs * fraction)  # seconds of an epoch on all images
    few = min(epochs, LEAST_EPOCHS)
    fewer = max(few, math.floor(budget / (whole * fraction)))
    if fewer * fraction * whole <= budget:
        return fewer, fraction
    least = min(fraction, LEAST_SHARE)
    share = max(least, _two_digits(budget / (whole * few)))
    if few * share * whole <= budget:
        return few, share
    return max(1, min(few, math.floor(budget / (whole * share)))), share


def _two_digits(share: float) -> float:
    """Rounded down: 0.1278 → 0.12."""
    unit = 10.0 ** (math.floor(math.log10(share)) - 1)
    return round(math.floor(share / unit + 1e-9) * unit, 12)
