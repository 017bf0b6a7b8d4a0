"""A worker as the process sees it that started it: it is given a run at a time, and the memory for that."""

import os
import pickle
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import WorkerError
from maskexpr.diagnostics.source import Source, Span
from maskexpr.kernels.threads import share
from maskexpr.kinds.grid import Grid
from maskexpr.processes.child import Child
from maskexpr.sandbox import answers, bounds
from maskexpr.sandbox.answers import Answer
from maskexpr.sandbox.channel import Nonsense, Unread, pair
from maskexpr.sandbox.segments import Lease, Place, Segment, lease_of, packed, place_of, within
from maskexpr.sandbox.worker import MOST_PROGRAMS, NewSegment, Request, Setup

_MODULE = "maskexpr.sandbox.worker"
_SECONDS_TO_START = 120.0
_GRACE = 0.3  # seconds that a worker has to end a run by itself
_SMALL = 2**18  # bytes of results that are copied rather than kept where they are
_MOST_LEASES = 64  # segments of one worker that hold results: each takes descriptors
_MOST_GIVEN = 180  # segments of others that one worker has: from then on inputs are copied
_MOST_KEPT = 2**28  # bytes of segments that wait to be used again, of one worker
_SHARED_COPY = 2**22  # bytes, from which on several threads copy
_MOST_ROOM = 2**40  # bytes of results
_TEXT_ROOM = answers.MOST_TEXT + 2**10


@dataclass(slots=True)
class Until:
    """Until when an answer is waited for.

    Attributes
    ----------
    deadline
        By the clock of `time.monotonic`; None for ever.
    cancel
        Anything with `is_set`, or None.
    """

    deadline: float | None = None
    cancel: Any = None

    def look(self) -> None:
        if self.cancel is not None and self.cancel.is_set():
            raise NotWanted
        if self.deadline is not None and time.monotonic() >= self.deadline:
            raise TooLate


class NotWanted(Exception):
    """Whoever asked does not want the answer any more."""


class TooLate(Exception):
    """The time is up."""


class NotBegun(WorkerError):
    """A worker died before it began with a run, so another one may be asked."""


class NotStarted(Exception):
    """A worker could not be started; says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A run that is asked for: what `Request` says, from this side.

    Attributes
    ----------
    source
        The text of the program, for messages.
    program, pickled
        By which the program is known, and itself.
    header
        As in `Request`.
    values
        Arrays and numbers by name.
    grids
        Of inputs.
    expected
        Bytes that the results took the last time.
    seconds, output
        What it may take.
    """

    source: Source
    program: bytes
    pickled: bytes
    header: bytes
    values: Mapping[str, Any]
    grids: Mapping[str, Grid | None]
    expected: int
    seconds: float
    output: float


