"""From a queued run to an ended one: what lies in the folder, stopping, failing, resuming."""

import errno
import json
import os
import threading
from dataclasses import replace

import pytest
import torch
from PIL import Image

from explorer.errors import UserError
from explorer.jobs import stop, submit, train_further
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, epochs, find, load_model, saved_epochs, steps
from explorer.runs.history import smoothing_in_training_loss
from explorer.runs.lines import read_lines
from explorer.training import TrainConfig
from explorer.training.device import ALL_THREADS
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd
from explorer.training.processor import processor
from tests.resumed import equal_weights, history, stop_in_epoch

TRAINING = TrainConfig(epochs=3, batch_size=24, device="cpu", augment=True)
CONFIG = RunConfig("tiny", "simple_cnn", {"depth": 2}, TRAINING, image_size=8)


def test_a_finished_run_holds_everything(checkpoints, tiny, loader):
    run = train_run(create(CONFIG), loader=loader)
    assert run.status == "finished"
    assert run.epochs_done == 3
    assert run.record.dataset.fingerprint == tiny.fingerprint
    assert run.record.parameters == sum(p.numel() for p in load_model(run.id).parameters())
    assert saved_epochs(run) == [0, 1, 2, 3]
    table, history = epochs([run.id]), steps(run.id)
    assert list(table["epoch"]) == [1, 2, 3]
    assert list(history.step) == list(range(1, 13))
    assert history.norms.shape == (12, len(history.parameters))
    assert (history.norms >= 0).all()
    first = read_lines(run.path / "epochs.jsonl")[0]
    assert set(first["dead_relus"]) == {"stage1.act1", "stage3.act1"}
    assert first["probe_images"] == len(tiny.validation) + len(tiny.train)
    assert smoothing_in_training_loss(run) == 0
    assert run.best_validation_accuracy == table["validation_accuracy"].max()
    assert run.record.test.n == len(tiny.test)
    assert sum(map(sum, run.record.test.confusion)) == len(tiny.test)
    assert not list(run.path.rglob("*.partial"))


def test_a_checkpoint_is_complete(checkpoints, tiny, loader):
    """Weights and normalisation come back: the loaded model has the recorded validation loss."""
    run = train_run(create(CONFIG), loader=loader)
    for epoch, row in enumerate(read_lines(run.path / "epochs.jsonl"), start=1):
        model = load_model(run.id, epoch)
        assert not model.training
        assert evaluate(model, tiny.validation).loss == pytest.approx(row["validation_loss"], rel=1e-5)
    last, best = load_model(run.id, "last").state_dict(), load_model(run.id, 3).state_dict()
    assert all(torch.equal(last[name], best[name]) for name in last)


def test_an_epoch_that_was_not_kept_is_named(checkpoints, loader):
    run = train_run(create(CONFIG), loader=loader)
    with pytest.raises(UserError, match=r"no weights of epoch '17'.*best, last, 0, 1, 2, 3"):
        load_model(run.id, 17)


def test_stopping_keeps_what_was_learned(checkpoints, tiny, loader):
    run = create(CONFIG)

    ended = train_run(run, on_event=stop_in_epoch(run, 2), loader=loader)
    assert ended.status == "stopped"
    assert ended.reason == "Stopped on request."
    assert ended.epochs_done == 1
    load_model(run.id, "last")
    load_model(run.id, "best")


