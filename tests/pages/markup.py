"""What people may write wherever they can write anything, and whether a page shows it as they wrote it."""

import re

from streamlit.testing.v1 import AppTest

from explorer.runs import annotate, list_runs

from .sent import markdown

# What a browser would draw.
PARTS = ("`![n](http://h/t.png)", "<script>n()</script>", ":red[n]", "$n$", ":smile:")
ALL = " ".join(PARTS)


def write_on_runs() -> None:
    """Markup in all that people write of runs: their name, note and tags, and who they are."""
    for number, run in enumerate(list_runs()):
        run = annotate.tag(annotate.note(annotate.rename(run, f"{ALL} {number}"), ALL), PARTS)
        run.change(who=ALL)


def rendered(app: AppTest) -> list[str]:
    """Where a browser would take any of PARTS for markup."""
    found = []
    for place, text in markdown(app):
        dangerous = PARTS[1:2] if place == "Html.body" else PARTS  # where Markdown means nothing
        left = re.sub(r"`[^`]*`", "", re.sub(r"\\.", "", text))  # without what is escaped, or in a span of code
        found += [f"{place}: {text!r}" for part in dangerous if part.strip("`") in left]
    return found
