"""Captum's DeepLift with two of its faults around max pooling corrected; tests check it for completeness."""

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

NO_CHANGE = 1e-10  # below it Captum's rules take the gradient instead of dividing


@cache
def corrected_deep_lift() -> type:
    """The class, made when it is first needed, because importing Captum takes time.

    In Captum 0.9.0 (1) pixels that do not change get the gradient of the first image of the batch, whichever image is
    explained (https://github.com/meta-pytorch/captum/issues/1276), and (2) a pooling directly after an activation is
    ignored: the activation uses the gradient before the pooling's rule has changed it.
    """
    from captum.attr import DeepLift

    class CorrectedDeepLift(DeepLift):
        def _register_hooks(self, module: nn.Module, attribute_to_layer_input: bool = True) -> None:
            if isinstance(module, nn.MaxPool2d):
                # (2) With a copy between them, the pooling's rule works on a different tensor from the one that the
                # activation uses.
                self.forward_handles.append(module.register_forward_pre_hook(lambda module, given: given[0].clone()))
            super()._register_hooks(module, attribute_to_layer_input)

        def _backward_hook(self, module: nn.Module, grad_input: Tensor, grad_output: Tensor) -> Tensor:
            if not isinstance(module, nn.MaxPool2d):
                return super()._backward_hook(module, grad_input, grad_output)
            inputs, outputs = vars(module).pop("input"), vars(module).pop("output")
            return multipliers(module, inputs, outputs, grad_input, grad_output)

    return CorrectedDeepLift


def multipliers(pool: nn.MaxPool2d, inputs: Tensor, outputs: Tensor, grad_input: Tensor, grad_output: Tensor) -> Tensor:
    """The contribution of each pixel before the pooling, given that of each pixel after it (`grad_output`).

    All are (2B, C, …): the images, then the black ones. A rise of the maximum is assigned to the pixel that holds it in
    the image, a fall to the one that held it in the black image. Shrikumar et al. 2017, section 3.5.2.
    """
    (image, black), (top, black_top) = inputs.chunk(2), outputs.chunk(2)
    highest = torch.maximum(top, black_top)
    change = torch.cat([highest - black_top, top - highest])
    counts = grad_output.chunk(2)[0].repeat(2, 1, 1, 1)
    settings = pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode
    holders = F.max_pool2d(inputs, *settings, return_indices=True)[1]
    # Added, not placed: where windows overlap, one pixel can hold the maximum of several.
    handed = torch.zeros_like(inputs).flatten(2).scatter_add_(2, holders.flatten(2), (counts * change).flatten(2))
    rise, fall = handed.view_as(inputs).chunk(2)
    delta = image - black
    still = delta.abs() < NO_CHANGE
    return torch.where(still, grad_input.chunk(2)[0], (rise + fall) / delta).repeat(2, 1, 1, 1)
