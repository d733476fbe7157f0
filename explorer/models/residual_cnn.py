"""The small CNN with skip connections and nothing else changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from explorer.models.blocks import stage_with_skips
from explorer.models.simple_cnn import SimpleCNN


@dataclass(frozen=True)
class ResidualCNN(SimpleCNN):
    """simple_cnn with skip connections around every two convolutions and the same number of weights.

    The skips are identities, or zero padding where the width grows (He et al. 2015, option A): what differs from
    simple_cnn with the same options is due to the skips alone.
    """

    def stage(self, channels: int, widths: Sequence[int], first: bool) -> dict[str, nn.Module]:
        """The layers at one resolution; the very first convolution has no skip."""
        return stage_with_skips(channels, widths, self.convs, stem=first)
