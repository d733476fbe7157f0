"""Published models as runs that can only be read: an id, a config, what their images are like, and their weights.

    run = find("published-resnet18")            # or all of them: published_runs()
    run.is_here                                 # its weights lie in torch's cache; else fetch(run)
    load_model(run.id)                          # the module with its weights, in eval mode
    build(run.config.model, channels, classes, size, **run.config.options)   # the same layers for other images

Importing this does not import torch; asking a run whether its weights are here does, and asking it for its classes
or its accuracy imports torchvision.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from explorer.data import InputSpec
from explorer.errors import UserError, unknown
from explorer.runs.config import RunConfig
from explorer.runs.folder import Run
from explorer.runs.record import RunRecord

if TYPE_CHECKING:
    from torch import nn

    from explorer.models.published import Published

PREFIX = "published-"
DATA = "imagenet"  # what they were trained on; it is not among our data sets


@dataclass(frozen=True)
class PublishedRun(Run):
    """A published model with the interface of a run. It has weights, but no history."""

    @property
    def published(self) -> "Published":
        """Its entry in PUBLISHED: torchvision's name, its network, the facts about its weights."""
        from explorer.models.published import PUBLISHED

        return PUBLISHED[self.id.removeprefix(PREFIX)]

    @property
    def input_spec(self) -> InputSpec:
        """Photos of 224×224 pixels, normalised as torchvision does it."""
        from explorer.models.published import CHANNELS, SIZE

        facts = self.published.facts
        return InputSpec(DATA, CHANNELS, SIZE, facts.classes, facts.mean, facts.std, resize=facts.resize)

    @property
    def is_here(self) -> bool:
        """Its weights have been fetched, by this app or by any other that uses torch's cache."""
        return self.published.path.is_file()

    def load(self, epoch: int | str = "best") -> "nn.Module":
        """The module with its weights, in eval mode on the CPU. Raises UserError if they are not here, or if `epoch` is
        a number."""
        from explorer.models import published

        if epoch not in ("best", "last"):
            raise UserError(f"{self.id} has one set of weights, none of epoch '{epoch}': leave the epoch out.")
        if not self.is_here:
            raise UserError(
                f"The weights of {self.id} are not on this machine: download them ({megabytes(self)}) with "
                f"`python -m explorer fetch {self.id}`, or put {self.published.file} into {self.published.path.parent}."
            )
        return published.load(self.published)

    def change(self, **values: object) -> NoReturn:
        """Raises UserError if it is called: there is no run.json."""
        self._refuse()

    def lock(self) -> NoReturn:
        """Raises UserError if it is called: nobody trains it."""
        self._refuse()

    def requeue(self) -> NoReturn:
        """Raises UserError if it is called: it is not trained here."""
        self._refuse()

    def request_stop(self) -> NoReturn:
        """Raises UserError if it is called: it is not trained here."""
        self._refuse()

    def reload(self) -> "PublishedRun":
        """Itself: a published model does not change."""
        return self

    def _refuse(self) -> NoReturn:
        raise UserError(f"{self.id} is a published model that can only be read: train a run of your own.")


def megabytes(run: PublishedRun) -> str:
    """How much there is to fetch, "528 MB"."""
    return f"{run.published.facts.bytes / 1e6:.0f} MB"


def no_images(run: PublishedRun) -> UserError:
    """Whatever needs the images that it was trained or tested on."""
    return UserError(
        f"ImageNet is not on this machine: according to torchvision, {run.id} classifies "
        f"{run.published.facts.accuracy:.2%} of its 50,000 validation images correctly; use predict for your own "
        f"images."
    )


def is_published(run_id: str) -> bool:
    """Whether an id is that of a published model: no run is called so."""
    return run_id.startswith(PREFIX)


def published_runs() -> list[PublishedRun]:
    """All that there are, whether their weights are here or not."""
    from explorer.models.published import PUBLISHED

    return [_run(PREFIX + name) for name in PUBLISHED]


def find_published(run_id: str) -> PublishedRun:
    """The published model with this id. Raises UserError if there is none."""
    by_id = {run.id: run for run in published_runs()}
    if run_id not in by_id:
        raise unknown("published model", run_id, by_id)
    return by_id[run_id]


def _run(run_id: str) -> PublishedRun:
    from explorer.models.published import PUBLISHED, SIZE

    published = PUBLISHED[run_id.removeprefix(PREFIX)]
    config = RunConfig(DATA, published.model, published.options, image_size=SIZE)
    # The path names no folder; pages take a run's id from it, and look there for files that only trained runs have.
    return PublishedRun(Path("published") / run_id, RunRecord(run_id, "finished", config))
