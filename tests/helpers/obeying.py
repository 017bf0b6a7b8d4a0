"""Work for workers whose items say what is to become of the worker."""

import os
import sys
import threading
import time
from queue import Queue

from maskexpr.studies.worker import COMPUTED, LOADED


class Obeying:
    def do(self, items, teller):
        for key, item in items:
            teller.began(key, COMPUTED)
            teller.done(key, obey(item))


class Ahead:
    """Begins items while it is at the ones before, and dies of some as it begins them."""

    def do(self, items, teller):
        begun = Queue()
        threading.Thread(target=self._begin, args=(items, begun, teller), daemon=True).start()
        while (taken := begun.get()) is not None:
            teller.began(taken[0], COMPUTED)
            time.sleep(0.2)
            teller.done(*taken)

    def _begin(self, items, begun, teller):
        for key, item in items:
            teller.began(key, LOADED)
            if item == "abort":
                time.sleep(0.05)
                obey(item)
            begun.put((key, item))
        begun.put(None)


class Untakable:
    """Work that no other process can take."""

    def __reduce__(self):
        return (_taken_here_alone, ())


def _taken_here_alone():
    raise KeyError("nobody knows it")


def obey(item):
    if not isinstance(item, str):
        return item
    if item == "abort":
        print("it was all too much", file=sys.stderr, flush=True)
        os.abort()
    if item == "leave":
        os._exit(3)
    if item == "sleep":
        time.sleep(60)
    if item == "print":
        os.write(1, b"out of turn")
        print("and once more")
    if item == "nothing to pickle":
        return lambda: None
    return os.getpid() if item == "pid" else item
