"""`python -m benchmarks.gpu`: the GPU rows of docs/benchmarks.md in calls of some minutes; it goes on where it stopped.

Each piece, a row or one seed of a row, is measured in a process of its own and leaves a JSON file with its figures, the
command, commit, card, versions and date. `--fill` writes what the files hold into the table.
"""

import argparse
import datetime
import json
import os
import platform
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import Measured, in_turns, to_the_end, together
from benchmarks.rows import B_NORMS, CIFAR10, EVERYBODY, OURS, ROWS, B, Row
from benchmarks.table import verdicts

HERE = Path(__file__).parent
FIGURES = HERE / "gpu"  # where the files lie
TABLE = HERE.parent / "docs" / "benchmarks.md"
SEEDS = 3  # of a row that is trained to the end
ROUNDS = 5  # turns of each competitor
START_UP = 20  # seconds a process takes until its first step, at most
EPOCH_SECONDS = 1.5  # with validation, at most; the goal of the larger networks is 0.6 without
TOGETHER = "side-by-side"
COUNTS = (1, 2, 4, 8)  # processes that train at once


@dataclass(frozen=True)
class Piece:
    """What is measured without a pause: `seconds` is what it may take."""

    name: str  # of its file
    row: str  # key of ROWS
    seconds: float
    seed: int | None = None  # of a row trained to the end

    @property
    def file(self) -> str:
        """Where its figures lie, below the folder of figures."""
        return f"{self.name}.json"


def pieces(timed: float) -> list[Piece]:
    """All of them, what is asked for most first; `timed` seconds of turns for a row of competitors."""
    whole = [(key, row) for key, row in ROWS.items() if row.device == "cuda" and row.whole]
    versus = [(key, row) for key, row in ROWS.items() if row.device == "cuda" and not row.whole]
    seeds = [[Piece(f"{key}-seed{seed}", key, _to_the_end(row), seed) for key, row in whole] for seed in range(SEEDS)]
    compared = [Piece(key, key, timed + START_UP * len(EVERYBODY)) for key, _ in versus]
    several = [Piece(TOGETHER, "gpu-mnist-99", START_UP * len(COUNTS) + timed)]
    return [*seeds[0], *compared, *several, *(piece for later in seeds[1:] for piece in later)]


def _to_the_end(row: Row) -> float:
    """Seconds, at EPOCH_SECONDS an epoch."""
    return START_UP + EPOCH_SECONDS * int(row.config["epochs"])


def main(arguments: list[str]) -> None:
    """Measure what has no file yet until the minutes are over, or write the table."""
    given = _parser().parse_args(arguments)
    if given.piece:
        return _measure(next(one for one in pieces(given.seconds) if one.name == given.piece), given)
    if given.fill:
        TABLE.write_text(filled(TABLE.read_text(), read(given.out)))
        return None
    end = time.monotonic() + 60 * given.minutes
    for piece in pieces(given.seconds):
        left = end - time.monotonic()
        if (given.out / piece.file).exists():
            continue
        if piece.seconds > left:
            print(f"{piece.name}: left for the next call, it may take {piece.seconds:.0f} s.")
            continue
        began = time.monotonic()
        done = _apart([*arguments, "--piece", piece.name], left)
        print(f"{piece.name}: {done}, {time.monotonic() - began:.0f} s.", flush=True)
    return None


def _apart(arguments: list[str], seconds: float) -> str:
    """Run one piece in a process group of its own, so that a crash or a standstill costs that piece alone."""
    command = [sys.executable, "-m", "benchmarks.gpu", *arguments]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            code = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return "stopped, the time was over"
    return "measured" if code == 0 else f"failed with exit code {code}"


def _measure(piece: Piece, given: argparse.Namespace) -> None:
    row = ROWS[piece.row]
    source = given.cifar10 if row.dataset == CIFAR10 else row.dataset
    names = tuple(name for name in EVERYBODY if find_spec("lightning") or name not in (B, B_NORMS))
    if piece.name == TOGETHER:
        measured = {
            str(count): together(row, count, source, given.data, given.seconds / len(COUNTS)) for count in COUNTS
        }
    elif row.whole:
        measured = to_the_end(row, (OURS,), source, given.data, [piece.seed or 0])
    else:
        measured = in_turns(row, names, source, given.data, given.seconds, ROUNDS)
    keep(given.out / piece.file, piece, measured, source, images_of(source, given.data))


def images_of(source: str, folder: str | None) -> int:
    """The training images of a data set: an epoch."""
    from explorer.data import load

    return len(load(source, folder).train)


def keep(file: Path, piece: Piece, measured: dict[str, Measured], source: str, images: int) -> None:
    """Write the figures with what they need to be believed, all or nothing."""
    import torch

    libraries = [name for name in ("torch", "torchvision", "lightning") if find_spec(name)]
    figures = {
        "row": piece.row,
        "seed": piece.seed,
        "dataset": source.partition(":")[0],
        "training_images": images,
        "command": "python -m benchmarks.gpu",
        "commit": _commit(),
        "card": torch.cuda.get_device_name() if torch.cuda.is_available() else platform.machine(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in libraries}},
        "date": datetime.date.today().isoformat(),
        "measured": {name: asdict(one) for name, one in measured.items()},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".tmp")
    half.write_text(json.dumps(figures, indent=1) + "\n")
    half.replace(file)


def _commit() -> str:
    """Of the clone; a copy without its history has none."""
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def read(folder: Path) -> dict[str, list[dict]]:
    """The files' contents by row, side by side left out."""
    found: dict[str, list[dict]] = {}
    for file in sorted(folder.glob("*.json")):
        if file.stem != TOGETHER:
            figures = json.loads(file.read_text())
            found.setdefault(figures["row"], []).append(figures)
    return found


def filled(text: str, found: dict[str, list[dict]]) -> str:
    """The document with the last cell of each GPU row made from its figures; rows without any stay as they are."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        cells = line.split(" | ")
        key = cells[-2].strip("`") if len(cells) > 2 else ""
        if key in found:
            lines[at] = " | ".join([*cells[:-1], f"{_cell(ROWS[key], found[key])} |"])
    return "\n".join(lines)


def _cell(row: Row, files: list[dict]) -> str:
    """The verdicts, and whose figures they are."""
    results: dict[str, Measured] = {}
    for figures in files:
        for name, values in figures["measured"].items():
            one = results.setdefault(name, Measured())
            for kind, numbers in values.items():
                getattr(one, kind).extend(numbers)
    last = files[-1]
    commits = ", ".join(sorted({figures["commit"][:7] for figures in files}))
    verdict = " ".join(verdicts(row, results, last["training_images"]))
    n = len(results[OURS].speeds)
    return f"{verdict} {last['card']}, {last['date']}, n = {n}, {last['dataset']}, commit {commits}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--minutes", type=float, default=8, help="that a call may take (8)")
    parser.add_argument("--seconds", type=float, default=40, help="of turns for a row of competitors (40)")
    parser.add_argument("--out", type=Path, default=FIGURES, metavar="DIR", help="where the figures lie")
    parser.add_argument("--data", metavar="DIR", help="folder of the data sets (EXPLORER_DATA or ./data)")
    parser.add_argument("--cifar10", default=CIFAR10, metavar="NAME", help="folder:PATH, for the images as JPEG files")
    parser.add_argument("--fill", action="store_true", help="write the figures into docs/benchmarks.md")
    parser.add_argument("--piece", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
