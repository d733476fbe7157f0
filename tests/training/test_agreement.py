"""Apple's GPU is chosen by itself only where it computes as the CPU does; nothing on a device is of float64."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from explorer.errors import UserError
from explorer.models import build
from explorer.training import TrainConfig, agreement, device
from explorer.training.agreement import computes_as_cpu
from explorer.training.device import choose_device
from explorer.training.loop import fit


@pytest.fixture
def apple(monkeypatch):
    """A machine with an Apple GPU alone."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)


@pytest.mark.parametrize("agrees", [True, False])
def test_auto_takes_it_only_if_it_agrees(apple, monkeypatch, agrees):
    monkeypatch.setattr(device, "computes_as_cpu", lambda kind: agrees)
    assert choose_device("auto").type == ("mps" if agrees else "cpu")
    assert choose_device("mps").type == "mps"  # who names it has it
    assert device.choose_precision(TrainConfig(), torch.device("mps")) == torch.float32


def test_a_machine_without_one_says_so(monkeypatch):
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    with pytest.raises(UserError, match="No Apple GPU was found on this machine: choose the device 'cpu' or 'auto'"):
        choose_device("mps")


def test_what_computes_otherwise_or_not_at_all_does_not_agree(monkeypatch):
    random = torch.random.get_rng_state()
    right = agreement._numbers(torch.device("cpu"))
    assert torch.equal(random, torch.random.get_rng_state())

    def agrees(numbers) -> bool:
        computes_as_cpu.cache_clear()
        monkeypatch.setattr(agreement, "_numbers", lambda where: right if where.type == "cpu" else numbers(right))
        return computes_as_cpu("mps")

    def fails(_):
        raise NotImplementedError("this operator is not there")

    assert agrees(lambda numbers: numbers * 1.001)
    assert not agrees(lambda numbers: numbers * 1.03)
    assert not agrees(lambda numbers: numbers.where(numbers != numbers.max(), torch.nan))
    assert not agrees(fails)
    computes_as_cpu.cache_clear()


class Types(TorchDispatchMode):
    """Collects the types of all tensors that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[torch.dtype, str] = {}

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        self.found |= {each.dtype: str(func) for each in tree_iter(result) if isinstance(each, torch.Tensor)}
        return result


@pytest.mark.parametrize("changes", [{"augment": True, "label_smoothing": 0.1}, {"balance": "class-weights"}])
def test_nothing_of_a_training_is_of_float64(tiny, changes):
    config = TrainConfig(epochs=1, batch_size=48, device="cpu", precision="float32", clip_norm=1.0, **changes)
    model = build("simple_cnn", 1, 3, 8, dropout=0.1)
    with Types() as types:
        for _ in fit(model, tiny, config):
            pass
    assert torch.float32 in types.found
    assert torch.float64 not in types.found, types.found[torch.float64]