class Process:
    """One worker. It is of one thread at a time, but for `kill`.

    Raises
    ------
    NotStarted
        It cannot be started.
    """

    def __init__(self, memory: int, threads: int) -> None:
        with ExitStack() as opened:
            try:
                self._channel, theirs = pair()
                opened.callback(self._channel.close)
                with closing(theirs):
                    self.child = Child(
                        _MODULE,
                        folder=bounds.folder(),
                        environment=bounds.environment(),
                        threads=threads,
                        answers=False,
                        handed=[theirs.fileno()],
                    )
                    with suppress(OSError):  # it is gone already, which is heard
                        self.child.to.write(pickle.dumps(Setup(theirs.fileno(), memory)))
                        self.child.to.flush()
            except OSError as error:
                raise NotStarted(os.strerror(error.errno or 0)) from None
            opened.pop_all()
        self._programs: OrderedDict[bytes, None] = OrderedDict()
        self._memory = _Memory()

    def await_start(self) -> None:
        """Wait until it is there."""
        try:
            until = Until(time.monotonic() + _SECONDS_TO_START)
            said, _ = answers.parted(self._channel.receive(_TEXT_ROOM, until))
            if "ready" not in said:
                raise ValueError
        except (EOFError, Nonsense, TooLate, ValueError, TypeError) as error:
            self.kill()
            reason = self.child.reason()
            why = f"it took more than {_SECONDS_TO_START:g} s" if isinstance(error, TooLate) else ""
            raise NotStarted(why or self.child.last_words or reason.text) from None

    @property
    def is_alive(self) -> bool:
        return self.child.process.poll() is None

    def run(self, asked: Asked, cancel: Any) -> Answer:
        """What becomes of a run.

        Raises
        ------
        WorkerError
            It died of it, or does not answer as it should.
        NotBegun
            It died before it began.
        NotWanted, TooLate
            It is still at it.
        """
        until = Until(_end(asked.seconds), cancel)
        memory = self._memory
        inputs, target = memory.of_run(asked)
        new, handed = memory.new()
        request = Request(
            asked.program,
            self._pickled(asked),
            asked.header,
            inputs,
            0 if target is None else target.number,
            new,
            memory.dropped(),
            asked.seconds,
        )
        try:
            self._channel.send(pickle.dumps(request), handed, until)
            room = _TEXT_ROOM + int(min(asked.output, _MOST_ROOM))
            return self._read(asked, self._channel.receive(room, until), target)
        except EOFError as error:
            reason = self.child.reason()
            if reason.is_from_outside:
                died = messages.SANDBOX_KILLED.at(asked.source, _whole(asked), signal=reason.text)
            else:
                died = messages.SANDBOX_ENDED.at(asked.source, _whole(asked), why=reason.text)
            if isinstance(error, Unread):
                raise NotBegun(died) from None
            raise WorkerError(died) from None
        except Nonsense as error:
            self.kill()
            raise WorkerError(messages.SANDBOX_NONSENSE.at(asked.source, _whole(asked), what=error)) from None
        finally:
            memory.end_run()

    def _read(self, asked: Asked, data: "NDArray[np.uint8]", target: Segment | None) -> Answer:
        """The answer that came; whatever is not as it should be is nonsense."""
        try:
            said, rest = answers.parted(data)
            error = answers.failed(said, asked.source)
            if error is not None:
                self._memory.keep(target)
                return Answer({}, (), error, said["last"] is True)
            warnings = answers.warned(said, asked.source)
            if said["inline"] or target is None:
                self._memory.keep(target)
                results = answers.Read(said, rest, asked.grids).results
            else:
                results = self._memory.results(said, target, asked.grids)
            return Answer(results, warnings, bytes=int(said["bytes"]))
        except Exception as error:  # whatever reading what nobody should have written may raise
            raise Nonsense(f"{type(error).__name__}") from None

    def _pickled(self, asked: Asked) -> bytes | None:
        """The program where the worker does not have it; what it keeps is reckoned as it does."""
        known = asked.program in self._programs
        self._programs[asked.program] = None
        self._programs.move_to_end(asked.program)
        if len(self._programs) > MOST_PROGRAMS:
            self._programs.popitem(last=False)
        return None if known else asked.pickled

    def kill(self) -> None:
        """End it at once, by whichever thread, whatever it is at."""
        with suppress(OSError):
            self.child.process.kill()

    def end(self) -> None:
        """See that it is gone, with all that is held for it."""
        self.child.dismiss()
        self.child.kill()
        self._channel.close()
        self._memory.close()

    def forget(self) -> None:
        """In a fork of the process that started it: let go of it, without ending it."""
        self.child.process.returncode = 0  # nobody's here
        for stream in (self.child.process.stdin, self.child.process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.raw.close()  # type: ignore[attr-defined]  # of buffered streams
        self._channel.close()


def _end(seconds: float) -> float | None:
    return time.monotonic() + seconds + _GRACE if seconds < 1e9 else None


def _whole(asked: Asked) -> Span:
    return Span(0, max(1, len(asked.source.text)))


class _Memory:
    """The segments that one worker has or had: no other one sees what is in those that are its own."""

    def __init__(self) -> None:
        self._input: Segment | None = None
        self._free: list[Segment] = []
        self._returned: deque[Segment] = deque()  # by whichever thread drops the last array in one
        self._leases = 0
        self._known: dict[int, ref[Segment]] = {}
        self._new: list[tuple[Segment, bool]] = []
        self._used: list[Lease] = []  # by the run that is under way
        self._is_closed = False

    def of_run(self, asked: Asked) -> tuple[dict[str, Any], Segment | None]:
        """Where the worker finds its inputs, and where it is to put the results."""
        self._collect()
        places: dict[str, Any] = {}
        copied: dict[str, NDArray[Any]] = {}
        for name, value in asked.values.items():
            if not isinstance(value, np.ndarray):
                places[name] = value
                continue
            lease = lease_of(value)
            place = None if lease is None else place_of(value, lease)
            if lease is None or place is None or not self._has_room(lease.segment):
                copied[name] = value
            else:
                places[name] = place
                self._used.append(lease)
                self._hand(lease.segment, is_written=False)
        if copied:
            places.update(self._copied(copied))
        target = self._target(asked.expected) if asked.expected else None
        return places, target

    def new(self) -> tuple[tuple[NewSegment, ...], list[Segment]]:
        """What is handed over for the first time."""
        told = [NewSegment(s.number, s.size, s.name, is_written) for s, is_written in self._new]
        handed = [segment for segment, _ in self._new if not segment.name]
        self._new = []
        return tuple(told), handed

    def dropped(self) -> tuple[int, ...]:
        """The numbers of what the worker had, and that is gone."""
        gone = tuple(number for number, segment in self._known.items() if segment() is None)
        for number in gone:
            del self._known[number]
        return gone

    def end_run(self) -> None:
        self._used.clear()
        if self._input is not None and self._input.size > _MOST_KEPT:
            self._input = None

    def keep(self, target: Segment | None) -> None:
        """Keep a segment that nothing was put in."""
        if target is not None:
            self._free.append(target)

    def results(self, said: Mapping[str, Any], target: Segment, grids: Mapping[str, Grid | None]) -> dict[str, Any]:
        """The results in a segment, which comes back when they are gone; small ones are copied."""
        if int(said["bytes"]) <= _SMALL or self._leases >= _MOST_LEASES:
            results = answers.Read(said, target.memory.copy()[: said["bytes"]], grids).results
            self.keep(target)
            return results
        self._leases += 1
        lease = Lease(target, self._ended)
        return answers.Read(said, np.asarray(lease), grids).results

    def close(self) -> None:
        self._is_closed = True
        self._free.clear()
        self._returned.clear()
        self._input = None

    def _ended(self, segment: Segment) -> None:
        if not self._is_closed:
            self._returned.append(segment)

    def _collect(self) -> None:
        with suppress(IndexError):
            while True:
                self._free.append(self._returned.popleft())
                self._leases -= 1
        while sum(segment.size for segment in self._free) > _MOST_KEPT and len(self._free) > 1:
            self._free.pop(0)

    def _target(self, size: int) -> Segment:
        fitting = [segment for segment in self._free if size <= segment.size <= 2 * size + _SMALL]
        if fitting:
            found = min(fitting, key=lambda segment: segment.size)
            self._free.remove(found)
        else:
            found = Segment(size)
        self._hand(found, is_written=True)
        return found

    def _has_room(self, segment: Segment) -> bool:
        """Whether the worker has a segment or may be given it: each takes a descriptor there, of which it has few."""
        if segment.number in self._known:
            return True
        return sum(known() is not None for known in self._known.values()) < _MOST_GIVEN

    def _hand(self, segment: Segment, *, is_written: bool) -> None:
        if segment.number not in self._known:
            self._known[segment.number] = ref(segment)
            self._new.append((segment, is_written))

    def _copied(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Place]:
        """Arrays in the segment for inputs; of one that repeats itself only what there is."""
        lone = [array[tuple(slice(None) if step else slice(1) for step in array.strides)] for array in arrays.values()]
        places, size = packed(lone)
        if self._input is None or self._input.size < size:
            self._input = None  # first, so that there are never two
            self._input = Segment(size)
        self._hand(self._input, is_written=False)
        memory, found = self._input.memory, {}
        for name, array, part, place in zip(arrays, arrays.values(), lone, places, strict=True):
            target = within(memory, place)
            _copy(part, target)
            place = place._replace(segment=self._input.number)
            if part.shape != array.shape:
                strides = tuple(s if own else 0 for s, own in zip(target.strides, array.strides, strict=True))
                place = place._replace(shape=array.shape, strides=strides)
            found[name] = place
        return found


def _copy(array: NDArray[Any], target: NDArray[Any]) -> None:
    if array.nbytes < _SHARED_COPY or array.ndim == 0:
        np.copyto(target, array)
        return
    axis = int(np.argmax(np.abs(array.strides)))
    array, target = np.moveaxis(array, axis, 0), np.moveaxis(target, axis, 0)
    step = -(-len(array) // 16)

    def copy(starts: Any) -> None:
        for start in starts:
            np.copyto(target[start : start + step], array[start : start + step])

    share(copy, range(0, len(array), step))
