"""What the host has set for a class or a demo, and the password. The environment goes before st.secrets."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.errors import UserError
from explorer.mode import CLASS, DEMO, is_class

PASSWORD, PASSWORD_FILE = "EXPLORER_PASSWORD", "EXPLORER_PASSWORD_FILE"
SHORTEST = 8  # characters of a password
WAYS = f"{PASSWORD}, a file named by {PASSWORD_FILE}, or password under [explorer] in .streamlit/secrets.toml"


def check_start() -> None:
    """Before the server takes visitors: it does not start for a class without a password. Ends the process with a
    sentence."""
    if _section("explorer").get("class") is True:
        os.environ.setdefault(CLASS, "1")  # for the workers, too
    if _section("explorer").get("demo") is True:
        os.environ.setdefault(DEMO, "1")
    try:
        if is_class():
            password()
    except UserError as error:
        raise SystemExit(str(error)) from None


def password() -> str:
    """The host's. Raises UserError if there is none, or one that is easy to guess."""
    given = _given()
    if not given:
        raise UserError(f"The app does not open to a class without a password for the host: set {WAYS}.")
    if len(given) < SHORTEST:
        raise UserError(f"The host's password has fewer than {SHORTEST} characters: set a longer one.")
    return given


def has_accounts() -> bool:
    """Whether the host has configured a login: [auth] in st.secrets."""
    return bool(_section("auth"))


def _given() -> str:
    if file := os.environ.get(PASSWORD_FILE):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{PASSWORD_FILE} '{file}' cannot be read ({error}): name a text file.") from error
    return os.environ.get(PASSWORD) or str(_section("explorer").get("password", ""))


def _section(name: str) -> Mapping[str, Any]:
    return st.secrets.get(name, {}) if st.secrets.load_if_toml_exists() else {}
