"""Files that another program has open: Windows does not let them be replaced, renamed or removed; other systems do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

WINDOWS = os.name == "nt"
SECONDS = 5.0  # a page reads a file in milliseconds, a virus scanner a new one in a second
LOOK_SECONDS = 0.02


def patiently(change: Callable[[], object]) -> None:
    """change(), on Windows again and again for SECONDS while somebody has the file open. Raises OSError as it does."""
    give_up = time.monotonic() + SECONDS
    while True:
        try:
            change()
        except PermissionError:
            if not WINDOWS or time.monotonic() > give_up:
                raise
            time.sleep(LOOK_SECONDS)
        else:
            return


def replace(aside: Path, path: Path) -> None:
    """The file `aside` takes the place of `path` in one step. Raises OSError if the disk does not let it."""
    patiently(lambda: aside.replace(path))


def rename(folder: Path, path: Path) -> None:
    """The folder gets the name `path`, which nothing has, in one step. Raises OSError if the disk does not let it."""
    patiently(lambda: folder.rename(path))
