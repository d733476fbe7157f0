"""A network as the code of an ordinary nn.Module, written from the modules that it is made of.

The code depends only on the modules themselves, so it is right for every network and every option; the names of the
weights stay. Equal neighbours become one line: a stage of eighteen equal blocks is as long as one.
"""

import inspect
from collections.abc import Callable, Iterator
from itertools import groupby

from torch import nn

from explorer.errors import UserError
from explorer.models.blocks import Block, ZeroPad
from explorer.models.normalize import Normalize
from explorer.models.whitening import WhiteningConv

WIDTH = 108  # characters of a line, minus the room for what precedes it
HELPERS = (Normalize, ZeroPad, Block, WhiteningConv)  # our own modules; their source is included if a network has one
PAIR = 2  # the argument takes a side, a stride or a padding for rows and columns


def class_of(model: nn.Module, name: str = "Network", linear: str = "nn.Linear") -> str:
    """The source of a class that builds modules equal to those of `model`, which are called one after the other.

    `linear`: the code that makes a hidden linear layer. Raises UserError if it contains a module that cannot be
    written.
    """
    if not isinstance(model, nn.Sequential):
        raise UserError(f"A {type(model).__name__} cannot be written as plain PyTorch: only the app's networks can.")
    lines = [f"class {name}(nn.Module):", "    def __init__(self) -> None:", "        super().__init__()"]
    names = [child for child, _ in model.named_children()]
    for child, module in model.named_children():
        made = expression(module, linear if child != names[-1] else "nn.Linear")
        lines += _broken(f"self.{child} = ", made, 8)
    lines += ["", "    def forward(self, x: torch.Tensor) -> torch.Tensor:"]
    lines += [f"        x = self.{child}(x)" for child in names]
    return "\n".join([*lines, "        return x"])


def helpers(model: nn.Module) -> Iterator[str]:
    """The sources of our own modules in it, which plain PyTorch lacks."""
    for helper in HELPERS:
        if any(isinstance(module, helper) for module in model.modules()):
            yield inspect.getsource(helper).rstrip()


Made = str | tuple[str, list["Made"], str]  # code, or (what comes before, the parts, what comes after)


def expression(module: nn.Module, linear: str = "nn.Linear") -> Made:
    """The code that makes a module like this one. Raises UserError if it cannot be written."""
    if isinstance(module, nn.Sequential):
        return _sequence(module)
    if isinstance(module, Block):
        layers = [_named(name, expression(getattr(module, name))) for name in module.path]
        skip = "None" if module.skip is None else expression(module.skip)
        return "Block(", [("dict(", layers, ")"), _prefixed("skip=", skip), _named("act", expression(module.act))], ")"
    write = _WRITERS.get(type(module))
    if write is None:
        raise UserError(f"A {type(module).__name__} cannot be written as plain PyTorch: only the app's networks can.")
    code = write(module)
    return code.replace("nn.Linear", linear, 1)


def _sequence(module: nn.Sequential) -> Made:
    children = [(name, expression(child)) for name, child in module.named_children()]
    if any(not name.isdigit() for name, _ in children):
        return "nn.Sequential(OrderedDict(", [_named(name, made) for name, made in children], "))"
    parts: list[Made] = []
    for made, equal in groupby(made for _, made in children):
        count = len(list(equal))
        parts.append(made if count == 1 else ("*(", [_suffixed(made, f" for _ in range({count})")], ")"))
    return "nn.Sequential(", parts, ")"


def _named(name: str, made: Made) -> Made:
    return _prefixed(f"{name}=", made)


def _prefixed(before: str, made: Made) -> Made:
    return before + made if isinstance(made, str) else (before + made[0], made[1], made[2])


def _suffixed(made: Made, after: str) -> Made:
    return made + after if isinstance(made, str) else (made[0], made[1], made[2] + after)


def _flat(made: Made) -> str:
    return made if isinstance(made, str) else made[0] + ", ".join(map(_flat, made[1])) + made[2]


def _broken(before: str, made: Made, indent: int, after: str = "") -> list[str]:
    """The parts in as few lines as fit."""
    space, flat = " " * indent, before + _flat(made) + after
    if isinstance(made, str) or indent + len(flat) <= WIDTH:
        return [space + flat]
    comma = "" if made[0].endswith("*(") else ","  # a generator takes none
    parts = [line for part in made[1] for line in _broken("", part, indent + 4, comma)]
    return [f"{space}{before}{made[0]}", *parts, f"{space}{made[2]}{after}"]


def _pair(value: int | tuple[int, ...]) -> str:
    """One number if both are equal."""
    sides = value if isinstance(value, tuple) else (value,) * PAIR
    return str(sides[0]) if len(set(sides)) == 1 else repr(sides)


def _call(name: str, *arguments: object, **named: tuple[object, object]) -> str:
    """`named`: for each argument its value and its default; defaults are not written."""
    written = [str(each) for each in arguments]
    written += [f"{key}={value}" for key, (value, default) in named.items() if value != default]
    return f"{name}({', '.join(written)})"


def _conv(module: nn.Conv2d) -> str:
    return _call(
        "nn.Conv2d",
        module.in_channels,
        module.out_channels,
        _pair(module.kernel_size),
        stride=(_pair(module.stride), "1"),
        padding=(repr(module.padding) if isinstance(module.padding, str) else _pair(module.padding), "0"),
        dilation=(_pair(module.dilation), "1"),
        groups=(module.groups, 1),
        bias=(module.bias is not None, True),
    )


def _norm(module: nn.BatchNorm1d | nn.BatchNorm2d) -> str:
    return _call(
        f"nn.{type(module).__name__}",
        module.num_features,
        eps=(module.eps, 1e-5),
        momentum=(module.momentum, 0.1),
        affine=(module.affine, True),
        track_running_stats=(module.track_running_stats, True),
    )


def _pool(module: nn.MaxPool2d | nn.AvgPool2d) -> str:
    side, stride = _pair(module.kernel_size), _pair(module.stride)
    return _call(f"nn.{type(module).__name__}", side, stride=(stride, side), padding=(_pair(module.padding), "0"))


def _plain(module: nn.Module) -> str:
    return f"nn.{type(module).__name__}()"


_WRITERS: dict[type[nn.Module], Callable[..., str]] = {
    nn.Conv2d: _conv,
    nn.Linear: lambda m: _call("nn.Linear", m.in_features, m.out_features, bias=(m.bias is not None, True)),
    nn.BatchNorm1d: _norm,
    nn.BatchNorm2d: _norm,
    nn.MaxPool2d: _pool,
    nn.AvgPool2d: _pool,
    nn.AdaptiveAvgPool2d: lambda m: f"nn.AdaptiveAvgPool2d({m.output_size})",
    nn.Dropout: lambda m: f"nn.Dropout({m.p})",
    nn.ReLU: _plain,
    nn.Sigmoid: _plain,
    nn.Tanh: _plain,
    nn.GELU: _plain,
    nn.Flatten: _plain,
    nn.Identity: _plain,
    Normalize: lambda m: f"Normalize({m.mean.shape[1]})",
    WhiteningConv: lambda m: f"WhiteningConv({m.in_channels})",
    ZeroPad: lambda m: _call("ZeroPad", m.extra, stride=(m.stride, 1)),
}
