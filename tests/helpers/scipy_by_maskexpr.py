"""A pytest plugin that lets maskexpr answer SciPy's binary morphology, wherever the language can say the call.

What it cannot say goes to SciPy as before: a mask=, an output=, an origin, a border that is on, iterations until
nothing changes, a structure that is empty or has more than three axes, and an opening by a structure without its
centre, which SciPy cuts at the border between the two steps and maskexpr does not.
"""

import functools
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage

import maskexpr

ANSWERS = "answered: "
answers: Counter[str] = Counter()
_busy = False  # maskexpr's own calls of SciPy are not for maskexpr to answer


class Unsayable(Exception):
    pass


def dilation(input: Any, structure: Any = None, iterations: Any = 1, axes: Any = None, **others: Any) -> Any:
    return _morphology("dilate", input, structure, iterations, axes, others)


def erosion(input: Any, structure: Any = None, iterations: Any = 1, axes: Any = None, **others: Any) -> Any:
    return _morphology("erode", input, structure, iterations, axes, others)


def opening(input: Any, structure: Any = None, iterations: Any = 1, axes: Any = None, **others: Any) -> Any:
    if structure is not None and not _holds_centre(np.asarray(structure)):
        raise Unsayable
    return _morphology("open", input, structure, iterations, axes, others)


def fill_holes(input: Any, structure: Any = None, axes: Any = None, **others: Any) -> Any:
    mask = _mask(input)
    _only_defaults(others)
    worked = mask.ndim if axes is None else np.size(axes)
    written = "none" if axes is None else list(np.atleast_1d(axes))
    for connectivity in range(1, worked + 1):
        known = scipy.ndimage.generate_binary_structure(worked, connectivity)
        if structure is None or np.array_equal(np.asarray(structure, dtype=bool), known):
            return maskexpr.evaluate(f"fill_holes(m, connectivity={connectivity}, axes={written})", m=mask)
    raise Unsayable


def _morphology(function: str, input: Any, structure: Any, iterations: Any, axes: Any, others: dict[str, Any]) -> Any:
    mask = _mask(input)
    _only_defaults(others)
    if not isinstance(iterations, int) or iterations < 1:
        raise Unsayable
    arguments = [f"m, {iterations}"]
    if structure is not None:
        arguments.append(f'"{_pattern(structure, mask.ndim if axes is None else np.size(axes))}"')
    if axes is not None:
        arguments.append(f"axes={list(np.atleast_1d(axes))}")
    return maskexpr.evaluate(f"{function}({', '.join(arguments)})", m=mask)


def _mask(input: Any) -> Any:
    array = np.asarray(input)
    if array.ndim == 0 or array.size == 0 or array.dtype.kind == "c":
        raise Unsayable
    return array != 0


def _only_defaults(others: dict[str, Any]) -> None:
    for name, value in others.items():
        if name in ("mask", "output") and value is not None:
            raise Unsayable
        if name in ("border_value", "origin") and np.any(value):
            raise Unsayable


def _pattern(structure: Any, ndim: int) -> str:
    """A structure as the text of a pattern: rows parted by `/`, planes by `//`."""
    array = np.asarray(structure, dtype=bool)
    if array.ndim != ndim or not 1 <= ndim <= 3 or not array.any():
        raise Unsayable
    # A single row needs another beside it to be told from a pattern of one axis, and so does a single plane.
    array = np.pad(array, [(1, 1) if n == 1 and ndim > 1 else (0, 0) for n in array.shape])
    planes = array.reshape((1,) * (3 - ndim) + array.shape).astype(int)
    return "//".join("/".join("".join(map(str, row)) for row in plane) for plane in planes)


def _holds_centre(structure: Any) -> bool:
    return bool(structure[tuple(n // 2 for n in structure.shape)])


def _adapter(name: str, own: Callable[..., Any], scipys: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(scipys)
    def answer(*args: Any, **options: Any) -> Any:
        global _busy
        if _busy or len(args) > 3:
            return scipys(*args, **options)
        _busy = True
        try:
            result = own(*args, **options)
            answers[name] += 1
        except Unsayable:
            answers[f"{name} by SciPy"] += 1
            result = scipys(*args, **options)
        finally:
            _busy = False
        return result

    return answer


def pytest_collection_finish(session: pytest.Session) -> None:
    """After collection, since SciPy's tests look their functions up in a table while they are imported."""
    own = {
        "binary_dilation": dilation,
        "binary_erosion": erosion,
        "binary_opening": opening,
        "binary_fill_holes": fill_holes,
    }
    originals = {name: getattr(scipy.ndimage, name) for name in own}
    adapters = {original: _adapter(name, own[name], original) for name, original in originals.items()}
    for original, adapter in adapters.items():
        setattr(scipy.ndimage, original.__name__, adapter)
    for item in session.items:
        given = getattr(item, "callspec", None)
        for name, value in given.params.items() if given else ():
            if callable(value) and value in adapters:
                given.params[name] = adapters[value]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(ANSWERS + json.dumps(answers))
