"""Whatever is uploaded: an image of the right shape, or one sentence; in little time and memory, without a warning."""

import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from explorer.data import DATASETS, network_input, open_image
from explorer.errors import UserError
from tests.data import hostile

FILES = hostile.files()
SPECS = [DATASETS[name].input_spec for name in ("digits", "cifar10", "fashion-mnist")]
SECONDS = 20  # for one file, on a busy machine; alone the slowest takes 2
MEGABYTES = 1000  # in use at most, Python and NumPy included


def sentence_or_none(content: bytes) -> str | None:
    """The sentence that refuses it, or None where every network gets its image, uint8 (C, 32, 32)."""
    try:
        image = open_image(content)
    except UserError as error:
        return str(error)
    assert image.mode == "RGB"
    for spec in SPECS:
        for letterbox in (False, True):
            try:
                pixels = network_input(image, spec, letterbox)
            except UserError as error:  # an image may well show no digit
                assert str(error).startswith("No ink found: use an image of one large digit")  # noqa: PT017
                assert spec.preparation == "digit"
            else:
                assert pixels.dtype == np.uint8
                assert pixels.shape == spec.shape
    return None


def test_there_are_at_least_200():
    assert len(FILES) >= 200
    assert len(set(FILES.values())) > 0.95 * len(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_file_gets_a_clear_answer(name):
    start = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sentence = sentence_or_none(FILES[name])
    assert time.monotonic() - start < SECONDS
    if sentence is not None:
        assert len(sentence.splitlines()) == 1
        assert sentence.startswith("The file ")
        assert ": " in sentence, f"no remedy: {sentence}"
        assert sentence.endswith(".")
        assert len(sentence) < 200


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "is an empty file: choose another"),
        ("PNG of 1 × 1", "has 1 × 1 pixels: a side needs at least 8"),
        ("PNG of 1 × 10000", "has 1 × 10000 pixels: a side needs at least 8"),
        ("PNG of 20,000 × 20,000", "more than 50 million pixels: make it smaller"),
        ("JPEG of 2,000 scans", "would be decoded 2010 times over: save it again"),
        ("heic", "cannot be read as an image: use a PNG, JPEG"),
        ("svg", "cannot be read as an image: use a PNG, JPEG"),
    ],
)
def test_what_the_sentence_says(name, sentence):
    with pytest.raises(UserError, match=sentence):
        open_image(FILES[name])


@pytest.mark.parametrize(
    "name",
    ["TIFF of NaN", "GIF of four frames", "PNG of four frames", "MPO of two photos", "EXIF of 5 MB", "TIFF of 16 bits"],
)
def test_what_is_an_image_is_read(name):
    assert open_image(FILES[name]).size == (60, 40)


def test_a_large_image_comes_smaller():
    width, height = open_image(FILES["PNG of 7,000 × 7,000, grey"]).size
    assert (width, height) == (1750, 1750)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux, which tells what a process used")
def test_memory_is_bounded():
    """Of those made to fill it, one after another, in a process of its own: the most that was ever in use."""
    code = """
from tests.data.test_hostile_images import hostile, peak, sentence_or_none
for _, file in hostile.bombs():
    sentence_or_none(file)
print(peak())
"""
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) < MEGABYTES, f"{run.stdout} MB"


def peak() -> int:
    """The most memory that this process ever had in use, in MB."""
    # Not getrusage, which counts what the process that started this one had in use.
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
