"""Thirty visitors at the same moment: each gets every page, and every press of a button has its answer."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path

import pytest
from filelock import FileLock

from explorer.jobs.worker import LOCK
from explorer.runs import list_runs
from tests.serving import serving

from .visitor import Visitor, connected

VISITORS, SHARE = 30, 3
# Who left is forgotten after a second, not after two minutes.
FORGETS = """
import os, pathlib
from streamlit.runtime import memory_session_storage
cache = memory_session_storage.TTLCache
memory_session_storage.TTLCache = lambda maxsize, ttl: cache(maxsize=maxsize, ttl=1)
pathlib.Path(os.environ["EXPLORER_CHECKPOINTS"], ".pid").write_text(str(os.getpid()))
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A server with no run, whose queue stands still: what is pressed can be counted before it trains."""
    folder = tmp_path_factory.mktemp("checkpoints")
    with FileLock(folder / LOCK), serving(folder, FORGETS) as url:
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
    """All at once, each a third of the pages, so that ten look at each, and get the same pictures."""
    titles, wrong, begins = Counter(), [], cycle(range(SHARE))
    pictures: dict[str, list[tuple[bytes, ...]]] = {}

    async def visit(visitor: Visitor) -> None:
        await visitor.open("")
        for page in visitor.pages[next(begins) :: SHARE]:
            await visitor.open(page)
            titles[visitor.title] += 1
            pictures.setdefault(page, []).append(visitor.pictures)
            wrong.extend((page, message) for message in visitor.wrong)

    visitors = asyncio.run(together(app[0], visit))
    assert not wrong
    del pictures[""]  # Home has more as soon as they are made
    assert not [page for page, shown in pictures.items() if len(set(shown)) > 1]
    assert sum(len(of_one) for shown in pictures.values() for of_one in shown) > 400
    assert len(titles) == len(visitors[0].pages), "each page has its question"
    assert all(title.endswith("?") and SHARE * count == VISITORS for title, count in titles.items()), titles


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


def test_who_leaves_leaves_no_open_files(app):
    """Each session has three of its own, and its connection."""
    url, folder = app
    links = Path(f"/proc/{(folder / '.pid').read_text()}/fd")
    asyncio.run(together(url, lambda visitor: visitor.open("")))
    deadline = time.monotonic() + 60
    while (left := sum("anon" in link or "socket" in link for link in map(linked_to, links.iterdir()))) > VISITORS:
        assert time.monotonic() < deadline, f"{left} are open of {4 * VISITORS}"
        time.sleep(0.5)


def linked_to(link: Path) -> str:
    """What a file of the folder fd stands for; "" of one that has been closed meanwhile."""
    try:
        return str(link.readlink())
    except OSError:
        return ""
