"""What one run's curves show. Each detector looks at a Trial and answers with a Finding, or None if it has none."""

import numpy as np

from explorer.insights.finding import Finding, Mark
from explorer.insights.gradients import VANISHING
from explorer.insights.trial import Trial

GENERALISATION_LOSS = 5.0  # per cent; Prechelt 1998, the strictest but two of his thresholds
NOISE_FACTOR = 3.0  # a rise must exceed the curve's own noise so many times
MEDIAN_OF = 3  # epochs that one looks at together, so that one lucky epoch decides nothing
PLATEAU = 0.01  # relative change
UNLEARNED = 0.98  # of the loss of guessing
DIVERGED = 1.05  # of the loss of guessing: a network that guesses wavers around it
EXPLODED = 10.0  # of the loss of guessing, at any step
SPIKE_MADS = 5.0
SCALED = 1.4826  # makes the MAD of normal noise its standard deviation
SPIKE_WINDOW = 51  # steps
SPIKE_TIMES = 2.0  # the loss around it: smaller leaps are what a batch of hard images makes
SPIKE_FLOOR = 0.1  # of the loss of guessing: what lies lower matters to nobody
DIVERGES = "diverges"  # what is written on the curve
DEAD = 0.25  # of a layer's units; a few are silent on some hundred images in any network


def best_epoch(trial: Trial) -> Finding | None:
    loss = _column(trial, "validation_loss")
    if len(loss) < 2 or not np.isfinite(loss).any():
        return None
    best = int(np.nanargmin(loss))
    return Finding(
        f"{trial.label} is best in epoch {best + 1} of {len(loss)}: validation loss {loss[best]:.3g}.",
        "The best epoch is the one with the lowest validation loss.",
        None,
        {"best epoch": best + 1, "validation loss": float(loss[best]), "epochs": len(loss)},
        (trial.run,),
        kind="lowest validation loss",
    )


def overfitting(trial: Trial) -> Finding | None:
    """Validation loss has risen for good since its best epoch, while the training loss went on falling.

    Prechelt 1998, Early Stopping – But When?: the generalisation loss GL = 100 · (E / E_best − 1) against 5 %, here of
    running medians of three epochs, and never against less than three times the noise of the curve itself.
    """
    loss, train = _column(trial, "validation_loss"), _column(trial, "train_loss")
    if len(loss) < 2 * MEDIAN_OF or not np.isfinite([loss, train]).all() or loss.min() <= 0:
        return None
    smooth = np.median(_windows(loss, MEDIAN_OF), axis=1)
    risen = 100 * (smooth[-1] / smooth.min() - 1)
    threshold = max(GENERALISATION_LOSS, NOISE_FACTOR * 100 * noise(np.log(loss)))
    # The best epoch of the whole curve: that of the running medians may be its neighbour.
    best = int(loss.argmin())
    if risen <= threshold or best >= len(loss) - MEDIAN_OF or train[-1] >= train[best]:
        return None
    return Finding(
        f"{trial.label} over-fits after epoch {best + 1}: since then its validation loss has risen by {risen:.0f} %, "
        "while its training loss went on falling.",
        "Prechelt's generalisation loss 100 · (E / E_best − 1), of running medians of three epochs of the validation "
        "loss, exceeds 5 and three times the curve's own noise; the training loss is lower than in the best epoch.",
        float(threshold),
        {"best epoch": best + 1, "generalisation loss in %": float(risen), "noise in %": 100 * noise(np.log(loss))},
        (trial.run,),
        (Mark(trial.run, "epoch", best + 1, "over-fits"),),
        kind="over-fitting",
    )


def plateau(trial: Trial) -> Finding | None:
    """The training loss has stopped falling; its value says whether anything was left to learn."""
    loss = _column(trial, "train_loss")
    if len(loss) < 2 * MEDIAN_OF or not np.isfinite(loss).all() or loss.min() <= 0 or unlearned(trial):
        return None
    before, after = (float(np.median(part)) for part in (loss[-2 * MEDIAN_OF : -MEDIAN_OF], loss[-MEDIAN_OF:]))
    change = after / before - 1
    if abs(change) >= PLATEAU:
        return None
    return Finding(
        f"{trial.label} has reached a plateau: its training loss stays at {after:.3g} over the last "
        f"{2 * MEDIAN_OF} epochs.",
        "The medians of the training loss over the last three epochs and the three before differ by less than 1 %.",
        PLATEAU,
        {"relative change": change, "training loss": after},
        (trial.run,),
        kind="plateau",
    )


