"""The Curves page: runs and groups on the same axes, tests on their predictions, the table and its inference times."""

import csv
import io
import json
from functools import cache

import numpy as np
import pytest
import torch

from explorer.insights.cost import InferenceTime
from explorer.models import build
from explorer.runs import RunConfig, create, list_runs
from explorer.runs.history import PLAIN_LOSS, write_test_predictions
from explorer.runs.lines import append
from explorer.training import TrainConfig
from explorer.ui.curves.csv import csv_text

from .conftest import open_page, words

PAGE = "pages/compare/curves.py"
DATA = {
    "name": "digits",
    "fingerprint": "f",
    "classes": [str(n) for n in range(10)],
    "channels": 1,
    "size": 32,
    "ink": True,
    "mean": [0.5],
    "std": [0.5],
    "images": {"train": 640, "validation": 144, "test": 360},
}
SEEDED = (("mlp", 340), ("simple_cnn", 300))
LABELS = np.arange(360) % 10


@cache
def parameter_names(model: str, channels: int) -> list[str]:
    with torch.device("meta"):
        return [name for name, _ in build(model, channels, 10, size=32).named_parameters()]


def made(model="mlp", epochs=4, right=350, status="finished", data=DATA, loss=None, per_epoch=10, **training):
    """A run that was never trained, with a falling loss; `right`: how many test images it knows."""
    config = RunConfig(data["name"], model, {}, TrainConfig(epochs=max(epochs, 1), **training))
    run = create(config, status=status)
    names = parameter_names(model, data["channels"])
    losses = loss or [2.0 / (epoch + 1) + 0.05 for epoch in range(epochs)]
    rows = [
        {
            "epoch": n,
            "train_loss": value,
            "validation_loss": value + 0.05,
            "train_accuracy": 0.9,
            "validation_accuracy": right / 360 - 0.1 / n,
            "learning_rate": 0.1,
            "seconds": 1.5,
            "images_per_second": 400.0,
            "dead_relus": {},
        }
        for n, value in enumerate(losses, 1)
    ]
    measured = {"accuracy": 0.5, "gradient_norms": [1.0] * len(names)}
    steps = [
        {"step": s + 1, "epoch": s // per_epoch + 1, "loss": losses[s // per_epoch], **measured}
        for s in range(per_epoch * epochs)
    ]
    append(run.path / "epochs.jsonl", rows)
    append(run.path / "steps.jsonl", steps)
    if not epochs:
        return run
    best = {"epoch": epochs, "validation_accuracy": rows[-1]["validation_accuracy"], "validation_loss": losses[-1]}
    info = {"dataset": data, "best": best, "epochs_done": epochs, "training_seconds": 1.5 * epochs}
    info |= {"parameters": 1000, "parameter_names": names, "steps_per_epoch": per_epoch}
    info |= {"device": {"type": "cpu", "name": "CPU, 2 threads (x86_64)"}, "started_at": run.record.queued_at}
    if status == "finished":
        write_test_predictions(run, LABELS, np.where(np.arange(360) < right, LABELS, (LABELS + 1) % 10))
        info["test"] = {"loss": 0.2, "accuracy": right / 360, "n": 360, "confusion": []}
    return run.change(**info)


def opened(*runs, **query):
    app = open_page(PAGE, runs=[run.id for run in runs], **query)
    assert not app.exception, app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def charts_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]


def table(app, column: str):
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


@pytest.mark.parametrize("count", [1, 2, 12, 30])
def test_one_run_and_thirty(checkpoints, count):
    app = opened(*(made(right=330 + n, seed=n) for n in range(count)))
    assert len(charts_of(app)) == 2
    assert len(table(app, "parameters")) == count
    pairs = count * (count - 1) // 2
    assert ("Pairwise tests" in str([title.value for title in app.subheader])) == bool(pairs)
    if pairs > 1:
        assert f"of {pairs} pairs apart" in words(app)
        assert len(table(app, "p, Holm")) == pairs


def test_two_runs_are_told_apart_by_mcnemar_and_the_bootstrap(checkpoints):
    app = opened(made(right=350), made("simple_cnn", right=320))
    said = words(app)
    assert "alone classifies 30 correctly" in said
    assert "these two networks differ" in said
    assert "p < 0.001" in said
    assert "+8.3 percentage points" in said
    assert "do not include the spread between seeds" in said


def test_runs_on_other_images_are_not_compared_and_the_page_says_why(checkpoints):
    shapes = DATA | {"name": "shapes", "fingerprint": "g", "channels": 3}
    app = opened(made(), made(data=shapes), made(data=DATA | {"fingerprint": "h"}))
    said = words(app)
    assert "digits and on shapes were tested on different images" in said
    assert "digits has changed" in said
    assert "On digits:" in said
    assert not any("p, Holm" in frame.value for frame in app.dataframe)


def test_a_training_loss_that_holds_label_smoothing_is_named(checkpoints):
    older = made(label_smoothing=0.2)
    newer = made(label_smoothing=0.2, seed=1).change(recorded_loss=PLAIN_LOSS)
    assert "training loss of MLP · seed 0 (0.2) includes label smoothing" in words(opened(older, newer))
    assert "label smoothing" not in words(opened(newer))


def test_a_last_batch_of_few_images_is_named_where_single_steps_are_drawn(checkpoints):
    few = made(data=DATA | {"images": DATA["images"] | {"train": 9 * 64 + 5}})
    whole = made(seed=1)
    assert "few images (5 instead of 64 in MLP · seed 0)" in words(opened(few, whole, over="steps"))
    assert "few images" not in words(opened(few))
    assert "few images" not in words(opened(whole, over="steps"))


