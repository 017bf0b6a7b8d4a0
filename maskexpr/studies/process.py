"""A worker as the process sees it that started it: it is given items, listened to, and ended."""

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.processes.child import Child, Reason
from maskexpr.processes.frames import receive, send
from maskexpr.studies.worker import Work

_MODULE = "maskexpr.studies.worker"
_PATIENCE = 2.0  # seconds for what is heard of a worker to be over

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
        self._is_sending = False
        self._child = Child(_MODULE, folder=folder, environment=os.environ, threads=threads)
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        with suppress(OSError):  # it is gone already, which is heard
            send(self._child.to, work)

    def has_room(self, line: int) -> bool:
        """Whether it takes one more, if so many are in line."""
        is_apart = any(given.alone for given in self.in_hand.values())
        return self.is_ready and not self.is_stopped and not is_apart and len(self.in_hand) < line

    def give(self, given: Given) -> None:
        self.in_hand[given.key] = given
        self._is_sending = True
        try:
            send(self._child.to, (given.key, given.item))
        except OSError:  # it is gone, which is heard
            pass
        except Exception as error:  # whatever pickling may raise
            self._events.put((self, (UNSENT, given.key, f"{type(error).__name__}: {error}")))
        self._is_sending = False

    def stop(self) -> None:
        """Let it end with what it has begun."""
        self.is_stopped = True
        with suppress(OSError):
            send(self._child.to, None)

    def dismiss(self) -> None:
        """Let it end at once."""
        if self._is_sending:  # interrupted: what is left to send would be waited for
            self._child.process.kill()
        self._child.dismiss()

    def wait(self) -> None:
        """Give it time to leave."""
        self._child.wait()

    def kill(self) -> None:
        """See that it is gone."""
        self._child.kill()

    def reason(self) -> Reason:
        """Why it ended, once it did."""
        self.dismiss()
        found = self._child.reason()
        self._listening.join(_PATIENCE)
        return found

    @property
    def last_words(self) -> str:
        """The last line that it printed where errors go."""
        return self._child.last_words

    def _listen(self) -> None:
        with self._child.answers as stream, suppress(Exception):  # whatever unpickling may raise
            while True:
                self._events.put((self, receive(stream)))
        self._events.put((self, None))


def error_of(reason: Reason) -> Diagnostic:
    """What is said of an item that a worker ended with."""
    if reason.is_from_outside:
        return messages.WORKER_KILLED.anywhere(signal=reason.text)
    return messages.WORKER_ENDED.anywhere(why=reason.text)
