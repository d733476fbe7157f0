"""The vertical axis of a learning curve."""

from collections.abc import Callable
from dataclasses import dataclass

from explorer.charts.formatting import number, percent

Written = Callable[[float], str]


@dataclass(frozen=True)
class Measure:
    """A number that is recorded in every step and epoch."""

    name: str  # name in the columns of a frame: train_loss, validation_loss
    title: str  # of the axis
    factor: float  # converts a number of the frame to the axis
    written: Written  # formats a number of the frame for people


LOSS = Measure("loss", "Loss (cross-entropy, nats per image)", 1, number)
ACCURACY = Measure("accuracy", "Accuracy (%)", 100, percent)
ERROR = Measure("error", "Error (%)", 100, percent)
MEASURES = {each.name: each for each in (LOSS, ACCURACY)}
