"""Equal runs: each is trained once, whoever asks."""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

from explorer.options import OptionValue
from explorer.runs.config import RunConfig
from explorer.runs.folder import ACTIVE, Run
from explorer.runs.history import PLAIN_LOSS
from explorer.runs.listing import Listing
from explorer.runs.same_data import is_same
from explorer.runs.wording import settings_of

PREFERRED = ("finished", "running", "queued")  # of several equal runs, which one to open or join


def find_equal(
    config: RunConfig,
    runs: Iterable[Run],
    fingerprint: str | None = None,
    is_computed_alike: Callable[[Run], bool] = lambda run: True,
) -> Run | None:
    """The finished or active run that trains the same on the same images and is computed in the same way; None if there
    is none. Of several the one furthest on, and of these the first.

    `fingerprint`: of the current data; None if nobody has loaded them, then a run's own counts. `is_computed_alike`:
    called with runs that train the same; see `explorer.jobs.computed_alike`. By default any device, precision and
    number of threads will do. An active run that was asked to stop is never joined, and neither is an imported run,
    because nobody here has seen how its numbers came about.
    """
    equal = [
        run
        for run in runs
        if run.status in PREFERRED
        and not run.record.imported
        and not (run.status in ACTIVE and run.stop_requested)
        and trains_the_same(run.config, config)
        and is_same(run, fingerprint)
        and _records_the_same(run)
        and is_computed_alike(run)
    ]
    return min(equal, key=lambda run: PREFERRED.index(run.status), default=None)


def trains_the_same(a: RunConfig, b: RunConfig) -> bool:
    """Whether two configs agree in everything except the device; a missing option has its default."""
    if (a.dataset, a.model, a.training.seed) != (b.dataset, b.model, b.training.seed):
        return False  # cheap, and decides most pairs
    return _work(a) == _work(b)


def training_the_same(config: RunConfig, listing: Listing) -> list[Run]:
    """The runs that train the same as a config, the newest first; the cost does not grow with their number."""
    return _by_work(listing).get(_work(config), [])


@lru_cache(maxsize=4)
def _by_work(listing: Listing) -> dict[Hashable, list[Run]]:
    found: dict[Hashable, list[Run]] = {}
    for run in listing.runs:
        found.setdefault(_work(run.config), []).append(run)
    return found


@lru_cache(maxsize=8192)
def _work(config: RunConfig) -> Hashable:
    """The settings of a config except the device: equal ones train the same."""
    settings = settings_of(config).items()
    return frozenset((name, _hashable(value)) for name, value in settings if name != "device")


def _hashable(value: OptionValue) -> Hashable:
    try:
        hash(value)
    except TypeError:  # settings that a newer version wrote
        return repr(value)
    return value


def _records_the_same(run: Run) -> bool:
    """False for a run of an older version whose training losses include the label smoothing."""
    return not run.config.training.label_smoothing or run.record.recorded_loss == PLAIN_LOSS or not run.epochs_done
