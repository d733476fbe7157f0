"""Images that change after the training: every command that meets them notices."""

import json
import os
import shutil

import pytest

from explorer.cli import main
from explorer.runs import find

from ..data.test_image_folder import fill, random_image


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """(a folder with images and a run on them, the run's id)."""
    top = tmp_path_factory.mktemp("changed")
    fill(top / "pets", {"cat": 20, "dog": 20})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CHECKPOINTS", str(top / "checkpoints"))
        patch.setenv("EXPLORER_DATA", str(top / "data"))
        patch.chdir(top)
        train = "train --dataset folder:pets --model simple_cnn --set depth=2 --epochs 1 --batch-size 16 --device cpu"
        assert main(train.split()) == 0
    return top, "pets-simple_cnn-0001"


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    """The id of the run, in a copy that a test may change; its images are in ./pets."""
    top, run_id = trained
    shutil.copytree(top, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return run_id


def test_evaluate_says_test_accuracy_of_the_images_that_it_knows(run, capsys):
    assert main(["evaluate", run, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) >= {"accuracy", "interval", "n", "confusion"}
    assert "changed" not in result
    assert result["accuracy"] == find(run).record.test.accuracy


def test_evaluate_names_the_class_that_was_renamed(run, capsys):
    os.rename("pets/cat", "pets/kitten")
    assert main(["evaluate", run]) == 2
    said = capsys.readouterr().err
    assert "'cat' is gone and 'kitten' is new" in said
    assert said.count("\n") == 1


def test_evaluate_states_that_the_images_are_others(run, capsys):
    random_image(7).save("pets/cat/000.png")
    assert main(["evaluate", run]) == 0
    changed, accuracy, *_ = capsys.readouterr().out.splitlines()
    assert "have changed since" in changed
    assert accuracy.startswith("Accuracy of today's test images ")
    assert main(["evaluate", run, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == changed


def test_resume_goes_on_with_the_same_images_only(run, capsys):
    find(run).change(status="stopped")
    random_image(7).save("pets/cat/000.png")
    assert main(["resume", run]) == 2
    assert "Restore the images" in capsys.readouterr().err
    assert find(run).status == "stopped", "nothing has happened"


def test_a_start_from_a_run_on_other_images_says_so(run, capsys):
    random_image(7).save("pets/cat/000.png")
    command = f"train --dataset folder:pets --from {run} --tune frozen --epochs 1 --batch-size 16 --device cpu"
    assert main(command.split()) == 0
    said = capsys.readouterr()
    assert f"{run} was trained on other images or splits of folder:pets" in said.err
    (_, changed) = find(said.out.splitlines()[-1]).record.origin.changed
    assert "may have seen" in changed
