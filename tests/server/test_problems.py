"""What nobody foresaw is one sentence of ours, wherever it happens; the traceback is in the server's log."""

import asyncio
import re

import pytest
from filelock import FileLock

from explorer.jobs.worker import LOCK
from explorer.runs import RunConfig, create
from tests.serving import LOG, serving

from .visitor import Visitor, connected

PLANTED = """
from streamlit.runtime.scriptrunner import get_script_run_ctx
from explorer.ui.perceptron import point_picker
from explorer.ui.train import demo, live

def fail(what):
    raise RuntimeError(f"planted in {what}")

demo.submit = lambda: fail("a page")
point_picker._changed = lambda: {"AND": point_picker.GATES["AND"]}  # there is something to restore
point_picker.restore = lambda key: fail("a callback")
describe = live.describe
live.describe = lambda run: fail("a fragment") if get_script_run_ctx().fragment_ids_this_run else describe(run)
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A server in which a page, a callback and a live part of a page fail; (url, folder)."""
    folder = tmp_path_factory.mktemp("checkpoints")
    create(RunConfig("digits", "mlp"), folder)  # waits, and is watched
    with FileLock(folder / LOCK), serving(folder, PLANTED) as url:
        yield url, folder


async def press(visitor: Visitor, page: str, button: str) -> None:
    await visitor.open(page)
    assert not visitor.wrong
    await visitor.press(button)


async def watch(visitor: Visitor) -> None:
    await visitor.open("train")
    assert not visitor.wrong
    await visitor.look_again()


FAILING = {
    "a page": lambda visitor: press(visitor, "", "Train the demo pair"),
    "a callback": lambda visitor: press(visitor, "perceptron", "Original points"),
    "a fragment": watch,
}


@pytest.mark.parametrize("where", FAILING)
def test_a_failure_is_one_sentence_and_its_traceback_is_in_the_log(app, where):
    url, folder = app

    async def visit() -> Visitor:
        async with connected(url) as socket:
            await FAILING[where](visitor := Visitor(socket))
        return visitor

    [sentence] = asyncio.run(visit()).wrong
    assert re.match(r"This page failed \(RuntimeError, \d\d:\d\d:\d\d on the server\)\. Reload it", sentence)
    assert f"RuntimeError: planted in {where}" in (folder / LOG).read_text()