def test_a_queued_run_can_be_stopped_before_it_begins(checkpoints, loader):
    run = submit(CONFIG)
    stop(run)
    ended = train_run(run, loader=loader)
    assert (ended.status, ended.reason) == ("stopped", "Stopped before it started.")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"optimizer": "sgd"},
        {"optimizer": "muon", "lookahead": True, "flips": "alternating", "test_time_flips": True},
    ],
    ids=["adamw", "sgd", "muon with slow weights and alternating flips"],
)
def test_resuming_a_stopped_run_gives_the_same_history(checkpoints, tiny, values):
    def loader(*_):
        return replace(tiny, preparation="photo")  # which may be mirrored

    training = TrainConfig(epochs=4, batch_size=24, augment=True, device="cpu", **values)
    config = RunConfig("tiny", "residual_cnn", {"depth": 2, "dropout": 0.2}, training, image_size=8)
    whole = train_run(create(config), loader=loader)
    run = create(config)

    stopped = train_run(run, on_event=stop_in_epoch(run, 3), loader=loader)
    assert stopped.epochs_done == 2
    finished = train_run(stopped.requeue(), loader=loader)
    assert finished.status == "finished"
    assert history(finished) == history(whole)
    assert equal_weights(run, whole)
    assert finished.record.test == whole.record.test
    assert (whole.record.test.flipped_accuracy is not None) == training.test_time_flips


def test_a_run_from_before_there_was_a_choice_of_statistics_goes_on_as_it_began(checkpoints, loader):
    running = replace(CONFIG, training=replace(TRAINING, norm_statistics="running"))
    whole, run = train_run(create(running), loader=loader), create(running)
    stopped = train_run(
        run, on_event=lambda event: isinstance(event, EpochEnd) and event.epoch == 1 and stop(run), loader=loader
    )
    config = stopped.config.to_json()
    config["training"].pop("norm_statistics")
    finished = train_run(stopped.change(config=config).requeue(), loader=loader)
    assert history(finished) == history(whole)
    assert history(finished) != history(train_run(create(CONFIG), loader=loader))


@pytest.mark.parametrize("began", [torch.float32, torch.bfloat16])
def test_precision_stays_as_it_began_on_another_machine(checkpoints, loader, monkeypatch, began):
    monkeypatch.setattr("explorer.training.device.multiplies_bfloat16", lambda: began == torch.bfloat16)
    whole, run = train_run(create(CONFIG), loader=loader), create(CONFIG)
    stopped = train_run(
        run, on_event=lambda event: isinstance(event, EpochEnd) and event.epoch == 1 and stop(run), loader=loader
    )
    monkeypatch.setattr("explorer.training.device.multiplies_bfloat16", lambda: began != torch.bfloat16)
    finished = train_run(stopped.requeue(), loader=loader)
    assert finished.record.device.precision == str(began).removeprefix("torch.")
    assert history(finished) == history(whole)


def test_a_death_between_the_state_and_run_json_loses_no_best_epoch(checkpoints, loader):
    whole, run = train_run(create(CONFIG), loader=loader), create(CONFIG)

    stopped = train_run(run, on_event=stop_in_epoch(run, 3), loader=loader)
    first = {"epoch": 1, "validation_accuracy": 0.0, "validation_loss": 9.0}
    stopped.change(epochs_done=1, best=first, training_seconds=0.0)  # as it was before the second epoch's last write
    finished = train_run(stopped.requeue(), loader=loader)
    assert finished.record.best == whole.record.best
    assert finished.record.training_seconds == pytest.approx(epochs([run.id])["seconds"].sum())


def test_patience_ends_a_run_early_and_as_finished(checkpoints, loader):
    """A learning rate of nothing improves nothing after the first epoch."""
    training = TrainConfig(epochs=50, batch_size=96, learning_rate=1e-8, patience=3, schedule="constant", device="cpu")
    run = train_run(create(RunConfig("tiny", "mlp", {}, training, image_size=8)), loader=loader)
    assert run.status == "finished"
    assert run.epochs_done - run.record.best.epoch == 3
    assert run.epochs_done < 50
    assert run.record.test


def test_wrong_input_ends_as_failed_with_its_sentence(checkpoints):
    def no_data(*_, **__):
        raise UserError("No data set 'tiny'. Choose one of: digits.")

    run = train_run(create(CONFIG), loader=no_data)
    assert (run.status, run.reason) == ("failed", "No data set 'tiny'. Choose one of: digits.")


