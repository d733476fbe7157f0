"""What comes from an own image is kept for its session alone, and dropped when it is forgotten."""

import pytest
from streamlit.runtime.caching import cache_data_api
from streamlit.testing.v1 import AppTest


def script():
    from types import SimpleNamespace

    import streamlit as st

    from explorer.ui import image_cache
    from tests.pages.test_own_caches import counted

    if st.session_state.get("forget"):
        image_cache.forget()
    image = SimpleNamespace(is_own=st.session_state["own"])
    st.text(counted("the same key", image))


CALLS = []


def _count(key, _image):
    CALLS.append(key)
    return len(CALLS)


def _decorated():
    from explorer.ui import image_cache

    return image_cache.by_image(8)(_count)


counted = _decorated()


@pytest.fixture
def sessions(monkeypatch):
    """Two apps; Streamlit's test of an app has one session's name for all."""
    apps = {name: AppTest.from_function(script) for name in ("first", "second")}

    def answer(name: str, **state) -> str:
        monkeypatch.setattr(cache_data_api, "get_session_id_or_throw", lambda: name)
        for key, value in state.items():
            apps[name].session_state[key] = value
        apps[name].run()
        assert not apps[name].exception
        return apps[name].text[0].value

    return answer


def test_a_sampled_image_is_computed_once_for_all_sessions(sessions):
    assert sessions("first", own=False) == sessions("first") == sessions("second", own=False)
    assert sessions("first", forget=True) == sessions("second"), "nobody's own, so it stays"


def test_an_own_image_is_computed_once_a_session_and_again_when_it_was_forgotten(sessions):
    one, two = sessions("first", own=True), sessions("second", own=True)
    assert one != two, "no session is given what another one's image gave"
    assert sessions("first") == one
    assert sessions("first", forget=True) not in (one, two)
    assert sessions("second") == two, "one visitor forgets their own alone"
