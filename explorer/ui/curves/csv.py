"""A table as text that any other program can read."""

from typing import Any

from explorer import spreadsheet


def csv_text(rows: list[dict[str, Any]]) -> str:
    """A header line, then one line per row; a column for every key that occurs, empty if a row lacks it."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return spreadsheet.csv_text([columns, *([row.get(name) for name in columns] for row in rows)])
