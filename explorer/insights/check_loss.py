"""Can a number from a report be the mean cross-entropy of a classifier? What else it may be, if not.

With C classes and natural logarithms, an image costs −ln p(its true class), given the softmax of the logits:

- an image that is classified wrongly costs ln 2 or more: another class has at least the probability of the true one, so
  that has one half at most. So a mean over images with accuracy a is at least (1 − a) · ln 2, and has no upper bound;
- an image that is classified rightly costs ln C at most, for its class has the largest of C probabilities. So with
  a = 1 the mean is at most ln C.

Two mistakes are common. Dividing by the batch size twice: a framework's loss is a mean already. Applying softmax twice,
in the network and again in the loss, which takes the probabilities for logits. Then the loss of an image lies between
ln(e + C − 1) − 1, for certainty about the right class, and ln(e + C − 1), for certainty about a wrong one: 1.4612 and
2.4612 with ten classes, 1.4612 + (1 − a) on average. Between certainty and guessing, a right image costs ln C at most
and a wrong one ln(2·e^½ + C − 2) − ½ at least.
"""

import math
from dataclasses import dataclass, field

from explorer.errors import UserError

POSSIBLE, IMPOSSIBLE, CANNOT_TELL = "possible", "impossible", "cannot tell"
LN2 = math.log(2)
ROUNDED = 0.0005  # of an accuracy given in per cent with one decimal
CLOSE = 0.02  # nats: how close confident softmax outputs come to the loss of certain ones
MOST_A_MISTAKE = 20.0  # nats per wrong image on average: a larger loss is more likely a sum than a mean
RULE = (
    "A misclassified image has a loss of at least ln 2, so a mean cross-entropy is at least (1 − accuracy) · ln 2; if "
    "no image is misclassified it is at most ln(classes). With softmax applied twice, the loss of an image lies "
    "between ln(e + classes − 1) − 1 and ln(e + classes − 1); fully confident predictions give the lower limit + (1 − "
    "accuracy), and a loss within 0.02 nats of that is named. A mean above ln(classes) + 20 nats for each "
    "misclassified image is suspected to be a sum. Loss and accuracy must come from the same images, weights and mode, "
    "the accuracy to 0.0005, the loss in nats, without label smoothing or class weights."
)


@dataclass(frozen=True)
class CheckedLoss:
    """Whether a loss can be a mean cross-entropy, and what else may explain it."""

    verdict: str  # POSSIBLE, IMPOSSIBLE or CANNOT_TELL
    sentence: str
    rule: str = RULE
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SoftmaxTwice:
    """The loss of an image, nats, if the loss function takes probabilities of `classes` classes for logits."""

    classes: int

    @property
    def lowest(self) -> float:
        """For a certain and right prediction."""
        return self.highest - 1

    @property
    def highest(self) -> float:
        """For a certain and wrong prediction."""
        return math.log(math.e + self.classes - 1)

    def certain(self, accuracy: float) -> float:
        """The mean if every prediction is certain."""
        return self.lowest + 1 - accuracy

    def bounds(self, accuracy: float) -> tuple[float, float]:
        """The bounds of the mean for this accuracy."""
        wrong = math.log(2 * math.exp(0.5) + self.classes - 2) - 0.5
        low = accuracy * self.lowest + (1 - accuracy) * wrong
        return low, accuracy * math.log(self.classes) + (1 - accuracy) * self.highest


