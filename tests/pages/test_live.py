"""The live view of runs: what trains stands first, Streamlit's own sign is hidden meanwhile, what has ended can be
duplicated."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs import list_runs
from explorer.studies import STUDIES, plan_runs, submit
from explorer.ui.train.link import train_link
from tests.records import edit_record

from .conftest import open_page

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


def test_streamlits_own_sign_is_hidden_while_a_run_is_active_and_no_longer(with_runs):
    newest = list_runs()[0]
    assert "stStatusWidget" not in html(open_page(TRAIN))
    edit_record(newest.path, lambda record: record.update(status="running"))
    assert "stStatusWidget" in html(open_page(TRAIN))


def test_it_is_hidden_beside_the_runs_of_a_study_too(checkpoints):
    study = {"study": "batch-size"}
    assert "stStatusWidget" not in html(open_page("pages/study/study.py", **study))
    submit(plan_runs(STUDIES["batch-size"], quick=True), STUDIES["batch-size"])
    assert "stStatusWidget" in html(open_page("pages/study/study.py", **study))


def test_a_run_that_has_ended_can_be_duplicated_with_a_change(with_runs):
    newest = list_runs()[0]
    (query,) = duplicates(open_page(TRAIN))
    assert f"models={train_link(newest.config)['models'][0]}" in query
    for status, number in (("stopped", 1), ("running", 0)):
        edit_record(newest.path, lambda record, status=status: record.update(status=status))
        assert len(duplicates(open_page(TRAIN))) == number, status
