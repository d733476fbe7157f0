"""Trains one run from its folder: the same function for the command line, the worker and a cluster."""

import errno
import math
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import torch

from explorer.data import Dataset, load
from explorer.data.split import part_of
from explorer.errors import UserError
from explorer.jobs.demand import Demand, demand_of
from explorer.jobs.queue import stop_reason
from explorer.jobs.stop_monitor import StopMonitor
from explorer.models import set_statistics, whiten
from explorer.models.work import work_of
from explorer.runs.epochs_file import EPOCHS, best_of, epoch_rows
from explorer.runs.folder import ENDED, Run, now, remove_partials
from explorer.runs.lines import cut
from explorer.runs.pretrained import begin_from_source
from explorer.runs.recorder import Recorder, dataset_record
from explorer.runs.same_data import same
from explorer.runs.steps_file import STEPS
from explorer.runs.weights import metrics_of, read_state, read_weights, weights_file
from explorer.training import TrainConfig
from explorer.training.device import ALL_THREADS, resolve
from explorer.training.evaluation import evaluate
from explorer.training.events import EpochEnd, Event
from explorer.training.loop import Resume, fit
from explorer.training.mixed import threads

STOPPED = "Stopped on request."
KEYBOARD = "Stopped from the keyboard."


class GPULost(UserError):
    """After a CUDA error the process cannot use the GPU again, not even for another run; the run that it trained
    records it."""


def train_run(
    run: Run,
    data_folder: Path | str | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    loader: Callable[..., Dataset] = load,
    leave: Callable[[], None] = lambda: os._exit(0),
    admit: Callable[[Run, Demand], bool] = lambda run, demand: True,
) -> Run:
    """Train a run to its end, or resume it. Returns the run as it ended: finished, stopped or failed, with a reason.

    Wrong input ends as `failed` with its sentence. A defect is recorded as `failed`, too, and then raised. Raises
    UserError if somebody removed the run's folder meanwhile, and GPULost, which is a UserError too. `leave` ends the
    process when a stop cannot wait for a slow step; the run's folder is in order by then. `admit` returns once there is
    room for what the run needs; False if it is not to train after all.
    """
    with run.lock():
        run = run.reload()
        if run.status in ENDED:
            return run  # another process has trained it while we waited for the lock
        remove_partials(run.path)
        try:
            return _train(run, data_folder, on_event, loader, leave, admit)
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            reason = explanation(error)
            if not interrupted and not (run.path / "run.json").is_file():
                raise UserError(f"The folder of {run.id} was removed while the run trained: train it again.") from error
            run.change(
                status="stopped" if interrupted else "failed",
                reason=reason or f"{type(error).__name__}: {error}",
                finished_at=now(),
            )
            if reason is None or interrupted:
                raise  # a defect of ours keeps its traceback
            if isinstance(error, torch.AcceleratorError):
                raise GPULost(reason) from error
            return run.reload()


