"""The tests of an explanation can tell a good one from a bad one."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights.attribution import explain
from explorer.insights.explanation_checks import (
    BASELINES,
    _groups,
    join,
    localise,
    pixel_curves,
    point,
    randomise,
    rank_correlation,
    robustness,
)
from explorer.insights.predict import predict
from explorer.models import build

from .nets import PooledNet, hooks, images, seeded


class Linear(nn.Module):
    """Two logits, linear in the pixels: what each pixel matters is known."""

    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.head = nn.Linear(3 * 8 * 8, 2)
        with torch.no_grad():
            self.head.weight[0] = 0
            self.head.bias.zero_()

    def forward(self, x):
        return self.head(self.flatten(x))


@pytest.mark.parametrize("seed", range(5))
def test_rank_correlation_is_spearmans(seed):
    from scipy.stats import spearmanr

    random = np.random.RandomState(seed)
    one, other = random.randint(0, 6, 40), random.normal(size=40)  # many equal values
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)
    assert rank_correlation(other, np.exp(3 * other)) == pytest.approx(1)
    assert rank_correlation(other, -other) == pytest.approx(-1)
    assert np.isnan(rank_correlation(other, np.zeros(40)))
    assert np.isnan(rank_correlation(other, np.full(40, np.nan)))


def test_randomising_changes_the_map_and_leaves_the_model():
    model = seeded(PooledNet)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    cascade = randomise(model, images(1), "saliency")
    assert cascade.layers == ("", "head", "conv2", "conv1")  # bn1 goes with conv1
    assert cascade.correlation[0] == pytest.approx(1)
    assert (cascade.correlation[1:] < 0.99).all()
    np.testing.assert_array_equal(cascade.maps[0], explain("saliency", model, images(1)).map[0])
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    assert hooks(model) == 0
    again = randomise(model, images(1), "saliency")
    np.testing.assert_array_equal(again.maps, cascade.maps)
    other = randomise(model, images(1), "saliency", seed=1)
    assert not np.array_equal(other.maps[1:], cascade.maps[1:])


def test_a_map_that_ignores_the_network_stays():
    """Guided Backprop hardly sees the top layer; the check must be able to say so, not always fall."""
    model = seeded(lambda: build("simple_cnn", 3, 10, depth=4))
    guided = randomise(model, images(1, size=32), "guided-backprop")
    slope = randomise(model, images(1, size=32), "input-x-gradient")
    assert np.abs(guided.correlation[1:]).max() > np.abs(slope.correlation[1:]).max()


def test_deep_networks_lose_several_layers_a_step():
    model = build("resnet20", 3, 10)
    groups = _groups(model, 12)
    assert len(groups) == 12
    names = [name for group in groups for name in group]
    weighted = [name for name, module in model.named_modules() if any(True for _ in module.parameters(False))]
    assert names == weighted[::-1]  # every one once, from the top
    assert len(_groups(seeded(PooledNet), 12)) == 3


def test_the_curves_begin_and_end_where_the_images_do():
    model, x = seeded(PooledNet), images(1)
    heat = explain("integrated-gradients", model, x, target=2).map[0]
    for baseline, make in BASELINES.items():
        curves = pixel_curves(model, x, heat, 2, baseline, steps=10)
        whole, blank = predict(model, torch.cat([x, make(x)]))[:, 2]
        assert curves.deletion[[0, -1]] == pytest.approx([whole, blank], abs=1e-6)
        assert curves.insertion[[0, -1]] == pytest.approx([blank, whole], abs=1e-6)
        assert len(curves.share) == len(curves.deletion) == len(curves.insertion) == 11
        assert (curves.share[0], curves.share[-1], curves.baseline) == (0, 1, baseline)


def test_it_costs_two_s_less_one_images_between_the_ends():
    model, ran = seeded(PooledNet), []
    model.register_forward_pre_hook(lambda module, inputs: ran.append(len(inputs[0])))
    pixel_curves(model, images(1), np.zeros((16, 16)), 0, steps=8)
    assert sum(ran) == 2 * 8 - 1 + 1  # both ends are shared by the two curves


def test_the_best_order_has_the_best_areas():
    """For a linear model no order deletes faster than that of the pixels' true contributions."""
    model, x = seeded(Linear), images(1, size=8)
    truth = explain("input-x-gradient", model, x, target=1, contrast=0).map[0]
    best = pixel_curves(model, x, truth, 1)
    for seed in range(5):
        random = pixel_curves(model, x, np.random.RandomState(seed).rand(8, 8), 1)
        assert best.deletion_area < random.deletion_area
        assert best.insertion_area > random.insertion_area
    worst = pixel_curves(model, x, -truth, 1)
    # Deleting the most important last is inserting the most important first, backwards.
    np.testing.assert_allclose(worst.deletion, best.insertion[::-1], atol=1e-6)


