"""A browser without images: the websocket protocol that streamlit's own page speaks."""

import asyncio
from hashlib import sha256
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import ClientConnection, connect

FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
PICTURES = ("imgs", "vega_lite_chart")
SECONDS = 240  # thirty first visits to a server that has nothing imported, on two busy cores


class Visitor:
    """One session. After `open` and `press`, `shown` holds what the run of the script sent."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._hashes: dict[str, str] = {}
        self._page = ""
        self.shown: list[Element] = []
        self.lost = False  # whether a page was said not to exist
        self.live: list[str] = []  # the parts of the page that run again by themselves

    async def open(self, page: str) -> None:
        """Go to a page by its name in the address; Home is the empty one."""
        self._page = page
        await self._run(BackMsg())

    async def press(self, label: str) -> None:
        """Press the button that says so on the page that was opened last."""
        button = next(e.button for e in self.shown if e.WhichOneof("type") == "button" and e.button.label == label)
        message = BackMsg()
        message.rerun_script.widget_states.widgets.add(id=button.id, trigger_value=True)
        await self._run(message)

    async def look_again(self) -> None:
        """What a live part of the page does every second, once."""
        message = BackMsg()
        message.rerun_script.fragment_id = self.live[-1]
        await self._run(message)

    async def _run(self, message: BackMsg) -> None:
        if not message.rerun_script.fragment_id:
            self.live.clear()
        if self._page in self._hashes:
            message.rerun_script.page_script_hash = self._hashes[self._page]
        else:
            message.rerun_script.page_name = self._page
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(SECONDS):
            while await self._read() not in FINISHED:
                pass

    async def _read(self) -> int | None:
        """One message; how a run ended, if that is what it says."""
        message = ForwardMsg()
        message.ParseFromString(await self._socket.recv())
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.shown.clear()
        elif kind == "page_not_found":
            self.lost = True
        elif kind == "navigation":
            pages = message.navigation.app_pages
            self._hashes = {"" if page.is_default else page.url_pathname: page.page_script_hash for page in pages}
        elif kind == "auto_rerun":
            self.live.append(message.auto_rerun.fragment_id)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.shown.append(message.delta.new_element)
        return message.script_finished if kind == "script_finished" else None

    def shows(self, text: str) -> bool:
        """Whether the page has this text anywhere, also where a browser would not show it."""
        return any(text.encode() in element.SerializeToString() for element in self.shown)

    @property
    def pages(self) -> list[str]:
        return list(self._hashes)

    @property
    def title(self) -> str:
        return next((e.heading.body for e in self.shown if e.WhichOneof("type") == "heading"), "")

    @property
    def pictures(self) -> tuple[bytes, ...]:
        """Images, which the server names by their content, and charts with their data."""
        drawn = [element for element in self.shown if element.WhichOneof("type") in PICTURES]
        return tuple(sha256(element.SerializeToString(deterministic=True)).digest() for element in drawn)

    @property
    def wrong(self) -> list[str]:
        """Streamlit's boxes for exceptions, and sentences in red."""
        kinds = [(element.WhichOneof("type"), element) for element in self.shown]
        red = [e.alert.body for kind, e in kinds if kind == "alert" and e.alert.format == Alert.ERROR]
        return red + [element.exception.message for kind, element in kinds if kind == "exception"]


def connected(url: str) -> connect:
    """`async with connected(url) as socket:` for a Visitor."""
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    return connect(address, max_size=None, subprotocols=["streamlit"], origin=url, open_timeout=60, ping_timeout=None)
