"""More epochs for a run that has ended: exact, recorded, and not taken for a run that was planned so."""

from dataclasses import replace

import pytest

from explorer.errors import UserError
from explorer.jobs import train_further
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, epochs, find
from explorer.runs.further import second_test, what_it_does
from explorer.runs.history import read_test_predictions
from explorer.runs.record import StudyRecord
from explorer.studies import STUDIES, PlannedRun, match_runs
from explorer.training import TrainConfig
from explorer.training.config import learning_rate_at
from tests.resumed import equal_weights, history, stop_in_epoch

TRAINING = TrainConfig(epochs=2, batch_size=24, device="cpu", augment=True)
CONFIG = RunConfig("tiny", "simple_cnn", {"depth": 2, "dropout": 0.2}, TRAINING, image_size=8)


def trained(loader, **changes):
    return train_run(create(replace(CONFIG, training=replace(TRAINING, **changes))), loader=loader)


def test_with_a_constant_rate_it_is_the_run_that_was_planned_longer(checkpoints, loader):
    whole, short = trained(loader, epochs=4, schedule="constant"), trained(loader, schedule="constant")
    longer = train_run(train_further(short, 4), loader=loader)
    assert longer.status == "finished"
    assert history(longer) == history(whole)
    assert equal_weights(longer, whole)
    assert longer.record.test == whole.record.test
    assert longer.record.best == whole.record.best


def test_with_a_schedule_what_was_stays_and_the_rest_follows_the_longer_one(checkpoints, loader):
    run = trained(loader)
    before = epochs([run.id])
    longer = train_run(train_further(run, 5), loader=loader)
    after = epochs([run.id])
    assert after.head(2).equals(before)
    steps = run.record.steps_per_epoch
    last_steps = [learning_rate_at(TRAINING, epoch * steps - 1, 5 * steps) for epoch in (3, 4, 5)]
    assert list(after["learning_rate"][2:]) == pytest.approx(last_steps)
    assert longer.config.training.extended == ((2, 2),)
    # The config still decides the history: a new run with it has the same.
    assert history(train_run(create(longer.config), loader=loader)) == history(longer)


def test_a_second_look_at_the_test_images_is_recorded(checkpoints, loader):
    run = trained(loader)
    first = run.record.test
    assert second_test(run) == ""
    queued = train_further(run, 3)
    assert (queued.status, queued.record.test, read_test_predictions(queued)) == ("queued", None, None)
    longer = train_run(queued, loader=loader)
    (earlier,) = longer.record.earlier_tests
    assert (earlier.accuracy, earlier.epochs) == (first.accuracy, 2)
    assert longer.record.test.n == first.n
    assert read_test_predictions(longer) is not None
    assert "after epoch 2" in second_test(longer)


def test_stopped_on_its_way_it_goes_on_exactly(checkpoints, loader):
    whole, run = (train_further(trained(loader), 5) for _ in range(2))
    whole = train_run(whole, loader=loader)

    stopped = train_run(run, on_event=stop_in_epoch(run, 4), loader=loader)
    assert stopped.epochs_done == 3
    finished = train_run(stopped.requeue(), loader=loader)
    assert history(finished) == history(whole)
    assert equal_weights(finished, whole)


def test_patience_begins_anew(checkpoints, loader):
    run = trained(loader, epochs=50, learning_rate=1e-8, patience=2, schedule="constant")
    assert run.epochs_done < 50
    longer = train_run(train_further(run, 60), loader=loader)
    assert longer.epochs_done == run.epochs_done + 2
    assert longer.config.training.extended == ((run.epochs_done, 50),)


def test_a_study_does_not_take_it_for_a_run_that_was_planned_so(checkpoints, loader):
    study = STUDIES["your-own"]
    run = train_run(create(CONFIG, study=StudyRecord(study.name, "x")), loader=loader)
    planned = [PlannedRun("x", replace(CONFIG, training=replace(TRAINING, epochs=n))) for n in (2, 4)]
    assert [one.run is not None for one in match_runs(planned, study)] == [True, False]
    train_run(train_further(run, 4), loader=loader)
    assert [one.run for one in match_runs(planned, study)] == [None, None]


def test_what_it_means_is_stated(checkpoints, loader):
    said = what_it_does(trained(loader), 4)
    assert "a run of 4 epochs would be, at 0.0015; it had fallen to" in said
    assert "used once more" in said
    assert "had fallen" not in what_it_does(trained(loader, schedule="constant"), 4)


def test_what_is_not_possible_is_one_sentence(checkpoints, loader):
    run = trained(loader)
    with pytest.raises(UserError, match=r"2 epochs are not possible .* it already has 2, give more"):
        train_further(run, 2)
    with pytest.raises(UserError, match="is queued"):
        train_further(run.requeue(), 4)
    ended = find(run.id).change(status="finished")
    (run.path / "state" / "state.safetensors").unlink()
    with pytest.raises(UserError, match="no saved state to continue from"):
        train_further(ended, 4)
    for wrong in ([(3, 2)], [(2, 2), (1, 4)], [(9, 9)], [2], "10", 3):
        with pytest.raises(UserError, match="extended"):
            TrainConfig(epochs=5, extended=wrong)
