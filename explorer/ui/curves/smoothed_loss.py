"""A note below charts of training losses, for older runs whose recorded loss includes label smoothing."""

from explorer.runs import Run
from explorer.runs.history import smoothing_in_training_loss
from explorer.ui import names
from explorer.ui.markdown import literal


def note(runs: list[Run]) -> str:
    """One sentence; "" if every training loss is the plain cross-entropy."""
    older = [run for run in runs if smoothing_in_training_loss(run)]
    if not older:
        return ""
    text = ", ".join(f"{literal(names.of(run))} ({smoothing_in_training_loss(run):g})" for run in older)
    return (
        f"The training loss of {text} includes label smoothing, as older runs recorded it: it is higher than the plain "
        f"cross-entropy of the validation and of newer runs, and cannot be compared with them."
    )
