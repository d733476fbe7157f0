"""The share of the training images that is used: a slider of the shares one would choose."""

from contextlib import suppress

from explorer.options import options_of
from explorer.training import TrainConfig
from explorer.ui import choices

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
FIELD = "fraction"  # of TrainConfig


def pick_share(key: str) -> float:
    """A fraction; one that a link or a button has chosen is offered, too."""
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
    """What the visitor has now and what the link says, as far as it is possible."""
    found = []
    for text in (choices.value_of(key), *(choices.linked(key) or ())):
        with suppress(TypeError, ValueError):
            share = float(text)
            if 1e-6 <= share <= 1:
                found.append(TrainConfig(fraction=share).fraction)
    return found
