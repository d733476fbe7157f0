"""The live view of runs: what trains stands first, Streamlit's own sign is hidden meanwhile, what has ended can be
duplicated."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs import Run, RunConfig, create, list_runs
from explorer.studies import STUDIES, plan_runs, submit
from explorer.training import TrainConfig
from explorer.ui.train import live
from explorer.ui.train.link import train_link
from tests.records import edit_record

from .conftest import as_read, open_page, words

TRAIN, HOME = "pages/train/train.py", "pages/start/home.py"


def html(app: AppTest) -> str:
    return "".join(each.proto.body for each in app.get("html"))


def shown(app: AppTest) -> list[str]:
    """Ids of runs, in the order of their headings."""
    return re.findall(r'<strong title="([^"]+)"', html(app))


def duplicates(app: AppTest) -> list[str]:
    links = [each.proto for each in app.get("page_link")]
    return [link.query_string for link in links if link.label == "Duplicate with a change"]


@pytest.mark.parametrize(("page", "button"), [(TRAIN, "train"), (HOME, "demo")])
def test_the_run_in_training_stands_first_and_again_when_the_next_begins(page, button, with_runs):
    first, second = [run.id for run in list_runs()][:2]
    status = {first: "running", second: "queued"}

    def now(**changed: str) -> None:
        for run_id, value in {**status, **changed}.items():
            edit_record(with_runs / run_id, lambda record, value=value: record.update(status=value))

    now()
    app = open_page(page)
    app.session_state[f"started-{button}"] = [first, second]
    assert shown(app.run())[:2] == [first, second]
    now(**{first: "finished", second: "running"})
    assert shown(app.run())[:2] == [second, first]


def test_what_others_queue_joins_the_view_at_its_next_look(checkpoints):
    configs = [RunConfig("digits", "mlp", {}, TrainConfig(seed=seed)) for seed in range(6)]
    app = open_page(TRAIN)
    assert not shown(app)
    begun = [create(config).id for config in configs[:2]]
    assert shown(app.run()) == begun
    fragment, draw = [], lambda choose: fragment.append(choose)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ui.train.live.panel", draw)
        app.run()
    begun += [create(config).id for config in configs[2:]]
    assert [run.id for run in fragment[0]()] == begun, "without a redraw of the page"
    assert shown(app.run()) == begun[:4]
    assert "2 more runs in training or waiting." in words(app)
    assert "6 runs in training or waiting, no answer yet." in words(app), "all that wait, not those that are shown"


def test_streamlits_own_sign_is_hidden_while_a_run_is_active_and_no_longer(with_runs):
    newest = list_runs()[0]
    assert "stStatusWidget" not in html(open_page(TRAIN))
    edit_record(newest.path, lambda record: record.update(status="running"))
    assert "stStatusWidget" in html(open_page(TRAIN))


def test_it_is_hidden_beside_the_runs_of_a_study_too_which_notices_what_others_queue(checkpoints, monkeypatch):
    study, looks = {"study": "batch-size"}, []
    monkeypatch.setattr("explorer.ui.train.live.look_out", lambda choose, drawn: looks.append((choose, drawn)))
    assert "stStatusWidget" not in html(open_page("pages/study/study.py", **study))
    ((choose, drawn),) = looks
    assert choose() == drawn == []
    runs = submit(plan_runs(STUDIES["batch-size"], quick=True), STUDIES["batch-size"])
    assert {run.id for run in choose()} == {run.id for run in runs}
    assert "stStatusWidget" in html(open_page("pages/study/study.py", **study))
    assert len(looks) == 1, "while they train, the panel looks"


def test_an_idle_page_is_drawn_anew_when_a_run_appears_or_changes_its_status_and_not_otherwise(with_runs, monkeypatch):
    anew: list[str] = []
    monkeypatch.setattr(live.st, "rerun", lambda: anew.append("drawn"))
    drawn = list_runs()
    states = {(run.id, run.status) for run in drawn}
    live._look_out(lambda: drawn, states)
    assert not anew
    live._look_out(lambda: drawn[1:], states)
    live._look_out(lambda: [drawn[0].change(status="queued"), *drawn[1:]], states)
    assert len(anew) == 2

    def gone() -> list[Run]:
        raise OSError("the disk went away")

    live._look_out(gone, states)
    assert len(anew) == 2, "it looks again"


def test_a_run_that_has_ended_can_be_duplicated_with_a_change(with_runs):
    newest = list_runs()[0]
    (query,) = duplicates(open_page(TRAIN))
    assert f"models={train_link(newest.config)['models'][0]}" in query
    for status, number in (("stopped", 1), ("running", 0)):
        edit_record(newest.path, lambda record, status=status: record.update(status=status))
        assert len(duplicates(open_page(TRAIN))) == number, status


def test_the_view_says_what_a_run_waits_for_and_comes_back_after_an_error(checkpoints, monkeypatch):
    source = create(RunConfig("digits", "mlp", {}, TrainConfig(seed=0)), status="running")
    further = TrainConfig(seed=1, source=source.id, tune="all")
    waits = create(RunConfig("digits", "mlp", {}, further))
    app = open_page(TRAIN)
    app.session_state["started-train"] = [waits.id]
    assert shown(app.run()) == [source.id, waits.id]
    assert "Your next run starts after 1 of them." in words(app)
    bars = [as_read(each.proto.text) for each in app.get("progress")]
    assert any(text.endswith(f"({source.id}), which is in training.") for text in bars), bars

    def fails(*_):
        raise OSError("the disk went away")

    with monkeypatch.context() as patch:
        patch.setattr("explorer.ui.display.live", fails)
        assert any("This page failed (OSError" in error.value for error in app.run().error)
        assert not app.exception
        assert app.title, "the page goes on"
    assert not app.run().error
