"""Laws of linear CKA (Kornblith et al. 2019), and how far layers moved."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.insights.cka import linear_cka, similarity, untrained_baseline
from explorer.insights.layers import weighted_layers
from explorer.insights.weight_change import weight_change_per_layer

from .nets import PooledNet, images, seeded

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(40, 12)) * np.arange(1, 13)
Y = X @ DRAW.normal(size=(12, 7)) + DRAW.normal(size=(40, 7)) * 20


def orthogonal(size: int) -> np.ndarray:
    return np.linalg.qr(DRAW.normal(size=(size, size)))[0]


def hsic(k: np.ndarray, m: np.ndarray) -> float:
    """tr(K H L H) / (n - 1)², Gretton et al. 2005, with the centring matrix written out."""
    n = len(k)
    h = np.eye(n) - np.ones((n, n)) / n
    return float(np.trace(k @ h @ m @ h)) / (n - 1) ** 2


def by_hsic(x: np.ndarray, y: np.ndarray) -> float:
    """Kornblith et al., equation 4."""
    k, m = x @ x.T, y @ y.T
    return hsic(k, m) / np.sqrt(hsic(k, k) * hsic(m, m))


@pytest.mark.parametrize("n", [40, 9], ids=["more images", "more features"])
def test_it_is_the_one_of_hsic(n):
    assert linear_cka(X[:n], Y[:n]) == pytest.approx(by_hsic(X[:n], Y[:n]), rel=1e-9)
    assert 0 < linear_cka(X[:n], Y[:n]) < 1


@pytest.mark.parametrize("n", [40, 9], ids=["more images", "more features"])
def test_a_representation_is_like_itself_however_turned_scaled_or_moved(n):
    x, y = X[:n], Y[:n]
    assert linear_cka(x, x) == pytest.approx(1)
    assert linear_cka(x, -3.7 * x @ orthogonal(12) + 5) == pytest.approx(1)
    assert linear_cka(x @ orthogonal(12), 0.01 * y @ orthogonal(7)) == pytest.approx(linear_cka(x, y))
    assert linear_cka(x, y) == pytest.approx(linear_cka(y, x))


def test_it_is_no_invariant_of_any_linear_map():
    """Unlike canonical correlation, which says 1 here: what is stretched in one direction counts."""
    assert linear_cka(X, X @ np.diag(10.0 ** np.arange(12))) < 0.9


def test_independent_noise_is_unlike_and_a_constant_is_nothing():
    a, b = DRAW.normal(size=(2, 2000, 5))
    assert linear_cka(a, b) < 0.01
    assert np.isnan(linear_cka(a, np.ones_like(a)))
    with pytest.raises(AssertionError, match="2000 and 10"):
        linear_cka(a, b[:10])


def test_layers_below_what_changed_stay_alike():
    before, after = seeded(PooledNet), seeded(PooledNet)
    with torch.no_grad():
        after.conv2.weight.copy_(torch.randn(after.conv2.weight.shape, generator=torch.Generator().manual_seed(5)))
    table = similarity(before, after, ["conv1", "conv2"], images(70)).set_index("layer")["cka"]
    assert table["conv1"] == pytest.approx(1)
    assert table["conv2"] < 0.99


def test_untrained_networks_are_alike_and_the_baseline_says_how_much():
    """They share nothing but architecture and images; the mean over the pairs, each of other weights."""
    table = untrained_baseline(lambda seed: seeded(PooledNet, seed), ["conv1", "relu2"], images(70), pairs=2)
    nets = [seeded(PooledNet, seed) for seed in range(4)]
    pairs = [similarity(*nets[at : at + 2], ["conv1", "relu2"], images(70))["cka"] for at in (0, 2)]
    assert table["layer"].tolist() == ["conv1", "relu2"]
    np.testing.assert_allclose(table["baseline"], (pairs[0] + pairs[1]) / 2)
    assert (table["baseline"] > 0.5).all()


def test_a_relative_change_is_of_the_norms():
    one = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 2))
    start = {name: tensor.clone() for name, tensor in one.state_dict().items()}
    end = {**start, "0.weight": start["0.weight"] * 1.5, "2.weight": -start["2.weight"]}
    assert weighted_layers(one) == ["0", "2"]
    assert weight_change_per_layer(start, end, ["0", "2"])["change"].tolist() == pytest.approx([0.5, 2.0])
    assert weight_change_per_layer(start, start, ["0", "2"])["change"].tolist() == [0, 0]
    nothing = {**start, "0.weight": torch.zeros(2, 3)}
    assert np.isnan(weight_change_per_layer(nothing, end, ["0"])["change"][0])
