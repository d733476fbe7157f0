"""A model while it is explained: locked, in eval mode, with gradients, and afterwards as if nobody had been there."""

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from explorer.insights.attribution.question import Question, Target
from explorer.insights.attribution.result import Attribution, Passes
from explorer.insights.hooks import as_input, evaluating, watching


@contextmanager
def asking(
    model: nn.Module,
    images: Tensor,
    target: Target,
    versus: Target,
    layer: str | None = None,
    to_pixels: bool = True,
) -> Iterator[Question]:
    """What Captum is to explain. Inside, the model belongs to this thread, and no gradient goes to its weights.

    The gradient goes back as far as the pixels, or with `to_pixels=False` as far as the layer: what lies in front of
    it is then computed as if nobody wanted a gradient.
    """
    # Captum needs gradients, and tensors that were not made in inference mode; the caller may have chosen otherwise.
    with evaluating(model, frozen=True), torch.inference_mode(False), torch.enable_grad(), ExitStack() as stack:
        own = as_input(model, images).detach().clone().requires_grad_(to_pixels)
        question = Question(model, own, target, versus, layer)
        if layer is not None:
            stack.enter_context(watching(model, [layer], question.see))
        yield question


def expect_hooks() -> None:
    """Captum warns that it sets hooks, which it does here on purpose.

    Set anew for each call, for whoever resets the filters; `catch_warnings` would not be safe with threads.
    """
    warnings.filterwarnings("ignore", "Setting (forward, )?backward hooks", UserWarning)


def answer(method: str, question: Question, raw: Tensor, heat: Tensor, signed: bool) -> Attribution:
    """`raw`: (B, c, h, w); `heat`: (B, H, W)."""
    return Attribution(
        method=method,
        map=_array(heat),
        raw=_array(raw),
        signed=signed,
        target=question.target.cpu().numpy(),
        versus=None if question.versus is None else question.versus.cpu().numpy(),
        layer=question.layer,
        passes=Passes(*(count / len(question.rows) for count in question.passed)),
    )


def _array(values: Tensor) -> np.ndarray:
    return np.ascontiguousarray(values.detach().float().cpu().numpy())
