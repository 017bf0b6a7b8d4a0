"""The process: `maskexpr` and `python -m maskexpr`."""

import os
import sys
from typing import NoReturn

from maskexpr.cli import main


def run() -> NoReturn:
    """Run a command and leave at once: nothing is left to save, and taking the interpreter and its modules apart piece
    by piece would cost a short command a seventh of its time."""
    code = main()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
