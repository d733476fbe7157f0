"""The small picture of a study: what it yields, drawn from its runs, else a sketch that says so."""

import pytest

from explorer.studies import STUDIES
from explorer.ui.study import pictures


@pytest.mark.parametrize("study", STUDIES.values(), ids=list(STUDIES))
def test_a_study_without_runs_has_a_sketch_of_a_chart_that_it_yields(study):
    assert study.sources or study.picture in study.panels
    picture = pictures.of(study, {})
    assert ">sketch</text>" in picture.svg
    assert not picture.names
    assert not any(sign.isdigit() for sign in picture.words)
