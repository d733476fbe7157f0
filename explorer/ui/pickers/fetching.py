"""Downloading a published model's weights while the page stays usable: a button, a bar, a stop; all visitors share one
download."""

from dataclasses import dataclass, field
from threading import Event, Lock, Thread

import streamlit as st

from explorer.charts.formatting import percent
from explorer.errors import UserError
from explorer.mode import IN_A_DEMO, is_demo
from explorer.runs.fetch import fetch, sweep
from explorer.runs.names import run_names
from explorer.runs.published import PublishedModel, megabytes
from explorer.ui import names
from explorer.ui.markdown import literal

SECONDS = 1  # between two refreshes of a download
PATIENCE = 5  # seconds that a stopping server waits for downloads to clean up


class _Stopped(Exception):
    """The visitor pressed Stop."""


@dataclass
class Fetching:
    """One download, shared by all visitors whose page needs it."""

    fraction: float = 0.0
    text: str = "Starting"
    problem: str | None = None  # why it failed, in one sentence
    stop: Event = field(default_factory=Event)
    thread: Thread | None = None

    @property
    def goes_on(self) -> bool:
        """Whether the download is still under way."""
        return self.thread is not None and self.thread.is_alive()

    def wait(self) -> None:
        """Wait until it has ended, but not for long."""
        if self.thread is not None and self.thread.is_alive():
            self.thread.join(PATIENCE)

    def run(self, model: PublishedModel) -> None:
        """Download the weights, in a thread of its own; if that fails, keep the reason."""
        name = run_names([model])[model.id]
        problem = f"{name} could not be downloaded (unexpected error): the server's log has the details."
        try:
            fetch(model, self._progress)
            problem = None
        except UserError as error:
            problem = str(error)
        except _Stopped:
            problem = None
        finally:
            self.problem = problem

    def _progress(self, fraction: float, text: str) -> None:
        self.fraction, self.text = fraction, text
        if self.stop.is_set():
            raise _Stopped


_all: dict[str, Fetching] = {}  # the last download of each model, by id
_guard = Lock()


def start(model: PublishedModel) -> Fetching:
    """Download in the background; thirty visitors who press the button at once share one download."""
    with _guard:
        fetching = _all.get(model.id)
        if fetching is not None and fetching.goes_on:
            return fetching
        found = _all[model.id] = Fetching()
        found.thread = Thread(target=found.run, args=(model,), name=f"fetch {model.id}", daemon=True)
        found.thread.start()
        return found


def end() -> None:
    """Stop all downloads when the server ends: a daemon thread would be killed with its file half written."""
    for fetching in _all.values():
        fetching.stop.set()
    for fetching in _all.values():
        fetching.wait()


def offer(model: PublishedModel) -> None:
    """Shown in place of charts of a model without weights on this machine: one sentence and one button, or the
    progress."""
    fetching = _all.get(model.id)
    with st.container(border=True):
        if fetching is not None and fetching.goes_on:
            _watch(model, fetching)
            return
        if fetching is not None and fetching.problem:
            st.error(literal(fetching.problem), icon=":material/cloud_off:")
        with st.spinner("Reading torchvision's figures …"):
            accuracy, size = model.published.facts.accuracy, megabytes(model)
        sweep(model)
        st.markdown(
            f"**{literal(names.of(model))}** classifies {percent(accuracy)} of ImageNet's validation images correctly. "
            f"Its weights are not on this machine."
        )
        if is_demo():
            st.caption(IN_A_DEMO)
            return
        if st.button(f"Download weights ({size})", key=f"fetch-{model.id}", type="primary", icon=":material/download:"):
            start(model)
            st.rerun()


@st.fragment(run_every=SECONDS)
def _watch(model: PublishedModel, fetching: Fetching) -> None:
    if not fetching.goes_on:
        st.rerun()
    st.progress(fetching.fraction, fetching.text)
    if st.button("Stop", key=f"stop-{model.id}", icon=":material/stop:"):
        fetching.stop.set()
        fetching.wait()
        st.rerun()
