"""How many runs train at once on this machine, and how much memory they have."""

import os
from pathlib import Path

from explorer.errors import UserError

WORKERS = "EXPLORER_WORKERS"  # how many runs train at once at most; by default as many as there are cores
SHARE = 0.75  # of the memory: the rest is the server's, and everybody else's
UNKNOWN_MEMORY = 8 * 2**30  # bytes taken to be there where the system does not say; one run alone may exceed it


def workers() -> int:
    """How many runs train at once at most on this machine. Raises UserError if EXPLORER_WORKERS is no such number."""
    given = os.environ.get(WORKERS, "").strip()
    return checked_workers(given, WORKERS) if given else cores()


def checked_workers(given: str, name: str) -> int:
    """`given` as a number of runs at once; `name` is what the message calls it. Raises UserError if it is none."""
    if not given.isdecimal() or not 1 <= int(given) <= 1024:
        raise UserError(f"{name} '{given}' is not possible: give a whole number from 1 to 1024, such as {cores()}.")
    return int(given)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_budget() -> float:
    """Bytes for all runs that train at once: a share of what the machine has, or the container that this runs in."""
    try:
        limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    except (AttributeError, ValueError):  # Windows does not say
        return SHARE * UNKNOWN_MEMORY
    container = Path("/sys/fs/cgroup/memory.max")
    if container.is_file() and (limit := container.read_text().strip()).isdecimal():
        limits.append(int(limit))
    return SHARE * min(limits)
