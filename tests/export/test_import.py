"""A run goes to another machine and is the same there; an archive that is not as it should be leaves nothing behind."""

import copy
import io
import json
import zipfile

import pytest

from explorer.errors import UserError
from explorer.export.archive import pack
from explorer.export.bring_in import bring_in
from explorer.export.run_check import read_record
from explorer.runs import create, epochs, find, list_runs, steps
from explorer.runs.config import RunConfig
from explorer.runs.equal import find_equal
from explorer.runs.folder import SAMPLES, Run, read
from explorer.runs.history import read_test_predictions
from explorer.runs.owners import HOST, Person, identify_with
from tests.export.hostile import HOSTILE, ID, SCRIPT, packed, record, unsummed
from tests.runs.test_any_damage import RARE, places


@pytest.fixture
def visitor():
    """Somebody of a class acts."""
    identify_with(lambda: Person("Ada", "ada's key"))
    yield
    identify_with(lambda: HOST)


def come(content: bytes, **how: str) -> Run:
    return bring_in(io.BytesIO(content), **how)


@pytest.mark.parametrize("name", HOSTILE)
def test_it_gets_one_sentence_and_leaves_nothing(name, good, checkpoints):
    make, words = HOSTILE[name]
    with pytest.raises(UserError) as told:
        come(make(good))
    sentence = str(told.value)
    assert words in sentence
    assert "\n" not in sentence
    assert "<script>" not in sentence or "has markup" in sentence
    assert len(sentence) < 400
    assert not list(checkpoints.iterdir())


def test_there_are_enough_of_them():
    assert len(HOSTILE) >= 60


def test_markup_is_refused_under_every_key(good, tmp_path):
    whole = {**json.loads(good["run.json"]), **RARE}
    for place in places(whole):
        damaged = copy.deepcopy(whole)
        at = damaged
        for name in place[:-1]:
            at = at[name]
        at[place[-1]] = SCRIPT
        (tmp_path / "run.json").write_text(json.dumps(damaged))
        with pytest.raises(UserError, match="has markup"):
            read_record(tmp_path, ID)


def test_a_run_comes_back_as_it_went(good, checkpoints, monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    sample, run = read(SAMPLES / "sample-plain"), come(packed(good))
    assert run.config == sample.config
    assert run.record.test == sample.record.test
    there, here = (epochs([run_id]).drop(columns="run") for run_id in ("sample-plain", run.id))
    assert here.equals(there)
    assert (steps(run.id).norms == steps("sample-plain").norms).all()
    assert (read_test_predictions(run)[1] == read_test_predictions(sample)[1]).all()
    for epoch in ("best", "last"):
        assert (run.path / "weights" / f"{epoch}.safetensors").is_file()
    assert {path.name for path in checkpoints.iterdir()} == {run.id, ".create.lock", ".last-number"}
    assert not (run.path / "checksums.json").exists()


def test_it_keeps_its_id_where_that_is_free_and_has_the_next_number_otherwise(good, checkpoints):
    seven = "digits-resnet32-0007"
    content = record(lambda r: r.update(id=seven))(good).replace(ID.encode(), seven.encode())
    ids = [come(content).id for _ in range(2)]
    assert ids == [seven, "digits-resnet32-0008"]
    assert [find(run_id).record.imported.id for run_id in ids] == [seven, seven]
    assert create(RunConfig("digits", "mlp")).id == "digits-mlp-0009"


def test_a_number_in_the_millions_is_not_counted_on_from(good, checkpoints):
    far = "digits-resnet32-999999"
    assert (
        come(packed(unsummed(good) | {"run.json": good["run.json"].replace(ID.encode(), far.encode())}, far)).id
        == ID[:-1] + "1"
    )


def test_an_older_schema_is_read(good, checkpoints):
    """What run.json did not say in earlier versions."""

    def older(r):
        for key in ("recorded_loss", "versions", "archived", "starred", "message_fraction", "resumed_at_step"):
            r.pop(key, None)
        for key in ("norm_statistics", "passes", "balance", "extended", "tune", "source", "clip_norm", "path"):
            r["config"]["training"].pop(key, None)
        r["dataset"] |= {"ink": r["dataset"].pop("preparation") == "digit"}
        r["test"].pop("confusion"), r["device"].pop("threads", None)

    run = come(record(older)(good))
    assert run.config.training.norm_statistics == "running"
    assert run.input_spec.preparation == "digit"


def test_a_run_whose_process_died_between_its_writes_comes(good, checkpoints):
    run = come(record(lambda r: r.update(status="failed", reason="The process died.", epochs_done=7))(good))
    assert (run.status, run.epochs_done) == ("failed", 7)


def test_it_belongs_to_who_brought_it_in_and_stands_for_no_training_here(good, checkpoints, visitor):
    content = record(lambda r: r.update(who="Eve", owner="eve's key", session="s", cluster={"address": "a", "cpus": 1}))
    run = come(content(good))
    assert (run.record.who, run.record.owner) == ("Ada", "ada's key")
    assert (run.record.session, run.record.cluster) == (None, None)
    assert run.record.imported.trained_by == "Eve"
    assert find_equal(run.config, list_runs()) is None


def test_images_of_another_machine_need_their_folder_here(good, checkpoints, tmp_path, monkeypatch):
    content = record(lambda r: r["config"].update(dataset="folder:/home/eve/cats"))(good)
    run = come(content, images=str(tmp_path))
    assert run.config.dataset == run.dataset.name == f"folder:{tmp_path}"
    with pytest.raises(UserError, match="not a folder of images"):
        come(packed(good), images=str(tmp_path))


def test_only_the_host_brings_in_a_run_of_own_images(good, checkpoints, tmp_path, visitor):
    content = record(lambda r: r["config"].update(dataset=f"folder:{tmp_path}"))(good)
    with pytest.raises(UserError, match="only the host"):
        come(content)


def test_what_systems_leave_beside_it_is_passed_over(good, checkpoints):
    beside = {".DS_Store": b"x", ".lock": b"", "stop": b""}
    run = come(packed({**unsummed(good), **beside}))
    assert not any((run.path / name).exists() for name in beside)


def test_an_archive_says_nothing_of_whose_it_was(checkpoints):
    run = create(RunConfig("digits", "mlp"))
    with pytest.raises(UserError, match="is queued"):
        pack(run, io.BytesIO())
    run = run.change(status="stopped", owner="a secret's hash", session="s")
    made = io.BytesIO()
    pack(run, made)
    with zipfile.ZipFile(made) as archive:
        assert not json.loads(archive.read(f"{run.id}/run.json")).keys() & {"owner", "session", "queue_key"}
