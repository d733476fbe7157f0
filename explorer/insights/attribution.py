"""Where a prediction comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import UserError
from explorer.insights.hooks import as_input, capture, did_not_run, evaluating, find_layer

Target = int | Sequence[int] | np.ndarray | Tensor | None


@dataclass(frozen=True)
class CamResult:
    """Grad-CAM of B images at one layer, in logits: in front of global average pooling and one linear layer,
    `signed` sums to the target's logit less its bias."""

    signed: np.ndarray  # float32 (B, h, w): sum over k of α_k A_k, before the ReLU
    raw: np.ndarray  # float32 (B, h, w): ReLU of it
    map: np.ndarray  # float32 (B, H, W): raw at the size of the images, bilinear
    target: np.ndarray  # int64 (B,): the class that is explained
    layer: str

    @property
    def blank(self) -> np.ndarray:
        """bool (B,): nothing to see, the map is zero everywhere or not finite. A result, to be said in words."""
        finite = np.isfinite(self.raw).all(axis=(1, 2))
        return ~finite | (self.raw == 0).all(axis=(1, 2))

    @property
    def resolution(self) -> tuple[int, int]:
        """(h, w), the pixels that were measured; (1, 1) cannot say where."""
        return self.raw.shape[1], self.raw.shape[2]


def grad_cam(model: nn.Module, images: Tensor, layer: str, target: Target = None) -> CamResult:
    """Grad-CAM (Selvaraju et al. 2017) by Captum, of the logits: the softmax gradient fades on confident predictions.

    α_k is the spatial mean of ∂logit/∂A_k, the map ReLU(Σ α_k A_k). `images`: float32 (B, C, H, W) in [0, 1].
    `target`: a class for all images, one for each, or None for the class each is predicted as.
    `layer`: any layer that puts out maps (B, C, h, w).
    """
    from captum.attr import LayerAttribution, LayerGradCam

    def target_logits(images: Tensor) -> Tensor:
        """(B, C, H, W) → (B,). It finds the predicted classes in the pass that Captum makes anyway."""
        nonlocal classes
        logits = model(images)
        _check_maps(layer, outputs)
        classes = _classes(target, logits.detach())
        return logits.gather(1, classes[:, None])[:, 0]

    classes = torch.empty(0)
    # Captum needs gradients, and tensors that were not made in inference mode; the caller may have chosen otherwise.
    with evaluating(model), torch.inference_mode(False), torch.enable_grad(), capture(model, [layer]) as outputs:
        explainer = LayerGradCam(target_logits, find_layer(model, layer))
        # relu_attributions=False, and the ReLU here, gives the signed map with the same single backward pass.
        signed = explainer.attribute(as_input(model, images).clone(), relu_attributions=False).detach()
        raw = signed.relu()
        # Captum's default would be nearest.
        full = LayerAttribution.interpolate(raw, tuple(images.shape[2:]), interpolate_mode="bilinear")
    return CamResult(_array(signed), _array(raw), _array(full), classes.cpu().numpy(), layer)


METHODS = {"grad-cam": grad_cam}  # name on the command line → function


def _check_maps(layer: str, outputs: dict[str, Tensor]) -> None:
    if layer not in outputs:
        raise did_not_run(layer)
    shape = tuple(outputs[layer].shape[1:])
    if len(shape) != 3:
        raise UserError(f"Layer '{layer}' puts out {shape} an image, no map; choose a convolution.")


def _classes(target: Target, logits: Tensor) -> Tensor:
    """The class of each image, int64 (B,). `logits`: (B, classes)."""
    images, classes = logits.shape
    if target is None:
        return logits.argmax(dim=1)
    wanted = torch.as_tensor(target, dtype=torch.int64, device=logits.device).reshape(-1)
    if len(wanted) not in (1, images):
        raise UserError(f"{len(wanted)} target classes for {images} images; give one for all, or one for each.")
    for value in wanted.tolist():
        if not 0 <= value < classes:
            raise UserError(f"No class {value}; choose one from 0 to {classes - 1}.")
    return wanted.expand(images)


def _array(maps: Tensor) -> np.ndarray:
    """(B, 1, h, w) → float32 (B, h, w)."""
    return np.ascontiguousarray(maps[:, 0].float().cpu().numpy())
