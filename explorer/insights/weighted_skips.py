"""What skips with weights add to VGG-16, and which of them can explain a given number of parameters."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from explorer.models import build
from explorer.models.shapes_only import without_memory
from explorer.models.vgg import STAGES
from explorer.options import OptionValue

REPORTED = 139_570_442  # parameters of "VGG-16 with weighted skips" in a lab report, 10 classes
WIDTHS = (3, *(width for stage in STAGES[16] for width in stage))  # before and after each of the 13 convolutions
SHAPES = Counter(pairwise(WIDTHS))  # (channels, width) → how many of the convolutions have it
MAIN = {
    "with biases": 0,
    "with biases and batch norm": 2,
    "with batch norm, without biases": 1,
}  # parameters per channel


@dataclass(frozen=True)
class Mixture:
    """Skip convolutions around single convolutions of VGG-16, each from its input to its output."""

    main: str  # a key of MAIN: the convolutions with a skip around them
    bias: bool  # of the skips
    batch_norm: bool  # of the skips
    skips: tuple[tuple[int, int, int], ...]  # (kernel, channels, width) of each


@cache
def vgg16_parameters(**options: OptionValue) -> int:
    """With the 4096-wide head, without batch norm, for 10 classes of colour images."""
    with without_memory():
        model = build("vgg16", 3, 10, head="imagenet", batch_norm=False, **options)
    return sum(parameter.numel() for parameter in model.parameters())


@cache
def mixtures(total: int = REPORTED) -> tuple[Mixture, ...]:
    """All mixtures with exactly this many parameters: at most one skip around each convolution, of 1×1 or 3×3 pixels,
    all of them with or without bias and with or without batch norm."""
    extra = total - vgg16_parameters()
    found = []
    for (main, more), bias, batch_norm in product(MAIN.items(), (False, True), (False, True)):
        left = extra - more * sum(WIDTHS[1:])
        found += [Mixture(main, bias, batch_norm, skips) for skips in _that_add(left, bias + 2 * batch_norm)]
    return tuple(found)


def _that_add(extra: int, per_channel: int) -> Iterator[tuple[tuple[int, int, int], ...]]:
    """The choices of skips with `extra` parameters in total: both halves of the network, met in the middle."""
    shapes = list(SHAPES)
    early, late = _sums(shapes[:4], per_channel), _sums(shapes[4:], per_channel)
    for count, choices in early.items():
        yield from (before + after for before in choices for after in late.get(extra - count, ()))


def _sums(shapes: list[tuple[int, int]], per_channel: int) -> dict[int, list[tuple[tuple[int, int, int], ...]]]:
    """Number of parameters → the choices of skips for convolutions of these shapes that have it."""
    sums = defaultdict(list)
    for choice in product(*(_choices(*shape) for shape in shapes)):
        skips = tuple(skip for part in choice for skip in part)
        sums[sum(channels * width * kernel**2 + per_channel * width for kernel, channels, width in skips)].append(skips)
    return sums


def _choices(channels: int, width: int) -> list[tuple[tuple[int, int, int], ...]]:
    most = SHAPES[channels, width]
    return [
        ((3, channels, width),) * large + ((1, channels, width),) * small
        for large in range(most + 1)
        for small in range(most + 1 - large)
    ]
