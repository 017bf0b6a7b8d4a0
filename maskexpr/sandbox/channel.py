"""Messages between this process and a worker: bytes with their number before them, and memory that goes along.

The one that started the worker never waits for it longer than it wants to, neither to be heard nor for an answer, and
takes nothing but bytes.
"""

import select
import socket
import struct
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from maskexpr.sandbox.segments import Segment

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_SIZE = struct.Struct("<Q")
_MOST_AT_ONCE = 2**16
_MOST_HANDED = 250  # descriptors that go with one message: Linux takes 253
_LOOKS = 0.02  # seconds after which it is looked whether an answer is still wanted


class Wanted(Protocol):
    """Whether, and how long, an answer is waited for: by the clock of `time.monotonic`."""

    deadline: float | None
    cancel: Any

    def look(self) -> None:
        """Raise if the answer is not wanted any more."""


class Unread(EOFError):
    """The worker is gone, and has not read all that it was sent."""


class Nonsense(Exception):
    """What came is no message of ours."""


def left_of(wanted: Wanted) -> float | None:
    """Seconds to wait before it is looked again; None for ever."""
    left = None if wanted.deadline is None else max(0.0, wanted.deadline - time.monotonic())
    if wanted.cancel is None:
        return left
    return _LOOKS if left is None else min(left, _LOOKS)


class Channel:
    """This process's end: a socket.

    Raises EOFError where the worker is gone. Systems tell by a connection that is reset whether something was left
    unread there.
    """

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(end, select.POLLIN)
        self._writable.register(end, select.POLLOUT)

    def send(self, data: bytes, segments: Sequence[Segment], wanted: Wanted) -> None:
        """Send a message, and with it segments that the worker does not have yet."""
        rest = memoryview(_SIZE.pack(len(data)) + data)
        handed = [segment.descriptor for segment in segments]
        if len(handed) > _MOST_HANDED:
            raise ValueError(f"{len(handed)} pieces of memory at once")
        while rest:
            with suppress(BlockingIOError):
                try:
                    sent = socket.send_fds(self._end, [rest], handed) if handed else self._end.send(rest)
                except ConnectionError:
                    raise Unread from None
                rest, handed = rest[sent:], []
                continue
            self._wait(self._writable, wanted)

    def receive(self, most: int, wanted: Wanted) -> "NDArray[np.uint8]":
        """The message that comes, of so many bytes at most."""
        first = self._some(_MOST_AT_ONCE, wanted)
        while len(first) < _SIZE.size:
            first += self._some(_MOST_AT_ONCE, wanted)
        (size,) = _SIZE.unpack_from(first)
        found = len(first) - _SIZE.size
        if size > most or found > size:
            raise Nonsense(f"{max(size, found)} bytes")
        data = np.empty(size, np.uint8)
        data[:found] = np.frombuffer(first, np.uint8, offset=_SIZE.size)
        rest = data.data[found:]
        while rest:
            rest = rest[self._into(rest, wanted) :]
        return data

    def close(self) -> None:
        self._end.close()

    def _some(self, most: int, wanted: Wanted) -> bytearray:
        data = bytearray(most)
        return data[: self._into(memoryview(data), wanted)]

    def _into(self, data: memoryview, wanted: Wanted) -> int:
        while True:
            with suppress(BlockingIOError):
                try:
                    found = self._end.recv_into(data)
                except ConnectionError:
                    raise Unread from None
                if not found:
                    raise EOFError
                return found
            self._wait(self._readable, wanted)

    def _wait(self, poll: "select.poll", wanted: Wanted) -> None:
        left = left_of(wanted)
        if not poll.poll(None if left is None else left * 1000 + 1):
            wanted.look()


class WorkerEnd:
    """The worker's end; it waits for ever."""

    def __init__(self, descriptor: int) -> None:
        self._end = socket.socket(fileno=descriptor)

    def receive(self) -> tuple[bytes, list[int]]:
        """The message that comes, and the descriptors that came along.

        Raises
        ------
        EOFError
            Nobody is there any more.
        """
        first, handed, _, _ = socket.recv_fds(self._end, _MOST_AT_ONCE, _MOST_HANDED)
        data = bytearray(first)
        while len(data) < _SIZE.size or len(data) < _SIZE.size + _SIZE.unpack_from(data)[0]:
            if not first:
                raise EOFError
            first = self._end.recv(2**20)
            data += first
        return bytes(memoryview(data)[_SIZE.size :]), list(handed)

    def send(self, text: bytes, memory: memoryview | None = None) -> None:
        """Send a message, which is some bytes and what is in some memory."""
        size = len(text) + (0 if memory is None else memory.nbytes)
        self._end.sendall(_SIZE.pack(size) + text)
        if memory is not None:
            self._end.sendall(memory)


class PipeChannel:
    """This process's end where there are no such sockets, as on Windows: a pipe of `multiprocessing`. What comes
    through one there comes whole; memory goes by names."""

    def __init__(self, end: "Connection") -> None:
        self._end = end

    def send(self, data: bytes, segments: Sequence[Segment], wanted: Wanted) -> None:
        try:
            self._end.send_bytes(data)
        except OSError:
            raise Unread from None

    def receive(self, most: int, wanted: Wanted) -> "NDArray[np.uint8]":
        try:
            while not self._end.poll(left_of(wanted)):
                wanted.look()
            return np.frombuffer(bytearray(self._end.recv_bytes(most)), np.uint8)
        except OSError as error:
            if not isinstance(error, ConnectionError) and not self._end.readable:
                raise Nonsense("too many bytes") from None  # after which it is closed to reading
            raise EOFError from None

    def close(self) -> None:
        self._end.close()


class PipeWorkerEnd:
    """The worker's end of such a pipe."""

    def __init__(self, end: "Connection") -> None:
        self._end = end

    def receive(self) -> tuple[bytes, list[int]]:
        return self._end.recv_bytes(), []

    def send(self, text: bytes, memory: memoryview | None = None) -> None:
        self._end.send_bytes(text if memory is None else text + bytes(memory))


class Theirs(Protocol):
    """The end of a worker, which has it under the same number."""

    def fileno(self) -> int: ...
    def close(self) -> None: ...


def pair() -> tuple[Channel | PipeChannel, Theirs]:
    """A channel, and the end of the worker, to be closed once that has it."""
    if sys.platform == "win32":
        from multiprocessing import Pipe

        own, other = Pipe()
        return PipeChannel(own), other
    ours, theirs = socket.socketpair()
    if theirs.fileno() < 3:  # this process has closed its own; the worker has its standard streams there
        import fcntl

        with theirs:
            theirs = socket.socket(fileno=fcntl.fcntl(theirs, fcntl.F_DUPFD_CLOEXEC, 3))
    return Channel(ours), theirs


def worker_end(descriptor: int) -> WorkerEnd | PipeWorkerEnd:
    """The end that a worker was handed."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeWorkerEnd(PipeConnection(descriptor))
    return WorkerEnd(descriptor)
