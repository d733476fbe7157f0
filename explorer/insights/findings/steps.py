"""How a run ends, by the losses of its steps: divergence, collapse, or a recovery from steps without a number.

Whether a run has diverged or collapsed is judged by its end: what it recovered from is a spike, or a step without a
number.
"""

import numpy as np

from explorer.insights.findings import step_size
from explorer.insights.findings.finding import Finding, Mark
from explorer.insights.findings.noise import log_of, noise, windows
from explorer.insights.findings.trial import Trial
from explorer.text import plural

WINDOW = 51  # steps in a window: a spike is narrower than half of them
UNLEARNED = 0.98  # of the loss of guessing
AT_CHANCE = 0.95  # of the loss of guessing: here a run that collapsed counts as guessing
DIVERGED = 1.05  # of the loss of guessing: the loss of a network that guesses varies around it
EXPLODED = 10.0  # of the loss of guessing, at any step
SURE = 3.0  # standard errors by which the end of a noisy run must be above a limit
LEARNED = 0.5  # of the loss of guessing: a network must have been below it before it can lose what it learned
COLLAPSE_ERRORS = 6.0  # standard errors of a median of WINDOW steps by which a collapse must rise above the low
OF_A_MEDIAN = 1.2533  # its standard error relative to that of the mean, for normal noise
DIVERGES, COLLAPSES = "diverges", "collapses"  # the text on the curve

DIVERGENCE_RULE = (
    "The last loss is not a finite number; or the run ends above 1.05 · ln(classes) by more than three standard "
    "errors; or a step's loss was above 10 · ln(classes) and the run does not end below 0.98 · ln(classes). A run ends "
    "at the median over the last tenth of its steps, at most 51 (with no steps: the training loss of the last epoch, "
    "if it is not the first)."
)


def divergence(trial: Trial) -> Finding | None:
    """A loss that ends as no number, an end that is worse than guessing, or an explosion without recovery."""
    if (lost := _lost_from(trial)) is not None:
        return _lost(trial, *lost)
    chance, (end, error) = trial.chance_loss, end_of(trial)
    if end > DIVERGED * chance + SURE * error:
        over, number = _above_since(trial, DIVERGED * chance)
        sentence = (
            f"its loss ends at {end:.2f}, above the {chance:.2f} of random guessing, and has stayed there since {over} "
            f"{number}."
        )
        return _diverged(
            trial, sentence, DIVERGED * chance, {"loss": end, over: number, "ln(classes)": chance}, over, number
        )
    largest = _largest(trial)
    if largest is None or trial.step_loss[largest] <= EXPLODED * chance or end < UNLEARNED * chance:
        return None
    loss, number = float(trial.step_loss[largest]), largest + 1
    sentence = (
        f"in step {number} its loss rose to {loss:,.0f}, and it ends at {end:.2f}, no better than random guessing "
        f"({chance:.2f})."
    )
    numbers = {"largest loss": loss, "step": number, "loss": end, "ln(classes)": chance}
    return _diverged(trial, sentence, EXPLODED * chance, numbers, "step", number)


def collapse(trial: Trial) -> Finding | None:
    """A run that had learned, and lost most of it again without becoming worse than guessing."""
    over, course = _course(trial)
    if len(course) < 2 or divergence(trial):
        return None
    chance, (end, _) = trial.chance_loss, end_of(trial)
    best = int(np.nanargmin(course))
    low = float(course[best])
    limit = (low + chance) / 2
    wavers = OF_A_MEDIAN * noise(log_of(trial.step_loss)) / np.sqrt(WINDOW) if over == "step" else 0.0
    if low > LEARNED * chance or end < limit or np.log(end / max(low, 1e-12)) < COLLAPSE_ERRORS * wavers:
        return None
    since = int(np.flatnonzero(course <= limit)[-1]) + 2
    sentence = (
        f"collapsed to chance in {over} {since}: its training loss had come down to {low:.2g} ({over} {best + 1}) and "
        f"ends at {end:.2f}; random guessing gives {chance:.2f}."
        if end >= AT_CHANCE * chance
        else f"has lost most of what it had learned since {over} {since}: its training loss had come down to {low:.2g} "
        f"({over} {best + 1}) and ends at {end:.2f}; random guessing gives {chance:.2f}."
    )
    return Finding(
        f"{trial.label} {sentence}",
        "The training loss was below half of ln(classes), the loss of guessing, and ends closer to ln(classes) than to "
        "its lowest value: running medians of 51 steps, the end the median over the last tenth of the steps, at most "
        "51; the "
        "rise is more than six standard errors of such a median. For 102 steps or more; with no steps recorded: the "
        "training losses of epochs. Collapsed to chance: it ends at 0.95 · ln(classes) or above.",
        limit,
        {"lowest": low, f"lowest in {over}": best + 1, "end": end, over: since, "ln(classes)": chance},
        (trial.run,),
        (Mark(trial.run, over, since, COLLAPSES),),
        kind="collapse",
    )


