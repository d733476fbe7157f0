"""Twenty steps with a fixed seed: a change that is not meant to change the training reproduces these losses."""

import numpy as np
import pytest
import torch

from explorer.data import load
from explorer.data.split import part_of
from explorer.models import build, set_statistics
from explorer.training import TrainConfig
from explorer.training.events import EpochEnd, Steps
from explorer.training.loop import fit
from explorer.training.mixed import threads

# Print them anew with `python -m tests.training.test_golden`, and say in the commit why they changed.
GOLDEN = {  # of every fourth step, and of the validation images after the epoch
    "mlp": ([2.4023, 2.2843, 2.2678, 1.9692, 2.1409], 1.9420),
    "simple_cnn": ([2.4131, 2.3312, 2.2669, 2.2946, 2.2833], 2.2520),
    "resnet20": ([2.3955, 2.3188, 2.3674, 2.2029, 2.2719], 2.2091),
}


@pytest.mark.filterwarnings("ignore:TF32 acceleration:UserWarning")  # of torch's flags
@pytest.mark.parametrize("name", GOLDEN)
def test_the_first_steps_are_those_of_before(name):
    losses, after = GOLDEN[name]
    assert one_epoch(name) == (pytest.approx(losses, abs=3e-3), pytest.approx(after, abs=5e-3))


def one_epoch(name: str) -> tuple[list[float], float]:
    data = part_of(load("digits"), 0.5, seed=0)
    config = TrainConfig(
        epochs=1,
        batch_size=32,
        optimizer="sgd",  # AdamW makes steps of full length out of gradients that are but rounding
        learning_rate=0.02,
        augment=True,
        device="cpu",
        precision="float32",
        path="plain",
        seed=3,
    )
    torch.manual_seed(config.seed)
    model = build(name, data.channels, len(data.classes), size=data.size)
    set_statistics(model, data.mean, data.std)
    # oneDNN's fast convolutions differ by more, from CPU to CPU and from one number of threads to another.
    with torch.backends.mkldnn.flags(enabled=False), threads(1):
        events = list(fit(model, data, config))
    losses = np.concatenate([event.loss for event in events if isinstance(event, Steps)])
    (end,) = (event for event in events if isinstance(event, EpochEnd))
    return losses[:20:4].tolist(), end.validation_loss


if __name__ == "__main__":
    for network in GOLDEN:
        print(network, *one_epoch(network))
