"""How many runs may wait, and how much of the disk the runs of one visitor of a class may take. Checked before a run is
queued: if a limit is exceeded, a sentence says so and nothing is created."""

import math
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from explorer.data import source_of
from explorer.errors import UserError
from explorer.mode import is_class
from explorer.options import OptionValue
from explorer.runs import ACTIVE, Run, RunConfig, list_runs
from explorer.runs.folder import read
from explorer.runs.owners import acting
from explorer.runs.trash import trashed
from explorer.runs.weights import EVERY_EPOCH_BELOW
from explorer.text import plural

QUEUE, QUEUE_OF_ONE, DISK_OF_ONE = "EXPLORER_QUEUE", "EXPLORER_QUEUE_PER_PERSON", "EXPLORER_DISK_PER_PERSON"
MOST_WAITING, MOST_OF_ONE = 1000, 200  # runs in the queue: each check reads all of them
IN_A_CLASS = {QUEUE: 500, QUEUE_OF_ONE: 50, DISK_OF_ONE: 5.0}
BYTES_OF_STEP, BYTES_OF_NORM = 84, 8  # bytes of a line in steps.jsonl, and per parameter tensor in it; measured
IMAGES = 1_000  # of a folder's training images, if they have not been counted yet


def check_room(new: Sequence[RunConfig], session: str | None = None, folder: Path | str | None = None) -> None:
    """Raises UserError if the queue or the visitor's share of the disk has no room for these runs."""
    check_queue(len(new), session, folder)
    check_disk(new, folder)


def check_queue(more: int, session: str | None = None, folder: Path | str | None = None) -> None:
    """Raises UserError if the queue has no room for `more` runs, in total or of the acting person. `session` identifies
    them as long as people have no names."""
    if not more:
        return
    queued = [run for run in list_runs(folder) if run.status == "queued"]
    person, most_of_one, most = acting(), _limit(QUEUE_OF_ONE, MOST_OF_ONE), _limit(QUEUE, MOST_WAITING)
    if person.owner is not None:
        own = [run for run in queued if run.record.owner == person.owner]
        bounded = not person.is_host
    else:
        own = [run for run in queued if run.record.session == session]
        bounded = session is not None
    if bounded and len(own) + more > most_of_one:
        raise UserError(
            f"You have {plural(len(own), 'run')} in the queue, and {more:,} more would be over the {most_of_one:g} "
            f"that one person may have: wait until some have ended, stop some, or choose fewer."
        )
    if len(queued) + more > most:
        raise UserError(
            f"{plural(len(queued), 'run')} wait in the queue, and {more:,} more would be over its {most:,g}: "
            f"wait until some have ended, or choose fewer."
        )


def check_disk(new: Sequence[RunConfig], folder: Path | str | None = None) -> None:
    """Raises UserError if these runs would exceed a class visitor's share of the disk: counts what their runs take,
    even in the trash, and what the new and the active ones will write."""
    if not new or acting().is_host:
        return
    taken, most = _own_share(folder)
    wanted = sum(map(expected_bytes, new))
    if taken + wanted > most:
        raise UserError(
            f"Your runs take {taken / 1e9:.2f} GB of the disk, and {plural(len(new), 'run')} more would write about "
            f"{wanted / 1e9:.2f} GB: each visitor has {most / 1e9:g} GB. Choose fewer epochs or a smaller network, or "
            f"delete runs of yours for good."
        )


def check_disk_for(more: float, folder: Path | str | None = None) -> None:
    """Raises UserError if an imported run of `more` bytes would exceed a visitor's share of the disk."""
    if acting().is_host:
        return
    taken, most = _own_share(folder)
    if taken + more > most:
        raise UserError(
            f"Your runs take {taken / 1e9:.2f} GB of the disk, and this one has {more / 1e9:.2f} GB: each visitor has "
            f"{most / 1e9:g} GB. Delete runs of yours for good."
        )


def _own_share(folder: Path | str | None) -> tuple[float, float]:
    """(bytes that the acting person's runs take or will take, their limit); infinite for somebody who owns nothing."""
    person = acting()
    if person.owner is None:
        return 0, math.inf
    own = [run for run in list_runs(folder) if run.record.owner == person.owner]
    taken = sum(map(disk_of, own)) + sum(map(_bytes_in, _own_trash(person.owner, folder)))
    return taken, _limit(DISK_OF_ONE, math.inf) * 1e9


def disk_of(run: Run) -> float:
    """Bytes of a run's folder; for an active run, what it will have."""
    there = _bytes_in(run.path)
    return max(there, expected_bytes(run.config)) if run.status in ACTIVE else there


def expected_bytes(config: RunConfig) -> float:
    """Approximate bytes that a run will write: weights of best, last and each epoch of a small network, the optimizer's
    state, and the norms of each step."""
    source, training = source_of(config.dataset), config.training
    options = tuple(sorted(config.options.items()))
    parameters, tensors = _size(config.model, options, source.channels if source else 3, config.image_size)
    kept = 2 + (training.epochs + 1) * (parameters < EVERY_EPOCH_BELOW)
    images = (source.training_images if source else IMAGES) * training.fraction
    steps = training.epochs * training.passes * math.ceil(images / training.batch_size)
    return 4 * parameters * (kept + 3) + steps * (BYTES_OF_STEP + BYTES_OF_NORM * tensors)


@cache
def _size(model: str, options: tuple[tuple[str, OptionValue], ...], channels: int, size: int) -> tuple[int, int]:
    """(numbers, tensors) of a network's parameters, for ten classes; nothing is built."""
    from explorer.models import build
    from explorer.models.shapes_only import without_memory

    with without_memory():
        parameters = list(build(model, channels, 10, size=size, **dict(options)).parameters())
    return sum(parameter.numel() for parameter in parameters), len(parameters)


def _own_trash(owner: str, folder: Path | str | None) -> list[Path]:
    own = []
    for deleted in trashed(folder):
        try:
            if read(deleted.path).record.owner == owner:
                own.append(deleted.path)
        except UserError:
            continue  # if a run cannot be read, its owner is not known
    return own


def _bytes_in(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(path) / name).lstat().st_size
            except OSError:
                continue  # removed meanwhile
    return total


def _limit(name: str, at_a_desk: float) -> float:
    """The host's setting, or the default of the mode. Raises UserError if it is not a positive number."""
    given = os.environ.get(name, "").strip()
    if not given:
        return IN_A_CLASS[name] if is_class() else at_a_desk
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise UserError(f"{name} '{given}' is not possible: give a number above 0, such as {IN_A_CLASS[name]:g}.")
    return value
