"""Whether a device computes what the CPU computes: the same short training on both, compared number by number."""

from collections.abc import Iterator
from functools import cache

import torch
from torch import nn
from torch.nn import functional as F

from explorer.models import build
from explorer.training.uncompiled import AdamW

STEPS, IMAGES, SIZE, CLASSES = 4, 32, 16, 10
TOLERANCE = 0.01  # relative; float32 on two CPUs differs by a thousandth of that after so few steps


@cache
def computes_as_cpu(kind: str) -> bool:
    """Whether the losses and gradient norms of STEPS steps of a small CNN, and its logits afterwards, are within
    TOLERANCE of the CPU's on a device of this kind ("mps"); False if anything that training needs is missing there.

    Takes about a second, once per process. The process's random state does not change.
    """
    try:
        there = _numbers(torch.device(kind))
    except (RuntimeError, NotImplementedError, TypeError):  # TypeError: Apple's GPU has no float64
        return False
    return bool(torch.allclose(there, _numbers(torch.device("cpu")), rtol=TOLERANCE, atol=TOLERANCE))


def _numbers(device: torch.device) -> torch.Tensor:
    """float32 on the CPU; values that are not finite stay so."""
    draw = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (IMAGES, SIZE, SIZE, 3), dtype=torch.uint8, generator=draw)
    labels = (torch.arange(IMAGES) % CLASSES).to(device)
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        model = build("simple_cnn", 3, CLASSES, SIZE)
    model.to(device).to(memory_format=torch.channels_last).train()
    images = pixels.to(device).permute(0, 3, 1, 2).float().div_(255)
    with torch.enable_grad():
        numbers = list(_trained(model, images, labels))
    with torch.no_grad():
        numbers.append(model.eval()(images).flatten().cpu())
    return torch.cat(numbers)


def _trained(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Iterator[torch.Tensor]:
    """The loss and the norm of all gradients of each step."""
    optimizer = AdamW(model.parameters(), lr=0.001, fused=True)
    for _ in range(STEPS):
        loss = F.cross_entropy(model(images), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norms = torch._foreach_norm([p.grad for p in model.parameters() if p.grad is not None])
        yield torch.stack([loss.detach(), torch.stack(norms).norm()]).cpu()
        optimizer.step()
