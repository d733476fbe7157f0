"""A recipe chosen on the Train page fills in everything, and what is started is the recipe."""

from explorer.runs import list_runs
from explorer.studies.presets import PRESETS
from tests.pages.conftest import open_page


def test_a_recipe_fills_in_the_page_and_can_be_changed(checkpoints):
    app = open_page("pages/train/train.py")
    app.selectbox(key="preset").select("he-resnet20").run()
    assert not app.exception
    assert app.number_input(key="learning_rate").value == 0.1
    assert app.multiselect(key="models").value == ["resnet20"]
    app.number_input(key="epochs").set_value(3)
    next(button for button in app.button if button.label == "Start training").click().run()
    (run,) = list_runs()
    assert run.config == PRESETS["he-resnet20"].config(epochs=3)
