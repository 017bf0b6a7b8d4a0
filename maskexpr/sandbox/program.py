"""A program whose runs are another process's."""

import asyncio
import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import CancelledError, Diagnostic, LimitError, WorkerError
from maskexpr.diagnostics.source import Span
from maskexpr.engine.prepared import check_outputs, given_back
from maskexpr.inside import declared, give_out, giver_of, taken_by
from maskexpr.program.steps import InputInfo, ParamInfo
from maskexpr.sandbox.answers import Answer
from maskexpr.sandbox.crew import Crew, closed
from maskexpr.sandbox.helping import Helpers
from maskexpr.sandbox.process import Asked, NotBegun, NotWanted, Process, TooLate

_MOST_SIZES = 256  # of results, by what they were of
_MOST_UNBEGUN = 3  # workers that die before they begin, of one run


class SandboxProgram:
    """A program that a `Sandbox` runs: to be called as a `Program` is, from any thread.

    `program` is that itself, which answers what takes no pixels: `explain`, `cost`, `kind`.

    >>> with maskexpr.Sandbox(workers=1) as box:
    ...     program = box.compile("param low = 2; im > low")
    ...     program(im=np.array([[1, 2, 3]]), low=1)
    array([[False,  True,  True]])
    """

    __slots__ = ("__weakref__", "_crew", "_helpers", "_key", "_pickled", "_sizes", "program")

    def __init__(self, program: Program, crew: Crew, helpers: Callable[[], Helpers]) -> None:
        self.program = program
        self._crew, self._helpers = crew, helpers  # of a sandbox, which is open as long as there are programs of it
        self._pickled = pickle.dumps(program)
        self._key = hashlib.sha256(self._pickled).digest()
        self._sizes: OrderedDict[bytes, int] = OrderedDict()

    @property
    def source(self) -> str:
        """The program text."""
        return self.program.source

    @property
    def name(self) -> str:
        """What messages call the program text."""
        return self.program.name

    @property
    def inputs(self) -> tuple[InputInfo, ...]:
        """The inputs, as of a `Program`."""
        return self.program.inputs

    @property
    def params(self) -> tuple[ParamInfo, ...]:
        """The params, as of a `Program`."""
        return self.program.params

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the outputs, in order."""
        return self.program.outputs

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is suspicious but no error, as far as it is known without inputs."""
        return self.program.warnings

    def schema(self) -> dict[str, Any]:
        """What a request may hold, as JSON Schema, as of a `Program`."""
        return self.program.schema()

    def __call__(self, /, **given: Any) -> Any:
        """Run the program by a worker, and wait for it; inputs, results and errors are those of a `Program`.

        Raises
        ------
        InputError, ProgramError, RunError, LimitError
            As a `Program` does.
        WorkerError
            The process that ran it died, or the sandbox is closed. The next call has another process.
        """
        return self.run(given)

    def run(self, given: Mapping[str, Any], *, cancel: Any = None) -> Any:
        """The same for inputs and params by name.

        Parameters
        ----------
        given
            What a call takes by name.
        cancel
            Anything with `is_set`, as `threading.Event`: once that is true the run is given up with a CancelledError.
        """
        values, found = self._run(given, cancel)
        give_out(found)
        return values

    async def run_async(self, /, **given: Any) -> Any:
        """The same without holding up the event loop; a task that is cancelled lets go of its worker, which is ended.

        >>> async def masked():
        ...     with maskexpr.Sandbox(workers=1) as box:
        ...         return await box.compile("im > 2").run_async(im=np.array([[1, 2, 3]]))
        >>> asyncio.run(masked())
        array([[False, False,  True]])
        """
        if self._crew.is_closed:
            raise closed()
        cancel = threading.Event()
        future = self._helpers().submit(lambda: self._run(given, cancel))
        try:
            values, found = await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            cancel.set()
            raise
        give_out(found)
        return values

    def _run(self, given: Mapping[str, Any], cancel: Any) -> tuple[Any, list[Diagnostic]]:
        program = self.program
        check_outputs(declared(program), program._open)
        arrays, kinds, params, is_masked = taken_by(program, given)
        giver = giver_of(given, kinds)
        header = pickle.dumps((kinds, params, is_masked, giver is not None))
        limits = declared(program).limits
        asked = Asked(
            source=declared(program).source,
            program=self._key,
            pickled=self._pickled,
            header=header,
            values=arrays,
            grids={name: kind.grid for name, kind in kinds.items()},
            expected=self._sizes.get(header, 0),
            seconds=limits.seconds,
            output=limits.output_bytes,
        )
        answer = self._asked(asked, cancel)
        if answer.error is not None:
            raise answer.error
        self._note(header, answer.bytes)
        results = {name: given_back(result, giver, is_masked=is_masked) for name, result in answer.results.items()}
        return next(iter(results.values())) if len(results) == 1 else results, list(answer.warnings)

    def _asked(self, asked: Asked, cancel: Any) -> Answer:
        """The answer; where a worker died before it began, as one may that waited, that of another one."""
        for _ in range(_MOST_UNBEGUN - 1):
            with suppress(NotBegun):
                return self._answer(asked, cancel)
        return self._answer(asked, cancel)

    def _answer(self, asked: Asked, cancel: Any) -> Answer:
        whole = Span(0, max(1, len(asked.source.text)))
        worker: Process | None = None
        try:
            worker = self._crew.take(cancel)
            answer = worker.run(asked, cancel)
        except BaseException as error:
            if worker is not None:
                self._crew.lose(worker)
            if isinstance(error, NotWanted):
                raise CancelledError(messages.SANDBOX_CANCELLED.at(asked.source, whole)) from None
            if isinstance(error, TooLate):
                late = messages.SANDBOX_SECONDS.at(asked.source, whole, most=asked.seconds)
                raise LimitError(late) from None
            if isinstance(error, WorkerError) and self._crew.is_closed:
                raise closed() from None
            raise
        if answer.is_last:
            self._crew.lose(worker)
        else:
            self._crew.give_back(worker)
        return answer

    def _note(self, header: bytes, size: int) -> None:
        """Remember how much the results took, for the next run on the like."""
        self._sizes[header] = size
        if len(self._sizes) > _MOST_SIZES:
            self._sizes.popitem(last=False)

    def __repr__(self) -> str:
        return f"maskexpr.Sandbox().compile({self.source!r})"

    def __reduce__(self) -> Any:
        raise TypeError("a program of a sandbox is not pickled: pickle its `program`, and compile its source elsewhere")
