"""The images of a report: filters, feature maps, and explanations with their checks."""

from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor, nn

from explorer import charts
from explorer.charts.formatting import number, percent
from explorer.data import Dataset, to_tensor
from explorer.errors import UserError
from explorer.insights.attribution import explain
from explorer.insights.explanation_checks import pixel_curves, randomise
from explorer.insights.features import feature_maps, strongest
from explorer.insights.filters import filters, first_and_last
from explorer.insights.findings.explanation_checks import changes
from explorer.insights.layers import default_cam_layer
from explorer.insights.predict import predict
from explorer.insights.weight_dependence import SIMILAR
from explorer.models.layer_names import known
from explorer.report.content import Cell, Computed, Figure, Origin, Picture, Table
from explorer.report.origin import WEIGHTS, origin
from explorer.runs import Checkpoint, Run

Names = dict[str, str]

EXPLAINED = 3  # validation images
SHOWN = 32  # filters or maps of a layer
COLUMNS = 8
METHOD = "grad-cam"
SIDE = 256  # approximate size of a picture in pixels
CHECKS = (
    "The table below each explanation checks it. Correlation with random weights: the rank correlation with the map of "
    "a network whose weights were all drawn anew, near 0 if the map depends on what was learned (Adebayo et al. 2018); "
    f"similar: {SIMILAR:g} or more in size, by a rule of ours, so that the map hardly shows what was learned; one "
    "random draw. Blank map: that network's map is empty, and cannot be compared. "
    "Deletion and insertion: the mean probability of the class while the most important pixels are deleted, the lower "
    "the better, or inserted, the higher the better (Petsiuk et al. 2018)."
)


def convolutional(runs: Sequence[Run]) -> dict[str, nn.Module]:
    """Id → the network with the weights of its best epoch, for the runs that have a convolution."""
    found = {}
    for run in runs:
        model = Checkpoint(run).load()
        try:
            first_and_last(model)
        except UserError:
            continue
        found[run.id] = model
    return found


