"""Both ways to run a program, by the plain meaning and by the engine, and their outcomes compared to the last bit."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

import maskexpr
from maskexpr import Image, RunError
from maskexpr.api import stages
from maskexpr.engine import passes, reference
from maskexpr.engine.run import Engine
from maskexpr.kinds.kind import Kind
from maskexpr.planner.methods import measures, regions
from maskexpr.planner.plan import plan
from maskexpr.program.steps import Checked

LAYOUTS = ["C", "C", "Fortran", "reversed", "every second", "read-only"]
FILLS = ["any", "few", "near", "edges", "lone"]
ROWS = st.sampled_from([1, 2, 3, 7, None])
THREADS = st.sampled_from([1, 2, 3])

compiled = functools.lru_cache(maxsize=1024)(maskexpr.compile)


@contextmanager
def helpers(count: int) -> Iterator[None]:
    """So many threads, used for however little work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKEXPR_THREADS", str(count))
        patch.setattr(passes, "_WORTH_THREADS", 0)
        yield


@contextmanager
def many_pixels() -> Iterator[None]:
    """Plans that are made as if no image had few pixels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measures, "_MOST_BYTES", 0)
        patch.setattr(regions, "_FEW", 0)
        yield


def bound(program: maskexpr.Program | str, values: dict[str, Any]) -> tuple[Checked, dict[str, Any]]:
    """A program checked for what is given, and the arrays its steps take."""
    found = stages(compiled(program) if isinstance(program, str) else program, values)
    return found.checked, dict(found.arrays)


def outcome(run: Callable[[], dict[str, Any]]) -> dict[str, Any] | str:
    """The outputs, or the text of the error."""
    try:
        return run()
    except RunError as error:
        return str(error)


def expect_same(text: str, values: dict[str, Any], *heights: int | None) -> dict[str, Any] | str:
    """Both ways to run a program give the same outcome, in strips of any of these heights; this one."""
    checked, arrays = bound(text, values)
    given = {name: a.copy() for name, a in arrays.items() if isinstance(a, np.ndarray)}
    wanted = outcome(lambda: reference.run(checked, arrays))
    for rows in heights or (None,):
        with many_pixels() if rows else nullcontext():
            engine = Engine(checked, plan(checked, rows))
        found = outcome(lambda engine=engine: engine.run(arrays))  # type: ignore[misc]
        expect_outcome(found, wanted, f"{text}\nin strips of {rows}")
    if isinstance(wanted, dict):
        for name, step in checked.outputs:
            expect_known(wanted[name], step.kind, f"{text}\nas {name}")
    for name, array in given.items():
        assert arrays[name].tobytes() == array.tobytes(), f"{text}\nchanges {name}"
    return wanted


def expect_known(found: Any, kind: Kind, place: str) -> None:
    """The values lie where the checker knows them to be."""
    if kind.name == "table":
        assert list(found) == [column.name for column in kind.columns], place
        assert found.rows <= kind.most, place
        for column in kind.columns:
            assert found[column.name].dtype == column.kind.dtype, f"{place}\nas {column.name}"
            expect_known(found[column.name], column.kind, f"{place}\nas {column.name}")
    if kind.name not in ("image", "colour", "labels", "number", "samples"):
        return
    low, high, nan = kind.limits
    values = found.ravel() if isinstance(found, np.ndarray) else np.array([found], object)
    is_nan = values != values
    assert nan or not is_nan.any(), f"{place}\nis nan"
    values = values[~is_nan].tolist()
    if values:
        assert low <= min(values) <= max(values) <= high, f"{place}\nis not in {low}..{high}: {values[:20]}"


def expect_outcome(found: Any, wanted: Any, place: str) -> None:
    if isinstance(wanted, str) or isinstance(found, str):
        assert found == wanted, place
        return
    assert list(found) == list(wanted), place
    for name, value in wanted.items():
        expect_bits(found[name], value, f"{place}\nas {name}")


def expect_bits(found: Any, wanted: Any, place: str) -> None:
    """The same type, shape and bits; of nan only that it is one."""
    assert type(found) is type(wanted), place
    if isinstance(wanted, maskexpr.Table):
        assert (list(found), found.units) == (list(wanted), wanted.units), place
        for name in wanted:
            expect_bits(found[name], wanted[name], f"{place}\nas {name}")
        return
    if not isinstance(wanted, np.ndarray):
        assert repr(found) == repr(wanted), place
        return
    assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape), place
    if wanted.dtype.kind == "f":
        nan = wanted.dtype.type("nan")
        found, wanted = np.where(np.isnan(found), nan, found), np.where(np.isnan(wanted), nan, wanted)
    assert found.tobytes() == wanted.tobytes(), f"{place}\n{found}\n{wanted}"


def grey(array: Any) -> Image:
    """An image, though its last axis may look like channels."""
    return Image(array, kind="mask" if array.dtype == bool else "image")


def in_fortran_order(values: dict[str, Any]) -> dict[str, Any]:
    return {name: np.asfortranarray(v) if isinstance(v, np.ndarray) and v.ndim else v for name, v in values.items()}
