"""Removes the printed lines of ruled and squared paper, and keeps what was written across them."""

import numpy as np

RULE = 0.75  # of the width: a straight line that covers more was printed
HAIRLINE = 0.03  # of the height: a thicker line was not
STEEPEST = 0.1  # rise over run, about 6 degrees


def without_rules(mask: np.ndarray) -> np.ndarray:
    """Without straight lines across the page, horizontal or vertical; if a stroke crosses one, the stroke stays."""
    for turned in (False, True):  # ruled and squared paper
        cleaned = _without_level_rules(mask.T).T if turned else _without_level_rules(mask)
        if cleaned.sum() > 0.05 * mask.sum():  # else the digit was taken for a line: a 1 as tall as its image
            mask = cleaned
    return mask


def _without_level_rules(mask: np.ndarray) -> np.ndarray:
    """A Hough transform for nearly horizontal lines: for each slope, how many columns have ink on each sheared row?"""
    height, width = mask.shape
    rows, columns = mask.nonzero()
    covers = []
    for slope in np.linspace(-STEEPEST, STEEPEST, 81):
        level = np.rint(rows - slope * columns).astype(int) + width
        covers.append((np.bincount(level, minlength=1), level))
    cover, level = max(covers, key=lambda pair: pair[0].max())
    ruled = cover > RULE * width
    thick = run_lengths(ruled[:, None])[:, 0]
    ruled &= thick <= max(2, HAIRLINE * height)
    if not ruled.any():
        return mask
    thickness = thick[ruled].max()
    near = np.convolve(ruled, np.ones(2 * thickness + 1), mode="same") > 0
    printed = near[level] & (run_lengths(mask)[rows, columns] <= 2 * thickness + 1)
    cleaned = mask.copy()
    cleaned[rows[printed], columns[printed]] = False
    return cleaned


def run_lengths(mask: np.ndarray) -> np.ndarray:
    """For each true pixel of a bool (H, W), the length of the vertical run that it belongs to; int (H, W), else 0."""
    columns = np.pad(mask, ((1, 0), (0, 0))).T  # a false pixel before each column ends the run of the one before
    starts = columns & ~np.roll(columns, 1, axis=1)
    run = starts.ravel().cumsum().reshape(columns.shape)
    length = np.bincount(run[columns], minlength=run.max() + 1)
    return np.where(columns, length[run], 0).T[1:]
