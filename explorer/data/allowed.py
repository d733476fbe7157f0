"""Which folders of this machine a data set may come from: any at a desk, else those that the host lists."""

import os

from explorer.errors import UserError
from explorer.mode import is_open

FOLDERS = "EXPLORER_FOLDERS"


def listed() -> list[str]:
    """The folders that the host has listed, as absolute paths."""
    given = os.environ.get(FOLDERS, "").split(os.pathsep)
    return [os.path.abspath(os.path.expanduser(folder)) for folder in given if folder.strip()]


def checked(path: str) -> str:
    """The absolute path if images may be read there; at a desk the path unchanged. Raises UserError otherwise: the same
    sentence for every path that is not allowed, whether or not it exists, given before the disk is accessed."""
    if not is_open():
        return path
    path = os.path.abspath(path)
    if not any(_is_below(path, folder) for folder in listed()) or _leads_out(path):
        raise not_allowed()
    return path


def not_allowed() -> UserError:
    """The error. It says what can be chosen, and repeats nothing of what was typed."""
    folders = " or ".join(f"'{folder}'" for folder in listed())
    if not folders:
        return UserError(f"There are no folders of images to choose from: ask the host to list some in {FOLDERS}.")
    return UserError(f"Images can be read in {folders} only: give one of these folders, or one below.")


def leads_out(path: str | os.PathLike[str]) -> bool:
    """Whether an entry of an allowed folder is a link to something that may not be read."""
    may_be_a_link = os.path.islink(path) or os.name == "nt"  # whose junctions islink does not report
    return is_open() and may_be_a_link and _leads_out(path)


def _leads_out(path: str | os.PathLike[str]) -> bool:
    try:
        real = os.path.realpath(path)
    except (OSError, ValueError):  # a name that no folder can have
        return True
    return not any(_is_below(real, os.path.realpath(folder)) for folder in listed())


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
