"""How noisy the loss of single steps is, compared at an equal loss, because noise grows with the loss."""

from dataclasses import dataclass

import numpy as np

from explorer.insights.findings.finding import Finding
from explorer.insights.findings.noise import off_neighbours, windows
from explorer.insights.findings.trial import Trial
from explorer.insights.findings.variants import Variants, runs_of
from explorer.insights.findings.wording import listed

SMOOTHED_OVER = 512  # images, so that all batch sizes are smoothed alike; three steps at least
BAND = 1.25  # a factor around the level: the steps within it are compared
FEWEST = 12  # steps of each batch size in the band; their noise is then known to about a fifth


@dataclass(frozen=True)
class EqualLoss:
    """The noise of steps at one loss that all batch sizes reach."""

    level: float  # nats
    noise: dict[int, float]  # batch size → standard deviation, nats
    steps: dict[int, int]  # batch size → number of its steps
    of_run: dict[str, float]  # the same for each run that has steps there


def at_equal_loss(trials: list[Trial]) -> EqualLoss | None:
    """None for one batch size, several networks, or batch sizes that have too few steps at any one loss.

    The noise is that of `off_neighbours` (Gasser, Sroka & Jennen-Steinmetz 1986). The level is that at which the batch
    size with the fewest steps there has most of them; among equal levels the middle one.
    """
    curves = [(t, *_deviations(t)) for t in trials if len(t.step_loss) > 2 and np.isfinite(t.step_loss).all()]
    sizes = sorted({t.batch_size for t, _, _ in curves})
    if len(sizes) < 2 or len({(t.model, t.macs) for t, _, _ in curves}) > 1:
        return None
    around = {size: np.concatenate([level for t, level, _ in curves if t.batch_size == size]) for size in sizes}
    candidates = np.unique(np.concatenate(list(around.values())).round(2))
    counts = np.array([min(int(_near(of_size, level).sum()) for of_size in around.values()) for level in candidates])
    if counts.max() < FEWEST:
        return None
    most = candidates[counts == counts.max()]
    level = float(most[len(most) // 2])
    nearest = [(t, off[_near(of_run, level)]) for t, of_run, off in curves]
    off = {size: np.concatenate([part for t, part in nearest if t.batch_size == size]) for size in sizes}
    noise = {size: _noise(part) for size, part in off.items()}
    steps = {size: len(part) for size, part in off.items()}
    return EqualLoss(level, noise, steps, {t.run: _noise(part) for t, part in nearest if len(part)})


def step_noise(variants: Variants) -> Finding | None:
    """How noisy the loss of single steps is at each batch size, at one loss."""
    found = at_equal_loss([t for trials in variants.values() for t in trials])
    if found is None:
        return None
    text = listed([f"{noise:.2g} with {size}" for size, noise in found.noise.items()])
    return Finding(
        f"At an equal loss of about {found.level:.2f} nats, the loss of single steps varies by {text} images per batch "
        f"(standard deviation, of {min(found.steps.values())} steps or more each).",
        "The standard deviation, in nats, of a step's loss around the middle of its two neighbours' (Gasser et al. "
        f"1986), over the steps of all seeds on whole batches where the loss, smoothed over {SMOOTHED_OVER} images, "
        f"is within a factor of {BAND:g} of one level that every batch size reaches with {FEWEST} steps or more. For "
        f"independent images, the standard deviation of the mean would fall as 1/√batch size.",
        None,
        {"loss": found.level}
        | {f"noise at batch size {size}": value for size, value in found.noise.items()}
        | {f"steps at batch size {size}": count for size, count in found.steps.items()},
        runs_of(variants),
        kind="step noise",
    )


def _deviations(trial: Trial) -> tuple[np.ndarray, np.ndarray]:
    """(the smoothed loss, the distance of the loss to the middle of its neighbours), for all steps that have two
    neighbours and that, like these, are of a whole batch: the rest of an epoch may be a few images, and noisier."""
    loss = np.asarray(trial.step_loss, dtype=np.float64)
    images = np.maximum(trial.sizes, 1)
    width = max(3, SMOOTHED_OVER // max(1, trial.batch_size) // 2 * 2 + 1)
    width = min(width, (len(loss) - 1) // 2 * 2 + 1)
    beyond = width // 2
    padded = np.pad(loss, beyond, "reflect", reflect_type="odd")  # at its ends a curve is continued as it falls
    weights = np.pad(images, beyond, "reflect")
    smooth = np.convolve(padded * weights, np.ones(width), "valid") / np.convolve(weights, np.ones(width), "valid")
    whole = windows(images >= trial.batch_size, 3).all(axis=1)
    return smooth[1:-1][whole], off_neighbours(loss)[whole]


def _near(smooth: np.ndarray, level: float) -> np.ndarray:
    return (smooth > level / BAND) & (smooth < level * BAND)


def _noise(off: np.ndarray) -> float:
    return float(np.sqrt(np.mean(off**2)))
