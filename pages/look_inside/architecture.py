"""Architecture: a network as a diagram and a table, what it costs, and what its units see."""

import streamlit as st

from explorer.ui import frame, network_diagram, network_field, network_published, network_tables, networks
from explorer.ui.navigation import TRAIN

DIAGRAM, TABLE, FIELD, MEMORY, PUBLISHED = (
    "diagram",
    "table",
    "receptive field",
    "training memory",
    "published VGG and ResNet",
)

frame.question("What is this network made of?")
chosen, images = networks.pick_networks()
if not chosen:
    frame.stop_with("Choose up to three networks above.")
known = [(network, networks.architecture(network)) for network in chosen]
layers = network_diagram.pick_layers(known)
for network, built in known:
    frame.answer(network_diagram.answer(network, built))

part = st.segmented_control(
    "Show",
    [DIAGRAM, TABLE, FIELD, MEMORY, PUBLISHED],
    default=DIAGRAM,
    required=True,
    key="part",
    bind="query-params",
)
if part == DIAGRAM:
    network_diagram.diagrams(known, layers)
    frame.theory(
        "An image goes in at the top, and layer by layer becomes smaller maps of more channels, until a linear layer "
        "says how much speaks for each class. A **block** with a skip adds its input to what its layers make of it: "
        "they need only learn what to change.",
        "He et al. 2016, Deep Residual Learning",
    )
elif part == TABLE:
    network_tables.table(known, layers)
elif part == FIELD:
    network_field.receptive_field(known, layers, images)
elif part == MEMORY:
    network_tables.training_memory(known)
else:
    network_published.published()

if not frame.presenting():
    st.page_link(
        TRAIN.page(),
        label="Train these architectures",
        icon=":material/play_arrow:",
        query_params={"models": [network.model for network in chosen]},
    )
