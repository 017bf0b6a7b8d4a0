"""A worker as the process sees it that started it: it is given items, listened to, and ended."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, NamedTuple

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.studies.frames import receive, send
from maskexpr.studies.worker import Work

# What a worker runs: modules are found where this process finds them, and not in the current folder besides. It starts
# as a command does: NumPy first, and no garbage looked for while modules load.
_START = (
    "import gc, pickle, sys; gc.disable(); sys.path[:] = pickle.load(sys.stdin.buffer); import numpy; "
    "from maskexpr.studies.worker import main; main()"
)
_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")  # signals that no library sends itself
_PATIENCE = 2.0  # seconds for a worker to leave
_HEARD, _SAID = 4000, 200  # of what a worker printed: bytes that are kept, characters that are shown

UNSENT = "unsent"  # said in the place of a worker of an item that cannot be sent to it


@dataclass(slots=True, eq=False)
class Given:
    """An item on its way."""

    key: int
    item: Any
    part: str = ""  # of the work that is being done to it
    since: float = 0.0
    deaths: int = 0  # of workers that it was with
    alone: bool = False  # no other is to be with the same worker, so that it is known whose fault its death is

    def again(self) -> "Given":
        """The same, to be begun anew."""
        return Given(self.key, self.item, deaths=self.deaths, alone=self.alone)


class Reason(NamedTuple):
    """Why a worker ended."""

    text: str
    is_from_outside: bool  # somebody killed it, or the system for want of memory

    @property
    def error(self) -> Diagnostic:
        if self.is_from_outside:
            return messages.WORKER_KILLED.anywhere(signal=self.text)
        return messages.WORKER_ENDED.anywhere(why=self.text)


class Process:
    """One worker. What it says is put among the events of all, and None when it is gone.

    Raises
    ------
    OSError
        It cannot be started.
    """

    def __init__(self, work: Work, events: "SimpleQueue[tuple[Process, Any]]", folder: str, threads: int) -> None:
        self.in_hand: dict[int, Given] = {}
        self.is_ready = self.is_stopped = False
        self._events = events
        self._heard = b""
        self._is_sending = False
        share = str(threads)
        limits = {"MASKEXPR_THREADS": share, **{name: os.environ.get(name, share) for name in _LIBRARIES}}
        with _no_interrupts():
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env={**os.environ, **limits},
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # Windows: away from Ctrl-C
            )
        self._threads = [threading.Thread(target=part, daemon=True) for part in (self._listen, self._overhear)]
        for thread in self._threads:
            thread.start()
        assert self._process.stdin is not None
        self._to = self._process.stdin
        with suppress(OSError):  # it is gone already, which is heard
            self._to.write(pickle.dumps([os.path.abspath(path) for path in sys.path]))
            send(self._to, work)

    def has_room(self, line: int) -> bool:
        """Whether it takes one more, if so many are in line."""
        is_apart = any(given.alone for given in self.in_hand.values())
        return self.is_ready and not self.is_stopped and not is_apart and len(self.in_hand) < line

    def give(self, given: Given) -> None:
        self.in_hand[given.key] = given
        self._is_sending = True
        try:
            send(self._to, (given.key, given.item))
        except OSError:  # it is gone, which is heard
            pass
        except Exception as error:  # whatever pickling may raise
            self._events.put((self, (UNSENT, given.key, f"{type(error).__name__}: {error}")))
        self._is_sending = False

    def stop(self) -> None:
        """Let it end with what it has begun."""
        self.is_stopped = True
        with suppress(OSError):
            send(self._to, None)

    def dismiss(self) -> None:
        """Let it end at once."""
        if self._is_sending:  # interrupted: what is left to send would be waited for
            self._process.kill()
        with suppress(OSError):
            self._to.close()

    def wait(self) -> None:
        """Give it time to leave."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)

    def kill(self) -> None:
        """See that it is gone."""
        self._process.kill()
        self._process.wait()

    def reason(self) -> Reason:
        """Why it ended, once it did."""
        self.dismiss()
        self.wait()
        self.kill()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_PATIENCE)
        status, words = self._process.returncode, self.last_words
        name = _signal_of(status)
        if name in _FROM_OUTSIDE:
            return Reason(name, True)
        return Reason((name or f"exit status {status}") + (f", {words}" if words else ""), False)

    @property
    def last_words(self) -> str:
        """The last line that it printed where errors go."""
        lines = self._heard.decode("utf-8", "replace").split("\n")
        return next((line.strip()[:_SAID] for line in reversed(lines) if line.strip()), "")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream, suppress(Exception):  # whatever unpickling may raise
            while True:
                self._events.put((self, receive(stream)))
        self._events.put((self, None))

    def _overhear(self) -> None:
        assert self._process.stderr is not None
        with self._process.stderr as stream, suppress(OSError):
            while data := os.read(stream.fileno(), _HEARD):
                self._heard = (self._heard + data)[-_HEARD:]


def _signal_of(status: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-status).name if status < 0 else ""
    return f"signal {-status}"


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """What is started in here does not hear Ctrl-C: the one that started it does, and ends it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
