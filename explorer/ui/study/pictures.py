"""The small picture on a study's card: the kind of chart that answers the study, from finished runs or as a sketch.

Drawn without torch and pandas, so that the cards appear early.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from explorer.charts import thumbnails
from explorer.charts.formatting import number, percent
from explorer.charts.palette import NEUTRAL, colour, dash, dash_at
from explorer.charts.thumbnails import Line
from explorer.runs import Run
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.wording import way_to_start
from explorer.studies import Study
from explorer.training.config import SCRATCH
from explorer.ui import cache
from explorer.ui.home import gradient_norms

POINTS = 40  # along the loss of single steps
BOLD, THIN = 3, 1.5  # strokes; thin curves stand behind the others and show the training images
HIGHEST = 2  # times the loss of random guessing; beyond it a curve leaves the picture
two_digits = partial(number, digits=2)
Values = Sequence[float | None]
Variants = dict[str, list[Run]]  # variant → its finished runs


@dataclass(frozen=True)
class Kind:
    """`of(runs)`: the bold curve of one variant's runs, then thin ones behind it; empty if the runs lack it.
    `drawn(share of the way, nth variant)`: a point of a sketch, which says nothing about which variant is which."""

    words: str  # what is drawn, for the line below the picture
    of: Callable[[list[Run]], list[Values]]
    drawn: Callable[[float, int], float]
    log: bool = False
    dots: bool = False  # a row of dots for each variant instead of a curve
    behind: Callable[[float], float] | None = None  # in a sketch: the thin curve's value, given the bold one's
    text: Callable[[float], str] = two_digits  # formats a value
    length: Callable[[list[Run]], int] = lambda runs: 1  # of a variant's curve, relative to the others


@dataclass(frozen=True)
class Picture:
    """`names`: (variant, its colour, its dash); empty for a sketch."""

    svg: str
    words: str
    names: tuple[tuple[str, str, tuple[float, ...]], ...] = ()


def of(study: Study, variants: Variants) -> Picture:
    """A picture from the runs of each variant; a sketch if they have no data of this kind."""
    kind = KINDS[study.picture]
    ways = _by_way(variants) if study.sources else variants
    drawn = _drawn(study.picture, ways) if ways else ()
    values = [value for line in drawn for value in line.values if value is not None and math.isfinite(value)]
    if not values:
        return _sketch(kind, len(dict.fromkeys(_names(study))))
    svg = thumbnails.dots(drawn) if kind.dots else thumbnails.lines(drawn, log=kind.log)
    names = [(name, colour(runs[0].id), tuple(dash(runs[0].id))) for name, runs in ways.items()]
    ends = dict.fromkeys(kind.text(end(values)) for end in (min, max))
    return Picture(svg, f"{kind.words}, {' to '.join(ends)}, from your runs", tuple(names))


def _names(study: Study) -> list[str]:
    """The names of the lines in a picture: the variants, or in a study with a source the ways to start."""
    variants = study.variants_at(quick=True)
    return [way_to_start(one.training.get("tune", SCRATCH)) if study.sources else one.name for one in variants]


def _by_way(variants: Variants) -> Variants:
    ways: Variants = {}
    for runs in variants.values():
        for run in runs:
            ways.setdefault(way_to_start(run.config.training.tune), []).append(run)
    return ways


@st.cache_data(max_entries=64, show_spinner=False, hash_funcs=cache.keys(*cache.WHOLE_RUN))
def _drawn(name: str, variants: Variants) -> tuple[Line, ...]:
    """The curves of all variants, the front ones last; empty if a curve would have a single point."""
    kind, front, behind = KINDS[name], [], []
    longest = max(kind.length(runs) for runs in variants.values())
    for runs in variants.values():
        drawn_as, reach = (colour(runs[0].id), dash(runs[0].id)), kind.length(runs) / max(longest, 1)
        for place, values in enumerate(kind.of(runs)):
            (behind if place else front).append(Line(values, *drawn_as, THIN if place else BOLD, reach))
    enough = 0 if kind.dots else 1
    return tuple(behind + front) if max((len(line.values) for line in front), default=0) > enough else ()


def _sketch(kind: Kind, variants: int) -> Picture:
    shares = np.linspace(0, 1, 3 if kind.dots else POINTS)
    rows = []
    for nth in range(variants):
        values = [kind.drawn(float(share), nth) for share in shares]
        drawn_as = NEUTRAL, dash_at(nth)
        if kind.behind:
            rows.append(Line([kind.behind(value) for value in values], *drawn_as, THIN))
        rows.append(Line(values, *drawn_as))
    svg = thumbnails.dots(rows) if kind.dots else thumbnails.lines(rows, log=kind.log)
    return Picture(thumbnails.sketch(svg), kind.words)


def _epochs(*columns: str) -> Callable[[list[Run]], list[Values]]:
    """A function of one variant's runs: the mean over seeds of these columns of epochs.jsonl, the first column in
    front."""

    def of(runs: list[Run]) -> list[Values]:
        rows = [epoch_rows(run) for run in runs]
        fewest = min(map(len, rows))
        return [
            _mean(
                [[row[column] if row.get(column) is not None else math.nan for row in of_run] for of_run in rows],
                fewest,
            )
            for column in columns
        ]

    return of


def _mean(curves: list[list[float]], length: int) -> Values:
    return np.mean([curve[:length] for curve in curves], axis=0).tolist()


def _error(runs: list[Run]) -> list[Values]:
    (accuracy,) = _epochs("train_accuracy")(runs)
    return [[1 - value for value in accuracy if value is not None]]


def _steps(runs: list[Run]) -> list[Values]:
    """The loss of single steps, each point the mean over its neighbours and over seeds."""
    fewest = _step_count(runs)
    if fewest < 2:
        return []
    mean = np.mean([cache.steps(run).loss[:fewest] for run in runs], axis=0)
    highest = HIGHEST * math.log(max(len(runs[0].input_spec.classes), 2))
    return [[min(float(part.mean()), highest) for part in np.array_split(mean, min(POINTS, fewest))]]


def _step_count(runs: list[Run]) -> int:
    return min(len(cache.steps(run).loss) for run in runs)


def _layers(runs: list[Run]) -> list[Values]:
    """The gradient norm of each layer in the last epoch of the first seed."""
    epoch, norms = gradient_norms.of_weights(runs[0])
    return [np.mean(norms[epoch == epoch[-1]], axis=0).tolist()] if len(epoch) else []


def _norms(runs: list[Run]) -> list[Values]:
    """The mean gradient norm of each epoch, of the first seed."""
    epoch, norms = gradient_norms.of_weights(runs[0])
    return [[float(norms[epoch == number].mean()) for number in np.unique(epoch)]] if norms.size else []


def _tested(runs: list[Run]) -> list[Values]:
    return [[run.test_accuracy for run in runs]]


def _shares(runs: list[Run]) -> list[Values]:
    """The test accuracy at each share of the images, the smallest first, mean over seeds."""
    at: dict[float, list[float]] = {}
    for run in runs:
        if run.test_accuracy is not None:
            at.setdefault(run.config.training.fraction, []).append(run.test_accuracy)
    return [[float(np.mean(at[share])) for share in sorted(at)]]


def _wave(share: float, nth: int) -> float:
    """A noise that is the same every time."""
    return math.sin(97 * share + 5 * nth) + math.sin(41 * share * share + 3 * nth)


def _falling(share: float, nth: int) -> float:
    return 0.12 * nth + math.exp(-(4 - 0.6 * nth) * share)


KINDS: dict[str, Kind] = {
    "loss": Kind(
        "Loss by epoch (bold: validation, thin: training)",
        _epochs("validation_loss", "train_loss"),
        _falling,
        behind=lambda value: 0.8 * value - 0.05,
    ),
    "accuracy": Kind(
        "Validation accuracy by epoch",
        _epochs("validation_accuracy"),
        lambda share, nth: 1 - _falling(share, nth),
        text=percent,
    ),
    "training error": Kind("Error on the training images by epoch", _error, _falling, text=percent),
    "steps": Kind(
        "Training loss, step by step (log scale)",
        _steps,
        lambda share, nth: 0.1 + _falling(share, nth) + 0.05 * _wave(share, nth),
        log=True,
        length=_step_count,
    ),
    "gradients": Kind(
        "Gradient norm of each layer, first to last (log scale)",
        _layers,
        lambda share, nth: 10 ** (-(1 - share) * nth),
        log=True,
    ),
    "norms": Kind(
        "Mean gradient norm by epoch (log scale)",
        _norms,
        lambda share, nth: (1 + nth) * (1 - 0.7 * share**0.5),
        log=True,
    ),
    "test": Kind(
        "Test accuracy of each run",
        _tested,
        lambda share, nth: 0.2 * math.sin(2 + 3 * nth) + 0.1 * share,
        dots=True,
        text=percent,
    ),
    "shares": Kind(
        "Test accuracy by share of the images",
        _shares,
        lambda share, nth: 1 - math.exp(-(1 + 1.2 * nth) * (0.3 + share)),
        text=percent,
    ),
}
