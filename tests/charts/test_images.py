"""Pixels are shown as pixels, maps on one shared scale."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from explorer.charts.images import data_url, filters_rgb, grid, highest_pixel, map_over, overlay, rgb, tile, upscale
from explorer.charts.palette import DIVERGING, SEQUENTIAL, diverging, limits, sequential

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("n", "columns", "shape"), [(6, 3, (11, 14)), (7, 3, (17, 14)), (1, 8, (5, 4)), (2, 8, (5, 9))]
)
def test_tile_shapes(n, columns, shape):
    """rows·(h + 1) − 1 by columns·(w + 1) − 1, for maps of 5 × 4."""
    tiled = tile(RANDOM.normal(size=(n, 5, 4)), columns, -1, 1)
    assert tiled.shape == (*shape, 3)
    assert tiled.dtype == np.uint8


def test_tiles_lie_row_by_row_with_one_grey_pixel_between():
    maps = np.arange(4.0)[:, None, None] * np.ones((4, 3, 3))
    tiled = tile(maps, 2, 0, 3, factor=2)
    assert tiled.shape == (13, 13, 3)
    colours = sequential(np.arange(4.0), 0, 3)
    assert (tiled[:6, :6] == colours[0]).all()
    assert (tiled[:6, 7:] == colours[1]).all()
    assert (tiled[7:, :6] == colours[2]).all()
    assert (tiled[6] == 128).all()
    assert (tiled[:, 6] == 128).all()


def test_one_scale_for_all_maps():
    """A value has one colour, whichever map it is in and whatever else is in that map."""
    maps = np.stack([np.array([[0.5, 0.0]]), np.array([[0.5, 1.0]])])
    tiled = tile(maps, 1, *limits(maps))
    assert (tiled[0, 0] == tiled[2, 0]).all()
    assert (tiled[0, 1] == SEQUENTIAL[0]).all()
    assert (tiled[2, 1] == SEQUENTIAL[-1]).all()


def test_signed_maps_have_zero_in_the_middle_also_when_limits_are_lopsided():
    tiled = tile(np.zeros((1, 2, 2)), 1, low=-0.1, high=3.0, signed=True)
    assert (tiled == diverging(np.zeros(1), 1)).all()


def test_maps_of_nan_and_constant_maps_do_no_harm():
    assert (tile(np.full((1, 2, 2), np.nan), 1, 0, 1) == 128).all()
    assert tile(np.full((2, 2, 2), 3.0), 2, 3, 3).shape == (2, 5, 3)


def test_upscale_repeats_pixels():
    image = RANDOM.integers(0, 255, (3, 4, 3), dtype=np.uint8)
    large = upscale(image, 5)
    assert large.shape == (15, 20, 3)
    assert (large[::5, ::5] == image).all()
    assert (large[4::5, 4::5] == image).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_rgb_of_one_image_and_of_many(channels):
    images = RANDOM.integers(0, 255, (5, channels, 4, 6), dtype=np.uint8)
    assert rgb(images).shape == (5, 4, 6, 3)
    assert (rgb(images[2]) == rgb(images)[2]).all()
    assert (rgb(images)[..., channels - 1] == images[:, -1]).all()


def test_grid_of_photographs():
    five = RANDOM.integers(0, 255, (5, 4, 6, 3), dtype=np.uint8)
    assert grid(five, 3).shape == (9, 20, 3)
    assert grid(five, 3, factor=2, gap=4).shape == (2 * 8 + 4, 3 * 12 + 2 * 4, 3)


def test_overlay_leaves_the_image_where_the_map_says_nothing():
    image = np.full((1, 4, 4), 77, dtype=np.uint8)
    heat = np.zeros((4, 4))
    heat[1, 1], heat[2, 2] = 1.0, np.nan
    over = overlay(image, heat, 0, 1, strength=1)
    assert (over[0, 0] == 77).all()
    assert (over[2, 2] == 77).all()
    assert (over[1, 1] == SEQUENTIAL[-1]).all()
    assert (overlay(image, heat, 0, 1, strength=0) == 77).all()


def test_overlay_of_signed_maps_is_blue_and_orange():
    image = np.full((3, 1, 2), 128, dtype=np.uint8)
    over = overlay(image, np.array([[-2.0, 2.0]]), -2, 2, strength=1)
    assert (over[0, 0] == DIVERGING[0]).all()
    assert (over[0, 1] == DIVERGING[-1]).all()


def test_overlay_of_an_all_zero_map_is_the_image():
    image = np.full((1, 2, 2), 40, dtype=np.uint8)
    assert (overlay(image, np.zeros((2, 2)), 0, 0) == 40).all()


def test_colour_filters_are_colours_around_grey():
    weights = np.zeros((2, 3, 5, 5), dtype=np.float32)
    weights[1, 0, 2, 2] = 0.4
    kernels = filters_rgb(weights)
    assert kernels.shape == (2, 5, 5, 3)
    assert (kernels[0] == 128).all()
    assert tuple(kernels[1, 2, 2]) == (255, 128, 128)


@pytest.mark.parametrize("channels", [1, 16])
def test_other_filters_are_diverging_on_one_scale_for_all_channels(channels):
    weights = RANDOM.normal(size=(4, channels, 3, 3))
    last = channels - 1
    limit = np.abs(weights).max()
    assert (filters_rgb(weights, last) == diverging(weights[:, last], limit)).all()
    assert (filters_rgb(weights, last, limit=9) == diverging(weights[:, last], 9)).all()


def test_a_small_map_lies_over_its_image_as_squares():
    image = np.zeros((1, 8, 8), dtype=np.uint8)
    heat = np.array([[1.0, 0.0], [0.0, 0.0]])
    over = map_over(image, heat, 0, 1, strength=1, side=32)
    assert over.shape == (32, 32, 3)
    assert (over[:16, :16] == SEQUENTIAL[-1]).all()
    assert (over[16:] == 0).all()
    assert map_over(np.zeros((3, 6, 6), np.uint8), np.zeros((4, 4)), 0, 1, side=7).shape == (6, 6, 3)


def test_a_link_holds_the_pixels():
    image = RANDOM.integers(0, 255, (5, 7, 3), dtype=np.uint8)
    kind, _, content = data_url(image).partition(",")
    assert kind == "data:image/png;base64"
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))), image)


def test_the_cross_is_at_the_highest_pixel_and_the_outline_around_the_object():
    image, heat, mask = np.zeros((1, 32, 32), np.uint8), np.zeros((32, 32)), np.zeros((32, 32), bool)
    mask[:8, 8:16] = True  # at the edge of the image: the outline stays closed
    assert (highest_pixel(image, heat, ~mask & mask) == highest_pixel(image, heat, ~mask & mask)[0, 0]).all(), (
        "nothing to mark"
    )
    outlined = (highest_pixel(image, heat, mask, side=320) == 255).all(-1)
    assert outlined[0, 80:160].all()
    assert not outlined[5:75, 85:155].any()
    assert not outlined[80:].any()
    heat[20, 4], heat[0, 0] = 1, -9  # what speaks against the class does not count
    tall = highest_pixel(image, heat, mask)
    assert tall[205, 45].tolist() == [255, 64, 64]
    assert ((tall == [255, 64, 64]).all(-1).nonzero()[0].mean().round(), tall.shape) == (205, (320, 320, 3))
