"""What a network gets wrong, in a sentence."""

from collections.abc import Sequence

from explorer.insights.findings.wording import percent
from explorer.insights.mistakes import Predictions, confused_pairs
from explorer.text import plural


def summary(name: str, predictions: Predictions, classes: Sequence[str], split: str) -> str:
    """How many images are misclassified and, where one pair of classes is confused more often than every other, which.

    A clause without its full stop. A single mistake, or a tie, does not make a most frequent one.
    """
    wrong, n = int(predictions.wrong.sum()), len(predictions)
    text = f"{name} misclassifies {wrong:,} of {n:,} {split} images ({percent(wrong / n)})"
    pairs = confused_pairs(predictions.confusion(len(classes))).head(2)
    counts = [int(count) for count in pairs["count"]]
    if not counts or counts[0] == 1 or len(set(counts)) < len(counts):
        return text
    true, taken = classes[int(pairs["true"][0])], classes[int(pairs["predicted"][0])]
    return f"{text}, most often {true} as {taken} ({plural(counts[0], 'image')})"
