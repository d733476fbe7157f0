"""A class: the password guards the host, a browser's number guards a visitor's runs, and the start is refused in a
sentence."""

from types import SimpleNamespace

import pytest

from explorer.errors import UserError
from explorer.mode import is_class
from explorer.runs import RunConfig, create, owners
from explorer.runs.owners import HOST, Person, owner_key
from explorer.ui.classroom import gate, settings, visitor
from explorer.ui.classroom.host import SECONDS, TRIES_IN_ALL, TRIES_OF_ONE, HostLogin

PASSWORD = "correct horse"


@pytest.fixture
def secrets(monkeypatch) -> dict[str, dict]:
    """What stands in st.secrets."""
    kept: dict[str, dict] = {}
    fake = SimpleNamespace(load_if_toml_exists=lambda: True, get=kept.get)
    monkeypatch.setattr(settings, "st", SimpleNamespace(secrets=fake))
    for name in ("EXPLORER_CLASS", settings.PASSWORD, settings.PASSWORD_FILE):
        monkeypatch.delenv(name, raising=False)
    return kept


@pytest.mark.parametrize("given", ["1", "on", " TRUE "])
def test_a_class_does_not_start_without_a_password(given, secrets, monkeypatch):
    settings.check_start()  # at a desk nobody needs one
    monkeypatch.setenv("EXPLORER_CLASS", given)
    with pytest.raises(SystemExit, match=r"does not open to a class without a password.*EXPLORER_PASSWORD"):
        settings.check_start()
    secrets["explorer"] = {"password": "short"}
    with pytest.raises(SystemExit, match="fewer than 8 characters"):
        settings.check_start()
    secrets["explorer"] = {"password": PASSWORD}
    settings.check_start()


def test_a_word_that_is_neither_on_nor_off_opens_nothing(secrets, monkeypatch):
    monkeypatch.setenv("EXPLORER_CLASS", "maybe")
    with pytest.raises(SystemExit, match="EXPLORER_CLASS 'maybe' is not possible"):
        settings.check_start()


def test_secrets_alone_can_open_a_class(secrets, monkeypatch):
    monkeypatch.setenv("EXPLORER_CLASS", "")  # put back behind the test
    monkeypatch.delenv("EXPLORER_CLASS")
    secrets["explorer"] = {"class": True, "password": PASSWORD}
    settings.check_start()
    assert is_class()


def test_a_password_comes_from_a_file_before_the_environment_before_secrets(secrets, monkeypatch, tmp_path):
    secrets["explorer"] = {"password": "of the secrets"}
    assert settings.password() == "of the secrets"
    monkeypatch.setenv(settings.PASSWORD, "of the environment")
    assert settings.password() == "of the environment"
    file = tmp_path / "password"
    monkeypatch.setenv(settings.PASSWORD_FILE, str(file))
    with pytest.raises(UserError, match="cannot be read"):
        settings.password()
    file.write_text("of the file\n")
    assert settings.password() == "of the file"


def test_tries_are_bounded_for_one_address_and_for_all():
    now = [0.0]
    login = HostLogin(lambda: now[0])
    for left in reversed(range(TRIES_OF_ONE)):
        with pytest.raises(UserError, match=f"Tries left for now: {left}"):
            login.log_in("eve", "guess", PASSWORD, "10.0.0.1")
    with pytest.raises(UserError, match="Too many wrong passwords: try again in 10 minutes"):
        login.log_in("eve", PASSWORD, PASSWORD, "10.0.0.1")  # also with the right one
    assert not login.is_host("eve")
    login.log_in("host", PASSWORD, PASSWORD, "10.0.0.2")  # another address is not hindered
    assert login.is_host("host")
    wrong = TRIES_OF_ONE
    while wrong < TRIES_IN_ALL:
        with pytest.raises(UserError, match="not the host's password"):
            login.log_in("eve", "guess", PASSWORD, f"10.1.0.{wrong}")
        wrong += 1
    with pytest.raises(UserError, match="Too many"):
        login.log_in("eve", "guess", PASSWORD, "10.2.0.1")
    now[0] = SECONDS + 1
    login.log_in("eve", PASSWORD, PASSWORD, "10.0.0.1")
    login.log_out("eve")
    assert not login.is_host("eve")


@pytest.fixture
def browser(monkeypatch, checkpoints):
    """Opens a session of a browser that keeps these values; who it is by then."""
    monkeypatch.setenv("EXPLORER_CLASS", "1")
    monkeypatch.setattr(visitor, "_names", type(visitor._names)())
    monkeypatch.setattr(visitor, "get_script_run_ctx", lambda suppress_warning: object())
    monkeypatch.setattr(visitor, "has_accounts", lambda: False)
    state: dict[str, str] = {}
    monkeypatch.setattr(visitor, "st", SimpleNamespace(session_state=state))

    def session(*kept: str) -> Person:
        state.clear()
        monkeypatch.setattr(visitor, "remembered", lambda name: list(kept))
        visitor.recognise()
        return visitor.acting()

    session.state = state
    return session


