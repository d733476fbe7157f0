"""How processes start that train runs and time networks."""

import sys


def forks() -> bool:
    """Whether to fork: on Linux, from a process that has imported everything, so that one more costs almost nothing.
    Elsewhere, and if this process has used a GPU, which no fork of it can, processes start from scratch."""
    import torch

    return sys.platform == "linux" and not torch.cuda.is_initialized()
