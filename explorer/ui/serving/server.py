"""What the server does once, at its start and at its end."""

import asyncio
import gc
import logging
import socket
import threading
import time
import webbrowser
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from operator import attrgetter

import streamlit as st
from streamlit import net_util
from streamlit.runtime import Runtime
from streamlit.runtime.pages_manager import PagesManager

from explorer.mode import is_class, is_demo
from explorer.runs import listing
from explorer.ui.serving import loading

SECONDS_BETWEEN_COLLECTIONS = 5.0
HERE, EVERYWHERE = ("localhost", "127.0.0.1", "::1"), (None, "", "0.0.0.0", "::")  # addresses to listen on


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncGenerator[None]:
    """Runs from the start of the server to its end: garbage collection, the trash, and opening the app in a browser."""
    # st.navigation does the same, but too late for the server's first visitor: because a folder `pages` exists, a link
    # to any page but Home would show "page not found" above the right page.
    PagesManager.uses_pages_directory = False
    # Streamlit would look up its address on the internet when a page of another origin connects, blocking all visitors.
    vars(net_util)["get_external_ip"] = lambda: None
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # otherwise two lines for every page that is opened
    if sentence := who_reaches_it(st.get_option("server.address")):
        logging.getLogger(__name__).warning(sentence)
    listing.share_scans()
    threading.Thread(target=_collect, name="collector", daemon=True).start()
    threading.Thread(target=loading.read_runs, name="reads runs", daemon=True).start()
    threading.Thread(target=_purge, name="purge", daemon=True).start()
    forgetting = asyncio.create_task(_forget_who_left())
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().call_later(1, webbrowser.open, _address())
    yield
    forgetting.cancel()
    from explorer.ui.pickers import fetching

    fetching.end()


def _collect() -> None:
    """Collect the garbage of all sessions: Streamlit would collect after every run of each, half of a busy server's
    time."""
    while True:
        time.sleep(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()


async def _forget_who_left() -> None:
    """Streamlit keeps a visitor who left for two minutes, in case they return, with three open files each. It removes
    expired ones only when the next visitor leaves, so this does it regularly."""
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_COLLECTIONS)
        if Runtime.exists():
            attrgetter("_session_mgr._session_storage._cache")(Runtime.instance()).expire()


def _purge() -> None:
    from explorer.runs.trash import purge

    if is_demo():
        return
    for sentence in purge():
        logging.getLogger(__name__).warning(sentence)


def who_reaches_it(host: str | None) -> str:
    """What the host of the app should know if other machines can open it; "" if none can."""
    if host in HERE:
        return ""
    if is_demo():
        return "Other machines can open this app: a public demo, in which visitors can only look."
    if is_class():
        return f"Your class opens the app at {_address(_in_the_network() if host in EVERYWHERE else host)}"
    return (
        "Other machines can open this app, and whoever opens it can stop and delete every run: docs/classroom.md says "
        "how to start it for a class."
    )


def _in_the_network() -> str:
    """This machine's address in the network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unsent:
        try:
            unsent.connect(("192.0.2.1", 9))  # an address that belongs to nobody: RFC 5737
            return unsent.getsockname()[0]
        except OSError:
            return socket.gethostname()


def _address(host: str | None = None) -> str:
    """The app's address for a browser: on this machine, or on `host` if other machines can open it."""
    host = host or st.get_option("server.address")
    host = "localhost" if host in EVERYWHERE else host
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}/{st.get_option('server.baseUrlPath').strip('/')}"