def unlearned(trial: Trial) -> Finding | None:
    """The training loss never came below that of guessing, neither an epoch's nor that of the last steps."""
    losses = [*_column(trial, "train_loss"), *_last_steps(trial)]
    losses = [loss for loss in losses if np.isfinite(loss)]
    limit = UNLEARNED * trial.chance_loss
    if not losses or min(losses) < limit or divergence(trial):
        return None
    return Finding(
        f"{trial.label} has learned next to nothing: a training loss of {min(losses):.3f}, guessing costs "
        f"{trial.chance_loss:.3f}.",
        "Neither an epoch's training loss nor the median over the last tenth of the steps is below 98 % of "
        "ln(classes), the loss of guessing.",
        limit,
        {"lowest training loss": float(min(losses)), "ln(classes)": trial.chance_loss},
        (trial.run,),
        kind="unlearned",
    )


def divergence(trial: Trial) -> Finding | None:
    """A loss that is no number, one that explodes, or an end that is worse than guessing."""
    steps, train = trial.step_loss, _column(trial, "train_loss")
    chance = trial.chance_loss
    rule = (
        "A loss is not a finite number, or a step's is above 10 · ln(classes), or the median over the last tenth of "
        "the steps (with no steps: an epoch's after the first) is above 1.05 · ln(classes)."
    )
    lost = ~np.isfinite(steps)
    if lost.any() or not np.isfinite(train).all():
        over, values = ("step", steps) if lost.any() else ("epoch", train)
        at = int((~np.isfinite(values)).argmax()) + 1
        said = f"{trial.label} diverged: its loss is not a finite number from {over} {at} on."
        numbers = {"steps without a number": int(lost.sum())}
        marks = (Mark(trial.run, over, at, DIVERGES),)
        return Finding(said, rule, None, numbers, (trial.run,), marks, kind="divergence")
    if len(steps) and steps.max() > EXPLODED * chance:
        at = int(steps.argmax()) + 1
        said = (
            f"{trial.label} diverged: in step {at} its loss rose to {steps[at - 1]:,.0f}, guessing costs {chance:.2f}."
        )
        numbers = {"largest loss": float(steps[at - 1]), "step": at, "ln(classes)": chance}
        marks = (Mark(trial.run, "step", at, DIVERGES),)
        return Finding(said, rule, EXPLODED * chance, numbers, (trial.run,), marks, kind="divergence")
    end = _last_steps(trial)[0] if len(steps) else max(train[1:], default=0.0)
    if end <= DIVERGED * chance:
        return None
    said = f"{trial.label} diverged: its loss ends at {end:.2f}, above the {chance:.2f} of guessing."
    numbers = {"loss": float(end), "ln(classes)": chance}
    marks = (Mark(trial.run, "step", len(steps), DIVERGES),) if len(steps) else ()
    return Finding(said, rule, DIVERGED * chance, numbers, (trial.run,), marks, kind="divergence")


def leaps(trial: Trial) -> tuple[np.ndarray, np.ndarray, float]:
    """(the indices of the steps that are spikes, their ln(loss) above that of the steps around them, the MAD)."""
    loss = trial.step_loss
    if len(loss) < SPIKE_WINDOW or not np.isfinite(loss).all() or loss.min() <= 0 or divergence(trial):
        return np.empty(0, dtype=int), np.empty(0), 0.0
    around = _running_median(np.log(loss), SPIKE_WINDOW)
    above = np.log(loss) - around
    mad = float(SCALED * np.median(np.abs(above)))
    found = (above > max(SPIKE_MADS * mad, np.log(SPIKE_TIMES))) & (loss > SPIKE_FLOOR * trial.chance_loss)
    return np.flatnonzero(found), above[found], mad


def spikes(trial: Trial) -> Finding | None:
    """Steps whose loss leaps out of its surroundings, on a log scale: there the noise of a loss is about even."""
    loss = trial.step_loss
    found, above, mad = leaps(trial)
    if not len(found):
        return None
    at, sharpest = int(found[above.argmax()]), float(above.max())
    count = len(found)
    said = f"{count} spike{'s' * (count != 1)}, the sharpest" if count > 1 else "one spike"
    return Finding(
        f"{trial.label} has {said} in step {at + 1}: a loss of {loss[at]:.2g}, {np.exp(sharpest):.1f} times that of "
        "the steps around it.",
        "On a log scale, the loss of a step is above the median of the 51 steps around it by more than 5 times the "
        "median of all such deviations (MAD, scaled to a standard deviation); it is at least twice as large as that "
        "median, and above a tenth of ln(classes).",
        SPIKE_MADS,
        {"spikes": count, "step": at + 1, "loss": float(loss[at]), "MAD of ln(loss)": mad},
        (trial.run,),
        (Mark(trial.run, "step", at + 1, "spike"),),
        kind="spikes",
    )


