"""Steps whose loss jumps far above that of the steps around them."""

import numpy as np

from explorer.insights.findings.finding import Finding, Mark
from explorer.insights.findings.noise import log_of, running_median
from explorer.insights.findings.steps import WINDOW, divergence
from explorer.insights.findings.trial import Trial
from explorer.text import plural

SPIKE_MADS = 5.0
SCALED = 1.4826  # makes the MAD of normal noise its standard deviation
SPIKE_TIMES = 2.0  # times the loss around it: smaller jumps are what a batch of hard images makes
OUT = 2.0  # times the loss of guessing: a step above it says nothing about the level around it
SPIKE_FLOOR = 0.1  # of the loss of guessing: lower losses do not matter
SMALL_BATCH = 8  # images; in a smaller batch, such as the rest of an epoch, one hard image makes a jump
SEVERAL = 3  # steps in a row: more than a single hard image makes


def leaps(trial: Trial) -> tuple[np.ndarray, np.ndarray, float]:
    """(the indices of the spikes, each the sharpest of its steps in a row; ln(loss) there above that of the steps
    around; the MAD).

    Steps without a number, and those above twice ln(classes), are left out of the steps around. A step on fewer images
    than the others, the last of an epoch, is noisier: by √(their images / its images).
    """
    loss, chance, images = trial.step_loss, trial.chance_loss, trial.sizes
    within = np.isfinite(loss) & (loss <= OUT * chance)
    if len(loss) < WINDOW or not (loss[within] > 0).any() or divergence(trial):
        return np.empty(0, dtype=int), np.empty(0), 0.0
    places = np.arange(len(loss))
    level = log_of(np.where(np.isfinite(loss), loss, 0.0))
    above = level - running_median(np.interp(places, places[within], level[within]), WINDOW)
    mad = float(SCALED * np.median(np.abs(above[within])))
    # A falling loss gets noisier on this scale: what is usual at its end was not usual at its start.
    around = SCALED * running_median(np.interp(places, places[within], np.abs(above)[within]), WINDOW)
    most = max(1, images.max())
    fewer = np.sqrt(most / np.where(images > 0, images, most))
    limit = np.maximum(SPIKE_MADS * np.maximum(mad, around) * fewer, np.log(SPIKE_TIMES))
    lowest_before = np.minimum.accumulate(np.concatenate([[np.inf], level[:-1]]))
    rose = (level - lowest_before >= np.log(SPIKE_TIMES)) | (level > np.log(OUT * chance))  # or it is how a run begins
    found = np.flatnonzero((above > limit) & rose & np.isfinite(loss) & (loss > SPIKE_FLOOR * chance))
    rows = np.split(found, np.flatnonzero(np.diff(found) > 1) + 1) if len(found) else []
    many = (images >= SMALL_BATCH) | (trial.batch_size == 0)
    sure = [row for row in rows if len(row) >= SEVERAL or many[row].any()]
    sharpest = np.array([row[above[row].argmax()] for row in sure], dtype=int)
    return sharpest, above[sharpest], mad


def spikes(trial: Trial) -> Finding | None:
    """Steps whose loss jumps out, on a log scale, on which the noise of a loss is about constant."""
    loss = trial.step_loss
    found, above, mad = leaps(trial)
    if not len(found):
        return None
    top, sharpest = int(found[above.argmax()]), float(above.max())
    count = len(found)
    left = len(loss) - top - 1
    if (loss[top + 1 :] <= loss[top] / SPIKE_TIMES).any():
        after = "the loss came down again"
    elif left:
        after = f"the run ends {plural(left, 'step')} later, too soon to see it come down"
    else:
        after = "it is the last step, so it is unknown whether it would have lasted"
    noun = f"{count} spikes, the sharpest" if count > 1 else "one spike"
    return Finding(
        f"{trial.label} has {noun} at step {top + 1} of {len(loss)}: a loss of {loss[top]:.2g}, {np.exp(sharpest):.1f} "
        f"times that of the steps around it; {after}.",
        "On a log scale, the loss of a step is above the median of the 51 steps around it (without those above "
        "2 · ln(classes)) by more than 5 times the median of such deviations, of all steps and of those 51 (MAD, as a "
        "standard deviation; in a step on fewer images than others, √(theirs / its) times as far); it is at least "
        "twice as large as that median and as the lowest loss before it (or above 2 · ln(classes)), and above a tenth "
        "of ln(classes). Consecutive steps form one spike; if none of them has 8 images or more, a spike needs at "
        "least 3 of them, because a single hard image makes one step jump. The loss came down again if a later step "
        "has at most half of it. The run has "
        "not diverged.",
        SPIKE_MADS,
        {"spikes": count, "step": top + 1, "loss": float(loss[top]), "MAD of ln(loss)": mad, "steps": len(loss)},
        (trial.run,),
        (Mark(trial.run, "step", top + 1, "spike"),),
        kind="spikes",
    )
