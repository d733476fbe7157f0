"""Training: `fit()` is a generator of events that knows no disk and no screen.

`TrainConfig` is importable without torch; the loop is `from explorer.training.loop import fit`.
"""

from explorer.training.config import TrainConfig

__all__ = ["TrainConfig"]
