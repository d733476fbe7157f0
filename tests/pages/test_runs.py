"""The Runs page: found, put in order, deleted and brought back."""

from time import process_time

import pytest

from explorer.runs import RunConfig, annotate, create, list_runs
from explorer.runs.record import StudyRecord
from explorer.training import TrainConfig
from tests.records import DAMAGES

from .conftest import follow, open_page, words

PAGE = "pages/compare/runs.py"


@pytest.fixture(scope="module")
def folder_of_hundreds(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hundreds")
    for seed in range(500):
        config = RunConfig("digits", "mlp", {}, TrainConfig(seed=seed))
        create(config, folder, "stopped", StudyRecord(f"study {seed % 10}", "a variant"))
    return folder


@pytest.fixture
def hundreds(folder_of_hundreds, checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(folder_of_hundreds))


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
        assert (list(table(app)["network"]) if app.dataframe else []) == found, query


def test_a_filter_is_said_and_taken_away(with_runs):
    annotate.tag(list_runs()[0], ["lesson 3"])
    query = {"search": "residual", "only-tag": "lesson 3", "only-network": ["mlp", "simple_cnn"]}
    app = open_page(PAGE, **query)
    assert app.header[0].value == "None of 3 runs: “residual”, network mlp or simple_cnn, tag lesson 3."
    assert len(table(press(app, "Show all"))) == 3
    assert app.header[0].value.startswith("3 of 3 runs.")
    assert not app.query_params


def test_a_run_is_found_by_its_settings_under_any_name(with_runs):
    """What a given name leaves out is not lost: a run that was renamed among the results of a search stays there."""
    created = create(RunConfig("digits", "mlp", {}, TrainConfig(seed=49, learning_rate=0.25)), status="stopped")
    annotate.rename(created, "the tall one")
    app = open_page(PAGE)
    for search, found in (("mlp seed 49", 1), ("rate 0.25 tall", 1), ("no augmentation", 0), ("seed 48", 0)):
        follow(app, search=search)
        assert [each.value["id"].tolist() for each in app.dataframe] == [[created.id]] * found, search


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


def test_what_is_done_to_some_is_counted_and_undone_for_those_alone(app, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    for seed in range(4):
        create(RunConfig("digits", "mlp", {}, TrainConfig(seed=seed + 5)))
    press(app.run(), "Delete")
    assert "Only some were changed: 3 runs deleted" in words(app)
    assert len(app.error) == 3, "not a box for each of hundreds"
    assert "to 3 more runs" in words(app)
    press(app, "Undo")
    assert not app.error
    assert len(list_runs()) == 7


def test_no_more_runs_are_shown_elsewhere_than_a_page_can_compare(with_runs, app, monkeypatch):
    monkeypatch.setattr("explorer.ui.runs.actions.AT_ONCE", 2)
    app.run()
    assert "3 selected" in words(app)
    assert [button.disabled for button in app.button if button.label.startswith("Show on")] == [True] * 3
    assert not [box for box in app.selectbox if box.label == "Compare with"]


def write(app, label: str, text: str):
    """Type into a field of the selected run, and press Enter."""
    next(w for w in app.text_input if w.label == label).set_value(text).run()
    assert not app.exception, app.exception


def test_a_run_is_named_tagged_and_noted_in_place(app):
    follow(app, search="residual")
    write(app, "Name", "with skips")
    assert table(app)["name"].tolist() == ["with skips"]
    write(app, "Tags", "lesson 3, best")
    write(app, "Note", "compare with the plain one")
    (run,) = [run for run in list_runs() if run.config.model == "residual_cnn"]
    assert (run.record.name, run.record.tags) == ("with skips", ("lesson 3", "best"))
    assert run.record.note == "compare with the plain one"
    assert f"Note of {run.id} changed." in words(app)
    press(app, "Undo")
    assert run.reload().record.note is None
    write(app, "Tags", "x" * 99)
    assert len(app.error) == 1
    assert run.reload().record.tags == ("lesson 3", "best")
    link = next(each.proto for each in app.get("page_link") if each.proto.label == "Duplicate with a change")
    assert "models=residual_cnn" in link.query_string


def test_a_selected_run_is_compared_with_another(with_runs, monkeypatch):
    app = open_page(PAGE)
    first, second = list_runs()[:2]
    key = app.dataframe[0].proto.id.split("-", 2)[2]
    app.session_state[key] = {"selection": {"rows": [0]}}
    app.run()
    went = []
    monkeypatch.setattr("streamlit.switch_page", went.append)
    offered = next(box for box in app.selectbox if box.label == "Compare with")
    assert len(offered.options) == 2
    offered.select_index(0).run()
    assert [entry.title for entry in went] == ["Curves"]
    assert app.session_state["runs-suggested"] == [first.id, second.id]


def test_runs_are_grouped_by_their_studies(with_runs):
    of_both, of_one, _ = list_runs()
    for run, studies in ((of_both, ("depth", "kernel-size")), (of_one, ("depth",))):
        run.change(also_in=[StudyRecord(name, "a variant") for name in studies])
    app = open_page(PAGE, order="study")
    assert [each.label.split(" · ")[:2] for each in app.expander] == [["Study depth", "2 runs"], ["No study", "1 run"]]
    assert sorted(app.dataframe[0].value["study"]) == ["depth", "depth, kernel-size"]
    assert len(app.dataframe[1].value) == 1
    follow(app, order="study", **{"only-study": "kernel-size"})
    assert table(app)["id"].tolist() == [of_both.id]


def test_a_damaged_run_is_listed_with_its_reason(with_runs):
    damage, reason = DAMAGES["run.json is cut"]
    damage(list_runs()[0].path)
    assert any(reason in warning.value for warning in open_page(PAGE).warning)


@pytest.mark.parametrize("order", ["newest", "study"])
def test_hundreds_are_listed_in_less_than_half_a_second(hundreds, order):
    app = open_page(PAGE, order=order)
    tables = [each.value for each in app.dataframe]
    assert len(tables) == (1 if order == "newest" else 10)
    assert all(len(set(each["name"])) == len(each) for each in tables)
    assert sum(map(len, tables)) == 500
    begun = process_time()
    app.run()
    assert process_time() - begun < 0.5


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


def test_a_run_is_made_into_a_file_and_comes_back_as_another(app, tmp_path):
    """Take home makes the zip file that "Bring in a run" takes; what it is not is one sentence."""
    import io
    import zipfile

    run_id = list_runs()[0].id
    follow(app, search=run_id)
    press(app, "Make the file")
    (made,) = app.session_state["take-home"].values()
    assert zipfile.ZipFile(io.BytesIO(made[1])).namelist()[0] == f"{run_id}/run.json"
    app.file_uploader[0].set_value((made[0], made[1], "application/zip")).run()
    press(app, "Bring it in")
    brought = list_runs()[0]
    assert brought.record.imported.id == run_id
    assert any(f"{brought.id} is here" in each.value for each in app.markdown)
    press(app, "Undo")
    assert brought.id not in [run.id for run in list_runs()]
    app.file_uploader[0].set_value(("run.zip", b"not one", "application/zip")).run()
    press(app, "Bring it in")
    assert "not a zip file" in words(app)
