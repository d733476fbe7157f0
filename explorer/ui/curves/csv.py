"""A table as text that any other program reads."""

import csv
import io
from typing import Any


def csv_text(rows: list[dict[str, Any]]) -> str:
    """A header line, then a line a row; a column for every name that occurs, empty where a row has none."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
