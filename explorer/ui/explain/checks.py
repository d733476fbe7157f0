"""The four tests of an explanation as a page shows them: first the measured result, then its images."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.explanation import cascade_lines, noise_dots, pixel_lines
from explorer.charts.formatting import number
from explorer.insights.attribution import METHODS
from explorer.insights.explanation_checks import BASELINES, Cascade, Robustness
from explorer.insights.findings import explanation_checks as findings
from explorer.runs import Checkpoint
from explorer.ui import choices, compute, display, names, page, stage
from explorer.ui.explain import check_results, explanations, pointing
from explorer.ui.markdown import literal
from explorer.ui.pickers.input_image import InputImage

SIDE = 110  # minimum size of a small map in pixels
STEPS_A_ROW = 7
MOST_ON_STAGE, BESIDE = 8, 2 / 3  # maps of all networks together, and how much of the width they take beside the chart
NOISE_TESTED = ("grad-cam", "saliency", "guided-backprop")  # whose maps of 10 images take a moment
PIXEL_TITLES = {
    "deletion": "Deletion: should fall at once",
    "insertion": "Insertion: should rise at once",
}
Found = TypeVar("Found")


@dataclass(frozen=True)
class Tested:
    """What is tested: one method on one image, for some runs, each with its layer."""

    cases: list[tuple[Checkpoint, str, str | None]]  # weights, method, layer
    image: InputImage


def _with_map(tested: Tested) -> Tested:
    """The cases whose map is not blank. Says which maps are blank; if all are, the page ends."""
    left = []
    for checkpoint, method, layer in tested.cases:
        result = compute.attribution(method, checkpoint, layer, None, None, tested.image)
        if result.blank[0]:
            where, source = f" at `{names.layer(checkpoint.source, layer)}`" if layer else "", checkpoint.source
            st.info(
                f"{METHODS[method].title} of {literal(names.of(source))}{where}: {result.blank_because}, so nothing "
                f"supports {literal(explanations.class_of(source, result))}. This is a result, but it leaves nothing "
                "to test.",
                icon=":material/info:",
            )
        else:
            left.append((checkpoint, method, layer))
    if not left:
        page.stop_with("Choose another layer, method or image above.")
    return Tested(left, tested.image)


def _named(tested: Tested, found: dict[str, Found]) -> dict[str, Found]:
    """The results by the run's name instead of its id."""
    return {names.of(checkpoint.source): found[checkpoint.source.id] for checkpoint, *_ in tested.cases}


def parameter_randomisation(tested: Tested) -> None:
    """Randomise the network layer by layer: the map must change when the network loses what it has learned."""
    tested = _with_map(tested)
    found = {args[0].source.id: _cascade(args, tested.image) for args in tested.cases}
    method = METHODS[tested.cases[0][1]].title
    page.verdict(findings.randomisation(method, _named(tested, found)))
    rows = [
        (run_id, step, layer or "trained", value)
        for run_id, cascade in found.items()
        for step, (layer, value) in enumerate(zip(cascade.layers, cascade.correlation, strict=True))
    ]
    table = pd.DataFrame(rows, columns=["run", "step", "layer", "correlation"])
    shown = {
        run_id: _spread(cascade, len(found)) if page.presenting() else cascade for run_id, cascade in found.items()
    }
    row, wide = page.images_on_stage([len(cascade.layers) for cascade in shown.values()], BESIDE)
    lines, maps = st.columns([1 - wide, wide]) if page.presenting() else (st.container(), st.container())
    with lines:
        display.chart(
            cascade_lines(table, page.presenting()), "Rank correlation while layers are randomised", key="cascade"
        )
    with maps:
        places = st.columns(len(shown), gap="medium") if page.presenting() else [maps] * len(shown)
        for place, (checkpoint, *_) in zip(places, tested.cases, strict=True):
            with place:
                page.run_heading(checkpoint.source)
                _steps(shown[checkpoint.source.id], row if page.presenting() else STEPS_A_ROW)
    st.caption(
        "The first map is the trained network's; each further map is one step of randomisation. Below it: the layer "
        "down to which the weights are random, and the rank correlation with the first map. One scale per run. One "
        "image, one random draw."
    )


def first_test(tested: Tested) -> str:
    """The test to begin with: parameter randomisation, or deletion where that has no answer for any network, because
    the map of random weights is blank."""
    cases = [case for case in tested.cases if not compute.attribution(*_of_map(case), tested.image).blank[0]]
    ends = [_cascade(case, tested.image).correlation[-1] for case in cases]
    tells = not ends or any(findings.changes(float(end)) is not None for end in ends)
    return "randomisation" if tells else "deletion"


