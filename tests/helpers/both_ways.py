"""Both ways to run a program, by the plain meaning and by the engine, and their outcomes compared to the last bit."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

import maskexpr
from maskexpr import Image
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.inside import stages
from maskexpr.kinds.kind import Kind
from maskexpr.planner.methods import measures, regions
from maskexpr.planner.plan import plan
from maskexpr.program.steps import Checked
from maskexpr.testing.pixels import FILLS
from maskexpr.testing.ways import difference, differs, helpers, outcome, strays

__all__ = ["FILLS", "LAYOUTS", "ROWS", "THREADS", "bound", "compiled", "expect_bits", "expect_known", "expect_outcome"]
__all__ += ["expect_same", "grey", "helpers", "in_fortran_order", "outcome"]

LAYOUTS = ["C", "C", "Fortran", "reversed", "every second", "read-only"]
ROWS = st.sampled_from([1, 2, 3, 7, None])
THREADS = st.sampled_from([1, 2, 3])

compiled = functools.lru_cache(maxsize=1024)(maskexpr.compile)


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
    assert not strays(found, kind), f"{place}\ngives {strays(found, kind)}"


def expect_outcome(found: Any, wanted: Any, place: str) -> None:
    assert not difference(found, wanted), f"{place}\ngives {difference(found, wanted)}"


def expect_bits(found: Any, wanted: Any, place: str) -> None:
    """The same type, shape and bits; of nan only that it is one."""
    assert not differs(found, wanted), f"{place}\ngives {differs(found, wanted)}"


def grey(array: Any) -> Image:
    """An image, though its last axis may look like channels."""
    return Image(array, kind="mask" if array.dtype == bool else "image")


def in_fortran_order(values: dict[str, Any]) -> dict[str, Any]:
    return {name: np.asfortranarray(v) if isinstance(v, np.ndarray) and v.ndim else v for name, v in values.items()}
