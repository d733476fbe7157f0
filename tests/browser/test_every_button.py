"""Every button, tab, popover, expander, toggle and link of every page is pressed, and nothing fails."""

import shutil
import time
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Page, TimeoutError

from benchmarks.one_step import one_step
from explorer.jobs.train_run import train_run
from explorer.jobs.worker import LOCK
from explorer.runs import RunConfig, create
from explorer.studies import STUDIES, plan_runs, submit, with_source
from explorer.training import TrainConfig
from tests.serving import LOG, serving

from .conftest import chromium

PRESSER = (Path(__file__).parent / "presser.js").read_text()
PATIENCE = 120
NO_NETWORK = "http://127.0.0.1:9"  # nobody listens: what would be fetched says that it cannot be
BOTH = "runs=digits-simple_cnn-0001&runs=digits-residual_cnn-0002"
EMPTY = ["", "train", "perceptron", "study", "transfer", "curves", "runs", "architecture", "gradients", "filters"]
EMPTY += ["feature_maps", "embedding", "saliency", "mistakes", "checks"]
FILLED = ["", "train", "study?study=batch-size", "transfer?networks=digits-simple_cnn-0001", f"curves?{BOTH}", "runs"]
FILLED += [f"architecture?{BOTH}&look-at=runs", f"gradients?{BOTH}", f"filters?{BOTH}", f"feature_maps?{BOTH}"]
FILLED += [f"embedding?{BOTH}", f"saliency?{BOTH}", f"mistakes?{BOTH}", f"checks?{BOTH}"]
FILLED += ["checks?runs=shapes-simple_cnn-0005&method=saliency"]
TYPED = {"transfer?networks=digits-simple_cnn-0001": {"Epochs": "1"}}  # those of the runs that are there
LONG = "button: Measure latency"  # minutes, with its progress: it is left when that moves
# What must have been among it, so that nothing is overlooked without a word.
SURELY = {
    ("empty", ""): "Train the demo pair",
    ("empty", "train"): "Start training",
    ("empty", "checks"): "Train a network on these images",
    ("filled", "study?study=batch-size"): "Open in Curves",
    ("filled", "transfer?networks=digits-simple_cnn-0001"): "Curves",
    ("filled", f"curves?{BOTH}"): "Measure inference time",
    ("filled", f"mistakes?{BOTH}"): "image",
    ("filled", f"saliency?{BOTH}"): "Take Photo",
}


def fill(folder: Path) -> None:
    """Runs of three networks on digits, on both bundled data sets of shapes, of a study and of a transfer."""
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


@pytest.fixture(scope="module", params=["empty", "filled"])
def app(request, tmp_path_factory):
    """A server whose queue stands still, so that what is pressed can be stopped and resumed; (url, folder)."""
    chromium()
    folder, elsewhere = tmp_path_factory.mktemp(request.param), str(tmp_path_factory.mktemp("elsewhere"))
    if request.param == "filled":
        fill(folder)
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
    while quiet < 3:
        assert time.monotonic() < end, f"{page.url} is busy for more than {PATIENCE} seconds."
        page.wait_for_timeout(80)
        quiet = quiet + 1 if page.evaluate(STILL) else 0


def opened(page: Page, url: str, typed: dict[str, str]) -> str:
    """Where the browser is then."""
    page.goto(url)
    still(page)
    for label, text in typed.items():
        field = page.get_by_label(label, exact=True)
        field.fill(text)
        field.press("Enter")
        still(page)
    return page.url.partition("?")[0]


def press_all(page: Page, url: str, typed: dict[str, str]) -> list[str]:
    """Press what there is, and what that brings. Where it leads away or to an end, begin anew, until nothing is new."""
    pressed: list[str] = []
    began, missed = -1, 0
    while began < len(pressed):
        began = len(pressed)
        here = opened(page, url, typed)
        while page.url.partition("?")[0] == here and (found := page.evaluate(PRESSER, [pressed, len(pressed)])):
            if found["key"] is None:  # nothing is left to press in the dialog that is open
                page.keyboard.press("Escape")
                page.wait_for_timeout(300)
                continue
            if not press(page, f'[data-press="{len(pressed)}"]'):
                missed += 1
                assert missed <= 5, f"{found['key']} goes away whenever it is to be pressed."
                still(page)
                continue
            missed = 0
            pressed.append(found["key"])
            if found["key"] == LONG:
                page.get_by_test_id("stProgress").wait_for(timeout=1000 * PATIENCE)
                fine(page, pressed)
                break
            still(page)
            fine(page, pressed)
    return pressed


def press(page: Page, mark: str) -> bool:
    """Whether it could be pressed. The app may draw an element anew between the look and the click: then it is pressed
    without a mouse or, where it has lost its mark, looked for again."""
    try:
        page.locator(mark).first.click(timeout=5_000)
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
    pressed = press_all(page, f"{url}/{at}", TYPED.get(at, {}))
    print(f"{at}: {len(pressed)} pressed in {time.monotonic() - begin:.0f} s: {pressed}")
    for path in folder.iterdir():  # what was queued
        if path.name not in before and path.is_dir():
            shutil.rmtree(path)
    wanted = SURELY.get(("filled" if filled else "empty", at), "")
    assert any(wanted in key for key in pressed), pressed
    assert "Traceback" not in (folder / LOG).read_text()[logged:]
