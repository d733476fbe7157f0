"""The host's settings for a class or a demo, and the password. Environment variables override st.secrets."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.errors import UserError
from explorer.mode import CLASS, DEMO, is_class

PASSWORD, PASSWORD_FILE = "EXPLORER_PASSWORD", "EXPLORER_PASSWORD_FILE"
SHORTEST = 8  # characters that a password must have
WAYS = f"{PASSWORD}, a file named by {PASSWORD_FILE}, or password under [explorer] in .streamlit/secrets.toml"


def check_start() -> None:
    """Called before the server accepts visitors: if the app is open to a class and has no password, ends the process
    with a sentence."""
    if _section("explorer").get("class") is True:
        os.environ.setdefault(CLASS, "1")  # for the worker processes as well
    if _section("explorer").get("demo") is True:
        os.environ.setdefault(DEMO, "1")
    try:
        if is_class():
            password()
    except UserError as error:
        raise SystemExit(str(error)) from None


def password() -> str:
    """The host's password. Raises UserError if there is none, or if it is too short."""
    given = _given()
    if not given:
        raise UserError(f"The app does not open to a class without a password for the host: set {WAYS}.")
    if len(given) < SHORTEST:
        raise UserError(f"The host's password has fewer than {SHORTEST} characters: set a longer one.")
    return given


def has_accounts() -> bool:
    """Whether the host has configured a login, as [auth] in st.secrets."""
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