def test_nobody_becomes_another_by_typing_a_name(browser):
    assert browser() == Person()
    visitor.call("  Ada ")
    ada, number = visitor.acting(), browser.state[visitor.NUMBER]
    assert (ada.name, ada.owner, ada.is_host) == ("Ada", owner_key("browser", number), False)
    assert browser(number, "Ada") == ada  # the same browser, another day
    browser()
    for name in ("Ada", "ADA", "\uff21da", "host"):
        with pytest.raises(UserError, match=f"Somebody else is called '{name}' here"):
            visitor.call(name)
    visitor.call("Ada 2")
    assert visitor.acting().owner != ada.owner
    forged = browser("0" * 32, "Ada")  # a cookie with her name, but not her number
    assert forged == Person()


def test_a_name_that_stands_beside_runs_is_taken_after_a_restart_too(browser, monkeypatch):
    monkeypatch.setattr(owners, "_identify", lambda: Person("Ada", owner_key("browser", "a" * 32)))
    create(RunConfig("digits", "mlp"))
    browser()
    with pytest.raises(UserError, match="Somebody else is called 'ada'"):
        visitor.call("ada")
    assert browser("a" * 32, "Ada").name == "Ada"


@pytest.mark.parametrize(
    "kept", [("x",), ("", "Ada"), ("a" * 31 + "/", "Ada"), ("a" * 33, "Ada"), ("a" * 32, "\u202e")]
)
def test_what_a_browser_keeps_is_checked(kept, browser):
    assert browser(*kept) == Person()
    assert len(browser.state[visitor.NUMBER]) == 32


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 41])
def test_a_name_is_one_line(name, browser):
    browser()
    with pytest.raises(UserError):
        visitor.call(name)


def test_outside_of_a_session_nobody_owns_anything(browser, monkeypatch):
    browser("a" * 32, "Ada")
    monkeypatch.setattr(visitor, "get_script_run_ctx", lambda suppress_warning: None)
    assert visitor.acting() == Person()
    monkeypatch.setenv("EXPLORER_CLASS", "0")
    assert visitor.acting() == HOST


class _User(dict):
    is_logged_in = True


def test_an_account_is_the_owner_in_every_browser(browser, monkeypatch):
    """Where the host has configured a login: nobody without one owns anything, and no name in a cookie counts."""
    monkeypatch.setattr(visitor, "has_accounts", lambda: True)

    def logged_in(user: _User) -> Person:
        monkeypatch.setattr(visitor, "st", SimpleNamespace(session_state=browser.state, user=user))
        return visitor.acting()

    ada = _User(iss="https://login.example.org", sub="17", name="Ada")
    assert logged_in(ada).owner == owner_key("account", "https://login.example.org 17") == logged_in(ada).owner
    assert logged_in(_User(ada, name="Countess")).owner == logged_in(ada).owner  # who one is, not what one is called
    assert logged_in(_User(ada, sub="18")).owner != logged_in(ada).owner
    assert logged_in(_User(ada, name="a\nb")).name == "unnamed"
    assert logged_in(_User(iss="https://login.example.org")) == Person()
    ada.is_logged_in = False
    assert logged_in(ada) == Person()


@pytest.mark.parametrize(("page", "goes"), [("curves", True), ("", False), ("evil", False)])
def test_a_link_is_followed_once_after_a_login(page, goes, monkeypatch):
    """A login leads to Home, whatever was asked for."""
    cookie: list[str] = []
    went = []
    fake = SimpleNamespace(
        session_state={},
        context=SimpleNamespace(url=f"https://lab.example.org/{page}"),
        query_params=QueryParams(runs=["a b", "c&d"], over=["steps"]),
        switch_page=lambda to, query_params: went.append((to, query_params)),
        title=lambda *_, **__: None,
        markdown=lambda *_: None,
        button=lambda *_, **__: None,
        login=None,
    )
    monkeypatch.setattr(gate, "st", fake)
    monkeypatch.setattr(gate, "by_path", lambda: {"curves": SimpleNamespace(page=lambda: "curves")})
    monkeypatch.setattr(gate, "remember", lambda name, values: cookie.__setitem__(slice(None), values))
    monkeypatch.setattr(gate, "remembered", lambda name: list(cookie))
    gate._ask_to_log_in()
    for _ in range(2):
        gate._follow_kept_link()
    assert went == [("curves", {"runs": ["a b", "c&d"], "over": ["steps"]})] * goes
    assert cookie == []


class QueryParams(dict):
    get_all = dict.__getitem__