def _of_map(case: tuple[Checkpoint, str, str | None]) -> tuple[str, Checkpoint, str | None, None, None]:
    """The arguments of `compute.attribution` for the predicted class."""
    checkpoint, method, layer = case
    return method, checkpoint, layer, None, None


def _cascade(case: tuple[Checkpoint, str, str | None], image: InputImage) -> Cascade:
    """The randomisation of one network, with the familiar names of its layers."""
    found = check_results.cascade(*case, image)
    return replace(found, layers=tuple(names.layer(case[0].source, layer) for layer in found.layers))


def _spread(cascade: Cascade, networks: int) -> Cascade:
    """Of many maps the first, the last, and some between them, as many as can be seen from the back of a classroom."""
    most = max(4, MOST_ON_STAGE // networks)
    kept = np.unique(np.linspace(0, len(cascade.layers) - 1, most).round().astype(int))
    layers = tuple(cascade.layers[place] for place in kept)
    return replace(cascade, layers=layers, correlation=cascade.correlation[kept], maps=cascade.maps[kept])


def _steps(cascade: Cascade, row: int) -> None:
    """Show the map after each step, all on one scale, at most `row` in a row."""
    low, high = charts.limits(cascade.maps, signed=True) if cascade.signed else (0.0, float(cascade.maps.max()))
    narrowest = SIDE // 5 if page.presenting() else SIDE  # the stage scales them to its width: keep them in one row
    with st.grid(row, min_column_width=narrowest, gap="small"):
        for heat, layer, value in zip(cascade.maps, cascade.layers, cascade.correlation, strict=True):
            tile = charts.tile(heat[None], 1, low, high, cascade.signed, max(1, SIDE // heat.shape[-1]))
            with st.container():
                display.image(
                    tile,
                    f"Map with random weights down to {layer}" if layer else "Map of the trained network",
                    width="stretch",
                )
                stage.words(f"{layer}  \n{number(value, 2)}" if layer else "trained")


def deletion_insertion(tested: Tested) -> None:
    """Replace the pixels that the map calls important: the probability should fall at once."""
    tested = _with_map(tested)
    baseline = choices.selectbox("Replace pixels with", list(BASELINES), "baseline")
    found = {args[0].source.id: check_results.curves(*args, baseline, tested.image) for args in tested.cases}
    page.verdict(findings.pixels(_named(tested, found)))
    for column, name in zip(st.columns(2), ("deletion", "insertion"), strict=True):
        rows = [
            pd.DataFrame({"run": run_id, "share": curves.share, "probability": getattr(curves, name)})
            for run_id, (curves, _) in found.items()
        ]
        with column:
            page.heading(PIXEL_TITLES[name])
            drawn = pixel_lines(pd.concat(rows), name, page.presenting())
            display.chart(drawn, f"{name.capitalize()} curves", key=f"pixels-{name}")
    st.caption(
        f"A good map has a small area under the deletion curve and a large area under the insertion curve. Removed "
        f"pixels are replaced with: {baseline}."
    )


def pointing_game(tested: Tested) -> None:
    """Show how often the highest pixel of a map lies on the object."""
    pointing.show(tested.cases)


def infidelity_sensitivity(tested: Tested) -> None:
    """Show two figures of captum.metrics for some methods."""
    tested = _with_map(tested)
    found: dict[str, dict[str, Robustness]] = {}
    rows = []
    for checkpoint, method, layer in pointing.cases_of(tested.cases, NOISE_TESTED):
        if compute.attribution(method, checkpoint, layer, None, None, tested.image).blank[0]:
            continue
        result, title = check_results.robust(checkpoint, method, layer, tested.image), METHODS[method].title
        found.setdefault(names.of(checkpoint.source), {})[title] = result
        rows.append((checkpoint.source.id, title, result.infidelity, result.sensitivity))
    if not rows:
        page.stop_with("Choose a method above whose map is not blank.")
    page.verdict(findings.noise(found))
    table = pd.DataFrame(rows, columns=["run", "method", "infidelity", "sensitivity"])
    for column, name in zip(st.columns(2), ("infidelity", "sensitivity"), strict=True):
        with column:
            drawn = noise_dots(table, name, page.presenting())
            display.chart(drawn, f"{name.capitalize()} by method and run", key=f"noise-{name}")
    st.caption(
        "Infidelity: the mean squared error, in squared logits, of the change that the map predicts for 50 images with "
        "noise of 0.1 of the brightness range. Sensitivity: the largest relative change of the map over 10 images with "
        "noise of at most 0.02, too weak to see. Lower is better for both. Compare methods on one run, not runs with "
        "each other."
    )
