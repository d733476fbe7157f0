"""The pages as plain data: the folder is the section of the sidebar; the order is that of a visitor's path through the
app."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st


@dataclass(frozen=True)
class Entry:
    """One page; `help` is its line in the sidebar. `needs_torch`: whether it cannot be shown without torch."""

    file: str
    title: str
    icon: str
    help: str = ""
    default: bool = False
    needs_torch: bool = True

    def page(self) -> st.Page:
        """A page object for this script run only.

        Streamlit stores in a page who may run it: if sessions share one, some get an error in place of the page.
        """
        return st.Page(self.file, title=self.title, icon=self.icon, help=self.help or None, default=self.default)


HOME = Entry("pages/start/home.py", "Home", ":material/home:", default=True, needs_torch=False)
LECTURE = Entry(
    "pages/start/lecture.py",
    "Lecture",
    ":material/slideshow:",
    "Views of this app in order, with notes on what to say: a 45-minute lecture, or your own.",
    needs_torch=False,
)
TRAIN = Entry(
    "pages/train/train.py",
    "Train",
    ":material/play_circle:",
    "Choose data, architectures and options; watch the training; stop at any time.",
)
PERCEPTRON = Entry(
    "pages/train/perceptron.py",
    "Perceptron",
    ":material/scatter_plot:",
    "One neuron, points that you can move, and the line that separates them, if there is one.",
    needs_torch=False,
)
STUDY = Entry(
    "pages/study/study.py",
    "Study",
    ":material/experiment:",
    "Questions of a lab course, the runs that answer each, and their results.",
)
TRANSFER = Entry(
    "pages/study/transfer.py",
    "Transfer",
    ":material/move_down:",
    "Pretrained networks compared with training from scratch, with few and with many images.",
)
CURVES = Entry(
    "pages/compare/curves.py",
    "Curves",
    ":material/show_chart:",
    "Loss and accuracy of several runs on shared axes, and the cost of each run.",
)
RUNS = Entry(
    "pages/compare/runs.py",
    "Runs",
    ":material/table_rows:",
    "All runs: search, filter, name, tag, star, archive and delete them, and show them on other pages.",
)
ARCHITECTURE = Entry(
    "pages/look_inside/architecture.py",
    "Architecture",
    ":material/account_tree:",
    "The network as a diagram: type, cost and receptive field of each layer, trained or not.",
)
GRADIENTS = Entry(
    "pages/look_inside/gradients.py",
    "Gradients",
    ":material/stacked_line_chart:",
    "The norm of every parameter's gradient, by layer and over time.",
)
FILTERS = Entry(
    "pages/look_inside/filters.py",
    "Filters",
    ":material/grid_on:",
    "The kernels of any convolution, from random to trained.",
)
FEATURE_MAPS = Entry(
    "pages/look_inside/feature_maps.py",
    "Feature maps",
    ":material/layers:",
    "The outputs of each layer for an image, and the top activating images of a channel.",
)
EMBEDDING = Entry(
    "pages/look_inside/embedding.py",
    "Embedding",
    ":material/bubble_chart:",
    "Which images look alike to the last layer, in two dimensions.",
)
SALIENCY = Entry(
    "pages/explain/saliency.py",
    "Saliency",
    ":material/center_focus_strong:",
    "Which pixels a prediction comes from: several methods and models, side by side.",
)
CHECKS = Entry(
    "pages/explain/checks.py",
    "Checks",
    ":material/fact_check:",
    "Four tests of a saliency map: random weights, removed pixels, a known object, and noise.",
)
SHORTCUT = Entry(
    "pages/explain/shortcut.py",
    "Shortcut",
    ":material/vpn_key:",
    "A lesson in four steps: a network that is right for the wrong reason. Plant a shortcut of your own.",
)
MISTAKES = Entry(
    "pages/explain/mistakes.py",
    "Mistakes",
    ":material/rule:",
    "Which classes are confused, how confident the mistakes are, and whether two runs differ.",
)
REPORT = Entry(
    "pages/take_home/report.py",
    "Report",
    ":material/description:",
    "One file to hand in: runs or a study with figures, findings and your own words; it can be checked.",
)

PAGES = {
    "Start": [HOME, LECTURE],
    "Train": [TRAIN, PERCEPTRON],
    "Study": [STUDY, TRANSFER],
    "Compare": [CURVES, RUNS],
    "Look inside": [ARCHITECTURE, GRADIENTS, FILTERS, FEATURE_MAPS, EMBEDDING],
    "Explain": [SALIENCY, MISTAKES, CHECKS, SHORTCUT],
    "Take home": [REPORT],
}


def by_path() -> dict[str, Entry]:
    """The pages by their path in the address."""
    return {Path(entry.file).stem: entry for entries in PAGES.values() for entry in entries}


def pages() -> dict[str, list[st.Page]]:
    """The argument of `st.navigation`, made anew in each script run."""
    return {section: [entry.page() for entry in entries] for section, entries in PAGES.items()}
