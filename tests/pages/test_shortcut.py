"""The shortcut lesson: plant a mark, train, and find it in four steps; links to its old place lead here."""

import re

import pytest

from explorer import jobs
from explorer.runs import Run, list_runs
from explorer.ui.shortcut.steps import STEPS

from .conftest import as_read, open_page, words
from .test_explain import one_step

PAGE = "pages/explain/shortcut.py"


@pytest.mark.parametrize("folder", ["checkpoints", "with_runs"])
def test_the_lesson_trains_in_place(folder, request):
    request.getfixturevalue(folder)
    app = open_page(PAGE, **{"lesson-mark": "border", "lesson-data": "digits", "lesson-strength": "0.9"})
    others = {run.id for run in list_runs()}

    def press() -> Run:
        next(button for button in app.button if button.label == "Train a network on these images").click().run()
        assert not app.exception, app.exception
        [run] = [run for run in list_runs() if run.id not in others]
        others.add(run.id)
        assert "Train a network on these images" not in [button.label for button in app.button], "it is watched"
        return run

    run = press()
    assert run.config.dataset == "shortcut:border@0.9:digits"
    jobs.stop(run)
    app.run()
    assert "Resume" in [button.label for button in app.button], "what became of it stays"


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A folder with a network on data of the app, and one on planted data whose mark covers the image."""
    folder = tmp_path_factory.mktemp("taught")
    one_step("shapes-shortcut", "simple_cnn", folder)
    one_step("shortcut:tint:digits", "simple_cnn", folder)
    return folder


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("data", ["shapes-shortcut", "shortcut-tint-digits"])
def test_every_step_answers_in_a_sentence(taught, monkeypatch, step, data):
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(taught))
    run = next(run for run in list_runs() if run.id.startswith(data))
    app = open_page(PAGE, **{"lesson-run": run.id, "step": str(step)})
    assert not app.exception, app.exception
    assert not app.info, [each.value for each in app.info]
    shown = words(app)
    assert re.search(r"\d %|covers the whole image", as_read(app.header[0].value))
    told = re.findall(r"Image: (\w+)\. Mark: (\w+)\. Predicted", shown)
    if step == 2:
        assert len(told) == 6
        assert all(shape != mark for shape, mark in told)
        assert len({mark for _, mark in told}) >= 4, "the test split is ordered by its marks"


@pytest.mark.parametrize("test", ["shortcut", "Shortcut lesson", "The shortcut lesson"])
def test_links_to_the_old_place_lead_here(checkpoints, test):
    app = open_page("pages/explain/checks.py", test=test)
    assert not app.exception, app.exception
    assert app.title[0].value == "Is it right for the right reason?"
