"""Charts that a class watches while they change: one draws, and nobody waits for it."""

import threading
from collections.abc import Callable, Hashable

from explorer.runs import ACTIVE, Run

Names = dict[str, str]  # id → name of a run
Draw = Callable[[list[Run], Names, bool], dict]  # (the runs, what they are called, whether it is presented) → the chart
KEPT = 32
_drawing = threading.Lock()  # one for all charts: who draws one draws the others of the same look


class Watched:
    """A chart of the same runs under the same names: one of thirty draws it when it has changed, and meanwhile the
    others see the one before. Of runs that have ended there is no next look: all see the last."""

    def __init__(self, draw: Draw, state: Callable[[Run], Hashable]) -> None:
        """state: what a run's part of the chart changes with."""
        self._draw, self._state = draw, state
        self._drawn: dict[Hashable, tuple[Hashable, dict]] = {}

    def __call__(self, chosen: list[Run], shown: Names, present: bool) -> dict:
        """The chart as it is sent, which nobody changes."""
        of = tuple(str(run.path) for run in chosen), tuple(shown.items()), present
        state = tuple(map(self._state, chosen))
        before = self._drawn.get(of)
        if before and before[0] == state:
            return before[1]
        goes_on = any(run.status in ACTIVE for run in chosen)
        if not _drawing.acquire(blocking=not (before and goes_on)):
            return before[1] if before else {}
        try:
            return self._renewed(of, state, lambda: self._draw(chosen, shown, present))
        finally:
            _drawing.release()

    def _renewed(self, of: Hashable, state: Hashable, draw: Callable[[], dict]) -> dict:
        before = self._drawn.get(of)  # another may have drawn it by now
        drawn = before if before and before[0] == state else (state, draw())
        self._drawn.pop(of, None)  # to the end, as the last that was wanted
        self._drawn[of] = drawn
        for oldest in list(self._drawn)[:-KEPT]:
            del self._drawn[oldest]
        return drawn[1]

    def clear(self) -> None:
        """Forget what was drawn."""
        self._drawn.clear()


def watched(state: Callable[[Run], Hashable]) -> Callable[[Draw], Watched]:
    """Decorates what draws a chart."""
    return lambda draw: Watched(draw, state)
