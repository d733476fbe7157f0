"""Fixtures that several tests share."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from explorer.data import Dataset, Images

if "PYTEST_XDIST_WORKER" in os.environ:  # beside others, of which a second thread would take the core
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch is imported
gc.set_threshold(50_000, 20, 100)  # the libraries are a million objects, of which none becomes garbage

# The same examples every time, and none fails because the machine was busy.
settings.register_profile("here", derandomize=True, deadline=None, max_examples=60, database=None)
settings.load_profile("here")


# Tests that wait for processes, browsers and clusters, or train whole studies; .ci/run runs them beside the others.
SLOW = (
    "benchmarks",
    "browser",
    "cli/test_bare_server.py",
    "export/test_fuzzed.py",
    "jobs/test_cluster.py",
    "jobs/test_full_disk.py",
    "jobs/test_kill.py",
    "jobs/test_side_by_side.py",
    "jobs/test_worker.py",
    "jobs/test_worst_day.py",
    "server",
    "studies/test_all_run.py",
)


def in_slow_tier(path: Path) -> bool:
    return any(path.is_relative_to(Path(__file__).parent / slow) for slow in SLOW)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if in_slow_tier(item.path):
            item.add_marker(pytest.mark.slow)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file of which no test will be run is not read: all files take each process of a tier ten seconds more."""
    if collection_path.suffix != ".py":
        return None
    slow = in_slow_tier(collection_path)
    if config.option.markexpr == "not slow":
        return slow or None
    some = slow or "mark.slow" in collection_path.read_text()
    return not some or None if config.option.markexpr == "slow" else None


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    """An empty checkpoints folder that everything uses by default, without the samples of the app."""
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(folder))
    monkeypatch.setenv("EXPLORER_SAMPLES", "off")
    monkeypatch.setenv("EXPLORER_WORKERS", "1")  # a test that trains in its own process must not fork that
    return folder


def blobs(count: int, seed: int, classes: int = 3, size: int = 8) -> Images:
    """Images of one bright square each; where it lies is the class. Easy to learn, hard to learn by luck."""
    draw = np.random.default_rng(seed)
    labels = np.arange(count) % classes
    pixels = draw.integers(0, 90, (count, 1, size, size), dtype=np.uint8)
    for image, label in zip(pixels, labels, strict=True):
        image[0, 2 * label : 2 * label + 3, 1:5] += 150
    return Images(pixels, labels)


@pytest.fixture
def loader(tiny):
    """For `train_run`: `tiny`, whatever data set a run names."""
    return lambda *_, **__: tiny


@pytest.fixture(scope="session")
def tiny() -> Dataset:
    """96 + 24 + 30 images of 8×8 in three classes."""
    return Dataset("tiny", ("top", "middle", "bottom"), blobs(96, 1), blobs(24, 2), blobs(30, 3), preparation="digit")
