"""Uploaded files stay in the server's memory as long as their session: this module limits how much.

Streamlit limits a single file; a visitor can send any number of them, even with a script that opens no page.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MEGABYTE = 2**20
PLACE = "/_stcore/upload_file/"  # comes before the session's id and the file's id
OF_ONE, IN_ALL = 450 * MEGABYTE, 2048 * MEGABYTE  # per session: two of the largest files; all sessions


def forget(file_id: str) -> None:
    """Drop a file of this session: the server keeps an upload as long as its session, even after its widget is gone."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file_id)


def _of_server() -> MemoryUploadedFileManager | None:
    manager = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
    return manager if isinstance(manager, MemoryUploadedFileManager) else None


class BoundedUploads:
    """Wraps the app: before a file is read, the session's oldest files make room for it; a file that would exceed the
    limit of all sessions is refused."""

    def __init__(self, app: "ASGIApp", manager: Callable[[], MemoryUploadedFileManager | None] = _of_server) -> None:
        self._app, self._manager = app, manager
        self._coming: Counter[str] = Counter()  # session → bytes of files being received

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """The ASGI interface."""
        if scope["type"] != "http" or scope["method"] != "PUT" or PLACE not in scope["path"]:
            await self._app(scope, receive, send)
            return
        session, size = scope["path"].partition(PLACE)[2].partition("/")[0], _announced(scope["headers"])
        if not self._makes_room(session, size):
            await send({"type": "http.response.start", "status": HTTPStatus.INSUFFICIENT_STORAGE, "headers": []})
            await send({"type": "http.response.body", "body": b"The server holds as many files as it can: try later."})
            return
        self._coming[session] += size
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming[session] -= size
            self._coming += Counter()  # without sessions from which nothing is being received

    def _makes_room(self, session: str, size: int) -> bool:
        manager = self._manager()
        held = {key: dict(files) for key, files in dict(manager.file_storage).items()} if manager else {}
        own = {file_id: len(file.data) for file_id, file in held.get(session, {}).items()}
        taken = size + self._coming[session] + sum(own.values())
        for file_id, freed in own.items():  # the oldest first
            if taken <= OF_ONE:
                break
            assert manager is not None, "somebody holds the files"
            manager.remove_file(session, file_id)
            taken -= freed
        others = sum(len(file.data) for key, files in held.items() if key != session for file in files.values())
        coming = sum(bytes_ for key, bytes_ in self._coming.items() if key != session)
        return taken <= OF_ONE and taken + others + coming <= IN_ALL


def _announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of the request; if it does not say, the most that Streamlit accepts."""
    given = dict(headers).get(b"content-length", b"")
    return int(given) if given.isdigit() else st.get_option("server.maxUploadSize") * MEGABYTE
