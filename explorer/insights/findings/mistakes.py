"""What a network gets wrong, how confident it is, and whether another one does better, each in a sentence."""

from collections.abc import Sequence

import numpy as np

from explorer.insights.findings.wording import listed, p_value, percent
from explorer.insights.mistakes import Calibration, Disagreement, Predictions, confused_pairs
from explorer.insights.statistics import wilson
from explorer.text import at_most, plural

SURE = 0.05  # of a p-value
TIED = 3  # up to this many equally frequent mistakes are named


def summary(name: str, predictions: Predictions, split: str) -> str:
    """How many images are misclassified. A clause without its full stop."""
    wrong, n = int(predictions.wrong.sum()), len(predictions)
    low, high = wilson(wrong, n)
    if not wrong:
        misclassifies = "does not misclassify the only" if n == 1 else "misclassifies none of the"
        images = f"{split} image" if n == 1 else plural(n, f"{split} image")
        return f"{name} {misclassifies} {images} (95 %: {at_most(high)} of others like these)"
    text = f"{name} misclassifies {wrong:,} of {n:,} {split} images ({percent(wrong / n)}; 95 %: {percent(low)} to "
    text += f"{percent(high)})"
    return text


def answer(name: str, predictions: Predictions, classes: Sequence[str]) -> str:
    """What the network gets wrong; `summary` says how much. A clause without its full stop."""
    if not predictions.wrong.any():
        return f"{name} gets none of these images wrong"
    return f"{name} {most_often(predictions.confusion(len(classes)), classes)}"


def most_often(confusion: np.ndarray, classes: Sequence[str]) -> str:
    """The most frequent of its mistakes, as a predicate: "most often takes 4 for 9 (3 images)".

    `confusion`: (classes, classes), with mistakes. Pairs of classes that are confused equally often are all named, up
    to TIED; a single occurrence does not count as often.
    """
    pairs = confused_pairs(confusion)
    many = int(pairs["count"].iloc[0])
    most = pairs[pairs["count"] == many]
    if many == 1:
        return "takes no class for another more than once"
    if len(most) > TIED:
        return f"has no most frequent mistake: {len(most)} are equally frequent ({many} images each)"
    taken = zip(most["true"], most["predicted"], strict=True)
    named = listed([f"{classes[true]} for {classes[predicted]}" for true, predicted in taken])
    return f"most often takes {named} ({plural(many, 'image')}{' each' if len(most) > 1 else ''})"


def confidence(predictions: Predictions, split: str) -> str:
    """In how many of the misclassified images the predicted class has more than half of the probability."""
    wrong, n = predictions.surest_mistakes(), len(predictions)
    if not len(wrong):
        return f"There are no mistakes: all {n:,} {split} images are classified correctly."
    sure, many = int((predictions.confidence[wrong] > 0.5).sum()), len(wrong)
    answer = "Most mistakes are confident" if 2 * sure > many else "Most mistakes are not confident"
    if 2 * sure == many:
        answer = "Half of the mistakes are confident"
    if many == 1:
        answer = f"The only mistake is {'' if sure else 'not '}confident"
        return f"{answer}: the predicted class has a probability of {percent(float(predictions.confidence[wrong[0]]))}."
    return f"{answer}: in {sure:,} of {many:,} the predicted class has a probability above 50 %."


def calibration(name: str, found: Calibration) -> str:
    """Whether a network is calibrated, over all images: its mean confidence against the 95 % interval of its accuracy
    (Wilson), and the expected calibration error. A clause without its full stop.

    A mean confidence inside the interval does not show that the network is calibrated: bins can err both ways, and the
    expected calibration error of few images is above zero by chance alone.
    """
    n = int(found.bins["count"].sum())
    low, high = wilson(round(found.accuracy * n), n)
    answer = f"as far as these images can tell, {name} is on average neither overconfident nor underconfident"
    if found.confidence > high:
        answer = f"no, on average {name} is overconfident"
    elif found.confidence < low:
        answer = f"no, on average {name} is underconfident"
    return (
        f"{answer}: mean confidence {percent(found.confidence)}, accuracy {percent(found.accuracy)} of {n:,} images "
        f"(95 %: {percent(low)} to {percent(high)}); expected calibration error {percent(found.ece)}"
    )


def comparison(first: str, second: str, found: Disagreement) -> str:
    """Whether two networks differ on the same images, by McNemar's exact test at SURE."""
    a, b = len(found.only_a), len(found.only_b)
    if found.p < SURE:
        better, worse = (first, second) if a < b else (second, first)
        answer = f"Yes: {better} classifies more of these images correctly than {worse}"
    elif a == b:
        answer = "A tie: both misclassify equally many images"
    else:
        answer = "These images cannot tell"
    return (
        f"{answer}. Only {first} misclassifies {a:,}, only {second} {b:,}, both {len(found.both):,} of {found.n:,} "
        f"images (exact McNemar, {p_value(found.p)}; rule: below {SURE:g}). This compares two trained networks; it "
        f"cannot show whether other seeds would differ."
    )
