"""The server, and the frame around every page: navigation, the presentation switch, what shows when something fails.

Streamlit imports this file once, for `app`, and runs it as `__main__` for every visitor and every click.
"""

import streamlit as st

from explorer.ui import problems, server


def run_page() -> None:
    from explorer.errors import UserError
    from explorer.ui import page, warm
    from explorer.ui.navigation import pages

    st.set_page_config(page_title="Architecture Explorer", page_icon=":material/biotech:", layout="wide")
    chosen = st.navigation(pages(), expanded=True)
    page.presentation_switch()
    try:
        chosen.run()
    except UserError as error:
        problems.show(error)
    finally:  # also where a page ends early
        warm.in_background()


if __name__ == "__main__":
    run_page()
else:
    app = st.App(__file__, lifespan=server.lifespan, on_script_error=problems.show)
