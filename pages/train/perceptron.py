"""Perceptron: one neuron, points that you can move, and the line that it finds or never finds."""

import altair
import streamlit as st

from explorer.charts.perceptron import CLASS_COLOURS, errors_per_epoch, separation, weights_over_corrections
from explorer.insights.findings import perceptron as findings
from explorer.insights.separability import Separable, separate
from explorer.training.perceptron import MOST_EPOCHS, STARTS, Rule, cycle, learn
from explorer.ui import choices, page, stage
from explorer.ui.components import neuron_board
from explorer.ui.perceptron import point_picker


def chart(altair_chart: altair.Chart, alt: str) -> None:
    """Not by explorer.ui.display: it imports torch, which this page can do without."""
    st.altair_chart(altair_chart, width="stretch", alt=stage.alternative(alt))


page.title("What can a single neuron learn?")
above = st.container()
with st.container(horizontal=True, vertical_alignment="bottom"):
    choice = point_picker.pick()
    rate = choices.number_input("Learning rate", 0.001, 100.0, 1.0, "neuron-rate", step=0.1, format="%g", width=130)
    epochs = choices.number_input("Epochs", 1, MOST_EPOCHS, 20, "neuron-epochs", width=130)
    start = choices.selectbox(
        "Initial weights",
        STARTS,
        "neuron-start",
        width=140,
        help="From zero weights, the learning rate only scales the weights: the line takes the same steps at any rate.",
    )
    if choice.changed:
        st.button("Original points", icon=":material/undo:", on_click=point_picker.restore, args=[choice.key])
with st.container():  # there also without a refusal, or the board below would be made anew and lose the keyboard
    point_picker.refusal()

points = choice.points
rule = Rule(float(rate), int(epochs), start)
history, verdict = learn(points, rule), separate(points)
found = cycle(history, rule)
with above:
    page.verdict(findings.summary(choice.name, points, history, verdict, found))

present = page.presenting()
with stage.picture():
    board, curves = st.columns([1.5 if present else 1.1, 1], gap="large")
with board:
    neuron_board.board(
        points,
        history,
        f"{choice.key} {rule} {point_picker.tries()}",
        CLASS_COLOURS,
        present,
        lambda rows: point_picker.change(choice.key, rows),
    )
with curves:
    page.heading("Corrections in each epoch")
    chart(errors_per_epoch(history, present), "Corrections in each epoch")
    page.heading("The weights after each correction")
    chart(weights_over_corrections(history, found, present), "Weights and bias after each correction")
    st.caption(findings.way_of_the_weights(history, found))

st.subheader("Can any line separate the classes?", anchor=False)
plane, proof = st.columns([1.5 if present else 1.1, 1], gap="large")
with plane:
    chart(
        separation(points, verdict, present),
        "The points and the convex hull of each class, "
        + ("with a line between the hulls" if isinstance(verdict, Separable) else "with a point that lies in both"),
    )
with proof:
    st.markdown(findings.proof(points, history, rule, verdict))

if not present:
    with st.expander("The points as a table", icon=":material/table_chart:"):
        point_picker.table(choice)
page.theory(
    "The neuron adds up its inputs, each times a weight: s = w₁x₁ + w₂x₂ + b, and fires if s > 0. Where s = 0 lies a "
    "straight line. **Rosenblatt's rule** visits one point after the other; if a point is on the wrong side, "
    "w ← w ± η·x and b ← b ± η, plus for class 1, minus for class 0, with the learning rate η. An epoch is one pass "
    "over all points; the rule stops after an epoch without a correction.\n\n"
    "**Convergence:** if some line separates the classes, the rule finds one after at most (R/γ)² corrections from "
    "zero weights. R is the largest length of any (x₁, x₂, 1), γ the largest margin that any w and b of total length 1 "
    "have to all points. **If no line does, it never stops**, and its weights stay bounded. A second layer of neurons "
    "solves XOR; the other networks in this app have several layers.",
    "Rosenblatt 1958, The Perceptron; Novikoff 1962, On Convergence Proofs for Perceptrons; Minsky & Papert 1969, "
    "Perceptrons",
)
