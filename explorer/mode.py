"""How the app is opened: at a desk, whose visitor owns everything; for a class, whose visitors own their own runs; or
as a public demo, whose visitors can only look."""

import os

from explorer.errors import UserError

CLASS, DEMO = "EXPLORER_CLASS", "EXPLORER_DEMO"
ON, OFF = ("1", "on", "true", "yes"), ("", "0", "off", "false", "no")
IN_A_DEMO = (
    "This public demo shows finished runs, and neither trains nor changes any: start the app on your own computer to "
    "train."
)


def is_class() -> bool:
    """Whether the app is open to a class. A demo does not count, because nobody in it owns anything. Raises UserError
    if EXPLORER_CLASS or EXPLORER_DEMO is neither on nor off."""
    return _is_on(CLASS, "open the app to a class") and not is_demo()


def is_demo() -> bool:
    """Whether visitors can only look. Raises UserError if EXPLORER_DEMO is neither on nor off."""
    return _is_on(DEMO, "open the app as a public demo")


def is_open() -> bool:
    """Whether people use the app who do not own the machine. Raises UserError like `is_class`."""
    return is_demo() or is_class()


def check_no_demo() -> None:
    """Raises UserError in a public demo: called before anything would be trained, stored or changed."""
    if is_demo():
        raise UserError(IN_A_DEMO)


def _is_on(name: str, purpose: str) -> bool:
    given = os.environ.get(name, "").strip().lower()
    if given not in (*ON, *OFF):
        raise UserError(f"{name} '{given}' is not possible: give 1 to {purpose}, or 0.")
    return given in ON
