"""Small models that are made for these tests."""

import random

import torch
from torch import Tensor, nn


def images(n: int = 4, channels: int = 3, size: int = 16, seed: int = 0) -> Tensor:
    """float32 (n, channels, size, size) in [0, 1]."""
    return torch.rand(n, channels, size, size, generator=torch.Generator().manual_seed(seed))


def seeded(build, seed: int = 0) -> nn.Module:
    """A model in eval mode whose batch norms have seen something, so that they are not the identity."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = build()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.uniform_(module.running_mean, -0.2, 0.2)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
                nn.init.uniform_(module.weight, 0.5, 1.5)
    return model.eval()


class PooledNet(nn.Module):
    """Convolutions, global average pooling, one linear layer: the net for which Grad-CAM is CAM."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu1 = nn.ReLU(inplace)
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(8, 12, 3, padding=1)
        self.relu2 = nn.ReLU(inplace)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(12, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool1(self.relu1(self.bn1(self.conv1(x))))
        x = self.relu2(self.conv2(x))
        return self.head(self.drop(self.flatten(self.pool(x))))


class SkipNet(nn.Module):
    """A residual block with a projection that is registered before the convolution it runs behind, in-place
    additions, a grouped convolution, a container that never runs and a Flatten + Linear head."""

    def __init__(self, size: int = 16):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 5, stride=2, padding=2)
        self.project = nn.Conv2d(8, 16, 1, stride=2, bias=False)
        self.block = nn.ModuleList([nn.Conv2d(8, 16, 3, stride=2, padding=1, groups=4), nn.ReLU(inplace=True)])
        self.flatten = nn.Flatten()
        self.head = nn.Linear(16 * (size // 4) ** 2, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        y = self.block[0](x)
        y += self.project(x)
        return self.head(self.flatten(self.block[1](y)))


class Branch(nn.Module):
    """With a skip x + conv(act(x)), added in place, as in a pre-activation block; without one act(conv(x))."""

    def __init__(self, channels: int, width: int, skip: bool):
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, padding=1)
        self.act = nn.ReLU()
        self.skip = skip

    def forward(self, x: Tensor) -> Tensor:
        if not self.skip:
            return self.act(self.conv(x))
        out = self.conv(self.act(x))
        out += x
        return out


class BranchNet(nn.Module):
    """A block that ends in an activation and one that ends in an addition, global average pooling, a linear layer."""

    def __init__(self):
        super().__init__()
        self.first = Branch(3, 8, skip=False)
        self.second = Branch(8, 8, skip=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.flatten(self.pool(self.second(self.first(x)))))


def dense_net() -> nn.Module:
    """A perceptron with one hidden layer on (3, 16, 16) images."""
    return nn.Sequential(nn.Flatten(), nn.Linear(768, 20), nn.ReLU(), nn.Linear(20, 5))


def random_net(seed: int) -> nn.Module:
    """Convolutions of random width, kernel, stride, groups and activation on (3, 16, 16) images; 3 to 7 classes."""
    draw = random.Random(seed)
    layers: list[nn.Module] = []
    channels, side = 3, 16
    for _ in range(draw.randint(1, 4)):
        groups = draw.choice([1, 1, 2]) if channels % 2 == 0 else 1
        out, kernel = 2 * draw.randint(1, 6), draw.choice([1, 3, 5])
        stride = draw.choice([1, 2]) if side >= 8 else 1
        layers.append(nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=draw.random() < 0.5))
        if draw.random() < 0.5:
            layers.append(nn.BatchNorm2d(out))
        layers.append(draw.choice([nn.ReLU, nn.Tanh, nn.GELU, nn.Sigmoid])())
        channels, side = out, -(-side // stride)
    if draw.random() < 0.5:
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, draw.randint(3, 7))]
    else:
        layers += [nn.Flatten(), nn.Linear(channels * side * side, draw.randint(3, 7))]
    return seeded(lambda: nn.Sequential(*layers), seed)


def hooks(model: nn.Module) -> int:
    """How many hooks of any kind hang on the model and its parts."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)
