"""Images that the browser plays on its own: it has all frames from the start and asks the server for nothing."""

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
    """One of the images that play together. Images are data URLs by `charts.data_url`."""

    heading: str
    alt: str
    frames: Sequence[str]  # all of one size, one per caption
    columns: int  # columns of tiles
    labels: Sequence[str]  # one per tile, row by row
    below: str = ""  # a still image with the same tiles
    says: str = ""  # what the still image shows


def animation(panels: Sequence[Panel], captions: Sequence[str], key: str) -> None:
    """Show the panels side by side, with one slider, one play button, and the caption of the current frame.

    The animation stands at the last frame; playing starts from the first.
    """
    frames = tuple(link for panel in panels for link in (*panel.frames, panel.below))
    _ANIMATION(
        key=component_key(key),
        data={"id": f"{key} {hash(frames)}", "panels": [asdict(panel) for panel in panels], "captions": captions},
    )
