"""The four tests of an explanation as a page shows them: first the measured result, then its images."""

from dataclasses import dataclass, replace
from typing import TypeVar

import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.explanation import cascade_lines, pixel_lines, pointing_dots
from explorer.charts.formatting import number, percent
from explorer.insights.attribution import METHODS
from explorer.insights.explanation_checks import BASELINES, Cascade, Localisation
from explorer.insights.findings import explanation_checks as findings
from explorer.insights.findings.pointing import PointingResult, pointing
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, choices, compute, display, names, page, saving
from explorer.ui.explain import cam_layers, check_results, explanations
from explorer.ui.markdown import literal
from explorer.ui.pickers.input_image import InputImage

SIDE = 110  # minimum size of a small map in pixels
STEPS_A_ROW = 7
ON_STAGE, ROOM = (1, 2), 0.7  # widths of the chart and of the maps beside it; the height of their place by its width
QUICK = ("grad-cam", "hirescam", "saliency", "input-x-gradient", "guided-backprop")  # one or two passes an image
POINTING_NOTE = (
    "Dots: how often the highest pixel lies on the object, with its 95 % interval (Wilson). Grey: the object's share "
    "of the image, which a random map reaches. The table also gives the share of the map that lies on the object and "
    "the number of blank maps, in which nothing supports the class; a blank map counts as a miss. Each map explains "
    "the predicted class."
)
Found = TypeVar("Found")
TESTING = "testing-pointing"  # key of the session state: the visitor has started the pointing game


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
    lines, maps = st.columns(ON_STAGE) if page.presenting() else (st.container(), st.container())
    with lines:
        display.chart(
            cascade_lines(table, page.presenting()), "Rank correlation while layers are randomised", key="cascade"
        )
    with maps:
        row = STEPS_A_ROW
        if page.presenting():
            row = page.columns_on_stage([len(cascade.layers) for cascade in found.values()], ROOM)
        for checkpoint, *_ in tested.cases:
            page.run_heading(checkpoint.source)
            _steps(found[checkpoint.source.id], row)
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
                st.caption(f"{layer}  \n{number(value, 2)}" if layer else "trained")


def deletion_insertion(tested: Tested) -> None:
    """Replace the pixels that the map calls important: the probability should fall at once."""
    tested = _with_map(tested)
    baseline = choices.selectbox("Replace pixels with", list(BASELINES), "baseline")
    found = {args[0].source.id: check_results.curves(*args, baseline, tested.image) for args in tested.cases}
    page.verdict(findings.pixels(_named(tested, found)))
    rows = [
        pd.DataFrame({"run": run_id, "curve": name, "share": curves.share, "probability": getattr(curves, name)})
        for run_id, (curves, _) in found.items()
        for name in ("deletion", "insertion")
    ]
    display.chart(pixel_lines(pd.concat(rows), page.presenting()), "Deletion and insertion curves", key="pixels")
    st.caption(
        f"A good map has a small area under the deletion curve and a large area under the insertion curve. Removed "
        f"pixels are replaced with: {baseline}."
    )


def pointing_game(tested: Tested) -> None:
    """Show the pointing game for each method and model; only for data that come with masks of the object."""
    cases = [args for args in tested.cases if knows_the_object(args[0].source)]
    if not cases:
        page.stop_with("Choose a run on shapes or shapes-shortcut: only these data sets have a mask of the object.")
    methods = choices.multiselect(
        "Methods to test",
        list(METHODS),
        "pointing-methods",
        choices.Follows(lambda: list(dict.fromkeys([cases[0][1], *QUICK]))),
        lambda name: METHODS[name].title,
        hidden=page.presenting(),
    )
    tasks = [
        (weights, *method_and_layer)
        for weights, _, layer in cases
        for method_and_layer in _with_layers(weights.source, methods, layer)
    ]
    _go_on(tasks)
    tests = [
        (checkpoint.source, METHODS[method].title, found)
        for checkpoint, method, layer in tasks
        if (found := check_results.pointing(checkpoint, method, layer)) is not None
    ]
    if tests:
        _pointing_results(tests)


