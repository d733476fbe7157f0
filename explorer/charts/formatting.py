"""Numbers as a person would write them: as many digits as they deserve, and their unit."""

import math

from explorer.text import MISSING as MISSING, percent as percent, signed


def count(n: float) -> str:
    """How many: 1797 → "1,797", 269722 → "270 k", 1234567 → "1.2 M". Exact below ten thousand."""
    if not math.isfinite(n):
        return MISSING
    return f"{n:,.0f}" if abs(n) < 10_000 else _scaled(n, ("", " k", " M", " G", " T"), 1000)


def macs(n: float) -> str:
    """Multiply-accumulate operations of one forward pass: 313200000 → "313 MMAC"."""
    return MISSING if not math.isfinite(n) else _scaled(n, (" MAC", " kMAC", " MMAC", " GMAC", " TMAC"), 1000)


def memory(n_bytes: float) -> str:
    """Bytes in powers of 1000, as disks are sold: 11173962 → "11.2 MB"."""
    return MISSING if not math.isfinite(n_bytes) else _scaled(n_bytes, (" B", " kB", " MB", " GB", " TB"), 1000)


def seconds(duration: float) -> str:
    """A duration in seconds: 0.004 → "4 ms", 12.34 → "12.3 s", 73 → "1 min 13 s", 3700 → "1 h 2 min"."""
    if not math.isfinite(duration):
        return MISSING
    if duration < 1:
        return f"{duration * 1000:.0f} ms" if round(duration * 1000) < 1000 else "1 s"
    if duration < 59.95:
        return f"{duration:.1f}".removesuffix(".0") + " s"
    whole = round(duration)
    for size, unit, small_size, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // small_size
            return f"{whole // size} {unit} {rest} {small_unit}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def number(value: float, digits: int = 3) -> str:
    """A quantity without a unit, to `digits` significant digits: 0.01234 → "0.0123", -0.5 → "−0.500", 2 → "2"."""
    if not math.isfinite(value):
        return MISSING
    if value != 0 and not 1e-4 <= abs(value) < 1e6:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{signed(mantissa)}e{int(exponent)}"
    decimals = 0 if value == round(value) else max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    return signed(f"{value:,.{decimals}f}")


def _scaled(n: float, units: tuple[str, ...], base: int) -> str:
    """One decimal below a hundred of a unit, none above."""
    for unit in units[:-1]:
        digits = 1 if abs(n) < 99.95 and unit != units[0] else 0
        if round(abs(n), digits) < base:
            return _trim(f"{n:.{digits}f}") + unit
        n /= base
    return _trim(f"{n:.1f}") + units[-1]


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
