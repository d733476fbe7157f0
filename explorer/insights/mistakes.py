"""What a model gets wrong: which classes it confuses, how confident it is, and whether another model does better."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from explorer.insights.statistics import confusion_matrix, mcnemar

if TYPE_CHECKING:
    import pandas

BINS = 15  # of a calibration diagram, as in Guo et al. 2017


@dataclass(frozen=True)
class Predictions:
    """What a model predicts for N images whose classes are known."""

    labels: np.ndarray  # int64 (N,)
    predicted_classes: np.ndarray  # int64 (N,), the likeliest class
    confidence: np.ndarray  # float32 (N,), its softmax probability in [0, 1]

    @classmethod
    def of(cls, labels: np.ndarray, probabilities: np.ndarray) -> "Predictions":
        """`probabilities`: float (N, classes), from `predict`."""
        return cls(labels, probabilities.argmax(axis=1), probabilities.max(axis=1))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def wrong(self) -> np.ndarray:
        """bool (N,)"""
        return self.labels != self.predicted_classes

    def confusion(self, classes: int) -> np.ndarray:
        """int64 (classes, classes); rows are true classes, columns predicted ones."""
        return confusion_matrix(self.labels, self.predicted_classes, classes)

    def of_cell(self, true: int, predicted: int) -> np.ndarray:
        """The images of one cell of the confusion matrix, int64, the most confident prediction first."""
        return self._surest_first((self.labels == true) & (self.predicted_classes == predicted))

    def surest_mistakes(self) -> np.ndarray:
        """All images that are wrong, int64, the most confident prediction first."""
        return self._surest_first(self.wrong)

    def _surest_first(self, chosen: np.ndarray) -> np.ndarray:
        indices = np.flatnonzero(chosen)
        return indices[np.argsort(-self.confidence[indices], kind="stable")]


def confused_pairs(confusion: np.ndarray) -> "pandas.DataFrame":
    """Which class is taken for which, the most frequent first; without pairs that are never confused.

    Columns: true and predicted (indices), count, share (of the true class's images, 0 to 1), back (how often the
    predicted class is taken for the true one).
    """
    import pandas

    mistakes = confusion - np.diag(np.diag(confusion))
    true, predicted = np.nonzero(mistakes)
    count = mistakes[true, predicted]
    order = np.argsort(-count, kind="stable")
    table = {
        "true": true,
        "predicted": predicted,
        "count": count,
        "share": count / confusion.sum(axis=1)[true],
        "back": mistakes[predicted, true],
    }
    return pandas.DataFrame(table).iloc[order].reset_index(drop=True)


def class_table(confusion: np.ndarray) -> "pandas.DataFrame":
    """One row per class, in the order of the classes.

    Columns: images (of the class), predictions (images predicted as it), right; precision = right / predictions and
    recall = right / images, 0 to 1, NaN for a division by zero.
    """
    import pandas

    right, images, predictions = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    counts = {"images": images, "predictions": predictions, "right": right}
    return pandas.DataFrame({**counts, "precision": _ratio(right, predictions), "recall": _ratio(right, images)})


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)


@dataclass(frozen=True)
class Calibration:
    """Accuracy by confidence. Guo et al. 2017, section 2."""

    bins: "pandas.DataFrame"  # low, high, count, confidence, accuracy; the last two are means, NaN in an empty bin
    ece: float  # expected calibration error, 0 to 1
    confidence: float  # mean over all images
    accuracy: float


def calibration(predictions: Predictions, bins: int = BINS) -> Calibration:
    """Images sorted by confidence into bins of equal width, (low, high]; 0 itself belongs to the first.

    ECE = Σ over bins of (images in it / all images) · |accuracy − mean confidence in it|.
    """
    import pandas

    sure = predictions.confidence.astype(np.float64)
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.clip(np.searchsorted(edges, sure) - 1, 0, bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    right = np.bincount(bin_of, weights=~predictions.wrong, minlength=bins)
    total = np.bincount(bin_of, weights=sure, minlength=bins)
    accuracy, confidence = _ratio(right, count), _ratio(total, count)
    table = {"low": edges[:-1], "high": edges[1:], "count": count, "confidence": confidence, "accuracy": accuracy}
    ece = float(np.abs(right - total).sum() / len(predictions))
    return Calibration(pandas.DataFrame(table), ece, float(sure.mean()), float((~predictions.wrong).mean()))


@dataclass(frozen=True)
class Disagreement:
    """Two models on the same N images: which of them misclassifies which. Indices, int64; each group in order."""

    both: np.ndarray
    only_a: np.ndarray  # a is wrong, b is right
    only_b: np.ndarray
    n: int

    @property
    def p(self) -> float:
        """Exact two-sided McNemar: how likely so uneven a split of the images is if both were equally good."""
        return mcnemar(len(self.only_a), len(self.only_b))


def disagreement(wrong_a: np.ndarray, wrong_b: np.ndarray) -> Disagreement:
    """`wrong_a`, `wrong_b`: bool (N,), for the same images in the same order."""
    assert wrong_a.shape == wrong_b.shape, f"{wrong_a.shape} and {wrong_b.shape} are not the same images"
    groups = wrong_a & wrong_b, wrong_a & ~wrong_b, wrong_b & ~wrong_a
    return Disagreement(*map(np.flatnonzero, groups), len(wrong_a))