def filters_of(run: Run, name: str, model: nn.Module) -> Figure:
    """The filters of the first and the last convolution."""
    pictures, sentences = [], []
    in_colour = ", those of a colour image in its colours" if run.dataset.channels == 3 else ""
    for layer in dict.fromkeys(first_and_last(model)):
        called, weights = known(run.network, layer), filters(model, layer)
        pixels = charts.filters_rgb(weights)[:SHOWN]
        factor = max(1, SIDE // (COLUMNS * pixels.shape[1]))
        limit = float(np.abs(weights).max())
        shown = _of(len(pixels), len(weights))
        pictures.append(Picture(f"{called}: {shown} filters", charts.grid(pixels, COLUMNS, factor)))
        sentences.append(
            f"{called} has {len(weights)} filters of {weights.shape[2]}×{weights.shape[3]}, weights within "
            f"±{number(limit)}"
        )
    return Figure(
        f"filters-{run.id}",
        f"Filters of the first and the last convolution of {name}, best epoch; of several input channels the first. "
        f"Blue is negative, orange positive{in_colour}; each layer has its own scale.",
        "; ".join(sentences) + ".",
        origin([run], WEIGHTS),
        pictures=tuple(pictures),
    )


def _of(shown: int, there: int) -> str:
    """ "32 of 64", or "16" where all are shown."""
    return f"{shown} of {there}" if shown < there else f"{there}"


def maps_of(run: Run, name: str, model: nn.Module, data: Dataset) -> Figure:
    """The output of the first and the last convolution for the first validation image."""
    pixels = data.validation.pixels[:1]
    pictures, sentences = [Picture("validation image 1", _large(pixels[0]))], []
    for layer in dict.fromkeys(first_and_last(model)):
        called, found = known(run.network, layer), feature_maps(model, layer, to_tensor(pixels))
        chosen = found[0][strongest(found)[:SHOWN]]
        low, high = charts.limits(chosen, signed=True)
        factor = max(1, SIDE // (COLUMNS * chosen.shape[-1]))
        drawn = charts.tile(chosen, COLUMNS, low, high, signed=True, factor=factor)
        pictures.append(Picture(f"{called}: {_of(len(chosen), found.shape[1])} maps", drawn))
        sentences.append(
            f"{called}: {found.shape[1]} maps of {found.shape[2]}×{found.shape[3]}, on a scale of ±{number(high)}"
        )
    return Figure(
        f"maps-{run.id}",
        f"Feature maps of the first and the last convolution of {name} for validation image 1, the strongest first, "
        "best epoch. Blue is negative, orange positive; each layer has its own scale.",
        "; ".join(sentences) + ".",
        origin([run], WEIGHTS),
        pictures=tuple(pictures),
    )


def explained(run: Run, name: str, model: nn.Module, data: Dataset) -> tuple[Figure, Table]:
    """The first EXPLAINED validation images explained by METHOD, with the checks of these explanations."""
    pixels, labels = data.validation.pixels[:EXPLAINED], data.validation.labels[:EXPLAINED]
    images, source = to_tensor(pixels), origin([run], WEIGHTS)
    layer = default_cam_layer(model, run.dataset.channels, run.dataset.size)
    result, probabilities = explain(METHOD, model, images, layer), predict(model, images)
    pictures, rows, sentences = [], [], []
    for index in range(len(pixels)):
        heat, target = result.map[index], int(result.target[index])
        true, predicted = data.classes[int(labels[index])], data.classes[target]
        overlaid = charts.upscale(charts.overlay(pixels[index], heat, 0.0, float(heat.max())), _factor(pixels[index]))
        pictures.append(Picture(f"image {index + 1}: {true}", _large(pixels[index])))
        pictures.append(Picture(f"predicted {predicted}", overlaid))
        random, deletion, insertion = _checks(model, images[index : index + 1], heat, layer, target)
        cells = [
            _computed(float(probabilities[index, target]), percent, source),
            _computed(random, correlation_text, source),
            _computed(deletion, number, source),
            _computed(insertion, number, source),
        ]
        rows.append((Cell(f"image {index + 1}"), Cell(f"{true} → {predicted}", source), *cells))
        because = f", {result.blank_because}" if result.blank[index] else ""
        sentences.append(f"image {index + 1} ({true}) is predicted as {predicted}{because}")
    height, width = result.resolution
    figure = Figure(
        f"explained-{run.id}",
        f"The first {len(pixels)} validation images, and what supports the predicted class according to Grad-CAM at "
        f"{known(run.network, layer)} ({height}×{width} pixels) of {name}, best epoch. Each map has its own scale.",
        _sentence(sentences),
        source,
        pictures=tuple(pictures),
    )
    table = Table(
        f"checks-{run.id}",
        f"Checks of the explanations of {name}",
        ("", "class → prediction", "probability", "correlation with random weights", "deletion", "insertion"),
        tuple(rows),
    )
    return figure, table


def correlation_text(value: float) -> str:
    """ "0.658 (similar)": a rank correlation, and whether the maps count as similar."""
    return f"{number(value)} (similar)" if changes(value) is False else number(value)


def _checks(model: nn.Module, image: Tensor, heat: np.ndarray, layer: str, target: int) -> tuple[float, float, float]:
    """Correlation with random weights, and the areas of deletion and insertion; NaN for a blank map."""
    curves = pixel_curves(model, image, heat, target)
    random = randomise(model, image, METHOD, layer, target).correlation[-1]
    return float(random), curves.deletion_area, curves.insertion_area


def _computed(value: float, write: Callable[[float], str], source: Origin) -> Cell:
    computed = Computed(value, write)
    return Cell(computed.text, source, computed) if np.isfinite(value) else Cell("blank map", source)


def _sentence(clauses: Sequence[str]) -> str:
    text = "; ".join(clauses)
    return f"{text[:1].upper()}{text[1:]}."


def _large(image: np.ndarray) -> np.ndarray:
    return charts.upscale(charts.rgb(image), _factor(image))


def _factor(image: np.ndarray) -> int:
    return max(1, 96 // image.shape[-1])
