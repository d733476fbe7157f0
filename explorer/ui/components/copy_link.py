"""A button that copies the page's link, which is one step of Back with its page."""

from explorer.ui.components.component import component

HTML = """<button type="button"></button><span role="status"></span>"""
_COPY_LINK = component(__file__, HTML)


def copy_link() -> None:
    """Copy what stands in the address bar; a visitor's own image is not in it, and the button says so."""
    # A tuple: for a list, streamlit imports pandas to see whether it is a table, and every page has this button.
    _COPY_LINK(key="copy-link", data={"own": ("uploaded", "drawn", "camera")})
