"""Processes that decode files from others: how they are started, and their memory limit."""

import os
import sys
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs one of our modules with this Python."""
    return [sys.executable, "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment in which such a process finds our modules, and no library starts threads, each of which reserves
    memory."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}


def limit_memory(most: int) -> None:
    """Limit this process to `most` bytes of address space from now on, if the system supports such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    with suppress(ValueError):  # macOS refuses a limit below what the process has mapped, including shared libraries
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
