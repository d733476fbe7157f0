"""The perceptron page: what it says is measured, wrong points are refused in a sentence, and torch stays away."""

import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from explorer.insights.separability import separate
from explorer.training.perceptron import GATES, Rule, checked, learn

from .conftest import ROOT, as_read, open_page, words

PAGE = "pages/train/perceptron.py"

OPEN = """
import sys
from streamlit.testing.v1 import AppTest
from explorer.ui.serving import warm
warm.in_background = lambda: None  # what happens behind the page is not in its way
app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
app.switch_page("pages/train/perceptron.py").run()
assert not app.exception, app.exception
assert "neuron" in app.title[0].value
print(sorted({"torch", "torchvision", "captum"} & set(sys.modules)))
"""


def set_points(app: AppTest, name: str) -> AppTest:
    return app.segmented_control(key="points").set_value(name).run()


@pytest.mark.parametrize("name", ["AND", "OR"])
def test_a_gate_is_learned_and_the_bound_stands_beside_the_corrections(name, checkpoints):
    app = set_points(open_page(PAGE), name)
    made, bound = len(learn(GATES[name], Rule()).corrections), round(separate(GATES[name]).bound)
    assert f"can learn {name}: all 4 points are classified correctly after {made} corrections" in words(app)
    assert f"**{bound} corrections**" in words(app)
    assert f"**{made} corrections**" in words(app)


def test_xor_is_never_learned_and_the_page_says_why(checkpoints):
    app = set_points(open_page(PAGE), "XOR")
    assert "can never learn XOR: no line" in words(app)
    assert "repeat every 4 corrections" in words(app)
    assert "(0.5, 0.5) = 0.5·(0, 1) + 0.5·(1, 0)" in words(app)
    assert "(0.5, 0.5) = 0.5·(0, 0) + 0.5·(1, 1)" in words(app)


def test_too_few_epochs_are_told_from_never(checkpoints):
    app = open_page(PAGE)
    app.number_input(key="neuron-epochs").set_value(2).run()
    assert "can learn AND, but has not yet: a separating line exists, and 5 corrections in 2 epochs left" in words(app)


def test_clusters_from_a_link(checkpoints):
    app = open_page(PAGE)
    app = set_points(app, "two clusters")
    app.number_input(key="apart").set_value(0.0).run()
    assert not app.exception
    assert "can never learn these two clusters" in words(app)


def test_changed_points_are_learned_and_the_original_comes_back(checkpoints):
    app = open_page(PAGE)
    app.session_state["changed-points"] = {"AND": checked([(0, 0, 0), (1, 1, 1)])}
    app.run()
    assert "can learn AND as changed: all 2 points" in words(app)
    next(button for button in app.button if button.label == "Original points").click().run()
    assert "can learn AND: all 4 points" in words(app)


def test_the_table_gives_the_points_that_it_shows(checkpoints):
    app = open_page(PAGE)
    next(button for button in app.button if button.label == "Learn these points").click().run()
    assert not app.exception
    assert not app.error
    assert "can learn AND as changed: all 4 points are classified correctly after 18 corrections" in words(app)


def test_wrong_points_are_refused_in_one_sentence_and_the_others_stay():
    def script():
        import streamlit as st

        from explorer.ui.perceptron import point_picker

        point_picker.change("AND", [[0, 0, 0], [1, 1, 1]])
        point_picker.change("AND", [[0, 0, 0], [1, "<b>", 1]])
        point_picker.refusal()
        point_picker.refusal()
        st.caption(str(len(st.session_state["changed-points"]["AND"])))

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert [as_read(error.value) for error in app.error] == [
        "Point 2 has x₂ = '<b>': give a number from -0.5 to 1.5, or remove the point."
    ]
    assert app.caption[0].value == "2"


def test_the_page_imports_no_torch(checkpoints):
    done = subprocess.run([sys.executable, "-c", OPEN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
