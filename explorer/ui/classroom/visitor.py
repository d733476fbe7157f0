"""Who is using this page: in a class, a visitor with a name, identified by their browser or their account.

A name is chosen and proves nothing. Each browser gets a random number that nobody else sees; a browser with the same
number is the same visitor. Runs store a hash of it (`explorer.runs.owners`).
"""

import secrets
import unicodedata
from collections import OrderedDict
from threading import Lock

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.errors import UserError
from explorer.mode import is_class
from explorer.runs import list_runs
from explorer.runs.annotate import one_line
from explorer.runs.owners import HOST, Person, owner_key
from explorer.ui.classroom.host import LOGIN
from explorer.ui.classroom.settings import has_accounts
from explorer.ui.components.remembered import remember, remembered

LONGEST_NAME = 40  # characters
MOST_NAMES = 10_000
BYTES = 16  # length of a browser's number
COOKIE = "visitor"  # holds the browser's number and the visitor's name
NUMBER, NAME = "visitor-number", "visitor-name"  # keys of the session state
RESERVED = ("host", "the host", "another visitor")

_names: OrderedDict[str, str] = OrderedDict()  # normalised name → owner, since the server started
_lock = Lock()


def acting() -> Person:
    """The person behind this script run. Without a class everybody is the host. In a class, a visitor without a name
    and code outside a visitor's session own nothing."""
    if not is_class():
        return HOST
    if get_script_run_ctx(suppress_warning=True) is None:
        return Person()
    if has_accounts():
        return _of_account()
    name, number = st.session_state.get(NAME), st.session_state.get(NUMBER)
    if not name or not number:
        return Person()
    owner = owner_key("browser", number)
    return Person(name, owner, LOGIN.is_host(owner))


def _of_account() -> Person:
    user = st.user
    if not user.is_logged_in:
        return Person()
    subject = user.get("sub") or user.get("email")
    if not subject:
        return Person()
    owner = owner_key("account", f"{user.get('iss', '')} {subject}")
    called = str(user.get("name") or user.get("email") or "unnamed")
    try:
        name = one_line("name", called[:LONGEST_NAME], LONGEST_NAME)
    except UserError:
        name = "unnamed"
    return Person(name, owner, LOGIN.is_host(owner))


def recognise() -> None:
    """At the start of a session, identify the visitor by their browser. If somebody else has taken their name by now,
    they are asked for another."""
    if NUMBER in st.session_state:
        return
    number, name = [*remembered(COOKIE), "", ""][:2]
    if len(number) != 2 * BYTES or not number.isalnum():
        number, name = secrets.token_hex(BYTES), ""
    st.session_state[NUMBER] = number
    if name:
        try:
            call(name)
        except UserError:
            return


def call(name: str) -> None:
    """Give the visitor this name. Raises UserError if it is empty, cannot be shown in one line, or belongs to somebody
    else."""
    line = one_line("name", name, LONGEST_NAME)
    if not line:
        raise UserError("The name is empty: give one, such as Ada.")
    owner = owner_key("browser", st.session_state[NUMBER])
    with _lock:
        if _is_taken(line, owner):
            raise UserError(f"Somebody else is called '{line}' here: choose another name, such as '{line} 2'.")
        _names[_compared(line)] = owner
        if len(_names) > MOST_NAMES:
            _names.popitem(last=False)
    st.session_state[NAME] = line


def keep() -> None:
    """Let the browser remember the visitor, unless it already does."""
    if not has_accounts():
        values = [st.session_state[NUMBER], st.session_state[NAME]]
        if remembered(COOKIE) != values:
            remember(COOKIE, values)


def _is_taken(name: str, owner: str) -> bool:
    wanted = _compared(name)
    if wanted in RESERVED or _names.get(wanted, owner) != owner:
        return True
    others = (run.record for run in list_runs() if run.record.who and run.record.owner != owner)
    return any(_compared(record.who or "") == wanted for record in others)


def _compared(name: str) -> str:
    """The name without the differences that make two names look alike."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
