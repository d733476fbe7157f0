"""What one run's curves show. Each detector takes a Trial and returns a Finding, or None if it finds nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explorer.insights.findings import step_size
from explorer.insights.findings.finding import Finding, Mark
from explorer.insights.findings.layers import dead_units, gradients
from explorer.insights.findings.noise import noise_when_smoothed, smoothed
from explorer.insights.findings.spikes import spikes
from explorer.insights.findings.steps import UNLEARNED, collapse, divergence, end_of, without_number
from explorer.insights.findings.trial import Trial

GENERALISATION_LOSS = 5.0  # per cent; Prechelt 1998, the third strictest of his thresholds
NOISE_FACTOR = 3.5  # a rise must exceed the curve's own noise this many times; see benchmarks.false_alarms
FEWEST_EPOCHS = 8  # needed to say where the validation loss was lowest, and how noisy it is
ACCURACY_ERRORS = 2.0  # standard errors of a difference of accuracies: a smaller one is called no change
MEDIAN_OF = 3  # epochs
PLATEAU = 0.01  # relative change
PLATEAU_BAND = 0.05  # relative width
NOTHING_LEFT = 0.01  # of the loss of guessing
ENDED = 0.1  # of the peak learning rate: below it, a loss hardly moves any more
LITTLE = 0.1  # of the way from the accuracy of guessing to 100 %


def overfitting(trial: Trial) -> Finding | None:
    """Validation loss has risen for good since its lowest value, while the training loss continued to fall.

    Prechelt 1998, Early Stopping – But When?: the generalisation loss GL = 100 · (E / E_lowest − 1) against 5 %, here
    for a smoothed curve, and never against less than 3.5 times the noise that smoothing leaves in it.
    """
    found, train = rise(trial), _column(trial, "train_loss")
    if found is None:
        return None
    low = found.epoch - 1
    before, after = float(np.median(train[max(0, low - 1) : low + 2])), float(np.median(train[-3:]))
    if found.risen <= found.threshold or after >= before:
        return None
    numbers = {"epoch of the lowest validation loss": found.epoch, "generalisation loss in %": found.risen}
    numbers |= {"noise in %": found.noise, "training loss then": before, "training loss at the end": after}
    clause, accuracies = _accuracy_since(trial, low)
    return Finding(
        f"{trial.label} over-fits after epoch {low + 1} of {len(train)}, approximately where its validation loss is "
        f"lowest: since then the validation loss has risen by {found.risen:.0f} % (smoothed, {found.lowest:.3g} to "
        f"{found.end:.3g}), while its training loss continued to fall ({before:.3g} to {after:.3g}). {clause}",
        "Prechelt's generalisation loss 100 · (E / E_lowest − 1) of the validation loss, E the last and E_lowest the "
        "lowest value of its curve, smoothed as a logarithm (medians of three epochs, then means weighted 1/4, 1/2, "
        "1/4), exceeds 5 and 3.5 times the noise that smoothing leaves; the median training loss of the last three "
        "epochs is below that of the three around the lowest. For 8 epochs or more. The accuracy counts as changed if "
        "it differs by more than two standard errors (by more than 1 point where the number of images is not known).",
        found.threshold,
        numbers | accuracies,
        (trial.run,),
        (Mark(trial.run, "epoch", low + 1, "over-fits"),),
        f"{trial.label} over-fits.",
        kind="over-fitting",
    )


@dataclass(frozen=True)
class Rise:
    """How far the smoothed validation loss ends above its lowest value."""

    risen: float  # %, Prechelt's generalisation loss
    threshold: float  # %, above this it is not noise
    noise: float  # %, the noise that smoothing leaves
    epoch: int  # of the lowest measured value around the lowest smoothed one, counted from one
    lowest: float  # nats, smoothed
    end: float


def rise(trial: Trial) -> Rise | None:
    """None for fewer than eight epochs, or if a loss has no logarithm."""
    loss, train = _column(trial, "validation_loss"), _column(trial, "train_loss")
    if len(loss) < FEWEST_EPOCHS or not np.isfinite([loss, train]).all() or loss.min() <= 0:
        return None
    smooth, wavers = smoothed(np.log(loss)), noise_when_smoothed(np.log(loss))
    dip = int(smooth.argmin())
    low = dip + int(loss[dip : dip + 5].argmin())  # of the five epochs from which the lowest smoothed value is computed
    threshold = max(GENERALISATION_LOSS, 100 * float(np.expm1(NOISE_FACTOR * wavers)))
    risen = 100 * float(np.expm1(smooth[-1] - smooth[dip]))
    return Rise(risen, threshold, 100 * wavers, low + 1, float(np.exp(smooth[dip])), float(np.exp(smooth[-1])))


def _accuracy_since(trial: Trial, low: int) -> tuple[str, dict[str, float]]:
    """(how the validation accuracy has changed since epoch `low`, counted from zero, in a sentence; its numbers)."""
    accuracy, n = _column(trial, "validation_accuracy"), trial.validation_images
    then, now = float(accuracy[low]), float(accuracy[-1])
    error = ((then * (1 - then) + now * (1 - now)) / n) ** 0.5 if n else 0.005
    numbers = {"validation accuracy then": then, "validation accuracy at the end": now, "validation images": n}
    images = f"{n:,} validation images" if n else "the validation images"
    figures = f"{100 * then:.1f} % to {100 * now:.1f} % of {images}"
    if abs(now - then) <= ACCURACY_ERRORS * error:
        return f"Its accuracy has not changed by more than chance would ({figures}).", numbers
    if now > then:
        return (
            f"Its accuracy still rose, from {figures}: it classifies more images correctly, but is more confident in "
            f"its mistakes.",
            numbers,
        )
    return f"Its accuracy also fell, from {figures}.", numbers


def plateau(trial: Trial) -> Finding | None:
    """The training loss has stopped falling; whether anything was left to learn, and whether the schedule had ended."""
    loss = _column(trial, "train_loss")
    if len(loss) < 2 * MEDIAN_OF or not np.isfinite(loss).all() or loss.min() <= 0:
        return None
    last = loss[-2 * MEDIAN_OF :]
    before, after = (float(np.median(part)) for part in (last[:MEDIAN_OF], last[MEDIAN_OF:]))
    change, band = after / before - 1, float(last.max() / last.min()) - 1
    if abs(change) >= PLATEAU or band > PLATEAU_BAND or any(d(trial) for d in (unlearned, divergence, collapse)):
        return None
    left, rate = (after - trial.least_loss) / (trial.chance_loss - trial.least_loss), _rate_left(trial)
    sentence = ""
    if left < NOTHING_LEFT:
        sentence = (
            f" There is nothing left to learn from the training images: random guessing gives a loss of "
            f"{trial.chance_loss:.2f}."
        )
    elif rate < ENDED:
        sentence = (
            f" The schedule had ended: in the last {MEDIAN_OF} epochs its learning rate was at most {100 * rate:.2g} % "
            f"of its peak, so the network may be able to learn more."
        )
    numbers = {"relative change": change, "relative width": band, "training loss": after}
    numbers |= {"share of the loss of guessing": left} | (
        {"learning rate over its peak": rate} if rate < np.inf else {}
    )
    return Finding(
        f"{trial.label} has reached a plateau: its training loss stays at {after:.3g} over the last "
        f"{2 * MEDIAN_OF} of {len(loss)} epochs ({last.min():.4g} to {last.max():.4g}).{sentence}",
        "The training losses of the last six epochs lie within 5 % of the lowest of them, and the medians of the last "
        "three and the three before differ by less than 1 %. There is nothing left to learn below 1 % of ln(classes), "
        "the loss of random guessing; the schedule has ended where the learning rate of the last three epochs is below "
        "10 % of "
        "the highest.",
        PLATEAU,
        numbers,
        (trial.run,),
        kind="plateau",
    )


def _rate_left(trial: Trial) -> float:
    """The highest learning rate of the last three epochs over that of all; infinite if it was not recorded."""
    if "learning_rate" not in trial.epochs:
        return float("inf")
    rate = _column(trial, "learning_rate")
    return float(rate[-MEDIAN_OF:].max() / rate.max()) if np.isfinite(rate).all() and rate.max() > 0 else float("inf")


def unlearned(trial: Trial) -> Finding | None:
    """The training loss never fell below that of guessing, neither in an epoch nor in the last steps, and hardly more
    images were right than by guessing."""
    losses = [loss for loss in (*_column(trial, "train_loss"), end_of(trial)[0]) if np.isfinite(loss)]
    limit = trial.least_loss + UNLEARNED * (trial.chance_loss - trial.least_loss)
    accuracies = [*_column(trial, "train_accuracy"), *_column(trial, "validation_accuracy")]
    accuracy, guessed = max((a for a in accuracies if np.isfinite(a)), default=0.0), 1 / trial.classes
    if not losses or min(losses) < limit or accuracy - guessed >= LITTLE * (1 - guessed) or divergence(trial):
        return None
    advice, changes = step_size.advice(trial)
    smoothing = f" (including label smoothing {trial.smoothing:g})" if trial.smoothing else ""
    return Finding(
        f"{trial.label} has learned next to nothing: its lowest training loss is {min(losses):.3f}{smoothing}, random "
        f"guessing gives {trial.chance_loss:.3f}; its highest accuracy is {100 * accuracy:.1f} %, random guessing "
        f"gives {100 * guessed:.1f} %.{advice}",
        "Neither an epoch's training loss nor the median over the last tenth of the steps, at most 51, is below 98 % "
        "of ln(classes), the loss of guessing (with label smoothing in the recorded loss: of the way there from the "
        "lowest possible one), and no epoch's accuracy, in training or validation, is a tenth of the way from "
        f"1/classes to 1.{step_size.RULE if advice else ''}",
        limit,
        {
            "lowest training loss": float(min(losses)),
            "ln(classes)": trial.chance_loss,
            "highest accuracy": accuracy,
            "1/classes": guessed,
        }
        | changes,
        (trial.run,),
        kind="unlearned",
    )


def _column(trial: Trial, name: str) -> np.ndarray:
    return trial.epochs[name].to_numpy(dtype=np.float64)


FAILURES = (divergence, collapse, unlearned)  # after any of these, the accuracy is not the first thing to know
# In the order in which they are worth reading.
DETECTORS: tuple[Callable[[Trial], Finding | None], ...] = (
    divergence,
    collapse,
    unlearned,
    gradients,
    dead_units,
    overfitting,
    without_number,
    spikes,
    plateau,
)
