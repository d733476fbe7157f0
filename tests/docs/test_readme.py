"""README says what the code has: pages, data sets, models, studies, methods, files, and how a model is added."""

import re
from itertools import pairwise

import pytest
import torch

from explorer.data import DATASETS
from explorer.data.sources import FORMS
from explorer.insights.attribution import METHODS
from explorer.models import MODELS, build, options
from explorer.models.convolutional import CONVOLUTIONAL
from explorer.studies import STUDIES
from explorer.studies.presets import PRESETS
from explorer.ui.navigation import PAGES
from tests.docs.documents import DOCUMENTS, README, ROOT, blocks, code, section, table

TEXT = README.read_text()
NUMBERS = {10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen"}
TREE = section(TEXT, "How the code is organised")


def test_the_two_commands_stand_as_they_are() -> None:
    assert blocks(section(TEXT, "The first minute")) == ["pip install uv && uv run streamlit run streamlit_app.py\n"]
    assert blocks(section(TEXT, "Test")) == ["uv run pytest\n"]


def test_the_table_of_pages_has_the_pages_of_the_sidebar_in_their_order() -> None:
    titles = [entry.title for entries in PAGES.values() for entry in entries]
    assert [row[0] for row in table(section(TEXT, "What you can do"))] == titles


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("data sets", [*DATASETS, *FORMS]),
        ("models", [*MODELS]),
        ("studies", [*STUDIES]),
        ("presets", [*PRESETS]),
        ("attribution methods", [*METHODS]),
    ],
)
def test_the_names_to_choose_from_are_those_of_the_code_in_its_order(kind: str, names: list[str]) -> None:
    rows = dict(table(section(TEXT, "What there is to choose from")))
    assert code(rows[kind]) == names


def test_numbers_of_things_are_right() -> None:
    text = TEXT.lower()
    assert f"{NUMBERS[len(METHODS)]} methods" in text
    assert f"{NUMBERS[len(STUDIES) - 1]} questions" in text, "your-own asks the visitor's question"


def test_the_file_tree_is_that_of_the_repository() -> None:
    (tree,) = blocks(TREE)
    lines = [line for line in tree.splitlines() if re.match(r" {0,2}\S", line)]
    inside = [line.split()[0].rstrip("/") for line in lines if line.startswith("  ")]
    outside = [line.split()[0].rstrip("/") for line in lines if not line.startswith("  ")]
    there = {
        path.name
        for path in (ROOT / "explorer").iterdir()
        if path.name not in ("__init__.py", "__main__.py", "__pycache__")
    }
    assert set(inside) == there
    for name in outside:
        assert (ROOT / name.partition("/<")[0]).exists(), name
    folders = {path.parts[0] for path in (p.relative_to(ROOT) for p in ROOT.glob("*/*.py"))}
    assert folders <= {name.partition("/<")[0] for name in outside}


def test_the_file_tree_names_all_documents() -> None:
    (tree,) = blocks(TREE)
    assert set(re.findall(r"[\w]+\.md", tree.partition("\ndocs/")[2])) == {path.name for path in DOCUMENTS[1:]}


def test_the_layers_stand_in_the_order_in_which_they_import() -> None:
    from tests.test_layering import ORDER

    (tree,) = blocks(TREE)
    places = [tree.find(f"\n  {layer}") for layer in ORDER if (ROOT / "explorer" / layer).is_dir()]
    assert all(above < below for above, below in pairwise(places))


def test_a_model_is_added_as_the_readme_says(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = section(TEXT, "Add a model")
    (source,) = blocks(steps, "python")
    names: dict = {"__name__": "explorer.models.my_net"}
    exec("\n".join(line.removeprefix("   ") for line in source.splitlines()), names)
    assert '"my_net": MyNet(),' in code(steps)
    monkeypatch.setitem(CONVOLUTIONAL, "my_net", names["MyNet"]())
    monkeypatch.setitem(MODELS, "my_net", names["MyNet"]())
    assert list(options("my_net")) == ["width"]
    model = build("my_net", channels=1, classes=10, width=32)
    assert model[1].out_channels == 32
    assert model(torch.zeros(2, 1, 32, 32)).shape == (2, 10)


def test_links_lead_somewhere() -> None:
    wrong = []
    for document in [*DOCUMENTS, ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
            if "://" in target:
                continue
            file, _, anchor = target.partition("#")
            path = document.parent / file if file else document
            anchors = [_anchor(line) for line in path.read_text().splitlines()] if path.suffix == ".md" else []
            if not path.exists() or (anchor and anchor not in anchors):
                wrong.append(f"{document.name}: {target}")
    assert wrong == []


def _anchor(line: str) -> str | None:
    """The anchor that a heading gets; None for other lines."""
    found = re.match(r"#+ (.*)", line)
    return re.sub(r"[^\w\- ]", "", found[1].lower()).replace(" ", "-") if found else None
