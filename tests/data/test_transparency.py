"""What is visible stays visible, whatever its colour."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from explorer.data import DATASETS, network_input, open_image, open_with_remarks
from explorer.data.transparency import BLACK, NOTHING

GRADIENT = np.linspace(0, 255, 40 * 60).reshape(40, 60).astype(np.uint8)
COLOUR = np.stack([GRADIENT, GRADIENT[::-1], GRADIENT[:, ::-1]], axis=-1)


def png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def stroke(colour: str, mode: str = "RGBA") -> bytes:
    """A seven on a transparent background."""
    page = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(page).line([(60, 50), (140, 50), (90, 160)], fill=colour, width=16, joint="curve")
    return png(page.convert(mode))


def test_an_image_of_mixed_brightness_is_laid_on_white():
    clear = np.dstack([COLOUR, np.zeros((40, 60), np.uint8)])
    clear[:, 30:, 3] = 255
    opened = open_with_remarks(png(Image.fromarray(clear)))
    shown = np.asarray(opened.image)
    assert (shown[:, :30] == 255).all()
    assert (shown[:, 30:] == COLOUR[:, 30:]).all()
    assert opened.remarks == ()


@pytest.mark.parametrize("colour", ["white", "yellow", "#dddddd", "black", "blue", "#d62728"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_strokes_of_any_colour_on_a_transparent_ground_are_ink(colour, mode):
    inked = network_input(open_image(stroke(colour, mode)), DATASETS["mnist"].input_spec)[0].astype(float)
    black = network_input(open_image(stroke("black")), DATASETS["mnist"].input_spec)[0].astype(float)
    assert np.corrcoef(inked.ravel(), black.ravel())[0, 1] > 0.97


def test_the_ground_is_named_where_it_is_black():
    assert open_with_remarks(stroke("white")).remarks == (BLACK,)
    assert open_with_remarks(stroke("black")).remarks == ()


def test_a_window_with_round_corners_keeps_its_white_background():
    window = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(window).rounded_rectangle((0, 0, 199, 199), 20, fill="white")
    opened = open_with_remarks(png(window))
    assert (np.asarray(opened.image) == 255).all()
    assert opened.remarks == ()


def test_what_is_wholly_transparent_is_white_and_said():
    opened = open_with_remarks(png(Image.new("RGBA", (50, 50), (10, 200, 30, 0))))
    assert (np.asarray(opened.image) == 255).all()
    assert opened.remarks == (NOTHING,)
