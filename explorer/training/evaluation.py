"""Loss and predictions for a split, in eval mode."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from explorer.data import Images
from explorer.training.batches import DeviceImages
from explorer.training.events import Evaluation

BATCH = 256
CPU_PART = 64  # images at once on a CPU: the maps of more leave its caches, and their memory is allocated anew


@torch.inference_mode()
def evaluate(
    model: nn.Module, split: Images | DeviceImages, precision: torch.dtype = torch.float32, flips: bool = False
) -> Evaluation:
    """Loss, accuracy and predictions of `model` on a split, in eval mode; the model's mode is restored.

    `flips`: by the mean logits of each image and its mirror image (Krizhevsky et al. 2012, section 4.1).
    """
    device = next(model.parameters()).device
    images_on_device = split if isinstance(split, DeviceImages) else DeviceImages(split, device)
    was_training, total, predictions = model.training, torch.zeros((), device=device), []
    model.eval()
    for images, labels in images_on_device.in_order(BATCH):
        parts = images.split(CPU_PART) if device.type == "cpu" else (images,)
        with torch.autocast(device.type, dtype=precision, enabled=precision != torch.float32):
            logits = torch.cat([(model(x) + model(x.flip(3))) / 2 if flips else model(x) for x in parts])
        total += F.cross_entropy(logits.float(), labels, reduction="sum")
        predictions.append(logits.argmax(1))
    model.train(was_training)
    predicted, labels = torch.cat(predictions).cpu().numpy(), images_on_device.labels.cpu().numpy()
    right = predicted == labels
    images = np.bincount(labels)
    balanced = balanced_accuracy(np.bincount(labels[right], minlength=len(images)), images)
    return Evaluation(total.item() / len(split), float(right.mean()), balanced, predicted)


def balanced_accuracy(right: np.ndarray, images: np.ndarray) -> float:
    """The mean recall of the classes, a fraction; classes without images do not count (Brodersen et al. 2010, The
    balanced accuracy and its posterior distribution). `right`, `images`: int (classes,), of each class."""
    there = images > 0
    return float((right[there] / images[there]).mean())
