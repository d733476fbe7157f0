"""Weights that can be looked into: a run's at an epoch, or a published model's."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.data import InputSpec
from explorer.errors import UserError
from explorer.runs.folder import Run
from explorer.runs.published import PublishedRun
from explorer.runs.store import find
from explorer.runs.weights import read_weights, saved_epochs, weights_file

if TYPE_CHECKING:
    from torch import nn

    from explorer.models.network import Network


@dataclass(frozen=True)
class Checkpoint:
    """A file of weights as it is now, with all that is needed to use them. Of a published model all epochs are one."""

    run: Run  # or a published model
    epoch: int | str = "best"  # "best" (highest validation accuracy), "last", or one of `saved_epochs(run)`
    stamp: int = field(init=False)  # changes when other weights lie under this name: ns; 0 of a file that is not there

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "stamp", self.path.stat().st_mtime_ns)
        except FileNotFoundError:
            object.__setattr__(self, "stamp", 0)

    @property
    def path(self) -> Path:
        """The file."""
        if isinstance(self.run, PublishedRun):
            return self.run.published.path
        return weights_file(self.run, self.epoch)

    @property
    def network(self) -> "Network":
        """The architecture."""
        return self.run.network

    @property
    def input_spec(self) -> InputSpec:
        """The images that it takes."""
        return self.run.input_spec

    def load(self) -> "nn.Module":
        """The module with these weights, in eval mode, on the CPU. Raises UserError if they are missing or damaged."""
        if isinstance(self.run, PublishedRun):
            return self.run.load(self.epoch)
        if not self.path.is_file():
            named = [name for name in ("best", "last") if weights_file(self.run, name).is_file()]
            epochs = ", ".join([*named, *map(str, saved_epochs(self.run))]) or "none yet"
            raise UserError(f"{self.run.id} has no weights of epoch '{self.epoch}'. Choose one of: {epochs}.")
        model = self.network.build()
        try:
            model.load_state_dict(read_weights(self.path))
        except RuntimeError as error:  # torch's own words name the layers
            raise UserError(
                f"The weights {self.path} do not fit {self.run.config.model} as run.json describes it: {error}"
            ) from None
        return model.eval()


def load_model(run_id: str, epoch: int | str = "best", folder: Path | str | None = None) -> "nn.Module":
    """The module of a run or a published model; `epoch` as in `Checkpoint`, of which the latter has "best" and "last",
    which are the same."""
    return Checkpoint(find(run_id, folder), epoch).load()
