"""Dead ReLUs are counted on many images, and nothing is left behind."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from explorer.data import Images
from explorer.training import TrainConfig
from explorer.training.batches import DeviceImages
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd
from explorer.training.loop import fit
from explorer.training.probe import FEWEST_IMAGES, more_images, watching_relus

CPU = torch.device("cpu")


def net() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU()
    )


def images(count: int) -> Images:
    """Of two classes, in the order of their classes: the first half dark, the second half light."""
    labels = np.repeat([0, 1], count // 2)
    return Images(np.broadcast_to(labels[:, None, None, None] * 255, (count, 1, 8, 8)).astype(np.uint8), labels)


def dead(model: nn.Module, split: Images) -> dict[str, float]:
    with watching_relus(model) as probe:
        evaluate(model, DeviceImages(split, CPU))
    return probe.dead


def test_channels_that_nothing_excites_are_dead(tiny):
    model = net()
    with torch.no_grad():
        model[0].weight.abs_()
        model[0].bias.copy_(torch.tensor([0.1, -1e6, 0.1, 0.1]))  # one of four never fires
        model[5].bias.fill_(-1e6)  # none of eight does
    assert dead(model, tiny.validation) == {"1": 0.25, "6": 1.0}


def test_a_unit_that_one_image_of_the_last_batch_excites_is_not_dead():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2), nn.ReLU())
    with torch.no_grad():
        model[1].weight[0], model[1].weight[1] = 1.0, 0.0
        model[1].bias[:] = torch.tensor([-0.5, -0.5])
    dark = images(600).where(np.arange(600) < 300)
    assert dead(model, dark) == {"2": 1.0}
    pixels = dark.pixels.copy()
    pixels[-1] = 255
    assert dead(model, Images(pixels, dark.labels)) == {"2": 0.5}


def test_what_is_not_a_number_is_not_dead():
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 2), nn.ReLU())
    nn.init.constant_(model[1].weight, float("nan"))
    assert dead(model, images(4)) == {"2": 0.0}


def test_no_hook_is_left_behind_even_after_an_error(tiny):
    model = net()
    with pytest.raises(RuntimeError), watching_relus(model):
        model(torch.zeros(1, 3, 8, 8))
    assert not any(module._forward_hooks for module in model.modules())


def test_a_model_without_relus_has_none(tiny):
    assert dead(nn.Sequential(nn.Flatten(), nn.Linear(64, 3), nn.Sigmoid()), tiny.validation) == {}


@pytest.mark.parametrize(
    ("validation", "spare", "more"), [(256, 1000, 0), (6000, 0, 0), (144, 1000, 112), (100, 40, 40), (300, 1000, 0)]
)
def test_at_least_256_images_are_probed_where_there_are_so_many(validation, spare, more):
    found = more_images(images(validation), images(spare))
    assert (len(found) if found else 0) == more
    assert validation + more >= min(FEWEST_IMAGES, validation + spare)


def test_images_in_the_order_of_their_classes_are_all_represented():
    assert np.bincount(more_images(images(100), images(1000)).labels).tolist() == [78, 78]


def test_every_epoch_says_how_many_images_were_probed(tiny):
    config = TrainConfig(epochs=1, batch_size=20, device="cpu")
    few = replace(tiny, train=tiny.train.where(np.arange(len(tiny.train)) < 30))
    for data, spare, expected in ((few, None, 30), (few, tiny.train, len(tiny.train))):
        (end,) = [event for event in fit(net(), data, config, probe_from=spare) if isinstance(event, EpochEnd)]
        assert end.probe_images == expected + len(tiny.validation)
