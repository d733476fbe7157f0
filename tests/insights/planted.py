"""Curves of which one knows what they show."""

import numpy as np
import pandas as pd

from explorer.insights.findings.trial import Trial
from explorer.insights.gradients import GradientFlow

CHANCE = np.log(10)


def trial(
    validation,
    train=None,
    steps=None,
    label="net",
    run="digits-net-0001",
    accuracy=None,
    train_accuracy=None,
    learning_rate=0.003,
    seconds=1.0,
    running=None,
    **known,
):
    """A run with these losses an epoch; training losses are a little below validation unless given. `running`: the
    validation accuracy with running averages in batch norm, of a run that has both."""
    validation = np.asarray(validation, dtype=float)
    train = validation * 0.9 if train is None else np.asarray(train, dtype=float)
    accuracies = np.exp(-validation) if accuracy is None else np.asarray(accuracy, dtype=float)
    epochs = pd.DataFrame(
        {
            "run": run,
            "epoch": np.arange(1, len(validation) + 1),
            "train_loss": train,
            "validation_loss": validation,
            "train_accuracy": accuracies if train_accuracy is None else train_accuracy,
            "validation_accuracy": accuracies,
            "running_accuracy": np.nan if running is None else running,
            "learning_rate": learning_rate,
            "seconds": seconds,
        }
    )
    steps = np.empty(0) if steps is None else np.asarray(steps, dtype=float)
    return Trial(run, label, epochs, steps, **known)


def falling(epochs=20, floor=0.05, rate=4.0):
    """A healthy loss: from that of guessing down, ever more slowly."""
    return floor + (CHANCE - floor) * np.exp(-np.arange(1, epochs + 1) / rate)


def overfitted(epochs=20, best=6, rise=0.06):
    """Falls until epoch `best`, then rises by `rise` of its lowest value an epoch."""
    epoch = np.arange(1, epochs + 1)
    down = falling(epochs, 0.3, 1.5)
    low = down[best - 1]
    return np.where(epoch <= best, down, low * (1 + rise * (epoch - best)))


def noisy(curve, noise, seed=0):
    """The curve with multiplicative noise of this standard deviation."""
    curve = np.asarray(curve)
    return curve * np.exp(np.random.default_rng(seed).normal(0, noise, len(curve)))


def step_loss(steps=400, noise=0.15, seed=0, rate=80.0):
    """The loss of every step of a healthy run."""
    return noisy(0.3 + (CHANCE - 0.3) * np.exp(-np.arange(steps) / rate), noise, seed)


def flow(ratio):
    return GradientFlow(5, "first", "last", ratio, 1.0)
