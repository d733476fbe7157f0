"""Every button, tab, popover, expander and toggle of every page is pressed, and nothing fails; every link leads to a
page of the app, which is opened elsewhere. What starts a training is pressed twice, and queues nothing twice."""

import re
import shutil
import time
from itertools import combinations
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Page, TimeoutError

from explorer.jobs.worker import LOCK
from explorer.runs import ACTIVE, list_runs
from explorer.runs.equal import trains_the_same
from tests.serving import LOG, ROOT, serving

from .conftest import chromium

PRESSER = (Path(__file__).parent / "presser.js").read_text()
NAMES = {"", *(file.stem for file in (ROOT / "pages").glob("*/*.py"))}
PATIENCE = 240  # seconds; six processes of tests may share two cores
NO_NETWORK = "http://127.0.0.1:9"  # nobody listens: what would be fetched says that it cannot be
BOTH = "runs=digits-simple_cnn-0001&runs=digits-residual_cnn-0002"
EMPTY = ["", "train", "perceptron", "study?study=depth", "architecture", "checks"]
FILLED = ["", "study?study=batch-size", "transfer?networks=digits-simple_cnn-0001", f"curves?{BOTH}", "runs"]
FILLED += [f"architecture?{BOTH}&look-at=runs", f"gradients?{BOTH}", f"filters?{BOTH}", f"feature_maps?{BOTH}"]
FILLED += [f"embedding?{BOTH}", f"saliency?{BOTH}", f"mistakes?{BOTH}", f"checks?{BOTH}"]
FILLED += ["checks?runs=shapes-simple_cnn-0005&method=saliency", "shortcut"]
FILLED += ["report?runs=digits-mlp-0003"]
TYPED = {"transfer?networks=digits-simple_cnn-0001": {"Epochs": "1"}}  # those of the runs that are there
LONG = "button: Measure latency"  # minutes, with its progress: it is left when that moves
DATA = ["digits", "shapes", "shapes-shortcut", "mnist", "fashion-mnist", "cifar10", "a folder of my images"]
SHARED = [f"choice: {name}" for name in DATA]  # one widget on five pages: it is pressed on Train
STARTS = re.compile("button: (Start|Train) ")
LATE = {"choice: camera": "Take Photo"}  # drawn by the browser when it has its camera, after the app is still
# What must have been among it, so that nothing is overlooked without a word.
SURELY = {
    ("empty", ""): "Train the demo pair",
    ("empty", "train"): "Start training",
    ("filled", "shortcut"): "Next: the split proves it",
    ("filled", "report?runs=digits-mlp-0003"): "Download as a folder",
    ("filled", "study?study=batch-size"): "Open in Curves",
    ("filled", "transfer?networks=digits-simple_cnn-0001"): "Curves",
    ("filled", f"curves?{BOTH}"): "Measure inference time",
    ("filled", f"mistakes?{BOTH}"): "image",
    ("filled", f"saliency?{BOTH}"): "Take Photo",
}


@pytest.fixture(scope="module", params=["empty", "filled"])
def app(request, tmp_path_factory, trained):
    """A server whose queue stands still, so that what is pressed can be stopped and resumed; (url, folder)."""
    chromium()
    folder, elsewhere = tmp_path_factory.mktemp(request.param), str(tmp_path_factory.mktemp("elsewhere"))
    if request.param == "filled":
        shutil.copytree(trained, folder, dirs_exist_ok=True)
    outside = {"http_proxy": NO_NETWORK, "https_proxy": NO_NETWORK, "no_proxy": "127.0.0.1"}
    outside["EXPLORER_SAMPLES"] = "off" if request.param == "empty" else "on"
    with (
        FileLock(folder / LOCK),
        serving(folder, TORCH_HOME=elsewhere, EXPLORER_DATA=elsewhere, **outside) as url,
    ):
        yield url, folder


