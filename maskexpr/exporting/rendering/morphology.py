"""Dilation, erosion and what is built from them, reconstruction, skeletons."""

import ast

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, cast, form
from maskexpr.exporting.rendering.elements import (
    called,
    connectivity,
    element,
    expanded,
    footprint,
    is_positive,
    spacing_code,
    worked_of,
)
from maskexpr.exporting.rendering.regions import per_slice
from maskexpr.exporting.syntax import Code, code, literal
from maskexpr.functions.settling import NAMED_SHAPES
from maskexpr.library import elements


def _is_mask(call: Call) -> bool:
    return call.kind_of("m").name == "mask"


def _applied(function: str, m: Code, call: Call, **more: Code | None) -> Code:
    e = element(call)
    if e.is_nothing:
        return m
    if e.may_be_nothing:
        parts = [m, *(part for part in (e.times, e.structure) if part is not None)]
        own = {"binary_dilation": "dilate", "binary_erosion": "erode", "binary_opening": "opened"}
        return ast.Call(code(own[function.rpartition(".")[2]]), parts, _keywords(None, more))
    return ast.Call(code(function), [m, *([e.structure] if e.structure else [])], _keywords(e.times, more))


def _keywords(times: Code | None, more: dict[str, Code | None]) -> list[ast.keyword]:
    parts = {"iterations": times, **more}
    return [ast.keyword(key, value) for key, value in parts.items() if value is not None]


def _is_plain(call: Call) -> bool:
    """Whether SciPy's grey morphology does as ours: of whole numbers, with an element that is symmetric."""
    found = call.dtype_of("m")
    return call.setting("shape") in NAMED_SHAPES and found is not None and found.kind in "iu"


def _grey(call: Call, scipy: str, own: str, m: Code) -> Code:
    if _is_plain(call):
        n, worked = call.setting("n"), worked_of(call)
        if call.setting("shape") == "square" and n.spacing is None and "n" not in call.told:
            size = tuple(2 * int(n.radius) + 1 if axis in worked else 1 for axis in range(call.ndim))
            return called(scipy, m, size=size)
        return called(scipy, m, footprint=footprint(call))
    times = None
    if call.setting("shape") not in NAMED_SHAPES:
        times = code("n", n=int(call.setting("n").radius))
    return called(own, m, footprint(call), times)


@form("dilate")
def _dilate(call: Call) -> Code:
    m = call.operands["m"]
    if _is_mask(call):
        return _applied("ndimage.binary_dilation", m, call)
    if call.kind_of("m").name == "labels":
        return _of_labels(call, "dilate_labels")
    return _grey(call, "ndimage.grey_dilation", "grey_dilate", m)


@form("erode")
def _erode(call: Call) -> Code:
    m = call.operands["m"]
    if _is_mask(call):
        return _applied("ndimage.binary_erosion", m, call, border_value=_border(call))
    if call.kind_of("m").name == "labels":
        return _of_labels(call, "erode_labels")
    return _grey(call, "ndimage.grey_erosion", "grey_erode", m)


def _border(call: Call) -> Code | None:
    return code("1") if call.setting("border") == "ignore" else None


def _of_labels(call: Call, function: str) -> Code:
    """Of labels each number by itself, by helpers that take an element."""
    m, n, shape = call.operands["m"], call.setting("n"), call.setting("shape")
    if function == "dilate_labels" and shape in NAMED_SHAPES:
        told = call.use("n")
        reach = told if told is not None else literal(n.radius)
        if len(worked_of(call)) < call.ndim and n.spacing is None:
            named = None if shape == "diamond" else literal(shape)
            return per_slice(call, called(function, code("part"), reach, named))
        if len(worked_of(call)) < call.ndim:
            raise NoForm("of labels by a length, slice by slice")
        steps = spacing_code(call, n.spacing, worked_of(call)) if n.spacing is not None else None
        return called(function, m, reach, None if shape == "diamond" else literal(shape), spacing=steps)
    e = element(call)
    if e.is_nothing:
        return m
    if function == "dilate_labels":
        return called("dilate_labels_by", m, e.structure, e.times if e.times is not None else literal(1))
    return called(function, m, structure=e.structure, iterations=e.times, border_value=_border(call))


@form("open")
def _open(call: Call) -> Code:
    return _opened(call, call.operands["m"])


