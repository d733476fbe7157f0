"""What a page shows before anybody has chosen."""

import pytest

from explorer.runs import Run, RunConfig, create
from explorer.runs.record import BestEpoch
from explorer.training import TrainConfig
from explorer.ui.pickers.first_choice import first_choice
from tests.records import images_of


@pytest.fixture
def made(checkpoints):
    def make(model: str, accuracy: float, status: str = "finished", data: str = "a", **values: object) -> Run:
        run = create(RunConfig("digits", model, {}, TrainConfig()), checkpoints)
        best = BestEpoch(epoch=1, validation_accuracy=accuracy, validation_loss=1.0)
        return run.change(
            status=status,
            epochs_done=1,
            parameters=10,
            parameter_names=("a",),
            steps_per_epoch=1,
            best=best,
            dataset=images_of(data),
            **values,
        )

    return make


def test_two_networks_on_the_same_images_and_never_two_seeds_of_one(made):
    cnn, better, mlp = made("simple_cnn", 0.8), made("simple_cnn", 0.9), made("mlp", 0.7)
    other = made("resnet20", 0.99, data="b")
    assert first_choice([other, mlp, better, cnn]) == [better.id, mlp.id]


def test_what_the_browser_chose_last_comes_first(made):
    cnn, mlp, vgg = made("simple_cnn", 0.8), made("mlp", 0.7), made("vgg11", 0.6)
    assert first_choice([vgg, mlp, cnn], [vgg.id, "gone"]) == [vgg.id]
    assert first_choice([vgg, mlp, cnn], ["gone"]) == [cnn.id, mlp.id]


def test_nothing_that_is_still_in_training_or_archived(made):
    cnn, mlp = made("simple_cnn", 0.8), made("mlp", 0.9, status="running")
    archived = made("vgg11", 0.99, archived=True)
    assert first_choice([archived, mlp, cnn]) == [cnn.id]
    assert first_choice([mlp]) == [mlp.id]
    assert first_choice([]) == []
