"""Twenty steps with a fixed seed: a change that is not meant to change the training reproduces these losses."""

import numpy as np
import pytest
import torch

from explorer.data import load
from explorer.models import build, set_statistics
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd, Steps
from explorer.training.loop import fit

# In float32. One and two threads differed by less than 1e-4; another kind of CPU may by a little more.
# Print them anew with `python -m tests.training.test_golden`, and say in the commit why they changed.
GOLDEN = {  # of every fourth step, and of the validation images after the epoch
    "mlp": ([2.4062, 2.3970, 2.1151, 2.0590, 1.8350], 1.8970),
    "simple_cnn": ([2.4004, 2.1126, 1.8749, 1.7394, 1.7227], 1.5667),
    "resnet20": ([2.3507, 2.0263, 1.6059, 1.3534, 1.3454], 1.2021),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_first_steps_are_those_of_before(name):
    losses, after = GOLDEN[name]
    assert one_epoch(name) == (pytest.approx(losses, abs=1e-3), pytest.approx(after, abs=5e-3))


def one_epoch(name: str) -> tuple[list[float], float]:
    data = load("digits")
    config = TrainConfig(epochs=1, batch_size=64, augment=True, device="cpu", precision="float32", path="plain", seed=3)
    torch.manual_seed(config.seed)
    model = build(name, data.channels, len(data.classes), size=data.size)
    set_statistics(model, data.mean, data.std)
    events = list(fit(model, data, config))
    losses = np.concatenate([event.loss for event in events if isinstance(event, Steps)])
    (end,) = (event for event in events if isinstance(event, EpochEnd))
    return losses[:20:4].tolist(), end.validation_loss


if __name__ == "__main__":
    for network in GOLDEN:
        print(network, *one_epoch(network))
