"""The Transfer page: queues sources and runs, shows curve, gains, layers and time, compares two networks."""

import shutil

import pytest

from explorer.data import load
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, list_runs
from explorer.studies import STUDIES, match_runs, plan_runs, submit, with_source
from explorer.training import TrainConfig

from .conftest import open_page, words

PAGE = "pages/study/transfer.py"
SMALL = {"transfer-seeds-quick": 2, "transfer-epochs-quick": 1}


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    """No trial of speed: it is tested elsewhere and takes its time."""
    monkeypatch.setattr("explorer.ui.train.estimate._trial_rate", lambda *_: 1000.0)
    monkeypatch.setattr("explorer.ui.train.estimate._earlier_rate", lambda *_: None)


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A run of one's own, and the transfers from it with 1 % of the images: three ways to start, two seeds."""
    folder = tmp_path_factory.mktemp("transfers")
    digits = load("digits")
    training = TrainConfig(epochs=1, batch_size=128, device="cpu")
    own = create(RunConfig("digits", "simple_cnn", {"depth": 2}, training), folder, status="running")
    train_run(own, loader=lambda *_, **__: digits)
    study = with_source(STUDIES["transfer"], own.id, folder)
    plan = plan_runs(study, "digits", quick=True, seeds=2, epochs=1)
    for run in submit([one for one in plan if one.config.training.fraction == 0.01], study, folder):
        train_run(run, loader=lambda *_, **__: digits)
    return folder


@pytest.fixture
def with_transfers(studied, checkpoints):
    shutil.copytree(studied, checkpoints, dirs_exist_ok=True)
    return checkpoints


def opened(**query):
    app = open_page(PAGE, **query)
    for key, value in SMALL.items():
        next(one for one in app.number_input if one.key == key).set_value(value)
    return app.run()


def test_with_nothing_there_one_click_queues_the_source_and_its_runs(checkpoints):
    app = opened()
    assert not app.exception
    next(b for b in app.button if b.label == "Start 19 runs").click().run()
    assert not app.exception
    runs = list_runs()
    assert len(runs) == 19
    assert (runs[-1].config.dataset, runs[-1].study.variant) == ("shapes", "source")
    assert {run.config.training.source for run in runs} == {"", runs[-1].id}
    next(b for b in app.button if b.label == "Stop 19 runs").click().run()
    assert all(run.stop_requested or run.status == "stopped" for run in list_runs())


def test_two_networks_have_equal_steps_and_a_source_each(checkpoints):
    app = opened(networks=["vgg11", "resnet20"])
    assert not app.exception
    assert "the budgets are equal in steps, not in seconds" in words(app)
    next(b for b in app.button if b.label == "Start 38 runs").click().run()
    assert not app.exception
    configs = [run.config for run in list_runs()]
    steps = {
        model: sorted((c.training.epochs, c.training.passes, c.training.fraction) for c in configs if c.model == model)
        for model in ("vgg11", "resnet20")
    }
    assert steps["vgg11"] == steps["resnet20"]


def test_last_blocks_and_the_rate_of_the_head_are_chosen(checkpoints):
    app = opened()
    for key, value in {"transfer-blocks-quick": 2, "transfer-head-rate": 0.02}.items():
        next(one for one in app.number_input if one.key == key).set_value(value)
    app.run()
    next(b for b in app.button if b.label == "Start 25 runs").click().run()
    assert not app.exception
    runs = [run.config.training for run in list_runs() if run.study.variant != "source"]
    assert {one.tune for one in runs} == {"scratch", "frozen", "last-2", "all"}
    assert {one.head_learning_rate for one in runs} == {0.02}


def test_what_the_runs_show_is_said_and_drawn(with_transfers):
    own = list_runs()[-1].id
    app = opened(networks=own)
    assert not app.exception
    said = words(app)
    assert (
        "With 1 % of the images, compared with training from scratch (2 seeds, 382 test images, one source): " in said
    )
    assert any("With 1 % of the images" in expander.label for expander in app.expander)
    assert "The head is reused" in said
    assert "trained simple_cnn is already pretrained" in said
    assert "Grey: the CKA between untrained networks of this architecture" in said
    assert any(b.label == "Train the remaining 12 of 18 runs" for b in app.button)
    next(b for b in app.button if b.label == "Curves").click().run()
    assert not app.exception
    assert len(app.session_state["runs"]) == 3


def test_layers_that_are_frozen_did_not_move(with_transfers):
    from explorer.ui.transfer.frames import View
    from explorer.ui.transfer.picker import Transfer

    own = list_runs()[-1]
    study = with_source(STUDIES["transfer"], own.id)
    plan = match_runs(plan_runs(study, "digits", quick=True, seeds=2, epochs=1), study)
    table = View([Transfer(own.id, "simple_cnn", study, plan)]).changes("1 %").set_index(["line", "layer"])
    body = [layer for line, layer in table.index if line == "frozen" and layer != "head"]
    assert (table.loc["frozen"].loc[body, "change"] == 0).all()
    assert table.loc["frozen"].loc[body, "cka"].to_numpy() == pytest.approx(1)
    assert (table.loc["all layers"]["change"] > 0).all()
    baseline = table["baseline"].groupby("layer").nunique()
    assert (baseline == 1).all(), "the same for every way to start"
    assert table["baseline"].between(0.05, 0.9999).all()
    assert (table["images"] == 128).all()


def test_a_published_model_that_is_not_here_can_be_fetched(checkpoints, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    app = open_page(PAGE, networks="published-resnet18")
    assert not app.exception
    assert any(b.label.startswith("Download weights") for b in app.button)
    assert not any(b.label.startswith("Start") for b in app.button)