def test_a_defect_is_recorded_and_raised(checkpoints):
    def broken(*_, **__):
        raise ZeroDivisionError("oops")

    run = create(CONFIG)
    with pytest.raises(ZeroDivisionError):
        train_run(run, loader=broken)
    assert find(run.id).reason == "ZeroDivisionError: oops"


def test_an_ended_run_is_not_trained_again(checkpoints, loader):
    run = train_run(create(CONFIG), loader=loader)
    before = (run.path / "steps.jsonl").read_text()
    assert train_run(run, loader=loader).status == "finished"
    assert (run.path / "steps.jsonl").read_text() == before


def test_a_divergence_ends_with_a_sentence_and_nulls(checkpoints, loader):
    wild = TrainConfig(epochs=5, batch_size=24, optimizer="sgd", learning_rate=100.0, schedule="constant", device="cpu")
    config = RunConfig("tiny", "mlp", {}, wild, image_size=8)
    run = train_run(create(config), loader=loader)
    assert run.status == "failed"
    assert "Lower the learning rate" in run.reason
    assert run.epochs_done < 5
    for line in (run.path / "epochs.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), "smaller batch"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"), "smaller batch"),
        (OSError(errno.ENOSPC, "No space left on device"), "delete runs"),
    ],
)
def test_what_a_machine_runs_out_of_is_said_with_a_remedy(checkpoints, loader, error, remedy):
    def run_out(event):
        raise error

    run = train_run(create(CONFIG), on_event=run_out, loader=loader)
    assert run.status == "failed"
    assert remedy in run.reason


@pytest.mark.parametrize(("recorded", "kept"), [(3, 3), (None, ALL_THREADS)])
def test_a_resumed_run_has_the_threads_that_it_began_with(checkpoints, loader, recorded, kept):
    run = train_run(create(CONFIG), loader=loader)
    assert run.record.device.threads == 1  # small, whatever torch would take
    assert run.record.device.processor == processor()
    run = run.change(device=replace(run.record.device, threads=recorded))  # older runs do not say: all of them
    again = train_run(train_further(run, CONFIG.training.epochs + 1), loader=loader)
    assert again.record.device.threads == kept


def test_a_run_that_is_stopped_while_it_waits_for_cores_has_not_trained(checkpoints, loader):
    def never(run, demand):
        stop(run)
        return False

    ended = train_run(create(CONFIG), loader=loader, admit=never)
    assert (ended.status, ended.reason) == ("stopped", "Stopped before it started.")
    assert ended.record.started_at is None


def test_a_run_is_stopped_while_its_data_are_read(checkpoints, tiny):
    run, read_on = create(CONFIG), []

    def loads(name, folder, size, progress, skip_damaged):
        progress(0.1, "Reading")
        stop(run)
        progress(0.2, "Reading")
        read_on.append(True)
        return tiny

    ended = train_run(run, loader=loads)
    assert (ended.status, ended.reason, ended.record.message) == ("stopped", "Stopped before it started.", None)
    assert not read_on


def test_data_that_do_not_answer_do_not_hold_up_a_stop(checkpoints, tiny):
    run, left = create(CONFIG), threading.Event()

    def loads(*_, **__):
        stop(run)
        assert left.wait(20), "the process was not left"
        assert find(run.id).status == "stopped"
        return tiny

    train_run(run, loader=loads, leave=left.set)


def test_a_named_pipe_among_the_images_is_a_sentence(checkpoints, tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(6):
            Image.new("L", (8, 8), 40 * number).save(tmp_path / "pets" / name / f"{number}.png")
    os.mkfifo(tmp_path / "pets" / "dog" / "pipe.png")
    ended = train_run(create(RunConfig(f"folder:{tmp_path / 'pets'}", "mlp", {}, TRAINING, image_size=8)))
    assert ended.status == "failed"
    assert "pipe.png" in ended.reason
