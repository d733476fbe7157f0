"""When the next slow write is due, so that storing a large model never takes more time than training it."""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager

SHARE = 0.1  # share of the time that writing may take


class WriteBudget:
    """A write that took one second is followed by nine without one."""

    def __init__(self) -> None:
        self._free_at = -math.inf

    @property
    def due(self) -> bool:
        """Whether enough time has passed since the last write."""
        return time.monotonic() >= self._free_at

    @contextmanager
    def writing(self) -> Generator[None]:
        """Wraps a write, whose duration determines when the next is due."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        self._free_at = ended + (ended - began) * (1 - SHARE) / SHARE
