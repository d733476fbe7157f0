"""Rare kinds of images are decoded in a process apart, with a limit of memory and time; nobody waits for another's."""

import os
import signal
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from explorer.data import apart, decoder, open_image
from explorer.data.quiet import quiet
from explorer.errors import UserError

from .test_image_file import COLOUR, colour


@pytest.fixture
def alone(monkeypatch):
    """No process is there yet, and none stays."""
    monkeypatch.setattr(apart, "_waiting", [])
    yield
    for process in apart._waiting:
        apart._end(process)


def test_rare_kinds_are_not_decoded_here(monkeypatch):
    def decoded(self):
        raise AssertionError("decoded in the app's own process")

    monkeypatch.setattr(TiffImagePlugin.TiffImageFile, "load", decoded)
    monkeypatch.setattr(Image, "open", decoded)
    for kind in ("TIFF", "PPM", "AVIF"):
        image = open_image(colour(kind))
        assert np.abs(np.asarray(image).astype(int) - COLOUR).mean() < 8, kind
    with pytest.raises(UserError, match="'cut' is damaged or incomplete"):
        open_image(colour("TIFF")[:-2000], "'cut'")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_its_memory_is_limited(alone):
    open_image(colour("TIFF"))
    (process,) = apart._waiting
    limits = Path(f"/proc/{process.pid}/limits").read_text()
    assert f"Max address space         {decoder.MEMORY}" in limits


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs a process that can be made to stand still")
def test_a_decoder_that_takes_too_long_or_dies_costs_that_image_alone(alone, monkeypatch):
    open_image(colour("TIFF"))
    apart._waiting[0].kill()  # while nobody needs it: nobody notices
    apart._waiting[0].wait()
    assert open_image(colour("TIFF")).size == (60, 40)
    with monkeypatch.context() as hurried:
        hurried.setattr(apart, "SECONDS", 0.1)
        (process,) = apart._waiting
        os.kill(process.pid, signal.SIGSTOP)  # it would take for ever
        with pytest.raises(UserError, match="'a' needs too much memory or time"):
            open_image(colour("TIFF"), "'a'")
    assert open_image(colour("TIFF")).size == (60, 40)


def test_thirty_uploads_do_not_wait_for_one():
    """One is in the middle of its image; and as the last one leaves, warnings are as they were."""
    before = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        with quiet():
            images = list(pool.map(open_image, [colour("PNG")] * 30, timeout=20))
        assert len(images) == 30
        list(pool.map(open_image, [colour("TIFF"), colour("JPEG")] * 8, timeout=20))
    assert list(warnings.filters) == before
