"""Workers do all cases whatever becomes of them: they are killed, a library ends them, nobody listens any more."""

import os
import sys
import time
from pathlib import Path

import pytest

import maskexpr
from maskexpr.studies.crew import Crew, Lost
from maskexpr.studies.worker import COMPUTED, LOADED

pytestmark = pytest.mark.slow

POSIX = pytest.mark.skipif(os.name != "posix", reason="signals")


class Obeying:
    """Work whose items say what is to happen to the worker."""

    def do(self, items, teller):
        for key, item in items:
            teller.began(key, COMPUTED)
            if item == "abort":
                print("it was all too much", file=sys.stderr, flush=True)
                os.abort()
            elif item == "leave":
                os._exit(3)
            elif item == "sleep":
                time.sleep(60)
            elif item == "print":
                os.write(1, b"out of turn")
            elif item == "unpicklable":
                item = lambda: None  # noqa: E731
            elif item == "pid":
                item = os.getpid()
            teller.done(key, item)


class Ahead(Obeying):
    """Begins with the next item before the last is done."""

    def do(self, items, teller):
        first = next(items)
        for second in items:
            teller.began(second[0], LOADED)
            super().do(iter([first]), teller)
            if second[1] == "abort":
                os.abort()
            first = second
        super().do(iter([first]), teller)


class Unknown(Obeying):
    """Work that no other process knows of."""

    def __reduce__(self):
        return (maskexpr.compile, (1,))


def answered(items, work=None, jobs=2):
    with Crew(work or Obeying(), items, jobs) as crew:
        return [
            (key, value.error.message if isinstance(value, Lost) else value) for key, _, value in sorted(crew.answers())
        ]


def alive(pid):
    """Whether a process is there and more than a name that nobody has asked for yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
