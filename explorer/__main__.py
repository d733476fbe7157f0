"""`python -m explorer --help`. Wrong input is one sentence on stderr and exit code 2."""

import sys

from explorer.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
