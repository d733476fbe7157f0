"""The features of each image, before the last linear layer or after another one, and their projection to a plane."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from explorer.data import to_tensor
from explorer.errors import UserError
from explorer.insights.hooks import as_input, did_not_run, evaluating, watching
from explorer.models.layer_names import layer_names
from explorer.training.transfer import head_of

BATCH = 64  # images at a time
NEIGHBOURS = 10
BEFORE_TSNE = 50  # dimensions that t-SNE starts from, as its authors do
LEAST_PERPLEXITY = 3  # with less, t-SNE shows pairs, not groups
SEED = 0  # of t-SNE

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Features:
    """The features of each image at one layer of a network, and the class that the network predicts."""

    layer_input: str  # in words: "the input of `head`"
    values: np.ndarray  # float32 (N, D)
    predictions: np.ndarray  # int64 (N,), the index of the likeliest class


@dataclass(frozen=True)
class Projection:
    """Features in two dimensions."""

    xy: np.ndarray  # float64 (N, 2)
    explained: tuple[float, float] | None = None  # for PCA: the share of the variance along each dimension
    perplexity: float | None = None  # for t-SNE: the one that was used
    note: str = ""  # a sentence if something else was done than requested


def penultimate(model: nn.Module, pixels: np.ndarray, progress: Progress = lambda share: None) -> Features:
    """The input of the last linear layer in eval mode. `pixels`: uint8 (N, C, H, W).

    `progress` receives the share of the images that is done; others may use the model between two batches. Raises
    UserError if there is no linear layer, or if the last one does not run.
    """
    head = head_of(model)
    return _features(
        model, pixels, head, f"the input of `{layer_names(model)[head]}`", lambda inputs, output: inputs[0], progress
    )


def behind(model: nn.Module, pixels: np.ndarray, layer: str, progress: Progress = lambda share: None) -> Features:
    """The output of a layer in eval mode; for maps the mean of each, because what counts is what is there, not where.

    `pixels` and `progress` as for `penultimate`. Raises UserError if the layer does not exist or does not run.
    """

    def pooled(inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return output.flatten(2).mean(dim=2) if output.dim() > 2 else output

    called = layer_names(model).get(layer, layer)
    return _features(model, pixels, layer, f"the output of `{called}`, of maps the means", pooled, progress)


def _features(
    model: nn.Module,
    pixels: np.ndarray,
    layer: str,
    layer_input: str,
    of: Callable[[tuple[Tensor, ...], Tensor], Tensor],
    progress: Progress,
) -> Features:
    """`of`: the layer's inputs and its output → (B, …)."""
    values, predictions = [], []

    def keep(name: str, module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        values.append(of(inputs, output).flatten(1).float().cpu())

    for start in range(0, len(pixels), BATCH):
        part = to_tensor(pixels[start : start + BATCH])
        with evaluating(model), torch.no_grad(), watching(model, [layer], keep):
            predictions.append(model(as_input(model, part)).argmax(dim=1).cpu())
        progress(min(1.0, (start + BATCH) / len(pixels)))
    if not values:
        raise did_not_run(layer)
    return Features(layer_input, torch.cat(values).numpy(), torch.cat(predictions).numpy())


def pca(values: np.ndarray, dimensions: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Principal components: float64 (N, dimensions), and the share of the variance along each, (dimensions,).

    Computed from the smaller of the two matrices of inner products, which is exact, and for a few hundred images faster
    than a decomposition of all features. The largest coordinate of each component is positive; without any variance all
    is zero.
    """
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    few_images = len(values) <= values.shape[1]
    variances, vectors = np.linalg.eigh(centred @ centred.T if few_images else centred.T @ centred)
    variances, vectors = variances[::-1][:dimensions].clip(0), vectors[:, ::-1][:, :dimensions]
    found = vectors * np.sqrt(variances) if few_images else centred @ vectors
    found *= np.where(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])] < 0, -1, 1)
    short = dimensions - found.shape[1]
    if short > 0:  # a single feature has no second component
        found, variances = np.pad(found, ((0, 0), (0, short))), np.pad(variances, (0, short))
    return found, variances / (np.square(centred).sum() or 1.0)


def by_pca(values: np.ndarray) -> Projection:
    """The two directions along which the features vary most. `values`: (N, D).

    Raises UserError if one is not finite.
    """
    _require_finite(values)
    xy, shares = pca(values)
    return Projection(xy, (float(shares[0]), float(shares[1])))


def by_tsne(values: np.ndarray, perplexity: float = 30.0) -> Projection:
    """Neighbours stay neighbours, distances between groups mean little. `values`: (N, D).

    scikit-learn's Barnes-Hut t-SNE (van der Maaten 2014) of the first BEFORE_TSNE principal components, from a PCA
    start. `perplexity`: about how many neighbours count; less than N. The same numbers give the same layout. Raises
    UserError if there are too few images for the perplexity, or if a value is not finite.
    """
    from sklearn.manifold import TSNE

    if not perplexity < len(values):
        raise UserError(f"A perplexity of {perplexity:g} needs more than {len(values)} images: lower it.")
    _require_finite(values)
    start = pca(values, BEFORE_TSNE)[0] if values.shape[1] > BEFORE_TSNE else values
    if not np.ptp(start):  # all images are equal to the network: there is nothing to lay out
        return Projection(np.zeros((len(values), 2)), perplexity=perplexity)
    start = np.pad(start, ((0, 0), (0, max(0, 2 - start.shape[1]))))  # the PCA start has two components
    made = TSNE(n_components=2, perplexity=perplexity, init="pca", learning_rate="auto", random_state=SEED)
    return Projection(made.fit_transform(start.astype(np.float32)).astype(np.float64), perplexity=perplexity)


def by_tsne_or_pca(values: np.ndarray, perplexity: float = 30.0) -> Projection:
    """`by_tsne` with a perplexity of at most a third of the other images (the rule of van der Maaten's code), or
    `by_pca` if that is less than LEAST_PERPLEXITY; `note` says which. `values`: (N, D)."""
    n = len(values)
    most = (n - 1) / 3
    if most < LEAST_PERPLEXITY:
        images = "there is 1" if n == 1 else f"there are {n}"
        note = f"t-SNE needs at least {3 * LEAST_PERPLEXITY + 1} images and {images}: this is PCA."
        return replace(by_pca(values), note=note)
    if perplexity <= most:
        return by_tsne(values, perplexity)
    note = f"Perplexity {most:.3g}, not {perplexity:g}: it is at most a third of the other {n - 1} images."
    return replace(by_tsne(values, most), note=note)


def _require_finite(values: np.ndarray) -> None:
    bad = int((~np.isfinite(values).all(axis=1)).sum())
    if bad:
        raise UserError(
            f"The features of {bad} of {len(values)} images are not finite numbers, the weights have diverged: choose "
            "another epoch or another run."
        )


def neighbour_agreement(values: np.ndarray, labels: np.ndarray, neighbours: int = NEIGHBOURS) -> float:
    """The share of each image's nearest neighbours in feature space (Euclidean) that have its class, mean over images.

    Uses all D dimensions, so it does not depend on the projection. `values`: (N, D), `labels`: (N,). If there are fewer
    than `neighbours` others, all count; NaN if there are none.
    """
    count = min(neighbours, len(values) - 1)
    if count < 1:
        return float("nan")
    exact = values.astype(np.float64)
    squares = np.square(exact).sum(axis=1)
    distances = squares[:, None] + squares - 2 * exact @ exact.T
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, count - 1, axis=1)[:, :count]
    return float((labels[nearest] == labels[:, None]).mean())


def chance_agreement(labels: np.ndarray) -> float:
    """`neighbour_agreement` for neighbours drawn at random: Σ n_c (n_c − 1) / (n (n − 1)) over the classes' numbers of
    images n_c; NaN if there is no other image. `labels`: int (N,)."""
    counts, n = np.bincount(labels).astype(np.float64), len(labels)
    return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else float("nan")
