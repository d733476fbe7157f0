"""The Runs page: found, put in order, deleted and brought back."""

import pytest

from explorer.runs import RunConfig, annotate, create, list_runs
from explorer.training import TrainConfig
from tests.records import DAMAGES

from .conftest import follow, open_page, words

PAGE = "pages/compare/runs.py"


def table(app):
    return app.dataframe[0].value


def press(app, label: str):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, app.exception
    return app


def selected(app) -> str:
    """The network of the one run whose details are shown; "" where none are."""
    headings = [each.value for each in app.markdown if each.value.endswith("`") and " · `" in each.value]
    return headings[0].rpartition("digits-")[2][:-6] if headings else ""


@pytest.fixture
def app(with_runs, monkeypatch):
    """The page, on which all listed runs are selected: a test has no hands for the rows of a table."""
    from types import SimpleNamespace

    import streamlit as st

    shown = st.dataframe

    def select_all(data, **options):
        shown(data, **options)
        return SimpleNamespace(selection=SimpleNamespace(rows=list(range(len(data)))))

    monkeypatch.setattr("explorer.ui.runs.table.st.dataframe", select_all)
    return open_page(PAGE)


def test_the_search_and_the_filters_find(with_runs):
    annotate.note(list_runs()[0], "for the report")
    app = open_page(PAGE)
    assert len(table(app)) == 3
    for query, found in (
        ({"search": "RESIDUAL"}, ["residual_cnn"]),
        ({"search": "report the"}, ["mlp"]),
        ({"only-network": ["mlp", "simple_cnn"]}, ["mlp", "simple_cnn"]),
        ({"only-network": "mlp", "search": "residual"}, []),
        ({"order": "name"}, ["mlp", "residual_cnn", "simple_cnn"]),
    ):
        follow(app, **query)
        assert not app.exception
        assert (list(table(app)["network"]) if found else not len(table(app))) == (found or True), query


def test_archived_runs_are_listed_when_asked_for(with_runs):
    annotate.archive(list_runs()[0])
    app = open_page(PAGE)
    assert len(table(app)) == 2
    follow(app, archived="true")
    assert table(app)["status"].tolist()[0] == "finished, archived"


@pytest.mark.parametrize(("label", "done"), [("Star", "starred"), ("Archive", "archived"), ("Delete", "deleted")])
def test_what_is_done_is_said_and_undone(app, label, done):
    before = [(run.id, run.record.starred, run.record.archived) for run in list_runs()]
    press(app, label)
    assert f"3 runs {done}" in words(app)
    assert [(run.id, run.record.starred, run.record.archived) for run in list_runs()] != before
    press(app, "Undo")
    assert [(run.id, run.record.starred, run.record.archived) for run in list_runs()] == before
    assert "3 runs" not in words(app).replace("3 of 3 runs", "")


def test_what_is_under_way_is_not_deleted_and_the_page_says_why(app):
    waiting = create(RunConfig("digits", "mlp", {}, TrainConfig(seed=5)))
    press(app.run(), "Delete")
    assert [run.id for run in list_runs()] == [waiting.id]
    assert f"{waiting.id} is queued: stop it before you delete it." in [each.value for each in app.error]
    assert len(app.multiselect(key="trash-1").options) == 3


def test_a_run_is_named_tagged_and_noted(app):
    follow(app, search="residual")
    name, tags, note = (
        next(w for w in app.text_input if w.label.startswith(label)) for label in ("Name", "Tags", "Note")
    )
    name.set_value("with skips")
    tags.set_value("lesson 3, best")
    note.set_value("compare with the plain one")
    press(app, "Save")
    (run,) = [run for run in list_runs() if run.config.model == "residual_cnn"]
    assert (run.record.name, run.record.tags) == ("with skips", ("lesson 3", "best"))
    assert run.record.note == "compare with the plain one"
    assert table(app)["name"].tolist() == ["with skips"]
    next(w for w in app.text_input if w.label.startswith("Tags")).set_value("x" * 99)
    press(app, "Save")
    assert len(app.error) == 1
    link = next(each.proto for each in app.get("page_link") if each.proto.label == "Duplicate with a change")
    assert "models=residual_cnn" in link.query_string


def test_a_damaged_run_is_listed_with_its_reason(with_runs):
    damage, reason = DAMAGES["run.json is cut"]
    damage(list_runs()[0].path)
    assert any(reason in warning.value for warning in open_page(PAGE).warning)


def test_hundreds_are_listed(checkpoints):
    for seed in range(300):
        create(RunConfig("digits", "mlp", {}, TrainConfig(seed=seed)), status="stopped")
    app = open_page(PAGE)
    assert len(table(app)) == 300
    assert len(set(table(app)["name"])) == 300


def test_samples_are_listed_and_stay_as_they_are(checkpoints, app, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    follow(app, search="sample")
    assert table(app)["status"].tolist() == ["sample", "sample"]
    press(app, "Delete")
    assert len(app.error) == 2
    assert all("cannot be changed" in error.value for error in app.error)
    assert len(table(app)) == 2


def test_a_selection_stays_with_its_runs_when_the_list_changes(with_runs):
    app = open_page(PAGE)
    key = app.dataframe[0].proto.id.split("-", 2)[2]
    plain = table(app)["network"].tolist().index("simple_cnn")
    app.session_state[key] = {"selection": {"rows": [plain]}}
    app.run()
    assert selected(app) == "simple_cnn"
    for query in ({"search": "digits", "order": "accuracy"}, {"only-network": ["residual_cnn", "simple_cnn"]}):
        follow(app, **query)
        assert selected(app) == "simple_cnn", query
    create(RunConfig("digits", "residual_cnn", {}, TrainConfig(seed=7)))  # stands first from now on
    app.run()
    assert selected(app) == "simple_cnn"
    follow(app, search="residual")
    assert not selected(app), "what is not listed is not selected"
