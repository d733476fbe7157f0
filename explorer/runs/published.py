"""Published models: an id, a network, what their images are like, and their weights. They have no history.

    model = find_published("published-resnet18")   # or all of them: published_models()
    model.is_here                                  # its weights lie in torch's cache; else fetch(model)
    load_model(model.id)                           # the module with its weights, in eval mode
    build(model.config.model, channels, classes, size, **model.config.options)   # the same layers for other images

Importing this does not import torch; asking a model whether its weights are here does, and asking it for its classes
or its accuracy imports torchvision.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from explorer.data import InputSpec
from explorer.errors import UserError, unknown
from explorer.runs.config import RunConfig

if TYPE_CHECKING:
    from torch import nn

    from explorer.models.network import Network
    from explorer.models.published import Published

PREFIX = "published-"
DATA = "imagenet"  # their training data, which are not among our data sets


@dataclass(frozen=True)
class PublishedModel:
    """A network with the weights that torchvision publishes for it."""

    id: str
    kind: ClassVar = "published"  # the prefix of its name
    has_history: ClassVar = False  # nothing is known about its epochs, and its images are not here
    status: ClassVar = "finished"
    given_name: ClassVar = None

    @property
    def published(self) -> "Published":
        """Its entry in PUBLISHED: torchvision's name, its network, the facts about its weights."""
        from explorer.models.published import PUBLISHED

        return PUBLISHED[self.id.removeprefix(PREFIX)]

    @property
    def config(self) -> RunConfig:
        """Its network and its training data, in the form of a run's config."""
        from explorer.models.published import SIZE

        return RunConfig(DATA, self.published.model, self.published.options, image_size=SIZE)

    @property
    def network(self) -> "Network":
        """The architecture of its weights."""
        return self.published.network

    @property
    def input_spec(self) -> InputSpec:
        """Photos of 224×224 pixels, normalised as torchvision does it."""
        from explorer.models.published import CHANNELS, SIZE

        facts = self.published.facts
        return InputSpec(DATA, CHANNELS, SIZE, facts.classes, facts.mean, facts.std, resize=facts.resize)

    @property
    def version(self) -> str:
        """The version of its weights: some networks have two."""
        return self.published.version

    @property
    def path(self) -> Path:
        """The file of its weights after the download."""
        return self.published.path

    @property
    def is_here(self) -> bool:
        """Whether its weights have been downloaded, by this app or by another program that uses torch's cache."""
        return self.path.is_file()

    def load(self) -> "nn.Module":
        """The module with its weights, in eval mode on the CPU. Raises UserError if they are not here."""
        from explorer.models import published

        if not self.is_here:
            raise UserError(
                f"The weights of {self.id} are not on this machine: download them ({megabytes(self)}) with "
                f"`python -m explorer fetch {self.id}`, or put {self.published.file} into {self.path.parent}."
            )
        return published.load(self.published)


def megabytes(model: PublishedModel) -> str:
    """The size of the download, "528 MB"."""
    return f"{model.published.facts.bytes / 1e6:.0f} MB"


def no_images(model: PublishedModel) -> UserError:
    """The error for anything that needs the images that it was trained or tested on."""
    return UserError(
        f"ImageNet is not on this machine: according to torchvision, {model.id} classifies "
        f"{model.published.facts.accuracy:.2%} of its 50,000 validation images correctly; use predict for your own "
        f"images."
    )


def is_published(model_id: str) -> bool:
    """Whether an id is that of a published model; no run's id is."""
    return model_id.startswith(PREFIX)


def published_models() -> list[PublishedModel]:
    """All published models, whether their weights are here or not."""
    return list(_published())


@cache
def _published() -> tuple[PublishedModel, ...]:
    from explorer.models.published import PUBLISHED

    return tuple(PublishedModel(PREFIX + name) for name in PUBLISHED)


def find_published(model_id: str) -> PublishedModel:
    """The published model with this id. Raises UserError if there is none."""
    by_id = {model.id: model for model in published_models()}
    if model_id not in by_id:
        raise unknown("published model", model_id, by_id)
    return by_id[model_id]
