"""Files that another program has open: Windows does not allow replacing, renaming or removing them; other systems
do."""

import os
import time
from collections.abc import Callable
from pathlib import Path

WINDOWS = os.name == "nt"
SECONDS = 5.0  # a page reads a file in milliseconds, a virus scanner a new one in a second
LOOK_SECONDS = 0.02


def patiently(change: Callable[[], object]) -> None:
    """change(), repeated on Windows for SECONDS while another program has the file open. Raises the OSError of
    change()."""
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
    """Replace `path` with the file `aside` in one step. Raises OSError if the disk does not allow it."""
    patiently(lambda: aside.replace(path))


def rename(folder: Path, path: Path) -> None:
    """Rename the folder to `path`, which must not exist, in one step. Raises OSError if the disk does not allow it."""
    patiently(lambda: folder.rename(path))
