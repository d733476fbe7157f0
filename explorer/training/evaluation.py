"""A look at a split in eval mode."""

import torch
from torch import nn
from torch.nn import functional as F

from explorer.data import Images
from explorer.training.batches import DeviceImages
from explorer.training.events import Evaluation

BATCH = 256


@torch.inference_mode()
def evaluate(model: nn.Module, split: Images | DeviceImages, precision: torch.dtype = torch.float32) -> Evaluation:
    """Loss, accuracy and predictions of `model` on a split, in eval mode; the model's mode is put back."""
    device = next(model.parameters()).device
    images_on_device = split if isinstance(split, DeviceImages) else DeviceImages(split, device)
    was_training, total, predictions = model.training, torch.zeros((), device=device), []
    model.eval()
    for images, labels in images_on_device.in_order(BATCH):
        with torch.autocast(device.type, dtype=precision, enabled=precision != torch.float32):
            logits = model(images)
        total += F.cross_entropy(logits.float(), labels, reduction="sum")
        predictions.append(logits.argmax(1))
    model.train(was_training)
    predicted = torch.cat(predictions)
    accuracy = (predicted == images_on_device.labels).float().mean().item()
    return Evaluation(total.item() / len(split), accuracy, predicted.cpu().numpy())
