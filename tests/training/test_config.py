"""The config refuses what cannot be, and the schedules are the published ones."""

import math
import subprocess
import sys
from itertools import pairwise

import pytest

from explorer.errors import UserError
from explorer.training import TrainConfig
from explorer.training.config import learning_rate_at
from explorer.training.device import choose_device

WRONG = [
    ("epochs", 0),
    ("epochs", 2.5),
    ("epochs", "ten"),
    ("batch_size", -1),
    ("batch_size", True),
    ("learning_rate", 0.0),
    ("learning_rate", math.nan),
    ("learning_rate", math.inf),
    ("learning_rate", "fast"),
    ("optimizer", "adam"),
    ("schedule", "linear"),
    ("momentum", 1.5),
    ("weight_decay", -0.1),
    ("label_smoothing", 1.0),
    ("clip_norm", -1.0),
    ("augment", "perhaps"),
    ("patience", -2),
    ("path", "fast"),
    ("seed", -1),
    ("device", "gpu"),
    ("precision", "float16"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_wrong_values_are_named_with_a_remedy(name, value):
    with pytest.raises(UserError) as caught:
        TrainConfig(**{name: value})
    message = str(caught.value)
    assert str(value) in message
    assert name in message
    assert "\n" not in message
    assert ": choose " in message


def test_cosine_begins_at_the_peak_and_ends_at_nothing():
    config = TrainConfig(schedule="cosine", learning_rate=0.4)
    assert learning_rate_at(config, 0, 100) == pytest.approx(0.4)
    assert learning_rate_at(config, 50, 100) == pytest.approx(0.2)
    assert learning_rate_at(config, 100, 100) == pytest.approx(0.0)


def test_one_cycle_peaks_after_thirty_per_cent_and_is_continuous():
    config = TrainConfig(schedule="onecycle", learning_rate=1.0)
    rates = [learning_rate_at(config, step, 1000) for step in range(1001)]
    assert rates[0] == pytest.approx(1 / 25)
    assert max(range(1001), key=rates.__getitem__) == 300
    assert rates[-1] == pytest.approx(0.0)
    assert max(abs(a - b) for a, b in pairwise(rates)) < 0.005


def test_steps_are_those_of_the_paper():
    config = TrainConfig(schedule="steps", learning_rate=0.1)
    rates = [learning_rate_at(config, step, 64_000) for step in range(0, 64_000, 1000)]
    assert rates[:32] == [0.1] * 32
    assert rates[32:48] == pytest.approx([0.01] * 16)
    assert rates[48:] == pytest.approx([0.001] * 16)


def test_constant_is_constant():
    assert {learning_rate_at(TrainConfig(schedule="constant"), step, 10) for step in range(10)} == {0.003}


def test_cuda_without_cuda_is_one_sentence(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match="cpu"):
        choose_device("cuda")
    assert choose_device("auto").type == "cpu"


def test_the_config_needs_no_torch():
    code = "import sys, explorer.training; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
