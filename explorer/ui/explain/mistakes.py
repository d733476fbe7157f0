"""The parts of the Mistakes page: each says what it found, then shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from explorer import charts
from explorer.charts.confusion import CELL, FEW
from explorer.charts.formatting import percent
from explorer.insights.findings import mistakes as findings
from explorer.insights.mistakes import BINS, Predictions, calibration, class_table, confused_pairs, disagreement
from explorer.runs import Run
from explorer.ui import choices, display, names, page, saving
from explorer.ui.explain import gallery
from explorer.ui.markdown import literal

PAIRS = 10


@dataclass(frozen=True)
class EvaluatedRun:
    """A run and its predictions for the images of a split."""

    run: Run
    predictions: Predictions
    split: str

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that the network knows."""
        return self.run.input_spec.classes

    @property
    def confusion(self) -> np.ndarray:
        """int (classes, classes): true class by predicted class."""
        return self.predictions.confusion(len(self.classes))

    def predicted(self, index: int) -> str:
        """The predicted class of an image and its confidence."""
        predicted, confidence = self.predictions.predicted_classes[index], self.predictions.confidence[index]
        return f"{self.classes[int(predicted)]} ({percent(float(confidence))})"

    def caption(self, index: int) -> str:
        """The caption below an image."""
        return f"{self.classes[int(self.predictions.labels[index])]}, predicted {self.predicted(index)}"


def summary(evaluated: list[EvaluatedRun]) -> str:
    """Which class each run most often takes for which other and, after a line break, how many images it gets wrong."""
    in_words, clauses = [], []
    for of_run in evaluated:
        name = names.of(of_run.run)
        in_words.append(findings.answer(name, of_run.predictions, of_run.classes))
        clauses.append(findings.summary(name, of_run.predictions, of_run.split))
    return f"{'; '.join(in_words)}.\n{'; '.join(clauses)}."


def confusion(evaluated: list[EvaluatedRun]) -> None:
    """Show which class is taken for which, and the images of the cell or pair that was clicked."""
    picture, options = page.picture_first()
    with options:
        normalised = choices.toggle("As a percentage of each true class", "normalised", hidden=page.presenting())
    same = len({of_run.run.dataset.fingerprint for of_run in evaluated}) == 1
    most = max(_largest(of_run.confusion, normalised) for of_run in evaluated) if same or normalised else 0.0
    for column, of_run in zip(picture.columns(len(evaluated)), evaluated, strict=True):
        with column:
            page.run_heading(of_run.run)
            _matrix(of_run, normalised, most or None)


def _largest(confusion: np.ndarray, normalised: bool) -> float:
    """The largest count of images of a class that are taken for one other class, or the largest share in per cent."""
    wrong = confusion * (1 - np.eye(len(confusion)))
    return float((100 * wrong / np.maximum(confusion.sum(axis=1, keepdims=True), 1) if normalised else wrong).max())


def _matrix(of_run: EvaluatedRun, normalised: bool, most: float | None) -> None:
    """Show one matrix. `most`: the end of the colour scale; None for the matrix's own largest mistake."""
    counts, chart, cell = of_run.confusion, f"confusion-{of_run.run.id}", f"cell-{of_run.run.id}"

    def clicked(point: dict[str, Any]) -> None:
        if all(type(point.get(name)) is int for name in ("true_class", "predicted_class")):
            st.session_state[cell] = point["true_class"], point["predicted_class"]

    matrix = charts.confusion_heat(counts, of_run.classes, normalised, page.presenting(), most)
    alt = f"Confusion matrix of {names.of(of_run.run)}"
    display.clickable(display.specification(matrix), alt, chart, CELL, clicked, [_as_table(counts, of_run.classes)])
    if page.presenting():
        return
    pairs = confused_pairs(counts).head(PAIRS)
    if pairs.empty:
        st.success(literal(f"{names.of(of_run.run)} classifies every image correctly."), icon=":material/check:")
        return
    true, predicted = st.session_state.get(cell, (int(pairs["true"][0]), int(pairs["predicted"][0])))
    if 0 <= true < len(of_run.classes) and 0 <= predicted < len(of_run.classes):
        _images_of_cell(of_run, true, predicted)
        _pairs_table(of_run, pairs, cell)


