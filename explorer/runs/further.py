"""More epochs for a run that has ended. Its config records where it had ended, so that it still determines the
history."""

from dataclasses import replace

from explorer.errors import UserError
from explorer.runs.epochs_file import epoch_rows
from explorer.runs.folder import ACTIVE, Run
from explorer.runs.history import TEST_PREDICTIONS
from explorer.runs.record import EarlierTest
from explorer.runs.weights import state_file
from explorer.training import TrainConfig
from explorer.training.config import learning_rate_at


def train_further(run: Run, epochs: int) -> Run:
    """The ended run, set to train `epochs` epochs in total; requeue it to begin. Raises UserError if that is not
    possible.

    Its test accuracy so far moves to `earlier_tests`, because the next test uses the same images again.
    """
    check(run, epochs)
    earlier = run.record.earlier_tests
    if run.record.test:
        earlier = (*earlier, EarlierTest(epochs=run.epochs_done, at=run.record.finished_at, **vars(run.record.test)))
    config = replace(run.config, training=extended(run.config.training, run.epochs_done, epochs))
    changed = run.change(config=config, test=None, earlier_tests=earlier)
    (run.path / TEST_PREDICTIONS).unlink(missing_ok=True)
    return changed


def extended(training: TrainConfig, done: int, epochs: int) -> TrainConfig:
    """The config of a run that ended after `done` epochs and is trained to `epochs`."""
    if not done:
        return replace(training, epochs=epochs)
    return replace(training, epochs=epochs, extended=(*training.extended, (done, training.epochs)))


def what_it_does(run: Run, epochs: int) -> str:
    """What more epochs mean for the learning rate and the test images. Raises UserError if they are not possible."""
    check(run, epochs)
    rate = learning_rate_at(run.config.training, run.epochs_done, epochs)
    rows = epoch_rows(run)
    sentence = f"The learning rate continues where a run of {epochs} epochs would be, at {rate:.2g}"
    if rows and rate > 1.01 * rows[-1]["learning_rate"]:
        sentence += f"; it had fallen to {rows[-1]['learning_rate']:.2g}, so the loss may rise at first"
    if run.record.test:
        sentence += ". The test images are used once more at the end, and the run records this"
    return f"{sentence}."


def second_test(run: Run) -> str:
    """What a reader must know about a test accuracy that was measured again; "" if it was measured once."""
    earlier = run.record.earlier_tests
    if not earlier:
        return ""
    tests = ", ".join(f"{test.accuracy:.1%} after epoch {test.epochs}".replace("%", " %") for test in earlier)
    return (
        f"{run.id} was trained further after its test accuracy was known ({tests}): a choice based on it makes the "
        f"test accuracy optimistic."
    )


def check(run: Run, epochs: int) -> None:
    """Raises UserError if the run cannot be trained to `epochs` epochs in total, not now, or not by the acting
    person."""
    run.check_own()
    if run.status in ACTIVE:
        raise UserError(
            f"{run.id} is {run.status}: wait until it has ended, or stop it, before you give it more epochs."
        )
    run.config.check_known()
    if epochs <= run.epochs_done:
        raise UserError(f"{epochs} epochs are not possible for {run.id}: it already has {run.epochs_done}, give more.")
    if run.epochs_done and not state_file(run).is_file():
        raise UserError(f"{run.id} has no saved state to continue from: train it again with {epochs} epochs.")
