"""What the app sends to the browser, as its messages hold it."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest


class Text(NamedTuple):
    """A string, or bytes read as one."""

    message: str
    field: str
    text: str
    is_bytes: bool

    @property
    def place(self) -> str:
        return f"{self.message}.{self.field}"


def texts(app: AppTest, without: Collection[str] = ()) -> Iterator[Text]:
    """Every text of a page; `without`: kinds of messages that are passed over, with what is in them."""
    blocks = [app._tree]
    while blocks:
        block = blocks.pop()
        proto = getattr(block, "proto", None)
        if isinstance(proto, Message):
            yield from _texts(proto, without)
        blocks.extend(getattr(block, "children", {}).values())


def _texts(message: Message, without: Collection[str]) -> Iterator[Text]:
    name = message.DESCRIPTOR.name
    if name in without:
        return
    for field, value in message.ListFields():
        for item in value if field.is_repeated else [value]:
            if isinstance(item, Message):
                yield from _texts(item, without)
            elif field.type == FieldDescriptor.TYPE_STRING:
                yield Text(name, field.name, item, False)
            elif field.type == FieldDescriptor.TYPE_BYTES:
                yield Text(name, field.name, item.decode("utf-8", "replace"), True)


# Strings that Streamlit shows as they are: not Markdown.
PLAIN = {
    "options",
    "alt",
    "placeholder",
    "default",
    "id",
    "element_id",
    "value",
    "raw_value",
    "raw_values",
    "spec",
    "url",
    "json",
    "file_name",
}


def markdown(app: AppTest) -> Iterator[tuple[str, str]]:
    """Every string that goes to the browser and may be Markdown, with the field that it is in; not those of st.text."""
    for sent in texts(app, without={"Text"}):
        if not sent.is_bytes and sent.field not in PLAIN:
            yield sent.place, sent.text
