"""What tests of stopping and resuming share: how a run is stopped, and what must be as if it never had been."""

from collections.abc import Callable

import torch

from explorer.jobs import stop
from explorer.runs import Run, epochs, find, list_runs, load_model, saved_epochs, steps
from explorer.training.events import Event, Steps


def stop_in_epoch(run: Run, epoch: int) -> Callable[[Event], None]:
    """For `train_run(on_event=…)`: a request to stop while this epoch trains, as a click on Stop makes it."""

    def stopping(event: Event) -> None:
        if isinstance(event, Steps) and event.epoch == epoch:
            stop(run)

    return stopping


def history(run: Run) -> tuple:
    """Of every epoch all but its times, and the lines of the steps."""
    table = epochs([run.id]).drop(columns=["run", "seconds", "images_per_second"])
    return table.fillna(-1.0).to_dict("list"), (run.path / "steps.jsonl").read_text()


def equal_weights(one: Run, other: Run) -> bool:
    """Bit by bit, those of the last epoch."""
    first, second = (load_model(run.id, "last").state_dict() for run in (one, other))
    return all(torch.equal(first[name], second[name]) for name in first)


def assert_readable(run: Run) -> None:
    """Whatever was being written when it ended: the list, its history and every epoch's weights."""
    run = find(run.id)
    assert list_runs()
    assert len(epochs([run.id])) >= run.epochs_done
    steps(run.id)
    for epoch in saved_epochs(run):
        load_model(run.id, epoch)
    if run.record.best:
        load_model(run.id, "best")
