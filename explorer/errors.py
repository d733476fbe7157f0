"""Errors that a user can fix, each in one sentence."""

import errno
from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """Wrong input. The message is one sentence that names the value and the remedy.

    The command line prints it and exits with 2; a page shows it in a red box. Anything else that is
    raised is a defect of ours and keeps its traceback.
    """


def disk_problem(error: BaseException) -> str | None:
    """What a user can do about a disk that accepts no more data, in a sentence; None for any other error."""
    if not isinstance(error, OSError):
        return None
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: delete runs that you no longer need, then try again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return (
            f"'{error.filename}' cannot be written to ({error.strerror}): make it writable, or choose another folder."
        )
    return None


def unknown(kind: str, value: object, choices: Iterable[str]) -> UserError:
    """The error for a name that is not in a registry: `No model 'lent'. Choose one of: mlp, simple_cnn.`"""
    names = list(choices)
    close = get_close_matches(str(value), names, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return UserError(f"No {kind} '{value}'.{hint} Choose one of: {', '.join(names)}.")
