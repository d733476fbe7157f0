"""Charts that a class watches while they change: one visitor's refresh draws, and nobody waits for it."""

import threading
from collections.abc import Callable, Hashable

from explorer.runs import ACTIVE, Run

Names = dict[str, str]  # id → name of a run
Draw = Callable[[list[Run], Names, bool], dict]  # (the runs, their names, whether it is presented) → the chart
KEPT = 32
_drawing = threading.Lock()  # one lock for all charts: the refresh that draws one also draws the others


class Watched:
    """A chart of the same runs under the same names: when it has changed, one of thirty visitors' refreshes draws it,
    and meanwhile the others get the previous one. A chart of ended runs has no next refresh, so everybody waits for the
    last state."""

    def __init__(self, draw: Draw, state: Callable[[Run], Hashable]) -> None:
        """`state`: changes when a run's part of the chart changes."""
        self._draw, self._state = draw, state
        self._drawn: dict[Hashable, tuple[Hashable, dict]] = {}

    def __call__(self, chosen: list[Run], shown: Names, present: bool) -> dict:
        """The chart, ready to be sent; callers must not change it."""
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
        before = self._drawn.get(of)  # another refresh may have drawn it by now
        drawn = before if before and before[0] == state else (state, draw())
        self._drawn.pop(of, None)  # move to the end, as the one used last
        self._drawn[of] = drawn
        for oldest in list(self._drawn)[:-KEPT]:
            del self._drawn[oldest]
        return drawn[1]

    def clear(self) -> None:
        """Drop all charts."""
        self._drawn.clear()


def watched(state: Callable[[Run], Hashable]) -> Callable[[Draw], Watched]:
    """A decorator for functions that draw a chart."""
    return lambda draw: Watched(draw, state)
