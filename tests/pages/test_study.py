"""The Study page: queues what is missing, shows what the runs say, hands them on."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.jobs.train_run import train_run
from explorer.runs import create, list_runs
from explorer.studies import STUDIES, match_runs, plan_runs, submit
from explorer.ui.study import pictures
from explorer.ui.study.frames import View
from explorer.ui.study.panels.receptive import growth

from .conftest import open_page, words

PAGE = "pages/study/study.py"
STUDY = STUDIES["batch-size"]


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    """No trial of speed: it is tested elsewhere and takes its time."""
    monkeypatch.setattr("explorer.ui.train.estimate._trial_rate", lambda *_: 1000.0)
    monkeypatch.setattr("explorer.ui.train.estimate._earlier_rate", lambda *_: None)


def planned(seeds=5):
    return plan_runs(STUDY, quick=True, seeds=seeds)


@pytest.mark.parametrize("name", [name for name in STUDIES if name != "transfer"])
def test_every_study_can_be_chosen_and_says_how_many_runs(name, checkpoints):
    app = open_page(PAGE, study=name)
    assert not app.exception
    assert app.title[0].value == STUDIES[name].question
    size = STUDIES[name].quick
    expected = len(STUDIES[name].variants_at(True)) * size.seeds
    if name != "your-own":  # its form varies what one likes
        assert any(button.label == f"Start {expected} runs" for button in app.button)
    assert not list_runs()


def test_one_click_queues_the_study(checkpoints):
    app = open_page(PAGE, study="batch-size")
    next(b for b in app.button if b.label.startswith("Start")).click().run()
    assert not app.exception
    assert [run.status for run in list_runs()] == ["queued"] * 20
    assert not any(b.label.startswith("Start") for b in app.button)
    next(b for b in app.button if b.label.startswith("Stop 20")).click().run()
    assert all(run.stop_requested for run in list_runs())


def test_what_was_queued_on_train_is_taken_and_counted(checkpoints):
    equal = [create(one.config) for one in planned()[:2]]
    app = open_page(PAGE, study="batch-size")
    assert "2 of 20 runs had been trained before" in words(app)
    next(b for b in app.button if b.label == "Train the remaining 18 of 20 runs").click().run()
    assert not app.exception
    assert len(list_runs()) == 20
    assert all(run.reload().variant_in("batch-size") for run in equal)
    assert "2 of 20 runs had been trained before" in words(app)


def test_the_mlp_is_sized_to_the_conv_net_that_is_chosen(checkpoints):
    app = open_page(PAGE, study="equal-parameters")
    next(box for box in app.selectbox if box.label == "Base").set_value("residual_cnn").run()
    assert not app.exception
    next(b for b in app.button if b.label.startswith("Start")).click().run()
    chosen = {(run.config.model, run.config.options.get("match")) for run in list_runs()}
    assert chosen == {("residual_cnn", None), ("mlp", "residual_cnn")}


def test_the_mlp_is_sized_to_the_base_with_its_options(checkpoints):
    app = open_page(PAGE, study="equal-parameters")
    next(box for box in app.selectbox if box.label == "Kernel").set_value(5).run()
    assert not app.exception
    next(b for b in app.button if b.label.startswith("Start")).click().run()
    chosen = {(run.config.model, tuple(run.config.options.items())) for run in list_runs()}
    assert chosen == {("simple_cnn", (("kernel", 5),)), ("mlp", (("match", "simple_cnn:kernel=5"),))}


def test_receptive_fields_are_drawn_before_anything_is_trained(checkpoints):
    app = open_page(PAGE, study="kernel-size")
    assert not app.exception
    assert "Receptive field, layer by layer" in words(app)
    assert len(app.get("vega_lite_chart")) == 1
    ends = growth(View(STUDIES["kernel-size"], plan_runs(STUDIES["kernel-size"])).networks()).groupby("variant")[
        "pixels"
    ]
    assert dict(ends.last()) == {"kernel 3": 38, "kernel 5": 72, "kernel 7": 106, "kernel 1x1+3x3": 38}


def test_a_half_run_study_goes_on(checkpoints):
    runs = submit(planned(), STUDY)
    for run in runs[:18]:
        run.change(status="finished", test={"accuracy": 0.9, "loss": 0.3, "n": 10}, training_seconds=1.0)
    for run in runs[18:]:
        run.change(status="failed", reason="No memory.")
    app = open_page(PAGE, study="batch-size")
    next(b for b in app.button if b.label == "Train the remaining 2 of 20 runs").click().run()
    assert not app.exception
    assert [run.status for run in list_runs()] == ["queued"] * 2 + ["finished"] * 18


@pytest.fixture
def studied(checkpoints):
    """Two variants of the study, a seed each, trained."""
    for one in plan_runs(STUDY, quick=True, seeds=1)[2:]:
        train_run(submit([one], STUDY)[0])
    return checkpoints


def test_what_the_runs_show_is_said_and_drawn(studied):
    app = open_page(PAGE, study="batch-size")
    assert not app.exception
    assert "one seed cannot show" in words(app)
    sentences = [expander.label for expander in app.expander]
    assert any("test accuracy" in sentence for sentence in sentences)
    assert not any("varies by" in sentence for sentence in sentences), "ten steps of batch 128 are too few for that"
    next(b for b in app.button if b.label == "Open in Curves").click().run()
    assert not app.exception
    assert set(app.session_state["runs"]) == {run.id for run in list_runs()}


def test_a_presentation_goes_on_from_page_to_page(studied):
    app = open_page(PAGE, study="batch-size")
    app.toggle(key="present").set_value(True).run()
    assert "true" in app.query_params["present"]
    next(b for b in app.button if b.label == "Open in Curves").click().run()
    assert not app.exception
    assert app.title[0].value != STUDY.question
    assert app.toggle(key="present").value
    assert "true" in app.query_params["present"]
    app.switch_page("pages/compare/curves.py")  # where the button has led a browser
    app.toggle(key="present").set_value(False).run()
    assert "present" not in app.query_params


def test_a_study_with_a_page_of_its_own_is_not_offered(checkpoints):
    app = open_page(PAGE, study="transfer")
    assert "transfer" not in app.selectbox(key="study").options
    assert app.selectbox(key="study").value != "transfer"


def test_ones_own_study_has_a_form(checkpoints):
    app = open_page(PAGE, study="your-own")
    next(s for s in app.selectbox if s.label == "Vary").set_value("activation").run()
    assert not app.exception
    next(t for t in app.text_input if t.label.startswith("Values")).set_value("relu, tanh, gelu").run()
    next(b for b in app.button if b.label == "Start 6 runs").click().run()
    assert not app.exception
    assert {run.config.options.get("activation") for run in list_runs()} == {"relu", "tanh", "gelu"}
    next(t for t in app.text_input if t.label.startswith("Values")).set_value("swish").run()
    assert "swish" in app.error[0].value


@pytest.mark.parametrize("model", ["simple_cnn", "mlp", "vgg11", "resnet18", "resnet20"])
def test_the_form_begins_with_values_that_can_be_run(model):
    from explorer.runs.check import check
    from explorer.studies import axis_values, plan_runs, your_own
    from explorer.ui.study.picker import axes_of, example

    for axis in axes_of(model):
        axes = {axis: axis_values(model, axis, example(model, axis))}
        plan = plan_runs(your_own(STUDIES["your-own"], model, {}, {}, axes), seeds=1)
        configs = [one.config for one in plan]
        assert configs
        for config in configs:
            check(config)


def test_the_studies_are_cards_until_one_is_chosen(checkpoints):
    app = open_page(PAGE)
    assert not app.exception, app.exception
    links = {link.label: link.proto.query_string for link in app.page_link}
    offered = {study.question: f"study={name}" for name, study in STUDIES.items()}
    offered[STUDIES["transfer"].question] = ""  # which has a page of its own
    assert links == offered
    shown = words(app)
    plan = plan_runs(STUDY, quick=True)
    assert f"{len(plan)} runs: about" in shown
    runs = submit(plan, STUDY)
    for run in runs[:2]:
        run.change(status="finished", test={"accuracy": 0.9, "loss": 0.3, "n": 10}, training_seconds=1.0)
    assert f"2 of {len(plan)} runs done, in training now" in words(open_page(PAGE))


def test_while_a_study_runs_it_has_curves_but_no_answer(studied):
    runs = {one.variant: [one.run] for one in match_runs(planned(seeds=1), STUDY) if one.run}
    picture = pictures.of(STUDY, runs)
    assert [name for name, *_ in picture.names] == list(runs)
    assert picture.svg.count("<polyline") == len(runs) + 1, "a curve for each variant on its card, and the axes"
    few = {"study-seeds-batch-size-quick": "1"}
    before = len(open_page(PAGE, study="batch-size", **few).get("vega_lite_chart"))
    submit(planned(seeds=1), STUDY)
    app = open_page(PAGE, study="batch-size", **few)
    assert not app.exception, app.exception
    assert "2 of 4 runs done, no answer yet." in words(app)
    assert len(app.get("vega_lite_chart")) == before + 2, "loss and accuracy, as they grow"


def removed_before_a_look():
    import shutil

    import streamlit as st

    from explorer.runs import list_runs
    from explorer.studies import STUDIES, match_runs, plan_runs
    from explorer.ui.study import progress

    study = STUDIES["batch-size"]
    plan = match_runs(plan_runs(study, quick=True, seeds=1), study)
    if "removed" not in st.session_state:
        st.session_state.removed = list_runs()[0].path
        shutil.rmtree(st.session_state.removed)
    progress.panel(plan)


def test_a_run_that_is_removed_while_its_study_is_watched_leaves_the_page(checkpoints):
    submit(planned(seeds=1), STUDY)
    app = AppTest.from_function(removed_before_a_look, default_timeout=60).run()
    assert not app.exception
    assert app.button[0].label == "Stop 3 runs"
