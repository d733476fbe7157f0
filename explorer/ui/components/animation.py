"""Images that the browser plays by itself: it has all frames at once, and asks nothing of the server."""

from explorer.ui.components.click_image import component_key
from explorer.ui.components.component import component

HTML = """
<figure>
  <img alt="">
  <div class="row">
    <button type="button" data-act="play"></button>
    <input type="range" min="0" step="1" aria-label="Epoch">
    <output></output>
  </div>
</figure>
"""
_ANIMATION = component(__file__, HTML)


def animation(frames: list[str], captions: list[str], alt: str, key: str) -> None:
    """Images of one size, as links by `charts.data_url`, with a slider, a play button, and the caption of the one
    shown.

    It begins at the last frame; play goes from the first.
    """
    _ANIMATION(
        key=component_key(key),
        data={"id": f"{key} {hash(tuple(frames))}", "frames": frames, "captions": captions, "alt": alt},
    )
