"""A run that starts from another: what it takes over, what it keeps, what it says."""

import shutil

import pytest
import torch

from explorer.data import Dataset
from explorer.errors import UserError
from explorer.jobs.queue import waiting
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, epochs, load_model
from explorer.runs.check import check
from explorer.training import TrainConfig
from tests.resumed import equal_weights, stop_in_epoch

from ..conftest import blobs

OPTIONS = {"depth": 2}
OTHER = Dataset("other", ("left", "right", "none"), blobs(60, 11), blobs(24, 12), blobs(24, 13))


def config(**training) -> RunConfig:
    return RunConfig("tiny", "simple_cnn", OPTIONS, TrainConfig(**{"batch_size": 24, "device": "cpu", **training}), 8)


@pytest.fixture
def source(checkpoints):
    return train_run(create(config(epochs=2)), loader=lambda *_, **__: OTHER)


def moved(run, **changes) -> RunConfig:
    return config(epochs=3, **{"source": run.id, "tune": "frozen", **changes})


def test_a_run_begins_with_the_weights_of_its_source_and_says_so(source, loader, tiny):
    run = train_run(create(moved(source, fraction=0.25)), loader=loader)
    assert run.status == "finished"
    start, pretrained = load_model(run.id, 0).state_dict(), load_model(source.id, "best").state_dict()
    assert all(torch.equal(start[name], pretrained[name]) for name in pretrained if not name.startswith("head"))
    assert not torch.equal(start["head.weight"], pretrained["head.weight"]), "as many classes, but others"
    record = run.record.origin
    assert record.run == source.id
    assert record.epoch == source.record.best.epoch
    assert (record.tune, record.fraction, record.dataset) == ("frozen", 0.25, "other")
    assert len(record.fingerprint) == 64
    assert "classes differ" in record.changed[0]
    assert run.record.dataset.images.train == 24
    assert run.record.dataset.fingerprint == tiny.fingerprint, "the data set is the same, be it used in part"
    assert run.record.parameter_names == ("head.weight", "head.bias")


def test_a_frozen_body_answers_as_its_source_does(source, loader, tiny):
    run = train_run(create(moved(source)), loader=loader)
    images = torch.from_numpy(tiny.test.pixels).float() / 255
    bodies = [torch.nn.Sequential(*list(load_model(one.id).children())[:-1]) for one in (source, run)]
    assert torch.equal(bodies[0](images), bodies[1](images))


@pytest.mark.parametrize("epoch", [0, 1])
def test_resuming_without_the_source_gives_the_same_history(source, loader, epoch):
    """Stopped in its first epoch or in its second; then the source is deleted."""
    given = moved(source, tune="last-1", head_learning_rate=0.01, fraction=0.5, passes=2)
    whole, run = train_run(create(given), loader=loader), create(given)

    stopped = train_run(run, on_event=stop_in_epoch(run, epoch + 1), loader=loader)
    assert stopped.epochs_done == epoch
    shutil.rmtree(source.path)
    ended = train_run(stopped.requeue(), loader=loader)
    assert ended.status == "finished", ended.reason
    columns = ["train_loss", "validation_loss", "train_accuracy", "validation_accuracy"]
    assert epochs([run.id])[columns].equals(epochs([whole.id])[columns])
    assert equal_weights(run, whole)


def test_a_published_model_lends_its_weights_to_small_grey_images(checkpoints, resnet18, loader):
    training = TrainConfig(epochs=1, batch_size=48, source=resnet18.id, tune="frozen", device="cpu")
    given = RunConfig("tiny", resnet18.config.model, resnet18.config.options, training, 8)
    run = train_run(create(given), loader=loader)
    assert run.status == "finished", run.reason
    start, pretrained = load_model(run.id, 0).state_dict(), load_model(resnet18.id).state_dict()
    assert torch.equal(start["stage4.1.conv2.weight"], pretrained["stage4.1.conv2.weight"])
    std = pretrained["normalize.std"]  # of each channel; a grey image is divided by their mean
    summed = (pretrained["conv1.weight"] * std.mean() / std).sum(1, keepdim=True)
    torch.testing.assert_close(start["conv1.weight"], summed)
    assert run.record.origin.epoch is None
    assert "1000 classes became 3" in run.record.origin.changed[0]


def test_a_source_that_is_gone_is_one_sentence(source, loader):
    shutil.rmtree(source.path)
    run = train_run(create(moved(source)), loader=loader)
    assert run.status == "failed"
    assert source.id in run.reason
    assert "\n" not in run.reason


def test_a_source_that_was_stopped_lends_nothing_but_an_epoch_that_is_named(source, loader):
    source.change(status="stopped")
    run = train_run(create(moved(source)), loader=loader)
    assert (run.status, f"{source.id} is stopped" in run.reason) == ("failed", True)
    run = train_run(create(moved(source, source_epoch="1")), loader=loader)
    assert (run.status, run.record.origin.epoch) == ("finished", 1)


def test_a_source_of_another_architecture_is_one_sentence(source, loader):
    other = RunConfig("tiny", "mlp", {}, moved(source).training, 8)
    run = train_run(create(other), loader=loader)
    assert (run.status, "a different network" in run.reason) == ("failed", True)


def test_a_run_waits_for_its_source(checkpoints):
    source = create(config(epochs=1))
    run = create(moved(source))
    assert [one.id for one in waiting()] == [source.id]
    source.change(status="running")
    assert waiting() == []
    source.change(status="finished")
    assert [one.id for one in waiting()] == [run.id]


def test_too_many_blocks_are_refused_before_anything_is_queued(checkpoints):
    with pytest.raises(UserError, match="last-7"):
        check(RunConfig("digits", "simple_cnn", {}, TrainConfig(source="x-1", tune="last-7")))