def test_areas_are_those_of_the_curves():
    model, x = seeded(PooledNet), images(1)
    curves = pixel_curves(model, x, np.arange(256.0).reshape(16, 16), 1, steps=256)
    assert curves.deletion_area == pytest.approx(
        curves.deletion[1:-1].sum() / 256 + curves.deletion[[0, -1]].mean() / 256
    )
    assert 0 <= curves.deletion_area <= 1


def test_an_unknown_baseline_is_named():
    with pytest.raises(UserError, match="No baseline 'pink': choose one of black, mean colour"):
        pixel_curves(seeded(PooledNet), images(1), np.zeros((16, 16)), 0, "pink")


def test_pointing_and_share_by_hand():
    masks = np.zeros((4, 4, 4), bool)
    masks[:, :2, :2] = True
    maps = np.zeros((4, 4, 4), np.float32)
    maps[0, 0, 0], maps[0, 3, 3] = 3, 1  # hits, three quarters inside
    maps[1, 0, 0], maps[1, 3, 3] = 1, 3
    maps[2, 1, 1], maps[2, 3, 3] = 1, -9  # what speaks against the class does not count
    found = localise(maps, masks)  # the fourth is blank
    assert found.hits.tolist() == [True, False, True, False]
    np.testing.assert_array_equal(found.share, [0.75, 0.25, 1.0, np.nan])
    assert found.size.tolist() == [0.25] * 4
    assert (found.pointing, found.mean_share) == (0.5, pytest.approx(2 / 3))
    assert found.interval[0] < 0.5 < found.interval[1]
    assert np.isnan(localise(maps[3:], masks[3:]).mean_share)


def test_a_map_without_knowledge_reaches_the_size_of_the_object():
    random = np.random.RandomState(0)
    masks = random.rand(400, 16, 16) < 0.2
    found = localise(random.rand(400, 16, 16), masks)
    assert found.mean_share == pytest.approx(found.size.mean(), abs=0.01)
    assert found.pointing == pytest.approx(found.size.mean(), abs=0.06)


def test_pointing_explains_all_images_in_parts():
    model, x = seeded(PooledNet), images(20)
    masks = np.zeros((20, 16, 16), bool)
    masks[:, 4:12, 4:12] = True
    found = point(model, x, masks, "grad-cam", "conv2")
    np.testing.assert_allclose(
        found.share, localise(explain("grad-cam", model, x, "conv2").map, masks).share, rtol=1e-4
    )
    for targets in (np.arange(20) % 5, [3], 3):  # one for each image, or one for all
        chosen = point(model, x, masks, "saliency", target=targets)
        np.testing.assert_allclose(
            chosen.share, localise(explain("saliency", model, x, target=targets).map, masks).share, rtol=1e-4
        )


def test_a_linear_model_is_explained_without_infidelity():
    """The gradient foretells every change of a linear logit; a random map foretells none."""
    from dataclasses import replace

    model, x = seeded(Linear), images(1, size=8)
    with torch.no_grad():  # the same weight in all channels: the map has one value per pixel
        model.head.weight[1] = model.head.weight[1, :64].repeat(3)
    exact = explain("input-x-gradient", model, torch.ones_like(x), target=1, contrast=0)  # gradient × 1
    random = replace(exact, map=np.random.RandomState(0).normal(size=(1, 8, 8)).astype(np.float32))
    good, bad = robustness(model, x, exact), robustness(model, x, random)
    assert good.infidelity < 1e-6 < bad.infidelity
    assert robustness(model, x, exact) == good
    assert hooks(model) == 0


def test_sensitivity_of_a_constant_gradient_is_none_and_of_a_real_one_some():
    x = images(1, size=8)
    constant = robustness(seeded(Linear), x, explain("saliency", seeded(Linear), x))
    assert constant.sensitivity == pytest.approx(0, abs=1e-6)
    model, x = seeded(PooledNet).train(), images(1)
    real = robustness(model, x, explain("grad-cam", model, x, "conv2"))
    assert real.sensitivity > 1e-3
    assert model.training


def test_the_random_state_of_others_is_left_alone():
    model, x = seeded(PooledNet), images(1)
    state = torch.get_rng_state()
    randomise(model, x, "grad-cam", "conv2")
    robustness(model, x, explain("smoothgrad", model, x))
    assert torch.equal(torch.get_rng_state(), state)


def test_parts_joined_are_the_whole():
    random = np.random.RandomState(0)
    maps, masks = random.normal(size=(30, 8, 8)), random.rand(30, 8, 8) < 0.3
    whole = localise(maps, masks)
    parts = join([localise(maps[start : start + 7], masks[start : start + 7]) for start in range(0, 30, 7)])
    assert (parts.pointing, parts.interval) == (whole.pointing, whole.interval)
    np.testing.assert_array_equal(parts.share, whole.share)