STILL = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && document.querySelector('[data-testid=stMain] h1') && !document.querySelector('[data-testid=stSkeleton]')"""


def still(page: Page) -> None:
    """Wait until no script runs, neither the one of a click nor the look that a live view takes every second."""
    quiet, end = 0, time.monotonic() + PATIENCE
    while quiet < 2:
        assert time.monotonic() < end, f"{page.url} is busy for more than {PATIENCE} seconds."
        page.wait_for_timeout(80)
        quiet = quiet + 1 if page.evaluate(STILL) else 0


COUNT_RUNS = """() => { const app = document.querySelector('[data-testid=stApp]'); window.runs = 0;
    new MutationObserver(() => { window.runs += app.dataset.testScriptState === 'running' })
        .observe(app, {attributes: true, attributeFilter: ['data-test-script-state']}) }"""
RUNS_THE_SCRIPT = re.compile("(button|choice|toggle): ")


def opened(page: Page, url: str, typed: dict[str, str]) -> str:
    """Where the browser is then."""
    page.goto(url)
    still(page)
    page.evaluate(COUNT_RUNS)
    for label, text in typed.items():
        field = page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Enter")
        still(page)
    return page.url.partition("?")[0]


def press_all(page: Page, url: str, typed: dict[str, str], folder: Path) -> list[str]:
    """Press what there is, and what that brings. Where it leads away, comes to an end, or hides what there was, begin
    anew, until nothing is new."""
    pressed = [] if url.endswith("train") else [*SHARED]
    began, missed, whole = -1, 0, False
    while began < len(pressed) and not whole:
        began = len(pressed)
        here = opened(page, url, typed)
        there = page.evaluate(PRESSER, [pressed, None])
        lead_to_pages(page)
        while page.url.partition("?")[0] == here and (found := page.evaluate(PRESSER, [pressed, len(pressed)])):
            if found["key"] is None:  # nothing is left to press in the dialog that is open
                page.keyboard.press("Escape")
                page.wait_for_timeout(300)
                continue
            starts = STARTS.match(found["key"])
            runs = page.evaluate("window.runs")
            if not press(page, f'[data-press="{len(pressed)}"]', 2 if starts else 1):
                missed += 1
                assert missed <= 5, f"{found['key']} goes away whenever it is to be pressed."
                still(page)
                continue
            missed = 0
            pressed.append(found["key"])
            if RUNS_THE_SCRIPT.match(found["key"]):
                answered(page, runs)
            if found["key"] == LONG:
                page.get_by_test_id("stProgress").wait_for(timeout=1000 * PATIENCE)
                fine(page, pressed)
                break
            still(page)
            if starts:
                queued_once(page, folder)
            if found["key"] in LATE:
                page.get_by_text(LATE[found["key"]]).wait_for()
            fine(page, pressed)
        whole = found is None and set(there) <= set(pressed)
    return pressed


def lead_to_pages(page: Page) -> None:
    links = page.get_by_test_id("stPageLink").get_by_role("link")
    paths = links.evaluate_all("links => links.map(link => link.pathname)")
    assert {path.strip("/") for path in paths} <= NAMES, paths


def answered(page: Page, runs: int) -> None:
    """Wait until a script has begun for the press: a busy server takes its time, and still looks as before."""
    try:
        page.wait_for_function("before => window.runs > before", arg=runs, timeout=3_000)
    except TimeoutError:
        return  # it leads elsewhere, or concerns the browser alone


def queued_once(page: Page, folder: Path) -> None:
    """A server that still imports PyTorch may take a while before it begins to answer."""
    end = time.monotonic() + PATIENCE
    while not any(run.status in ACTIVE for run in list_runs(folder)):
        assert time.monotonic() < end, "nothing was queued"
        page.wait_for_timeout(200)
    still(page)
    active = [run for run in list_runs(folder) if run.status in ACTIVE]
    pairs = combinations(active, 2)
    assert not [(one.id, other.id) for one, other in pairs if trains_the_same(one.config, other.config)]


def press(page: Page, mark: str, times: int = 1) -> bool:
    """Whether it could be pressed, so many times as quickly as a browser can. The app may draw an element anew between
    the look and the click: then it is pressed without a mouse or, where it has lost its mark, looked for again."""
    try:
        page.locator(mark).first.click(click_count=times, timeout=5_000)
    except TimeoutError:
        if not page.locator(mark).count():
            return False
        page.locator(mark).first.dispatch_event("click")
    return True


def fine(page: Page, pressed: list[str]) -> None:
    for box in page.get_by_test_id("stException").all():
        pytest.fail(f"{box.inner_text()} after {pressed}")
    for sentence in page.get_by_test_id("stAlertContentError").all():
        assert "This page failed" not in sentence.inner_text(), (sentence.inner_text(), pressed)


@pytest.mark.parametrize("at", list(dict.fromkeys([*EMPTY, *FILLED])))
def test_nothing_fails(app, page, at, tmp_path, request):
    url, folder = app
    filled = (folder / "digits-mlp-0003").exists()
    if at not in (FILLED if filled else EMPTY):
        pytest.skip("Not a page of this folder.")
    before = {path.name for path in folder.iterdir()}
    begin, logged = time.monotonic(), len((folder / LOG).read_text())
    pressed = press_all(page, f"{url}/{at}", TYPED.get(at, {}), folder)
    print(f"{at}: {len(pressed)} pressed in {time.monotonic() - begin:.0f} s: {pressed}")
    for path in folder.iterdir():  # what was queued
        if path.name not in before and path.is_dir():
            shutil.rmtree(path)
    wanted = SURELY.get(("filled" if filled else "empty", at), "")
    assert any(wanted in key for key in pressed), pressed
    assert "Traceback" not in (folder / LOG).read_text()[logged:]