def _as_table(counts: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """A row for each true class, with its name first, and a column for each predicted one."""
    return (
        pd.DataFrame(counts, columns=list(classes)).set_axis(pd.Index(classes, name="true ↓ predicted →")).reset_index()
    )


def _images_of_cell(of_run: EvaluatedRun, true: int, predicted: int) -> None:
    which = of_run.predictions.of_cell(true, predicted)
    outcome = "right" if true == predicted else f"predicted {of_run.classes[predicted]}"
    count = f"{len(which):,} of {of_run.confusion[true].sum():,} images"
    st.markdown(f"**{literal(f'{of_run.classes[true]}, {outcome}: {count}')}**, most confident first")
    gallery.show([of_run.run], of_run.split, which, of_run.predicted, f"cell-image-{of_run.run.id}")


def _pairs_table(of_run: EvaluatedRun, pairs: pd.DataFrame, cell: str) -> None:
    """Show one row per pair; selecting one stores it in the session under `cell`, and its images are shown."""
    table, classes = f"pairs-{of_run.run.id}", np.array(of_run.classes, dtype=object)

    def row_clicked() -> None:
        for row in saving.selected_rows(st.session_state[table], len(pairs))[:1]:
            st.session_state[cell] = int(pairs["true"][row]), int(pairs["predicted"][row])

    st.markdown(f"**The {len(pairs)} most confused pairs**; choose a row to see its images.")
    saving.dataframe(
        {
            "true class": classes[pairs["true"]],
            "predicted": classes[pairs["predicted"]],
            "images": pairs["count"].to_numpy(),
            "% of the true class": [percent(value) for value in pairs["share"]],
            "in reverse": pairs["back"].to_numpy(),
        },
        hide_index=True,
        key=table,
        on_select=row_clicked,
        selection_mode="single-row",
        alt=f"The most confused pairs of {names.of(of_run.run)}",
    )


def confident(evaluated: list[EvaluatedRun]) -> None:
    """Show where a run is wrong and most confident."""
    for of_run in evaluated:
        page.run_heading(of_run.run)
        st.markdown(literal(findings.confidence(of_run.predictions, of_run.split)))
        which = of_run.predictions.surest_mistakes()
        if not len(which):
            continue
        gallery.show([of_run.run], of_run.split, which, of_run.caption, f"confident-{of_run.run.id}")


def calibrated(evaluated: list[EvaluatedRun]) -> None:
    """Show whether a probability of 90 % means that 90 % are right."""
    found = {of_run.run.id: calibration(of_run.predictions) for of_run in evaluated}
    text = "; ".join(findings.calibration(names.of(of_run.run), found[of_run.run.id]) for of_run in evaluated)
    st.markdown(literal(f"{text[0].upper()}{text[1:]}."))
    rows = pd.concat([result.bins.assign(run=run_id) for run_id, result in found.items()])
    display.chart(charts.reliability(rows, page.presenting()), "Calibration diagram of each run", key="reliability")
    st.caption(
        f"The images are sorted by the probability of the predicted class into {BINS} bins of equal width; a larger "
        "point means more images. On the dashed line, confidence equals accuracy; below it, the run is overconfident. "
        f"Thin lines: the 95 % interval of a bin's accuracy (Wilson). A bin of fewer than {FEW} images is a hollow "
        "point that no line joins to its neighbours. "
        "The expected calibration error is the distance to the line, averaged over the images: Σ (images in the bin / "
        "all images) · |accuracy − mean probability|. Guo et al. 2017, On Calibration of Modern Neural Networks."
    )


def by_class(evaluated: list[EvaluatedRun]) -> None:
    """Show precision and recall of each class, with the counts behind them."""
    share = partial(st.column_config.ProgressColumn, width=115, format="%.1f %%", min_value=0, max_value=100)
    for column, of_run in zip(st.columns(len(evaluated)), evaluated, strict=True):
        with column:
            page.run_heading(of_run.run)
            table = class_table(of_run.confusion)
            st.markdown(
                f"Accuracy {percent(float((~of_run.predictions.wrong).mean()))}, balanced accuracy (the mean recall of "
                f"the classes) **{percent(float(table['recall'].mean()))}**."
            )
            shares = {name: 100 * table.pop(name) for name in ("precision", "recall")}  # first: a phone is narrow
            saving.dataframe(
                pd.DataFrame({"class": of_run.classes, **shares, **table}),
                hide_index=True,
                column_config={
                    "images": st.column_config.NumberColumn(help="Images of this class."),
                    "predictions": st.column_config.NumberColumn(
                        help="Images that the run predicts to be of this class."
                    ),
                    "right": st.column_config.NumberColumn(
                        help="Images of this class that the run classifies correctly."
                    ),
                    "precision": share(help="correct / all predictions of this class"),
                    "recall": share(help="correct / all images of this class"),
                },
                alt=f"Precision and recall of each class, {names.of(of_run.run)}",
            )


def together(evaluated: list[EvaluatedRun]) -> None:
    """Show which images two models get wrong, alone or together."""
    if len(evaluated) < 2:
        page.stop_with("Choose two runs above to compare them image by image.")
    a, b = evaluated
    if a.run.dataset.fingerprint != b.run.dataset.fingerprint:
        page.stop_with("These two runs were trained on different data: choose two runs on the same images above.")
    found = disagreement(a.predictions.wrong, b.predictions.wrong)
    first, second = names.of(a.run), names.of(b.run)
    groups = {"first": found.only_a, "second": found.only_b, "both": found.both}
    labels = {"first": f"only {first}", "second": f"only {second}", "both": "both"}
    st.markdown(literal(findings.comparison(first, second, found)))
    who = choices.segmented("Misclassified by", list(groups), "by", format_func=lambda name: literal(labels[name]))
    which = groups[who]
    if not len(which):
        st.info("No such image.", icon=":material/check:")
        return
    gallery.show(
        [a.run, b.run],
        a.split,
        which,
        lambda index: (
            f"{a.classes[int(a.predictions.labels[index])]}; {first} predicts {a.predicted(index)}, {second} "
            f"{b.predicted(index)}"
        ),
        "together",
    )
