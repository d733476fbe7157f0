"""Whether maps follow the weights: the rule, and what the badge may say of it."""

import numpy as np
import pytest
import torch

from explorer.insights.findings.explanation_checks import badge
from explorer.insights.weight_dependence import of_maps, weight_dependence

MAPS = np.random.RandomState(0).rand(12, 8, 8)
OTHERS = np.random.RandomState(1).rand(12, 8, 8)


@pytest.mark.parametrize(
    ("random", "depends", "label"),
    [
        (OTHERS, True, "follows the weights"),
        (MAPS, False, "does not follow the weights"),
        (-MAPS, False, "does not follow the weights"),
        (np.concatenate([MAPS[:6], OTHERS[6:]]), None, "check cannot tell"),
        (np.zeros_like(MAPS), None, "check cannot tell"),
    ],
)
def test_the_badge_says_no_more_than_the_interval(random, depends, label):
    found = of_maps(MAPS, random)
    assert found.depends is depends
    said, evidence = badge(found)
    assert said == label
    assert "12" in evidence
    assert len(found.correlations) + found.blank == 12


def test_the_model_is_left_as_it_was():
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 3))
    before = [tensor.clone() for tensor in model.parameters()]
    found = weight_dependence(model, torch.rand(4, 1, 8, 8), "saliency")
    assert len(found.correlations) + found.blank == 4
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
