"""The entrance to a class: before any page, the visitor gives a name once or logs in. The sidebar then shows who they
are."""

from urllib.parse import parse_qs, urlencode, urlsplit

import streamlit as st

from explorer.errors import UserError
from explorer.mode import is_class
from explorer.runs.owners import Person, acting, identify_with
from explorer.ui.classroom import settings, visitor
from explorer.ui.classroom.host import LOGIN
from explorer.ui.components.remembered import remember, remembered
from explorer.ui.markdown import literal
from explorer.ui.navigation import by_path
from explorer.ui.serving import problems, uploads

TYPED, GIVEN = "visitor-typed", "host-given"  # keys of the session state
RENAMED, REFUSED = "visitor-renamed", "visitor-refused"
LINK = "link"  # a cookie: the page requested before a login; in the session state: this link has been followed


def enter() -> bool:
    """Whether the page may be shown; if not, asks for a name or a login in its place. The link stays unchanged."""
    identify_with(visitor.acting)
    if not is_class():
        return True
    if settings.has_accounts():
        if not st.user.is_logged_in:
            _ask_to_log_in()
    else:
        visitor.recognise()
        if not acting().name:
            _ask_for_name()
    if not acting().name:
        return False
    uploads.belongs_to(acting().owner)
    if settings.has_accounts():
        _follow_kept_link()
    with st.sidebar:
        visitor.keep()
        _about(acting())
    return True


def _ask_to_log_in() -> None:
    st.title("Who are you?", anchor=False)
    st.markdown("This app is open to a class. Log in: your account's name appears beside the runs that you start.")
    st.button("Log in", type="primary", on_click=st.login)
    page = urlsplit(st.context.url or "").path.rpartition("/")[2]
    chosen = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    remember(LINK, [f"{page}?{urlencode(chosen)}"])


def _follow_kept_link() -> None:
    """Go to the page requested before the login, which leads to Home: otherwise a teacher's link would be lost."""
    for link in remembered(LINK):
        if LINK in st.session_state:
            remember(LINK, ())  # follow it only once
            return
        st.session_state[LINK] = True
        page, _, chosen = link.partition("?")
        if entry := by_path().get(page):
            st.switch_page(entry.page(), query_params=parse_qs(chosen))


def _ask_for_name() -> None:
    st.title("What is your name?", anchor=False)
    with st.form("visitor", border=False):
        typed = st.text_input("Name", key=TYPED, max_chars=visitor.LONGEST_NAME, width=320)
        if st.form_submit_button("Enter", type="primary"):
            try:
                visitor.call(typed)
            except UserError as error:
                problems.show(error)
            else:
                st.rerun()
    st.caption(
        "Everybody sees it beside the runs that you start. A name proves nothing, so this browser also keeps a secret "
        "number: only this browser and the host can stop, rename or delete your runs."
    )


def _about(person: Person) -> None:
    """Show who the visitor is, behind a button, and how to become the host."""
    with st.popover(literal(f"{person.name} (host)" if person.is_host else person.name), icon=":material/person:"):
        if settings.has_accounts():
            st.button("Log out", on_click=st.logout)
        else:
            called = "Runs that you start from now on have the new name; earlier runs keep the old one."
            st.text_input("Your name", person.name, visitor.LONGEST_NAME, RENAMED, on_change=_rename, help=called)
        if person.is_host:
            st.caption("As the host you can stop, resume, rename and delete everybody's runs.")
            st.button("Stop being the host", on_click=LOGIN.log_out, args=(person.owner,))
            _show_refused()
            return
        st.caption("You can stop, resume, rename and delete your own runs; the host can change all runs.")
        with st.form("host", border=False, clear_on_submit=True):
            st.text_input("Host's password", key=GIVEN, type="password", autocomplete="current-password")
            st.form_submit_button("Become the host", on_click=_become_host, args=(person,))
        _show_refused()


def _show_refused() -> None:
    if refused := st.session_state.pop(REFUSED, None):
        st.error(literal(refused), icon=":material/error:")


def _rename() -> None:
    try:
        visitor.call(st.session_state[RENAMED])
    except UserError as error:
        st.session_state[REFUSED] = str(error)
    st.session_state[RENAMED] = acting().name  # the old name, or the new one as it was cleaned


def _become_host(person: Person) -> None:
    assert person.owner is not None, "who has a name can own runs"
    address = st.context.ip_address or "this machine"
    try:
        LOGIN.log_in(person.owner, st.session_state[GIVEN], settings.password(), address)
    except UserError as error:
        st.session_state[REFUSED] = str(error)
