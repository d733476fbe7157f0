"""Residual blocks: layers with a skip around them."""

from collections.abc import Callable, Sequence

from torch import Tensor, nn
from torch.nn.functional import pad

from explorer.models.layers import sequential


class ZeroPad(nn.Module):
    """A skip without weights to more channels and, with a stride, fewer pixels.

    (B, C, H, W) to (B, C + extra, ⌈H/stride⌉, ⌈W/stride⌉): every stride-th pixel, and zeros in the extra channels.
    Option A of He et al. 2015.
    """

    def __init__(self, extra: int, stride: int = 1) -> None:
        super().__init__()
        self.extra = extra
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """`x`: (B, C, H, W); the shape of the result is above."""
        return pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.extra))

    def extra_repr(self) -> str:
        """For `print(model)`, like torch's own modules."""
        return f"extra={self.extra}, stride={self.stride}"


def weightless_skip(channels: int, width: int, stride: int = 1) -> nn.Module:
    """Option A: the identity if the shapes agree, else zero padding."""
    return nn.Identity() if channels == width and stride == 1 else ZeroPad(width - channels, stride)


def projection_skip(channels: int, width: int, stride: int = 1) -> nn.Module:
    """Option B: the identity if the shapes agree, else a 1×1 convolution with batch norm."""
    if channels == width and stride == 1:
        return nn.Identity()
    return sequential(conv=nn.Conv2d(channels, width, 1, stride, bias=False), bn=nn.BatchNorm2d(width))


class Block(nn.Module):
    """`act(layers(x) + skip(x))`; without a skip the plain `act(layers(x))`, whose weights have the same shapes.

    The layers become direct children under their names, so that a weight reads stage2.0.conv1.weight.
    """

    def __init__(self, layers: dict[str, nn.Module], skip: nn.Module | None, act: nn.Module) -> None:
        super().__init__()
        self.path = tuple(layers)
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.skip = skip
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        """`x`: the input of the first layer; returns the output of the last layer, after the activation."""
        out = x
        for name in self.path:
            out = getattr(self, name)(out)
        if self.skip is not None:
            out = out + self.skip(x)
        return self.act(out)


def stage_with_skips(
    channels: int,
    widths: Sequence[int],
    convs: Callable[[int, Sequence[int]], dict[str, nn.Module]],
    stem: bool,
    skip: Callable[[int, int], nn.Module] = weightless_skip,
) -> dict[str, nn.Module]:
    """The layers of one stage of a plain net, with a skip around every two convolutions.

    `convs(channels, widths)` makes the plain layers, an activation last; it moves to after the addition. An odd last
    convolution has its own skip. `stem` excludes the net's very first convolution, whose input is an image, not
    features. `skip(channels, width)` makes the skip.
    """
    layers: dict[str, nn.Module] = {}
    if stem:
        layers = convs(channels, widths[:1])
        channels, widths = widths[0], widths[1:]
    for start in range(0, len(widths), 2):
        pair = widths[start : start + 2]
        *path, (_, act) = convs(channels, pair).items()
        layers[f"block{start // 2 + 1}"] = Block(dict(path), skip(channels, pair[-1]), act)
        channels = pair[-1]
    return layers
