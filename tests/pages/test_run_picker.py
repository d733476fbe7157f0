"""What the picker of runs does on a page: it opens a study, hides the archive, and offers what has steps alone."""

import json

import pytest

from explorer.runs import Run, list_runs
from explorer.runs.record import StudyRecord

from .conftest import open_page, words

CURVES, GRADIENTS, SALIENCY = "pages/compare/curves.py", "pages/look_inside/gradients.py", "pages/explain/saliency.py"
STUDY = "study:depth:digits"


@pytest.fixture
def studied(with_runs) -> list[Run]:
    """The runs as those of a study, a variant each; the newest first."""
    return [run.change(study=StudyRecord("depth", run.config.model)) for run in list_runs()]


def test_choosing_a_study_shows_its_variants_and_the_link_holds_them(studied):
    ids = [run.id for run in reversed(studied)]
    app = open_page(SALIENCY, runs=ids[0])
    app.multiselect(key="runs").select(STUDY).run()
    assert not app.exception
    assert app.multiselect(key="runs").value == ids
    assert app.query_params["runs"] == ids


def test_a_link_may_hold_a_study(studied):
    app = open_page(CURVES, runs=STUDY)
    assert not app.exception
    assert all(name in words(app) for name in ("MLP", "simple_cnn", "residual_cnn"))


def test_an_archived_run_is_offered_only_where_a_link_names_it(with_runs):
    archived, other, *_ = list_runs()
    archived.change(archived=True)
    assert not any(
        option.startswith("MLP") for option in open_page(CURVES, runs=other.id).multiselect(key="runs").options
    )
    app = open_page(CURVES, runs=archived.id)
    assert app.multiselect(key="runs").value == [archived.id]
    assert any("archived" in option for option in app.multiselect(key="runs").options)


@pytest.fixture
def stopped(with_runs) -> Run:
    """A run that was stopped in its first epoch, after some of its steps."""
    run = list_runs()[0]
    steps = [line for line in (run.path / "steps.jsonl").read_text().splitlines() if json.loads(line).get("epoch") == 1]
    (run.path / "steps.jsonl").write_text("\n".join(steps[:5]) + "\n")
    (run.path / "epochs.jsonl").write_text("")
    return run.change(status="stopped", reason="Stopped.", epochs_done=0, best=None, test=None)


@pytest.mark.parametrize("beside", [False, True])
def test_a_run_stopped_in_its_first_epoch_shows_its_steps(stopped, beside):
    runs = [stopped.id, *(run.id for run in list_runs()[1:2] if beside)]
    app = open_page(CURVES, runs=runs)
    assert not app.exception
    assert "MLP was stopped in its first epoch: it only has curves over steps." in words(app)
    assert app.segmented_control(key="over").value == ("epochs" if beside else "steps")
    for view in ("layers", "epochs", "dead-relus"):
        app = open_page(GRADIENTS, runs=runs, **{"gradients-view": view})
        assert not app.exception
        assert "MLP has not finished its first epoch: its means are over the steps so far." in words(app)


def test_a_run_without_an_epoch_has_no_weights_to_look_into(stopped):
    assert not any(option.startswith("MLP") for option in open_page(SALIENCY).multiselect(key="runs").options)