def gradients(trial: Trial) -> Finding | None:
    """Vanishing or exploding on the way to the first layer; see explorer.insights.gradients."""
    flow = trial.flow
    if flow is None or flow.first == flow.last or not np.isfinite(flow.ratio):
        return None
    numbers = {"first to last": flow.ratio, "first layer": flow.first_norm, "last layer": flow.last_norm}
    said, rule = None, f"The mean gradient norm of '{flow.first}' over that of '{flow.last}' in the last epoch is "
    if flow.vanishing:
        said, limit, rule = "vanish", VANISHING, f"{rule}below {VANISHING:g}."
    elif flow.ratio > 1 / VANISHING:
        said, limit, rule = "explode", 1 / VANISHING, f"{rule}above {1 / VANISHING:g}."
    if said is None:
        return None
    sentence = (
        f"{trial.label}: gradients {said} on their way to the first layer, where they are {flow.ratio:.2g} times as "
        "large as in the last."
    )
    return Finding(sentence, rule, limit, numbers, (trial.run,), kind="gradients")


def dead_units(trial: Trial) -> Finding | None:
    """A layer of which many units answer to nothing behind their ReLU, and so get no gradient either.

    Every unit of the layer is looked at, so its share has no interval of its own: with more images it can only fall.
    What the number of images bounds is how often a silent unit may fire on others, by the rule of three.
    """
    if not trial.dead:
        return None
    layer, share = max(trial.dead.items(), key=lambda item: item[1])
    if share <= DEAD:
        return None
    many = sum(of_layer > DEAD for of_layer in trial.dead.values())
    images = trial.probe_images
    numbers = {f"dead share of '{layer}'": share, "layers above the threshold": many}
    numbers["layers with a ReLU"] = len(trial.dead)
    if images:
        numbers |= {"probe images": images, "a silent unit fires on fewer than (95 %)": fires_below(images)}
    return Finding(
        f"{trial.label}: {100 * share:.0f} % of the units of '{layer}' are dead"
        + (f", and {many} of its {len(trial.dead)} layers have many such" if many > 1 else "")
        + f": {silence(images)}.",
        f"After the last epoch, more than {100 * DEAD:.0f} % of the units behind a ReLU (of maps: channels) are zero "
        "at every pixel of every probe image: all validation images, and training images up to 256. On more images "
        "the share can only be smaller. A unit that is silent on n images fires, with 95 % confidence, on fewer than "
        "1 − 0.05^(1/n) of all images, about 3/n (the rule of three).",
        DEAD,
        numbers,
        (trial.run,),
        kind="dead units",
    )


def silence(images: int | None) -> str:
    """What a unit's silence on so many probe images says of it, for each unit by itself."""
    if not images:
        return "silent on its probe images, whose number this older run did not record (it may have been a single one)"
    if images == 1:
        return "silent on its one probe image, which says next to nothing"
    return (
        f"silent on all {images:,} probe images, so such a unit fires on fewer than {100 * fires_below(images):.2g} % "
        "of images (95 % confidence)"
    )


def fires_below(images: int) -> float:
    """The upper end of the one-sided 95 % interval of how often a unit fires that was silent on n images, a fraction:
    1 − 0.05^(1/n), for large n about 3/n (Hanley & Lippman-Hand 1983)."""
    return 1 - 0.05 ** (1 / images)


def noise(values: np.ndarray) -> float:
    """The standard deviation of the noise on a smooth curve, from how far each value lies from the middle of its two
    neighbours (Gasser, Sroka & Jennen-Steinmetz 1986); 0 below three values."""
    if len(values) < 3:
        return 0.0
    off = values[1:-1] - (values[:-2] + values[2:]) / 2
    return float(np.sqrt(2 / 3 * np.mean(off**2)))


def settled_noise(loss: np.ndarray) -> float:
    """The noise of a run's step losses (n,) without their first tenth, in which they fall more than they waver; NaN
    for fewer than eight steps, or where one is not finite."""
    settled = np.asarray(loss, dtype=np.float64)[len(loss) // 10 :]
    return noise(settled) if len(settled) >= 8 and np.isfinite(settled).all() else float("nan")


def _last_steps(trial: Trial) -> list[float]:
    """The median loss over the last tenth of the steps; nothing without steps."""
    steps = trial.step_loss
    return [float(np.median(steps[-max(1, len(steps) // 10) :]))] if len(steps) else []


def _running_median(values: np.ndarray, width: int) -> np.ndarray:
    """Centred, as long as `values`; mirrored through its end points, a curve goes on there as it fell."""
    return np.median(_windows(np.pad(values, width // 2, mode="reflect", reflect_type="odd"), width), axis=1)


def _windows(values: np.ndarray, width: int) -> np.ndarray:
    """(n − width + 1, width)"""
    return np.lib.stride_tricks.sliding_window_view(values, width)


def _column(trial: Trial, name: str) -> np.ndarray:
    return trial.epochs[name].to_numpy(dtype=np.float64)


# In the order in which they are worth reading; best epochs are told for all variants in one sentence.
DETECTORS = (divergence, unlearned, gradients, dead_units, overfitting, spikes, plateau)
