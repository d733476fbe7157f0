"""The pretrained weights that a run starts from: copied into its folder, so that the source run may be deleted."""

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import UserError
from explorer.runs.checkpoint import Checkpoint, WeightsSource, find_source, load_model, trained_on_images
from explorer.runs.folder import Run
from explorer.runs.record import PretrainedWeights
from explorer.runs.same_data import is_same
from explorer.runs.weights import read_weights, save_weights, weights_file

if TYPE_CHECKING:
    from torch import nn

START = 0  # the epoch under which the initial weights are stored


def begin_from_source(run: Run, model: "nn.Module") -> Run:
    """Give the new `model` its initial weights: those of the source, adapted to fit; recorded as `origin` in run.json.

    A run that has begun before uses its own copy. Raises UserError if the source is still training, or is a different
    network.
    """
    from explorer.training.transfer import freeze

    if run.config.training.source:
        if not run.record.origin:
            run = _take_over(run, model)
        model.load_state_dict(read_weights(weights_file(run, START)))
    freeze(model, run.config.training.tune)
    return run


def _take_over(run: Run, model: "nn.Module") -> Run:
    from explorer.training.transfer import fingerprint, fitted

    training, folder = run.config.training, run.path.parent
    source = source_of(run.config.training.source, folder)
    if source.status != "finished" and training.source_epoch in ("best", "last"):
        raise UserError(
            f"The source {source.id} is {source.status}: wait until it has finished, or name one of its epochs."
        )
    if (source.config.model, source.config.options) != (run.config.model, run.config.options):
        raise UserError(
            f"The source {source.id} is a different network: use its model, {source.config.model}, and its options."
        )
    epoch = epoch_of(training.source_epoch)
    weights = load_model(source.id, epoch, folder).state_dict()
    learned = source.input_spec
    start, remarks = fitted(weights, model, learned.classes, run.input_spec.classes)
    if learned.name == run.input_spec.name and not is_same(trained_on_images(source), run.dataset.fingerprint):
        remarks.append(
            f"{source.id} was trained on other images or splits of {learned.name} than today's: it may have seen some "
            "of today's validation and test images."
        )
    save_weights(run, start, START)
    pretrained = PretrainedWeights(
        run=source.id,
        epoch=Checkpoint(source, epoch).epochs_done,
        fingerprint=fingerprint(weights),
        dataset=learned.name,
        tune=training.tune,
        fraction=training.fraction,
        changed=tuple(remarks),
    )
    return run.change(origin=pretrained)


def source_of(run_id: str, folder: Path | str | None = None) -> WeightsSource:
    """The run or model whose weights are used. Raises UserError if it is gone and its weights were not copied."""
    try:
        return find_source(run_id, folder)
    except UserError as error:
        raise UserError(f"The source of the weights does not exist. {error}") from None


def epoch_of(text: str) -> int | str:
    """ "best", "last" or a number, from text."""
    return int(text) if text.isdecimal() else text
