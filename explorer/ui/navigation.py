"""The pages: the folder is the section of the sidebar, the order is the way a visitor takes."""

import streamlit as st

HOME = st.Page("pages/start/home.py", title="Home", icon=":material/home:", default=True)
TRAIN = st.Page(
    "pages/train/train.py",
    title="Train",
    icon=":material/play_circle:",
    help="Choose data, architectures and options; watch them learn; stop whenever you like.",
)
CURVES = st.Page(
    "pages/compare/curves.py",
    title="Curves",
    icon=":material/show_chart:",
    help="Loss and accuracy of several runs on shared axes, with what each run costs.",
)
GRADIENTS = st.Page(
    "pages/look_inside/gradients.py",
    title="Gradients",
    icon=":material/stacked_line_chart:",
    help="The norm of every parameter's gradient, by layer and over time.",
)
FILTERS = st.Page(
    "pages/look_inside/filters.py",
    title="Filters",
    icon=":material/grid_on:",
    help="The kernels of the first and the last convolution.",
)
FEATURE_MAPS = st.Page(
    "pages/look_inside/feature_maps.py",
    title="Feature maps",
    icon=":material/layers:",
    help="What each layer makes of an image.",
)
SALIENCY = st.Page(
    "pages/explain/saliency.py",
    title="Saliency",
    icon=":material/center_focus_strong:",
    help="Which pixels a prediction comes from: Grad-CAM for several models side by side.",
)

PAGES = {
    "Start": [HOME],
    "Train": [TRAIN],
    "Compare": [CURVES],
    "Look inside": [GRADIENTS, FILTERS, FEATURE_MAPS],
    "Explain": [SALIENCY],
}
