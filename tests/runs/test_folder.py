"""A run is a folder: ids, status, atomic files, locks."""

import json
import subprocess
import sys
import threading

import pytest
from filelock import FileLock, Timeout

from explorer.errors import UserError
from explorer.runs import RunConfig, create, find, list_runs
from explorer.runs.folder import write_atomically
from explorer.training import TrainConfig

CONFIG = RunConfig("digits", "simple_cnn", {"depth": 2}, TrainConfig(epochs=3, seed=5))


def test_ids_are_readable_and_count_over_all_runs(checkpoints):
    ids = [
        create(RunConfig(data, model)).id for data, model in [("digits", "mlp"), ("mnist", "vgg16"), ("digits", "mlp")]
    ]
    assert ids == ["digits-mlp-0001", "mnist-vgg16-0002", "digits-mlp-0003"]


def test_a_folder_of_images_gives_a_readable_id(checkpoints):
    assert create(RunConfig("folder:/home/me/my flowers!", "mlp")).id == "my-flowers--mlp-0001"
    run = create(RunConfig("folder:/home/me/__$1$", "mlp"))
    assert run.id == "1--mlp-0002"
    assert run.id in [found.id for found in list_runs()], "an id that is found again"
    assert create(RunConfig("folder:/home/me/$$", "mlp")).id == "folder-mlp-0003"


def test_many_at_once_get_an_id_each(checkpoints):
    threads = [threading.Thread(target=create, args=(CONFIG,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(run.id[-4:]) for run in list_runs()) == list(range(1, 21))


def test_the_config_comes_back_as_it_was(checkpoints):
    config = RunConfig("digits", "mlp", {"widths": (64, 32), "activation": "tanh"}, TrainConfig(learning_rate=0.01))
    assert find(create(config).id).config == config


def test_change_is_seen_by_everybody_and_keeps_the_rest(checkpoints):
    run = create(CONFIG)
    run.change(status="running", message="hello")
    assert find(run.id).status == "running"
    assert find(run.id).config == CONFIG
    assert run.status == "queued"  # what was read stays what it was


def test_the_newest_is_first_and_strangers_are_passed_over(checkpoints):
    first, second = create(CONFIG), create(CONFIG)
    (checkpoints / "notes-0009").mkdir()
    (checkpoints / "broken-mlp-0010").mkdir()
    (checkpoints / "broken-mlp-0010" / "run.json").write_text("{")
    assert [run.id for run in list_runs()] == [second.id, first.id]


def test_no_folder_is_no_runs(tmp_path):
    assert list_runs(tmp_path / "nowhere") == []


def test_an_unknown_run_is_named_with_the_ones_there_are(checkpoints):
    create(CONFIG)
    with pytest.raises(UserError, match=r"No run 'digits-mlp-0007'.*digits-simple_cnn-0001"):
        find("digits-mlp-0007")


@pytest.mark.parametrize("name", ["../../etc", "", "/tmp/x-0001", "a/b-0001", "digits"])
def test_an_id_is_no_path(checkpoints, name):
    with pytest.raises(UserError, match="No run"):
        find(name)


def test_a_newer_schema_is_refused_in_a_sentence(checkpoints):
    run = create(CONFIG)
    file = run.path / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "schema_version": 99}))
    with pytest.raises(UserError, match="schema version 99"):
        find(run.id)


def test_a_file_is_whole_or_absent(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write_atomically(file, b"old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_the_lock_is_free_when_its_holder_has_died(checkpoints):
    run = create(CONFIG)
    hold = (
        f"from filelock import FileLock; lock = FileLock({str(run.path / '.lock')!r}); lock.acquire(); "
        "print('held', flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Timeout):
            FileLock(run.path / ".lock").acquire(timeout=0)
        holder.kill()
    with run.lock().acquire(timeout=0):
        pass


def test_listing_runs_needs_neither_torch_nor_pandas():
    code = (
        "import sys, explorer.runs, explorer.jobs; explorer.runs.list_runs(); "
        "sys.exit(bool({'torch', 'pandas'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
