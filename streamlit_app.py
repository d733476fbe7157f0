"""The frame around every page: navigation, the presentation switch, and one place where wrong input is shown."""

import streamlit as st

from explorer.errors import UserError
from explorer.ui import frame, warm
from explorer.ui.navigation import pages

st.set_page_config(page_title="Architecture Explorer", page_icon=":material/biotech:", layout="wide")
page = st.navigation(pages(), expanded=True)
frame.presentation_switch()
try:
    page.run()
except UserError as error:
    st.error(str(error), icon=":material/error:")
warm.in_background()
