"""English in sentences that several layers write."""


def plural(count: int, noun: str) -> str:
    """ "1 seed", "3 seeds", "1,200 steps": for nouns whose plural takes an s."""
    return f"{count:,} {noun}{'s' * (count != 1)}"


def printable(text: str) -> str:
    """The text with "?" for half characters, as in names of files that are not UTF-8: no screen takes them."""
    return text.encode(errors="replace").decode()
