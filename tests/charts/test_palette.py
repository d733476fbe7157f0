"""A run has one colour everywhere; magnitudes are viridis; signed values are centred at zero."""

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

from explorer.charts.palette import (
    DIVERGING,
    NEUTRAL,
    RUN_COLOURS,
    RUN_DASHES,
    SEQUENTIAL,
    colour,
    dash,
    diverging,
    limits,
    run_scale,
    sequential,
    sort_runs,
)
from explorer.samples import PAIR
from tests.charts.frames import run_ids

LIGHT, DARK = "#ffffff", "#11161c"
CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def linear_rgb(colours: np.ndarray) -> np.ndarray:
    """sRGB in [0, 255] without its gamma, in [0, 1]."""
    share = np.asarray(colours, dtype=float) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colours: np.ndarray) -> np.ndarray:
    """Relative luminance of sRGB in [0, 255], as WCAG 2 defines it."""
    return linear_rgb(colours) @ [0.2126, 0.7152, 0.0722]


def contrast(first: str, second: str) -> float:
    dark, light = sorted(float(luminance(rgb(c))) for c in (first, second))
    return (light + 0.05) / (dark + 0.05)


def test_a_run_has_one_colour_whatever_it_is_compared_with():
    alone = run_scale(["digits-mlp-0009"])[0].to_dict()["scale"]
    among = run_scale([*run_ids(5), "digits-mlp-0009"])[0].to_dict()["scale"]
    assert dict(zip(among["domain"], among["range"], strict=True))["digits-mlp-0009"] == alone["range"][0]
    assert colour("digits-mlp-0009") == colour("shapes-resnet20-0009") == alone["range"][0]


def test_the_first_seven_differ_in_colour_and_forty_two_in_colour_and_dash():
    runs = run_ids(42)
    assert len({colour(run) for run in runs[:7]}) == 7
    assert len({(colour(run), tuple(dash(run))) for run in runs}) == 42 == len(RUN_COLOURS) * len(RUN_DASHES)
    assert all(dash(one) != dash(next_) for one, next_ in itertools.pairwise(runs))


def test_the_samples_differ_in_colour_and_in_dash():
    assert len({colour(run) for run in PAIR}) == len({tuple(dash(run)) for run in PAIR}) == len(PAIR)


def test_an_id_without_a_number_has_a_colour_too():
    assert colour("imported") == colour("imported")


def test_runs_are_sorted_by_number_and_named_once():
    assert sort_runs(["b-0010", "b-0002", "a-0010", "b-0002"]) == ["b-0002", "a-0010", "b-0010"]


@pytest.mark.parametrize("background", [LIGHT, DARK])
def test_colours_can_be_seen_on_both_backgrounds(background):
    assert min(contrast(c, background) for c in RUN_COLOURS) >= 3
    assert contrast(NEUTRAL, background) > 4


# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
EYES = {
    "all cones": np.eye(3),
    "red-blind": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "green-blind": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "blue-blind": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def cielab(linear: np.ndarray) -> np.ndarray:
    """CIELAB under D65 of linear RGB (n, 3)."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(linear @ to_xyz.T / [0.9505, 1, 1.089]).T  # none is near black, where the cube root ends
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


@pytest.mark.parametrize(
    ("eyes", "least"), [("all cones", 30), ("red-blind", 18), ("green-blind", 18), ("blue-blind", 18)]
)
def test_any_two_of_the_seven_can_be_told_apart(eyes, least):
    seen = np.clip(linear_rgb([rgb(c) for c in RUN_COLOURS]) @ np.array(EYES[eyes]).T, 0, 1)
    lab = cielab(seen)
    distances = np.linalg.norm(lab[:, None] - lab[None], axis=-1)[np.triu_indices(len(lab), k=1)]
    assert distances.min() >= least


def test_viridis_anchors():
    """Values of the published table at 0, ¼, ½, ¾ and 1; ours is within 3 of 255 of it."""
    published = [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)]
    assert np.abs(sequential(np.linspace(0, 1, 5), 0, 1).astype(int) - published).max() <= 3


def test_viridis_grows_lighter_all_the_way():
    assert (np.diff(luminance(SEQUENTIAL)) > -1e-3).all()


def test_diverging_is_centred_at_zero():
    blue, zero, orange = diverging(np.array([-2.0, 0.0, 2.0]), 2.0).astype(int)
    assert zero.min() >= 240
    assert np.ptp(zero) <= 3
    assert blue[2] > blue[0] + 50  # blue below
    assert orange[0] > orange[2] + 50  # orange above
    light = luminance(DIVERGING)
    assert np.diff(light[:128]).min() > -1e-3
    assert np.diff(light[128:]).max() < 1e-3
    assert np.abs(light - light[::-1]).max() < 0.12  # the same magnitude is about as dark on either side


def test_colours_beyond_the_scale_are_its_ends_and_nan_is_grey():
    values = np.array([[-np.inf, -5, 5, np.inf, np.nan]])
    painted = sequential(values, 0, 1)
    assert painted.shape == (1, 5, 3)
    assert painted.dtype == np.uint8
    assert (painted[0, :2] == SEQUENTIAL[0]).all()
    assert (painted[0, 2:4] == SEQUENTIAL[-1]).all()
    assert (painted[0, 4] == 128).all()
    assert (diverging(values, 1.0)[0, 4] == 128).all()


def test_limits_are_shared_finite_and_symmetric_if_signed():
    maps = [np.array([1.0, np.nan]), np.array([[-3.0, np.inf]])]
    assert limits(*maps) == (-3, 1)
    assert limits(*maps, signed=True) == (-3, 3)
    assert limits(np.zeros(4)) == (0, 1)
    assert limits(np.full(4, np.nan), signed=True) == (-1, 1)
    assert limits() == (0, 1)


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_the_theme_has_these_colours(appearance):
    theme = tomllib.loads(CONFIG.read_text())["theme"][appearance]
    tenths = np.linspace(0, 255, 10).round().astype(int)
    assert theme["chartCategoricalColors"] == list(RUN_COLOURS)
    for key, table in (("chartSequentialColors", SEQUENTIAL), ("chartDivergingColors", DIVERGING)):
        assert theme[key] == ["#{:02x}{:02x}{:02x}".format(*table[i]) for i in tenths]
    assert contrast(theme["textColor"], theme["backgroundColor"]) > 10
