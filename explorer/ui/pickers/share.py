"""The share of the training images that is used: a slider with common shares."""

from contextlib import suppress

from explorer.options import options_of
from explorer.training import TrainConfig
from explorer.ui import choices

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
FIELD = "fraction"  # of TrainConfig


def pick_share(key: str) -> float:
    """A fraction of the training images; also offers a share that a link or a button has set."""
    shares = sorted({*SHARES, *_wanted(key)})
    return choices.select_slider(
        "Share of the images",
        shares,
        key,
        1.0,
        format_func=lambda share: f"{100 * share:g} %",
        width=230,
        help=options_of(TrainConfig())[FIELD].help,
    )


def _wanted(key: str) -> list[float]:
    """The visitor's current share and that of the link, if it is possible."""
    found = []
    for text in (choices.value_of(key), *(choices.linked(key) or ())):
        with suppress(TypeError, ValueError):
            share = float(text)
            if 1e-6 <= share <= 1:
                found.append(TrainConfig(fraction=share).fraction)
    return found
