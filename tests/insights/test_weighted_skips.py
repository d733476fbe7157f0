"""A count of parameters is the sum of real layers, and may stand for several networks."""

import pytest
import torch
from torch import nn

from explorer.insights.weighted_skips import REPORTED, SHAPES, mixtures, vgg16_parameters
from explorer.models import build
from explorer.models.vgg import STAGES


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_shapes_are_those_of_vgg16():
    with torch.device("meta"):
        convolutions = [m for m in build("vgg16", 3, 10).modules() if isinstance(m, nn.Conv2d)]
    assert sorted((c.in_channels, c.out_channels) for c in convolutions) == sorted(SHAPES.elements())
    assert SHAPES.total() == sum(map(len, STAGES[16])) == 13


def test_every_mixture_of_real_layers_has_139_570_442_parameters():
    """The vgg16 that can be built, and beside it the skips that are missing of it, as modules."""
    assert REPORTED == 139_570_442
    assert vgg16_parameters() == 134_301_514
    for mixture in mixtures():
        norms = {"with biases": 0, "with biases and batch norm": 8_448, "with batch norm, without biases": 4_224}
        parts = [nn.Conv2d(a, b, k, bias=mixture.bias) for k, a, b in mixture.skips]
        parts += [nn.BatchNorm2d(b) for _, _, b in mixture.skips if mixture.batch_norm]
        assert vgg16_parameters() + norms[mixture.main] + sum(map(count, parts)) == 139_570_442


def test_all_mixtures_are_found():
    """A network that is made of such skips is among the mixtures of its own count; of the reported one there are 7."""
    assert len(mixtures()) == len(set(mixtures())) == 7
    known = [(3, 64, 64), (1, 128, 256), (1, 512, 512), (1, 512, 512)]
    total = vgg16_parameters() + sum(count(nn.Conv2d(a, b, k)) for k, a, b in known)
    assert any(m.bias and not m.batch_norm and sorted(m.skips) == sorted(known) for m in mixtures(total))


def test_none_of_them_treats_all_growing_widths_alike():
    for mixture in mixtures():
        kernels = [{k for k, *shape in mixture.skips if shape == [w, 2 * w]} for w in (64, 128, 256)]
        assert not kernels[0] == kernels[1] == kernels[2]


@pytest.mark.parametrize("shortcut", ["B", "C"])
def test_no_option_of_the_paper_has_that_count(shortcut):
    assert vgg16_parameters(residual=True, shortcut=shortcut) != REPORTED
