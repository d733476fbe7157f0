"""The Mistakes page: what is counted there is what the runs predict, and an image leads to its saliency."""

from dataclasses import replace
from threading import Event, Thread, current_thread

import numpy as np
import pytest

from explorer.data import load
from explorer.insights.mistakes import Predictions
from explorer.insights.predict import predict
from explorer.jobs.train_run import train_run
from explorer.runs import Checkpoint, RunConfig, create, find, load_model
from explorer.training import TrainConfig

from .conftest import SECONDS, go_to, open_page, words

PAGE = "pages/explain/mistakes.py"
PARTS = [
    "Which classes are confused?",
    "How confident are the mistakes?",
    "Is it calibrated?",
    "Class by class",
    "Do two runs differ?",
]
PAIR = ["digits-simple_cnn-0001", "digits-residual_cnn-0002"]


def predictions_of(run_id: str, split: str) -> Predictions:
    import torch

    images = getattr(load("digits"), split)
    return Predictions.of(images.labels, predict(load_model(run_id), torch.from_numpy(images.pixels).float() / 255))


@pytest.mark.parametrize("split", ["validation", "test"])
def test_the_answer_counts_what_the_run_gets_wrong(with_runs, split):
    found = predictions_of(PAIR[0], split)
    app = open_page(PAGE, runs=PAIR[0], of=split)
    assert not app.exception
    text = words(app)
    assert f"simple_cnn misclassifies {found.wrong.sum()} of {len(found)} {split} images (" in text


@pytest.mark.parametrize("part", PARTS)
def test_every_part_answers_for_one_run_and_for_two(with_runs, part):
    for runs in (PAIR[:1], PAIR):
        app = open_page(PAGE, runs=runs, part=part)
        assert not app.exception, app.exception
        assert not app.error
        assert ("Choose two runs" in words(app)) == (part == "Do two runs differ?" and len(runs) == 1)


def test_two_runs_are_compared_image_by_image(with_runs):
    wrong_a, wrong_b = (predictions_of(run_id, "validation").wrong for run_id in PAIR)
    text = words(open_page(PAGE, runs=PAIR, part="Do two runs differ?"))
    assert f"both {(wrong_a & wrong_b).sum()} of {len(wrong_a)} images" in text
    assert f"Only simple_cnn misclassifies {(wrong_a & ~wrong_b).sum()}, " in text
    assert "exact McNemar" in text


def test_other_data_cannot_be_compared(with_runs):
    run = find(PAIR[1])
    run.change(dataset=replace(run.dataset, fingerprint="another"))
    assert "trained on different data" in words(open_page(PAGE, runs=PAIR, part="Do two runs differ?"))


@pytest.mark.parametrize("normalised", ["true", "false"])
def test_two_matrices_share_their_colours_where_they_can_be_compared(with_runs, monkeypatch, normalised):
    from explorer import charts

    calls, drawn = [], charts.confusion_heat
    monkeypatch.setattr(charts, "confusion_heat", lambda *given: calls.append(given) or drawn(*given))
    assert not open_page(PAGE, runs=PAIR, epoch="1", normalised=normalised).exception
    wrong = []
    for counts, *_ in calls:
        shown = 100 * counts / counts.sum(axis=1, keepdims=True) if normalised == "true" else counts
        wrong.append(shown[~np.eye(10, dtype=bool)].max())
    assert [given[-1] for given in calls] == [pytest.approx(max(wrong))] * 2
    run = find(PAIR[1])
    run.change(dataset=replace(run.dataset, fingerprint="another"))
    calls.clear()
    open_page(PAGE, runs=PAIR, epoch="1", normalised=normalised)
    assert [given[-1] is None for given in calls] == [normalised == "false"] * 2


