"""A chart that many watch: drawn once, waited for by nobody, and true in the end."""

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.ui.train.watched import KEPT, watched


@pytest.fixture
def run():
    return SimpleNamespace(path=Path("run"), status="running", steps=1)


def test_what_has_not_changed_is_drawn_once(run):
    drawn = []

    @watched(lambda run: run.steps)
    def chart(runs, names, present):
        drawn.append((runs[0].steps, dict(names), present))
        return {"steps": runs[0].steps}

    assert chart([run], {"run": "a"}, False) is chart([run], {"run": "a"}, False)
    chart([run], {"run": "b"}, False)
    chart([run], {"run": "a"}, True)
    run.steps = 2
    assert chart([run], {"run": "a"}, False) == {"steps": 2}
    assert drawn == [
        (1, {"run": "a"}, False),
        (1, {"run": "b"}, False),
        (1, {"run": "a"}, True),
        (2, {"run": "a"}, False),
    ]
    for number in range(KEPT + 1):
        chart([run], {"run": str(number)}, False)
    chart([run], {"run": "a"}, False)
    assert drawn[-1] == (2, {"run": "a"}, False), "forgotten meanwhile"


def test_while_one_draws_the_others_see_the_chart_before_until_the_run_has_ended(run):
    begun, go_on = threading.Event(), threading.Event()
    begun.set()
    go_on.set()

    @watched(lambda run: run.steps)
    def chart(runs, names, present):
        steps = runs[0].steps
        begun.set()
        assert go_on.wait(timeout=60)
        return {"steps": steps}

    chart([run], {}, False)
    begun.clear()
    go_on.clear()
    run.steps, drawn = 2, []
    one = threading.Thread(target=lambda: drawn.append(chart([run], {}, False)))
    one.start()
    assert begun.wait(timeout=60)
    assert chart([run], {}, False) == {"steps": 1}
    run.status, run.steps = "finished", 3
    last = threading.Thread(target=lambda: drawn.append(chart([run], {}, False)))
    last.start()
    go_on.set()
    one.join()
    last.join()
    assert drawn == [{"steps": 2}, {"steps": 3}]
