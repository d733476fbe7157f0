"""Checks: is the explanation about the network, the right pixels, the object?"""

from functools import partial
from typing import Any

import streamlit as st

from explorer.insights.attribution import METHODS
from explorer.runs import Checkpoint
from explorer.ui import choices, compute, navigation, page
from explorer.ui.explain import cam_layers, checks, grid
from explorer.ui.pickers import top_row

TESTS = {
    "randomisation": ("Parameter randomisation", checks.parameter_randomisation),
    "deletion": ("Deletion and insertion", checks.deletion_insertion),
    "pointing": ("Pointing game", checks.pointing_game),
    "infidelity": ("Infidelity and sensitivity", checks.infidelity_sensitivity),
}
LABELS = {name: label for name, (label, _) in TESTS.items()}
LESSON = ("shortcut",), ("Shortcut lesson",), ("The shortcut lesson",)  # a page of its own since; links led here
ROW: dict[str, Any] = {"label_visibility": "collapsed"}
OLD_LINKS = {  # of version 0.2.0 and earlier
    "Does it forget?": "randomisation",
    "Do these pixels decide?": "deletion",
    "Does it point at the object?": "pointing",
    "Does it stand noise?": "infidelity",
}

if choices.linked("test") in LESSON:
    st.switch_page(navigation.SHORTCUT.page())
page.title("Can I trust the explanation?")
top = st.container()
row, place, options = st.container(), st.container(), st.container()
with top:
    chosen, image, epoch, beside = top_row.runs_image_epoch(most=3, below=place)
first = choices.Follows(partial(compute.first_method, chosen))
with options:
    method = choices.selectbox("Method", list(METHODS), "method", first, format_func=grid.method_title)
notes = [reason for source in chosen if (reason := compute.why_not(source, method))]
chosen = [source for source in chosen if not compute.why_not(source, method)]
layers: dict[str, str | None] = dict.fromkeys(source.id for source in chosen)
if METHODS[method].needs_layer and chosen:
    with options:
        layers |= cam_layers.pick_layers(chosen)
tested = checks.Tested([(Checkpoint(source, epoch), method, layers[source.id]) for source in chosen], image)
with row:
    default = choices.Follows(partial(checks.first_test, tested))
    test = choices.segmented("Test", list(LABELS), "test", default, LABELS.__getitem__, OLD_LINKS, **ROW)
if not chosen:
    page.notes(notes)
    page.stop_with("Choose a run of a convolutional network above, or another method.")
picture, _ = page.picture_first(beside or place)
with picture, st.spinner("Testing …", show_time=True):
    TESTS[test][1](tested)
page.notes(notes)
page.theory(
    "**Parameter randomisation**: the weights are replaced with random ones, layer by layer from the top. An "
    "explanation of what the network has learned must then change. **Deletion and insertion**: when the pixels that "
    "the map calls important are removed, the probability should fall (deletion); when only they are shown, it should "
    "rise (insertion). **Pointing game**: where the object is known, the highest pixel of the map should lie on it, "
    "unless the network looks elsewhere, which is then the finding. **Infidelity and sensitivity**: the map should "
    "predict what noise does to the logit, and noise too weak to see should not change the map. Passing one test "
    "proves nothing; failing one is a reason to doubt.",
    "Adebayo et al. 2018; Petsiuk et al. 2018; Zhang et al. 2016; Yeh et al. 2019",
)