def test_an_interrupted_look_is_not_lost(with_runs, monkeypatch):
    from explorer.ui import predictions

    run, looked = find(PAIR[0]), []
    whole = predictions_of(PAIR[0], "test")

    def counted(model, images):
        looked.append(len(images))
        if len(looked) == 3:
            raise InterruptedError
        return predict(model, images)

    monkeypatch.setattr(predictions, "AT_ONCE", 100)
    monkeypatch.setattr(predictions, "predict", counted)
    with pytest.raises(InterruptedError):
        predictions.of_checkpoint(Checkpoint(run), "test")
    found = predictions.of_checkpoint(Checkpoint(run), "test")
    assert sum(looked) == len(whole) + 100  # the part in which it was interrupted, again
    np.testing.assert_array_equal(found.predicted_classes, whole.predicted_classes)
    np.testing.assert_allclose(found.confidence, whole.confidence, atol=1e-6)


def test_two_visitors_may_look_together(with_runs, monkeypatch):
    from explorer.ui import predictions

    run, whole, found = find(PAIR[0]), predictions_of(PAIR[0], "test"), {}
    late_is_looking, early_is_done = Event(), Event()
    late = Thread(target=lambda: found.update(late=predictions.of_checkpoint(Checkpoint(run), "test")))

    def in_turn(model, images):
        if current_thread() is late:
            late_is_looking.set()
            assert early_is_done.wait(SECONDS)
        elif looked:  # the second part: now the other comes, and finds the first part there
            if not late_is_looking.is_set():
                late.start()
            assert late_is_looking.wait(SECONDS)
        looked.append(len(images))
        return predict(model, images)

    looked: list[int] = []
    monkeypatch.setattr(predictions, "AT_ONCE", 100)
    monkeypatch.setattr(predictions, "predict", in_turn)
    found["early"] = predictions.of_checkpoint(Checkpoint(run), "test")
    early_is_done.set()
    late.join(SECONDS)
    for one in found["early"], found["late"]:
        np.testing.assert_array_equal(one.predicted_classes, whole.predicted_classes)


def test_a_click_below_the_second_run_explains_its_image(with_runs, monkeypatch):
    other = train_run(create(RunConfig("shapes", "mlp", {}, TrainConfig(epochs=1, batch_size=512, device="cpu"))))
    app = open_page(PAGE, runs=[PAIR[0], other.id])
    import streamlit as st

    from explorer.ui.explain import gallery

    def button(image, alt, cells, key, on_pick, **_) -> None:
        st.button(alt, key=key, on_click=on_pick, args=(0, 0))

    monkeypatch.setattr(gallery, "click_image", button)
    app.run()
    next(each for each in app.button if each.key.startswith(f"cell-image-{other.id}")).click().run()
    assert not app.exception
    chosen = app.session_state["choices"].values
    data, at = load("shapes"), chosen["number"] - 1
    assert chosen["split"] == "validation"
    label = data.classes[int(data.validation.labels[at])]
    assert f"Validation image {at + 1}, true class {label}" in words(app)
    assert words(app).count("\nMethod: ") == 1  # the run on other images is not asked
    assert not app.get("page_link")  # there the first run's images are sampled


def test_an_image_that_was_clicked_is_explained_and_kept_for_the_saliency_page(with_runs):
    app = open_page(PAGE, runs=PAIR, of="test")
    from explorer.ui.explain import gallery  # not before the app runs: its pages belong to a session

    app.session_state[gallery.WANTED] = load("digits").fingerprint, "test", 17  # as the click does
    app.session_state["number"] = 18
    app.session_state["split"] = "test"
    app.run()
    label = load("digits").test.labels[17]
    assert f"Test image 18, true class {label}" in words(app)
    assert words(app).count("Method: Grad-CAM.") == 2
    app.run()
    assert "By Grad-CAM." not in words(app), "what was closed stays closed"
    go_to(app, "pages/explain/saliency.py")
    assert not app.exception
    assert app.number_input(key="number").value == 18
    assert f"True class {label}" in words(app)


def test_a_link_with_an_old_label_opens_the_same_part(with_runs):
    assert "expected calibration error" in words(open_page(PAGE, runs=PAIR[0], part="Is its word good?"))
