"""Images of one digit pass, images of anything else are warned of: rates on what comes with the app.

Measured on more kinds by `python -m benchmarks.out_of_distribution`, on other images than the limits were chosen on.
"""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks import no_digits
from benchmarks.drawn_digits import drawn
from benchmarks.photos import photo
from explorer.data import load, network_input, open_image
from explorer.data.ink_page import ink_page
from explorer.errors import UserError
from explorer.insights.out_of_distribution import detector_for
from explorer.insights.out_of_distribution_score import STATED


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.fixture(scope="module")
def shapes():
    return load("shapes")


@pytest.fixture(scope="module")
def detector(digits):
    return detector_for(digits)


def is_passed(detector, digits, file: bytes) -> bool:
    """Neither warned of nor refused."""
    uploaded = open_image(file)
    try:
        return detector.score(network_input(uploaded, digits.input_spec), uploaded).warning is None
    except UserError:
        return False


def png(pixels: np.ndarray, side: int | None = None) -> bytes:
    """Of uint8 (C, H, W); enlarged to `side` pixels."""
    image = Image.fromarray(pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0))
    content = io.BytesIO()
    (image.resize((side, side), Image.Resampling.BICUBIC) if side else image).save(content, "PNG")
    return content.getvalue()


def printed(character: str) -> bytes:
    """In Pillow's own font."""
    page = Image.new("RGB", (240, 300), "white")
    font = ImageFont.load_default(size=150)
    ImageDraw.Draw(page).text((120, 150), character, fill="black", font=font, anchor="mm")
    return png(np.asarray(page).transpose(2, 0, 1))


FAMILIAR = {
    "test images": lambda digits, n: png(digits.test.pixels[n]),
    "photos of test images": lambda digits, n: photo(digits.test.pixels[n][0], n),
    "drawn": lambda digits, n: drawn(str(n % 10), np.random.RandomState(n)),
}
STRANGE = {
    "parts of photos": lambda n: no_digits.part_of_a_photo(n, np.random.RandomState(n), half=n % 2),
    "filled outlines": lambda n: no_digits.filled_shape(n, np.random.RandomState(n)),
    "noise": lambda n: no_digits.noise(n, np.random.RandomState(n)),
    "blank": lambda n: no_digits.blank(n, np.random.RandomState(n)),
}


@pytest.mark.parametrize("kind", FAMILIAR)
def test_images_of_one_digit_pass(detector, digits, kind):
    """At most 3 of 40: were the true rate 3 %, more than that would come in 3 % of all draws of 40."""
    assert sum(is_passed(detector, digits, FAMILIAR[kind](digits, n)) for n in range(40)) >= 37


@pytest.mark.parametrize("side", [None, 320])
def test_coloured_shapes_are_warned_of_or_refused(detector, digits, shapes, side):
    assert sum(is_passed(detector, digits, png(shapes.test.pixels[n], side)) for n in range(40)) <= 3


@pytest.mark.parametrize("kind", STRANGE)
def test_images_of_something_else_are_warned_of_or_refused(detector, digits, kind):
    """At most 3 of 40 pass: were the true rate 5 %, more would come in 14 % of all draws."""
    assert sum(is_passed(detector, digits, STRANGE[kind](n)) for n in range(40)) <= 3


def test_printed_digits_pass_and_numbers_do_not(detector, digits):
    assert [d for d in "0123456789" if not is_passed(detector, digits, printed(d))] == []
    assert [n for n in ("42", "17", "365") if is_passed(detector, digits, printed(n))] == []


def test_a_digit_of_the_data_set_itself_has_no_page_to_judge(digits):
    assert ink_page(Image.fromarray(digits.test.pixels[0][0])) is None


def test_a_reason_names_its_value_and_its_limit_and_the_farthest_comes_first(detector, digits):
    """Three strokes side by side: they are counted, and together they are too wide."""
    page = Image.new("RGB", (400, 160), "white")
    for left in (40, 150, 260):
        ImageDraw.Draw(page).line([(left, 30), (left + 60, 130)], fill="black", width=14)
    score = detector.score(network_input(page, digits.input_spec), page)
    assert score.reasons[0] == "3 pieces of ink lie side by side (at most 1)"
    assert any("times as wide as tall (at most 1.5)" in reason for reason in score.reasons)
    assert score.warning.count("; ") <= STATED
    assert score.passed is None
    assert score.rule in score.warning


def test_the_most_similar_image_of_a_training_image_is_itself(detector, digits):
    place = int(detector.places[5])
    score = detector.score(digits.train.pixels[place])
    assert (score.nearest, score.warning) == (place, None)
    assert score.rule in score.passed


def bar_on(background: str | tuple[int, int, int] | None = None) -> Image.Image:
    """A black bar of 20 × 180 pixels on white; the lower half of the background in a colour."""
    page = Image.new("RGB", (300, 300), "white")
    draw = ImageDraw.Draw(page)
    if background:
        draw.rectangle((0, 150, 299, 299), fill=background)
    draw.rectangle((140, 60, 159, 239), fill="black")
    return page


def test_around_ink_on_white_there_is_nothing():
    page = ink_page(bar_on())
    assert (page.clutter, page.edges, page.colour, page.things) == (0, 0, 0, 1)
    assert (page.width, page.aspect) == (pytest.approx(20 / 180, abs=0.02), pytest.approx(20 / 180, abs=0.02))


def test_the_colour_of_the_ground_is_measured_near_the_ink():
    """Half of it white, half pale yellow: their difference in (red - green, green - blue) / sum is 0.097."""
    assert ink_page(bar_on((255, 235, 170))).colour == pytest.approx(0.097 / 2, rel=0.05)
    assert ink_page(bar_on((235, 235, 235))).colour < 0.005, "a shadow is no colour"


def test_what_is_dark_beside_the_ink_is_measured():
    """A block wider than any stroke is no ink, and as dark: its part near the ink is many times the bar."""
    page = bar_on()
    ImageDraw.Draw(page).rectangle((175, 40, 299, 299), fill=(20, 20, 20))
    assert ink_page(page).clutter > 1
