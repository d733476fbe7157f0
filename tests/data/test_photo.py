"""An image becomes what its network takes."""

import numpy as np
import pytest
from PIL import Image

from explorer.data import DATASETS, InputSpec, network_input

OWN = InputSpec("folder:pets", 3, 48, ("cat", "dog"))
GREY = InputSpec("folder:scans", 1, 16, ("a", "b"))


def test_an_image_of_the_data_sets_own_size_is_not_changed():
    pixels = np.random.RandomState(0).randint(0, 256, (32, 32, 3)).astype(np.uint8)
    assert (network_input(Image.fromarray(pixels), DATASETS["cifar10"].input_spec) == pixels.transpose(2, 0, 1)).all()


def test_the_middle_square_is_seen():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, 30:70] = 200
    assert (network_input(Image.fromarray(wide), OWN) == 200).all()


def test_letterboxed_all_of_an_image_is_seen_between_bars_of_its_mean_colour():
    wide = np.zeros((40, 100, 3), np.uint8)
    wide[:, :50] = 200
    shown = network_input(Image.fromarray(wide), OWN, letterbox=True)
    rows = round(48 * 40 / 100)
    assert (shown[:, 24, :20] == 200).all()
    assert (shown[:, 24, -20:] == 0).all()
    assert np.abs(shown[:, : 24 - rows // 2 - 1].astype(int) - 100).max() <= 3
    assert np.abs(shown[:, 24 + rows // 2 + 1 :].astype(int) - 100).max() <= 3


@pytest.mark.parametrize("size", [(8, 20_000), (20_000, 8), (48, 48), (1, 1)])
def test_letterboxed_any_image_has_the_networks_size(size):
    assert network_input(Image.new("RGB", size, "teal"), OWN, letterbox=True).shape == (3, 48, 48)
    assert network_input(Image.new("L", size, 90), GREY, letterbox=True).shape == (1, 16, 16)


def test_a_square_is_the_same_cropped_and_letterboxed():
    square = Image.fromarray(np.random.RandomState(0).randint(0, 256, (90, 90, 3)).astype(np.uint8))
    assert (network_input(square, OWN) == network_input(square, OWN, letterbox=True)).all()


def test_clothes_come_out_light_on_black():
    shirt = Image.new("RGB", (300, 400), (250, 250, 250))
    shirt.paste((40, 60, 90), (100, 150, 180, 310))  # 80 × 160
    page = network_input(shirt, DATASETS["fashion-mnist"].input_spec)[0]
    rows, columns = np.flatnonzero(page.any(axis=1)), np.flatnonzero(page.any(axis=0))
    assert (rows[0], rows[-1]) == (2, 29)
    assert (columns[0], columns[-1]) == (9, 22)
    assert page.max() > 180


def test_an_image_from_fashion_mnist_is_not_changed():
    page = np.zeros((32, 32), np.uint8)
    page[2:30, 7:25] = np.random.RandomState(0).randint(60, 256, (28, 18))
    assert (network_input(Image.fromarray(page), DATASETS["fashion-mnist"].input_spec)[0] == page).all()
