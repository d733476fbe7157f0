"""Downloads archives into the data folder, with progress, completely or not at all."""

import hashlib
import shutil
import ssl
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from filelock import FileLock

from explorer.data.dataset import Progress
from explorer.data.files_in_use import replace
from explorer.errors import UserError

TIMEOUT = 10  # seconds without an answer or a byte
CHUNK = 1 << 18  # bytes between two reports
NETWORK = URLError, HTTPException, TimeoutError, ConnectionError, ssl.SSLError


class Unreachable(UserError):
    """The message says what could not be downloaded and where the files can be put by hand, without a full stop."""


@dataclass(frozen=True)
class Archive:
    """A file to download: its place below the data folder, its addresses, its md5 and its size."""

    path: Path
    urls: tuple[str, ...]
    md5: str
    bytes: int


@dataclass(frozen=True)
class ArchivedFiles:
    """The files of a data set, which are downloaded as archives."""

    name: str  # of the data set
    archives: tuple[Archive, ...]
    files: tuple[Path, ...]  # below the data folder
    unpack: Callable[[Path], object]  # makes the files from the archives, both below the folder that it is given


def download(wanted: ArchivedFiles, folder: Path, progress: Progress) -> None:
    """Put the files in place below `folder`, the data folder. Uses archives that are already in their place.

    All of this happens in a separate folder, and only complete files are moved; a second caller waits for the first,
    and then finds everything there. Raises UserError if no address provides an archive (Unreachable), if one that was
    put there by hand is damaged, or if the data folder cannot be written to.
    """
    name = wanted.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        progress(0, f"Downloading {name}, or waiting for another process that downloads it")
        with FileLock(folder / f".{name}.lock"):
            if not all((folder / file).is_file() for file in wanted.files):
                for left in folder.glob(f".{name}-*"):  # by a process that was killed: a live one would hold the lock
                    shutil.rmtree(left, ignore_errors=True)
                with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder) as aside:
                    _fill(Path(aside), wanted, folder, progress)
                    progress(1, f"Unpacking {name}")
                    wanted.unpack(Path(aside))
                    for file in wanted.files:
                        (folder / file).parent.mkdir(parents=True, exist_ok=True)
                        replace(Path(aside) / file, folder / file)
    except NETWORK as error:
        raise _unreachable(wanted, folder, error) from error
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"Cannot write to the data folder {folder.absolute()} ({reason}): choose another.") from error


def _fill(aside: Path, wanted: ArchivedFiles, folder: Path, progress: Progress) -> None:
    """Copy or download all archives to their places below `aside`."""
    total, before = sum(archive.bytes for archive in wanted.archives), 0
    for archive in wanted.archives:
        target = aside / archive.path
        target.parent.mkdir(parents=True, exist_ok=True)
        provided = folder / archive.path

        def report(done: int, before: int = before) -> None:
            progress(min(1, (before + done) / total), f"Downloading {wanted.name}, {total / 1e6:.0f} MB")

        if provided.is_file():
            shutil.copyfile(provided, target)
            if _md5(target) != archive.md5:
                raise UserError(f"{provided} is damaged: delete it, and it will be downloaded again.")
        else:
            _fetch(archive, target, report)
        before += archive.bytes


def _fetch(archive: Archive, target: Path, report: Callable[[int], None]) -> None:
    """Download from the first address that provides the right file."""
    for url in archive.urls:
        try:
            _stream(url, target, report)
            if _md5(target) == archive.md5:
                return
            problem = URLError("the downloaded file is damaged")
        except NETWORK as error:
            problem = error
    raise problem


def _stream(url: str, target: Path, report: Callable[[int], None]) -> None:
    request = Request(url, headers={"User-Agent": "architecture-explorer"})
    with urlopen(request, timeout=TIMEOUT) as response, target.open("wb") as file:
        while chunk := response.read(CHUNK):
            file.write(chunk)
            report(file.tell())


def _md5(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _unreachable(wanted: ArchivedFiles, folder: Path, error: Exception) -> Unreachable:
    archives = wanted.archives
    host = urlsplit(archives[0].urls[0]).netloc
    files = ", ".join(archive.path.name for archive in archives)
    folder_of_archive = (folder / archives[0].path).parent.absolute()
    reason = getattr(error, "reason", None) or error
    return Unreachable(f"Cannot download {wanted.name} from {host} ({reason}): put {files} into {folder_of_archive}")
