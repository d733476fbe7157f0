"""Numbers and lists in the sentences of findings."""

import math
from collections.abc import Sequence

from explorer.text import percent as percent, signed as signed


def points(fraction: float) -> str:
    """A difference of two accuracies in percentage points, with its sign."""
    return signed(f"{100 * fraction:+.1f}")


def p_value(value: float, relation: str = "=") -> str:
    """`relation`: "≤" for the largest of several p-values, "≥" for the smallest."""
    if value < 0.001:
        return "p < 0.001"
    return f"p {relation} {value:.2g}" if value < 1 else "p = 1"


def short(number: float) -> str:
    """A positive number with two significant digits: 18.2 → "18", 2.06 → "2.1", 233 → "230"."""
    decimals = 1 - math.floor(math.log10(number))
    return f"{round(number, decimals):.{max(0, decimals)}f}"


def macs(count: float) -> str:
    """Multiply-accumulates of an image in millions: 313200000 → "313 MMAC"."""
    millions = count / 1e6
    return f"{millions:,.0f} MMAC" if millions >= 99.95 else f"{millions:.3g} MMAC"


def listed(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c" """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def some(names: Sequence[str], most: int = 5) -> str:
    """`listed`, but for many names only the first ones and how many more there are."""
    return listed(names if len(names) <= most + 1 else [*names[:most], f"{len(names) - most} more"])