def check_loss(loss: float, accuracy: float, classes: int = 10, batch_size: int | None = None) -> CheckedLoss:
    """Whether `loss` (nats an image) and `accuracy` (a fraction) can belong to one classifier, and what else explains
    them: a sum over batches of `batch_size` images, a mean divided by it again, softmax applied twice. Raises UserError
    if one of the four is out of its range."""
    _check(loss, accuracy, classes, batch_size)
    least, wrong = least_loss(accuracy), 1 - accuracy
    whole = f"{loss:g} with an accuracy of {100 * accuracy:g} %"
    numbers = {"loss": loss, "accuracy": accuracy, "classes": classes, "lowest mean cross-entropy": least}
    numbers |= {"certain, softmax twice": SoftmaxTwice(classes).certain(accuracy)}
    numbers |= {"batch size": batch_size} if batch_size else {}
    why = ""
    if loss < 0:
        why = "no image has a loss below 0"
    elif loss < least:
        why = (
            f"each of the {100 * wrong:.3g} % that are misclassified has a loss of at least ln 2, so the mean is at "
            f"least {wrong * LN2:.3g}"
        )
    elif wrong == 0 and loss > math.log(classes):
        why = f"if all images are classified correctly, no loss is above ln {classes} = {math.log(classes):.3f}"
    others = _explanations(loss, accuracy, SoftmaxTwice(classes), batch_size)
    if why:
        sentence = " ".join(others) or _unknown(loss, batch_size)
        return CheckedLoss(IMPOSSIBLE, f"{whole} cannot be a mean cross-entropy: {why}. {sentence}", numbers=numbers)
    if others:
        sentence = (
            f"{whole} can be a mean cross-entropy, but the number alone cannot show whether it is. {' '.join(others)}"
        )
        return CheckedLoss(CANNOT_TELL, sentence, numbers=numbers)
    bound = f"at least {wrong * LN2:.3g}" if wrong else f"at most ln {classes} = {math.log(classes):.3f}"
    sentence = f"{whole} can be a mean cross-entropy of {classes} classes: with this accuracy it is {bound}."
    return CheckedLoss(POSSIBLE, f"{sentence} The number alone cannot prove that it is one.", numbers=numbers)


def least_loss(accuracy: float) -> float:
    """The lowest possible mean cross-entropy with an accuracy that may be rounded, nats."""
    return max(0.0, 1 - accuracy - ROUNDED) * LN2


def _explanations(loss: float, accuracy: float, twice: SoftmaxTwice, batch_size: int | None) -> list[str]:
    """Other explanations of the number that fit it, the most telling first."""
    images = batch_size or 1
    whole, certain, wrong = loss * images, twice.certain(accuracy), 1 - accuracy
    formula = f"{twice.lowest:.4f} + (1 − {accuracy:g}) = {certain:.4f}"
    found = []
    if abs(loss - certain) <= CLOSE:
        found.append(
            "It fits a softmax applied twice, in the network and in the loss: fully confident predictions then give "
            f"{formula}. Check the loss on training images: with softmax twice it never falls below {twice.lowest:.4f}."
        )
    if images > 1 and abs(whole - certain) <= CLOSE:
        found.append(
            f"It fits the cross-entropy of softmax outputs, divided by the batch size a second time: {images} × "
            f"{loss:g} = {whole:.4f}, and fully confident predictions give {formula}."
        )
    if images > 1 and loss < least_loss(accuracy) <= whole:
        found.append(
            f"{'It also' if found else 'It'} fits the correct mean, divided by the batch size a second time: {images} "
            f"× {loss:g} "
            f"= {whole:.4g} can be a mean cross-entropy."
        )
    if loss > math.log(twice.classes) + wrong * MOST_A_MISTAKE:
        found += _sum_of_losses(loss, accuracy, batch_size)
    return found


def _sum_of_losses(loss: float, accuracy: float, batch_size: int | None) -> list[str]:
    """What a loss too large to be likely may be; empty if a sum over the batch does not fit either."""
    if batch_size is None:
        return ["It is large for a mean and may be the sum over a batch: give the batch size to check."]
    mean = loss / batch_size
    fits = batch_size > 1 and mean >= least_loss(accuracy)
    return [f"It fits a sum over the images of a batch: {loss:g} / {batch_size} = {mean:.4g} can be the mean."] * fits


def _unknown(loss: float, batch_size: int | None) -> str:
    if -1 <= loss < 0:
        return "It fits a negative log-likelihood loss that was given probabilities, not their logarithms: it is −p."
    if batch_size is None and loss > 0:
        return "Give the batch size to check whether it was divided by it."
    return "No known mistake gives this number: check that loss and accuracy come from the same images and weights."


def _check(loss: float, accuracy: float, classes: int, batch_size: int | None) -> None:
    if not math.isfinite(loss):
        raise UserError(f"The loss {loss} is not a finite number: training has diverged, or the number was misread.")
    if not 0 <= accuracy <= 1:
        raise UserError(f"The accuracy {accuracy:g} is not possible: give a fraction from 0 to 1 (93 % is 0.93).")
    if classes < 2:
        raise UserError(f"{classes} classes are not possible: give a whole number from 2 on.")
    if batch_size is not None and batch_size < 1:
        raise UserError(f"The batch size {batch_size} is not possible: give a whole number from 1 on.")
