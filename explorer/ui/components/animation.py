"""Images that the browser plays by itself: it has all frames at once, and asks nothing of the server."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from explorer.ui.components.click_image import component_key
from explorer.ui.components.component import component

HTML = """
<figure>
  <div class="panels"></div>
  <div class="row">
    <button type="button" data-act="play"></button>
    <input type="range" min="0" step="1" aria-label="Epoch">
    <output></output>
  </div>
</figure>
"""
_ANIMATION = component(__file__, HTML)


@dataclass(frozen=True)
class Panel:
    """One of the images that play together. Images are links by `charts.data_url`."""

    heading: str
    alt: str
    frames: Sequence[str]  # of one size, as many as captions
    columns: int  # of its tiles
    labels: Sequence[str]  # on each tile, row by row
    below: str = ""  # an image with the same tiles that stands still
    says: str = ""  # what that image shows


def animation(panels: Sequence[Panel], captions: Sequence[str], key: str) -> None:
    """The panels beside each other, with one slider, one play button, and the caption of the frame shown.

    It begins at the last frame; play goes from the first.
    """
    frames = tuple(link for panel in panels for link in (*panel.frames, panel.below))
    _ANIMATION(
        key=component_key(key),
        data={"id": f"{key} {hash(frames)}", "panels": [asdict(panel) for panel in panels], "captions": captions},
    )
