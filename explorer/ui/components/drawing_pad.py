"""A pad to draw on with a mouse, a pen, a finger or the arrow keys. The drawing is kept across pages."""

import streamlit as st

from explorer.data.drawing import BRUSHES, COLOURS, INK, PAPER, SIDE, Stroke, strokes
from explorer.errors import UserError
from explorer.ui.components.component import component
from explorer.ui.markdown import literal

KEY, KEPT, REFUSED = "drawing-pad", "drawing", "refused-drawing"  # the last two are keys of the session state
PEN, PAINTBRUSH = 20, 28  # initial brush width, in units of the pad
HTML = f"""
<div class="pad">
  <canvas width="{SIDE}" height="{SIDE}" tabindex="0" role="application" aria-label="Drawing pad: draw with mouse, pen
    or finger. By keyboard, arrows move, Space or Enter puts the brush down and lifts it."></canvas>
  <div class="colours" role="group" aria-label="Colour"></div>
  <div class="row">
    <button type="button" class="undo">Undo</button>
    <button type="button" class="clear">Clear</button>
    <label>Brush <input type="range" min="{BRUSHES[0]}" max="{BRUSHES[1]}" step="1" aria-label="Brush size"></label>
  </div>
</div>
"""
_PAD = component(__file__, HTML)


def pad(colours: bool) -> tuple[Stroke, ...]:
    """The drawing, stroke by stroke; empty at first. `colours`: whether several colours are offered, or only dark
    ink."""

    def drawn() -> None:
        try:
            st.session_state[KEPT] = strokes(st.session_state[KEY].drawn)
        except UserError as error:
            st.session_state[REFUSED] = str(error)

    strokes_before: tuple[Stroke, ...] = st.session_state.get(KEPT, ())
    _PAD(
        key=KEY,
        data={
            "side": SIDE,
            "paper": PAPER,
            "colours": list((COLOURS if colours else INK).items()),
            "brush": PAINTBRUSH if colours else PEN,
            "strokes": [[stroke.colour, stroke.width, stroke.points] for stroke in strokes_before],
        },
        on_drawn_change=drawn,
    )
    if reason := st.session_state.pop(REFUSED, None):
        st.error(literal(reason), icon=":material/error:")
    return strokes_before
