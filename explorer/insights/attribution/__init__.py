"""Where a prediction comes from: methods that are all computed by Captum, one kind of result.

Each is a function (model, images, target=None, contrast=None), those that look at a layer (model, images, layer, …):
`images`: float32 (B, C, H, W) in [0, 1]. `target`: a class for all images, one for each, or None for the class each is
predicted as. `contrast`: another class; what is explained is then the difference of the two logits, why 4 and not 9.
Logits always: the gradient of a softmax fades where the prediction is confident. They hold the model's lock, look in
eval mode and leave nothing behind. The docstring of a method is its help text on screen.
"""

from torch import Tensor, nn

from explorer.errors import UserError, unknown
from explorer.insights.attribution.cams import grad_cam, guided_grad_cam, hires_cam
from explorer.insights.attribution.gradients import guided_backprop, input_x_gradient, saliency, smooth_grad
from explorer.insights.attribution.method import Method
from explorer.insights.attribution.occlusion import occlusion
from explorer.insights.attribution.paths import deep_lift, integrated_gradients
from explorer.insights.attribution.requirements import relu, rules
from explorer.insights.attribution.result import Attribution, Passes
from explorer.insights.attribution.target import TargetClass

__all__ = [
    "METHODS",
    "Attribution",
    "Method",
    "Passes",
    "TargetClass",
    "deep_lift",
    "explain",
    "grad_cam",
    "guided_backprop",
    "guided_grad_cam",
    "hires_cam",
    "input_x_gradient",
    "integrated_gradients",
    "occlusion",
    "saliency",
    "smooth_grad",
]

SLOPE = "logits per unit of brightness"
METHODS = {  # name on the command line → method
    "grad-cam": Method("Grad-CAM", grad_cam, "logits", signed=False, needs_layer=True),
    "hirescam": Method("HiResCAM", hires_cam, "logits", signed=False, needs_layer=True),
    "guided-grad-cam": Method("Guided Grad-CAM", guided_grad_cam, "no unit", signed=True, needs_layer=True, needs=relu),
    "saliency": Method("Saliency", saliency, SLOPE, signed=False),
    "smoothgrad": Method("SmoothGrad", smooth_grad, SLOPE, signed=False),
    "input-x-gradient": Method("Input × Gradient", input_x_gradient, "logits", signed=True),
    "guided-backprop": Method("Guided Backprop", guided_backprop, "no unit", signed=True, needs=relu),
    "integrated-gradients": Method("Integrated Gradients", integrated_gradients, "logits", signed=True),
    "deeplift": Method("DeepLift", deep_lift, "logits", signed=True, needs=rules),
    "occlusion": Method("Occlusion", occlusion, "logits", signed=True),
}


def explain(
    method: str,
    model: nn.Module,
    images: Tensor,
    layer: str | None = None,
    target: TargetClass = None,
    contrast: TargetClass = None,
) -> Attribution:
    """Explain with the method of that name in METHODS. `layer` is for the methods that need one, and must be given to
    them.

    `images`: float32 (B, C, H, W) in [0, 1]. Raises UserError if there is no such method, if the layer is missing or
    not needed, or if the method cannot explain this network.
    """
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    chosen = METHODS[method]
    if not chosen.needs_layer:
        if layer is not None:
            raise UserError(f"{chosen.title} explains the image, not layer '{layer}': leave out the layer.")
        return chosen.function(model, images, target, contrast)
    if layer is None:
        raise UserError(f"{chosen.title} needs a layer: name one, for example the last block.")
    return chosen.function(model, images, layer, target, contrast)
