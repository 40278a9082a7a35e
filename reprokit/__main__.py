"""Run the command line with `python -m reprokit`."""

import sys

from reprokit.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
