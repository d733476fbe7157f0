"""Features are the last layer's input, projections are scikit-learn's, and neighbours are counted as by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer.errors import UserError
from explorer.insights import embedding
from explorer.insights.embedding import behind, by_pca, by_tsne, by_tsne_or_pca, neighbour_agreement, pca, penultimate
from explorer.models import MODELS, build
from explorer.training.transfer import head_of

from .nets import PooledNet, hooks, seeded


def pixels(n: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (n, 3, 16, 16), dtype=np.uint8)


def test_the_features_are_what_the_head_sees(monkeypatch):
    monkeypatch.setattr(embedding, "BATCH", 4)
    model, images, shares = seeded(PooledNet).train(), pixels(10), []
    found = penultimate(model, images, shares.append)
    assert (found.layer_input, found.values.shape) == ("the input of `head`", (10, 12))
    assert shares == [0.4, 0.8, 1.0]
    assert model.training
    assert hooks(model) == 0
    with torch.no_grad():
        logits = model.eval()(torch.from_numpy(images).float() / 255)
        torch.testing.assert_close(model.head(torch.from_numpy(found.values)), logits)
    assert found.predictions.tolist() == logits.argmax(1).tolist()


def test_behind_a_convolution_the_features_are_the_means_of_its_maps(monkeypatch):
    monkeypatch.setattr(embedding, "BATCH", 4)
    model, images = seeded(PooledNet).eval(), pixels(6)
    name = next(name for name, module in model.named_modules() if isinstance(module, nn.Conv2d))
    maps = []
    hook = model.get_submodule(name).register_forward_hook(lambda module, inputs, output: maps.append(output.detach()))
    model(torch.from_numpy(images).float() / 255)
    hook.remove()
    found = behind(model, images, name)
    np.testing.assert_allclose(found.values, maps[0].numpy().mean(axis=(2, 3)), rtol=1e-5, atol=1e-6)
    assert (behind(model, images, "head").values.argmax(1) == found.predictions).all()
    assert hooks(model) == 0


@pytest.mark.parametrize("name", MODELS)
def test_every_model_ends_in_a_linear_layer(name):
    with torch.device("meta"):
        model = build(name, 3, 10)
    assert dict(model.named_modules())[head_of(model)].out_features == 10


def test_a_model_without_one_says_so():
    with pytest.raises(UserError, match="no linear layer"):
        penultimate(nn.Sequential(nn.Conv2d(3, 2, 1)), pixels(2))


@pytest.mark.parametrize("shape", [(40, 12), (12, 40), (30, 2)])
def test_pca_is_scikit_learns(shape):
    from sklearn.decomposition import PCA

    values = np.random.default_rng(2).normal(size=shape).astype(np.float32) * np.arange(1, shape[1] + 1)
    theirs = PCA(2, svd_solver="full").fit(values.astype(np.float64))
    xy, shares = pca(values)
    np.testing.assert_allclose(shares, theirs.explained_variance_ratio_, rtol=1e-6)
    np.testing.assert_allclose(np.abs(xy), np.abs(theirs.transform(values)), rtol=1e-4, atol=1e-6)
    assert by_pca(values).explained == pytest.approx(tuple(shares))


def test_features_that_do_not_vary_lie_in_one_place():
    assert (by_pca(np.ones((5, 8), np.float32)).xy == 0).all()
    assert by_pca(np.ones((5, 8), np.float32)).explained == (0, 0)
    assert (by_tsne(np.ones((5, 8), np.float32), perplexity=2).xy == 0).all()
    assert by_pca(np.arange(4, dtype=np.float32)[:, None]).xy.shape == (4, 2)


def groups() -> tuple[np.ndarray, np.ndarray]:
    """Three groups in 60 dimensions, far from each other."""
    draw, labels = np.random.default_rng(3), np.arange(45) % 3
    centres = 20 * draw.normal(size=(3, 60))
    return (centres[labels] + draw.normal(size=(45, 60))).astype(np.float32), labels


def test_tsne_keeps_groups_and_repeats_itself():
    values, labels = groups()
    layout = by_tsne(values, perplexity=5)
    assert neighbour_agreement(layout.xy, labels, 5) == 1
    np.testing.assert_array_equal(layout.xy, by_tsne(values, perplexity=5).xy)
    with pytest.raises(UserError, match="perplexity of 45 needs more than 45 images"):
        by_tsne(values, perplexity=45)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6, 9, 10, 11, 30, 31, 45])
@pytest.mark.parametrize("wanted", [5, 30])
def test_few_images_lower_the_perplexity_or_get_pca_and_it_is_said(n, wanted):
    values = groups()[0][:n]
    layout = by_tsne_or_pca(values, wanted)
    assert layout.xy.shape == (n, 2)
    assert np.isfinite(layout.xy).all()
    if n < 10:
        assert layout.perplexity is None
        np.testing.assert_array_equal(layout.xy, by_pca(values).xy)
        assert (
            layout.note == f"t-SNE needs at least 10 images and there {f'are {n}' if n > 1 else 'is 1'}: this is PCA."
        )
    elif wanted > (n - 1) / 3:
        assert layout.perplexity == pytest.approx((n - 1) / 3)
        assert f"not {wanted}: it is at most a third of the other {n - 1} images" in layout.note
    else:
        assert (layout.perplexity, layout.note) == (wanted, "")


def test_a_layer_of_one_unit_can_be_laid_out():
    layout = by_tsne_or_pca(np.random.default_rng(4).normal(size=(20, 1)).astype(np.float32))
    assert np.isfinite(layout.xy).all()


def test_features_of_a_run_that_diverged_are_a_sentence():
    values = groups()[0]
    values[3:5, 7] = np.nan
    for project in (by_pca, by_tsne_or_pca):
        with pytest.raises(UserError, match="features of 2 of 45 images are not finite numbers"):
            project(values)


def test_neighbours_are_counted_as_by_hand():
    values, labels = groups()
    assert neighbour_agreement(values, labels) == 1
    line, sides = np.array([[0.0], [1.0], [2.0], [9.0]]), np.array([0, 0, 1, 1])
    # Nearest of 0 is 1 (same), of 1 is 0 or 2 (0 comes first), of 2 is 1 (other), of 9 is 2 (same).
    assert neighbour_agreement(np.array([[0.0], [1.0], [2.1], [9.0]]), sides, 1) == 0.75
    assert np.isnan(neighbour_agreement(line[:1], sides[:1]))
    assert neighbour_agreement(line, sides, 10) == pytest.approx(1 / 3)  # all others, of which one has the class
