"""One report of the two sample runs, made once for all tests of a process."""

import pytest

from explorer.report.build import build
from explorer.report.html import lines
from explorer.report.request import of_runs
from explorer.samples import PAIR


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The report, with words beside two figures."""
    folder = str(tmp_path_factory.mktemp("reported"))
    request = of_runs(list(PAIR), folder, title="Skips", authors="Ada & Bo", date="2026-11-26")
    request.words["loss"] = "Both **fall**. <script>alert(1)</script> ![x](https://a.example/x.png) [y](javascript:z)"
    return build(request, folder)


@pytest.fixture(scope="session")
def again(made):
    return lines(made)


@pytest.fixture(scope="session")
def page(again):
    return "".join(f"{line.text}\n" for line in again)
