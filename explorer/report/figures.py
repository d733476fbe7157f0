"""The charts of a report, with captions and text alternatives."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from explorer import charts
from explorer.charts.formatting import number, percent
from explorer.insights.findings.mistakes import most_often
from explorer.insights.gradients import first_to_last_ratio, known_table, norms_at_epoch
from explorer.report.content import Figure
from explorer.report.origin import origin
from explorer.report.picture import svg
from explorer.runs import Run, epochs, steps

Names = dict[str, str]
THIN = "Thin: training, averaged over the epoch while the weights were changing; so it lags behind."


def curves(runs: Sequence[Run], names: Names, variants: Names) -> list[Figure]:
    """Loss and accuracy over epochs: one line per run, or for a study (`variants`: id → its variant) one band per
    variant."""
    frame = pd.concat([epochs([run.id], run.path.parent) for run in runs], ignore_index=True)
    source = origin(runs, "epochs.jsonl")
    if variants:
        frame["variant"] = frame["run"].map(variants)
        styles = f"Bold: validation, the mean over seeds with a band from the lowest to the highest. {THIN}"
        loss, accuracy = charts.loss_bands(frame), charts.accuracy_bands(frame)
    else:
        styles = f"Bold: validation. {THIN}"
        loss, accuracy = charts.loss_curves(frame), charts.accuracy_curves(frame)
    called = {} if variants else names
    losses = {run.id: float(frame.loc[frame["run"] == run.id, "validation_loss"].min()) for run in runs}
    accuracies = {run.id: run.best_validation_accuracy for run in runs if run.best_validation_accuracy is not None}
    lowest, highest = (
        _ranges(runs, variants or names, values, written)
        for values, written in ((losses, number), (accuracies, percent))
    )
    return [
        Figure(
            "loss",
            f"Loss over epochs, mean per image in nats. {styles}",
            f"Lowest validation loss of {lowest}.",
            source,
            svg(loss, called, "loss"),
        ),
        Figure(
            "accuracy",
            f"Accuracy over epochs. {styles}",
            f"Highest validation accuracy of {highest}.",
            source,
            svg(accuracy, called, "accuracy"),
        ),
    ]


def norm_frames(runs: Sequence[Run]) -> dict[str, pd.DataFrame]:
    """Id → the gradient norm of each of its parameters in its last epoch, with column `run`."""
    frames = {}
    for run in runs:
        history = steps(run.id, run.path.parent)
        table = norms_at_epoch(history, int(history.epoch[-1]), known_table(run.network))
        frames[run.id] = table.assign(run=run.id)
    return frames


def gradients(
    runs: Sequence[Run], names: Names, frames: dict[str, pd.DataFrame], by_place: bool = False
) -> list[Figure]:
    """Gradient norms by depth, all runs on one scale, then of every parameter. `by_place`: a run's dash follows its
    place among these, not its number."""
    every = pd.concat(frames.values(), ignore_index=True)
    limits = charts.norm_limits(every)
    flows = {run.id: first_to_last_ratio(steps(run.id, run.path.parent), known_table(run.network)) for run in runs}
    ratios = _each(runs, names, lambda run: number(flows[run.id].ratio))
    by_depth = Figure(
        "gradients",
        "Gradient norm of the weights by depth, the mean over the recorded steps of each run's last epoch.",
        f"The first layer's gradient as a multiple of the last one's, weights and biases together: {ratios}.",
        origin(runs, "steps.jsonl"),
        svg(charts.norm_profile(every), names, "gradients", list(frames) if by_place else ()),
    )
    return [by_depth] + [_parameters(run, names, frames[run.id], limits) for run in runs]


def _parameters(run: Run, names: Names, frame: pd.DataFrame, limits: tuple[float, float]) -> Figure:
    finite = frame[np.isfinite(frame["norm"])].sort_values("norm", kind="stable")
    sentence = "No norm is finite: the run diverged."
    if len(finite):
        smallest, largest = finite.iloc[0], finite.iloc[-1]
        sentence = (
            f"From {number(smallest['norm'])} ({smallest['parameter']}) to {number(largest['norm'])} "
            f"({largest['parameter']})."
        )
    return Figure(
        f"norms-{run.id}",
        f"Gradient norm of each parameter of {names[run.id]} in its last epoch, the first layer at the top. "
        "The scale is that of all runs.",
        sentence,
        origin([run], "steps.jsonl"),
        svg(charts.norm_bars(frame, limits=limits), names, f"norms-{run.id}"),
    )


def confusion(runs: Sequence[Run], names: Names) -> list[Figure]:
    """Which class each run takes for which, on one scale."""
    matrices = {run.id: np.array(run.record.test.confusion) for run in runs if run.record.test}
    matrices = {run_id: matrix for run_id, matrix in matrices.items() if matrix.size}
    if not matrices:
        return []
    one_scale = " All matrices have one colour scale." if len(matrices) > 1 else ""
    most = max(1, *(int((matrix - np.diag(np.diag(matrix))).max()) for matrix in matrices.values()))
    return [
        Figure(
            f"confusion-{run.id}",
            f"Confusion matrix of {names[run.id]} on the test images. Rows are the true classes, columns the predicted "
            f"ones; correct predictions are grey.{one_scale}",
            _most_confused(matrices[run.id], run.dataset.classes),
            origin([run], "run.json"),
            svg(charts.confusion_heat(matrices[run.id], run.dataset.classes, most=most), names, f"confusion-{run.id}"),
        )
        for run in runs
        if run.id in matrices
    ]


def _most_confused(matrix: np.ndarray, classes: Sequence[str]) -> str:
    wrong = matrix - np.diag(np.diag(matrix))
    if not wrong.any():
        return f"All {matrix.sum():,} images are correct."
    return f"{wrong.sum():,} of {matrix.sum():,} images are wrong; the network {most_often(matrix, classes)}."


def _ranges(runs: Sequence[Run], names: Names, values: dict[str, float], written: Callable[[float], str]) -> str:
    """ "2 layers: 2.06 to 2.08; 4 layers: 1.13": the values of all runs with the same name."""
    of_name: dict[str, list[float]] = {}
    for run in runs:
        of_name.setdefault(names[run.id], []).append(values.get(run.id, np.nan))
    texts = []
    for name, of_runs in of_name.items():
        ends = list(dict.fromkeys(written(value) for value in (min(of_runs), max(of_runs))))
        texts.append(f"{name}: {' to '.join(ends)}")
    return "; ".join(texts)


def _each(runs: Sequence[Run], names: Names, say: Callable[[Run], str]) -> str:
    return "; ".join(f"{names[run.id]}: {say(run)}" for run in runs)
