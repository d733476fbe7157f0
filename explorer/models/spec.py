"""What every model's spec inherits."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from torch import nn

from explorer.options import Configurable


@dataclass(frozen=True)
class Spec(Configurable, ABC):
    """The options of a model, and how it is built."""

    @abstractmethod
    def build(self, channels: int, classes: int, size: int) -> nn.Module:
        """A fresh model: float32 (B, channels, size, size) in [0, 1] to logits (B, classes)."""

    def title(self) -> str:
        """The literature's name for this network; "" if it has no name other than that in MODELS."""
        return ""
