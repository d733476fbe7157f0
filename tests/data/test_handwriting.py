"""A photo of a digit comes out as the data set would show that digit."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from explorer.data import DATASETS, InputSpec, load, network_input
from explorer.data.handwriting import otsu, stroke_width
from explorer.data.ink import mnist_layout, thicker
from explorer.data.ruled_lines import run_lengths, without_rules
from explorer.errors import UserError
from tests.data.paper import photograph

DIGITS, MNIST = DATASETS["digits"].input_spec, DATASETS["mnist"].input_spec
COUNT = 60  # photos of a kind, from one end of the test images to the other: three writers
PAPER, PEN = (240, 238, 230), (30, 30, 90)


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def network_sees(image, spec=MNIST):
    return network_input(image, spec)[0]


def likeness(one, other):
    """Correlation of pages, (N,)."""
    one, other = (np.reshape(pages, (len(pages), -1)).astype(float) for pages in (one, other))
    one, other = (pages - pages.mean(axis=1, keepdims=True) for pages in (one, other))
    return (one * other).sum(axis=1) / np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))


def nearest(train, pages):
    """The label of the training image that each page resembles most."""
    vectors = [np.reshape(some, (len(some), -1)).astype(np.float32) for some in (train.pixels, pages)]
    unit = [(v - v.mean(axis=1, keepdims=True)) / v.std(axis=1, keepdims=True) for v in vectors]
    return train.labels[(unit[1] @ unit[0].T).argmax(axis=1)]


def drawing(width=14, size=(600, 800), pen=PEN, paper=PAPER):
    """A 7 without any shading, its strokes `width` pixels wide."""
    page = Image.new("RGB", size, paper)
    points = [(size[0] * x, size[1] * y) for x, y in ((0.3, 0.3), (0.62, 0.29), (0.5, 0.5), (0.42, 0.72))]
    ImageDraw.Draw(page).line(points, fill=pen, width=width, joint="curve")
    return page


@pytest.mark.parametrize("spec", [DIGITS, MNIST], ids=lambda spec: spec.name)
@pytest.mark.parametrize(
    "kind",
    [{}, {"size": (200, 300)}, {"rules": True}, {"light_on_dark": True}],
    ids=["paper", "wide", "ruled", "chalk"],
)
def test_a_photo_looks_like_its_digit(kind, spec, digits):
    """Measured: likeness at least 0.80, on average 0.94; the nearest training image, of another writer, is right for
    0.92 of the clean digits and for 0.88 to 0.92 of the photos."""
    spread = np.linspace(0, len(digits.test) - 1, COUNT).astype(int)
    pages, labels = digits.test.pixels[spread, 0], digits.test.labels[spread]
    photos = [
        network_sees(Image.fromarray(photograph(page, number, **kind)), spec) for number, page in enumerate(pages)
    ]
    assert likeness(photos, pages).min() > 0.79
    assert likeness(photos, pages).mean() > 0.92
    right = [(nearest(digits.train, some) == labels).mean() for some in (pages, photos)]
    assert right[1] > right[0] - 0.05


def test_a_digit_of_the_data_set_is_not_changed(digits):
    """But for a few whose centre of mass lies between two pixels."""
    pages = digits.test.pixels[:, 0]
    same = [np.abs(network_sees(Image.fromarray(page), DIGITS).astype(int) - page).max() <= 1 for page in pages]
    assert np.mean(same) > 0.98


def test_a_digit_of_28_pixels_is_not_changed_but_centred(digits):
    page = digits.test.pixels[0, 0]
    for cut in (page[2:30, 2:30], page[1:29, 4:32], 255 - page[2:30, 2:30]):
        assert np.abs(network_sees(Image.fromarray(cut)).astype(int) - page).max() <= 1


def test_layout_is_mnists():
    """LeCun et al. 1998: aspect kept, longer side 20, centre of mass in the middle, 2 pixels of padding."""
    page = mnist_layout(np.ones((100, 50)))
    rows, columns = (np.flatnonzero(page.any(axis=axis)) for axis in (1, 0))
    assert (len(rows), len(columns)) == (20, 10)
    assert abs(rows.mean() - 16) <= 0.5
    assert abs(columns.mean() - 16) <= 0.5
    assert page.max() == 255


@pytest.mark.parametrize("shape", [(1, 400), (400, 1), (3, 3)])
def test_layout_of_odd_shapes(shape):
    assert mnist_layout(np.ones(shape)).shape == (32, 32)


def test_layout_of_ink_that_is_heavy_at_one_end_stays_on_the_page():
    spike = np.zeros((20, 20))
    spike[:, 0] = 0.01
    spike[19] = 1
    assert mnist_layout(spike).any()


def test_the_size_of_the_photo_does_not_matter():
    small, large = drawing(14), drawing(56, size=(2400, 3200))
    assert likeness([network_sees(small)], [network_sees(large)])[0] > 0.97


@pytest.mark.parametrize(
    "other",
    [
        drawing(6),  # a ball pen
        drawing(20, pen=(190, 190, 190)),  # a pencil
        drawing(pen=(250, 120, 160)),
        drawing(paper=(250, 230, 90)),
        drawing(pen=(230, 230, 230), paper=(40, 70, 50)),  # chalk
    ],
    ids=["ball pen", "pencil", "pink", "yellow paper", "chalk"],
)
def test_the_pen_and_the_paper_do_not_matter(other):
    assert likeness([network_sees(other)], [network_sees(drawing())])[0] > 0.85


@pytest.mark.parametrize("place", ["ruled", "squared", "specks", "beside a table", "on a table"])
def test_what_is_around_does_not_matter(place):
    page = drawing()
    draw = ImageDraw.Draw(page)
    if place in ("ruled", "squared"):
        for row in range(20, 800, 35):
            draw.line([(0, row), (600, row + 12 * (place == "ruled"))], fill=(150, 180, 220), width=2)
    if place == "squared":
        for column in range(10, 600, 35):
            draw.line([(column, 0), (column, 800)], fill=(150, 180, 220), width=2)
    if place == "specks":
        for corner in ((50, 50), (500, 700), (90, 600)):
            draw.ellipse((*corner, corner[0] + 12, corner[1] + 12), fill=PEN)
    if place == "beside a table":
        draw.rectangle((0, 0, 60, 800), fill=(90, 60, 40))
    if place == "on a table":
        table = Image.new("RGB", (1000, 1200), (90, 60, 40))
        table.paste(page.rotate(4, expand=True, fillcolor=(90, 60, 40)), (200, 150))
        page = table
    assert likeness([network_sees(page)], [network_sees(drawing())])[0] > 0.85


def test_a_stroke_as_tall_as_its_image_is_no_ruled_line():
    pad = Image.new("L", (280, 280), 255)
    ImageDraw.Draw(pad).line([(140, 0), (140, 280)], fill=0, width=6)
    assert likeness([network_sees(pad)], [mnist_layout(np.ones((20, 2)))])[0] > 0.8


def test_other_sizes_and_channels():
    spec = InputSpec("other", 3, 48, ("0", "1"), preparation="digit")
    assert network_input(drawing(), spec).shape == (3, 48, 48)


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("RGB", (300, 200), "white"),
        Image.new("RGB", (300, 200), "black"),
        Image.new("RGB", (32, 32), "white"),
        Image.new("RGB", (28, 28), "black"),
        Image.new("RGB", (3000, 8), "white"),
        Image.fromarray(photograph(np.zeros((28, 28), np.uint8), 0)),  # light and shadow on empty paper
        Image.fromarray((200 + np.random.RandomState(0).normal(0, 8, (300, 200))).astype(np.uint8)),
    ],
)
def test_without_ink_one_sentence(blank):
    with pytest.raises(UserError, match="No ink found: use an image"):
        network_sees(blank)


@pytest.mark.parametrize("size", [(8, 8), (9, 400), (3000, 8), (41, 41), (700, 20)])
def test_any_image_gives_a_page_or_a_sentence(size):
    random = np.random.RandomState(0)
    noise = Image.fromarray(random.randint(0, 256, (size[1], size[0], 3)).astype(np.uint8))
    for image in (noise, drawing().resize(size), drawing(pen=PAPER, paper=PEN).resize(size)):
        for spec in (DIGITS, MNIST):
            try:
                assert network_sees(image, spec).shape == (32, 32)
            except UserError as error:
                assert "No ink found" in str(error)  # noqa: PT017


def test_run_lengths():
    mask = np.array([[1, 0], [1, 1], [0, 1], [1, 1]], bool)
    assert run_lengths(mask).tolist() == [[2, 0], [2, 3], [0, 3], [1, 3]]


def test_a_stroke_across_a_line_stays_whole():
    mask = np.zeros((60, 90), bool)
    mask[30:32] = True
    mask[10:50, 40:44] = True
    cleaned = without_rules(mask)
    assert cleaned[10:50, 40:44].all()
    assert cleaned.sum() == 40 * 4


def test_otsu_separates_two_groups():
    assert 0.2 < otsu(np.array([0.1, 0.12, 0.15, 0.2, 0.8, 0.9])) < 0.8


def test_stroke_width():
    page = np.zeros((40, 40))
    page[5:35, 18:23] = 1
    assert stroke_width(page) == pytest.approx(5, abs=0.5)
    assert stroke_width(thicker(page)) == pytest.approx(7, abs=0.5)
