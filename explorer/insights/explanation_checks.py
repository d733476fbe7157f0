"""Tests of an explanation: does it depend on what was learned, on the pixels that matter, on the object?

Every check holds the model's lock while it uses the model, and restores it.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.attribution import Attribution, TargetClass, explain
from explorer.insights.hooks import as_input, evaluating, lock
from explorer.insights.predict import predict
from explorer.insights.statistics import wilson

EXPLAINED_AT_ONCE = 16
MOST_STEPS = 12  # of a randomised network


@dataclass(frozen=True)
class Cascade:
    """The explanation of one image while the network is randomised from the top, for the trained network and S
    steps."""

    layers: tuple[str, ...]  # for each step the last layer that lost its weights; "" for the trained network
    maps: np.ndarray  # float32 (1 + S, H, W)
    correlation: np.ndarray  # float64 (1 + S,), rank correlation with the trained network's map; NaN for a blank map
    signed: bool


def randomise(
    model: nn.Module,
    image: Tensor,
    method: str,
    layer: str | None = None,
    target: int | None = None,
    seed: int = 0,
) -> Cascade:
    """Randomise the weights layer by layer from the top; an explanation of what was learned must change.

    Each tensor is drawn anew, normal with its own mean and standard deviation, in a deep copy of the model: what was
    learned is gone, the size of what flows through it stays. The class stays that of the trained network. `image`:
    float32 (1, C, H, W). Deep networks lose several layers per step. Adebayo et al. 2018, section 3.1.
    """
    with lock(model):
        copy = deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    first = explain(method, copy, image, layer, target)
    found, names = [first], [""]
    for group in _groups(copy, MOST_STEPS):
        for module in group.values():
            redraw(module, generator)
        found.append(explain(method, copy, image, layer, int(first.target[0])))
        names.append(list(group)[-1])
    maps = np.concatenate([result.map for result in found])
    correlation = np.array([rank_correlation(maps[0], other) for other in maps])
    return Cascade(tuple(names), maps, correlation, first.signed)


def _groups(model: nn.Module, steps: int) -> list[dict[str, nn.Module]]:
    """The layers with weights from the last to the first, in at most `steps` groups. A batch norm belongs to the
    convolution before it and is not a step of its own."""
    owners = [(name, module) for name, module in model.named_modules() if any(True for _ in module.parameters(False))]
    groups: list[dict[str, nn.Module]] = [{}]
    for name, module in reversed(owners):
        groups[-1][name] = module
        if isinstance(module, nn.Conv2d | nn.Linear):
            groups.append({})
    groups = [group for group in groups if group]
    parts = np.array_split(np.arange(len(groups)), min(steps, len(groups)))
    return [{name: module for index in part for name, module in groups[index].items()} for part in parts]


def redraw(module: nn.Module, generator: torch.Generator) -> None:
    """Draw the module's own parameters anew, normal with the mean and standard deviation of each, in place."""
    with torch.no_grad():
        for tensor in module.parameters(recurse=False):
            drawn = torch.randn(tensor.shape, generator=generator).to(tensor)
            tensor.copy_(tensor.mean() + tensor.std(unbiased=False) * drawn)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's: the correlation of the ranks, equal values sharing their mean rank; NaN if one is constant."""
    a, b = _ranks(first.ravel()), _ranks(second.ravel())
    if not (np.isfinite(first).all() and np.isfinite(second).all()) or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    _, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[index]


BASELINES: dict[str, Callable[[Tensor], Tensor]] = {
    "black": torch.zeros_like,
    "mean colour": lambda images: images.mean(dim=(2, 3), keepdim=True).expand_as(images),
}


@dataclass(frozen=True)
class PixelCurves:
    """The class's probability while pixels are removed or inserted, the most important first."""

    share: np.ndarray  # float64 (S + 1,): of the pixels, 0 to 1
    deletion: np.ndarray  # float64 (S + 1,): from the image to the baseline; should fall at once
    insertion: np.ndarray  # float64 (S + 1,): from the baseline to the image; should rise at once
    baseline: str

    @property
    def deletion_area(self) -> float:
        """Area under the curve, 0 to 1: the mean probability; the smaller the better."""
        return float(np.trapezoid(self.deletion, self.share))

    @property
    def insertion_area(self) -> float:
        """Area under the curve, 0 to 1; the larger the better."""
        return float(np.trapezoid(self.insertion, self.share))


def pixel_curves(
    model: nn.Module, image: Tensor, heat: np.ndarray, target: int, baseline: str = "black", steps: int = 32
) -> PixelCurves:
    """Deletion and insertion (Petsiuk et al. 2018): 2S − 1 images between the two ends, which both curves share.

    `image`: float32 (1, C, H, W); `heat`: (H, W), the highest is the most important; equal ones go row by row.
    `baseline`: what replaces a pixel, a key of BASELINES. The images in between are unlike any that the network has
    learned from. Raises UserError if there is no such baseline.
    """
    if baseline not in BASELINES:
        raise UserError(f"No baseline '{baseline}': choose one of {', '.join(BASELINES)}.")
    order = np.argsort(-heat.ravel(), kind="stable")
    ends = np.linspace(0, order.size, steps + 1).round().astype(int)
    rank = np.empty(order.size, int)
    rank[order] = np.arange(order.size)
    changed = torch.from_numpy(rank.reshape(1, 1, *heat.shape) < ends[:, None, None, None])  # (S + 1, 1, H, W)
    blank = BASELINES[baseline](image)
    deleted, inserted = torch.where(changed, blank, image), torch.where(changed, image, blank)
    probabilities = predict(model, torch.cat([deleted, inserted[1:-1]]))[:, target].astype(np.float64)
    down = probabilities[: steps + 1]
    return PixelCurves(
        ends / order.size, down, np.concatenate([down[-1:], probabilities[steps + 1 :], down[:1]]), baseline
    )


