"""What a visitor of a class may queue and keep: refused in a sentence, before anything is made."""

import pytest

from explorer import jobs
from explorer.errors import UserError
from explorer.runs import RunConfig, create, list_runs, owners, trash
from explorer.runs.owners import HOST, Person, owner_key
from explorer.studies import STUDIES, plan_runs, submit
from explorer.training import TrainConfig

ADA, BOB = (Person(name, owner_key("browser", name)) for name in ("Ada", "Bob"))
TEACHER = Person("Teacher", owner_key("browser", "Teacher"), is_host=True)
LARGE = RunConfig("digits", "mlp", {}, TrainConfig(epochs=10_000))  # 297,000 weights, kept of each epoch: 12 GB


@pytest.fixture
def act(monkeypatch, checkpoints):
    monkeypatch.setenv("EXPLORER_CLASS", "1")
    return lambda person: monkeypatch.setattr(owners, "_identify", lambda: person)


def seeded(*seeds: int) -> list[RunConfig]:
    return [RunConfig("digits", "mlp", {}, TrainConfig(epochs=1, device="cpu", seed=seed)) for seed in seeds]


def test_a_visitor_queues_fifty_runs_unless_the_host_says_otherwise(act, monkeypatch):
    act(ADA)
    with pytest.raises(UserError, match=r"You have 0 runs in the queue, and 51 more would be over the 50"):
        jobs.submit_once(seeded(*range(51)))
    assert list_runs() == []
    monkeypatch.setenv("EXPLORER_QUEUE_PER_PERSON", "2")
    first, _ = (one.run for one in jobs.submit_once(seeded(0, 1)))
    with pytest.raises(UserError, match="You have 2 runs in the queue"):
        jobs.submit_once(seeded(2))
    with pytest.raises(UserError, match="over the 2 that one person may have"):
        submit(plan_runs(STUDIES["activation"], quick=True, seeds=1)[:1], STUDIES["activation"])
    jobs.stop(first)
    jobs.submit_once(seeded(2))
    with pytest.raises(UserError, match="You have 2 runs in the queue"):
        jobs.resume(first.reload())  # which is no way around
    act(BOB)
    jobs.submit_once(seeded(3))  # what Ada has leaves room for others
    monkeypatch.setenv("EXPLORER_QUEUE", "4")
    act(TEACHER)
    jobs.submit_once(seeded(4))
    with pytest.raises(UserError, match="4 runs wait in the queue, and 1 more would be over its 4"):
        jobs.submit_once(seeded(5))


def test_what_would_fill_the_disk_is_refused(act, monkeypatch):
    act(ADA)
    with pytest.raises(UserError, match=r"1 run more would write about 1\d\.\d\d GB: each visitor has 5 GB"):
        jobs.submit_once([LARGE])
    assert list_runs() == []
    monkeypatch.setenv("EXPLORER_DISK_PER_PERSON", "0.02")  # 20 MB
    (small,) = (one.run for one in jobs.submit_once(seeded(0)))
    with pytest.raises(UserError, match=r"Your runs take 0\.01 GB"):
        jobs.submit_once(seeded(1, 2))  # the first counts with what it will write
    jobs.stop(small)
    jobs.submit_once(seeded(1, 2))
    with pytest.raises(UserError, match=r"each visitor has 0\.02 GB"):
        jobs.train_further(small.reload(), 50)
    act(BOB)
    jobs.submit_once(seeded(3))
    act(HOST)
    jobs.submit_once([LARGE])


def test_the_trash_counts_until_it_is_emptied(act, monkeypatch):
    monkeypatch.setenv("EXPLORER_DISK_PER_PERSON", "0.02")
    act(ADA)
    run = create(seeded(0)[0], status="stopped")
    (run.path / "large").write_bytes(bytes(15_000_000))
    for remove in (lambda: None, lambda: trash.delete(run.id)):
        remove()
        with pytest.raises(UserError, match=r"Your runs take 0\.02 GB.*delete runs of yours for good"):
            jobs.submit_once(seeded(1))
    act(BOB)
    with pytest.raises(UserError, match="Only Ada and the host"):
        trash.remove(run.id)
    act(ADA)
    trash.remove(run.id)
    assert trash.trashed() == []
    jobs.submit_once(seeded(1))
    assert list_runs()[0].id.endswith("0002")  # a number means one run


def test_the_last_weights_that_a_run_needs_stay_in_the_trash(act):
    act(ADA)
    run = create(seeded(0)[0], status="finished")
    trash.delete(run.id)
    heir = create(RunConfig("digits", "mlp", {}, TrainConfig(source=run.id, tune="all")), status="stopped")
    with pytest.raises(UserError, match=f"{heir.id} has yet to start from the weights of {run.id}"):
        trash.remove(run.id)


@pytest.mark.parametrize("given", ["0", "-1", "nan", "many"])
def test_a_bound_that_is_none_is_refused(given, act, monkeypatch):
    monkeypatch.setenv("EXPLORER_QUEUE", given)
    with pytest.raises(UserError, match=f"EXPLORER_QUEUE '{given}' is not possible"):
        jobs.submit_once(seeded(0))
