"""A run that is copied while pages show it, file by file, or is removed under them: a sentence, no exception."""

import shutil
from pathlib import Path

import pytest

from .conftest import open_page, words

RUN, GOOD = "digits-simple_cnn-0001", "digits-residual_cnn-0002"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(("page", "needs_weights"), [("compare/curves", False), ("explain/saliency", True)])
def test_pages_stand_while_a_run_arrives_and_goes(page, needs_weights, with_runs, tmp_path):
    here, whole = with_runs / RUN, tmp_path / RUN
    here.rename(whole)
    here.mkdir()
    shutil.copy(whole / "run.json", here)
    cut(here / "run.json")
    app = open_page(f"pages/{page}.py", runs=[RUN, GOOD])

    def errors() -> list[str]:
        app.run()
        assert not app.exception
        assert "This page failed" not in words(app)
        return [error.value for error in app.error]

    for name in ("run.json", "epochs.jsonl", "steps.jsonl"):
        shutil.copy(whole / name, here)
        assert not errors()
    app.query_params["runs"] = [RUN, GOOD]  # whole in all that a list of runs looks at
    assert any("has no weights here" in error for error in errors()) == needs_weights
    shutil.copytree(whole, here, dirs_exist_ok=True)
    for file in (here / "weights").iterdir():
        cut(file)
    assert any("cannot be read" in error for error in errors()) == needs_weights
    shutil.copytree(whole, here, dirs_exist_ok=True)
    assert not errors()
    shutil.rmtree(here)
    assert not errors()
