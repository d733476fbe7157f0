"""DataFrames in, Altair charts out; arrays in, RGB images out. One palette, one look, no streamlit.

`explorer.charts.loss_curves(frame)` works, and so does `from explorer.charts.curves import loss_curves`. The names
are looked up when they are first used: altair and pandas take two seconds to import, and a page that only wants
`percent` should not wait for them.
"""

from importlib import import_module

PUBLIC = {
    "palette": ("colour", "dash", "run_scale", "limits", "sequential", "diverging"),
    "bands": ("loss_bands", "accuracy_bands", "training_error_bands", "step_bands", "norm_bands"),
    "variants": ("accuracy_dots", "statistics_dots", "run_bars", "lead_bars"),
    "dead": ("dead_profile",),
    "receptive": ("receptive_growth",),
    "curves": ("loss_curves", "accuracy_curves", "live_curves"),
    "compared": ("compared_curves",),
    "gradients": ("norm_bars", "norm_profile", "norm_lines", "norm_epochs", "norm_heatmap", "norm_limits"),
    "confusion": ("confusion_heat", "reliability"),
    "images": ("rgb", "grid", "tile", "upscale", "overlay", "map_over", "filters_rgb", "data_url"),
    "embedding": ("scatter",),
    "architecture": ("diagram",),
    "field_image": ("receptive_square", "field_part", "square_reach"),
    "published": ("accuracy_bubbles",),
    "image_charts": ("colour_bar", "pixels", "probability_bars"),
    "formatting": ("percent", "count", "macs", "seconds", "number", "memory"),
    "look": ("empty", "ink"),
}
_HOME = {name: module for module, names in PUBLIC.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
