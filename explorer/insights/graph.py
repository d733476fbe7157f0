"""Which layer feeds which: a model's graph, from one forward pass."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.errors import UserError
from explorer.insights.hooks import evaluating
from explorer.insights.layers import blank_image


@dataclass(frozen=True, eq=False)
class Node:
    """A leaf module that has run, or a function that ran between modules (`add` of a skip connection)."""

    name: str  # as in named_modules(); for a function "stage1.0.add": the module it ran in, and its name
    kind: str  # the class of the module, or the name of the function
    module: nn.Module | None  # None for a function
    inputs: tuple["Node", ...]  # nodes whose outputs it takes, each once; the image is not a node
    shape: tuple[int, ...]  # of its output for one image: (C, h, w) or (units,)

    @property
    def scope(self) -> str:
        """The name of the module that it is a part of; "" for the model itself."""
        return self.name.rpartition(".")[0]

    @property
    def side(self) -> int:
        """Pixels on the longer side of its output; 1 if it is flat."""
        return max(self.shape[1:]) if len(self.shape) == 3 else 1


def graph(model: nn.Module, channels: int, size: int) -> tuple[Node, ...]:
    """Everything that the output depends on, in the order in which it runs, for one image (channels, size, size).

    A black image is sent through in eval mode; on the meta device nothing is computed. Does not use torch.fx, which
    while tracing replaces `nn.Module.__call__` for the whole process, under the models that other visitors use.
    """
    record = _Record()
    with evaluating(model), torch.no_grad(), ExitStack() as hooks:
        for name, module in model.named_modules():
            # Default arguments, because a closure would see only the last name.
            before = module.register_forward_pre_hook(lambda module, x, name=name: record.enter(name, module))
            hooks.callback(before.remove)
            after = module.register_forward_hook(lambda module, x, y, name=name: record.leave(name, module, x, y))
            hooks.callback(after.remove)
        image = blank_image(model, channels, size)
        with record:
            output = model(image)
    return record.up_to(output)


class _Function(Protocol):
    """A function of torch, or a method of its tensors."""

    __name__: str

    def __call__(self, *args: object, **kwargs: object) -> object: ...


class _Record(TorchFunctionMode):
    """Records every function that is called in this thread; hooks name the module."""

    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self._made_by: dict[int, Node] = {}  # id of a tensor → the node that made it, or last changed it in place
        self._alive: list[Tensor] = []  # or an id could be given to a second tensor
        self._scopes: list[str] = []
        self._taken: tuple[Node, ...] = ()  # made by the leaf module that is running
        self._in_leaf = False
        self._uses: Counter[str] = Counter()

    def enter(self, name: str, module: nn.Module) -> None:
        self._scopes.append(name)
        self._in_leaf = not any(module.children())

    def leave(self, name: str, module: nn.Module, inputs: tuple[object, ...], output: Tensor) -> None:
        self._scopes.pop()
        if self._in_leaf:
            self._in_leaf = False
            self._add(name, type(module).__name__, module, inputs, output)

    def __torch_function__(
        self, func: _Function, types: Sequence[type], args: tuple = (), kwargs: dict | None = None
    ) -> object:
        output = func(*args, **(kwargs or {}))
        if not self._in_leaf and isinstance(output, Tensor):
            scope = self._scopes[-1] if self._scopes else ""
            name = func.__name__.strip("_").removeprefix("i" if func.__name__.startswith("__i") else "")
            self._add(f"{scope}.{name}".strip("."), name, None, [*args, *(kwargs or {}).values()], output)
        return output

    def up_to(self, output: Tensor) -> tuple[Node, ...]:
        """The nodes that lead to the output; a node such as a tensor's shape leads nowhere."""
        if id(output) not in self._made_by:
            raise UserError("The output of this model depends on no layer: return the output of the last layer.")
        needed, wanted = set(), [self._made_by[id(output)]]
        while wanted:
            node = wanted.pop()
            if node not in needed:
                needed.add(node)
                wanted.extend(node.inputs)
        return tuple(node for node in self.nodes if node in needed)

    def _add(self, name: str, kind: str, module: nn.Module | None, given: object, output: Tensor) -> None:
        made = [self._made_by[id(tensor)] for tensor in _tensors(given) if id(tensor) in self._made_by]
        self._uses[name] += 1
        if self._uses[name] > 1:  # a module that runs twice, or a second addition in the same module
            name = f"{name}#{self._uses[name]}"
        node = Node(name, kind, module, tuple(dict.fromkeys(made)), tuple(output.shape[1:]))
        self.nodes.append(node)
        self._made_by[id(output)] = node
        self._alive.append(output)


def _tensors(given: object) -> Iterator[Tensor]:
    if isinstance(given, Tensor):
        yield given
    elif isinstance(given, list | tuple):
        for item in given:
            yield from _tensors(item)