def _pointing_results(tests: list[tuple[WeightsSource, str, Localisation]]) -> None:
    """Show the findings, the chart and the table. `tests`: (network, title of the method, result)."""
    findings_of_runs = pointing(
        [
            PointingResult(
                f"{method} of {names.of(source)}",
                source.id,
                cache.data_of(source).fingerprint,
                found.hits,
                found.size.mean(),
            )
            for source, method, found in tests
        ]
    )
    for finding in findings_of_runs:
        page.verdict(finding.sentence)
    table = pd.DataFrame([_pointing_row(*test) for test in tests])
    display.chart(pointing_dots(table, page.presenting()), "Pointing game by method and run", key="pointing")
    saving.dataframe(
        {
            "run": table["run"].map(names.shown()),
            "method": table["method"],
            "test images": table["images"],
            "pointing game": table["pointing"].map(percent),
            "95 % interval": [
                f"{percent(a)} to {percent(b)}" for a, b in zip(table["low"], table["high"], strict=True)
            ],
            "map on the object": table["share"].map(percent),
            "blank maps": table["blank"],
            "area of the object": table["chance"].map(percent),
        },
        hide_index=True,
        alt="Pointing game and share inside the mask of each method and run",
    )
    st.caption(f"{POINTING_NOTE} The rule of the sentence above: {findings_of_runs[0].rule}")


def _pointing_row(source: WeightsSource, method: str, found: Localisation) -> dict[str, object]:
    low, high = found.interval
    return {
        "run": source.id,
        "method": method,
        "images": len(found.hits),
        "low": low,
        "high": high,
        "pointing": found.pointing,
        "share": found.mean_share,
        "chance": found.size.mean(),
        "blank": found.blank,
    }


def knows_the_object(source: WeightsSource) -> bool:
    """Whether the run's test images come with masks of what they show."""
    return source.has_history and cache.data_of(source).test.masks is not None


def _with_layers(source: WeightsSource, methods: list[str], chosen: str | None) -> list[tuple[str, str | None]]:
    """Each method that applies to the run's network, with its layer: the chosen one if there is one."""
    layer = chosen or (compute.cam_layer(source) if cam_layers.has_maps(source) else None)
    possible = [method for method in methods if compute.why_not(source, method) is None]
    return [(method, layer if METHODS[method].needs_layer else None) for method in possible]


def _go_on(tasks: list[tuple[Checkpoint, str, str | None]]) -> None:
    """Explain the remaining images, from a click until all are done or the visitor stops it."""
    found = [check_results.pointing(*task) for task in tasks]
    left = [
        task
        for task, result in zip(tasks, found, strict=True)
        if result is None or len(result.hits) < check_results.IMAGES
    ]
    if not left:
        return
    slot = st.empty()
    if not st.session_state.get(TESTING):
        label = "Continue" if any(result is not None for result in found) else f"Test {check_results.IMAGES} images"
        slot.button(label, type="primary", icon=":material/play_arrow:", on_click=_set_testing, args=(True,))
        return
    st.button("Stop", icon=":material/stop:", on_click=_set_testing, args=(False,))
    for index, task in enumerate(left):

        def progress(part: float, text: str, index: int = index) -> None:
            slot.progress((index + part) / len(left), literal(text))

        check_results.go_on_pointing(*task, progress)
    _set_testing(False)
    st.rerun()


def _set_testing(on: bool) -> None:
    st.session_state[TESTING] = on


def infidelity_sensitivity(tested: Tested) -> None:
    """Show two figures of captum.metrics."""
    tested = _with_map(tested)
    found = {args[0].source.id: check_results.robust(*args, tested.image) for args in tested.cases}
    page.verdict(findings.noise(_named(tested, found)))
    st.caption(
        "Infidelity: the mean squared error, in squared logits, of the change that the map predicts for 50 images with "
        "noise of 0.1 of the brightness range. Sensitivity: the largest relative change of the map over 10 images with "
        "noise of at most 0.02, too weak to see. Lower is better for both. Compare methods on one run, not runs with "
        "each other."
    )
