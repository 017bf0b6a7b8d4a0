"""Forked processes."""

import os
import signal
import time
import warnings
from collections.abc import Callable
from typing import Any


def exit_status_of_child(work: Callable[[], Any]) -> int | None:
    """What a forked process ends with that does some work; None where it does not end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which is what this is about
        child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    for _ in range(1000):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None
