"""A deleted run comes back whole for 30 days."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from explorer.errors import UserError
from explorer.runs import RunConfig, create, find, list_runs
from explorer.runs.record import PretrainedWeights
from explorer.runs.trash import KEPT, TRASH, consequences, delete, purge, restore, trashed
from explorer.training import TrainConfig

CONFIG = RunConfig("digits", "simple_cnn")


def later() -> datetime:
    """When what is deleted now may go: not at import, for a whole run of the tests takes longer than a margin."""
    return datetime.now(UTC) + KEPT + timedelta(minutes=5)


@pytest.fixture
def run(checkpoints):
    return create(CONFIG, status="finished")


def heir(run, status="queued"):
    return create(RunConfig("digits", "simple_cnn", {}, TrainConfig(source=run.id, tune="all")), status=status)


def files(run):
    return {path.relative_to(run.path): path.read_bytes() for path in run.path.rglob("*") if path.is_file()}


def test_a_deleted_run_is_gone_from_the_list_and_comes_back_as_it_was(run):
    (run.path / "weights").mkdir()
    (run.path / "weights" / "best.safetensors").write_bytes(b"w")
    before = {name: content for name, content in files(run).items() if name.name != ".lock"}
    deleted = delete(run.id)
    assert list_runs() == []
    assert [one.id for one in trashed()] == [run.id]
    assert deleted.gone_at - deleted.deleted_at == timedelta(days=30)
    with pytest.raises(UserError, match=f"{run.id} has been deleted.*restore {run.id}"):
        find(run.id)
    assert before.items() <= files(restore(run.id)).items()
    assert find(run.id).record == run.record
    assert trashed() == []


def test_a_new_run_never_takes_the_place_of_a_deleted_one(run, checkpoints):
    delete(run.id)
    assert create(CONFIG).id != run.id
    purge(checkpoints, later())
    assert create(CONFIG).id.endswith("-0003")


@pytest.mark.parametrize("status", ["queued", "running"])
def test_what_is_under_way_is_not_deleted(checkpoints, status):
    active = create(CONFIG, status=status)
    with pytest.raises(UserError, match=f"is {status}: stop it"):
        delete(active.id)
    assert find(active.id).status == status


def test_what_somebody_holds_is_not_deleted(run):
    with run.lock().acquire(timeout=0), pytest.raises(UserError, match="is being trained"):
        delete(run.id)
    assert find(run.id)
    assert trashed() == []


def test_what_is_not_there_or_not_ours_is_named(checkpoints):
    with pytest.raises(UserError, match="No run 'digits-mlp-0009'"):
        delete("digits-mlp-0009")
    with pytest.raises(UserError, match=r"No run '../x-0001'"):
        delete("../x-0001")
    with pytest.raises(UserError, match="published model"):
        delete("published-vgg16")
    with pytest.raises(UserError, match="It holds: nothing"):
        restore("digits-mlp-0009")


def test_a_run_that_cannot_be_read_can_be_deleted(checkpoints):
    (checkpoints / "digits-mlp-0007").mkdir()
    (checkpoints / "digits-mlp-0007" / "run.json").write_text("{")
    delete("digits-mlp-0007")
    assert not (checkpoints / "digits-mlp-0007").exists()


def test_the_source_of_a_queued_run_stays_and_that_of_others_is_told(run):
    queued = heir(run)
    with pytest.raises(UserError, match=f"{queued.id} is queued and starts from the weights of {run.id}"):
        delete(run.id)
    queued.change(status="stopped")
    assert consequences(run.id) == [
        f"{queued.id} starts from its weights, and has not begun: it can only begin while {run.id} exists."
    ]
    queued.change(origin=PretrainedWeights(run.id, 1, "f", "digits", "all", 1.0))
    assert consequences(run.id) == [f"{queued.id} starts from its weights, and keeps a copy of them."]
    delete(run.id)


def test_after_30_days_it_is_removed_and_said(run, checkpoints):
    delete(run.id)
    assert purge(checkpoints) == []
    assert purge(checkpoints, later() - timedelta(days=1)) == []
    assert [one.id for one in trashed()] == [run.id]
    (sentence,) = purge(checkpoints, later())
    assert sentence.startswith(f"{run.id}, deleted on 2")
    assert list((checkpoints / TRASH).iterdir()) == []


def test_a_run_from_which_another_has_yet_to_start_is_kept_and_said(run, checkpoints):
    stopped = heir(run, status="stopped")
    delete(run.id)
    sentence = f"{run.id} stays in the trash, since {stopped.id} has yet to start from its weights."
    assert purge(checkpoints, later()) == [sentence]
    assert restore(run.id).record == run.record


def test_what_a_crash_leaves_is_neither_half_a_run_nor_in_the_way(run, checkpoints):
    delete(run.id)
    (checkpoints / TRASH / "going-20200101T000000.000000Z" / "digits-mlp-0001").mkdir(parents=True)
    (checkpoints / TRASH / "20200101T000000.000000Z").mkdir()
    (checkpoints / run.id).mkdir()  # where somebody asked for the lock of the deleted run
    (checkpoints / run.id / ".lock").touch()
    assert [one.id for one in trashed()] == [run.id]
    purge(checkpoints)
    assert not (checkpoints / TRASH / "going-20200101T000000.000000Z").exists()
    assert restore(run.id).record == run.record


def test_a_run_that_came_back_from_elsewhere_is_not_overwritten(run, checkpoints):
    delete(run.id)
    run.path.mkdir()
    (run.path / "run.json").write_text(json.dumps(run.record.to_json()))
    with pytest.raises(UserError, match="There is a run"):
        restore(run.id)
