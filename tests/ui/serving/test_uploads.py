"""Whatever visitors hand in, the server holds no more of it than its bounds say."""

import asyncio

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from explorer.ui.serving import uploads
from explorer.ui.serving.uploads import BoundedUploads

SIZE = 100


class Server:
    """Streamlit's part: it holds every file that comes to it, once it is let go on."""

    def __init__(self) -> None:
        self.held = MemoryUploadedFileManager("")
        self.go_on = asyncio.Event()
        self.app = BoundedUploads(self.take, lambda: self.held)

    async def take(self, scope, receive, send) -> None:
        await self.go_on.wait()
        session, name = scope["path"].split("/")[-2:]
        self.held.add_file(session, UploadedFileRec(name, name, "", b"x" * SIZE))
        await send({"type": "http.response.start", "status": 204})

    async def put(self, session: str, name: str, headers=((b"content-length", b"100"),), path=uploads.PLACE) -> int:
        answers = []

        async def send(message) -> None:
            answers.append(message)

        scope = {"type": "http", "method": "PUT", "path": f"/base{path}{session}/{name}", "headers": headers}
        await self.app(scope, None, send)
        return answers[0]["status"]

    def names(self, session: str) -> list[str]:
        return list(self.held.file_storage[session])


@pytest.fixture(autouse=True)
def bounds(monkeypatch):
    monkeypatch.setattr(uploads, "OF_ONE", 3 * SIZE)
    monkeypatch.setattr(uploads, "IN_ALL", 5 * SIZE)


def test_a_sessions_oldest_files_make_room_for_its_newest():
    async def attack() -> None:
        server = Server()
        server.go_on.set()
        assert [await server.put("eve", str(nth)) for nth in range(1000)] == [204] * 1000
        assert server.names("eve") == ["997", "998", "999"]

    asyncio.run(attack())


def test_what_is_over_the_bound_of_all_is_refused_and_nobody_loses_a_file():
    async def attack() -> None:
        server = Server()
        server.go_on.set()
        assert await server.put("ada", "hers") == 204
        answers = [await server.put(f"eve {nth}", "file") for nth in range(100)]
        assert answers == [204] * 4 + [507] * 96
        assert server.names("ada") == ["hers"]
        server.held.remove_session_files("eve 0")
        assert await server.put("bob", "his") == 204

    asyncio.run(attack())


def test_what_is_on_its_way_counts_and_is_forgotten_when_it_is_there_or_fails():
    async def attack() -> None:
        server = Server()
        sent = [asyncio.create_task(server.put(f"eve {nth}", "file")) for nth in range(8)]
        await asyncio.sleep(0)
        sent[0].cancel()
        await asyncio.sleep(0)
        late = asyncio.create_task(server.put("late", "file"))
        await asyncio.sleep(0)
        server.go_on.set()
        answers = await asyncio.gather(*sent, late, return_exceptions=True)
        assert answers[1:] == [204] * 4 + [507] * 3 + [204]
        assert not server.app._coming

    asyncio.run(attack())


def test_what_does_not_say_its_size_counts_as_the_largest():
    assert asyncio.run(Server().put("eve", "file", headers=())) == 507
    assert asyncio.run(Server().put("eve", "file", headers=((b"content-length", b"-1"),))) == 507


def test_all_else_passes():
    async def pass_by() -> int:
        server = Server()
        server.go_on.set()
        return await server.put("eve", "file", headers=(), path="/_stcore/another/")

    assert asyncio.run(pass_by()) == 204


def test_the_app_has_the_bounds():
    import streamlit_app

    assert any(found.cls is BoundedUploads for found in streamlit_app.app._user_middleware)