@dataclass(frozen=True)
class Localisation:
    """Whether the explanation points at the object, over n images whose object is known; a blank map is a miss."""

    hits: np.ndarray  # bool (n,): the highest pixel lies on the object
    share: np.ndarray  # float64 (n,): share of the support, 0 to 1, on the object; NaN for a blank map
    size: np.ndarray  # float64 (n,): size of the object as a share of the image, 0 to 1; what a random map would reach

    @property
    def pointing(self) -> float:
        """The pointing game (Zhang et al. 2016), without a margin around the object: fraction of hits."""
        return float(self.hits.mean())

    @property
    def blank(self) -> int:
        """The number of blank maps: zero everywhere, or not finite."""
        return int(np.isnan(self.share).sum())

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of `pointing`."""
        return wilson(int(self.hits.sum()), len(self.hits))

    @property
    def mean_share(self) -> float:
        """Mean over the images whose map is not blank; NaN if all are."""
        finite = self.share[np.isfinite(self.share)]
        return float(finite.mean()) if finite.size else float("nan")


def join(parts: Sequence[Localisation]) -> Localisation:
    """The results for several sets of images as one for all of them."""
    return Localisation(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("hits", "share", "size"))
    )


def localise(maps: np.ndarray, masks: np.ndarray) -> Localisation:
    """`maps`: float (n, H, W), of which only values above zero, which support the class, count; `masks`: bool (n, H,
    W)."""
    for_class = np.where(np.isfinite(maps), maps, 0).clip(0).astype(np.float64).reshape(len(maps), -1)
    inside, total = masks.reshape(len(masks), -1), for_class.sum(axis=1)
    blank = total == 0
    peak = for_class.argmax(axis=1)
    hits = inside[np.arange(len(maps)), peak] & ~blank
    share = np.where(blank, np.nan, (for_class * inside).sum(axis=1) / np.where(blank, 1, total))
    return Localisation(hits, share, inside.mean(axis=1))


def point(
    model: nn.Module,
    images: Tensor,
    masks: np.ndarray,
    method: str,
    layer: str | None = None,
    target: TargetClass = None,
) -> Localisation:
    """`localise` for a method on n images, float32 (n, C, H, W); `target` None explains each predicted class."""
    maps, n = [], len(images)
    for start in range(0, n, EXPLAINED_AT_ONCE):
        part = slice(start, start + EXPLAINED_AT_ONCE)
        maps.append(explain(method, model, images[part], layer, _of_part(target, part)).map)
    return localise(np.concatenate(maps), masks)


def _of_part(target: TargetClass, part: slice) -> TargetClass:
    """The classes of some of the images; a single class for all of them stays unchanged."""
    if target is None:
        return None
    classes = torch.as_tensor(target).reshape(-1)
    return classes if len(classes) == 1 else classes[part]


@dataclass(frozen=True)
class Robustness:
    """Two figures by captum.metrics for one image (Yeh et al. 2019); lower is better for both."""

    infidelity: float  # mean squared error of the map's prediction of the effect of noise, in squared logits
    sensitivity: float  # largest relative change of the map under invisible noise; 0 is none, 1 its own size


def robustness(model: nn.Module, image: Tensor, result: Attribution) -> Robustness:
    """`result`: the explanation of `image`, float32 (1, C, H, W).

    Infidelity: for 50 images with normal noise (standard deviation 0.1), the sum of map × noise against the change of
    the logit; the map is first scaled to predict best, so that its unit does not matter. Sensitivity: 10 images with
    uniform noise of at most 0.02. The noise is the same every time.
    """
    from captum.metrics import infidelity, sensitivity_max

    target, generator = int(result.target[0]), torch.Generator().manual_seed(0)
    contrast = None if result.contrast is None else int(result.contrast[0])
    images = as_input(model, image)
    heat = torch.from_numpy(result.map)[:, None].to(images) / images.shape[1]

    def logit(images: Tensor) -> Tensor:
        logits = model(images)
        return logits[:, target] - (0 if contrast is None else logits[:, contrast])

    def disturb(inputs: Tensor) -> tuple[Tensor, Tensor]:
        drawn = 0.1 * torch.randn(inputs.shape, generator=generator).to(inputs)
        return drawn, inputs - drawn

    def tremble(inputs: Tensor | tuple[Tensor, ...], perturb_radius: float) -> tuple[Tensor, ...]:
        (images,) = inputs if isinstance(inputs, tuple) else (inputs,)
        drawn = torch.rand(images.shape, generator=generator).to(images)
        return (images + perturb_radius * (2 * drawn - 1),)

    def again(inputs: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        (images,) = inputs if isinstance(inputs, tuple) else (inputs,)
        return (torch.from_numpy(explain(result.method, model, images, result.layer, target, contrast).map),)

    with evaluating(model), torch.no_grad():
        error = infidelity(logit, disturb, images, heat.expand_as(images), n_perturb_samples=50, normalize=True)
        change = sensitivity_max(again, images, tremble, perturb_radius=0.02, n_perturb_samples=10)
    return Robustness(float(error), float(change))
