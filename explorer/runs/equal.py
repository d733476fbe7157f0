"""Equal runs: what is equal is trained once, whoever asks."""

from collections.abc import Iterable

from explorer.runs.config import RunConfig
from explorer.runs.folder import ACTIVE, Run
from explorer.runs.published import PublishedRun
from explorer.runs.same_data import is_same
from explorer.runs.wording import settings_of

PREFERRED = ("finished", "running", "queued")  # of several equal runs, the one to open or to join


def find_equal(
    config: RunConfig, runs: Iterable[Run], fingerprint: str | None = None, device: str | None = None
) -> Run | None:
    """The finished or active run that trains the same on the same images and the same kind of device; None if there is
    none. Of several the one furthest on, and of these the first.

    fingerprint: of the data as they are now; None where nobody has loaded them, then a run's own count. device: cpu or
    cuda, what `auto` comes to here; None where either will do. An active run that was asked to stop is none to join.
    """
    wanted = config.training.device if config.training.device != "auto" else device
    equal = [
        run
        for run in runs
        if run.status in PREFERRED
        and not isinstance(run, PublishedRun)
        and not (run.status in ACTIVE and run.stop_requested)
        and trains_the_same(run.config, config)
        and is_same(run, fingerprint)
        and (wanted is None or _device(run) in (wanted, None))
    ]
    return min(equal, key=lambda run: PREFERRED.index(run.status), default=None)


def trains_the_same(a: RunConfig, b: RunConfig) -> bool:
    """Whether two configs decide alike in all but the device: an option left out has its default."""
    if (a.dataset, a.model, a.training.seed) != (b.dataset, b.model, b.training.seed):
        return False  # most pairs, and cheaply
    return _settings(a) == _settings(b)


def _settings(config: RunConfig) -> dict[str, object]:
    return {**settings_of(config), "device": None}


def _device(run: Run) -> str | None:
    """cpu or cuda, on which it trains or will; None where that is not known yet."""
    if run.record.device:
        return run.record.device.type
    return None if run.config.training.device == "auto" else run.config.training.device
