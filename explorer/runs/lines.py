"""Files that grow while a run trains, a JSON object a line. A line that is none is passed over."""

import json
import math
from pathlib import Path

from explorer.runs.folder import write_atomically
from explorer.runs.typed_json import Json


def append(path: Path, rows: list[dict[str, Json]]) -> None:
    """Append a line a row, in one write; a number that is not finite becomes null."""
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
    """All complete lines; a last line that a dying process left half-written is not one."""
    if not path.is_file():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    return parsed(whole)


def parsed(lines: bytes) -> list[dict[str, Json]]:
    """The objects of some lines."""
    return [row for line in lines.splitlines() if (row := _object(line)) is not None]


def _object(line: bytes) -> dict[str, Json] | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) else None


def cut(path: Path, epochs_done: int) -> None:
    """Drop what lies behind epoch `epochs_done`, and lines that cannot be read, before a run is resumed."""
    remaining = [row for row in read_lines(path) if isinstance(row.get("epoch"), int) and row["epoch"] <= epochs_done]
    write_atomically(path, "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in remaining).encode())
