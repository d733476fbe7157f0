"""What a unit sees, alone: the pixels of its square, grey where there is no image."""

import numpy as np

from explorer.charts.field_image import field_part, receptive_square
from explorer.insights.receptive_field import Field

IMAGE = np.arange(64, dtype=np.uint8).reshape(1, 8, 8)


def test_the_part_is_the_square():
    part = field_part(IMAGE, Field(3, 2, 1), (1, 2), side=3)  # rows 1 to 3, columns 3 to 5
    np.testing.assert_array_equal(part[..., 0], IMAGE[0, 1:4, 3:6])
    assert field_part(IMAGE, Field(3, 2, 1), (1, 2), side=12).shape == (12, 12, 3)


def test_what_lies_outside_is_grey():
    part = field_part(IMAGE, Field(3, 2, 1), (0, 0), side=3)
    assert (part[0] == 128).all()
    assert (part[:, 0] == 128).all()
    np.testing.assert_array_equal(part[1:, 1:, 0], IMAGE[0, :2, :2])
    whole = field_part(IMAGE, Field(10, 1, 1), (0, 0), side=10)
    np.testing.assert_array_equal(whole[1:9, 1:9, 0], IMAGE[0])


def test_the_middle_of_a_square_that_is_not_seen_is_marked():
    large = Field(33, 1, 16)
    plain, marked = (receptive_square(IMAGE, large, (4, 4), side=80, outside=0, centre=c) for c in (False, True))
    changed = np.argwhere((plain != marked).any(axis=2))
    assert abs(changed.mean(axis=0) - (4.5 * 10 - 0.5)).max() < 1.5
