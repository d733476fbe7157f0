"""Weights that pages can show: those of a run at an epoch, or of a published model."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.data import InputSpec
from explorer.errors import UserError
from explorer.runs.folder import Run
from explorer.runs.published import PublishedModel, find_published, is_published
from explorer.runs.store import find
from explorer.runs.weights import read_weights, saved_epochs, weights_file

if TYPE_CHECKING:
    from torch import nn

    from explorer.models.network import Network

WeightsSource = Run | PublishedModel  # weights to examine, or to start another run from


@dataclass(frozen=True)
class Checkpoint:
    """A file of weights in its current state, with everything needed to use it. All epochs of a published model are the
    same."""

    source: WeightsSource
    epoch: int | str = "best"  # "best" (highest validation accuracy), "last", or one of `epochs_of(source)`
    stamp: int = field(init=False)  # changes when the file holds other weights: ns; 0 if there is no file

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "stamp", self.path.stat().st_mtime_ns)
        except FileNotFoundError:
            object.__setattr__(self, "stamp", 0)

    @property
    def path(self) -> Path:
        """The file."""
        return weights_file(self.source, self.epoch) if isinstance(self.source, Run) else self.source.path

    @property
    def network(self) -> "Network":
        """The architecture."""
        return self.source.network

    @property
    def input_spec(self) -> InputSpec:
        """The images that the network takes."""
        return self.source.input_spec

    @property
    def epochs_done(self) -> int | None:
        """Epochs of training behind the weights; None for a published model, which does not say."""
        if not isinstance(self.source, Run):
            return None
        named = {"best": self.source.best_epoch, "last": self.source.epochs_done}
        return self.epoch if isinstance(self.epoch, int) else named[self.epoch]

    def load(self) -> "nn.Module":
        """The module with these weights, in eval mode, on the CPU. Raises UserError if they are missing or damaged."""
        if not isinstance(self.source, Run):
            return self.source.load()
        if not self.path.is_file():
            named = [name for name in ("best", "last") if weights_file(self.source, name).is_file()]
            if not (epochs := ", ".join([*named, *map(str, saved_epochs(self.source))])):
                raise UserError(f"{self.source.id} has no weights here: copy all of its folder, or choose another run.")
            raise UserError(f"{self.source.id} has no weights of epoch '{self.epoch}'. Choose one of: {epochs}.")
        model = self.network.build()
        try:
            model.load_state_dict(read_weights(self.path))
        except RuntimeError as error:  # torch's own message names the layers
            raise UserError(
                f"The weights {self.path} do not fit {self.source.config.model} as run.json describes it: {error}"
            ) from None
        return model.eval()


def find_source(source_id: str, folder: Path | str | None = None) -> WeightsSource:
    """The run or the published model with this id. Raises UserError if there is none, or if it cannot be read."""
    return find_published(source_id) if is_published(source_id) else find(source_id, folder)


def epochs_of(source: WeightsSource) -> list[int]:
    """The epochs whose weights were saved, 0 being the untrained model; empty for a published model."""
    return saved_epochs(source) if isinstance(source, Run) else []


def trained_on_images(source: WeightsSource) -> Run:
    """The run itself, whose images can be loaded. Raises UserError for a published model: its images are not here."""
    if not isinstance(source, Run):
        raise UserError("ImageNet is not on this machine.")
    return source


def load_model(source_id: str, epoch: int | str = "best", folder: Path | str | None = None) -> "nn.Module":
    """The module of a run or a published model; `epoch` as in `Checkpoint`: for a published model "best" and "last" are
    the same. Raises UserError if there are no such weights."""
    source = find_source(source_id, folder)
    if not source.has_history and epoch not in ("best", "last"):
        raise UserError(f"{source.id} has one set of weights, none of epoch '{epoch}': leave the epoch out.")
    return Checkpoint(source, epoch).load()
