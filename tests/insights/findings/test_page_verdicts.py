"""The verdicts of pages: the answer in words follows from the numbers, and networks with one answer share it."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.insights.embedding import chance_agreement
from explorer.insights.explanation_checks import Cascade, PixelCurves, Robustness
from explorer.insights.filters import contrast
from explorer.insights.findings import explanation_checks as checks
from explorer.insights.findings.embedding import Neighbours, alike
from explorer.insights.findings.feature_maps import LayerView, layers_see
from explorer.insights.findings.filters import look_for
from explorer.insights.findings.gradients import reach
from explorer.insights.findings.saliency import Explained, comes_from, half, place
from explorer.insights.gradients import GradientFlow
from explorer.insights.predict import Guess, union_of_top
from explorer.insights.receptive_field import Field, visible


def test_a_field_larger_than_the_image_is_called_the_whole_image():
    assert visible(Field(196, 16, 90), 2, 32) == "the whole 32×32 image"
    assert visible(Field(38, 1, 18), 32, 32).startswith("the whole 32×32 image if it lies in the middle, and part")
    assert visible(Field(3, 1, 1), 32, 32) == "3×3 of the 32×32 pixels"


def test_maps_that_show_something_are_counted_and_equal_fields_said_once():
    maps = np.zeros((3, 4, 4), np.float32)
    maps[1, 0, 0] = 1
    net, other = (LayerView(name, "conv", maps, Field(3, 1, 1), 4) for name in ("net", "other"))
    assert layers_see([net]) == (
        "A unit of conv in net sees 3×3 of the 4×4 pixels.\n"
        "net: 1 of 3 maps shows something, 2 are dead for this image."
    )
    assert layers_see([replace(net, maps=maps[:1])]).endswith("net: the only map is dead for this image.")
    assert layers_see([net, other]).startswith("A unit of conv sees 3×3 of the 4×4 pixels in both networks.\nnet: 1")
    deeper = replace(other, field=Field(5, 1, 2))
    assert layers_see([net, deeper]).startswith("A unit of conv in net sees 3×3 of the 4×4 pixels; a unit of conv in o")


def test_random_kernels_have_contrast_by_chance():
    random = np.random.default_rng(0)
    few = [random.normal(size=(4, 1, 3, 3)) for _ in range(400)]
    by_chance = sum("random kernels also do" in look_for({"net": weights}) for weights in few)
    assert 0.92 < by_chance / len(few) < 0.98
    weights = random.normal(size=(512, 3, 3, 3))
    assert contrast(weights) == pytest.approx(8 / 9, abs=0.01)
    assert contrast(np.ones((2, 1, 3, 3))) == 0
    edges = weights - weights.mean(axis=(2, 3), keepdims=True)
    assert look_for({"net": edges}).startswith(
        "Mostly for contrast between neighbouring pixels, as at an edge, a line or"
    )
    assert "random" not in look_for({"net": edges}).partition("\n")[0]
    assert look_for({"net": np.ones((2, 1, 1, 1))}).startswith("Mostly for plain brightness")


def flow(first: float) -> GradientFlow:
    return GradientFlow(2, "conv", "head", first, 1.0)


def test_gradients_have_one_answer_or_name_the_network_without():
    assert reach({"a": flow(0.5), "b": flow(2)}).startswith(
        "Yes, in both networks.\n"
        "In epoch 2 the first layer's gradient norm is 0.5 times the last layer's in a and 2 times in b (rule: "
    )
    assert reach({"a": flow(0.5)}).startswith("Yes, they do.\nIn epoch 2 the first layer's gradient norm is 0.5 times")
    assert reach({"a": flow(1e-5), "b": flow(2)}).startswith("Not in a.\na: ")
    assert reach({"a": flow(1e-5)}).startswith("No.\nThe first layer's gradient is 0.00001 times")


def test_neighbours_are_compared_with_chance():
    labels = np.repeat(np.arange(10), 20)
    assert chance_agreement(labels) == pytest.approx(19 / 199)
    assert np.isnan(chance_agreement(labels[:1]))
    near = Neighbours("a", 0.9, 0.1, 10, 200)
    assert alike([near]).startswith("Mostly images of the same class.\nOf the 10 nearest neighbours of an image, 9")
    assert "hardly more often" in alike([Neighbours("a", 0.15, 0.1, 10, 200)])


def cascade(last: float) -> Cascade:
    return Cascade(("", "conv"), np.zeros((2, 4, 4), np.float32), np.array([1.0, last]), True)


@pytest.mark.parametrize(
    ("last", "answer"),
    [
        ([0.1], "Yes, as far as this test can tell"),
        ([0.8], "No: Grad-CAM shows a similar map"),
        ([-0.8], "No: Grad-CAM shows a similar map"),
        ([0.1, 0.8], "Not for net 1: there Grad-CAM shows a similar map"),
        ([np.nan], "This test cannot tell"),
    ],
)
def test_a_map_depends_on_what_was_learned_if_it_changes(last, answer):
    assert checks.randomisation("Grad-CAM", {f"net {i}": cascade(v) for i, v in enumerate(last)}).startswith(answer)


def curves(deletion: float, insertion: float) -> PixelCurves:
    return PixelCurves(np.array([0.0, 1.0]), np.full(2, deletion), np.full(2, insertion), "black")


@pytest.mark.parametrize(
    ("deletion", "insertion", "answer"),
    [
        (0.1, 0.9, "Yes, as far"),
        (0.9, 0.1, "No: "),
        (0.1, 0.1, "Only in part: net beats the random order in deletion and loses to it in insertion"),
        (0.495, 0.503, "A tie: "),
        (0.495, 0.9, "Only in part: net ties with the random order in deletion and beats it in insertion"),
        (0.9, 0.503, "No: net loses to"),
    ],
)
def test_both_areas_have_to_beat_the_random_order(deletion, insertion, answer):
    assert checks.pixels({"net": (curves(deletion, insertion), curves(0.5, 0.5))}).startswith(answer)


def test_networks_with_one_result_share_a_sentence():
    better, worse, random = curves(0.1, 0.9), curves(0.9, 0.1), curves(0.5, 0.5)
    answer = checks.pixels({"a": (better, random), "b": (worse, random), "c": (worse, random)}).split("\n")[0]
    assert answer == (
        "Only in part: a beats the random order in deletion and in insertion; b and c lose to the random order in "
        "deletion and in insertion."
    )


def test_noise_ranks_methods_and_names_no_best_where_they_are_alike():
    a, b = Robustness(0.25, 0.1), Robustness(0.2501, 0.4)
    evidence = checks.noise({"net": {"Saliency": a, "Occlusion": b}, "other": {"Saliency": a}}).split("\n")[1]
    assert evidence == (
        "net: infidelity 0.25 for all methods, sensitivity from 0.1 (Saliency) to 0.4 (Occlusion). "
        "other: infidelity 0.25 (Saliency), sensitivity 0.1 (Saliency). One image."
    )


def test_a_map_is_placed_where_most_of_it_lies():
    heat = np.zeros((9, 9), np.float32)
    heat[0, 8] = 1
    assert place(heat) == "the upper right"
    assert half(heat) == pytest.approx(1 / 81)
    of = Explained("net", Guess("4", 0.9), "4", heat)
    assert comes_from([of], "Grad-CAM", "4") == (
        "True class 4: net predicts 4, mostly from the upper right.\nIts probability is 90.0 %; half of the Grad-CAM "
        "map lies on 1.2 % of the pixels."
    )
    other = Explained("b", Guess("9", 0.5), "9", heat)
    assert comes_from([of, other, of], "Grad-CAM").startswith(
        "net and net predict 4; b predicts 9.\nnet (90.0 %), mostly"
    )
    assert comes_from([of, of], "Grad-CAM").startswith(
        "net and net predict 4, both mostly from the upper right.\nnet (90.0 %): half of the Grad-CAM map"
    )
    even = comes_from([Explained("net", Guess("4", 0.9), "4", np.ones((9, 9)))], "Grad-CAM")
    assert "from all over the image" in even
    assert "finds nothing" in comes_from([Explained("net", Guess("4", 0.9), "4", 0 * heat)], "Grad-CAM")


def test_no_bar_is_missing_among_the_classes_of_several_networks():
    a, b = np.array([0.9, 0.1, 0.0, 0.0]), np.array([0.0, 0.0, 0.4, 0.6])
    found = union_of_top({"a": (a, tuple("wxyz")), "b": (b, tuple("wxyz"))}, k=1)
    assert {name: [guess.label for guess in guesses] for name, guesses in found.items()} == {
        "a": ["w", "z"],
        "b": ["w", "z"],
    }
    assert found["a"][1].probability == 0
