"""The four steps of the lesson: each answers in a sentence and shows the evidence in one large picture."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.formatting import percent
from explorer.insights.attribution import METHODS
from explorer.insights.findings import shortcut as findings
from explorer.insights.shortcut import on_mark
from explorer.ui import cache, display, names, page, stage
from explorer.ui.shortcut.lesson import METHOD, Lesson, spread

SHOWN = 6
Step = Callable[[Lesson], None]


def looks_right(lesson: Lesson) -> None:
    """Show training images, and the curves, which show no fault."""
    right = 1 - lesson.validation.wrong.mean()
    page.verdict(findings.looks_right(names.of(lesson.run), right, len(lesson.validation)))
    images, curves = st.columns(2)
    with images:
        firsts = [int(np.flatnonzero(lesson.train.labels == label)[0]) for label in range(min(len(lesson.classes), 12))]
        pixels = charts.rgb(lesson.train.pixels[firsts])
        title = f"Training images of {len(firsts)} classes"
        if page.presenting():  # higher than wide; a grid of one image would be grey where its last row is not full
            with st.grid(page.square_on_stage(len(firsts), len(firsts)), min_column_width=60, gap="xsmall"):
                for each in pixels:
                    display.image(charts.upscale(each, _factor(lesson, 160)), title, "stretch")
        else:
            columns = 4 if len(firsts) % 5 else 5
            display.image(charts.grid(pixels, columns, factor=_factor(lesson, 96)), title, "stretch")
        stage.words("Training images, one of each class. What gives the class away?")
    with curves:
        display.chart(
            charts.accuracy_curves(cache.epochs([lesson.run]), present=page.presenting()), "Accuracy by epoch"
        )
        st.caption(
            "The validation images were collected with the training images and share their flaw: no curve shows it."
        )


def in_the_map(lesson: Lesson) -> None:
    """Show images with the mark of another class, each beside the map of its prediction."""
    maps = lesson.maps()
    covered = float(lesson.region.mean())
    page.verdict(findings.in_the_map(on_mark(maps, lesson.region), covered, len(maps), lesson.is_local))
    apart = np.flatnonzero(np.isin(lesson.explained, lesson.apart))
    which = apart[spread(len(apart), SHOWN)]
    with st.grid(3, min_column_width=240, gap="small"):
        for index, heat in zip(lesson.explained[which].tolist(), maps[which], strict=True):
            shown, ends = lesson.test_images.pixels[index], charts.limits(heat, signed=True)
            both = np.stack([charts.rgb(shown), charts.overlay(shown, heat, *ends, strength=1.0)])
            _captioned(
                lesson, index, charts.grid(both, 2, factor=_factor(lesson, 160)), "and the map of its prediction"
            )
    st.caption(
        f"{METHODS[METHOD].title}, each map on its own scale; orange supports the prediction, blue opposes it. A map "
        f"raises a suspicion but proves nothing."
    )


def in_the_mistakes(lesson: Lesson) -> None:
    """Show what is predicted when mark and image disagree, and the most confident mistakes."""
    page.verdict(findings.in_the_mistakes(lesson.reliance))
    reliance = lesson.reliance
    left, right = st.columns([1, 1] if page.presenting() else [2, 3])
    with left:
        other = max(0.0, 1 - reliance.mark - reliance.image)
        shares = {"the mark's class": reliance.mark, "the image's class": reliance.image, "another class": other}
        _bars(shares, "Predictions (%)")
        st.caption(f"{reliance.n:,} test images whose mark is another class's.")
    mistakes = lesson.test.surest_mistakes()
    few = 2 if page.presenting() else SHOWN  # one row of large images, beside large bars
    with right, st.grid(min(few, 3), min_column_width=130, gap="small"):
        for index in mistakes[spread(len(mistakes), few)].tolist():
            picture = charts.upscale(charts.rgb(lesson.test_images.pixels[index]), _factor(lesson, 160))
            _captioned(lesson, index, picture, "")
    st.caption("Mistakes on test images, from the most to the least confident: does the prediction follow the mark?")


def in_the_split(lesson: Lesson) -> None:
    """Show the accuracy when the mark helps, when it misleads, and without marks."""
    validation, test = (1 - float(of.wrong.mean()) for of in (lesson.validation, lesson.test))
    unmarked = lesson.unmarked()
    page.verdict(findings.in_the_split(validation, test, unmarked, len(lesson.classes)))
    shares = {
        "validation: marks tell the class": validation,
        "test: marks tell nothing": test,
        "test without marks": unmarked,
    }
    _bars(shares, "Images classified correctly (%)")
    st.caption(
        f"In the test split every mark is equally frequent in each of the {len(lesson.classes)} classes: a network "
        f"that reads only the mark is right for {percent(1 / len(lesson.classes))} of the images. Only data without "
        "the shortcut can prove that a network relies on it."
    )


STEPS: dict[int, tuple[str, Step]] = {
    1: ("The accuracy looks good", looks_right),
    2: ("Does the map show it?", in_the_map),
    3: ("What do the mistakes say?", in_the_mistakes),
    4: ("The split proves it", in_the_split),
}


def _factor(lesson: Lesson, side: int) -> int:
    return max(1, side // lesson.run.input_spec.size)


def _captioned(lesson: Lesson, index: int, picture: np.ndarray, what: str) -> None:
    shown, mark, predicted = (
        lesson.classes[int(of[index])] for of in (lesson.test.labels, lesson.marks, lesson.test.predicted_classes)
    )
    with st.container():
        display.image(picture, f"Class {shown} with the mark of {mark}, {what}", "stretch")
        stage.words(f"Image: {shown}. Mark: {mark}. Predicted: **{predicted}**.")


def _bars(shares: dict[str, float], axis: str) -> None:
    """`shares`: fractions by label."""
    table = pd.DataFrame({"label": list(shares), "share": [100 * share for share in shares.values()]})
    display.chart(charts.share_bars(table, axis, page.presenting()), f"{axis}, as bars")
