"""Uploaded files stay in the server's memory as long as their session: this module limits how much.

Streamlit limits a single file; a visitor can send any number of them, in any number of sessions, even with a script
that opens no page.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakSet

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MEGABYTE = 2**20
PLACE = "/_stcore/upload_file/"  # comes before the session's id and the file's id
# For one visitor: two of the largest files; for all visitors at one address, which many share behind a proxy.
OF_ONE, OF_ADDRESS, IN_ALL = 450 * MEGABYTE, 1024 * MEGABYTE, 2048 * MEGABYTE
MOST_SESSIONS = 10_000  # whose visitors are remembered
_visitors: OrderedDict[str, str] = OrderedDict()  # session → whose it is, the latest last


@dataclass(frozen=True, eq=False)
class Held:
    """A file's content, or the room for one that is being received."""

    session: str
    size: int  # bytes
    content: bytes | None = None
    file_id: str = ""  # Streamlit's, of a file that it holds


_kept: WeakSet[Held] = WeakSet()
_lock = Lock()  # around _kept, which pages and the server use at once


def belongs_to(owner: str | None) -> None:
    """Called by a page: its session is this visitor's, so all sessions of one visitor have one limit."""
    context = get_script_run_ctx()
    if context and owner:
        _visitors[context.session_id] = owner
        _visitors.move_to_end(context.session_id)
        if len(_visitors) > MOST_SESSIONS:
            _visitors.popitem(last=False)


def keep(content: bytes) -> Held:
    """Count a file that this session keeps even after Streamlit has dropped it, for as long as what this returns is
    kept beside it."""
    context = get_script_run_ctx()
    held = Held(context.session_id if context else "", len(content), content)
    with _lock:
        _kept.add(held)
    return held


def forget(file_id: str) -> None:
    """Drop a file of this session: the server keeps an upload as long as its session, even after its widget is gone."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file_id)


def _of_server() -> MemoryUploadedFileManager | None:
    manager = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    return manager if isinstance(manager, MemoryUploadedFileManager) else None


class BoundedUploads:
    """Wraps the app: before a file is read, the visitor's oldest files make room for it; a file that would exceed the
    limit of its address or of all is refused."""

    def __init__(self, app: "ASGIApp", manager: Callable[[], MemoryUploadedFileManager | None] = _of_server) -> None:
        self._app, self._manager = app, manager
        self._coming: set[Held] = set()
        self._addresses: dict[str, str] = {}  # session → where it uploads from

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """The ASGI interface."""
        if scope["type"] != "http" or scope["method"] != "PUT" or PLACE not in scope["path"]:
            await self._app(scope, receive, send)
            return
        session = scope["path"].partition(PLACE)[2].partition("/")[0]
        coming = Held(session, _announced(scope["headers"]))
        self._addresses[session] = (scope.get("client") or ("",))[0]
        if not self._makes_room(coming):
            await send({"type": "http.response.start", "status": HTTPStatus.INSUFFICIENT_STORAGE, "headers": []})
            await send({"type": "http.response.body", "body": b"The server holds as many files as it can: try later."})
            return
        self._coming.add(coming)
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming.remove(coming)

    def _makes_room(self, coming: Held) -> bool:
        held = self._all_held()
        self._addresses = {each.session: self._addresses.get(each.session, "") for each in [*held, coming]}
        visitor, address = _visitor(coming.session), self._addresses[coming.session]
        own = [each for each in held if _visitor(each.session) == visitor]
        taken = coming.size + sum(each.size for each in own)
        for file in own:  # the oldest of each session first
            if taken <= OF_ONE:
                break
            if file.file_id and (manager := self._manager()):
                manager.remove_file(file.session, file.file_id)
                taken -= file.size
                held.remove(file)
        near = sum(each.size for each in held if self._addresses[each.session] == address)
        in_all = sum(each.size for each in held)
        return taken <= OF_ONE and near + coming.size <= OF_ADDRESS and in_all + coming.size <= IN_ALL

    def _all_held(self) -> list[Held]:
        """What pages keep, what Streamlit holds beside that, and what is being received."""
        with _lock:
            kept = list(_kept)
        contents = {id(each.content) for each in kept}
        manager = self._manager()
        files = [
            Held(session, len(file.data), file.data, file_id)
            for session, of_session in (dict(manager.file_storage) if manager else {}).items()
            for file_id, file in dict(of_session).items()
            if id(file.data) not in contents
        ]
        return [*kept, *files, *self._coming]


def _visitor(session: str) -> str:
    """Whose the session is; of a session without a name, as at a desk, the session itself."""
    return _visitors.get(session, session)


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of the request; if it does not say, the most that Streamlit accepts."""
    given = dict(headers).get(b"content-length", b"")
    return int(given) if given.isdigit() else st.get_option("server.maxUploadSize") * MEGABYTE
