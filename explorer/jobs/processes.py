"""How the processes start that train runs and time networks."""

import sys


def forks() -> bool:
    """On Linux they are forked from a process that has paid for the imports, so that one more costs almost nothing.
    Elsewhere, and where this process has used a GPU, which no fork of it can, they start anew."""
    import torch

    return sys.platform == "linux" and not torch.cuda.is_initialized()
