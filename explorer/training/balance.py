"""Classes of unequal size: how to make them count equally in training.

Either rare images weigh more in the minimised loss (King & Zeng 2001, Logistic Regression in Rare Events Data), or they
are drawn more often (Buda et al. 2018, A systematic study of the class imbalance problem in convolutional neural
networks). Recorded losses and accuracies weigh every image equally.
"""

import torch
from torch import Tensor


def class_weights(labels: Tensor) -> Tensor:
    """float32 (classes,): N / (classes that occur · images of the class), so that the mean over all images is 1; 0 for
    a class without images. `labels`: int64 (N,)."""
    counts = torch.bincount(labels)
    weights = len(labels) / ((counts > 0).sum() * counts)
    return torch.where(counts > 0, weights, 0.0).float()


def balanced_order(labels: Tensor, generator: torch.Generator) -> Tensor:
    """The images of an epoch, int64 (N,), in random order: N in total, and equally many of each class, give or take
    one. No image is repeated before all of its class have been drawn as often. `labels`: int64 (N,)."""
    classes = labels.unique()
    classes = classes[torch.randperm(len(classes), generator=generator)]  # chance decides which classes get one more
    share, more = divmod(len(labels), len(classes))
    parts = []
    for number, label in enumerate(classes):
        members, wanted = (labels == label).nonzero().flatten(), share + (number < more)
        rounds = -(-wanted // len(members))
        order = torch.cat([torch.randperm(len(members), generator=generator) for _ in range(rounds)])
        parts.append(members[order[:wanted]])
    order = torch.cat(parts)
    return order[torch.randperm(len(order), generator=generator)]
