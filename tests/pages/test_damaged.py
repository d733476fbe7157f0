"""Damaged runs beside good ones: no page falls, Home names them with their reason, and nobody can choose them."""

import pytest

from explorer.runs import find, list_runs
from tests.records import BLEMISHES, DAMAGES, copy_run

from .conftest import PAGES, open_page, words


@pytest.fixture
def blemished(with_runs) -> str:
    """A run with every blemish at once, among runs with a damage each."""
    good = find("digits-simple_cnn-0001")
    for number, (damage, _) in enumerate(DAMAGES.values(), start=4):
        damage(copy_run(good.path, number))
    folder = copy_run(good.path, 99)
    for name, blemish in BLEMISHES.items():
        if name != "no steps":
            blemish(folder)
    return folder.name


@pytest.mark.parametrize("page", PAGES)
def test_no_page_falls(blemished, page):
    app = open_page(page, runs=blemished)
    assert not app.exception
    assert "This page failed" not in words(app)
    assert not app.error, [error.value for error in app.error]


def test_home_names_them(blemished):
    app = open_page("pages/start/home.py")
    named = [warning.value for warning in app.warning]
    assert len(named) == len(DAMAGES)
    assert all(any(reason.split("'")[0] in one for one in named) for _, reason in DAMAGES.values())
    assert "config.ema" in words(app)


def test_a_damaged_run_in_a_link_is_not_chosen(blemished):
    app = open_page("pages/compare/curves.py", runs="digits-simple_cnn-0004")
    assert not app.exception
    assert set(app.multiselect(key="runs").value) <= {run.id for run in list_runs()}