def test_a_running_a_queued_and_a_diverged_run(checkpoints):
    running = made(epochs=2, status="running")
    queued = made(epochs=2, status="queued")
    diverged = made(epochs=1, status="failed", loss=[float("nan")]).change(reason="Diverged: no number.")
    app = opened(running, queued, diverged, made())
    said = words(app)
    assert "is running, 2 of 2 epochs" in said
    assert "is queued" in said
    assert "failed in epoch 2: Diverged: no number." in said
    assert any("diverged" in expander.label for expander in app.expander)


def test_a_run_without_an_epoch_waits(checkpoints):
    app = opened(made(epochs=0, status="running"))
    assert "have not recorded a step yet" in words(app)


def test_seeds_are_grouped_into_bands(checkpoints):
    runs = [made(right=340 + n, seed=n) for n in range(3)] + [
        made("simple_cnn", right=300 + n, seed=n) for n in range(3)
    ]
    app = opened(*runs, group="all but the seed")
    assert "MLP has the highest mean test accuracy, 94.7 % (3 seeds each, 4 epochs" in words(app)
    assert "MLP is more accurate than simple_cnn" in words(app)
    assert any(expander.label.startswith("MLP has the highest mean test accuracy") for expander in app.expander)
    assert '"area"' in json.dumps(charts_of(app))
    assert "from the lowest to the highest run" in words(app)


def test_a_group_of_unlike_runs_is_never_called_seeds(checkpoints):
    app = opened(made(), made("simple_cnn", right=330), group="dataset")
    assert not any("seeds" in expander.label for expander in app.expander if "mean test accuracy" in expander.label)


@pytest.mark.parametrize(("over", "title"), [("steps", "Step"), ("seconds", "Training time (s)")])
def test_other_axes_smoothed_and_logarithmic(checkpoints, over, title):
    app = opened(made(), made("simple_cnn"), over=over, log="loss")
    assert title in json.dumps(charts_of(app))
    assert '"log"' in json.dumps(charts_of(app)[0])
    assert '"log"' not in json.dumps(charts_of(app)[1])
    app.slider[0].set_value(0.6).run()
    assert not app.exception
    assert "moothed with weight 0.6" in words(app)


def test_what_is_shown_can_be_chosen(checkpoints):
    app = opened(made(epochs=8))
    assert "best epoch" in json.dumps(charts_of(app))
    next(group for group in app.get("button_group") if group.label == "Show").set_value(["training"]).run()
    assert not app.exception
    assert "Bold: validation" not in words(app)
    assert '"best epoch"' not in json.dumps(charts_of(app))


def test_a_finding_opens_to_its_rule_its_numbers_and_its_curves(checkpoints):
    up = [1.0, 0.5, 0.3, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    run = made(epochs=10, loss=up)
    rows = [json.loads(line) for line in (run.path / "epochs.jsonl").read_text().splitlines()]
    (run.path / "epochs.jsonl").unlink()
    append(run.path / "epochs.jsonl", [row | {"train_loss": 1 / row["epoch"]} for row in rows])
    app = opened(run)
    place = next(n for n, expander in enumerate(app.expander) if "over-fits after epoch 4" in expander.label)
    assert "over-fits from here" in json.dumps(charts_of(app))
    app.session_state[f"compared-{place}"] = True
    app.run()
    assert not app.exception
    assert "Prechelt" in words(app).split("Rule.")[1].split("\n")[0]
    assert len(charts_of(app)) == 3


def test_inference_is_timed_when_asked_for_and_says_on_what(checkpoints, monkeypatch):
    timed = []

    def clock(model, channels, size, batch_size, device):
        timed.append(batch_size)
        return InferenceTime(0.0123, 0.01, 0.02, 9, batch_size, "a quiet machine")

    monkeypatch.setattr("explorer.insights.cost.inference_time", clock)
    app = opened(made(), made(right=320, seed=1), made("simple_cnn"))
    assert not timed
    assert "inference" not in table(app, "parameters")
    next(button for button in app.button if button.label == "Measure inference time").click().run()
    assert not app.exception
    assert timed == [64, 64]  # runs of one architecture share it
    assert table(app, "parameters")["inference"].tolist() == pytest.approx([12.3] * 3)
    assert "batch of 64 in float32 on a quiet machine, median of 9" in words(app)
    app.run()
    assert len(timed) == 2


def test_the_table_can_be_taken_home(checkpoints):
    rows = [{"run": "a", "test accuracy": 0.975}, {"run": "b", "test accuracy": None, "group": "x, y"}]
    back = list(csv.DictReader(io.StringIO(csv_text(rows))))
    assert back[0] == {"run": "a", "test accuracy": "0.975", "group": ""}
    assert back[1] == {"run": "b", "test accuracy": "", "group": "x, y"}


def test_the_table_has_what_each_run_costs(with_runs):
    app = opened(*list_runs())
    rows = table(app, "parameters").set_index("model")
    assert (rows["training memory"] > 4 * 4 * rows["parameters"] / 1e6).all()  # weights, gradients, AdamW's two
    assert (rows["MACs"] > rows["parameters"] / 2).all()
    assert (rows["test accuracy"] > 1).all()  # per cent
    assert "not a measured peak" in words(app)


def test_a_run_whose_answers_are_gone_says_so(with_runs):
    for run in list_runs():
        (run.path / "test_answers.npy").unlink()
    assert "no saved predictions" in words(opened(*list_runs()))


def test_a_loss_from_a_report_is_checked_with_no_run_at_all(checkpoints):
    app = open_page(PAGE)
    for key, value in (("own-loss", 0.026161), ("own-accuracy", 79.69), ("own-batch-size", 64)):
        app.number_input(key=key).set_value(value)
    app.run()
    assert not app.exception
    assert "cannot be a mean cross-entropy" in words(app)
    assert "64 × 0.026161 = 1.6743" in words(app)
