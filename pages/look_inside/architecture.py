"""Architecture: a network as a diagram and a table, what it costs, and what its units see."""

import streamlit as st

from explorer.ui import choices, page
from explorer.ui.architecture import diagram, published, receptive_field, tables
from explorer.ui.markdown import literal
from explorer.ui.navigation import TRAIN
from explorer.ui.pickers import networks, own_image, top_row

DIAGRAM, TABLE, FIELD, MEMORY, PUBLISHED = "diagram", "table", "field", "memory", "published"
PARTS = {
    DIAGRAM: "diagram",
    TABLE: "table",
    FIELD: "receptive field",
    MEMORY: "training memory",
    PUBLISHED: "published VGG and ResNet",
}

page.title("What is this network made of?")
row, verdicts, shown, place, options = (st.container() for _ in range(5))
with row:
    chosen = networks.pick_networks(options)
if not chosen:
    page.stop_with("Choose up to three networks above.")
architectures = [(picked, networks.architecture(picked.network)) for picked in chosen]
with verdicts:
    answer, _, sizes = diagram.verdict(architectures).partition("\n")
    page.verdict(f"{answer}\n{sizes}" if page.presenting() else answer)

with shown:
    part = choices.segmented(
        "Show", list(PARTS), "architecture-part", format_func=PARTS.__getitem__, label_visibility="collapsed"
    )
draws = part == FIELD and networks.are_runs(chosen) and own_image.draws()
pad, beside = place.columns(top_row.BESIDE_PAD) if draws else (None, place)
picture, below = page.picture_first(beside)
if not page.presenting():  # above the picture its lines would push that below the fold
    below.caption(literal(sizes))
with below:
    images = networks.pick_input(chosen, pad) if part == FIELD else []  # the other parts look at no image
with options:
    layers = diagram.pick_layers(architectures)
    expanded = diagram.pick_expanded(architectures) if part == DIAGRAM else []
with picture:
    if part == DIAGRAM:
        diagram.diagrams(architectures, layers, expanded)
    elif part == TABLE:
        tables.table(architectures, layers)
    elif part == FIELD:
        receptive_field.receptive_field(architectures, layers, images)
    elif part == MEMORY:
        tables.training_memory(architectures)
    else:
        published.published()

if part == DIAGRAM:
    page.theory(
        "An image enters at the top. Layer by layer it becomes smaller maps with more channels, until a linear layer "
        "computes a logit for each class. A **block** with a skip adds its input to the output of its layers, so the "
        "layers need only learn the change.",
        "He et al. 2016, Deep Residual Learning",
    )

if not page.presenting():
    st.page_link(
        TRAIN.page(),
        label="Train these architectures",
        icon=":material/play_arrow:",
        query_params={"models": [picked.network.model for picked in chosen]},
    )
