"""The pages: the folder is the section of the sidebar, the order is the way a visitor takes."""

import streamlit as st

HOME = st.Page("pages/start/home.py", title="Home", icon=":material/home:", default=True)
TRAIN = st.Page(
    "pages/train/train.py",
    title="Train",
    icon=":material/play_circle:",
    help="Choose data, architectures and options; watch them learn; stop whenever you like.",
)
PERCEPTRON = st.Page(
    "pages/train/perceptron.py",
    title="Perceptron",
    icon=":material/scatter_plot:",
    help="One neuron, points that you can move, and the line that it finds or never finds.",
)
STUDY = st.Page(
    "pages/study/study.py",
    title="Study",
    icon=":material/experiment:",
    help="Twelve questions of a lab course: the runs that answer each, and what they show.",
)
TRANSFER = st.Page(
    "pages/study/transfer.py",
    title="Transfer",
    icon=":material/move_down:",
    help="Starts from another network against starts from scratch, with few and with many images.",
)
CURVES = st.Page(
    "pages/compare/curves.py",
    title="Curves",
    icon=":material/show_chart:",
    help="Loss and accuracy of several runs on shared axes, with what each run costs.",
)
ARCHITECTURE = st.Page(
    "pages/look_inside/architecture.py",
    title="Architecture",
    icon=":material/account_tree:",
    help="The network as a diagram: what each layer is, costs and sees, trained or not.",
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
    help="The kernels of any convolution, from random to trained.",
)
FEATURE_MAPS = st.Page(
    "pages/look_inside/feature_maps.py",
    title="Feature maps",
    icon=":material/layers:",
    help="What each layer makes of an image, and the images that excite a channel most.",
)
EMBEDDING = st.Page(
    "pages/look_inside/embedding.py",
    title="Embedding",
    icon=":material/bubble_chart:",
    help="Which images look alike to the last layer, in two dimensions.",
)
SALIENCY = st.Page(
    "pages/explain/saliency.py",
    title="Saliency",
    icon=":material/center_focus_strong:",
    help="Which pixels a prediction comes from: ten methods, several models, side by side.",
)
CHECKS = st.Page(
    "pages/explain/checks.py",
    title="Checks",
    icon=":material/fact_check:",
    help="Whether to believe a saliency map: four tests of the explanation itself, and the shortcut lesson.",
)
MISTAKES = st.Page(
    "pages/explain/mistakes.py",
    title="Mistakes",
    icon=":material/rule:",
    help="Which classes are confused, how sure a network is of it, and who else gets them wrong.",
)

PAGES = {
    "Start": [HOME],
    "Train": [TRAIN, PERCEPTRON],
    "Study": [STUDY, TRANSFER],
    "Compare": [CURVES],
    "Look inside": [ARCHITECTURE, GRADIENTS, FILTERS, FEATURE_MAPS, EMBEDDING],
    "Explain": [SALIENCY, MISTAKES, CHECKS],
}
