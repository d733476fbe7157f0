"""Is a run possible at all? Asked before anything is queued."""

from explorer.data import DATASETS, is_folder
from explorer.errors import unknown
from explorer.runs.config import RunConfig


def check(config: RunConfig) -> None:
    """Raises UserError if the data set, the model or one of its options does not exist, if there are not as many blocks
    as are to be tuned, or if the network cannot be trained on batches of one image."""
    import torch

    from explorer.models import build
    from explorer.training.norms import check_batches
    from explorer.training.transfer import freeze

    source = DATASETS.get(config.dataset)
    if source is None and not is_folder(config.dataset):
        raise unknown("data set", config.dataset, [*DATASETS, "folder:PATH"])
    with torch.device("meta"):  # shapes only: nothing is allocated or drawn
        channels = source.channels if source else 3
        model = build(config.model, channels, 10, size=config.image_size, **config.options)
    freeze(model, config.training.tune)
    batch_size = config.training.batch_size
    check_batches(model, (channels, config.image_size, config.image_size), batch_size, batch_size)
