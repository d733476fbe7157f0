"""Whether a run is possible at all; checked before anything is queued."""

from explorer.data import DATASETS, is_folder, source_of
from explorer.data.sources import FORMS
from explorer.errors import UserError, unknown
from explorer.runs.config import RunConfig

MOST_ACTIVATIONS = 128 * 2**30  # bytes that a training step keeps for its backward pass


def check(config: RunConfig) -> None:
    """Raises UserError if the data set, the model or one of its options does not exist, if there are fewer blocks than
    are to be tuned, if the network cannot be trained on batches of one image, or if it or the activations of a step
    would be too large. Allocates nothing to find out."""
    from explorer.models import build
    from explorer.models.network import check_parameters
    from explorer.models.shapes_only import without_memory
    from explorer.models.work import work_of
    from explorer.training.norms import check_batches
    from explorer.training.transfer import freeze

    source = source_of(config.dataset)
    if source is None and not is_folder(config.dataset):
        raise unknown("data set", config.dataset, [*DATASETS, *FORMS])
    with without_memory():
        channels = source.channels if source else 3
        model = build(config.model, channels, 10, size=config.image_size, **config.options)
    check_parameters(config.model, model)
    freeze(model, config.training.tune)
    batch_size = config.training.batch_size
    check_batches(model, (channels, config.image_size, config.image_size), batch_size, batch_size)
    needed = 2 * 4 * work_of(model, channels, config.image_size).outputs * batch_size  # float32, and their gradients
    if needed > MOST_ACTIVATIONS:
        raise UserError(
            f"A step of {batch_size:,} images would keep {needed / 2**30:,.0f} GB of activations, more than the "
            f"{MOST_ACTIVATIONS // 2**30} GB allowed: choose a smaller batch size, smaller images or a smaller network."
        )
