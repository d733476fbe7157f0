"""Methods that compare the image with a black one; what they give the pixels sums to the difference of the logits."""

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
    """The gradient averaged on the way from a black image to this one, times each pixel's brightness, added up over
    its channels: what each pixel adds to the logit, or takes from it. All pixels together make up the difference of
    the two logits, as nearly as 50 points on the way allow. (Sundararajan et al. 2017)

    Cost: 51 forward and 50 backward passes.

    Does not apply to black pixels: they get zero, for they are as they were. The images on the way are none that the
    network has learned from.
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
    """The difference that the image makes against a black one, handed back layer by layer (the Rescale rule): what each
    pixel adds to the logit, or takes from it, added up over its channels. All pixels together make up the difference
    of the two logits. (Shrikumar et al. 2017)

    Cost: the image and the black one together once forward and once backward.

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
    """Captum removes its hooks whatever happens, but not the tensors that it puts on modules, if the pass fails."""
    before = [(module, set(vars(module))) for module in model.modules()]
    try:
        yield
    finally:
        for module, names in before:
            for name in set(vars(module)) - names:
                del vars(module)[name]
