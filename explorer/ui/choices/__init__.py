"""What a visitor chooses: widgets that keep their value across pages, Back, Forward and reload, and store it in the
link."""

from explorer.ui.choices.session import Follows, finish, linked, notice, of_page, put, shown_link, value_of, visited
from explorer.ui.choices.widgets import (
    checkbox,
    held,
    multiselect,
    number_input,
    pills,
    segmented,
    select_slider,
    selectbox,
    slider,
    text_input,
    toggle,
)

__all__ = [
    "Follows",
    "checkbox",
    "finish",
    "held",
    "linked",
    "multiselect",
    "notice",
    "number_input",
    "of_page",
    "pills",
    "put",
    "segmented",
    "select_slider",
    "selectbox",
    "shown_link",
    "slider",
    "text_input",
    "toggle",
    "value_of",
    "visited",
]
