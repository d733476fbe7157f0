"""What data are called is shown as it is, whatever it means in Markdown: classes, folders, files."""

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer.data import load
from explorer.jobs.train_run import train_run
from explorer.runs import RunConfig, create
from explorer.studies import STUDIES, plan_runs, submit
from explorer.training import TrainConfig
from explorer.ui import cache
from explorer.ui.markdown import literal
from explorer.ui.pickers.dataset import FOLDER as OWN

from .conftest import open_page, words
from .sent import markdown

FOLDER = "__my__ $set$ *1*"
CLASSES = ("$x$", "a *star*", "[l](u)", "$5 note", ":smile:", "![x](http:&#47;&#47;t.png)", "<b>", ":red[x]")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A checkpoints folder with two networks that learned from classes of such names."""
    root, draw = tmp_path_factory.mktemp("hostile"), np.random.default_rng(0)
    for split, count in (("train", 12), ("test", 4)):
        for name in CLASSES:
            folder = root / FOLDER / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                Image.fromarray(draw.integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(folder / f"{number}.png")
    dataset = f"folder:{root / FOLDER}"
    training = TrainConfig(epochs=1, batch_size=32, device="cpu")
    for model in ("simple_cnn", "residual_cnn"):
        run = train_run(create(RunConfig(dataset, model, {"depth": 2}, training, 16), root / "runs", status="running"))
        assert run.status == "finished", run.reason
    assert load(dataset, image_size=16).classes == tuple(sorted(CLASSES))
    return root / "runs"


PAGES = {
    "pages/explain/saliency.py": [
        {},
        {"grid": "epochs"},
        {"versus": "$x$", "target": "[l](u)"},
        {"target": "a *star*"},
    ],
    "pages/explain/mistakes.py": [
        {"part": part}
        for part in (
            "Which classes are confused?",
            "How confident are the mistakes?",
            "Is it calibrated?",
            "Class by class",
            "Do two runs differ?",
        )
    ],
    "pages/explain/checks.py": [{"test": "Parameter randomisation"}, {"test": "Deletion and insertion"}],
    "pages/look_inside/feature_maps.py": [
        {},
        {"layer-simple_cnn": "head"},
        {"maps-part": "top activating images"},
    ],
    "pages/look_inside/embedding.py": [{}],
    "pages/look_inside/architecture.py": [{}],
    "pages/look_inside/gradients.py": [{}],
    "pages/look_inside/filters.py": [{}],
    "pages/compare/curves.py": [{}],
    "pages/start/home.py": [{}],
    "pages/train/train.py": [{}],
}


@pytest.mark.parametrize("page", PAGES)
def test_names_are_shown_as_they_are_on_every_page(page, hostile, monkeypatch):
    monkeypatch.setenv("EXPLORER_CHECKPOINTS", str(hostile))
    for query in PAGES[page]:
        app = open_page(page, **query)
        assert not app.exception
        assert not app.error, [error.value for error in app.error]
        for place, text in markdown(app):
            assert not unescaped(text), f"{query}: {place} shows {text!r}"
    if page.endswith(("saliency.py", "mistakes.py")):
        assert any(name in words(app) for name in CLASSES), "no class was named"


def test_a_study_names_its_data_as_they_are(hostile, checkpoints):
    """Also where it warns that they have changed."""
    study, folder = STUDIES["depth"], hostile.parent / FOLDER
    one = plan_runs(study, f"folder:{folder}", quick=True, seeds=1, epochs=1, image_size=16)[0]
    train_run(submit([one], study)[0])
    more = folder / "train" / CLASSES[0] / "more.png"
    state = {"data": OWN, "folder": str(folder), "image_size": 16, "study-seeds-depth-quick": 1}
    state["study-epochs-depth-quick"] = 1
    try:
        for warned in (False, True):
            if warned:
                Image.new("RGB", (16, 16)).save(more)
                cache._state.clear()  # as after LOOK_AGAIN seconds
            app = open_page("pages/study/study.py", study="depth")
            for key, value in state.items():
                app.session_state[key] = value
            app.run()
            next(button for button in app.button if button.label == "Look at this folder").click().run()
            assert not app.exception
            assert any("have changed since" in warning.value for warning in app.warning) == warned
            for place, text in markdown(app):
                assert not unescaped(text), f"{place} shows {text!r}"
    finally:
        more.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("$x$", r"\$x\$"),
        ("*a*", r"\*a\*"),
        ("[l](u)", r"\[l\](u)"),
        ("![x](http://host/t.png)", "!\\[x\\](http\u2060://host/t.png)"),
        ("Https://host and www.host.org", "Https\u2060://host and www\u2060.host.org"),
        ("a.b@host.org", "a.b@\u2060host.org"),
        ("<b>bold</b>", r"\<b>bold\</b>"),
        (":red[x]", r"\:red\[x\]"),
        (":smile:", r"\:smile\:"),
        (":material/home:", r"\:material\/home\:"),
        ("__init__", r"\_\_init\_\_"),
        ("~~gone~~", r"\~\~gone\~\~"),
        ("`code`", r"\`code\`"),
        ("# title", r"\# title"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("> said", r"\> said"),
        ("C:\\new", r"C:\\new"),
        ("&lt;", r"\&lt;"),
        ("two\nlines", "two lines"),
        ("a -> b", "a -\u2060> b"),
        (":streamlit:", ":\u2060streamlit:"),
        ("digits-simple_cnn-0001: 98.3 % at 10:30, 3 > 2, (x)", "digits-simple_cnn-0001: 98.3 % at 10:30, 3 > 2, (x)"),
    ],
)
def test_what_means_something_in_markdown_is_escaped_and_nothing_else(name, shown):
    assert literal(name) == shown


def test_a_name_that_is_not_escaped_is_found():
    assert unescaped("It says $x$.") == ["$x$"]
    assert not unescaped(literal("It says $x$ and [l](u)."))


def test_an_error_names_a_file_as_it_is(checkpoints):
    def script():
        from explorer.errors import UserError
        from explorer.ui.serving import problems

        problems.show(UserError("No image '*a* $1$ [x](y).png': choose another."))

    (error,) = AppTest.from_function(script).run().error
    assert error.value == r"No image '\*a\* \$1\$ \[x\](y).png': choose another."


def unescaped(text: str) -> list[str]:
    """Names in the text that Markdown would change."""
    for name in CLASSES:
        text = text.replace(literal(name), "")
    return [name for name in (*CLASSES, FOLDER) if name in text]
