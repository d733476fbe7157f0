"""The server, and the frame around every page: navigation, the presentation switch, what shows when something fails.

Streamlit imports this file once, for `app`, and runs it as `__main__` for every visitor and every click.
"""

import streamlit as st

from explorer.ui import problems, server


def run_page() -> None:
    """Shows the page of the address, and any error that a person can mend as a sentence."""
    from explorer.errors import UserError
    from explorer.ui import choices, names, page, warm
    from explorer.ui.navigation import pages

    chosen = st.navigation(pages(), expanded=True)
    st.set_page_config(f"{chosen.title} · Architecture Explorer", page_icon=":material/biotech:", layout="wide")
    try:
        with choices.of_page(chosen.url_path):
            names.forget()
            page.presentation_switch()
            chosen.run()
    except UserError as error:
        problems.show(error)
    finally:  # also where a page ends early
        warm.in_background()


if __name__ == "__main__":
    run_page()
else:
    app = st.App(__file__, lifespan=server.lifespan, on_script_error=problems.show)
