"""Trains one run from its folder: the same function for the command line, the worker and a cluster."""

import os
from collections.abc import Callable
from pathlib import Path

import torch

from explorer.data import Dataset, load
from explorer.errors import UserError
from explorer.jobs.stop_watch import StopWatch
from explorer.models import set_statistics
from explorer.runs.folder import ENDED, Run, now
from explorer.runs.history import cut
from explorer.runs.record import Recorder, dataset_info
from explorer.runs.weights import build_model, read_state, read_weights, weights_file
from explorer.training import TrainConfig
from explorer.training.events import Event
from explorer.training.loop import Resume, evaluate, fit, make_optimizer

STOPPED = "Stopped on request."


def perform(
    run: Run,
    data_folder: Path | str | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    loader: Callable[..., Dataset] = load,
    leave: Callable[[], None] = lambda: os._exit(0),
) -> Run:
    """Train a run to its end, or resume it; the run as it ended: finished, stopped or failed, with a reason.

    Wrong input ends as `failed` with its sentence. A defect is recorded as `failed`, too, and then raised.
    `leave` ends the process when a stop cannot wait for a slow step; the run's folder is in order by then.
    """
    with run.lock():
        run = run.reload()
        if run.status in ENDED:
            return run  # another process has done it while we waited for the lock
        try:
            return _train(run, data_folder, on_event, loader, leave)
        except UserError as error:
            return run.change(status="failed", reason=str(error), finished_at=now())
        except torch.OutOfMemoryError:
            reason = "The GPU's memory is full: choose a smaller batch size or a smaller model."
            return run.change(status="failed", reason=reason, finished_at=now())
        except KeyboardInterrupt:
            run.change(status="stopped", reason="Stopped from the keyboard.", finished_at=now())
            raise
        except BaseException as error:
            run.change(status="failed", reason=f"{type(error).__name__}: {error}", finished_at=now())
            raise


def warm_up() -> None:
    """What the first training of a process would wait for: an optimizer imports torch's compiler, five seconds."""
    make_optimizer(torch.nn.Linear(1, 1), TrainConfig())


def _train(run: Run, data_folder, on_event, loader, leave) -> Run:
    config = run.config
    if run.stop_requested:
        return run.change(status="stopped", reason="Stopped before it began.", finished_at=now())
    run = run.change(status="running", reason=None, message="Loading the images …")
    data = loader(config.dataset, data_folder, config.image_size, progress=_tell(run))
    run = run.change(dataset=dataset_info(data), message=None)
    torch.manual_seed(config.training.seed)
    model = build_model(run)
    set_statistics(model, data.mean, data.std)
    resume = _resume(run, model)
    recorder = Recorder(run, model)
    with StopWatch(recorder, STOPPED, leave):
        for event in fit(model, data, config.training, resume):
            recorder.event(event)
            on_event(event)
            if stopped := run.stop_requested:
                break
    if stopped:
        recorder.ended("stopped", STOPPED)
        return recorder.run
    model.load_state_dict(read_weights(weights_file(run, "best")))
    recorder.finished(evaluate(model, data.test), data.test.labels)
    return recorder.run


def _resume(run: Run, model: torch.nn.Module) -> Resume | None:
    """Put the run back to the end of its last saved epoch; None for a run that begins."""
    state = read_state(run)
    epoch, weights, optimizer = state or (0, None, None)
    for name in ("steps.jsonl", "epochs.jsonl"):
        cut(run.path / name, epoch)
    if state is None:
        return None
    model.load_state_dict(weights)
    return Resume(epoch, optimizer)


def _tell(run: Run) -> Callable[[float, str], None]:
    """Progress of a download, for whoever watches the run."""

    def progress(fraction: float, text: str) -> None:
        run.change(message=text, message_fraction=fraction)

    return progress
