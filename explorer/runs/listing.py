"""The runs of a folder, all at once; what has not changed since the last scan is not read again.

A scan asks the disk twice for each run, 4,000 times for 2,000 runs, and a page lists the runs several times. A server
therefore shares its scans among all visitors: a scan is valid for fifty times as long as it took, for at most one
second, or three if no run is active, and until this process itself has changed a run or is about to decide by the list
(`distrust_listings`). A page that takes longer, on a busy machine, uses a single scan: `one_scan`.
"""

import os
import stat
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from explorer.errors import UserError
from explorer.runs.epochs_file import EPOCHS, check_epochs
from explorer.runs.folder import ACTIVE, RUN_ID, Run, read, times_distrusted

SERVES, AT_MOST = 50, 1.0  # how long a shared scan is valid: times as long as it took, and at most this many seconds
WHILE_IDLE = 3  # times as long if no run is active: then only another server or a command can change one
Stamp = tuple[int, int, int] | None  # of a file: changes with it; None if there is none


@dataclass(frozen=True)
class DamagedRun:
    """A folder named like a run that this version cannot read."""

    id: str
    reason: str  # one sentence


@dataclass(frozen=True, eq=False)
class Listing:
    """The runs of a folder: the same object as long as nothing changes, so that values computed from it can be
    cached."""

    runs: tuple[Run, ...]  # the readable ones, the newest first
    damaged: tuple[DamagedRun, ...]  # the newest first

    @cached_property
    def by_status(self) -> dict[str, list[Run]]:
        """Status → its runs, the newest first."""
        found: dict[str, list[Run]] = {}
        for run in self.runs:
            found.setdefault(run.status, []).append(run)
        return found

    @cached_property
    def by_id(self) -> dict[str, Run]:
        """Id → the run, the newest first."""
        return {run.id: run for run in self.runs}

    @cached_property
    def active(self) -> list[Run]:
        """Those that train or wait."""
        return [run for status in ACTIVE for run in self.by_status.get(status, [])]

    @cached_property
    def with_unknown_keys(self) -> list[Run]:
        """The runs whose run.json has keys that this version does not know, the newest first."""
        return [run for run in self.runs if run.record.unknown]

    @cached_property
    def by_study(self) -> dict[str, list[Run]]:
        """Study → its runs, the newest first."""
        found: dict[str, list[Run]] = {}
        for run in self.runs:
            for name in dict.fromkeys(study.name for study in run.studies):
                found.setdefault(name, []).append(run)
        return found


@dataclass(frozen=True)
class _Scan:
    listing: Listing
    found: dict[str, tuple[tuple[Stamp, Stamp], Run]]  # a folder's name → the stamps of its files, its run
    distrusted: int  # `times_distrusted` before the scan
    until: float  # by time.monotonic: how long it is valid


_scans: dict[Path, _Scan] = {}
_shares = False
_one_at_a_time = threading.Lock()
_of_thread = threading.local()  # `.scans`, like _scans, while a thread uses a single scan


def share_scans() -> None:
    """Share scans between callers, see above. A server calls this when it starts."""
    global _shares
    _shares = True


def has_read(root: Path) -> bool:
    """Whether this process has read the runs of a folder once; after that it reads only those that change."""
    return root in _scans


@contextmanager
def one_scan() -> Generator[None]:
    """Inside, this thread sees the runs at one moment, if scans are shared, until this process changes a run."""
    _of_thread.scans = {}
    try:
        yield
    finally:
        del _of_thread.scans


def listing(root: Path) -> Listing:
    """The current runs of a checkpoints folder; if scans are shared, as of some seconds ago, or as of the start of
    `one_scan`."""
    if not _shares:
        return _scan(root).listing
    held: dict[Path, _Scan] = getattr(_of_thread, "scans", {})
    if root in held and held[root].distrusted == times_distrusted():
        return held[root].listing
    held[root] = scan = _shared(root)
    return scan.listing


def _shared(root: Path) -> _Scan:
    if serves := _serving(root):
        return serves
    with _one_at_a_time:
        return _serving(root) or _scan(root)


def _serving(root: Path) -> _Scan | None:
    scan = _scans.get(root)
    return scan if scan and scan.distrusted == times_distrusted() and time.monotonic() < scan.until else None


def _scan(root: Path) -> _Scan:
    distrusted, began, before = times_distrusted(), time.monotonic(), _scans.get(root)
    known = before.found if before else {}
    found: dict[str, tuple[tuple[Stamp, Stamp], Run]] = {}
    reasons: dict[str, str] = {}
    for name in _names(root, known):
        stamps = _stamp(f"{root}/{name}/run.json"), _stamp(f"{root}/{name}/{EPOCHS}")
        if name in known and known[name][0] == stamps:
            found[name] = known[name]
        elif stamps[0]:
            try:
                found[name] = stamps, read_whole(root / name)
            except UserError as error:
                reasons[name] = str(error)
    damaged = tuple(DamagedRun(name, reasons[name]) for name in _newest_first(reasons))
    if before and found == known and damaged == before.listing.damaged:
        made = before.listing
    else:
        made = Listing(tuple(found[name][1] for name in _newest_first(found)), damaged)
    took = time.monotonic() - began
    most = AT_MOST if any(status in made.by_status for status in ACTIVE) else WHILE_IDLE * AT_MOST
    scan = _scans[root] = _Scan(made, found, distrusted, began + took + min(SERVES * took, most))
    return scan


def _names(root: Path, known: dict[str, tuple[tuple[Stamp, Stamp], Run]]) -> list[str]:
    """The folders that are named like runs; a folder that a person renamed has no number."""
    try:
        with os.scandir(root) as entries:
            return [entry.name for entry in entries if entry.name in known or RUN_ID.fullmatch(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []


def _stamp(path: str) -> Stamp:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if stat.S_ISREG(found.st_mode) else None


def read_whole(path: Path) -> Run:
    """The run in a folder. Raises UserError if it is damaged."""
    run = read(path)
    check_epochs(run)
    return run


def _newest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (int(name.rpartition("-")[2]), name), reverse=True)
