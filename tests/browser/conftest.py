"""A running app and a real Chromium. Without one these tests say so and skip, unless EXPLORER_BROWSER=required."""

import os
import shutil
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from benchmarks.one_step import one_step
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create
from explorer.studies import STUDIES, plan_runs, submit, with_source
from explorer.training import TrainConfig
from tests.serving import serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


def chromium() -> str:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        why = "No Chromium was found: install the package chromium, or name the program in CHROMIUM."
        (pytest.fail if os.environ.get("EXPLORER_BROWSER") == "required" else pytest.skip)(why)
    return path


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A folder with runs of three networks on digits, of both bundled kinds of shapes, of a study and of a transfer."""
    folder = tmp_path_factory.mktemp("trained")
    training = TrainConfig(epochs=2, batch_size=128, device="cpu")
    for model, options in (("simple_cnn", {"depth": 2}), ("residual_cnn", {"depth": 2}), ("mlp", {})):
        train_run(create(RunConfig("digits", model, options, training), folder, status="running"))
    for data in ("shapes-shortcut", "shapes"):
        one_step(data, "simple_cnn", folder)
    study = STUDIES["batch-size"]
    for one in plan_runs(study, quick=True, seeds=1)[2:]:
        train_run(submit([one], study, folder)[0])
    study = with_source(STUDIES["transfer"], "digits-simple_cnn-0001", folder)
    plan = plan_runs(study, "digits", quick=True, seeds=1, epochs=1)
    for run in submit([one for one in plan if one.config.training.fraction == 0.01], study, folder):
        train_run(run)
    return folder


@pytest.fixture(scope="session")
def shown(trained):
    """The app with the folder of `trained`, for tests that only look at it; (url, folder)."""
    chromium()
    with serving(trained) as url:
        yield url, trained


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app on a free port with an empty checkpoints folder; (url, folder)."""
    chromium()
    folder = tmp_path_factory.mktemp("checkpoints")
    with serving(folder) as url:
        yield url, folder


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def colour_scheme():
    """What the browser prefers; a module of tests may be shown the app in the dark."""
    return "light"


@pytest.fixture(scope="module")
def page(browser, colour_scheme):
    """A tab. Whatever is done in it, nothing is fetched but from the app: a class may have no internet."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme=colour_scheme)
    page.set_default_timeout(60_000)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    yield page
    page.close()
    assert [url for url in fetched if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []


def is_accessible(page: Page) -> None:
    """axe-core finds nothing serious. Streamlit's own list of the pages is left out: its items stand in a div."""
    found = Axe().run(page, context={"exclude": [["[data-testid=stSidebarNav]"]]}).response["violations"]
    serious = [fault for fault in found if fault["impact"] in ("serious", "critical") or fault["id"] == "heading-order"]
    assert serious == [], "\n".join(f"{fault['help']}: {fault['nodes'][0]['html']}" for fault in serious)


def settle(page: Page, seconds: float = 60) -> None:
    """Wait until the app has been still for half a second, and see that it shows no exception."""
    quiet, end = 0, time.monotonic() + seconds
    while quiet < 4 and time.monotonic() < end:
        busy = page.locator('[data-testid="stStatusWidget"], [data-testid="stSkeleton"]').count()
        quiet = 0 if busy else quiet + 1
        page.wait_for_timeout(150)
    assert page.get_by_test_id("stException").count() == 0, page.get_by_test_id("stException").first.inner_text()
    assert page.get_by_test_id("stAlertContentError").count() == 0, page.get_by_test_id(
        "stAlertContentError"
    ).first.inner_text()
