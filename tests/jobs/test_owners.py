"""In a class, one changes one's own runs alone; the host changes all. Each action is attacked where it is done."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from explorer import jobs
from explorer.errors import UserError
from explorer.jobs.cluster import keep_setting, setting
from explorer.jobs.queue import waiting
from explorer.runs import Run, RunConfig, annotate, create, find, list_runs, owners, trash
from explorer.runs.owners import HOST, Person, owner_key
from explorer.runs.record import StudyRecord
from explorer.studies import STUDIES, match_runs, plan_runs, submit
from explorer.training import TrainConfig

ADA, BOB = (Person(name, owner_key("browser", name)) for name in ("Ada", "Bob"))
NAMESAKE = Person("Ada", owner_key("browser", "another browser"))  # a name is no proof
NOBODY = Person()
CONFIG = RunConfig("digits", "mlp", {}, TrainConfig(epochs=3))

ACTIONS: dict[str, Callable[[Run], object]] = {
    "stop": jobs.stop,
    "resume": jobs.resume,
    "train further": lambda run: jobs.train_further(run, 5),
    "rename": lambda run: annotate.rename(run, "mine"),
    "note": lambda run: annotate.note(run, "mine"),
    "tag": lambda run: annotate.tag(run, ["mine"]),
    "untag": lambda run: annotate.untag(run, ["theirs"]),
    "star": annotate.star,
    "archive": annotate.archive,
    "delete": lambda run: trash.delete(run.id),
    "lock": lambda run: run.lock(),
    "any other change": lambda run: run.change(owner=BOB.owner),
}


@pytest.fixture
def act(monkeypatch) -> Callable[[Person], None]:
    """Who acts from now on."""
    return lambda person: monkeypatch.setattr(owners, "_identify", lambda: person)


@pytest.fixture
def run(checkpoints, act) -> Run:
    """Ada's, with all that its actions need: it has been stopped, and has a tag."""
    act(ADA)
    run = create(CONFIG, status="stopped")
    (run.path / ".lock").touch()
    return run.change(tags=["theirs"])


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_every_action_that_a_page_offers_is_attacked():
    """All that annotate does to a run."""
    ours = [f for name, f in inspect.getmembers(annotate, inspect.isfunction) if f.__module__ == annotate.__name__]
    assert {f.__name__ for f in ours if "run" in inspect.signature(f).parameters} <= ACTIONS.keys()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("person", [BOB, NAMESAKE, NOBODY], ids=["another", "a namesake", "nobody"])
def test_what_is_not_ones_own_stays_as_it_is(action, person, run, act):
    before = files(run.path)
    act(person)
    with pytest.raises(UserError, match=f"Only Ada and the host can change {run.id}"):
        ACTIONS[action](run)
    assert files(run.path) == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("person", [ADA, HOST], ids=["the owner", "the host"])
def test_the_owner_and_the_host_may(action, person, run, act):
    act(person)
    ACTIONS[action](find(run.id))


def test_a_run_of_the_command_line_is_the_hosts(checkpoints, act):
    run = create(CONFIG, status="finished")
    act(ADA)
    with pytest.raises(UserError, match=f"Only the host can change {run.id}"):
        annotate.star(run)


def test_a_deleted_run_comes_back_for_its_owner_alone(run, act):
    trash.delete(run.id)
    act(BOB)
    with pytest.raises(UserError, match="Only Ada and the host"):
        trash.restore(run.id)
    assert [each.id for each in trash.trashed()] == [run.id]
    act(ADA)
    trash.restore(run.id)


def test_a_run_that_nobody_can_read_is_the_hosts_to_delete(run, act):
    (run.path / "run.json").write_text("{")
    with pytest.raises(UserError, match="Only the host can delete"):
        trash.delete(run.id)
    act(HOST)
    trash.delete(run.id)


def test_where_everybodys_runs_train_is_the_hosts_to_say(run, act):
    with pytest.raises(UserError, match="Only the host can choose where runs train"):
        keep_setting(None)
    assert setting() is None


def test_whoever_starts_a_run_owns_it_and_files_hold_no_secret(checkpoints, act):
    act(Person("Ada", owner_key("browser", "a secret")))
    (submitted,) = jobs.submit_once([CONFIG])
    kept = json.loads((submitted.run.path / "run.json").read_text())
    assert (kept["who"], kept["owner"]) == ("Ada", owner_key("browser", "a secret"))
    assert "a secret" not in json.dumps(kept)
    assert owner_key("account", "a secret") != kept["owner"]


def test_a_study_takes_what_others_finished_and_leaves_what_they_stopped(checkpoints, act):
    """A stopped run of somebody else is not gone on with: one's own takes its place. A finished one is everybody's."""
    study = STUDIES["depth"]
    plan = plan_runs(study, quick=True, seeds=1)
    act(ADA)
    first, second = submit(plan[:2], study)
    first.change(status="stopped")
    second.change(status="finished", finished_at="2026-01-01T00:00:00+00:00")
    act(BOB)
    mine, taken = submit(plan[:2], study)
    assert (mine.record.who, mine.id != first.id) == ("Bob", True)
    assert taken.id == second.id
    assert find(first.id).status == "stopped"
    act(ADA)
    assert match_runs(plan[:1], study)[0].run in (first.reload(), mine)


def test_anybody_may_take_a_run_into_a_study(run, act):
    act(BOB)
    joined = run.join(StudyRecord("skips", "without"))
    assert (joined.variant_in("skips"), joined.record.who) == ("without", "Ada")


def test_people_take_turns_by_owner_not_by_name(checkpoints, act):
    for person in (ADA, ADA, ADA, BOB, NAMESAKE):
        act(person)
        create(CONFIG)
    assert [run.record.owner for run in waiting()] == [ADA.owner, BOB.owner, NAMESAKE.owner, ADA.owner, ADA.owner]
    assert len(list_runs()) == 5
