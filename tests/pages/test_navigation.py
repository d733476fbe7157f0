"""No page of streamlit's is shared: on it streamlit notes which session may run it."""

from explorer.ui import navigation


def test_every_script_run_has_pages_of_its_own():
    one, other = ([page for section in navigation.pages().values() for page in section] for _ in range(2))
    assert len(one) == len(other) == sum(map(len, navigation.PAGES.values()))
    assert not {id(page) for page in one} & {id(page) for page in other}
