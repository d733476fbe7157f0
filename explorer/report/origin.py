"""The files that numbers come from, with their hashes."""

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from explorer.errors import UserError
from explorer.report.content import Origin
from explorer.runs import Run
from explorer.runs.weights import weights_file

# What people change in run.json after training: a renamed run is the same run.
NOT_MEASURED = ("name", "note", "tags", "starred", "archived", "also_in", "queue_key", "message", "message_fraction")
WEIGHTS = "weights"
SHORT = 16  # hexadecimal digits of a SHA-256: 64 bits


def origin(runs: Sequence[Run], file: str) -> Origin:
    """The origin `file` in the folders of runs; WEIGHTS means the weights of the best epoch."""
    return Origin(tuple(run.id for run in runs), file, tuple(file_hash(run, file) for run in runs))


def file_hash(run: Run, file: str) -> str:
    """The first SHORT digits of a file's SHA-256; run.json is hashed without NOT_MEASURED. Raises UserError if there is
    no such file."""
    path = weights_file(run, "best") if file == WEIGHTS else run.path / file
    try:
        return _hash(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise UserError(f"{run.id} has no readable {path.name}: the report needs it ({error.strerror}).") from error


@cache
def _hash(path: Path, stamp: int) -> str:
    content = path.read_bytes()
    if path.name == "run.json":
        facts = {key: value for key, value in json.loads(content).items() if key not in NOT_MEASURED}
        content = json.dumps(facts, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()[:SHORT]
