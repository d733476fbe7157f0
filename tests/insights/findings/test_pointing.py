"""Which explanation is said to point better, and only as far as the images can tell."""

import numpy as np
import pytest

from explorer.insights.findings.pointing import PointingResult, pointing


def pointed(name, hits, run="shapes-cnn-0001", data="shapes"):
    return PointingResult(f"{name} of {run}", run, data, np.asarray(hits, dtype=bool), 0.12)


def hitting(share, n=200, first=0):
    """That share of n images, from this one on."""
    return np.roll(np.arange(n) < round(share * n), first)


def said(*results):
    (found,) = pointing(results)
    return found.sentence


def test_the_highest_share_is_not_called_better_than_one_that_chance_could_give():
    close = said(pointed("A", hitting(0.52)), pointed("B", hitting(0.5, first=60)))
    assert close.startswith("A of shapes-cnn-0001 points at the object most often, in 52.0 % of 200 test images")
    assert "It cannot be distinguished from B of shapes-cnn-0001 (p = " in close
    assert "more often than" not in close


def test_what_the_images_tell_is_said_with_its_p_value():
    clear = said(pointed("A", hitting(0.8)), pointed("B", hitting(0.5)), pointed("C", hitting(0.2)))
    assert "that is more often than B of shapes-cnn-0001 and C of shapes-cnn-0001 (p < 0.001)" in clear
    assert "cannot be distinguished" not in clear


def test_every_pair_counts_in_the_adjustment():
    """18 against 6 images alone: p = 0.023 for one pair, but not for one of six."""
    a, b = hitting(0.5), hitting(0.5).copy()
    b[:18], b[100:106] = False, True
    (alone,) = pointing([pointed("A", a), pointed("B", b)])
    assert "more often than B" in alone.sentence
    others = [pointed(name, a) for name in "CD"]
    (many,) = pointing([pointed("A", a), pointed("B", b), *others])
    key = "p, Holm, A of shapes-cnn-0001 and B of shapes-cnn-0001"
    assert many.numbers[key] == pytest.approx(6 * alone.numbers[key])
    assert "more often than" not in many.sentence


def test_exact_ties_share_the_first_place():
    tie = said(pointed("A", hitting(0.5)), pointed("B", hitting(0.5, first=9)), pointed("C", hitting(0.1)))
    assert tie.startswith("A of shapes-cnn-0001 and B of shapes-cnn-0001 point equally often at the object, in 50.0 %")
    assert "more often than C" in tie


def test_one_alone_is_compared_with_nothing():
    alone = said(pointed("A", hitting(0.5)))
    assert alone.endswith("a random pixel would in 12.0 %.")
    assert "most" not in alone


def test_only_images_that_both_have_explained_are_compared():
    """After a stop one method has explained 200 images, another its first 40."""
    (found,) = pointing([pointed("A", hitting(0.5)), pointed("B", np.ones(40))])
    assert found.numbers["images"] == 40
    assert found.numbers["hits of A of shapes-cnn-0001"] == 1


def test_other_images_are_another_finding():
    results = [pointed("A", hitting(0.5)), pointed("A", hitting(0.9), "shortcut-cnn-0001", "shapes-shortcut")]
    assert [found.runs for found in pointing(results)] == [("shapes-cnn-0001",), ("shortcut-cnn-0001",)]


def test_two_methods_that_hit_as_a_blind_guess_does_are_rarely_told_apart():
    random = np.random.default_rng(0)
    told = 0
    for _ in range(400):
        results = [pointed(name, random.random(200) < 0.3) for name in "ABCD"]
        told += "more often than" in said(*results)
    assert told / 400 < 0.05
