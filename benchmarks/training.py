"""`uv run --group bench python -m benchmarks.training`: training speed against a tutorial's loop and Lightning."""

import argparse
import datetime
import os
import platform
import shlex
import sys
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # for all alike: spinning threads would disturb the next in turn

import torch

from benchmarks.measure import in_turns, to_the_end
from benchmarks.rows import B_NORMS, CIFAR10, EVERYBODY, OURS, ROWS, SIDE, B, Row
from benchmarks.table import as_markdown, as_text, lines_of, verdicts
from explorer.data import load
from explorer.errors import UserError
from explorer.training.device import device_name

Form = Callable[[str, list[tuple[str, ...]]], str]  # (title, lines of a table) → text


def main(arguments: list[str]) -> None:
    """Prints a table for each row of `rows.ROWS`, with its goals and whether they are reached."""
    given = _parser().parse_args(arguments)
    names = EVERYBODY if find_spec("lightning") else tuple(name for name in EVERYBODY if name not in (B, B_NORMS))
    if names != EVERYBODY:
        print("Lightning is not installed, its lines are left out: run with `uv run --group bench`.\n")
    form = as_markdown if given.markdown else as_text
    parts = [_about(given)]
    for name in given.row or [name for name, row in ROWS.items() if given.device in (None, row.device)]:
        parts.append(_measure(ROWS[name], names, given, form))
        print(parts[-1], end="\n\n", flush=True)
    if given.markdown:
        given.markdown.write_text("# Training speed\n\n" + "\n\n".join(parts) + "\n")


def _measure(row: Row, names: tuple[str, ...], given: argparse.Namespace, form: Form) -> str:
    """The part of the table on one row."""
    if row.device == "cuda" and not torch.cuda.is_available():
        return f"{'### ' if given.markdown else ''}{row.title}\n\nnot measurable here: no CUDA device"
    source = given.cifar10 if row.dataset == CIFAR10 else row.dataset
    title = row.title.replace("CIFAR-10", "CIFAR-10 (JPEG)") if source.startswith("folder:") else row.title
    data = load(source, given.data)
    if row.whole or given.whole:
        results = to_the_end(row, (OURS,) if row.whole else names, source, given.data, range(given.rounds))
    else:
        names = (*names, SIDE) if row.device == "cpu" else names
        results = in_turns(row, names, source, given.data, given.seconds, given.rounds)
    blocks = [form(title, lines_of(row, results, len(data.train))), *verdicts(row, results, len(data.train))]
    return ("\n\n" if given.markdown else "\n").join(blocks)


def _about(given: argparse.Namespace) -> str:
    """Command, date, machine, versions and n, without which a figure says nothing."""
    libraries = [name for name in ("torch", "torchvision", "lightning") if find_spec(name)]
    devices = [device_name(torch.device(kind)) for kind in ("cpu", *(["cuda"] * torch.cuda.is_available()))]
    command = "python -m benchmarks.training " + shlex.join(sys.argv[1:])
    return "\n".join(
        (
            f"`uv run --group bench {command.strip()}`, {datetime.date.today()}; {' and '.join(devices)}; Python "
            f"{platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in libraries)}.",
            f"Each competitor in a process of its own, taking turns; {given.rounds} rounds, {given.seconds:g} s a row "
            "in all. Speeds are medians; ratios are medians of the rounds' ratios, with [smallest–largest].",
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--row", action="append", choices=ROWS, metavar="NAME", help=f"one of {', '.join(ROWS)}")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="all rows of that device")
    parser.add_argument("--seconds", type=float, default=60, help="timed, for a row; start-up comes on top (60)")
    parser.add_argument("--rounds", type=_at_least_three, default=5, help="turns of each competitor, or seeds (5)")
    parser.add_argument("--data", metavar="DIR", help="folder of the data sets (EXPLORER_DATA or ./data)")
    parser.add_argument("--cifar10", default=CIFAR10, metavar="NAME", help="folder:PATH, for the images as JPEG files")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the table there, as for docs/benchmarks.md"
    )
    parser.add_argument("--whole", action="store_true", help="train to the last epoch, for the test accuracies")
    return parser


def _at_least_three(text: str) -> int:
    if not text.isdigit() or int(text) < 3:
        raise argparse.ArgumentTypeError(f"{text} rounds show no spread: give 3 or more.")
    return int(text)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(str(error))
