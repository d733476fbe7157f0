"""The method that needs no gradient."""

from torch import Tensor, nn

from explorer.insights.attribution.question import Target
from explorer.insights.attribution.result import Attribution
from explorer.insights.attribution.session import answer, asking

SHARE = 8  # the window's side is this part of the image's
AT_ONCE = 256  # covered images in one pass, to bound the memory


def occlusion(model: nn.Module, images: Tensor, target: Target = None, versus: Target = None) -> Attribution:
    """How much the logit falls when a black square covers the place, averaged over the squares that cover it. The
    square's side is an eighth of the image's, and it moves by half of that. (Zeiler and Fergus 2014)

    Cost: a forward pass for each square and one without, 226 on 32×32 images; no backward pass.

    Does not see what lies in two places at once, for it covers one at a time, nor what is black already; and a black
    square may itself look like something.
    """
    from captum.attr import Occlusion

    with asking(model, images, target, versus) as question:
        count, channels, *size = question.images.shape
        window = [max(1, side // SHARE) for side in size]
        loss = Occlusion(question.number).attribute(
            question.images,
            sliding_window_shapes=(channels, *window),
            strides=(channels, *(max(1, side // 2) for side in window)),
            baselines=0,
            additional_forward_args=question.rows,
            perturbations_per_eval=max(1, AT_ONCE // count),
        )
        # A square covers all channels of a pixel: each of them holds the same number.
        return answer("occlusion", question, loss, loss.mean(dim=1), signed=True)
