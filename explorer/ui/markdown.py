"""Text from data in Streamlit's Markdown: a class may be called `$x$`, a file `*a*.png`, a folder `:smile:`."""

import re

from explorer.text import printable

JOINER = "\u2060"  # zero-width, for what Streamlit replaces even in plain text, where a backslash does not help
_REPLACED = [  # by links; by icons, and where they stand alone by arrows and dashes
    (re.compile(r"(?i)\b(https?(?=:)|www(?=\.))"), rf"\g<0>{JOINER}"),
    (re.compile(r"(?<=[\w.+\-])@(?=\w)"), f"@{JOINER}"),
    (re.compile(r":(?=material_\w+:|streamlit:)"), f":{JOINER}"),
    (re.compile(r"(?:(?<=^)|(?<=\s))(<->|->|<-|--|>=|<=|~=)(?=\s|$)"), lambda found: JOINER.join(found[0])),
]
_ESCAPED = [
    (re.compile(r"[\\`*$\[\]<~#]"), r"\\\g<0>"),  # code, emphasis, formulas, links and images, HTML, headings
    (re.compile(r"(?<![^\W_])_|_(?![^\W_])"), r"\\_"),  # emphasis again; within a word it is none
    (re.compile(r"&(?=#?\w+;)"), r"\\&"),
    (re.compile(r"^[-+>](?=\s|$)|^>"), r"\\\g<0>"),  # lists and quotations
    (re.compile(r"^(\d+)([.)])(?=\s|$)"), r"\1\\\2"),
    (re.compile(r"(?<=:)([\w+\-/]+):"), r"\1\\:"),  # emoji and icons, from their end
    (re.compile(r"(?<!\\):(?=[A-Za-z_+\-]|\d+\\:)"), r"\\:"),  # and their beginning; coloured text
    (re.compile(r"(?<=:material)/"), r"\\/"),
]


def code(text: object) -> str:
    """The text in a monospaced font, as Markdown: for what is typed or read in a program, such as a layer's name."""
    return f"`{' '.join(printable(str(text)).replace('`', JOINER).split())}`"


def literal(text: object) -> str:
    """The text as Markdown that shows it unchanged, in one line. For labels, captions, sentences and errors.

    Most sentences have nothing to escape and come back unchanged. The rules are those of GitHub's Markdown and of
    Streamlit's additions: formulas, emoji, icons, coloured text, arrows. Addresses do not become links, because anybody
    can put one into a name that everybody sees.
    """
    shown = " ".join(printable(str(text)).split())
    for pattern, by in [*_REPLACED, *_ESCAPED]:
        shown = pattern.sub(by, shown)
    return shown
