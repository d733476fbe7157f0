"""The method that needs no gradient."""

from torch import Tensor, nn

from explorer.insights.attribution.result import Attribution
from explorer.insights.attribution.session import attribution, explaining
from explorer.insights.attribution.target import TargetClass

SHARE = 8  # the window's side as a part of the image's
AT_ONCE = 256  # covered images in one pass, to bound the memory


def occlusion(
    model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """How much the logit falls when a black square covers the place, averaged over the squares that cover it. The side
    of the square is an eighth of the image's side, and it moves by half of that. (Zeiler and Fergus 2014)

    Cost: a forward pass for each square and one without, 226 on 32×32 images; no backward pass.

    Does not detect what is present in two places at once, because it covers one place at a time, nor what is already
    black; and a black square may itself resemble an object.
    """
    from captum.attr import Occlusion

    with explaining(model, images, target, contrast) as explained:
        count, channels, *size = explained.images.shape
        window = [max(1, side // SHARE) for side in size]
        loss = Occlusion(explained.score).attribute(
            explained.images,
            sliding_window_shapes=(channels, *window),
            strides=(channels, *(max(1, side // 2) for side in window)),
            baselines=0,
            additional_forward_args=explained.rows,
            perturbations_per_eval=max(1, AT_ONCE // count),
        )
        # A square covers all channels of a pixel: each of them holds the same number.
        return attribution("occlusion", explained, loss, loss.mean(dim=1), signed=True)
