"""Of several frames the first that shows something is taken, and it is said which."""

import io

import numpy as np
import pytest
from PIL import Image

from explorer.data import frames, open_image, open_with_remarks
from explorer.errors import UserError

RED = Image.new("RGB", (60, 40), "white")
RED.paste((220, 20, 20), (10, 10, 30, 30))
BLUE = Image.new("RGB", (60, 40), "white")
BLUE.paste((20, 20, 220), (10, 10, 30, 30))
WHITE, BLACK = Image.new("RGB", (60, 40), "white"), Image.new("RGB", (60, 40), "black")
CLEAR = Image.new("RGBA", (60, 40))
KINDS = "GIF", "WEBP", "PNG", "AVIF", "TIFF"


def saved(kind: str, *frames_of: Image.Image) -> bytes:
    content = io.BytesIO()
    still = {"PNG": {"disposal": 1}}.get(kind, {})
    frames_of[0].save(content, kind, save_all=True, append_images=frames_of[1:], **still)
    return content.getvalue()


def reddish(image: Image.Image) -> bool:
    middle = np.asarray(image)[20, 20].astype(int)
    return middle[0] > middle[2] + 100


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_frame_is_taken_where_it_shows_something(kind):
    opened = open_with_remarks(saved(kind, RED, BLUE))
    assert reddish(opened.image)
    (remark,) = opened.remarks
    assert remark.endswith(f"{'page' if kind == 'TIFF' else 'frame'} 1 was used.")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blank", [(WHITE,), (WHITE, BLACK)], ids=["one", "two"])
def test_blank_frames_are_passed_over_and_counted(kind, blank):
    opened = open_with_remarks(saved(kind, *blank, RED, BLUE))
    assert reddish(opened.image)
    (remark,) = opened.remarks
    assert f" {len(blank) + 1} was used: " in remark
    assert ("1 is blank" if len(blank) == 1 else "1 to 2 are blank") in remark


def test_a_transparent_frame_is_blank():
    content = saved("WEBP", CLEAR, RED.convert("RGBA"))
    assert reddish(open_image(content))
    assert "frame 2 was used: frame 1 is blank" in open_with_remarks(content).remarks[0]


def test_where_all_frames_are_blank_it_is_said():
    opened = open_with_remarks(saved("GIF", WHITE, BLACK, WHITE))
    assert (np.asarray(opened.image) == 255).all()
    assert opened.remarks == ("It has several frames, and all that were examined are blank; frame 1 was used.",)


def test_one_frame_needs_no_remark():
    for kind in KINDS:
        assert open_with_remarks(saved(kind, WHITE)).remarks == ()


def test_no_more_pixels_are_decoded_than_allowed(monkeypatch):
    monkeypatch.setattr(frames, "PIXELS", 3 * 60 * 40)
    assert "frame 1 was used" in open_with_remarks(saved("GIF", WHITE, BLACK, WHITE, RED)).remarks[0]
    assert "frame 3 was used" in open_with_remarks(saved("GIF", WHITE, BLACK, RED)).remarks[0]


def test_a_later_page_that_is_too_large_is_refused_before_it_is_decoded():
    content = saved("TIFF", WHITE, Image.new("1", (9000, 6000)))
    with pytest.raises(UserError, match="9000 × 6000 pixels, over 50 million"):
        open_image(content)
