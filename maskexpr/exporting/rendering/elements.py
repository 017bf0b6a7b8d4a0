"""Structuring elements, axes and lengths as they are written for SciPy."""

import ast
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from maskexpr.exporting.forms import Call, NoForm
from maskexpr.exporting.syntax import Code, code, is_constant
from maskexpr.functions.settling import NAMED_SHAPES, Distance
from maskexpr.library import elements

SPACING = "spacing"


@dataclass(frozen=True, slots=True)
class Element:
    """A structuring element: its code, None for SciPy's own of a reach of 1, and how many times it is applied, None for
    once; no element at all for a reach of 0."""

    structure: Code | None
    times: Code | None = None
    is_nothing: bool = False
    may_be_nothing: bool = False  # as it is told how many times

    def keywords(self, name: str = "structure", **more: Any) -> list[ast.keyword]:
        parts = {name: self.structure, "iterations": self.times, **more}
        return [ast.keyword(key, value) for key, value in parts.items() if value is not None]


def spacing_code(call: Call, spacing: tuple[Fraction, ...], worked: tuple[int, ...]) -> Code:
    """The lengths of a pixel along some axes: of the argument that has them along all, if they are the same."""
    if any(Fraction(str(float(step))) != step for step in spacing):
        raise NoForm("with a size of pixels that is no decimal number")
    ndim = len(spacing)
    if spacing != call.spacing:
        return code("steps", steps=tuple(float(spacing[axis]) for axis in worked))
    if worked == tuple(range(ndim)):
        return code(SPACING)
    if worked == tuple(range(worked[0], ndim)):
        return code("spacing[-count:]", count=len(worked))
    return ast.Tuple([code("spacing[i]", i=axis) for axis in worked], ast.Load())


def worked_of(call: Call) -> tuple[int, ...]:
    return tuple(elements.worked_axes(call.setting("axes"), call.ndim))


def expanded(structure: Code, call: Call, worked: tuple[int, ...] | None = None) -> Code:
    """An array of the worked axes with one pixel along the others."""
    worked = worked_of(call) if worked is None else worked
    rest = tuple(axis for axis in range(call.ndim) if axis not in worked)
    if not rest:
        return structure
    if rest == (0,):
        return code("a[np.newaxis]", a=structure)
    return code("np.expand_dims(a, axes)", a=structure, axes=rest if len(rest) > 1 else rest[0])


def pattern_code(text: str) -> Code:
    return code("np.array(rows, bool)", rows=elements.pattern_array(text).astype(int).tolist())


def _reach(call: Call, name: str) -> tuple[Code, bool]:
    """A reach as code, and whether it is surely a whole number of at least 1."""
    n: Distance = call.setting(name)
    told = call.use(name)
    if told is None:
        return code("n", n=n.radius), n.radius.denominator == 1 and n.radius >= 1
    return told, is_positive(call, name)


def is_positive(call: Call, name: str) -> bool:
    """Whether a setting that is told is surely a whole number of at least 1: by its interval, not by its value now."""
    values = call.traced_kind(name).range
    return values is not None and 1 <= values.low < values.high


def element(call: Call, name: str = "n", shape: str = "shape") -> Element:
    """The structuring element of a call, for masks."""
    n: Distance = call.setting(name)
    shape_name, worked = call.setting(shape), worked_of(call)
    if n.reaches:
        return Element(footprint(call, name, shape))
    reach, is_whole = _reach(call, name)
    is_told = not isinstance(reach, ast.Constant)
    if shape_name not in NAMED_SHAPES:
        if n.radius == 0 and not is_told:
            return Element(None, is_nothing=True)
        times = None if is_constant(reach, 1) else reach
        return Element(expanded(pattern_code(shape_name), call), times, may_be_nothing=is_told and not is_whole)
    if n.spacing is not None:
        steps = spacing_code(call, n.spacing, worked)
        return Element(expanded(code(f"{shape_name}(n, spacing=steps)", n=reach, steps=steps), call))
    if not is_told and (n.radius < 1):
        return Element(None, is_nothing=True)
    if shape_name == "disk":
        if not is_told and n.radius < 2 and n.radius**2 < 2:
            return _unit(call, "diamond", worked, None)
        return Element(expanded(_named("disk", reach, worked), call))
    if not is_told and not is_whole:
        reach, is_whole = code("n", n=int(n.radius)), True
    found = _unit(call, shape_name, worked, None if is_constant(reach, 1) else reach)
    return found if is_whole else replace(found, may_be_nothing=True)


def _named(shape: str, reach: Code, worked: tuple[int, ...]) -> Code:
    return code(f"{shape}(n, ndim)", n=reach, ndim=len(worked))


def _unit(call: Call, shape: str, worked: tuple[int, ...], times: Code | None) -> Element:
    """An element of a reach of 1, to be applied several times."""
    if shape == "diamond":
        if len(worked) == call.ndim:
            return Element(None, times)
        return Element(expanded(code("ndimage.generate_binary_structure(n, 1)", n=len(worked)), call), times)
    return Element(code("np.ones(size, bool)", size=_box(call, worked)), times)


def _box(call: Call, worked: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(3 if axis in worked else 1 for axis in range(call.ndim))


def footprint(call: Call, name: str = "n", shape: str = "shape") -> Code:
    """All that an element reaches, as one array: what filters and grey morphology take."""
    n: Distance = call.setting(name)
    shape_name, worked = call.setting(shape), worked_of(call)
    if n.reaches:
        if shape_name == "disk":
            return expanded(code("disk(1, spacing=steps)", steps=_steps(n)), call, tuple(range(call.ndim)))
        if shape_name == "diamond":
            raise NoForm("with a list of reaches and a diamond")
        sizes = tuple(2 * int(r) + 1 if axis in worked else 1 for axis, r in enumerate(n.reaches))
        return code("np.ones(sizes, bool)", sizes=sizes)
    if shape_name not in NAMED_SHAPES:
        return expanded(pattern_code(shape_name), call)
    reach, _ = _reach(call, name)
    if n.spacing is not None:
        steps = spacing_code(call, n.spacing, worked)
        return expanded(code(f"{shape_name}(n, spacing=steps)", n=reach, steps=steps), call)
    return expanded(_named(shape_name, reach, worked), call)


def _steps(n: Distance) -> tuple[float, ...]:
    assert n.spacing is not None
    if any(Fraction(str(float(step))) != step for step in n.spacing):
        raise NoForm("with a list of reaches that are no decimal numbers")
    return tuple(float(step) for step in n.spacing)


def connectivity(call: Call) -> Code | None:
    """The neighbours of a pixel that belong to its region; None for SciPy's own."""
    worked, joined = worked_of(call), call.setting("connectivity") or 1
    call.use("connectivity")
    if len(worked) == call.ndim:
        if joined == 1:
            return None
        if joined == call.ndim:
            return code("np.ones(size, bool)", size=(3,) * call.ndim)
        return code("ndimage.generate_binary_structure(n, k)", n=call.ndim, k=joined)
    return code("joined(ndim, axes, connectivity)", ndim=call.ndim, axes=worked, connectivity=joined)


def called(function: str, *arguments: Code | None, **keywords: Any) -> Code:
    """A call with the arguments that are given."""
    given = [argument for argument in arguments if argument is not None]
    named = [
        ast.keyword(name, value if isinstance(value, ast.expr) else code("v", v=value))
        for name, value in keywords.items()
        if value is not None
    ]
    return ast.Call(code(function), given, named)
