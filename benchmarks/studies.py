"""`python -m benchmarks.studies`: does the quick size of every study end within three minutes on this machine?

Each study runs as a visitor of the command line would run it, one after another, in a checkpoints folder that is
deleted afterwards. On a machine with more cores, `taskset -c 0,1 python -m benchmarks.studies` shows what two make of
it. Ends with 1 if a study failed or took too long.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from explorer.studies import STUDIES

HEAD = ("study", "runs", "wall s", "CPU s", "load before", "verdict")
LIMIT = 180.0  # seconds


@dataclass(frozen=True)
class Timed:
    """One study, start of Python included."""

    runs: int  # that finished
    seconds: float  # by the clock
    cpu: float  # seconds of all its threads, user and system
    load: float  # the machine's one-minute load average before
    failed: bool


def main(arguments: list[str]) -> int:
    """Prints a line for each study; the exit code is 1 if one took too long or failed."""
    given = _parser().parse_args(arguments)
    lines = []
    print(" | ".join(HEAD), flush=True)
    for name in given.studies or STUDIES:
        timed = measure(name, given.dataset)
        lines.append(line_of(name, timed, given.limit))
        print(" | ".join(lines[-1]), flush=True)
    return int(any(line[-1] != "in time" for line in lines))


def measure(name: str, dataset: str, *options: str) -> Timed:
    """`options`: further arguments of the `study` command."""
    load, before, began = os.getloadavg()[0], _children_cpu(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "explorer", "study", name, "--quick", "--dataset", dataset, *options]
        done = subprocess.run(
            [*command, "--checkpoints", folder],
            env={**os.environ, "OMP_WAIT_POLICY": "passive"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    seconds = time.perf_counter() - began
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    runs = done.stdout.count(" test accuracy ")
    return Timed(runs, seconds, _children_cpu() - before, load, done.returncode != 0)


def line_of(name: str, timed: Timed, limit: float = LIMIT) -> tuple[str, ...]:
    """A line of the table, in the order of HEAD."""
    verdict = "failed" if timed.failed else "in time" if timed.seconds <= limit else f"above {limit:g} s"
    return (name, str(timed.runs), f"{timed.seconds:.0f}", f"{timed.cpu:.0f}", f"{timed.load:.1f}", verdict)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("studies", nargs="*", choices=[*STUDIES, []], metavar="STUDY", help="By default all of them.")
    parser.add_argument("--dataset", default="digits")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
