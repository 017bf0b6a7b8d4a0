"""A process that runs programs of strangers for another one, as it is itself: it gets arrays and gives results.

Its main thread waits for the other one's end, of which it hears even while programs run in another thread; both ways of
hearing of it work without the other.
"""

import gc
import mmap
import os
import pickle
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, LimitError, MaskError, RunError
from maskexpr.diagnostics.messages import as_data, asked_for, bytes_text
from maskexpr.diagnostics.source import Source, Span
from maskexpr.engine.prepared import Stages
from maskexpr.inside import stages_of
from maskexpr.kernels.choosing import forbid
from maskexpr.kernels.packed import packed_shape
from maskexpr.kernels.stopping import goes_on
from maskexpr.kinds.kind import Kind
from maskexpr.library.lazy import load
from maskexpr.planner.methods.method import array_shape
from maskexpr.sandbox import answers, bounds
from maskexpr.sandbox.channel import PipeWorkerEnd, WorkerEnd, worker_end
from maskexpr.sandbox.segments import Place, in_large_pages, packed, within

READY = {"ready": True}
MOST_PROGRAMS = 64  # that are kept
_NO_MEMORY = messages.OUT_OF_MEMORY.code
_MOST_KNOWN = 16  # requests that are known again


class Setup(NamedTuple):
    """What a worker is told first."""

    descriptor: int
    memory: int


class NewSegment(NamedTuple):
    """Memory that a worker has not had yet; it comes as a descriptor, or has a name."""

    number: int
    size: int
    name: str
    is_written: bool


class Request(NamedTuple):
    """A run that is asked for.

    Attributes
    ----------
    program, pickled
        Which, and itself where the worker does not have it.
    header
        Kinds of the inputs, values of params, and what the results are to say of themselves; pickled, so that what was
        asked for before is known by it.
    inputs
        Places of arrays, and numbers, by name.
    written
        The segment that results go to, 0 for none.
    new, dropped
        Segments.
    seconds
        How long it may take.
    """

    program: bytes
    pickled: bytes | None
    header: bytes
    inputs: Mapping[str, Any]
    written: int
    new: tuple[NewSegment, ...]
    dropped: tuple[int, ...]
    seconds: float


def main() -> NoReturn:
    """What a worker does from its start to its end."""
    assert sys.stdin is not None
    setup: Setup = pickle.load(sys.stdin.buffer)
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = None
    _end_with(lifeline)
    forbid()  # as what is kept compiled is of whoever runs this
    load()  # it is not to be of the seconds of a run
    bounds.start_threads()
    working = threading.Thread(target=_work, args=(worker_end(setup.descriptor), setup), daemon=True)
    working.start()
    with suppress(OSError):
        while os.read(lifeline, 1):
            pass
    os._exit(0)


def _end_with(lifeline: int) -> None:
    """Let the system end this process with the one at the other end of a pipe, whatever it is at then."""
    with suppress(ImportError, OSError, AttributeError):
        import fcntl

        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def _work(end: WorkerEnd | PipeWorkerEnd, setup: Setup) -> None:
    try:
        bounds.hold(setup.memory)
        gc.freeze()  # what modules made stays
        gc.enable()
        working = _Working(end, setup.memory)
        end.send(answers.message(READY))
        while True:
            working.answer(*end.receive())
    except EOFError:
        os._exit(0)
    except BaseException as error:  # these are the last words that are heard of it
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)


class _Unloaded(InputError):
    """A program cannot be had here; what is thought of as had is not, so this process had better end."""


class _Working:
    """Answers requests."""

    def __init__(self, end: WorkerEnd | PipeWorkerEnd, memory: int) -> None:
        self._end, self._memory = end, memory
        self._programs: OrderedDict[bytes, Program] = OrderedDict()
        self._segments: dict[int, NDArray[np.uint8]] = {0: np.empty(0, np.uint8)}
        self._known: dict[bytes, _Placed] = {}
        self._header = lru_cache(maxsize=256)(pickle.loads)

    def answer(self, data: bytes, descriptors: list[int]) -> None:
        own = Source("")
        try:
            placed = self._placed(data, descriptors)
            own = placed.source
            self._send(*placed.run())
        except MemoryError as error:  # what was being made is half made: this process had better end
            self._end.send(answers.message(answers.failure(self._short(own, error), own, is_last=True)))
        except _Unloaded as error:
            self._end.send(answers.message(answers.failure(error, own, is_last=True)))
        except MaskError as error:
            self._end.send(answers.message(answers.failure(error, own, is_last=goes_on() or error.code == _NO_MEMORY)))
        except Exception as error:  # ours, which has no words for it; what is had here may not be what is thought of so
            what = f"{type(error).__name__}: {error}"
            raised = RunError(messages.UNFORESEEN.at(own, _whole(own), what=what))
            self._end.send(answers.message(answers.failure(raised, own, is_last=True)))

    def _program(self, request: Request) -> Program:
        if request.pickled is not None:
            try:
                self._programs[request.program] = pickle.loads(request.pickled)
            except Exception as error:  # whatever importing the modules of its functions may raise
                why = f"{type(error).__name__}: {error}"
                raise _Unloaded(messages.SANDBOX_REFUSES.anywhere(why=why)) from None
            if len(self._programs) > MOST_PROGRAMS:
                self._programs.popitem(last=False)
        self._programs.move_to_end(request.program)
        return self._programs[request.program]

    def _placed(self, data: bytes, descriptors: list[int]) -> "_Placed":
        """A run with its arrays where they are; that of the same request as before is there, if that is not long ago:
        segments are used again and again."""
        found = self._known.get(data)
        if found is not None:
            self._programs.move_to_end(found.key)
            bounds.hold_to_seconds(found.seconds)
            return found
        request: Request = pickle.loads(data)
        if request.dropped or request.new or len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        for number in request.dropped:
            self._segments.pop(number, None)
        for new in request.new:
            self._segments[new.number] = _mapped(new, descriptors)
        bounds.hold_to_seconds(request.seconds)
        program = self._program(request)
        kinds, params, is_masked, wants_grids = self._header(request.header)
        arrays = {
            name: within(self._segments[value.segment], value) if isinstance(value, Place) else value
            for name, value in request.inputs.items()
        }
        stages = stages_of(program, kinds, arrays, params, is_masked)
        placed = _Placed(request, stages, wants_grids, self._segments[request.written])
        if request.pickled is None and not request.new and not request.dropped:
            self._known[data] = placed
        return placed

    def _send(self, text: dict[str, Any], arrays: list[NDArray[Any]], places: list[Place]) -> None:
        memory = None
        if text["inline"]:
            memory = np.empty(text["bytes"], np.uint8)
            _put(arrays, places, memory)
        self._end.send(answers.message(text), None if memory is None else memory.data)

    def _short(self, own: Source, error: MemoryError) -> LimitError:
        most, wanted = bytes_text(self._memory), asked_for(error)
        return LimitError(messages.SANDBOX_MEMORY.at(own, _whole(own), most=most, wanted=wanted))


