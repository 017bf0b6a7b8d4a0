"""The process: `maskexpr` and `python -m maskexpr`."""

import gc
import os
import sys
from typing import NoReturn

from maskexpr import __version__


def run() -> NoReturn:
    """Run a command and leave at once: nothing is left to save, and taking the interpreter and its modules apart piece
    by piece would cost a short command a seventh of its time."""
    if sys.argv[1:] == ["--version"]:  # asked by scripts and by people who report a fault: nothing else is imported
        print(f"maskexpr {__version__}")
        code = 0
    else:
        gc.disable()  # while modules load: what they make stays
        from maskexpr.cli import main

        gc.freeze()
        gc.enable()
        code = main()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
