"""Who acts, and whose runs they may change: the host everybody's, a visitor of a class their own.

The command line and the workers act as the host. A web server says who acts with `identify_with`; there is nothing
that a page could forget, since each change of a run asks here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from explorer.errors import UserError
from explorer.mode import check_no_demo, is_demo


@dataclass(frozen=True)
class Person:
    """Whoever starts or changes runs."""

    name: str | None = None  # that they chose or their account has; shown, and no proof of anything
    owner: str | None = None  # as `owner_key` makes it; None of who cannot own a run, and of the command line
    is_host: bool = False


HOST = Person(is_host=True)


def owner_key(kind: str, secret: str) -> str:
    """What runs keep of the person who started them. It does not give away the secret, and whoever reads it in a file
    cannot act as that person. `kind`: what the secret is, such as "browser", so that no kind can pass for another."""
    return sha256(f"{kind}:{secret}".encode()).hexdigest()[:32]


_identify: Callable[[], Person] = lambda: HOST  # noqa: E731


def identify_with(identify: Callable[[], Person]) -> None:
    """From now on, `identify` says who acts in this process."""
    global _identify
    _identify = identify


def acting() -> Person:
    """Who acts now; in a public demo somebody who owns nothing."""
    return Person() if is_demo() else _identify()


def may_change(owner: str | None) -> bool:
    """Whether the person who acts may stop, resume, name, mark and delete a run of this owner."""
    person = acting()
    return person.is_host or (owner is not None and owner == person.owner)


def check_may_change(run_id: str, owner: str | None, who: str | None) -> None:
    """Raises UserError unless the person who acts may change the run."""
    check_no_demo()
    if not may_change(owner):
        whose = f"{who or 'another visitor'} and the host" if owner else "the host"
        raise UserError(f"Only {whose} can change {run_id}: start a run of your own.")


def check_host(what: str) -> None:
    """Raises UserError unless the host acts. `what`: the end of the sentence "Only the host can …"."""
    check_no_demo()
    if not acting().is_host:
        raise UserError(f"Only the host can {what}: ask them.")