class _Placed:
    """A run of a program whose inputs and results have their places."""

    def __init__(self, request: Request, stages: Stages, wants_grids: bool, target: NDArray[np.uint8]) -> None:
        self.key, self.seconds = request.program, request.seconds
        self.source = stages.declared.source
        self._stages, self._target = stages, target
        self._grids = {name: kind.grid for name, kind in stages.kinds.items()}
        self._wants_grids = wants_grids
        self._outs = _Outs(stages, target)

    def run(self) -> tuple[dict[str, Any], list[NDArray[Any]], list[Place]]:
        """What is said of the results, and where they are to go that have no place yet."""
        stages, source = self._stages, self.source
        found: list[Diagnostic] = [*stages.checked.diagnostics]
        results = stages.results(found.extend, outs=self._outs.arrays)
        written = answers.Written(results, self._grids, self._wants_grids)
        places, size = self._outs.packed(written.arrays)
        most = stages.declared.limits.output_bytes
        if size > most:
            allowed = bytes_text(int(most))
            raise LimitError(messages.SANDBOX_OUTPUT.at(source, _whole(source), most=allowed))
        text = {
            "results": written.results,
            "warnings": [as_data(diagnostic, source) for diagnostic in found],
            "arrays": answers.places_as_data(written.arrays, places),
            "bytes": size,
            "inline": size > len(self._target),
        }
        if size <= len(self._target):
            _put(written.arrays, places, self._target)
            return text, [], []
        return text, written.arrays, places


class _Outs:
    """Arrays where the results are to lie in the end, so that those are not copied there that can be made there.

    Where inputs do not lie row by row in memory, results may lie as these do, and are copied.
    """

    def __init__(self, stages: Stages, target: NDArray[np.uint8]) -> None:
        kinds = {name: step.kind for name, step in stages.checked.outputs if step.kind.is_array}
        given = [array for array in stages.arrays.values() if isinstance(array, np.ndarray)]
        self.arrays: dict[str, NDArray[Any]] = {}
        self._places: list[Place] = []
        self._end = 0
        if kinds and all(array.flags.c_contiguous for array in given):
            blank = [_blank(kind, as_bits=self._as_bits(stages, name)) for name, kind in kinds.items()]
            places, size = packed(blank)
            if size <= len(target):
                self._places, self._end = places, size
                self.arrays = {name: within(target, place) for name, place in zip(kinds, places, strict=True)}

    @staticmethod
    def _as_bits(stages: Stages, name: str) -> bool:
        """Whether a mask is given as bits, which are unpacked where it is wanted: that is less to write here, and the
        mask there is of an ordinary array."""
        prepared = stages.prepared
        return not prepared.watched.valid and prepared.engine.gives_bits(name)

    def packed(self, arrays: list[NDArray[Any]]) -> tuple[list[Place], int]:
        """Where arrays lie; and how many bytes all take."""
        known = {id(array): place for array, place in zip(self.arrays.values(), self._places, strict=True)}
        others, size = packed([array for array in arrays if id(array) not in known])
        rest = iter(others)
        places = [known.get(id(array)) or next(rest).moved(self._end) for array in arrays]
        return places, self._end + size


def _blank(kind: Kind, *, as_bits: bool) -> NDArray[Any]:
    """An array like that of a result, but without its memory."""
    shape, dtype = array_shape(kind), kind.dtype
    if as_bits:
        shape, dtype = packed_shape(shape), np.dtype(np.uint64)
    return np.broadcast_to(np.empty((), dtype), shape)


def _put(arrays: list[NDArray[Any]], places: list[Place], memory: NDArray[np.uint8]) -> None:
    for array, place in zip(arrays, places, strict=True):
        target = within(memory, place)
        if target.__array_interface__["data"] != array.__array_interface__["data"]:
            np.copyto(target, array)


def _whole(source: Source) -> Span:
    return Span(0, max(1, len(source.text)))


def _mapped(new: NewSegment, descriptors: list[int]) -> NDArray[np.uint8]:
    access = mmap.ACCESS_WRITE if new.is_written else mmap.ACCESS_READ
    if new.name:
        return np.frombuffer(mmap.mmap(-1, new.size, tagname=new.name, access=access), np.uint8)  # type: ignore[call-arg]
    descriptor = descriptors.pop(0)
    try:
        memory = mmap.mmap(descriptor, new.size, access=access)
        in_large_pages(memory)
        return np.frombuffer(memory, np.uint8)
    finally:
        os.close(descriptor)