def _opened(call: Call, m: Code) -> Code:
    if call.kind_of("m").name == "labels":
        return _of_labels(call, "open_labels")
    if not _is_mask(call):
        if _is_plain(call):
            return _grey(call, "ndimage.grey_opening", "", m)
        return _grey(call, "", "grey_dilate", _grey(call, "", "grey_erode", m))
    if call.setting("border") == "ignore":
        eroded = _applied("ndimage.binary_erosion", m, call, border_value=_border(call))
        return _applied("ndimage.binary_dilation", eroded, call)
    if call.setting("shape") not in NAMED_SHAPES:
        return _on_plane(call, "open_on_plane", m)
    return _applied("ndimage.binary_opening", m, call)


@form("close")
def _close(call: Call) -> Code:
    return _closed(call, call.operands["m"])


def _closed(call: Call, m: Code) -> Code:
    if call.kind_of("m").name == "labels":
        return _of_labels(call, "close_labels")
    if not _is_mask(call):
        if _is_plain(call):
            return _grey(call, "ndimage.grey_closing", "", m)
        return _grey(call, "", "grey_erode", _grey(call, "", "grey_dilate", m))
    if call.setting("border") == "ignore":
        dilated = _applied("ndimage.binary_dilation", m, call)
        return _applied("ndimage.binary_erosion", dilated, call, border_value=_border(call))
    return _on_plane(call, "close", m)


def _on_plane(call: Call, function: str, m: Code) -> Code:
    e = element(call)
    if e.is_nothing:
        return m
    return ast.Call(
        code(function), [m], [ast.keyword(k, v) for k, v in (("structure", e.structure), ("iterations", e.times)) if v]
    )


@form("boundary")
def _boundary(call: Call) -> Code:
    m = call.operands["m"]
    if not _is_mask(call):
        return code("(m > 0) & (eroded == 0)", m=m, eroded=_of_labels(call, "erode_labels"))
    eroded = _applied("ndimage.binary_erosion", m, call, border_value=_border(call))
    return code("m & ~eroded", m=m, eroded=eroded)


@form("tophat")
def _tophat(call: Call) -> Code:
    opened = _opened(call, call.operands["m"])
    return _residue(call, "m & ~changed", "m - changed", opened)


@form("blackhat")
def _blackhat(call: Call) -> Code:
    closed = _closed(call, call.operands["m"])
    return _residue(call, "changed & ~m", "changed - m", closed)


def _residue(call: Call, of_masks: str, of_images: str, changed: Code) -> Code:
    m = call.operands["m"]
    if _is_mask(call):
        return code(of_masks, m=m, changed=changed)
    found = call.dtype_of("m")
    return cast(code(of_images, m=m, changed=changed), found, call.dtype)


@form("hit_or_miss")
def _hit_or_miss(call: Call) -> Code:
    pattern, m = call.setting("pattern"), call.operands["m"]
    on = elements.pattern_array(pattern.replace(".", "0"))
    off = elements.pattern_array(pattern.replace("1", ".").replace("0", "1").replace(".", "0"))
    on_code, off_code = (expanded(code("np.array(a)", a=part.astype(int).tolist()), call) for part in (on, off))
    if not off.any():
        return called("ndimage.binary_erosion", m, on_code)
    if not on.any():
        return code("ndimage.binary_erosion(~m, off, border_value=1)", m=m, off=off_code)
    return called("ndimage.binary_hit_or_miss", m, on_code, off_code)


@form("grow")
def _grow(call: Call) -> Code:
    seed, within, n = call.operands["seed"], call.operands["within"], call.setting("n")
    start = code("seed & within", seed=seed, within=within)
    structure = connectivity(call)
    if n is None:
        return called("ndimage.binary_propagation", start, structure, mask=within)
    if n.spacing is not None:
        raise NoForm("by a length")
    told = call.use("n")
    if told is None and int(n.radius) == 0:
        return start
    if told is not None:
        if not is_positive(call, "n"):
            return called("grow", start, within, told, structure)
        return called("ndimage.binary_dilation", start, structure, iterations=told, mask=within)
    return called("ndimage.binary_dilation", start, structure, iterations=int(n.radius), mask=within)


@form("reconstruct")
def _reconstruct(call: Call) -> Code:
    seed, within = call.operands["seed"], call.operands["within"]
    structure = connectivity(call)
    if call.kind.name == "mask":
        start = code("seed & within", seed=seed, within=within)
        return called("ndimage.binary_propagation", start, structure, mask=within)
    wide = np.result_type(call.dtype_of("seed"), call.dtype_of("within"))
    found = called("reconstruct", seed, within, structure)
    return cast(found, wide, call.dtype)
