"""Is a run possible at all? Asked before anything is queued."""

from explorer.data import DATASETS
from explorer.errors import unknown
from explorer.runs.config import RunConfig


def check(config: RunConfig) -> None:
    """UserError naming the value and the remedy if the data set, the model or one of its options does not exist,
    or if there are not as many blocks as are to be tuned."""
    import torch

    from explorer.models import build
    from explorer.training.transfer import freeze

    source = DATASETS.get(config.dataset)
    if source is None and not config.dataset.startswith("folder:"):
        raise unknown("data set", config.dataset, [*DATASETS, "folder:PATH"])
    with torch.device("meta"):  # shapes only: nothing is allocated or drawn
        model = build(config.model, source.channels if source else 3, 10, size=config.image_size, **config.options)
    freeze(model, config.training.tune)
