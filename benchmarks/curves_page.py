"""`python -m benchmarks.curves_page`: seconds until the Curves page has drawn 12 runs of 25 epochs, in a real browser.

The runs are planted, with every file that a trained one has, on an app of their own. Three times until both charts are
drawn: the first visit by a link (no run is read yet; the browser loads the app, too), the return from another page,
and another view (a logarithmic axis). "Drawn" is when both charts are there, not as before, and the app is still. Needs
Chromium: in PATH, or named in CHROMIUM. Goal: one second.
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from explorer.data import load
from explorer.models import build
from explorer.runs import RunConfig, create
from explorer.runs.history import write_test_predictions
from explorer.runs.lines import append
from explorer.training import TrainConfig

ROOT = Path(__file__).parents[1]
CHARTS = """[...document.querySelectorAll('[data-testid="stVegaLiteChart"] svg')].map(svg => svg.innerHTML)"""
# Both charts, not those of before the click, and nothing that says that the script is running.
DRAWN = f"""() => {CHARTS}.length >= 2 && {CHARTS}[0] !== window.before
    && !document.querySelector('[data-testid="stStatusWidget"], [data-testid="stSkeleton"], [data-stale="true"]')"""


def main() -> None:
    """Plants the runs, then prints the three times over all rounds."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.curves_page", description=__doc__)
    parser.add_argument("--runs", type=int, default=12)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--steps", type=int, default=100, help="of an epoch")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        os.environ["EXPLORER_CHECKPOINTS"] = folder
        runs = [planted(seed, given.epochs, given.steps) for seed in range(given.runs)]
        query = "&".join(f"runs={run}" for run in runs)
        program = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        rounds = [once(browser.new_page(viewport={"width": 1400, "height": 1000}), query) for _ in range(given.rounds)]
        browser.close()
    print(f"{given.runs} runs of {given.epochs} epochs of {given.steps} steps")
    for what, seconds in zip(("first, by link", "return", "another axis"), zip(*rounds, strict=True), strict=True):
        print(
            f"{what:14s} {statistics.median(seconds):.2f} s [{min(seconds):.2f}–{max(seconds):.2f}]  n = {len(seconds)}"
        )


def once(page: Page, query: str) -> tuple[float, ...]:
    """A new server: the three times."""
    page.set_default_timeout(60_000)
    with server() as url:
        page.goto(url)
        page.wait_for_selector("h1")
        page.wait_for_timeout(20_000)  # the imports behind the first page are over
        first = seconds_until_drawn(page, lambda: page.goto(f"{url}/curves?{query}"))
        links = page.get_by_test_id("stSidebarNavItems")
        links.get_by_role("link", name="Perceptron").click()
        page.wait_for_timeout(3000)
        again = seconds_until_drawn(page, lambda: links.get_by_role("link", name="Curves").click())
        axis = seconds_until_drawn(page, lambda: page.get_by_role("button", name="loss", exact=True).click())
    page.close()
    return first, again, axis


def seconds_until_drawn(page: Page, click: Callable[[], object]) -> float:
    """From the click until both charts are others than before it."""
    page.evaluate(f"() => {{ window.before = {CHARTS}[0] }}")
    began = time.perf_counter()
    click()
    page.wait_for_function(DRAWN, polling=20)
    return time.perf_counter() - began


def planted(seed: int, epochs: int, per_epoch: int) -> str:
    """A finished run that was never trained, its losses falling with noise; its id."""
    random, data = np.random.default_rng(seed), load("digits")
    names = [name for name, _ in build("mlp", data.channels, len(data.classes), size=data.size).named_parameters()]
    run = create(RunConfig("digits", "mlp", {}, TrainConfig(epochs=epochs, seed=seed)), status="running")
    losses = 2.0 / np.arange(1, epochs + 1) + 0.05 + random.normal(0, 0.01, epochs)
    rows = [
        {
            "epoch": n,
            "train_loss": loss,
            "validation_loss": loss + 0.05,
            "train_accuracy": 0.9,
            "validation_accuracy": 0.95 - 0.1 / n,
            "learning_rate": 0.1,
            "seconds": 1.5,
            "images_per_second": 400.0,
            "dead_relus": {},
        }
        for n, loss in enumerate(losses.tolist(), 1)
    ]
    append(run.path / "epochs.jsonl", rows)
    noise = random.normal(0, 0.05, epochs * per_epoch)
    steps = [
        {
            "step": step + 1,
            "epoch": step // per_epoch + 1,
            "loss": float(max(0.01, losses[step // per_epoch] + noise[step])),
            "accuracy": 0.5,
            "gradient_norms": random.random(len(names)).round(4).tolist(),
        }
        for step in range(epochs * per_epoch)
    ]
    append(run.path / "steps.jsonl", steps)
    labels = data.test.labels
    write_test_predictions(run, labels, np.where(random.random(len(labels)) < 0.95, labels, (labels + 1) % 10))
    dataset = {"channels": 1, "size": 32, "ink": True, "mean": [0.5], "std": [0.5], "classes": list(data.classes)}
    images = {"train": len(data.train), "validation": len(data.validation), "test": len(data.test)}
    run.change(
        status="finished",
        dataset={"name": "digits", "fingerprint": data.fingerprint, "images": images, **dataset},
        best={"epoch": epochs, "validation_accuracy": rows[-1]["validation_accuracy"], "validation_loss": 0.1},
        epochs_done=epochs,
        training_seconds=1.5 * epochs,
        parameters=1000,
        parameter_names=names,
        steps_per_epoch=per_epoch,
        device={"type": "cpu", "name": "CPU, 2 threads"},
        started_at=run.record.queued_at,
        test={"loss": 0.2, "accuracy": 0.95, "n": len(labels), "confusion": []},
    )
    return run.id


@contextmanager
def server() -> Iterator[str]:
    """The app on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.fileWatcherType", "none"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(timeout=30)


if __name__ == "__main__":
    main()
