"""`maskexpr.map`: a program on many images, for callers in Python."""

import os
import pickle
import warnings
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from maskexpr.api import Image, Program, compile
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError, MaskError, MaskWarning, RunError
from maskexpr.files.python import read
from maskexpr.inside import declared, give_out
from maskexpr.program.steps import InputInfo
from maskexpr.studies.crew import Crew, Lost
from maskexpr.studies.one import errors_of
from maskexpr.studies.worker import COMPUTED, Teller

_RAISE, _SKIP, _RETURN = "raise", "skip", "return"


def map(
    program: Program | str,
    images: Iterable[Any],
    *,
    jobs: int = 1,
    on_error: str = _RAISE,
    params: Mapping[str, Any] | None = None,
) -> Iterator[Any]:
    """Run a program on many images; its results in the order of the images, as they are done.

    Parameters
    ----------
    program : Program or str
        What is run; a text is compiled.
    images : iterable
        Paths, which are read as by `maskexpr.read`, or what a program takes when it is called: arrays,
        `maskexpr.Image`, images of other libraries. Or dicts of these by the names of the inputs, and of params:
        {"im": "a.png", "low": 3}. They are taken as they are worked on, a few ahead, so there may be any number.
    jobs : int
        How many processes do the work; 1 does it here. Images and results are sent from one to another, which takes
        about as long as to copy them; paths take no time. Processes start in half a second, and need no
        `if __name__ == "__main__"`.
    on_error : {"raise", "skip", "return"}
        What comes in the place of a result where an image is broken, or the program fails on it: the exception is
        raised, which ends it all, or nothing comes, or the exception itself, a `maskexpr.MaskError`.
    params : mapping, optional
        Values for all images, of params and of inputs.

    Yields
    ------
    what a call of the program gives
        One output gives its value, several a dict of them by name.

    Raises
    ------
    InputError
        An argument is none of these.
    ProgramError, InputError, FileError, RunError
        With "raise": as for `Program` and `read`; or the process that worked on an image was killed by something.

    >>> list(maskexpr.map("area(im > 2)", [np.array([[1, 2, 3]]), np.array([[3, 4]])]))
    [1, 2]
    >>> list(maskexpr.map("area(im > t)", [{"im": np.array([[1, 2, 3]]), "t": 1}]))
    [2]
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise InputError(messages.JOBS.anywhere(jobs=repr(jobs)))
    if on_error not in (_RAISE, _SKIP, _RETURN):
        raise InputError(messages.ON_ERROR.anywhere(given=repr(on_error)))
    if not isinstance(program, Program | str):
        raise InputError(messages.MAP_PROGRAM.anywhere(what=_what(program)))
    if not isinstance(params, Mapping | None):
        raise InputError(messages.MAP_PARAMS.anywhere(what=_what(params)))
    if isinstance(images, str | bytes | os.PathLike | Mapping | Image) or getattr(images, "ndim", 3) < 3:
        raise InputError(messages.IMAGES_ARE_ONE.anywhere(what=_what(images)))
    try:
        items = iter(images)
    except TypeError:
        raise InputError(messages.IMAGES_ARE_ONE.anywhere(what=_what(images))) from None
    calling = _Calling(compile(program) if isinstance(program, str) else program, dict(params or {}))
    if jobs > 1:
        _check_sendable(calling.program)
    return _mapped(calling, items, jobs, on_error)


def _what(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _check_sendable(program: Program) -> None:
    """Refuse a program with functions that other processes would look for in vain."""
    for function in declared(program).functions:
        body = function.body
        if body.__module__ == "__main__" or "<locals>" in body.__qualname__:
            raise InputError(messages.MAP_FUNCTION_UNKNOWN.anywhere(name=function.name))
    try:
        pickle.dumps(program)
    except Exception as error:  # whatever pickling may raise
        raise InputError(messages.WORKER_REFUSES.anywhere(why=f"{type(error).__name__}: {error}")) from error


def _mapped(calling: "_Calling", items: Iterator[Any], jobs: int, on_error: str) -> Iterator[Any]:
    # Whoever keeps an error that is raised here keeps this frame with it: the workers are not to stay with them.
    with closing(calling.here(items) if jobs == 1 else _by_workers(calling, items, jobs)) as found:
        for answer in found:
            if not isinstance(answer.error, MaskError):
                if answer.warned:
                    give_out(said.diagnostic for said in answer.warned)
                yield answer.value
            elif on_error == _RAISE:
                raise answer.error
            elif on_error == _RETURN:
                yield answer.error


def _by_workers(calling: "_Calling", items: Iterator[Any], jobs: int) -> "Generator[_Called, None, None]":
    failed: list[Exception] = []
    with Crew(calling, _as_long_as_they_come(items, failed), jobs) as crew:
        for _, _, value in crew.in_order():
            yield _Called(error=RunError(value.error)) if isinstance(value, Lost) else value
    if failed:
        raise failed[0]


def _as_long_as_they_come(items: Iterator[Any], failed: list[Exception]) -> Iterator[Any]:
    """Items that are taken ahead: what goes wrong in taking them is not to come before the results of others."""
    try:
        yield from items
    except Exception as error:
        failed.append(error)


@dataclass(frozen=True, slots=True)
class _Called:
    """What a call came to."""

    value: Any = None
    warned: tuple[MaskWarning, ...] = ()
    error: MaskError | None = None


@dataclass(frozen=True, slots=True)
class _Calling:
    """A program called with one image after another: what workers do."""

    program: Program
    params: Mapping[str, Any]

    def do(self, items: Iterator[tuple[int, Any]], teller: Teller) -> None:
        for key, item in items:
            teller.began(key, COMPUTED)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                called = self._called(item)
            warned = tuple(w.message for w in caught if isinstance(w.message, MaskWarning))
            teller.done(key, _Called(called.value, warned, called.error))

    def here(self, items: Iterator[Any]) -> Generator[_Called, None, None]:
        """The same in this process."""
        for item in items:
            yield self._called(item)

    def _called(self, item: Any) -> _Called:
        try:
            return _Called(self.program(**self._given(item)))
        except MaskError as error:
            return _Called(error=error)
        except MaskWarning:  # whoever calls makes errors of warnings
            raise
        except Exception as error:
            unforeseen = RunError(errors_of(error))
            unforeseen.__cause__ = error
            return _Called(error=unforeseen)

    def _given(self, item: Any) -> dict[str, Any]:
        """What the program is called with."""
        own = item if isinstance(item, Mapping) else {self._only_input(item): item}
        inputs = {info.name: info for info in self.program.inputs}
        given = {**self.params, **own}
        return {name: _read(inputs[name], value) if name in inputs else value for name, value in given.items()}

    def _only_input(self, item: Any) -> str:
        names = [info.name for info in self.program.inputs if info.name not in self.params]
        if len(names) == 1:
            return names[0]
        if not names:
            raise InputError(messages.IMAGE_NEEDLESS.anywhere())
        example = ", ".join(f'"{name}": ...' for name in names)
        fields = {"names": " and ".join(names), "what": type(item).__name__, "example": example}
        raise InputError(messages.IMAGE_NAMELESS.anywhere(**fields))


def _read(info: InputInfo, value: Any) -> Any:
    """What is in the file, where a path is given."""
    return read(value, kind=info.kind) if isinstance(value, str | os.PathLike) else value
