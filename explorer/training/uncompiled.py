"""torch's optimizers without torch's compiler, which they import in order to be hidden from it: a second and a half and
900 modules, where nothing is compiled. They compute what torch's do: their methods are torch's own, unwrapped."""

from inspect import unwrap

import torch

_HIDDEN = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")


class Uncompiled(torch.optim.Optimizer):
    """Where an optimizer of one's own begins."""


for _name in _HIDDEN:
    setattr(Uncompiled, _name, unwrap(getattr(torch.optim.Optimizer, _name)))


class SGD(Uncompiled, torch.optim.SGD):
    """As torch's."""

    step = torch.no_grad()(unwrap(torch.optim.SGD.step))


class AdamW(Uncompiled, torch.optim.AdamW):
    """As torch's."""

    step = torch.no_grad()(unwrap(torch.optim.AdamW.step))
