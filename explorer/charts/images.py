"""Arrays to RGB images that show pixels as pixels: maps tiled on one scale, filters, heat over a photograph."""

import base64
import io

import numpy as np

from explorer.charts.palette import MISSING_GREY, diverging, limits, sequential


def rgb(image: np.ndarray) -> np.ndarray:
    """uint8 (C, H, W) or (N, C, H, W) with C of 1 or 3 → uint8 (H, W, 3) or (N, H, W, 3)."""
    last = np.moveaxis(image, -3, -1)
    return np.ascontiguousarray(np.broadcast_to(last, (*last.shape[:-1], 3)))


def upscale(image: np.ndarray, factor: int) -> np.ndarray:
    """Each pixel becomes a square of factor × factor: (H, W, …) → (H·factor, W·factor, …), nearest neighbour."""
    return image.repeat(factor, axis=0).repeat(factor, axis=1)


def grid(images: np.ndarray, columns: int, factor: int = 1, gap: int = 1) -> np.ndarray:
    """uint8 (N, h, w, 3) → one uint8 (H, W, 3), row by row, upscaled, with `gap` grey pixels between neighbours.

    H = rows·(h·factor + gap) − gap and W = columns·(w·factor + gap) − gap; places without an image are grey.
    """
    n, h, w, _ = images.shape
    columns = max(1, min(columns, n))
    rows = max(1, -(-n // columns))
    cells = np.full((rows * columns, h * factor + gap, w * factor + gap, 3), MISSING_GREY, dtype=np.uint8)
    cells[:n, :-gap, :-gap] = images.repeat(factor, axis=1).repeat(factor, axis=2)
    tiled = cells.reshape(rows, columns, *cells.shape[1:]).swapaxes(1, 2)
    return tiled.reshape(rows * (h * factor + gap), columns * (w * factor + gap), 3)[:-gap, :-gap]


def tile(maps: np.ndarray, columns: int, low: float, high: float, signed: bool = False, factor: int = 1) -> np.ndarray:
    """Feature maps or attributions (N, h, w) as one image on one shared scale; shape as in `grid`.

    Unsigned: viridis from low to high. Signed: blue to orange, zero in the middle of ±max(|low|, |high|).
    """
    return grid(_painted(maps, low, high, signed), columns, factor)


def overlay(
    image: np.ndarray, heat: np.ndarray, low: float, high: float, strength: float = 0.6, colours: str = "viridis"
) -> np.ndarray:
    """A map over the grey version of its image: uint8 (C, H, W) and float (H, W) → uint8 (H, W, 3).

    The colour is that of the scale (viridis, or blue to orange if low < 0; or another of COLOUR_MAPS); how much it
    covers grows with the magnitude, from 0 to `strength` (0 to 1), so that the image stays visible where the map is
    near zero.
    """
    assert image.shape[1:] == heat.shape, f"the map is {heat.shape}, the image {image.shape[1:]}"
    signed = low < 0
    heat = np.asarray(heat, dtype=np.float64)
    reach = max(abs(low), abs(high)) if signed else high - low
    share = np.nan_to_num(np.abs(heat) if signed else heat - low) / (reach or 1.0)
    alpha = (strength * np.sqrt(np.clip(share, 0, 1)))[..., None]
    red_green_blue = rgb(image).astype(np.float64)
    grey = (red_green_blue @ [0.299, 0.587, 0.114])[..., None]
    return (grey * (1 - alpha) + _painted(heat, low, high, signed, colours) * alpha).round().astype(np.uint8)


def filters_rgb(weights: np.ndarray, channel: int = 0, limit: float | None = None) -> np.ndarray:
    """The filters of a convolution as images: float (out, in, k, k) → uint8 (out, k, k, 3), for `grid`.

    in = 3: the weights are the colour, mid-grey is zero. in = 1: blue to orange around zero. Otherwise the slice of
    one input channel, blue to orange. One scale for all, ±limit; by default the largest |weight| of all filters and
    channels, whichever is shown.
    """
    limit = limit or limits(weights, signed=True)[1]
    if weights.shape[1] == 3:
        shade = 127.5 + 127.5 * np.nan_to_num(weights.astype(np.float64)) / limit
        return np.moveaxis(shade.round().clip(0, 255).astype(np.uint8), 1, -1)
    return diverging(weights[:, channel if weights.shape[1] > 1 else 0], limit)


def map_over(
    image: np.ndarray, heat: np.ndarray, low: float, high: float, strength: float = 0.6, side: int = 320
) -> np.ndarray:
    """`overlay` of a feature map with fewer pixels than its image: uint8 (C, H, W) and float (h, w) → uint8 (…, …, 3).

    Both are enlarged by nearest neighbour to about `side` pixels first, so that the pixels of each are seen.
    """
    factor = max(1, side // max(image.shape[1:]))
    rows, columns = (np.arange(factor * length) for length in image.shape[1:])
    large = image[:, rows // factor][:, :, columns // factor]
    spread = heat[rows * heat.shape[0] // len(rows)][:, columns * heat.shape[1] // len(columns)]
    return overlay(large, spread, low, high, strength)


def highest_pixel(image: np.ndarray, heat: np.ndarray, mask: np.ndarray, side: int = 320) -> np.ndarray:
    """A map over its image, with a white outline of an object and a cross at the map's highest pixel.

    uint8 (C, H, W), float (H, W) and bool (H, W) → uint8 (h, w, 3), enlarged to about `side` pixels. Only values above
    zero support the class: a map without any has no cross.
    """
    factor = max(1, side // max(heat.shape))
    support = np.where(np.isfinite(heat), heat, 0).clip(0)
    drawn = map_over(image, support, 0.0, float(support.max()) or 1.0, side=side)
    large = np.pad(upscale(mask, factor), 2)
    inside = np.all([np.roll(large, by, axis) for axis in (0, 1) for by in (-2, 2)], axis=0)
    drawn[(large & ~inside)[2:-2, 2:-2]] = 255
    if support.any():
        row, column = (factor * at + factor // 2 for at in np.unravel_index(support.argmax(), support.shape))
        arm = max(2, side // 16)
        for width, shade in ((3, (0, 0, 0)), (1, (255, 64, 64))):
            drawn[max(0, row - arm) : row + arm + 1, max(0, column - width) : column + width + 1] = shade
            drawn[max(0, row - width) : row + width + 1, max(0, column - arm) : column + arm + 1] = shade
    return drawn


def png_bytes(image: np.ndarray) -> bytes:
    """uint8 (H, W, 3) as a PNG file."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=4)
    return file.getvalue()


def data_url(image: np.ndarray) -> str:
    """uint8 (H, W, 3) as a PNG in a "data:" URL, for a component or a chart in the browser."""
    return f"data:image/png;base64,{base64.b64encode(png_bytes(image)).decode()}"


def _painted(values: np.ndarray, low: float, high: float, signed: bool, colours: str = "viridis") -> np.ndarray:
    return diverging(values, max(abs(low), abs(high)), colours) if signed else sequential(values, low, high, colours)
