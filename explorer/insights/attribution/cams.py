"""Methods that show where a layer found evidence for the class."""

from torch import Tensor, nn

from explorer.insights.attribution.requirements import expect, relu
from explorer.insights.attribution.result import Attribution
from explorer.insights.attribution.session import attribution, expect_hooks, explaining
from explorer.insights.attribution.target import Target, TargetClass
from explorer.insights.hooks import find_layer


def grad_cam(
    model: nn.Module, images: Tensor, layer: str, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """The feature maps of a layer, each weighted by the mean gradient of the logit over the map, summed, cut at zero
    and enlarged bilinearly: where the layer found evidence for the class. At the last maps before global average
    pooling and one linear layer it is CAM (Zhou et al. 2016). (Selvaraju et al. 2017)

    Cost: one forward and one backward pass.

    Does not apply to networks without convolutions. It can highlight the wrong place where the head treats places
    separately (Flatten and Linear instead of global average pooling): the average discards the place. See HiResCAM.
    """
    from captum.attr import LayerGradCam

    with explaining(model, images, target, contrast, layer, to_pixels=False) as explained:
        explainer = LayerGradCam(explained.score, find_layer(model, layer))
        # relu_attributions=False, and the ReLU in _cam, gives the signed map with the same single backward pass.
        signed = explainer.attribute(
            explained.images, additional_forward_args=explained.rows, relu_attributions=False
        ).detach()
        return _cam("grad-cam", explained, signed)


def hires_cam(
    model: nn.Module, images: Tensor, layer: str, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """The feature maps of a layer, each pixel weighted by the gradient of the logit at that pixel, summed, cut at zero
    and enlarged bilinearly. It is Grad-CAM without the averaging, which can highlight places that the network did not
    use; before global average pooling and one linear layer the two are the same. (Draelos and Carin 2020)

    Cost: one forward and one backward pass.

    Does not apply to networks without convolutions. Before further layers the map is noisier than Grad-CAM's.
    """
    from captum.attr import LayerGradientXActivation

    with explaining(model, images, target, contrast, layer, to_pixels=False) as explained:
        explainer = LayerGradientXActivation(explained.score, find_layer(model, layer))
        product = explainer.attribute(explained.images, additional_forward_args=explained.rows).detach()
        return _cam("hirescam", explained, product.sum(dim=1, keepdim=True))


def guided_grad_cam(
    model: nn.Module, images: Tensor, layer: str, target: TargetClass = None, contrast: TargetClass = None
) -> Attribution:
    """Guided Backprop times the enlarged Grad-CAM: fine lines, shown only where Grad-CAM found evidence for the class.
    (Selvaraju et al. 2017)

    Cost: two forward and two backward passes.

    Does not apply to networks without convolutions or without ReLU. The lines come from Guided Backprop, which shows
    edges of the image even if the network has not learned: trust the place, not the lines.
    """
    from captum.attr import GuidedGradCam

    expect(relu, model, "Guided Grad-CAM")
    expect_hooks()
    with explaining(model, images, target, contrast, layer) as explained:
        explainer = GuidedGradCam(explained.as_module(), find_layer(model, layer))
        product = explainer.attribute(
            explained.images, additional_forward_args=explained.rows, interpolate_mode="bilinear"
        ).detach()
        return attribution("guided-grad-cam", explained, product, product.sum(dim=1), signed=True)


def _cam(method: str, explained: Target, signed: Tensor) -> Attribution:
    """`signed`: (B, 1, h, w), before the ReLU."""
    from captum.attr import LayerAttribution

    # Captum's default would be nearest.
    full = LayerAttribution.interpolate(signed.relu(), tuple(explained.images.shape[2:]), interpolate_mode="bilinear")
    return attribution(method, explained, signed, full[:, 0], signed=False)
