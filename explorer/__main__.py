"""`python -m explorer`, or `explorer` once installed. Wrong input is one sentence on stderr and exit code 2."""

import gc
import io
import signal
import sys

from explorer.cli import main


def run() -> int:
    """The exit code of the command that the process was started with."""
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # like Ctrl-C: the run is stopped, and keeps what it learned
    for stream in (sys.stdout, sys.stderr):
        if sys.platform == "win32" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # into a file or a pipe, its own code page lacks letters of ours
    code = main(sys.argv[1:])
    gc.freeze()  # what torch has made, no last collection is to walk through: half a second
    return code


if __name__ == "__main__":
    sys.exit(run())
