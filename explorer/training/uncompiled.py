"""torch's optimizers without torch's compiler, which they import only to be hidden from it: a second and a half and 900
modules, although nothing is compiled. They compute the same: their methods are torch's own, unwrapped."""

from inspect import unwrap

import torch

_HIDDEN = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")


class Uncompiled(torch.optim.Optimizer):
    """The base for an optimizer of our own."""


for _name in _HIDDEN:
    setattr(Uncompiled, _name, unwrap(getattr(torch.optim.Optimizer, _name)))


class SGD(Uncompiled, torch.optim.SGD):
    """Like torch's."""

    step = torch.no_grad()(unwrap(torch.optim.SGD.step))


class AdamW(Uncompiled, torch.optim.AdamW):
    """Like torch's."""

    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))
