"""Both ways to run a program: by the plain meaning and by the engine, compared to the last bit.

MASKEXPR_EXAMPLES sets how many examples each random test tries; a soak takes thousands.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import maskexpr
from maskexpr import Image, RunError
from maskexpr.api import stages
from maskexpr.engine import passes, reference
from maskexpr.engine.run import Engine
from maskexpr.planner.plan import plan
from maskexpr.program.steps import Checked

EXAMPLES = int(os.environ.get("MASKEXPR_EXAMPLES", "0"))
ROWS = st.sampled_from([1, 2, 3, 7, None])
THREADS = st.sampled_from([1, 2, 3])


def tried(least: int) -> Any:
    """Settings for a test that tries so many examples, more in a soak."""
    return settings(max_examples=EXAMPLES or least, deadline=None, suppress_health_check=list(HealthCheck))


@contextmanager
def helpers(count: int) -> Iterator[None]:
    """So many threads, used for however little work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MASKEXPR_THREADS", str(count))
        patch.setattr(passes, "_WORTH_THREADS", 0)
        yield


def bound(program: maskexpr.Program, values: dict[str, Any]) -> tuple[Checked, dict[str, Any]]:
    """A program checked for what is given, and the arrays its steps take."""
    found = stages(program, values)
    return found.checked, dict(found.arrays)


def outcome(run: Callable[[], dict[str, Any]]) -> dict[str, Any] | str:
    """The outputs, or the text of the error."""
    try:
        return run()
    except RunError as error:
        return str(error)


def expect_same(text: str, values: dict[str, Any], *heights: int | None) -> None:
    """Both ways to run a program give the same outcome, in strips of any of these heights."""
    checked, arrays = bound(maskexpr.compile(text), values)
    given = {name: a.copy() for name, a in arrays.items() if isinstance(a, np.ndarray)}
    wanted = outcome(lambda: reference.run(checked, arrays))
    for rows in heights or (None,):
        engine = Engine(checked, plan(checked, rows))
        found = outcome(lambda engine=engine: engine.run(arrays))  # type: ignore[misc]
        expect_outcome(found, wanted, f"{text}\nin strips of {rows}")
    for name, array in given.items():
        assert arrays[name].tobytes() == array.tobytes(), f"{text}\nchanges {name}"


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
