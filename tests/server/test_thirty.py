"""Thirty visitors at the same moment: each gets every page, and every press of a button has its answer."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from filelock import FileLock

from explorer.jobs.worker import LOCK
from explorer.runs import list_runs
from tests.serving import serving

from .visitor import Visitor, connected

VISITORS = 30


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A server with no run, whose queue stands still: what is pressed can be counted before it trains."""
    folder = tmp_path_factory.mktemp("checkpoints")
    with FileLock(folder / LOCK), serving(folder) as url:
        yield url, folder


async def together(url: str, visit) -> list[Visitor]:
    """What `visit` does, done by all visitors at once."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(connected(url)) for _ in range(VISITORS)]
        visitors = [Visitor(socket) for socket in sockets]
        await asyncio.gather(*(visit(visitor) for visitor in visitors))
    return visitors


def test_the_first_link_that_a_server_gets_is_found(app):
    async def visit() -> Visitor:
        async with connected(app[0]) as socket:
            visitor = Visitor(socket)
            await visitor.open("perceptron")
        return visitor

    first = asyncio.run(visit())
    assert first.title == "What can a single neuron learn?"
    assert not first.lost


def test_thirty_get_every_page(app):
    titles, wrong = Counter(), []

    async def visit(visitor: Visitor) -> None:
        await visitor.open("")
        for page in visitor.pages:
            await visitor.open(page)
            titles[visitor.title] += 1
            wrong.extend((page, message) for message in visitor.wrong)

    visitors = asyncio.run(together(app[0], visit))
    assert not wrong
    assert len(titles) == len(visitors[0].pages), "each page has its question"
    assert all(title.endswith("?") and count == VISITORS for title, count in titles.items()), titles


@pytest.mark.parametrize(("page", "button", "made"), [("", "Train the demo pair", 2), ("train", "Start training", 1)])
def test_thirty_presses_make_thirty_answers(app, page, button, made):
    """All thirty want the same: it is trained once, and everybody sees it."""
    url, folder = app
    before = len(list_runs(folder))

    async def visit(visitor: Visitor) -> None:
        await visitor.open(page)
        await visitor.press(button)

    visitors = asyncio.run(together(url, visit))
    assert not [message for visitor in visitors for message in visitor.wrong]
    assert all(visitor.title.endswith("?") for visitor in visitors)
    assert len(list_runs(folder)) == before + made
