"""DataFrames in, Altair charts out; arrays in, RGB images out. One palette, one look, no streamlit.

`explorer.charts.loss_curves(frame)` works, and so does `from explorer.charts.curves import loss_curves`. The names are
listed in __init__.pyi and imported when they are first used: altair and pandas take two seconds, and a page that only
needs `percent` should not wait for them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
