"""Methods that follow the gradient from the logit back to the pixels."""

import torch
from torch import Tensor, nn

from explorer.insights.attribution.requirements import expect, relu
from explorer.insights.attribution.result import Attribution
from explorer.insights.attribution.session import attribution, expect_hooks, explaining
from explorer.insights.attribution.target import TargetClass

NOISY_COPIES = 25
NOISE = 0.1  # standard deviation, of the range from black to white
AT_ONCE = 256  # noisy images in one pass, to bound the memory


def saliency(model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None) -> Attribution:
    """The absolute gradient of the logit: how much it changes when a pixel becomes slightly brighter or darker; of a
    pixel's colour channels the largest. (Simonyan et al. 2014)

    Cost: one forward and one backward pass.

    Does not show how much a pixel contributed, only how sensitive the logit is to it: the map is noisy, and where the
    network is saturated it shows little although much depends on the place.
    """
    from captum.attr import Saliency

    with explaining(model, images, target, contrast) as explained:
        slope = Saliency(explained.score).attribute(explained.images, abs=False, additional_forward_args=explained.rows)
        return attribution("saliency", explained, slope, slope.abs().amax(dim=1), signed=False)


def smooth_grad(
    model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """Saliency with less noise: the gradient averaged over 25 copies of the image with random noise (a standard
    deviation of 0.1 of the range from black to white), then the largest absolute value of the channels. (Smilkov et al.
    2017)

    Cost: 26 forward and 25 backward passes. The noise is the same every time, and so is the map.

    Does not show how much a pixel contributed, like Saliency. Edges finer than the noise are lost, and if the noise
    changes the network's prediction, the map explains that other prediction.
    """
    from captum.attr import Saliency

    with explaining(model, images, target, contrast) as explained:
        explained.scores()
        copies = (explained.images[:, None] + noise(explained.images)).flatten(0, 1)
        rows = explained.rows.repeat_interleave(NOISY_COPIES)
        # Captum's NoiseTunnel draws from torch's global generator, which other threads use and reseed.
        slopes = [
            Saliency(explained.score).attribute(part, abs=False, additional_forward_args=row)
            for part, row in zip(copies.split(AT_ONCE), rows.split(AT_ONCE), strict=True)
        ]
        slope = torch.cat(slopes).unflatten(0, (-1, NOISY_COPIES)).mean(dim=1)
        return attribution("smoothgrad", explained, slope, slope.abs().amax(dim=1), signed=False)


def noise(images: Tensor) -> Tensor:
    """The same for every image, so that no map depends on what else is explained: (NOISY_COPIES, C, H, W)."""
    drawn = torch.randn(NOISY_COPIES, *images.shape[1:], generator=torch.Generator().manual_seed(0))
    return NOISE * drawn.to(images.device)


def input_x_gradient(
    model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """Each pixel's brightness times the gradient of the logit there, summed over its channels: the pixel's contribution
    to the logit, positive or negative, if the network were linear. (Shrikumar et al. 2016)

    Cost: one forward and one backward pass.

    Does not apply to black pixels: they get zero whatever they mean. Exact only for ReLU networks without biases.
    """
    from captum.attr import InputXGradient

    with explaining(model, images, target, contrast) as explained:
        product = InputXGradient(explained.score).attribute(explained.images, additional_forward_args=explained.rows)
        return attribution("input-x-gradient", explained, product, product.sum(dim=1), signed=True)


def guided_backprop(
    model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """The gradient, but every ReLU lets only positive gradients pass backwards: sharp lines where a brighter (above
    zero) or darker (below) pixel activates units that support the class. (Springenberg et al. 2015)

    Cost: one forward and one backward pass.

    Does not apply to networks without ReLU. The maps are sharp but say little about the network: they nearly redraw the
    edges of the image, and hardly change when the layers are randomised (Adebayo et al. 2018).
    """
    from captum.attr import GuidedBackprop

    expect(relu, model, "Guided Backprop")
    expect_hooks()
    with explaining(model, images, target, contrast) as explained:
        slope = GuidedBackprop(explained.as_module()).attribute(
            explained.images, additional_forward_args=explained.rows
        )
        return attribution("guided-backprop", explained, slope, slope.sum(dim=1), signed=True)
