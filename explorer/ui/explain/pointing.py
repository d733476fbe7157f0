"""The pointing game as a page shows it: at first what it measures, on one image; then its result over many."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer import charts
from explorer.charts.explanation import pointing_dots
from explorer.charts.formatting import percent
from explorer.insights.attribution import METHODS
from explorer.insights.explanation_checks import Localisation, localise
from explorer.insights.findings.pointing import PointingResult, pointing
from explorer.runs import Checkpoint, WeightsSource
from explorer.ui import cache, choices, compute, display, names, page, predictions, saving, stage
from explorer.ui.explain import cam_layers, check_results
from explorer.ui.markdown import literal
from explorer.ui.pickers.image import sample

Example = tuple[str, np.ndarray]  # what it shows, and the drawn map
Case = tuple[Checkpoint, str, str | None]  # weights, method, layer
QUICK = ("grad-cam", "hirescam", "saliency", "input-x-gradient", "guided-backprop")  # one or two passes an image
NOTE = (
    "Dots: how often the highest pixel lies on the object, with its 95 % interval (Wilson). Grey: the object's share "
    "of the image, which a random map reaches. The table also gives the share of the map that lies on the object and "
    "the number of blank maps, in which nothing supports the class; a blank map counts as a miss. Each map explains "
    "the predicted class."
)
EXAMPLE_NOTE = "White: the outline of the object. Cross: the highest pixel of the map. Each map on a scale of its own."
IN_A_ROW = 7  # examples, on the page
TESTING = "testing-pointing"  # key of the session state: the visitor has started the test


@dataclass(frozen=True)
class Result:
    """The pointing game of one method on one network."""

    source: WeightsSource
    method: str  # its title
    found: Localisation


def show(cases: list[Case]) -> None:
    """Show the pointing game for each method and network; only for data that come with masks of the object."""
    cases = [case for case in cases if _knows_the_object(case[0].source)]
    if not cases:
        page.stop_with("Choose a run on shapes or shapes-shortcut: only these data sets have a mask of the object.")
    tasks = cases_of(cases, QUICK)
    if not tasks:
        page.stop_with("Choose at least one method that can explain the networks.")
    results = [
        Result(weights.source, METHODS[method].title, found)
        for weights, method, layer in tasks
        if (found := check_results.pointing(weights, method, layer)) is not None
    ]
    start = stage.kept("pointing")
    if results:
        _show_results(results)
    else:
        _show_example(tasks)
    with start:
        _go_on(tasks)


def cases_of(cases: list[Case], at_first: tuple[str, ...]) -> list[Case]:
    """Let the visitor choose the methods to test, at first the one of the first case and `at_first`; each that applies
    to a case's network, with its layer: the case's if it has one."""
    methods = choices.multiselect(
        "Methods to test",
        list(METHODS),
        "pointing-methods",
        choices.Follows(lambda: list(dict.fromkeys([cases[0][1], *at_first]))),
        lambda name: METHODS[name].title,
        hidden=page.presenting(),
    )
    return [
        (weights, method, _layer(weights.source, layer) if METHODS[method].needs_layer else None)
        for weights, _, layer in cases
        for method in methods
        if compute.why_not(weights.source, method) is None
    ]


def _layer(source: WeightsSource, chosen: str | None) -> str | None:
    return chosen or (compute.cam_layer(source) if cam_layers.has_maps(source) else None)


def _knows_the_object(source: WeightsSource) -> bool:
    """Whether the run's test images come with masks of what they show."""
    return source.has_history and cache.data_of(source).test.masks is not None


def _show_example(tasks: list[Case]) -> None:
    """Show where the maps of the first test image point."""
    hits: list[bool] = []
    groups: dict[str, list[Example]] = {}
    for weights, method, layer in tasks:
        data = cache.data_of(weights.source)
        image = sample(data, predictions.TEST, 0)
        heat = compute.attribution(method, weights, layer, None, None, image).map[0]
        assert data.test.masks is not None
        mask = data.test.masks[0]
        hits.append(bool(localise(heat[None], mask[None]).hits[0]))
        pixels = image.prepared(weights.input_spec)
        alone = [("The object", charts.highest_pixel(pixels, 0 * heat, mask))]
        where = f"{METHODS[method].title}: {'on the object' if hits[-1] else 'beside it'}"
        groups.setdefault(weights.source.id, alone).append((where, charts.highest_pixel(pixels, heat, mask)))
    page.verdict(
        f"Not tested yet: on one image, {sum(hits)} of {len(hits)} maps point at the object.\n"
        f"It is the first test image and says nothing about others: test {check_results.IMAGES}."
    )
    sources, row = {weights.source.id: weights.source for weights, *_ in tasks}, IN_A_ROW
    places: Sequence[AbstractContextManager] = [nullcontext()] * len(groups)
    if page.presenting():
        row, _ = page.images_on_stage([len(group) for group in groups.values()], 1)
        places = st.columns(len(groups), gap="medium")
    for place, (run_id, group) in zip(places, groups.items(), strict=True):
        with place:
            page.run_heading(sources[run_id])
            _examples(group, row)
    st.caption(EXAMPLE_NOTE)


def _examples(group: list[Example], row: int) -> None:
    """Show the maps of one network, at most `row` in a row."""
    with st.grid(row, min_column_width=22 if page.presenting() else 110, gap="small"):
        for label, drawn in group:
            with st.container():
                display.image(drawn, label, width="stretch")
                stage.words(label)


def _show_results(results: list[Result]) -> None:
    """Show the findings, the chart and the table."""
    findings = pointing(
        [
            PointingResult(
                f"{result.method} of {names.of(result.source)}",
                result.source.id,
                cache.data_of(result.source).fingerprint,
                result.found.hits,
                result.found.size.mean(),
            )
            for result in results
        ]
    )
    for finding in findings:
        page.verdict(finding.sentence, of=len(findings))
    table = pd.DataFrame([_row(result) for result in results])
    display.chart(pointing_dots(table, page.presenting()), "Pointing game by method and run", key="pointing")
    if page.presenting():
        return
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
    st.caption(f"{NOTE} The rule of the sentence above: {findings[0].rule}")


def _row(result: Result) -> dict[str, object]:
    found, (low, high) = result.found, result.found.interval
    return {
        "run": result.source.id,
        "method": result.method,
        "images": len(found.hits),
        "low": low,
        "high": high,
        "pointing": found.pointing,
        "share": found.mean_share,
        "chance": found.size.mean(),
        "blank": found.blank,
    }


def _go_on(tasks: list[Case]) -> None:
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
        check_results.go_on_pointing(*task, _progress(slot, index, len(left)))
    _set_testing(False)
    st.rerun()


def _progress(slot: DeltaGenerator, index: int, count: int) -> Callable[[float, str], None]:
    def progress(part: float, text: str) -> None:
        slot.progress((index + part) / count, literal(text))

    return progress


def _set_testing(on: bool) -> None:
    st.session_state[TESTING] = on
