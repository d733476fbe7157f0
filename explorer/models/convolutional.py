"""The architectures that use which pixels are neighbours; an mlp can be sized to any of them."""

from explorer.models.airbench import Airbench
from explorer.models.cifar_resnet import CIFARResNet
from explorer.models.residual_cnn import ResidualCNN
from explorer.models.resnet import ResNet
from explorer.models.simple_cnn import SimpleCNN
from explorer.models.spec import Spec
from explorer.models.vgg import VGG

CONVOLUTIONAL: dict[str, Spec] = {
    "simple_cnn": SimpleCNN(),
    "residual_cnn": ResidualCNN(),
    "vgg11": VGG(depth=11),
    "vgg13": VGG(depth=13),
    "vgg16": VGG(depth=16),
    "vgg19": VGG(depth=19),
    "resnet18": ResNet(depth=18),
    "resnet34": ResNet(depth=34),
    "resnet50": ResNet(depth=50),
    "resnet101": ResNet(depth=101),
    "resnet152": ResNet(depth=152),
    "resnet20": CIFARResNet(depth=20),
    "resnet32": CIFARResNet(depth=32),
    "resnet44": CIFARResNet(depth=44),
    "resnet56": CIFARResNet(depth=56),
    "resnet110": CIFARResNet(depth=110),
    "airbench94": Airbench(),
}
