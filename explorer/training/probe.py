"""ReLUs that answer to nothing: looked at on a few validation images after every epoch."""

from contextlib import ExitStack

import torch
from torch import nn

from explorer.training.batches import DeviceImages

MOST_IMAGES = 256
SHARE_OF_TRAINING = 20  # at most a twentieth of the training images: a forward pass of them is 2 % of an epoch


@torch.inference_mode()
def dead_relus(model: nn.Module, images: DeviceImages, training_images: int) -> dict[str, float]:
    """Name of each `nn.ReLU` → the fraction of its channels that are 0 at every pixel of every probe image.

    A channel that no probe image excites gets no gradient from such images. Eval mode, put back afterwards.
    """
    count = max(1, min(MOST_IMAGES, training_images // SHARE_OF_TRAINING))
    fractions: dict[str, torch.Tensor] = {}

    def look(name: str, output: torch.Tensor) -> None:
        silent = (output <= 0).transpose(0, 1).flatten(1).all(dim=1)  # (channels,)
        fractions[name] = silent.float().mean()

    was_training = model.training
    model.eval()
    with ExitStack() as hooks:
        for name, module in model.named_modules():
            if isinstance(module, nn.ReLU):
                # A default argument, for a closure would see the last name only.
                hook = module.register_forward_hook(lambda _, __, output, name=name: look(name, output))
                hooks.callback(hook.remove)
        model(next(images.in_order(count))[0])
    model.train(was_training)
    return {name: fraction.item() for name, fraction in fractions.items()}
