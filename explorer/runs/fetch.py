"""Downloads published weights into torch's cache like torch.hub, but so that a page can watch and stop it.

The same address, the same place and the same check as `torch.hub.load_state_dict_from_url(…, check_hash=True)`: the
file's name ends in the first digits of its sha256. That function can neither be stopped nor report its progress.
"""

import hashlib
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from filelock import FileLock, Timeout

from explorer.data.dataset import Progress
from explorer.data.download import CHUNK, NETWORK, TIMEOUT
from explorer.data.files_in_use import WINDOWS, replace
from explorer.errors import UserError
from explorer.mode import check_no_demo
from explorer.runs.published import PublishedModel, megabytes

PART = ".part"
WAIT = 0.2  # seconds between two checks whether another process has finished


def fetch(model: PublishedModel, progress: Progress) -> None:
    """Put the model's weights into torch's cache, completely or not at all; does nothing if they are there.

    `progress(fraction, text)` is called many times a second; an exception that it raises ends the download. A second
    caller waits for the first and then finds the file. Raises UserError if the address cannot be reached, or the cache
    cannot be written to.
    """
    from explorer.models.published import weights_of

    path, url = model.path, weights_of(model.published).url
    if path.is_file():
        return
    check_no_demo()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path, lambda: progress(0, f"Waiting for another process that downloads {model.id}")):
            if not path.is_file():
                _sweep(path)
                message = f"Downloading {model.id}, {megabytes(model)}"
                _download(url, path, model.published.facts.bytes, lambda part: progress(part, message))
    except NETWORK as error:
        reason = getattr(error, "reason", None) or error
        raise UserError(
            f"Cannot download the weights of {model.id} from {urlsplit(url).netloc} ({reason}): put {path.name} into "
            f"{path.parent}, or choose a run of your own."
        ) from error
    except OSError as error:
        raise UserError(
            f"Cannot write to {path.parent} ({error.strerror or error}): free disk space or allow writing."
        ) from error


def sweep(model: PublishedModel) -> None:
    """Remove what a process left behind that was killed while it downloaded this model's weights."""
    path = model.path
    if any(path.parent.glob(f".{path.name}.*")):
        with (
            suppress(Timeout),
            _alone(path, None),
        ):  # a held lock means that somebody is working, and nothing is left over
            _sweep(path)


def _sweep(path: Path) -> None:
    for part in path.parent.glob(f".{path.name}.*{PART}"):
        part.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path, waiting: Callable[[], None] | None) -> Generator[None]:
    """One process at a time; `waiting` is called until it is this one's turn; without it, raises Timeout if it is not.

    Afterwards there is no lock file. A process that waited for that very file then holds a lock that newcomers do not
    see: at worst two download the same at once, each into its own file.
    """
    lock = FileLock(path.with_name(f".{path.name}.lock"))
    while not lock.is_locked:
        try:
            lock.acquire(timeout=WAIT if waiting else 0)
        except Timeout:
            if not waiting:
                raise
            waiting()
    try:
        yield
    finally:
        if WINDOWS:  # for a system that cannot remove an open file; filelock removes it there
            lock.release()
        else:
            Path(lock.lock_file).unlink(missing_ok=True)
            lock.release()


def _download(url: str, path: Path, bytes_: int, report: Callable[[float], None]) -> None:
    """`bytes_`: the total size for the progress report."""
    from torch.hub import HASH_REGEX

    aside, digest = path.with_name(f".{path.name}.{os.getpid()}{PART}"), hashlib.sha256()
    request = Request(url, headers={"User-Agent": "architecture-explorer"})
    try:
        report(0)
        with urlopen(request, timeout=TIMEOUT) as response, aside.open("wb") as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                digest.update(chunk)
                report(min(1, file.tell() / bytes_))
        expected = HASH_REGEX.search(path.name)
        if expected is None or not digest.hexdigest().startswith(expected[1]):
            raise URLError("the downloaded file is damaged")
        replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)
