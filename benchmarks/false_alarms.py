"""How often the detectors of explorer.insights find something in a healthy curve, per 1,000 curves:
`python -m benchmarks.false_alarms [--curves N]`. That they find what is planted, tests/insights states.

A healthy run falls to its floor and stays there, in training and validation, under noise; batch size, what an epoch
leaves over, length, schedule, speed and number of classes vary. A plateau is no alarm where it is true: there it is
counted apart.
"""

import argparse
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd

from explorer.insights.findings.curves import DETECTORS
from explorer.insights.findings.trial import Trial
from explorer.options import options_of
from explorer.training import TrainConfig
from explorer.training.config import learning_rate_at

Curve = Callable[[np.ndarray, np.random.Generator], np.ndarray]  # progress in epochs → the loss without noise


def main() -> None:
    """Prints a line for each kind of curve, and one for all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_alarms", description=__doc__)
    parser.add_argument("--curves", type=int, default=1000, help="of each kind")
    given = parser.parse_args()
    total: Counter[str] = Counter()
    print("| curves | " + " | ".join(detect.__name__ for detect in DETECTORS) + " | any but plateau |")
    print("|---" * (len(DETECTORS) + 2) + "|")
    for name, shape in SHAPES.items():
        found = count(shape, given.curves, seed=list(SHAPES).index(name))
        total += found
        print(row(name, found, given.curves))
    print(row("all", total, given.curves * len(SHAPES)))


def count(shape: Curve, curves: int, seed: int) -> Counter[str]:
    """detector → in how many of so many healthy curves it found something; "any" without the plateau."""
    found: Counter[str] = Counter()
    for number in range(curves):
        planted = healthy(shape, np.random.default_rng([seed, number]))
        kinds = {detect.__name__ for detect in DETECTORS if detect(planted)}
        found.update(kinds)
        found["any"] += bool(kinds - {"plateau"})
    return found


def row(name: str, found: Counter[str], curves: int) -> str:
    """Alarms per 1,000 curves, one column per detector."""
    per_thousand = [1000 * found[kind] / curves for kind in (*(detect.__name__ for detect in DETECTORS), "any")]
    return f"| {name} (n = {curves:,}) | " + " | ".join(f"{value:.1f}" for value in per_thousand) + " |"


def constant_rate(progress: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """An exponential fall to a floor."""
    return np.exp(-progress / random.uniform(0.3, 8))


def slow(progress: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A power law, which never stops falling."""
    return (1 + progress * random.uniform(0.5, 20)) ** -random.uniform(0.3, 1.2)


def late(progress: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """At the loss of guessing for a while, then down."""
    middle = random.uniform(0.1, 0.5) * progress.max()
    return 1 / (1 + np.exp((progress - middle) / random.uniform(0.05, 0.2) / middle))


def in_stairs(progress: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A learning rate in three steps: a fall at each."""
    share = progress / progress.max()
    stairs = np.where(share < 0.5, 1.0, np.where(share < 0.75, 0.5, 0.4))
    return stairs * np.exp(-progress / random.uniform(0.5, 3)) * 0.7 + stairs * 0.3


def ended(progress: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A cosine: the fall follows the learning rate, and ends with it."""
    done = np.sin(np.pi / 2 * progress / progress.max())
    return np.exp(-done * random.uniform(2, 6))


SHAPES: dict[str, Curve] = {
    "exponential": constant_rate,
    "power law": slow,
    "late start": late,
    "steps of the learning rate": in_stairs,
    "cosine": ended,
}


def healthy(shape: Curve, random: np.random.Generator) -> Trial:
    """A run of 1 to 100 epochs: losses of its steps with the noise of their batch, epoch means, and a validation loss
    with noise of its own that falls as training does, or stops earlier."""
    classes, epochs = int(random.choice([2, 10, 100])), int(random.choice([1, 2, 5, 10, 20, 30, 50, 100]))
    batch_size = int(random.choice([1, 4, 16, 64, 128, 512]))
    per_epoch = int(np.clip(random.choice([20, 60, 200]), 1, 6000 // epochs))
    chance, floor = np.log(classes), random.choice([0.0, 0.003, 0.05, 0.3])
    progress = np.arange(1, epochs * per_epoch + 1) / per_epoch
    level = chance * (floor + (1 - floor) * shape(progress, random))
    left_over = int(random.integers(1, batch_size + 1))  # images in the last batch of each epoch
    images = np.resize([batch_size] * (per_epoch - 1) + [left_over], len(level))
    steps = level * batch_noise(images, random)
    ends = level.reshape(epochs, per_epoch)
    train = np.average(steps.reshape(ends.shape), axis=1, weights=images[:per_epoch])
    at_end, wavers = ends[:, -1], random.choice([0.003, 0.02, 0.05, 0.1, 0.2])
    lowest = chance * random.choice([0.001, 0.02, 0.2])
    validation = np.maximum(at_end, lowest) * np.exp(random.normal(0, wavers, epochs))
    accuracy = np.clip(np.exp(-at_end), 1 / classes, 1)
    config = TrainConfig(epochs=epochs, schedule=str(random.choice(options_of(TrainConfig())["schedule"].choices)))
    rates = [learning_rate_at(config, (epoch + 1) * per_epoch - 1, epochs * per_epoch) for epoch in range(epochs)]
    rows = {"run": "healthy", "epoch": np.arange(1, epochs + 1), "train_loss": train, "validation_loss": validation}
    rows |= {"train_accuracy": accuracy, "validation_accuracy": accuracy, "learning_rate": rates, "seconds": 1.0}
    facts = {"classes": classes, "batch_size": batch_size, "validation_images": 1000}
    return Trial("healthy", "healthy", pd.DataFrame(rows), step_loss=steps, step_images=images, **facts)


def batch_noise(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Factors of mean 1, (steps,): the mean of a batch of so many images whose losses are gamma distributed, most of
    them far below the mean (shape 1/2), as in a network that is right on most images."""
    return random.gamma(images / 2, 2 / images)


if __name__ == "__main__":
    main()
