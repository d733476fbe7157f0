"""bfloat16 on a CPU: the gradients are those of float32 but for rounding, and nothing is left behind."""

import pytest
import torch
from torch import nn
from torch.overrides import _get_current_function_mode_stack

from explorer.models.work import Work
from explorer.training import TrainConfig
from explorer.training.device import WORTH_SPLITTING, resolve
from explorer.training.mixed import Convolution, mixed_precision, threads

ROUNDING = 2**-7  # relative, of a bfloat16, with room for what adds up

LAYERS = [
    nn.Conv2d(4, 8, 3, padding=1, bias=False),
    nn.Conv2d(4, 8, 3, padding=(2, 1), stride=2, dilation=(2, 1)),
    nn.Conv2d(4, 8, 1, groups=2),
    nn.Conv2d(4, 8, 3, padding="same"),
    nn.Conv2d(4, 8, 3, padding=1, padding_mode="reflect"),
]


def gradients(layer: nn.Module, images: torch.Tensor, precision: torch.dtype) -> list[torch.Tensor]:
    images = images.clone().requires_grad_()
    layer.zero_grad()
    with mixed_precision("cpu", precision):
        output = layer(images)
    output.float().pow(2).sum().backward()
    return [output.detach().float(), images.grad, *(p.grad.clone() for p in layer.parameters())]


@pytest.fixture
def two_threads():
    with threads(2):
        yield


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_the_gradients_are_those_of_float32(two_threads, layer):
    torch.manual_seed(0)
    images = torch.randn(16, 4, 12, 12).to(memory_format=torch.channels_last)
    for exact, rounded in zip(
        gradients(layer, images, torch.float32), gradients(layer, images, torch.bfloat16), strict=True
    ):
        assert rounded.dtype == torch.float32
        assert (exact - rounded).norm() < ROUNDING * exact.norm()


def test_it_is_convolutions_in_training_on_several_threads_that_change(two_threads, monkeypatch):
    calls = []
    monkeypatch.setattr(Convolution, "apply", lambda *arguments: calls.append(arguments) or torch.zeros(1))
    images, layer = torch.randn(2, 4, 8, 8), LAYERS[0]
    for precision in (torch.float32, torch.bfloat16):
        with mixed_precision("cpu", precision):
            layer(images)
    with threads(1), mixed_precision("cpu", torch.bfloat16):
        layer(images)
    assert len(calls) == 1


def test_nothing_is_left_behind_after_an_exception(two_threads):
    def broken():
        assert torch.is_autocast_enabled("cpu")
        assert _get_current_function_mode_stack()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), mixed_precision("cpu", torch.bfloat16), threads(1):
        broken()
    assert torch.get_num_threads() == 2
    assert not _get_current_function_mode_stack()
    assert not torch.is_autocast_enabled("cpu")


WORK = Work(macs=2_000_000, layers=2, outputs=1, parameters=1)


@pytest.mark.parametrize(
    ("capabilities", "precision"),
    [
        ({"amx_bf16": True, "avx512_bf16": False}, torch.bfloat16),
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": False, "amx_int8": True}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_a_cpu_computes_in_bfloat16_where_it_can_multiply_it(monkeypatch, capabilities, precision):
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: capabilities)
    assert resolve(TrainConfig(device="cpu"), WORK).precision == precision
    for name in ("float32", "bfloat16"):  # whoever chooses is obeyed
        assert resolve(TrainConfig(device="cpu", precision=name), WORK).precision_name == name


def test_validation_is_in_float32_on_a_cpu():
    assert resolve(TrainConfig(device="cpu", precision="bfloat16"), WORK).evaluation_precision == torch.float32


def test_a_large_step_is_split_and_a_small_one_is_not(monkeypatch):
    monkeypatch.setattr("explorer.training.device.ALL_THREADS", 2)

    def plan(batch_size: int, threads: int = 0):
        return resolve(TrainConfig(device="cpu", batch_size=batch_size, threads=threads), WORK)

    large = int(WORTH_SPLITTING / 1_000_000)  # of the mean layer
    assert [plan(size).threads for size in (1, large - 1, large)] == [1, 1, 2]
    assert plan(1).device_name.startswith("CPU, 1 thread (")
    assert (plan(1, threads=2).threads, plan(large, threads=1).threads) == (2, 1)  # whoever chooses is obeyed
