"""English for sentences that several layers write."""

import math

MISSING = "–"


def percent(fraction: float) -> str:
    """A fraction in [0, 1] with one decimal: 0.9834 → "98.3 %". Only 0 and 1 themselves read 0 % and 100 %."""
    if not math.isfinite(fraction):
        return MISSING
    if fraction in (0, 1):
        return f"{fraction * 100:.0f} %"
    text = f"{fraction * 100:.1f}"
    bounds = {"100.0": "> 99.9 %", "0.0": "< 0.1 %"} if 0 < fraction < 1 else {}
    return bounds.get(text, f"{text} %")


def signed(written: str) -> str:
    """A written number with the sign that mathematics has: "-0.25" → "−0.25", "-0" → "0". Files that programs read keep
    the hyphen."""
    figures = written.removeprefix("-")
    return figures if figures == written or not any(digit in figures for digit in "123456789") else f"−{figures}"


def at_most(fraction: float) -> str:
    """ "at most 3.1 %", "less than 0.1 %"."""
    text = percent(fraction)
    return f"less than {text[2:]}" if text.startswith("< ") else f"at most {text}"


def plural(count: int, noun: str) -> str:
    """ "1 seed", "3 seeds", "1,200 steps": for nouns whose plural takes an s."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def printable(text: str) -> str:
    """The text with "?" for half characters, as in file names that are not UTF-8, which no screen can show."""
    return text.encode(errors="replace").decode()
