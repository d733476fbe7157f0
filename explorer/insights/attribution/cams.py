"""Methods that ask where a layer found what speaks for the class."""

from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.attribution.question import Question, Target
from explorer.insights.attribution.result import Attribution
from explorer.insights.attribution.session import answer, asking, expect_hooks
from explorer.insights.hooks import find_layer


def grad_cam(model: nn.Module, images: Tensor, layer: str, target: Target = None, versus: Target = None) -> Attribution:
    """The feature maps of a layer, each weighed by how much the logit grows with it on average over the map, added up
    and cut at zero, enlarged bilinearly: where the layer found what speaks for the class. At the last maps before
    global average pooling and one linear layer it is CAM (Zhou et al. 2016). (Selvaraju et al. 2017)

    Cost: one forward and one backward pass.

    Does not apply to networks without convolutions. It can point at the wrong place where the head looks at places
    separately (Flatten and Linear instead of global average pooling): the average forgets the place. See HiResCAM.
    """
    from captum.attr import LayerGradCam

    with asking(model, images, target, versus, layer, to_pixels=False) as question:
        explainer = LayerGradCam(question.number, find_layer(model, layer))
        # relu_attributions=False, and the ReLU in _cam, gives the signed map with the same single backward pass.
        signed = explainer.attribute(
            question.images, additional_forward_args=question.rows, relu_attributions=False
        ).detach()
        return _cam("grad-cam", question, signed)


def hires_cam(
    model: nn.Module, images: Tensor, layer: str, target: Target = None, versus: Target = None
) -> Attribution:
    """The feature maps of a layer, each pixel weighed by how much the logit grows with that very pixel, added up, cut
    at zero and enlarged bilinearly. Grad-CAM without the averaging, which can point at places that the network did not
    use; with global average pooling and one linear layer behind, both are the same. (Draelos and Carin 2020)

    Cost: one forward and one backward pass.

    Does not apply to networks without convolutions. In front of further layers the map is noisier than Grad-CAM's.
    """
    from captum.attr import LayerGradientXActivation

    with asking(model, images, target, versus, layer, to_pixels=False) as question:
        explainer = LayerGradientXActivation(question.number, find_layer(model, layer))
        product = explainer.attribute(question.images, additional_forward_args=question.rows).detach()
        return _cam("hirescam", question, product.sum(dim=1, keepdim=True))


def guided_grad_cam(
    model: nn.Module, images: Tensor, layer: str, target: Target = None, versus: Target = None
) -> Attribution:
    """Guided Backprop times the enlarged Grad-CAM: fine lines, shown only where Grad-CAM found the class.
    (Selvaraju et al. 2017)

    Cost: two forward and two backward passes.

    Does not apply to networks without convolutions or without ReLU. The lines come from Guided Backprop, which shows
    edges of the image even when the network has not learned: judge the place, not the drawing.
    """
    from captum.attr import GuidedGradCam

    check_relu(model, "Guided Grad-CAM")
    expect_hooks()
    with asking(model, images, target, versus, layer) as question:
        explainer = GuidedGradCam(question.as_module(), find_layer(model, layer))
        product = explainer.attribute(
            question.images, additional_forward_args=question.rows, interpolate_mode="bilinear"
        ).detach()
        return answer("guided-grad-cam", question, product, product.sum(dim=1), signed=True)


def check_relu(model: nn.Module, title: str) -> None:
    if not any(isinstance(module, nn.ReLU) for module in model.modules()):
        raise UserError(f"{title} changes the gradient of ReLUs and this network has none: choose Saliency.")


def _cam(method: str, question: Question, signed: Tensor) -> Attribution:
    """`signed`: (B, 1, h, w), before the ReLU."""
    from captum.attr import LayerAttribution

    # Captum's default would be nearest.
    full = LayerAttribution.interpolate(signed.relu(), tuple(question.images.shape[2:]), interpolate_mode="bilinear")
    return answer(method, question, signed, full[:, 0], signed=False)
