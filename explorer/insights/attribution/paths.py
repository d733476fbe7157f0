"""Methods that compare the image with a black one; the pixels' contributions sum to the difference of the logits."""

from collections.abc import Generator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.insights.attribution.max_pool_rule import corrected_deep_lift
from explorer.insights.attribution.requirements import expect, rules
from explorer.insights.attribution.result import Attribution
from explorer.insights.attribution.session import attribution, expect_hooks, explaining
from explorer.insights.attribution.target import TargetClass

STEPS = 50
AT_ONCE = 256  # images in one pass, to bound the memory


def integrated_gradients(
    model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """The gradient averaged along the path from a black image to this one, times each pixel's brightness, summed over
    its channels: each pixel's contribution to the logit, positive or negative. All pixels together sum to the
    difference of the two logits, as closely as 50 points on the path allow. (Sundararajan et al. 2017)

    Cost: 51 forward and 50 backward passes.

    Does not apply to black pixels: they get zero, because they do not change along the path. The network was not
    trained on images like those on the path.
    """
    from captum.attr import IntegratedGradients

    with explaining(model, images, target, contrast) as explained:
        explained.scores()
        parts = IntegratedGradients(explained.score).attribute(
            explained.images,
            torch.zeros_like(explained.images),
            additional_forward_args=explained.rows,
            n_steps=STEPS,
            internal_batch_size=max(AT_ONCE, len(explained.images)),
        )
        return attribution("integrated-gradients", explained, parts, parts.sum(dim=1), signed=True)


def deep_lift(
    model: nn.Module, images: Tensor, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """The difference between the logits of the image and of a black image, propagated back layer by layer (the Rescale
    rule): each pixel's contribution to the logit, positive or negative, summed over its channels. All pixels together
    sum to the difference of the two logits. (Shrikumar et al. 2017)

    Cost: one forward and one backward pass of the image and the black image together.

    Does not apply to networks with GELU, for which Captum has no rule, nor to black pixels, which get zero.
    """
    expect(rules, model, "DeepLift")
    expect_hooks()
    with explaining(model, images, target, contrast) as explained, _leaving_no_tensors(model):
        parts = corrected_deep_lift()(explained.as_module()).attribute(
            explained.images, torch.zeros_like(explained.images), additional_forward_args=explained.rows
        )
        return attribution("deeplift", explained, parts, parts.sum(dim=1), signed=True)


@contextmanager
def _leaving_no_tensors(model: nn.Module) -> Generator[None]:
    """Captum always removes its hooks, but if the pass fails not the tensors that it sets on modules; this removes
    them."""
    before = [(module, set(vars(module))) for module in model.modules()]
    try:
        yield
    finally:
        for module, names in before:
            for name in set(vars(module)) - names:
                del vars(module)[name]
