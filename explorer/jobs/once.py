"""Equal runs are trained once, whoever asks and however often."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from explorer.errors import UserError
from explorer.jobs.bounds import check_room
from explorer.jobs.cluster import setting, target
from explorer.jobs.queue import submit
from explorer.mode import check_no_demo
from explorer.runs import Run, RunConfig, list_runs
from explorer.runs.equal import find_equal
from explorer.runs.folder import checkpoints_folder, distrust_listings
from explorer.runs.record import DeviceRecord

if TYPE_CHECKING:
    from explorer.models.network import Network
    from explorer.models.work import Work

LOCK = ".submit.lock"


@dataclass(frozen=True)
class Submitted:
    """The result of one request to train."""

    run: Run
    is_new: bool  # queued now; False: an equal run existed or was active


@contextmanager
def submitting(folder: Path | str | None = None) -> Generator[Path]:
    """The checkpoints folder, for one caller at a time: inside, look for equal runs and queue what is missing."""
    check_no_demo()
    root = checkpoints_folder(folder)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / LOCK):
        distrust_listings()  # another server may just have queued an equal run
        yield root


def submit_once(
    configs: Sequence[RunConfig],
    today: Mapping[tuple[str, int], str] | None = None,
    session: str | None = None,
) -> list[Submitted]:
    """For each config, the finished or active run that equals it; if there is none, queue one.

    `today`: fingerprints of the current data sets, by name and image size; for a data set that is missing, the
    fingerprint with which a run was trained counts. Two callers at the same moment get the same runs. Samples do not
    count, because a visitor who presses the button wants to see the training. `session` as in `explorer.runs.create`.
    Raises UserError, and queues nothing, if the queue has no room for all.
    """
    submitted = []
    with submitting() as root:
        runs, new = list_runs(root), []
        for config in configs:
            fingerprint = (today or {}).get((config.dataset, config.image_size))
            if find_equal(config, runs, fingerprint, computed_alike(config, root)) is None:
                new.append(config)
        check_room(new, session, root)
        for config in configs:
            fingerprint = (today or {}).get((config.dataset, config.image_size))
            equal = find_equal(config, list_runs(root), fingerprint, computed_alike(config, root))
            submitted.append(Submitted(equal or submit(config, root, session=session), equal is None))
    return submitted


def computed_alike(config: RunConfig, folder: Path | str | None = None) -> Callable[[Run], bool]:
    """Whether a run that trains the same as `config` was computed as `config` would be if it were queued now: on the
    same kind of device, in the same precision, with as many threads, by a captured step or not. On one machine with the
    same versions it then has the same bits.

    What a cluster would do is not known here: for `config` on a cluster, runs that were sent to it with as many CPUs
    are alike. A waiting run is alike if it waits for the same place and requests the same device, since everything else
    follows from its config. So is a run of a version that recorded no device.
    """
    place = setting(folder)

    def is_alike(run: Run) -> bool:
        device, sent = run.record.device, run.record.cluster
        if device and place is None:
            return _is_decided(device, config, run)
        if target(run, place) != place or (device and not sent):
            return False
        return _wanted(run.config, place is None) == _wanted(config, place is None)

    return is_alike


def _wanted(config: RunConfig, here: bool) -> str:
    """The kind of device that a config uses on this machine; unchanged if it trains elsewhere, or if this machine lacks
    the device."""
    from explorer.training.device import choose_device  # imports torch

    try:
        return choose_device(config.training.device).type if here else config.training.device
    except UserError:
        return config.training.device


def _is_decided(device: DeviceRecord, config: RunConfig, run: Run) -> bool:
    """Whether a config uses this on this machine, for a network like that of the run."""
    from explorer.training.device import ALL_THREADS, resolve  # imports torch

    try:
        plan = resolve(config.training, _work(run.network))
    except UserError:  # the machine has no such device, or the run no network
        return False
    threads = device.threads or ALL_THREADS  # a run without this record was trained by all cores
    noted = device.type, device.precision, device.captured, threads
    return noted == (plan.device.type, plan.precision_name, plan.captured, plan.threads)


@lru_cache(maxsize=256)
def _work(network: "Network") -> "Work":
    from explorer.models.work import work_of

    return work_of(network.on_meta(), network.channels, network.size)


def with_free_seed(configs: Sequence[RunConfig]) -> list[RunConfig]:
    """The same configs with the lowest seed above their own with which none of them has been trained."""
    runs = list_runs()
    seed = max((config.training.seed for config in configs), default=0) + 1
    while any(find_equal(_seeded(config, seed), runs) for config in configs):
        seed += 1
    return [_seeded(config, seed) for config in configs]


def _seeded(config: RunConfig, seed: int) -> RunConfig:
    return replace(config, training=replace(config.training, seed=seed))
