"""The Python interface: a box that programs of strangers are run in."""

import atexit
import os
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from maskexpr.api import Program, compile
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.functions.record import Function
from maskexpr.inside import declared
from maskexpr.language.limits import Limits, limits_or_defaults
from maskexpr.processes.cores import threads_of_each
from maskexpr.sandbox import crew as crews
from maskexpr.sandbox.bounds import share_of_memory
from maskexpr.sandbox.crew import Crew
from maskexpr.sandbox.helping import Helpers
from maskexpr.sandbox.program import SandboxProgram
from maskexpr.sandbox.segments import Lease, Place, Segment


class Sandbox:
    """Worker processes that run programs of strangers, so that this one can end them.

    A run that takes longer than `Limits.seconds` is ended by killing its process, one that takes more memory than
    `Limits.memory` is refused it by the system, and a process that dies takes nothing along: the next call has another
    one. Calls may come from any thread; each has a worker for itself, and who comes first is first served.

    Parameters
    ----------
    workers : int
        How many processes there are, and so how many programs run at a time.
    limits : Limits, optional
        Bounds on all programs and their runs; safe defaults. The memory is held to what the machine has besides.
    functions : iterable, optional
        More functions for all programs, declared with `maskexpr.function` in a module that can be imported. They are
        trusted: what they do they do in the worker, with the rights of this process.
    threads : int, optional
        Of each worker; all workers together have as many as there are cores.

    A program is compiled in this process: that is our own code, which looks at nothing but the text, and Limits bound
    it. Its text alone goes to the workers. Arrays go through memory that both processes have: inputs are copied there,
    but for those that `array` made and results of earlier calls; large results stay there till they are gone, where the
    worker that made them could still change them; masks of some size, which go as bits, are this process's alone.

    Workers have no variables of the environment but those of libraries, no standard input, no folder of anyone's, and
    on Linux and macOS bounds of the system: no file that they make longer, no core dumps, few open files, and on Linux
    memory. What they say is data, and never run or unpickled here. They end with this process, however it ends.

    It does not keep from a worker what this user may do: whoever finds a fault in NumPy or SciPy that runs machine code
    can read this user's files and reach the network. Against that, run the whole service as a user, or in a container,
    that may do nothing else. macOS bounds no memory, and lets a worker cut memory off that both have, which ends this
    process; Windows has none of the bounds of the system, and a worker that does not listen may hold a call up beyond
    its seconds. Neither of these two is tested.

    >>> with maskexpr.Sandbox(workers=2, limits=maskexpr.Limits(seconds=10)) as box:
    ...     program = box.compile("area(im > 2)")
    ...     program(im=np.array([[1, 2, 3, 4]]))
    2
    """

    def __init__(
        self,
        workers: int = 2,
        *,
        limits: Limits | None = None,
        functions: Iterable[Callable[..., Any] | Function] = (),
        threads: int | None = None,
    ) -> None:
        _check_count(workers, messages.SANDBOX_WORKERS)
        if threads is not None:
            _check_count(threads, messages.SANDBOX_THREADS)
        self._functions = tuple(functions)
        for function in self._functions:
            _check_found(function)
        self._workers = workers
        limits = limits_or_defaults(limits)
        self._memory = share_of_memory(limits.memory, workers)
        self._limits = replace(limits, memory=self._memory)
        self._crew = Crew(workers, self._memory, threads or threads_of_each(workers))
        self._helping: Helpers | None = None
        self._end = weakref.finalize(self, _close, self._crew)
        self._crew.start()

    def compile(self, source: str, /, **options: Any) -> SandboxProgram:
        """A program that the workers run.

        Parameters and errors as for `maskexpr.compile`; limits and functions are those of the sandbox where none are
        given, and constants have to be such as can be pickled.
        """
        if self._crew.is_closed:
            raise crews.closed()
        options = {"limits": self._limits, "functions": self._functions, **options}
        own = self._limits if options["limits"] is None else limits_or_defaults(options["limits"])
        options["limits"] = replace(own, memory=min(own.memory, self._memory))
        program = compile(source, **options)
        _check_sendable(program)
        return SandboxProgram(program, self._crew, self._helpers)

    def array(self, shape: int | tuple[int, ...], dtype: DTypeLike = np.uint8) -> NDArray[Any]:
        """A new array of zeros in memory that the workers see: as an input it is not copied.

        >>> with maskexpr.Sandbox(workers=1) as box:
        ...     im = box.array((1, 3), np.uint8)
        ...     im[:] = [1, 2, 3]
        ...     box.compile("im > 2")(im=im)
        array([[False, False,  True]])
        """
        type_ = np.dtype(dtype)
        sizes = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
        empty = np.empty(0, type_).dtype
        if empty.hasobject:
            raise TypeError(f"no process sees objects of another one: {type_}")
        count = type_.itemsize
        for size in sizes:
            count *= int(size)
        if count < 0 or min(sizes, default=0) < 0:
            raise ValueError(f"no array has the shape {sizes}")
        return Lease(Segment(count)).array(Place(0, 0, sizes, type_.str))

    def close(self) -> None:
        """End all workers, whatever they are at: calls that wait for them raise a WorkerError."""
        self._crew.close()
        if self._helping is not None:
            self._helping.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<maskexpr.Sandbox, {self._workers} workers{', closed' * self._crew.is_closed}>"

    def __reduce__(self) -> Any:
        raise TypeError("a sandbox is not pickled: another process has its own")

    def _helpers(self) -> Helpers:
        if self._helping is None or self._helping.process != os.getpid():
            self._helping = Helpers(self._workers)
        return self._helping


def _close(crew: Crew) -> None:
    crew.close()


def _check_count(value: Any, mistake: messages.Mistake) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InputError(mistake.anywhere(given=repr(value)))


def _check_found(function: Any) -> None:
    """Refuse a function that other processes would look for in vain."""
    record = function if isinstance(function, Function) else getattr(function, "record", None)
    if record is None:
        return  # compile says so
    body = record.body
    if body.__module__ == "__main__" or "<locals>" in body.__qualname__:
        raise InputError(messages.SANDBOX_FUNCTION.anywhere(name=record.name))


def _check_sendable(program: Program) -> None:
    for function in declared(program).functions:
        _check_found(function)


atexit.register(crews.close_all)
