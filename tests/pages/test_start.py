"""What is equal is trained once: a second press joins, what is finished is offered, another seed is one press away."""

import json

import pytest

from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, list_runs
from explorer.training import TrainConfig
from explorer.ui.train.link import train_link
from tests.records import edit_record

from .conftest import open_page, words

PAGE = "pages/train/train.py"
SMALL = {"epochs": "1", "batch_size": "512", "models": "simple_cnn", "simple_cnn.depth": "2"}


def press(app, label: str):
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception, app.exception
    return app


def test_a_second_press_here_or_in_another_tab_joins_the_first(checkpoints):
    app = press(open_page(PAGE, **SMALL), "Start training")
    (run,) = list_runs()
    assert [toast.value for toast in app.toast] == ["1 run queued."]
    for tab in (app, open_page(PAGE, **SMALL), open_page(PAGE, **train_link(run.config))):
        press(tab, "Start training")
        assert [each.id for each in list_runs()] == [run.id]
        assert f"({run.id}) is already in training" in words(tab)


def test_what_is_trained_is_offered_and_can_be_trained_with_another_seed(checkpoints):
    press(open_page(PAGE, **SMALL), "Start training")
    (run,) = list_runs()
    train_run(run.change(status="running"))
    app = press(open_page(PAGE, **SMALL), "Start training")
    assert len(list_runs()) == 1
    assert f"({run.id}) is already trained: " in words(app)
    link = next(each.proto for each in app.get("page_link") if each.proto.label == "Open in Curves")
    assert link.query_string == f"runs={run.id}"
    press(app, "Train with seed 1 as well")
    new, old = list_runs()
    assert (old.id, new.config.training.seed, new.status) == (run.id, 1, "queued")
    assert app.number_input(key="seed").value == 1


@pytest.mark.parametrize("number", [2, 3])
def test_variants_of_one_network_are_started_at_once(checkpoints, number):
    app = open_page(PAGE, **SMALL, **{"simple_cnn.variants": str(number)})
    for place, depth in zip(range(2, number + 1), (4, 6), strict=False):
        app.selectbox(key=f"simple_cnn-{place}.depth").set_value(depth)
    press(app.run(), "Start training")
    assert sorted(run.config.options.get("depth", 6) for run in list_runs()) == [2, 4, 6][:number]


def test_equal_variants_are_trained_once(checkpoints):
    app = press(open_page(PAGE, models="mlp", **{"mlp.variants": "3"}), "Start training")
    assert len(list_runs()) == 1
    assert "each is trained once" in words(app)


@pytest.mark.parametrize(
    ("page", "label", "query"),
    [
        ("start/home", "Train the demo pair", {}),
        ("explain/shortcut", "Train a network on these images", {}),
        ("study/study", "Start ", {"study": "batch-size"}),
    ],
)
def test_a_second_press_of_other_buttons_queues_nothing_twice(page, label, query, checkpoints):
    tabs = [open_page(f"pages/{page}.py", **query) for _ in range(2)]
    press(tabs[0], label)
    queued = [run.id for run in list_runs()]
    assert queued
    press(tabs[1], label)
    assert [run.id for run in list_runs()] == queued


def test_train_leads_to_the_study_that_does_the_same_with_seeds(checkpoints):
    app = open_page(PAGE, models=["simple_cnn", "residual_cnn"])
    (link,) = [each.proto for each in app.get("page_link") if "several seeds" in each.proto.label]
    assert (link.page, link.query_string) == ("study", "study=cnn-vs-resnet")
    assert not open_page(PAGE, models="mlp").get("page_link")


def test_before_the_first_epoch_ends_no_half_is_empty(checkpoints):
    run = create(RunConfig("digits", "simple_cnn", {"depth": 2}, TrainConfig(epochs=3, batch_size=64, device="cpu")))
    train_run(run.change(status="running"))
    edit_record(run.path, lambda record: record.update(status="running", epochs_done=0))
    edit_record(run.path, lambda record: [record.pop(key, None) for key in ("best", "test", "finished_at")])
    (run.path / "epochs.jsonl").write_text("")
    app = open_page(PAGE)
    assert not app.exception, app.exception
    charts = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    assert len(charts) == 2, "loss and gradient norms"
    assert "The accuracy appears after the first epoch." in words(app)
