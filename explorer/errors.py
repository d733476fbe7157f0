"""What a person did wrong, said in one sentence."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(ValueError):
    """Wrong input. The message is one sentence that names the value and the remedy.

    The command line prints it and exits with 2; a page shows it in a red box. Anything else that is
    raised is a defect of ours and keeps its traceback.
    """


def unknown(kind: str, value: object, choices: Iterable[str]) -> UserError:
    """The error for a name that is not in a registry: `No model 'lent'. Choose one of: mlp, simple_cnn.`"""
    names = list(choices)
    close = get_close_matches(str(value), names, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return UserError(f"No {kind} '{value}'.{hint} Choose one of: {', '.join(names)}.")
