"""The samples' portraits are what their weights give today, and a run's own is made behind the page."""

import time

import numpy as np

from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create, sample_runs
from explorer.training import TrainConfig
from explorer.ui.home import portrait


def test_the_samples_come_with_what_their_weights_give(monkeypatch):
    monkeypatch.setenv("EXPLORER_SAMPLES", "on")
    for run in sample_runs():
        kept, made = portrait.of(run), portrait.make(run)
        assert kept is not None
        assert made is not None
        assert (kept.image == made.image).all()
        for before, today in ((kept.saliency, made.saliency), (kept.maps, made.maps)):
            assert np.allclose(before, today, atol=0.01 * float(np.abs(today).max()))


def test_a_run_gets_one_and_a_network_without_maps_none(checkpoints):
    quick = TrainConfig(epochs=1, fraction=0.05, device="cpu")
    cnn, mlp = (
        train_run(create(RunConfig("digits", name, {}, quick), status="running")) for name in ("simple_cnn", "mlp")
    )
    assert portrait.of(cnn) is None
    end = time.monotonic() + 60
    while portrait.is_coming(cnn) and time.monotonic() < end:
        time.sleep(0.05)
    made = portrait.of(cnn)
    assert made is not None
    assert made.saliency.shape == (32, 32)
    assert portrait.make(mlp) is None
