"""A running app and a real Chromium. Without one these tests say so and skip, unless EXPLORER_BROWSER=required."""

import os
import shutil
import time

import pytest
from playwright.sync_api import Page, sync_playwright

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


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The app on a free port with an empty checkpoints folder; (url, folder)."""
    chromium()
    folder = tmp_path_factory.mktemp("checkpoints")
    with serving(folder) as url:
        yield url, folder


@pytest.fixture(scope="module")
def page(app):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        yield page
        browser.close()


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
