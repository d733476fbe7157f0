"""In a public demo one looks at finished runs: whatever one presses, nothing is trained, kept or changed."""

import hashlib
import io

import pytest

from explorer import jobs
from explorer.errors import UserError
from explorer.export.bring_in import bring_in
from explorer.jobs.once import submit_once
from explorer.jobs.supervisor import ensure_worker
from explorer.mode import IN_A_DEMO
from explorer.report.request import of_runs
from explorer.report.words import write_words
from explorer.runs import RunConfig, annotate, create, list_runs, trash
from explorer.runs.folder import write_atomically

from .conftest import open_page, words


@pytest.fixture
def demo(with_runs, monkeypatch):
    monkeypatch.setenv("EXPLORER_DEMO", "1")
    return with_runs


def contents(folder):
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


def test_nothing_of_a_run_can_be_changed(demo):
    run, config, before = list_runs()[0], RunConfig("digits", "mlp"), contents(demo)
    changes = [
        lambda: create(config),
        lambda: jobs.submit(config),
        lambda: submit_once([config]),
        lambda: jobs.stop(run),
        lambda: jobs.resume(run),
        lambda: jobs.train_further(run, 9),
        lambda: annotate.rename(run, "mine"),
        lambda: trash.delete(run.id),
        lambda: bring_in(io.BytesIO()),
        lambda: write_words(of_runs([run.id]), "summary", "text"),
    ]
    for change in changes:
        with pytest.raises(UserError) as error:
            change()
        assert str(error.value) == IN_A_DEMO
    ensure_worker()
    with pytest.raises(OSError, match="Read-only"):
        write_atomically(demo / "file", b"")
    assert contents(demo) == before


def test_pages_look_on(demo):
    before = contents(demo)
    for page in ("pages/start/home.py", "pages/train/train.py"):
        app = open_page(page)
        assert not app.exception
        assert not app.error, [error.value for error in app.error]
        assert IN_A_DEMO in words(app)
        assert not [button.label for button in app.button if "rain" in button.label]
    app = open_page("pages/train/train.py", data="folder", folder=str(demo))
    assert "There are no folders of images to choose from" in words(app)
    assert contents(demo) == before
