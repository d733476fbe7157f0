"""Who acts, and whose runs they may change: the host everybody's, a visitor of a class only their own.

The command line and the workers act as the host. A web server names the acting person with `identify_with`; no page can
forget the check, because each change of a run makes it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from explorer.errors import UserError
from explorer.mode import check_no_demo, is_demo


@dataclass(frozen=True)
class Person:
    """A person who starts or changes runs."""

    name: str | None = None  # chosen by them or taken from their account; displayed, and proof of nothing
    owner: str | None = None  # by `owner_key`; None for the command line and for anybody who cannot own a run
    is_host: bool = False


HOST = Person(is_host=True)


def owner_key(kind: str, secret: str) -> str:
    """The hash of a person that their runs store. It does not reveal the secret, and reading it in a file does not
    allow anybody to act as that person. `kind`: what the secret is, such as "browser", so that no kind can pass for
    another."""
    return sha256(f"{kind}:{secret}".encode()).hexdigest()[:32]


_identify: Callable[[], Person] = lambda: HOST  # noqa: E731


def identify_with(identify: Callable[[], Person]) -> None:
    """Let `identify` name the acting person in this process."""
    global _identify
    _identify = identify


def acting() -> Person:
    """The acting person; in a public demo, somebody who owns nothing."""
    return Person() if is_demo() else _identify()


def may_change(owner: str | None) -> bool:
    """Whether the acting person may stop, resume, name, mark and delete a run of this owner."""
    person = acting()
    return person.is_host or (owner is not None and owner == person.owner)


def check_may_change(run_id: str, owner: str | None, who: str | None) -> None:
    """Raises UserError unless the acting person may change the run."""
    check_no_demo()
    if not may_change(owner):
        whose = f"{who or 'another visitor'} and the host" if owner else "the host"
        raise UserError(f"Only {whose} can change {run_id}: start a run of your own.")


def check_host(what: str) -> None:
    """Raises UserError unless the host acts. `what`: the end of the sentence "Only the host can …"."""
    check_no_demo()
    if not acting().is_host:
        raise UserError(f"Only the host can {what}: ask them.")
