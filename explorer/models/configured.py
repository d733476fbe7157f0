"""A network and its options in one line of text: vgg16:head=imagenet,batch_norm=false."""

import re
from typing import Any

from explorer.errors import UserError, unknown

_NEXT = re.compile(r",(?=\s*\w+=)")  # a comma that is not between the numbers of one value


def read_network(text: str) -> tuple[str, dict[str, Any]]:
    """(key of MODELS, its options that differ from their defaults, in the order of its spec).

    UserError if the network, an option or a value does not exist.
    """
    from explorer.models import options, parse_option  # late: MODELS is made of specs that read networks

    name, _, given = text.partition(":")
    known, chosen = options(name), {}
    for pair in _NEXT.split(given) if given else ():
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not (key and equals and value):
            raise UserError(f"'{pair}' in '{text}' cannot be read: write {name}:key=value,key=value.")
        if key not in known:
            raise unknown(f"{name} option", key, known)
        chosen[key] = parse_option(key, known[key], value)
    changed = (key for key, option in known.items() if chosen.get(key, option.default) != option.default)
    return name, {key: chosen[key] for key in changed}


def write_network(name: str, options: dict[str, Any]) -> str:
    """The text that `read_network` reads: the name alone where there are no options."""
    pairs = ",".join(f"{key}={_text(value)}" for key, value in options.items())
    return f"{name}:{pairs}" if pairs else name


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
