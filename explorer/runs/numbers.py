"""The number of a new run, never used twice: if a deleted run's were, old links would show another run.

Beside the runs lies the last number given. Where that is missing or cut short, or behind because runs were copied
here, the highest number among the folders counts.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from explorer.runs.folder import RUN_ID, write_atomically

LAST_NUMBER = ".last-number"
TRASH = ".trash"


def take_number(root: Path, at_least: int = 0) -> int:
    """A number that no run here has or has had, `at_least` or the next after that; called by who holds the lock on
    making runs."""
    number = max(_highest(root) + 1, at_least)
    _keep(root, number)  # before the run is there: if that fails, a number is left out
    return number


def keep_numbers(root: Path) -> None:
    """Before a run goes for good: its number, which may have been given elsewhere, is not given again."""
    _keep(root, _highest(root))


def _keep(root: Path, number: int) -> None:
    write_atomically(root / LAST_NUMBER, f"{number}\n".encode())


def _highest(root: Path) -> int:
    return max(_last_given(root), *_in_folders(root), 0)


def _last_given(root: Path) -> int:
    try:
        text = (root / LAST_NUMBER).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return 0
    return int(text) if re.fullmatch(r"[0-9]{1,18}\n", text) else 0


def _in_folders(root: Path) -> Iterable[int]:
    names = (path.name for path in [*root.iterdir(), *(root / TRASH).glob("*/*")])
    return (int(found[1]) for name in names if (found := RUN_ID.fullmatch(name)))
