"""Dead ReLUs are counted, and nothing is left behind."""

import torch
from torch import nn

from explorer.training.batches import DeviceImages
from explorer.training.probe import dead_relus

CPU = torch.device("cpu")


def net() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU()
    )


def test_channels_that_nothing_excites_are_dead(tiny):
    model = net()
    with torch.no_grad():
        model[0].weight.abs_()
        model[0].bias.copy_(torch.tensor([0.1, -1e6, 0.1, 0.1]))  # one of four never fires
        model[5].bias.fill_(-1e6)  # none of eight does
    assert dead_relus(model, DeviceImages(tiny.validation, CPU), len(tiny.train)) == {"1": 0.25, "6": 1.0}


def test_no_hook_and_no_mode_is_left_behind(tiny):
    model = net().train()
    dead_relus(model, DeviceImages(tiny.validation, CPU), len(tiny.train))
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())


def test_a_model_without_relus_has_none(tiny):
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3), nn.Sigmoid())
    assert dead_relus(model, DeviceImages(tiny.validation, CPU), len(tiny.train)) == {}
