"""Files that grow while a run trains, with one JSON object per line. Other lines are ignored."""

import json
import math
from pathlib import Path

from explorer.data.regular_file import read_regular
from explorer.runs.folder import write_atomically
from explorer.runs.typed_json import Json, is_text


def append(path: Path, rows: list[dict[str, Json]]) -> None:
    """Append one line per row, in one write; a number that is not finite becomes null."""
    lines = "".join(json.dumps(_finite(row), separators=(",", ":")) + "\n" for row in rows)
    with path.open("a", encoding="utf-8") as file:
        file.write(lines)


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_lines(path: Path) -> list[dict[str, Json]]:
    """All complete lines; none if the file cannot be read. A last line that a dying process left half-written does not
    count."""
    try:
        return _complete(read_regular(path))
    except OSError:
        return []


def _complete(content: bytes) -> list[dict[str, Json]]:
    return parsed(content.rpartition(b"\n")[0])


def parsed(lines: bytes) -> list[dict[str, Json]]:
    """The objects in these lines."""
    return [row for line in lines.splitlines() if (row := _object(line)) is not None]


def _object(line: bytes) -> dict[str, Json] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):  # or nested a thousand times
        return None
    return row if isinstance(row, dict) and (b"\\u" not in line or is_text(row)) else None


def cut(path: Path, epochs_done: int) -> None:
    """Drop lines after epoch `epochs_done`, and lines that cannot be read, before a run is resumed. Raises OSError if
    the file exists but cannot be read, so that nothing of it is lost."""
    rows = _complete(read_regular(path)) if path.exists() else []
    remaining = [row for row in rows if isinstance(row.get("epoch"), int) and row["epoch"] <= epochs_done]
    write_atomically(path, "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in remaining).encode())
