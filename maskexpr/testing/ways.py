"""The ways to run a program, by the plain meaning and by the engine, and what differs between two outcomes."""

import contextlib
import gc
import os
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

import numpy as np

from maskexpr.api import Program
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import RunError
from maskexpr.engine import passes, reference
from maskexpr.engine.prepared import Stages
from maskexpr.engine.run import Engine
from maskexpr.inside import stages
from maskexpr.kernels import threads
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import Table
from maskexpr.planner.plan import plan
from maskexpr.program.steps import Checked

Outcome = dict[str, Any] | str
"""The outputs by name, or the text of an error of the pixels."""


def bound(program: Program, given: Mapping[str, Any]) -> Stages:
    """A program checked for what is given, and the arrays that its steps take."""
    return stages(program, given)


def outcome(run: Callable[[], dict[str, Any]]) -> Outcome:
    """What a run gives. What a host's function raises, or gives in place of what it declares, is no answer: it is
    raised as it was, and not as the error that strangers read."""
    try:
        return run()
    except RunError as error:
        if error.code == messages.HOST_FUNCTION.code and isinstance(error.__cause__, Exception):
            raise error.__cause__ from None  # what a function raises is its author's to see
        return str(error)


def plainly(checked: Checked, arrays: Mapping[str, Any]) -> Outcome:
    """Step by step, each by its body."""
    return outcome(lambda: reference.run(checked, arrays))


def by_engine(checked: Checked, arrays: Mapping[str, Any], rows: int | None = None) -> Outcome:
    """By a plan, in strips of so many rows."""
    engine = Engine(checked, plan(checked, rows))
    return outcome(lambda: engine.run(arrays))


@contextlib.contextmanager
def helpers(count: int) -> Iterator[None]:
    """So many threads, used for however little work; of the whole process, for the time being."""
    with mock.patch.dict(os.environ, MASKEXPR_THREADS=str(count)), mock.patch.object(passes, "_WORTH_THREADS", 0):
        yield


# --- memory ----------------------------------------------------------------------------------------------------------


def peak(bound: Stages, *, ready: bool = True) -> int:
    """The most bytes that a run holds, inputs included; of one that makes what is kept for later runs, if not ready."""
    for _ in range(2 * ready):  # what is imported late, and made once
        bound.run()
    threads._kept.clear()
    gc.disable()
    tracemalloc.start()
    try:
        bound.run()
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        gc.enable()
    return most + sum(a.nbytes for a in bound.arrays.values() if isinstance(a, np.ndarray))


# --- differences -----------------------------------------------------------------------------------------------------


def difference(found: Outcome, wanted: Outcome) -> str:
    """What differs between two outcomes, in types, shapes or bits; "" for nothing."""
    if isinstance(found, str) or isinstance(wanted, str):
        return "" if found == wanted else f"{_said(found)}, not {_said(wanted)}"
    if list(found) != list(wanted):
        return f"{', '.join(found)}, not {', '.join(wanted)}"
    return next(filter(None, (differs(found[name], value) for name, value in wanted.items())), "")


def _said(outcome: Outcome) -> str:
    return f"the error {outcome!r}" if isinstance(outcome, str) else "a result"


def differs(found: Any, wanted: Any) -> str:
    """What differs between two values; of nan only that it is one. "" for nothing."""
    if type(found) is not type(wanted):
        return f"{type(found).__name__}, not {type(wanted).__name__}"
    if isinstance(wanted, Table):
        if (list(found), found.units) != (list(wanted), wanted.units):
            return f"columns {list(found)} in {found.units}, not {list(wanted)} in {wanted.units}"
        return next(filter(None, (differs(found[name], wanted[name]) for name in wanted)), "")
    if not isinstance(wanted, np.ndarray):
        return "" if repr(found) == repr(wanted) else f"{found!r}, not {wanted!r}"
    if (found.dtype, found.shape) != (wanted.dtype, wanted.shape):
        return f"{found.dtype} {found.shape}, not {wanted.dtype} {wanted.shape}"
    if wanted.dtype.kind == "f":
        nan = wanted.dtype.type("nan")
        found, wanted = np.where(np.isnan(found), nan, found), np.where(np.isnan(wanted), nan, wanted)
    return "" if found.tobytes() == wanted.tobytes() else _first_difference(found, wanted)


def _first_difference(found: Any, wanted: Any) -> str:
    same = (found == wanted) | ((found != found) & (wanted != wanted))
    if wanted.dtype.kind == "f":
        same &= np.signbit(found) == np.signbit(wanted)
    places = np.argwhere(~same)
    place = tuple(int(i) for i in places[0])
    more = f" ({len(places)} pixels differ)" if len(places) > 1 else ""
    return f"{found[place]!r}, not {wanted[place]!r}, at {list(place)}{more}"


def strays(found: Any, kind: Kind) -> str:
    """What of a value is not as its kind says: type, shape, and where its values lie; "" for nothing."""
    if kind.name == "table":
        return _table_strays(found, kind)
    if kind.is_array and kind.shape is not None:
        shape = (*(kind.shape or ()), *([kind.channels] if kind.channels else []))
        if not isinstance(found, np.ndarray) or (found.shape, found.dtype) != (shape, kind.dtype):
            what = f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
            return f"{what}, declared {kind}"
    if kind.name not in ("image", "colour", "labels", "number", "samples"):
        return ""
    low, high, may_be_nan = kind.limits
    values = found.ravel() if isinstance(found, np.ndarray) else np.array([found], object)
    is_nan = values != values
    if is_nan.any() and not may_be_nan:
        return f"nan, declared within {low}..{high}"
    numbers = values[~is_nan].tolist()
    if numbers and not low <= min(numbers) <= max(numbers) <= high:
        return f"values of {min(numbers)}..{max(numbers)}, declared within {low}..{high}"
    return ""


def _table_strays(found: Any, kind: Kind) -> str:
    if list(found) != [column.name for column in kind.columns] or found.rows > kind.most:
        return f"columns {list(found)} of {found.rows} rows, declared {kind} of at most {kind.most}"
    for column in kind.columns:
        if found[column.name].dtype != column.kind.dtype:
            return f"{column.name} of {found[column.name].dtype}, declared {column.kind.dtype}"
        if stray := strays(found[column.name], column.kind):
            return f"in {column.name}: {stray}"
    return ""