def explanation(error: BaseException) -> str | None:
    """What happened and what to do about it, in a sentence; None for an error that we did not foresee."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return KEYBOARD
    if isinstance(error, torch.OutOfMemoryError) or "MPS backend out of memory" in str(error):
        return "The GPU's memory is full: choose a smaller batch size or a smaller model."
    if isinstance(error, torch.AcceleratorError):
        what = str(error).partition("\n")[0]
        return f"The GPU stopped with an error ({what}): see whether nvidia-smi lists it, then resume the run."
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return "The memory is full: choose a smaller batch size or a smaller model."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: delete runs that you no longer need, then resume this one."
    return None


def _train(
    run: Run,
    data_folder: Path | str | None,
    on_event: Callable[[Event], None],
    loader: Callable[..., Dataset],
    leave: Callable[[], None],
    admit: Callable[[Run, Demand], bool],
) -> Run:
    if run.stop_requested:
        return _stopped(run)
    run.config.check_known()
    run = run.change(status="running", reason=None, message="Loading the images …")
    whole = _loaded(run, data_folder, loader, leave)
    if whole is None:
        return _stopped(run)
    config = run.config.training
    data = part_of(whole, config.fraction, config.seed)
    run = run.change(dataset=dataset_record(whole, len(data.train)), message=None)
    torch.manual_seed(config.seed)
    model = run.network.build()
    set_statistics(model, data.mean, data.std)
    whiten(model, data.train.pixels)
    run = begin_from_source(run, model)
    resume, training = _resume(run, model), _as_it_began(run)
    work = work_of(model, data.channels, data.size)
    plan = resolve(training, work)
    if not admit(run, demand_of(plan, work, training.batch_size, whole)):
        return _stopped(run)
    recorder = Recorder(run.reload(), model)
    with StopMonitor(lambda: recorder.run.stop_requested, lambda: recorder.ended("stopped", STOPPED), leave):
        try:
            with closing(fit(model, data, training, resume, probe_from=whole.train)) as events:
                for event in events:
                    recorder.event(event)
                    on_event(event)
                    why = _reason_to_end(run, event)
                    if why or recorder.patience_is_over:
                        break
        except KeyboardInterrupt:
            recorder.ended("stopped", KEYBOARD)
            raise
    if why:
        recorder.ended("stopped" if why == STOPPED else "failed", why)
    else:
        _test(recorder, model, data, training, plan.threads)
    return recorder.run


def _loaded(
    run: Run, data_folder: Path | str | None, loader: Callable[..., Dataset], leave: Callable[[], None]
) -> Dataset | None:
    """The run's images, the same as before if it has trained already; None after a request to stop."""
    config = run.config
    with StopMonitor(lambda: run.stop_requested, lambda: _stopped(run), leave):
        try:
            loaded = loader(config.dataset, data_folder, config.image_size, _progress_of(run), config.skip_damaged)
        except _StopRequested:
            return None
    return None if run.stop_requested else same(run, loaded)


def _test(recorder: Recorder, model: torch.nn.Module, data: Dataset, config: TrainConfig, at_once: int) -> None:
    """Test once, when training has ended, with the weights of the best epoch."""
    model.load_state_dict(read_weights(weights_file(recorder.run, "best")))
    with threads(at_once):
        test = evaluate(model, data.test)
        mirrored = config.test_time_flips and data.input_spec.may_flip
        flipped = evaluate(model, data.test, flips=True).accuracy if mirrored else None
    recorder.finished(test, data.test.labels, flipped)


class _StopRequested(Exception):
    """Raised while the data are read."""


def _stopped(run: Run) -> Run:
    """End the run on request, outside of training."""
    return run.change(status="stopped", reason=stop_reason(run.reload()), finished_at=now(), message=None)


def _reason_to_end(run: Run, event: Event) -> str | None:
    """Somebody asked for it, or nothing can be learned any more: weights that are not numbers stay so."""
    if run.stop_requested:
        return STOPPED
    # A single step without a number spoils the mean of its epoch: only if validation has no number either is all lost.
    if isinstance(event, EpochEnd) and not (math.isfinite(event.train_loss) or math.isfinite(event.validation_loss)):
        return f"Diverged: the loss is not finite since epoch {event.epoch}. Lower the learning rate and train again."
    return None


def _resume(run: Run, model: torch.nn.Module) -> Resume | None:
    """Put the run back to the end of its last saved epoch; None for a run that begins."""
    state = read_state(run)
    epoch = state[0] if state else 0
    # run.json is written after the state: a process that died in between left it an epoch behind. The weights
    # themselves say which epoch is best; those of an epoch after the state are computed again.
    rows = [row for row in epoch_rows(run) if row["epoch"] <= epoch]
    best = metrics_of(run, "best") or best_of(rows)
    run.change(epochs_done=epoch, best=best, training_seconds=sum(row["seconds"] for row in rows))
    for name in (STEPS, EPOCHS):  # cut afterwards, so that no epoch that run.json counts is ever missing
        cut(run.path / name, epoch)
    if state is None:
        return None
    _, weights, optimizer = state
    model.load_state_dict(weights)
    return Resume(epoch, optimizer)


def _as_it_began(run: Run) -> TrainConfig:
    """The config with the automatic choices that were made at the start, wherever the run continues."""
    training, began = run.config.training, run.record.device
    if began and training.precision == "auto":
        training = replace(training, precision=began.precision)
    if began and not training.threads:  # a run without this record was trained by all cores
        training = replace(training, threads=began.threads or ALL_THREADS)
    return training


def _progress_of(run: Run) -> Callable[[float, str], None]:
    """Reports the progress of a download to whoever watches the run and may stop it."""

    def progress(fraction: float, text: str) -> None:
        if run.stop_requested:
            raise _StopRequested
        run.change(message=text, message_fraction=fraction)

    return progress
