"""A folder of one's own: what is taken from it is told before training, and damaged images are a choice."""

import pytest

from explorer.cli import main
from explorer.runs import find, list_runs

from ..data.test_image_folder import fill

TRAIN = ["train", "--model", "mlp", "--epochs", "1", "--batch-size", "8", "--device", "cpu", "--dataset"]


@pytest.fixture
def pets(checkpoints, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    fill(tmp_path / "pets" / "Train", {"cat": 10, "dog": 10})
    fill(tmp_path / "pets" / "Test", {"cat": 3, "dog": 4})
    (tmp_path / "pets" / "Train" / "cat" / "notes.txt").write_text("no image")
    return tmp_path / "pets"


def test_what_is_taken_is_told_before_training(pets, capsys):
    assert main([*TRAIN, f'folder:"{pets}/"']) == 0
    told = capsys.readouterr()
    run = find(told.out.splitlines()[-1])
    assert run.id == "pets-mlp-0001"
    assert run.config.dataset == f"folder:{pets}"
    before = told.err.partition(run.id)[0]
    assert "2 classes with 18 training, 2 validation and 7 test images" in before
    assert "Left out: files that are not images (1): Train/cat/notes.txt." in before
    assert "test: cat 3, dog 4" in before


def test_one_goes_on_without_damaged_images_by_choice(pets, capsys):
    for name in ("001.png", "002.png"):
        (pets / "Train" / "dog" / name).write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    assert main([*TRAIN, f"folder:{pets}"]) == 2
    said = capsys.readouterr().err
    assert "2 of 27 images cannot be read" in said
    assert "001.png' cannot be read" in said
    assert "002.png' cannot be read" in said
    assert not list_runs()
    assert main([*TRAIN, f"folder:{pets}", "--skip-damaged"]) == 0
    run = find(capsys.readouterr().out.splitlines()[-1])
    assert run.record.dataset.left_out == ("Train/dog/001.png", "Train/dog/002.png")
    assert sum(vars(run.record.dataset.images).values()) == 25
    assert main(["evaluate", run.id]) == 0, "the run remembers the choice"
    assert capsys.readouterr().out.startswith("Test accuracy")
