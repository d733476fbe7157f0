"""The server, and what surrounds every page: navigation, the presentation switch, what shows when something fails.

Streamlit imports this file once, for `app`, and runs it as `__main__` for every visitor and every click.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui.classroom import settings
from explorer.ui.serving import problems, server, uploads

# An image of ours: for a material icon every browser would ask a font server.
ICON = Path(__file__).parent / "explorer" / "ui" / "icon.png"
SIDEBAR = 232  # pixels: the longest name of a page, and the switch of the presentation


def run_page() -> None:
    """Shows the page of the address, and any error that a person can mend as a sentence."""
    from explorer.errors import UserError
    from explorer.runs.listing import one_scan
    from explorer.ui import choices, names, page, stage
    from explorer.ui.classroom import gate
    from explorer.ui.navigation import HOME, by_path, pages
    from explorer.ui.serving import loading, warm

    # Before the navigation, or the icon is the page's for a moment.
    st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR)
    chosen = st.navigation(pages(), expanded=True)
    st.set_page_config(f"{chosen.title} · Architecture Explorer")
    try:
        loading.runs_first()
        if not gate.enter():
            return
        with one_scan(), choices.of_page(chosen.url_path):
            names.forget()
            page.presentation_switch()
            stage.begin()
            try:
                if by_path().get(chosen.url_path, HOME).needs_torch:
                    loading.torch_first()
                chosen.run()
            except UserError as error:
                problems.show(error)
            stage.end()
    finally:  # also where a page ends early
        warm.in_background()


if __name__ == "__main__":
    run_page()
else:
    settings.check_start()
    bounds = [Middleware(uploads.BoundedUploads)]
    app = st.App(__file__, lifespan=server.lifespan, middleware=bounds, on_script_error=problems.show)
