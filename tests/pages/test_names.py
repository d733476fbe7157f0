"""A page calls each run by what sets it apart; a run's id stands where somebody needs it, and nowhere else."""

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from explorer.runs import list_runs
from explorer.runs.names import run_names

from .conftest import PAGES, open_page
from .sent import texts

IDENTITY = {"id", "element_id", "key", "query_string", "query_params", "raw_values"}  # fields that no visitor reads
TABLES = {"Dataframe"}
PARTS = {  # what a page shows only when it is chosen
    "pages/explain/mistakes.py": ("part", ["confidence", "calibration", "by-class", "together"]),
    "pages/explain/checks.py": ("test", ["deletion", "infidelity"]),
    "pages/explain/saliency.py": ("grid", ["epochs"]),
    "pages/compare/curves.py": ("over", ["steps", "seconds"]),
    "pages/look_inside/architecture.py": ("look-at", ["runs"]),
    "pages/look_inside/gradients.py": ("view", ["layers", "heat-map", "epochs", "update-ratio"]),
    "pages/look_inside/feature_maps.py": ("maps-part", ["top activating images"]),
}


@pytest.mark.parametrize("page", PAGES)
def test_no_text_and_no_chart_of_a_page_shows_a_bare_id(page, with_runs):
    ids, (key, parts) = [run.id for run in list_runs()], PARTS.get(page, ("", []))
    for query in ({}, *({key: part} for part in parts)):
        app = open_page(page, runs=ids[1:], **query)
        assert not app.exception
        found = [f"{place}: {text[:300]}" for place, text in strings(app) if any(run in text for run in ids)]
        assert not found, query


def test_runs_are_called_alike_in_the_heading_the_chart_and_the_sentence(with_runs):
    plain, residual = (
        next(run for run in list_runs() if run.config.model == m) for m in ("simple_cnn", "residual_cnn")
    )
    names = run_names([plain, residual])
    app = open_page("pages/explain/saliency.py", runs=[plain.id, residual.id])
    texts = dict.fromkeys(names.values(), "")
    for _, text in strings(app):
        for name in texts:
            texts[name] += text if name in text else ""
    for name, text in texts.items():
        assert f"{name} predicts" in text
        assert f">{name}</strong>" in text
        assert f'"domain": ["{names[plain.id]}", "{names[residual.id]}"]' in text, name


def test_an_id_in_a_text_is_found():
    app = AppTest.from_string("import streamlit as st; st.caption('digits-mlp-0001 learns')").run()
    assert [text for _, text in strings(app) if "digits-mlp-0001" in text]


def strings(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every string that a visitor may read, with its place. Tables are not among them, nor what links and keys hold."""
    for sent in texts(app, without=TABLES):
        if sent.is_bytes:
            yield sent.place, sent.text
        elif sent.field not in IDENTITY and '"cookie"' not in sent.text:
            yield sent.place, _without_tooltip(sent.text)


def _without_tooltip(text: str) -> str:
    """Without what identifies: of a heading the id of its run, which is shown under the pointer."""
    text = re.sub(r'"id": "[^"]*"', "", text)  # of a component's state
    before, tooltip, rest = text.partition('<strong title="')
    return before + "<strong>" + rest.partition('">')[2] if tooltip else text
