"""`python -m explorer`, or `explorer` once installed. Wrong input is one sentence on stderr and exit code 2."""

import sys

from explorer.cli import main


def run() -> int:
    """The exit code of the command that the process was started with."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
