"""The number of a new run, never reused: with a deleted run's number, old links would show another run.

The last number given is stored beside the runs. If that file is missing, cut short, or behind because runs were copied
here, the highest number among the folders counts.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from explorer.runs.folder import RUN_ID, write_atomically

LAST_NUMBER = ".last-number"
TRASH = ".trash"


def take_number(root: Path, at_least: int = 0) -> int:
    """A number that no run here has or has had: `at_least` or the next free one. The caller must hold the lock for
    making runs."""
    number = max(_highest(root) + 1, at_least)
    _keep(root, number)  # stored before the run exists: if making it fails, a number is skipped
    return number


def keep_numbers(root: Path) -> None:
    """Called before a run is removed for good: its number, which others may know, is not given again."""
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
