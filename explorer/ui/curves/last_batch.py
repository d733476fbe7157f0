"""A note below charts of single steps, for runs whose last batch of an epoch has few images, so that its step jumps."""

from explorer.runs import Run
from explorer.runs.history import epoch_batches
from explorer.ui import names
from explorer.ui.markdown import literal

FEW = 0.5  # of the batch size


def note(runs: list[Run]) -> str:
    """One sentence; "" if every last batch has at least half the batch size."""
    few: dict[tuple[int, int], list[str]] = {}
    for run in runs:
        sizes, wanted = epoch_batches(run), run.config.training.batch_size
        if len(sizes) > 1 and sizes[-1] < FEW * wanted:
            few.setdefault((sizes[-1], wanted), []).append(names.of(run))
    if not few:
        return ""
    text = ", ".join(
        f"{left} instead of {wanted}" + (f" in {literal(', '.join(of))}" if len(of) < len(runs) else "")
        for (left, wanted), of in few.items()
    )
    return (
        f"The last batch of each epoch has few images ({text}): the loss and gradients of its step are noisier than "
        f"those of other steps."
    )
