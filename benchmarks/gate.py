"""What every competitor passes after each step: it keeps the time, and holds one while another has its turn."""

import math
import time
from multiprocessing.connection import Connection

import numpy as np
import torch

WARM_UP = 6  # steps at the start of a turn that are not timed: a DataLoader has up to that many batches ready


class EnoughMeasured(Exception):
    """Raised inside a competitor when its last turn is over."""


class Gate:
    """Turns are asked for through `pipe`: a number of seconds, or None for no more.

    Answers are (images, seconds by the clock, seconds of CPU time of the thread that trains): where others use the
    machine, the latter say more. Waiting is not in them, nor is what a DataLoader's processes do.
    """

    def __init__(self, pipe: Connection, device: torch.device, batch_size: int) -> None:
        self._pipe, self._device, self._batch_size = pipe, device, batch_size
        self._began = self._now()
        self._ready = False
        # Moments are (by the clock, CPU time).
        self._held: np.ndarray | None = None  # since when the clock has been held
        self._clock: np.ndarray | None = None  # when the timed part of the turn began
        self._images, self._warm, self._seconds = 0, 0, math.inf

    def tick(self, images: int) -> None:
        """`images` more were trained with."""
        if not self._ready:
            self._ready = True
            self._pipe.send(("ready", float(self._now()[0] - self._began[0])))
            self._next_turn()
        elif self._clock is None:
            self._warm -= images
            if self._warm <= 0:
                self._clock = self._now()
        else:
            self._images += images
            if time.perf_counter() - self._clock[0] >= self._seconds:
                self.report()
                self._next_turn()

    def hold(self) -> None:
        """What comes now, such as validation, is not training: it does not count."""
        self._held = self._now()

    def go_on(self) -> None:
        """Training continues: the time since `hold` is left out."""
        if self._clock is not None and self._held is not None:
            self._clock = self._clock + self._now() - self._held
        self._held = None

    def report(self) -> None:
        """Answer with the images and seconds of the turn so far; of none, if it was too short to be timed."""
        now = self._now()
        end = now if self._held is None else self._held
        seconds, own = np.zeros(2) if self._clock is None else end - self._clock
        self._pipe.send(("turn", self._images, float(seconds), float(own)))

    def _next_turn(self) -> None:
        seconds = self._pipe.recv()
        if seconds is None:
            raise EnoughMeasured
        whole = seconds == math.inf
        self._seconds, self._images = seconds, 0
        self._warm = 0 if whole else WARM_UP * self._batch_size
        self._clock = self._now() if whole else None
        self._held = None

    def _now(self) -> np.ndarray:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return np.array([time.perf_counter(), time.thread_time()])
