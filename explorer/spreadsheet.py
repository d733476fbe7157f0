"""Tables as CSV in which no text is a formula: a spreadsheet computes text that begins with "=", and people choose
names."""

import csv
import io
import re
from collections.abc import Iterable

# As https://owasp.org/www-community/attacks/CSV_Injection lists them, the wide ones of East Asian keyboards included.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?(\d[\d,]*\.?\d*|\.\d+)(e[+-]?\d+)?( ?%)?", re.IGNORECASE)


def is_formula(value: object) -> bool:
    """Whether a spreadsheet might compute this cell: text that begins like a formula and is not a number."""
    return isinstance(value, str) and value.startswith(BEGINS_FORMULA) and not _NUMBER.fullmatch(value)


def harmless(value: object) -> object:
    """The value as a cell of a CSV file: with an apostrophe in front if a spreadsheet might compute it, else
    unchanged."""
    if isinstance(value, str) and "\r" in value:  # which the csv module does not quote before Python 3.13
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{value}" if is_formula(value) else value


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """One line per row, after a line with the columns' names."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(harmless, row) for row in rows)
    return text.getvalue()
