"""When a compiled kernel stands in for the NumPy kernel of its name.

Planned steps that may gain by it say how much. As soon as they could have gained what it takes to import a compiler's
library, it is imported, once a process; a short command never comes to that. Nothing waits for a compiler: what is not
kept compiled runs by NumPy.
"""

import functools
import importlib
import os
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar, cast

from maskexpr.kernels import keeping

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")

VARIABLE = "MASKEXPR_COMPILED"  # 0: nothing compiled is to run; 1: it is worth it always
_IMPORT, _FIRST_USE = 0.25, 0.02  # seconds to import what compiled kernels need, and to load some where it is there
_KERNELS, _COMPILED = "maskexpr.kernels.", "maskexpr.kernels.compiled."


class NotCompiled(Exception):
    """A kernel is not kept compiled for what it was given."""


class _Switch(threading.local):
    is_on = False


class _Process:
    """What holds for the whole process."""

    is_forbidden = False
    could_have_gained = 0.0  # seconds
    is_there: bool | None = None  # None: nobody looked


_switch: Final = _Switch()
_process: Final = _Process()


def forbid() -> None:
    """Let nothing compiled run in this process from now on."""
    _process.is_forbidden = True


def is_allowed() -> bool:
    """Whether compiled kernels may run."""
    return not _process.is_forbidden and os.environ.get(VARIABLE) != "0"


def is_worth(seconds: float) -> bool:
    """Whether work runs by compiled kernels from which it gains so many seconds."""
    if not _process.is_forbidden:
        _process.could_have_gained += seconds
    return would_run(0.0)


def would_run(seconds: float) -> bool:
    """The same of work that is only looked at."""
    if _process.is_there is False:
        return False
    least = _FIRST_USE if "numba" in sys.modules else _IMPORT
    if _process.could_have_gained + seconds < least and os.environ.get(VARIABLE) != "1":
        return False
    return is_allowed() and _is_there()


def _is_there() -> bool:
    """Whether there are compiled kernels, as of the first time that somebody asks."""
    if _process.is_there is None:
        folder = keeping.folder()
        _process.is_there = folder is not None and keeping.is_own(folder)
    return _process.is_there


def with_compiled(work: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """The same work, with compiled kernels where there are some."""

    def switched(*given: _Given.args, **more: _Given.kwargs) -> _Result:
        before, _switch.is_on = _switch.is_on, True
        try:
            return work(*given, **more)
        finally:
            _switch.is_on = before

    return switched


def as_here(work: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """The same work, to be done by another thread as this one would do it."""
    return with_compiled(work) if _switch.is_on else work


def has_compiled(kernel: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """A NumPy kernel for which a compiled one of its name stands in: where that is switched on, has what it needs, and
    does not leave what it is given to NumPy, by NotImplemented. Until it gives its result it changes nothing that it is
    given but the arrays for results."""
    module, name = kernel.__module__.replace(_KERNELS, _COMPILED), kernel.__name__

    @functools.wraps(kernel)
    def either(*given: _Given.args, **more: _Given.kwargs) -> _Result:
        twin = _compiled(module, name) if _switch.is_on else None
        if twin is not None:
            try:
                result = twin(*given, **more)
            except NotCompiled:
                result = NotImplemented
            if result is not NotImplemented:
                return cast(_Result, result)
        return kernel(*given, **more)

    return either


def plain(kernel: Callable[_Given, _Result]) -> Callable[_Given, _Result]:
    """The NumPy kernel itself."""
    return cast("Callable[_Given, _Result]", getattr(kernel, "__wrapped__", kernel))


@functools.cache
def _compiled(module: str, name: str) -> Any:
    """The compiled kernel; None where it cannot be imported, as Numba does not suit what else is there, say."""
    try:
        return getattr(importlib.import_module(module), name)
    except Exception:  # whatever a library raises that does not work here: NumPy does
        return None
