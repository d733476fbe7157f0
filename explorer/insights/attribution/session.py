"""A model while it is explained: locked, in eval mode, with gradients; restored afterwards."""

import warnings
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import numpy as np
import torch
from torch import Tensor, nn

from explorer.insights.attribution.result import Attribution, Passes
from explorer.insights.attribution.target import Target, TargetClass
from explorer.insights.hooks import all_modules, as_input, evaluating, parameters_of
from explorer.training.mixed import threads

WORTH_SPLITTING = 2**30  # images × pixels × weights; below, threads wait for each other longer than they work


@contextmanager
def explaining(
    model: nn.Module,
    images: Tensor,
    target: TargetClass,
    contrast: TargetClass,
    layer: str | None = None,
    to_pixels: bool = True,
) -> Generator[Target]:
    """The target for Captum. Inside, the model belongs to this thread, and no gradient reaches its weights.

    The gradient goes back to the pixels, or with `to_pixels=False` to the layer, after one pass: what comes before it
    is then computed without gradients, by one thread if it is little.
    """
    # Captum needs gradients, and tensors made outside inference mode; the caller may have chosen otherwise.
    with evaluating(model, frozen=True), torch.inference_mode(False), torch.enable_grad():
        inputs = as_input(model, images).detach().clone().requires_grad_(to_pixels)
        with nullcontext() if to_pixels else _suiting_threads(model, inputs):
            yield Target(model, inputs, target, contrast, layer)


def _suiting_threads(model: nn.Module, images: Tensor) -> AbstractContextManager[None]:
    """One thread for a pass that is too small to split.

    A thread that uses one already is left alone: PyTorch gives a new thread the number that was set last, so one that
    began during another explanation must not set what it found for all.
    """
    weights = sum(p.numel() for p in parameters_of(all_modules(model)))
    work = len(images) * images.shape[2] * images.shape[3] * weights
    small = images.device.type == "cpu" and work < WORTH_SPLITTING
    return threads(1) if small and torch.get_num_threads() > 1 else nullcontext()


def expect_hooks() -> None:
    """Suppress Captum's warning that it sets hooks, which it does here on purpose.

    Set again for each call, in case the filters were reset; `catch_warnings` would not be safe with threads.
    """
    warnings.filterwarnings("ignore", "Setting (forward, )?backward hooks", UserWarning)


def attribution(method: str, explained: Target, raw: Tensor, heat: Tensor, signed: bool) -> Attribution:
    """`raw`: (B, c, h, w); `heat`: (B, H, W)."""
    return Attribution(
        method=method,
        map=_array(heat),
        raw=_array(raw),
        signed=signed,
        target=explained.target.cpu().numpy(),
        contrast=None if explained.contrast is None else explained.contrast.cpu().numpy(),
        layer=explained.layer,
        passes=Passes(*(count / len(explained.rows) for count in explained.passed)),
    )


def _array(values: Tensor) -> np.ndarray:
    return np.ascontiguousarray(values.detach().float().cpu().numpy())
