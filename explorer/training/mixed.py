"""The forward pass in bfloat16, if chosen: autocast, and on a CPU convolutions that share its cores well."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode


@contextmanager
def mixed_precision(device_type: str, precision: torch.dtype) -> Generator[None]:
    """For a forward pass in training; the weights stay float32, and so do their gradients."""
    with ExitStack() as stack:
        if precision != torch.float32:
            # Under CUDA graph capture, a cached cast would be one of old weights.
            stack.enter_context(torch.autocast(device_type, precision, cache_enabled=False))
            if device_type == "cpu" and torch.get_num_threads() > 1:
                stack.enter_context(PatientConvolutions(precision))
        yield


class PatientConvolutions(TorchFunctionMode):
    """Inside, every `conv2d` computes its weight gradient on a single thread.

    oneDNN's own lets its threads spin at a barrier: one that the system has suspended for another process holds up all.
    On two busy cores a step took 12 times as long as in float32; this way it takes less than half.
    """

    def __init__(self, precision: torch.dtype) -> None:
        super().__init__()
        self.precision = precision

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: Sequence = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        if func is F.conv2d and len(args) == 7 and not isinstance(args[4], str):
            images, weight, bias, *geometry = args
            return Convolution.apply(images, weight, bias, Geometry(*geometry), self.precision)
        return func(*args, **(kwargs or {}))


class Geometry(NamedTuple):
    """Where the kernels of a convolution are applied, as `F.conv2d` expects it; pairs are for rows and columns."""

    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    groups: int


class Context(FunctionCtx):
    """What torch passes from `forward` to `backward`, and what we add to it."""

    saved_tensors: tuple[Tensor, Tensor]  # images and weight, in the lower precision
    needs_input_grad: tuple[bool, ...]  # for each argument of `forward`
    images_type: torch.dtype
    biases: torch.Size | None
    geometry: tuple  # in the order that `torch.ops.aten.convolution_backward` expects


class Convolution(torch.autograd.Function):
    """`F.conv2d` in a lower precision than its float32 weights."""

    @staticmethod
    def forward(
        ctx: Context, images: Tensor, weight: Tensor, bias: Tensor | None, geometry: Geometry, precision: torch.dtype
    ) -> Tensor:
        """`images` (B, C, H, W), `weight` (D, C / groups, K, L) and `bias` (D,) give (B, D, H', W') in `precision`."""
        ctx.images_type, ctx.biases = images.dtype, None if bias is None else bias.shape
        images, weight = images.to(precision), weight.to(precision)
        ctx.save_for_backward(images, weight)
        ctx.geometry = (geometry.stride, geometry.padding, geometry.dilation, False, [0, 0], geometry.groups)
        return F.conv2d(images, weight, None if bias is None else bias.to(precision), *geometry)

    @staticmethod
    def backward(ctx: Context, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        """The gradients of the arguments of `forward`; that of the weights from one thread, in float32."""
        images, weight = ctx.saved_tensors
        (gradient,) = grad_outputs

        def gradients(*wanted: bool) -> tuple[Tensor, ...]:  # of images, weight, bias
            return torch.ops.aten.convolution_backward(gradient, images, weight, ctx.biases, *ctx.geometry, wanted)

        of_images = gradients(True, False, False)[0].to(ctx.images_type) if ctx.needs_input_grad[0] else None
        with threads(1):
            _, of_weight, of_bias = gradients(False, ctx.needs_input_grad[1], ctx.needs_input_grad[2])
        of_weight, of_bias = (None if each is None else each.float() for each in (of_weight, of_bias))
        return of_images, of_weight, of_bias, None, None


@contextmanager
def threads(count: int) -> Generator[None]:
    """That many for torch's operations inside."""
    before = torch.get_num_threads()
    if count == before:
        yield
        return
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
