"""`predict` with files that are no images: one sentence on stderr, exit 2."""

import pytest

from explorer.cli import main
from explorer.runs import list_runs
from tests.data import hostile


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoints")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_CHECKPOINTS", str(folder))
        assert main(["train", "--model", "mlp", "--epochs", "1", "--device", "cpu"]) == 0
    return folder, list_runs(folder)[0].id


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "is an empty file"),
        ("text", "cannot be read as an image"),
        ("PNG of 20,000 × 20,000", "million pixels: make it smaller"),
        ("PNG of 1 × 10000", "1 × 10000 pixels"),
        ("JPEG of 2,000 scans", "2010 times over"),
        ("TIFF of NaN", "No ink found"),
    ],
)
def test_predict_refuses_in_one_sentence(run, tmp_path, capsys, name, sentence):
    file = tmp_path / "image.png"
    file.write_bytes(hostile.files()[name])
    assert main(["predict", run[1], str(file), "--checkpoints", str(run[0])]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert sentence in captured.err
    assert len(captured.err.splitlines()) == 1
