"""A button that copies the page's link. The button and its page are one step of Back."""

from explorer.ui.components.component import component

HTML = """<button type="button"></button><span role="status"></span>"""
_COPY_LINK = component(__file__, HTML)


def copy_link() -> None:
    """Copy the address in the address bar; the button says that a visitor's own image is not part of it."""
    # A tuple, because for a list Streamlit imports pandas to see whether it is a table, and this button is on every
    # page.
    _COPY_LINK(key="copy-link", data={"own": ("uploaded", "drawn", "camera")})