def without_number(trial: Trial) -> Finding | None:
    """Steps (or, if none are recorded, epochs) whose loss was not a number, in a run that continued with numbers."""
    over, values = ("step", trial.step_loss) if len(trial.step_loss) else ("epoch", _train(trial))
    lost = np.flatnonzero(~np.isfinite(values)) + 1
    if not len(lost) or not np.isfinite(values[-1]):
        return None
    first, last, count = int(lost[0]), int(lost[-1]), len(lost)
    where = f"{over} {first}" if count == 1 else f"{over}s {first} to {last}"
    many = f"one {over}" if count == 1 else f"{count} {over}s"
    after = len(values) - last
    return Finding(
        f"{trial.label} has {many} with a non-finite loss ({where} of {len(values)}), and recovered: the loss of the "
        f"{plural(after, over)} after it is finite.",
        "A loss is not a finite number, but the last loss is.",
        None,
        {f"{over}s without a number": count, "first": first, "last": last, f"{over}s": len(values)},
        (trial.run,),
        (Mark(trial.run, over, first, "no number"),),
        kind="without a number",
    )


def end_of(trial: Trial) -> tuple[float, float]:
    """(the loss at which a run ends, its standard error): the median over the last tenth of its steps, at most WINDOW.
    Without steps: the training loss of the last epoch, of two or more. NaN if there is none."""
    steps, train = trial.step_loss, _train(trial)
    if not len(steps):
        return (float(train[-1]) if len(train) > 1 else float("nan")), 0.0
    last = steps[-min(WINDOW, max(1, len(steps) // 10)) :]
    last = last[np.isfinite(last)]
    if not len(last):
        return float("nan"), 0.0
    around = steps[-WINDOW:]  # in a short run the last tenth is too few steps to estimate the noise
    return float(np.median(last)), OF_A_MEDIAN * noise(around[np.isfinite(around)]) / len(last) ** 0.5


def _diverged(
    trial: Trial, sentence: str, threshold: float | None, numbers: dict[str, float], over: str, number: int
) -> Finding:
    advice, changes = step_size.advice(trial, diverged=True)
    sentence = f"{trial.label} diverged: {sentence}{advice}"
    rule = DIVERGENCE_RULE + (step_size.RULE if advice else "")
    marks = (Mark(trial.run, over, number, DIVERGES),)
    answer = f"{trial.label} diverged."
    return Finding(sentence, rule, threshold, numbers | changes, (trial.run,), marks, answer, kind="divergence")


def _lost(trial: Trial, over: str, number: int, which: str, count: int) -> Finding:
    sentence = f"its {which} is not a finite number from {over} {number} of {count} on."
    return _diverged(
        trial, sentence, None, {over: number, f"{over}s": count, f"{over}s lost": count - number + 1}, over, number
    )


def _lost_from(trial: Trial) -> tuple[str, int, str, int] | None:
    """("step" or "epoch", the first from which on no loss is a number, which loss, of how many); None if the last is
    one."""
    steps = trial.step_loss
    validation = trial.epochs["validation_loss"].to_numpy(dtype=np.float64)
    training = ("step", "loss", steps) if len(steps) else ("epoch", "training loss", _train(trial))
    for over, which, values in (training, ("epoch", "validation loss", validation)):
        if len(values) and not np.isfinite(values[-1]):
            finite = np.flatnonzero(np.isfinite(values))
            return over, (int(finite[-1]) + 2 if len(finite) else 1), which, len(values)
    return None


def _course(trial: Trial) -> tuple[str, np.ndarray]:
    """("step", running medians of WINDOW steps, NaN at the ends that have no whole window), or without steps ("epoch",
    training losses); empty for a run too short for them."""
    steps = trial.step_loss
    if not len(steps):
        train = _train(trial)
        return "epoch", train if np.isfinite(train).all() else np.empty(0)
    finite, places = np.isfinite(steps), np.arange(len(steps))
    if finite.sum() < 2 * WINDOW:
        return "step", np.empty(0)
    medians = np.median(windows(np.interp(places, places[finite], steps[finite]), WINDOW), axis=1)
    return "step", np.pad(medians, WINDOW // 2, constant_values=np.nan)


def _above_since(trial: Trial, limit: float) -> tuple[str, int]:
    """("step" or "epoch", the one since which the loss has been above a limit)."""
    over, course = _course(trial)
    below = np.flatnonzero((course if len(course) else trial.step_loss) <= limit)
    return over, int(below[-1]) + 2 if len(below) else 1


def _largest(trial: Trial) -> int | None:
    """The index of the step with the largest finite loss."""
    finite = np.isfinite(trial.step_loss)
    return int(np.where(finite, trial.step_loss, -np.inf).argmax()) if finite.any() else None


def _train(trial: Trial) -> np.ndarray:
    return trial.epochs["train_loss"].to_numpy(dtype=np.float64)
