"""What is left follows the pace of the last minute, in whatever rhythm one looks."""

from collections import deque

import pytest

from explorer.ui.train.remaining import ENOUGH, WINDOW, note, pace


def looked(*looks):
    seen = deque()
    for look in looks:
        note(seen, look)
    return seen


@pytest.mark.parametrize("every", [1, 5, 30, 200])
def test_a_run_that_slows_down_is_told_by_its_new_pace(every):
    fast = [(float(second), 10 * second) for second in range(0, 600, every)]
    slow = [(600.0 + second, 6000 + second // 2) for second in range(0, 2 * int(WINDOW) + 2 * every, every)]
    assert pace(looked(*fast, *slow)) == pytest.approx(2, rel=0.1)


def test_a_step_that_takes_longer_than_the_window_still_tells_the_pace():
    seen = looked((0.0, 1), *((float(second), 1) for second in range(1, 200)), (200.0, 2))
    assert pace(seen) == 200


def test_too_little_was_seen():
    assert pace(deque()) is None
    assert pace(looked((0.0, 5))) is None
    assert pace(looked((0.0, 5), (ENOUGH / 2, 9))) is None
    assert pace(looked((0.0, 5), (2 * ENOUGH, 5))) is None, "no step"


def test_a_run_that_begins_again_is_looked_at_anew():
    assert pace(looked((0.0, 500), (20.0, 600), (21.0, 550))) is None
