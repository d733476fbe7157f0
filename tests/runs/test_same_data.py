"""A run and its data: what changed is noticed wherever the two meet."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.data import Dataset
from explorer.errors import UserError
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, load_model
from explorer.runs.same_data import in_order, is_same, meet, same
from explorer.training import TrainConfig
from explorer.training.evaluation import evaluate

from ..conftest import blobs

TRAINING = TrainConfig(epochs=2, batch_size=24, device="cpu")


@pytest.fixture
def run(checkpoints, tiny):
    return train_run(
        create(RunConfig("tiny", "simple_cnn", {"depth": 2}, TRAINING, image_size=8)), loader=lambda *_, **__: tiny
    )


def test_equal_data_are_given_back_as_they_are(run, tiny):
    met = meet(run, tiny)
    assert met.data is tiny
    assert met.changed is None
    assert same(run, tiny) is tiny


def test_classes_in_another_order_are_mapped_by_name(run, tiny):
    turned = in_order(tiny, ("bottom", "top", "middle"))
    assert turned.fingerprint != tiny.fingerprint
    names = [np.array(data.classes)[data.test.labels] for data in (tiny, turned)]
    assert (names[0] == names[1]).all()
    met = meet(run, turned)
    assert met.changed is None, "the images are the same"
    assert met.data.fingerprint == tiny.fingerprint
    model = load_model(run.id)
    assert evaluate(model, met.data.test).accuracy == run.record.test.accuracy
    assert same(run, turned).classes == tiny.classes


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        (("top", "centre", "bottom"), "'middle' is gone and 'centre' is new"),
        (("top", "middle"), "'bottom' is gone"),
        (("top", "middle", "bottom", "side", "none"), "'side', 'none' are new"),
    ],
)
def test_other_classes_are_named(run, tiny, classes, sentence):
    few = blobs(30, 3, classes=2) if len(classes) == 2 else tiny.test
    with pytest.raises(UserError, match=rf"classes of tiny have changed since {run.id} was trained: {sentence}\."):
        meet(run, replace(tiny, classes=classes, train=few, validation=few, test=few))


def test_other_images_of_the_same_classes_are_stated_and_not_trained_on(run, tiny):
    more = replace(tiny, test=blobs(33, 9))
    met = meet(run, more)
    assert met.data is more
    assert "24 validation and 30 test images then, 24 and 33 now" in met.changed
    other = replace(tiny, test=blobs(30, 9))
    assert f"fingerprint {tiny.fingerprint[:8]} then, {other.fingerprint[:8]} now" in meet(run, other).changed
    with pytest.raises(UserError, match="Restore the images"):
        same(run, other)


def test_images_of_another_shape_do_not_fit(run, tiny):
    def colour(images):
        return replace(images, pixels=images.pixels.repeat(3, axis=1))

    coloured = Dataset("tiny", tiny.classes, colour(tiny.train), colour(tiny.validation), colour(tiny.test), "digit")
    with pytest.raises(UserError, match="grey of 8 × 8 pixels then, colour of 8 × 8 pixels now"):
        meet(run, coloured)


def test_a_run_that_has_not_begun_fits_any_data(checkpoints, tiny):
    queued = create(RunConfig("tiny", "simple_cnn", {}, TRAINING, image_size=8))
    assert meet(queued, tiny).data is tiny
    assert is_same(queued, "any")


def test_training_does_not_go_on_with_other_images(run, tiny):
    """One curve would show two data sets; with the images back, it goes on."""
    run = run.requeue()
    failed = train_run(run, loader=lambda *_, **__: replace(tiny, train=blobs(96, 9)))
    assert failed.status == "failed"
    assert "have changed since" in failed.reason
    assert failed.record.dataset.fingerprint == tiny.fingerprint
    assert train_run(failed.requeue(), loader=lambda *_, **__: tiny).status == "finished"
