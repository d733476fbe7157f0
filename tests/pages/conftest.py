"""Runs to look at, trained once, and the app opened at a page."""

import re
import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.data.image_folder import read_here
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create
from explorer.training import TrainConfig
from explorer.ui.markdown import JOINER
from tests.torch_cache import cache, resnet18, server, theirs

__all__ = ["cache", "resnet18", "server", "theirs"]  # fixtures, which are imported to be found

ROOT = Path(__file__).parents[2]
PAGES = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "pages").rglob("*.py"))
SECONDS = 60  # the first import of torch takes its time


@pytest.fixture(scope="session")
def trained(tmp_path_factory) -> Path:
    """A checkpoints folder with a plain, a residual and a fully connected run on digits."""
    folder = tmp_path_factory.mktemp("trained")
    training = TrainConfig(epochs=2, batch_size=128, device="cpu")
    for model, options in (("simple_cnn", {"depth": 2}), ("residual_cnn", {"depth": 2}), ("mlp", {})):
        train_run(create(RunConfig("digits", model, options, training), folder, status="running"))
    return folder


@pytest.fixture
def with_runs(trained, checkpoints) -> Path:
    """A copy of the trained runs, so that a test may change them."""
    shutil.copytree(trained, checkpoints, dirs_exist_ok=True)
    return checkpoints


@pytest.fixture(autouse=True)
def pages_alone(monkeypatch):
    """These tests look at pages: a worker seems to be there already, and nothing is imported or computed behind them.
    Streamlit would read the metadata of every installed package for each AppTest, to look for components."""
    monkeypatch.setattr("explorer.jobs.supervisor._lock_is_free", lambda path: False)
    monkeypatch.setattr("explorer.ui.serving.warm._warm", lambda: None)
    monkeypatch.setattr("explorer.data.image_folder.read_apart", lambda path, size, key: read_here(path, size)[1])
    monkeypatch.setattr("explorer.ui.home.portrait.make", lambda run: None)
    monkeypatch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)


def open_page(page: str, **query: str) -> AppTest:
    """The app at a page, with query parameters, as its first visit."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=SECONDS)
    if not page.endswith("home.py"):
        app.switch_page(page)
    follow(app, **query)
    return app


def go_to(app: AppTest, page: str) -> AppTest:
    """Another page, by the sidebar: the link is empty there."""
    app.switch_page(page)
    app.query_params.clear()
    return app.run()


def follow(app: AppTest, **query: str) -> None:
    """A link to the page on which the app is."""
    app.query_params.clear()
    app.query_params.update(query)
    app.run()


def words(app: AppTest) -> str:
    """All text of a page, as it is read."""
    parts = [*app.title, *app.header, *app.markdown, *app.caption, *app.info, *app.error, *app.warning, *app.success]
    return "\n".join(as_read(part.value) for part in parts)


def as_read(markdown: object) -> str:
    """Text that was made literal for Markdown, as a reader sees it."""
    return re.sub(r"\\(\W)", r"\1", str(markdown)).replace(JOINER, "").replace("\N{NO-BREAK SPACE}", " ")
