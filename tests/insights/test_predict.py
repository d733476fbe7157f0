"""Probabilities and guesses."""

import numpy as np
import pytest

from explorer.insights import predict as module
from explorer.insights.predict import Guess, predict, top

from .nets import PooledNet, images, seeded


def test_probabilities_are_the_softmax_of_the_logits():
    model = seeded(PooledNet)
    probabilities = predict(model, images())
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities, model(images()).softmax(dim=1).detach(), atol=1e-7)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)


def test_a_large_batch_is_answered_in_parts_with_the_same_numbers(monkeypatch):
    model = seeded(PooledNet)
    whole = predict(model, images(10))
    monkeypatch.setattr(module, "BATCH", 3)
    np.testing.assert_allclose(predict(model, images(10)), whole, atol=1e-6)


def test_uint8_images_are_refused():
    with pytest.raises(AssertionError, match="uint8"):
        predict(seeded(PooledNet), (images() * 255).byte())


def test_top_is_sorted_and_names_the_classes():
    probabilities = np.array([[0.1, 0.6, 0.1, 0.2], [0.25, 0.25, 0.25, 0.25]])
    best, equal = top(probabilities, ("ant", "bee", "cat", "dog"))
    assert best == [Guess("bee", 0.6), Guess("dog", 0.2), Guess("ant", 0.1)]
    assert [guess.label for guess in equal] == ["ant", "bee", "cat"]
    assert len(top(probabilities, ("ant", "bee", "cat", "dog"), k=9)[0]) == 4
    assert best[0]._asdict() == {"label": "bee", "probability": 0.6}
