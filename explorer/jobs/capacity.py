"""How many runs train at once on this machine, and how much memory they have."""

import os
from pathlib import Path

from explorer.errors import UserError

WORKERS = "EXPLORER_WORKERS"  # the most runs to train at once; by default the number of cores
SHARE = 0.75  # share of the memory; the rest is for the server and other programs
UNKNOWN_MEMORY = 8 * 2**30  # bytes assumed if the system does not report its memory; a single run may exceed them


def workers() -> int:
    """The most runs that train at once on this machine. Raises UserError if EXPLORER_WORKERS is not such a number."""
    given = os.environ.get(WORKERS, "").strip()
    return checked_workers(given, WORKERS) if given else cores()


def checked_workers(given: str, name: str) -> int:
    """`given` as a number of runs at once; `name` is its name in the message. Raises UserError if it is not valid."""
    if not given.isdecimal() or not 1 <= int(given) <= 1024:
        raise UserError(f"{name} '{given}' is not possible: give a whole number from 1 to 1024, such as {cores()}.")
    return int(given)


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_budget() -> float:
    """Bytes for all runs that train at once: a share of the memory of the machine or container."""
    try:
        limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    except (AttributeError, ValueError):  # Windows does not report it
        return SHARE * UNKNOWN_MEMORY
    container = Path("/sys/fs/cgroup/memory.max")
    if container.is_file() and (limit := container.read_text().strip()).isdecimal():
        limits.append(int(limit))
    return SHARE * min(limits)
