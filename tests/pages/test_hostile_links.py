"""Links and words that nobody would write by accident: every page says what does not fit, none fails, and none renders
what somebody has typed."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lecture import Lecture, view_of
from explorer.ui.lecture import session

from . import markup
from .conftest import PAGES, follow, open_page

KEYS = {
    "pages/train/train.py": "data shortcut folder models epochs batch_size learning_rate seed fraction preset threads",
    "pages/start/lecture.py": "which-lecture lecture",
    "pages/train/perceptron.py": "points neuron-rate neuron-epochs neuron-start",
    "pages/study/study.py": "study data study-size image_size",
    "pages/study/transfer.py": "networks transfer-size transfer-blocks-quick transfer-head-rate",
    "pages/compare/curves.py": "runs over shown log smoothing-epochs group present",
    "pages/compare/runs.py": "order only-network only-starred archived search",
    "pages/look_inside/architecture.py": "look-at architectures number part unfolded row column",
    "pages/look_inside/gradients.py": "runs at gradients-view layer-simple_cnn",
    "pages/look_inside/filters.py": "runs epoch slice by-norm layer-simple_cnn",
    "pages/look_inside/feature_maps.py": "runs epoch number class split image maps-part tiles cover",
    "pages/look_inside/embedding.py": "runs epoch projection points perplexity",
    "pages/explain/saliency.py": "runs epoch number class image methods target versus grid strength colours",
    "pages/explain/mistakes.py": "runs of epoch part normalised",
    "pages/explain/checks.py": "runs number test method",
    "pages/explain/shortcut.py": "data mark strength number",
    "pages/take_home/report.py": "about runs report-study report-size report-title report-authors report-date",
    "pages/start/home.py": "runs present",
}
VALUES = {
    "beyond a float": "1e400",
    "empty": "",
    "no number": "nan",
    "negative": "-999999999999999999999",
    "long": "9" * 5000,
    "another script": "٣½𝟘\u202e\x00\ud7ff",
    "a list": ["1", "1", "", "inf", "../../etc/passwd", *markup.PARTS],
    "markup": markup.ALL,
}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_falls(page, with_runs):
    markup.write_on_runs()
    app = open_page(page)
    assert not markup.rendered(app)
    view = view_of("curves", {"runs": [markup.ALL]}, markup.ALL)
    app.session_state[session.KEPT] = Lecture(markup.ALL, (view,)).changed(0, markup.ALL, markup.ALL, 5)
    keys = KEYS[page].split()
    for kind, value in VALUES.items():
        follow(app, **dict.fromkeys(keys, value))
        assert not app.exception, kind
        assert "This page failed" not in "".join(error.value for error in app.error), kind
        assert app.title, kind
        assert not markup.rendered(app), kind


def test_what_would_be_rendered_is_found():
    def script():
        import streamlit as st

        from explorer.ui.markdown import literal
        from tests.pages import markup

        st.caption(literal(markup.ALL))
        st.html("<p>$n$</p>")
        for part in markup.PARTS:
            st.markdown(f"It says {part}.")

    assert len(markup.rendered(AppTest.from_function(script).run())) == len(markup.PARTS)
