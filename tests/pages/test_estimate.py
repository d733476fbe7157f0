"""What a training will cost is known from an earlier run only if that did the same work."""

from dataclasses import replace

import pytest

from explorer.runs import find
from explorer.ui.train import estimate


def test_only_a_run_that_did_the_same_work_is_gone_by(with_runs, monkeypatch):
    monkeypatch.setattr(estimate, "_trial_rate", lambda *_: float("inf"))
    config = find("digits-simple_cnn-0001").config
    known = estimate.expected_seconds([config])
    assert known > 0
    assert estimate.expected_seconds([config, config]) == pytest.approx(2 * known)
    half = replace(config, training=replace(config.training, fraction=0.5))
    assert estimate.expected_seconds([half]) == pytest.approx(known * half.training.passes / 2)
    others = [
        replace(config, dataset="shapes"),
        replace(config, model="residual_cnn", options={}),
        *(
            replace(config, training=replace(config.training, **other))
            for other in ({"batch_size": 64}, {"tune": "frozen", "source": config.model}, {"precision": "bfloat16"})
        ),
    ]
    assert [estimate.expected_seconds([other]) for other in others] == [0] * len(others)
