"""Whatever visitors hand in, the server holds no more of it than its bounds say."""

import asyncio
from types import SimpleNamespace

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

    async def put(
        self, session: str, name: str, headers=((b"content-length", b"100"),), path=uploads.PLACE, address=""
    ) -> int:
        answers = []

        async def send(message) -> None:
            answers.append(message)

        scope = {"type": "http", "method": "PUT", "path": f"/base{path}{session}/{name}", "headers": headers}
        scope["client"] = (address or session, 80)
        await self.app(scope, None, send)
        return answers[0]["status"]

    def names(self, session: str) -> list[str]:
        return list(self.held.file_storage[session])


@pytest.fixture(autouse=True)
def bounds(monkeypatch):
    monkeypatch.setattr(uploads, "OF_ONE", 3 * SIZE)
    monkeypatch.setattr(uploads, "OF_ADDRESS", 4 * SIZE)
    monkeypatch.setattr(uploads, "IN_ALL", 5 * SIZE)
    monkeypatch.setattr(uploads, "_visitors", type(uploads._visitors)())


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


def test_a_visitor_has_one_limit_however_many_sessions_they_open(monkeypatch):
    async def attack() -> None:
        server = Server()
        server.go_on.set()
        for nth in range(100):
            page_of(monkeypatch, f"eve {nth}", "Eve")
            assert await server.put(f"eve {nth}", "file") == 204
        assert sum(len(server.names(f"eve {nth}")) for nth in range(100)) == 3
        page_of(monkeypatch, "ada", "Ada")
        assert [await server.put("ada", name) for name in ("one", "two")] == [204, 204]

    asyncio.run(attack())


def test_who_gives_many_names_leaves_room_for_other_addresses(monkeypatch):
    async def attack() -> None:
        server = Server()
        server.go_on.set()
        answers = []
        for nth in range(100):
            page_of(monkeypatch, f"eve {nth}", f"Eve {nth}")
            answers.append(await server.put(f"eve {nth}", "file", address="10.0.0.6"))
        assert answers == [204] * 4 + [507] * 96
        assert await server.put("ada", "hers", address="10.0.0.7") == 204

    asyncio.run(attack())


def test_what_a_page_keeps_counts_once_and_as_long_as_it_keeps_it(monkeypatch):
    """Streamlit lets go of a file that its widget no longer shows."""

    async def attack() -> None:
        server, kept = Server(), []
        server.go_on.set()
        for nth in range(4):
            assert await server.put("eve", str(nth), address="10.0.0.6") == (204 if nth < 3 else 507)
            if nth == 3:
                break
            page_of(monkeypatch, "eve")
            kept.append(uploads.keep(server.held.file_storage["eve"][str(nth)].data))
            if nth:
                server.held.remove_file("eve", str(nth))
        kept.clear()
        assert await server.put("eve", "4") == 204

    asyncio.run(attack())


def page_of(monkeypatch, session: str, owner: str | None = None) -> None:
    """A page of this session, and of this visitor, runs."""
    context = SimpleNamespace(session_id=session)
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: context)
    uploads.belongs_to(owner)


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
