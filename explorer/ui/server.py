"""What the server does once, at its start and at its end."""

import asyncio
import gc
import logging
import threading
import time
import webbrowser
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

SECONDS_BETWEEN_COLLECTIONS = 5.0


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncGenerator[None]:
    """From the start of the server until it ends: garbage collection, the trash, and the browser that opens the app."""
    # st.navigation says so too, but too late for the server's first visitor: because there is a folder `pages`,
    # a link to any page but Home would be answered with "page not found" above the right page.
    PagesManager.uses_pages_directory = False
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # or two lines for every page that is opened
    threading.Thread(target=_collect, name="collector", daemon=True).start()
    threading.Thread(target=_purge, name="purge", daemon=True).start()
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().call_later(1, webbrowser.open, _address())
    yield
    from explorer.ui.pickers import fetching

    fetching.end()


def _collect() -> None:
    """The garbage of all sessions: streamlit would collect after every run of each, half of a busy server's time."""
    while True:
        time.sleep(SECONDS_BETWEEN_COLLECTIONS)
        gc.collect()


def _purge() -> None:
    from explorer.runs.trash import purge

    for sentence in purge():
        logging.getLogger(__name__).warning(sentence)


def _address() -> str:
    """Where a browser on this machine finds the app."""
    host = st.get_option("server.address")
    host = "localhost" if host in (None, "0.0.0.0", "::") else host
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{host}:{st.get_option('server.port')}/{st.get_option('server.baseUrlPath').strip('/')}"
