"""Published figures are torchvision's own, and what is counted agrees with the models' names."""

import re

import pytest

from explorer.insights.cost import FEWEST
from explorer.insights.published import latency, published
from explorer.models.published import PUBLISHED


@pytest.fixture(scope="module")
def found():
    return published()


# torchvision's Weights.meta: parameters, GMAC, top-1 in per cent of V1 and V2.
FIGURES = {
    "vgg16": (138_357_544, 15.47, 71.592, None),
    "vgg16_bn": (138_365_992, 15.47, 73.36, None),
    "resnet18": (11_689_512, 1.814, 69.758, None),
    "resnet34": (21_797_672, 3.664, 73.314, None),
    "resnet50": (25_557_032, 4.089, 76.13, 80.858),
    "resnet101": (44_549_160, 7.801, 77.374, 81.886),
    "resnet152": (60_192_808, 11.514, 78.312, 82.284),
}


@pytest.mark.parametrize("model", FIGURES)
def test_figures_are_those_of_the_reference(found, model):
    parameters, gmacs, *accuracies = FIGURES[model]
    rows = {row.weights: row for row in found if row.model == model}
    wanted = {version: acc for version, acc in zip(("V1", "V2"), accuracies, strict=True) if acc}
    assert {version: row.accuracy * 100 for version, row in rows.items()} == pytest.approx(wanted)
    assert {(row.parameters, row.gmacs) for row in rows.values()} == {(parameters, gmacs)}


def test_the_number_in_a_name_is_its_depth(found):
    assert all(row.depth == int(re.search(r"\d+", row.model)[0]) for row in found)
    assert [row.name for row in found] == list(PUBLISHED)


def test_vggs_weights_are_in_its_head_and_resnets_are_not(found):
    shares = {row.model: row.head_parameters / row.parameters for row in found}
    assert shares["vgg16"] == pytest.approx(123_642_856 / 138_357_544)
    assert all((share > 0.8) == model.startswith("vgg") for model, share in shares.items())


def test_memory_is_weights_and_what_all_layers_put_out(found):
    """Of VGG-16 by hand: each convolution with its normalised image or activation, poolings, and the head."""
    vgg = next(row for row in found if row.name == "vgg16")
    assert vgg.weight_bytes == 4 * 138_357_544
    sides, outputs = (224, 112, 56, 28, 14), 3 * 224**2
    for side, (width, convolutions) in zip(sides, ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), strict=True):
        outputs += width * side**2 * 2 * convolutions + width * (side // 2) ** 2
    outputs += 2 * 512 * 7**2 + 2 * 3 * 4096 + 1000  # adaptive pooling and flattening; linear, relu, dropout; logits
    assert vgg.activation_bytes == 4 * outputs


def test_top_5_is_what_torchvision_states(found):
    top5 = {row.name: row.accuracy_top5 for row in found}
    assert (top5["vgg16"], top5["resnet50"], top5["resnet50-v2"]) == pytest.approx((0.90382, 0.92862, 0.95434))
    assert all(row.accuracy < row.accuracy_top5 < 1 for row in found)


def test_latency_needs_no_weights_and_says_how_often_it_was_measured():
    taken = latency(PUBLISHED["resnet18"], 1, budget=0.0)
    assert 0 < taken.low <= taken.seconds <= taken.high
    assert (taken.times, taken.batch_size) == (FEWEST, 1)
