"""Charts as SVG without a browser, always the same text, and images for print."""

import base64
import io
import math
import re
from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd
from PIL import Image

from explorer.charts.images import upscale
from explorer.charts.named import with_names
from explorer.charts.palette import dash_at
from explorer.charts.sizes import svg_theme

WIDTH = 640  # pixels of a chart
DPI, INCHES = 300, 6.4  # of a PNG: the width of a page's text
INK, GRID = "#1f2328", "#d0d7de"
# Charts are laid out with the letter widths of Arial; a computer without such a font has wider letters.
GENERIC, LETTERS = 'font-family="sans-serif"', "font-family=\"Arial, 'Liberation Sans', Helvetica, sans-serif\""
WIDER = 1.5  # pixels per letter: how much wider they are at most
AT_THE_SIDE = re.compile(r'<text text-anchor="end"[^>]*>([^<]*)</text>')
SIZE = re.compile(r'width="(\d+)" height="(\d+)" viewBox="0 0 \d+ \d+"><rect width="\d+"')
SPOKEN = re.compile(r' (?:aria-label|aria-roledescription|role|aria-hidden)="[^"]*"')  # a figure has its own


def svg(chart: alt.Chart, names: Mapping[str, str], key: str, places: Sequence[str] = ()) -> str:
    """A chart as one line of SVG in light colours, with the names of the runs. `key`: makes its ids different from
    those of other charts on the page. `places`: runs whose dashes follow their places here, as those of variants do."""
    spec = chart.to_dict(validate=False)
    for layer in spec.get("layer", []) if places else []:
        if dash := layer["encoding"].get("strokeDash"):
            dash["scale"]["range"] = [dash_at(places.index(run)) for run in dash["scale"]["domain"]]
    frames = {name: pd.DataFrame(rows) for name, rows in spec.get("datasets", {}).items()}
    return svg_of(with_names({**spec, "datasets": frames}, names), key)


def svg_of(named: dict, key: str) -> str:
    """Like `svg`, for a specification with names whose `datasets` are DataFrames."""
    import vl_convert

    tables = {name: _rows(frame) for name, frame in named["datasets"].items()}
    sized = {**named, "datasets": tables, "background": "white"}
    if sized.get("width") == "container":
        sized |= {"width": WIDTH, "autosize": {"type": "pad", "contains": "padding"}}
    drawn = vl_convert.vegalite_to_svg(sized, config=svg_theme(INK, GRID), show_warnings=False)
    drawn = SPOKEN.sub("", " ".join(drawn.split())).replace(GENERIC, LETTERS)
    return own_ids(_with_room(drawn), key)


def _with_room(drawn: str) -> str:
    """Adds room on the left, so that wider letters do not cut off the names there."""
    longest = max(map(len, AT_THE_SIDE.findall(drawn)), default=0)
    room = round(WIDER * longest)
    return SIZE.sub(
        lambda size: (
            f'width="{int(size[1]) + room}" height="{size[2]}" viewBox="-{room} 0 {int(size[1]) + room} {size[2]}">'
            f'<rect x="-{room}" width="{int(size[1]) + room}"'
        ),
        drawn,
        count=1,
    )


def png(drawn: str) -> bytes:
    """An SVG as PNG for print: DPI dots per inch; a chart of WIDTH pixels becomes INCHES wide."""
    import vl_convert

    return vl_convert.svg_to_png(drawn, scale=72 * INCHES / WIDTH, ppi=DPI)


def printed(image: np.ndarray | str) -> bytes:
    """An image as PNG for print, at least as wide as a chart: each pixel becomes a sharp square. `image`: uint8 (H, W,
    3), or a data URL by `charts.data_url`."""
    if isinstance(image, str):
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(image.partition(",")[2]))))
    large = upscale(image, max(1, math.ceil(INCHES * DPI / image.shape[1])))
    made = io.BytesIO()
    Image.fromarray(large).save(made, "PNG", dpi=(DPI, DPI))
    return made.getvalue()


def _rows(frame: pd.DataFrame) -> list[dict]:
    whole = frame.astype(object).where(frame.notna(), None)
    return whole.to_dict("records")


def own_ids(drawn: str, key: str) -> str:
    """The drawing with ids that contain `key` and count from 0: Vega counts over all charts of a process."""
    for number, found in enumerate(dict.fromkeys(re.findall(r' id="([^"]+)"', drawn))):
        drawn = re.sub(rf'(?<=[#"]){re.escape(found)}(?=[)"])', f"{key}-{number}", drawn)
    return drawn
