"""Numbers of labels, extremes, floods, and what parts touching objects."""

import ast

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, form
from maskexpr.exporting.rendering.elements import called, connectivity, footprint, spacing_code, worked_of
from maskexpr.exporting.rendering.regions import per_slice
from maskexpr.exporting.syntax import Code, code, is_constant, literal


@form("relabel")
def _relabel(call: Call) -> Code:
    return call.write("relabel(labels)")


@form("match")
def _match(call: Call) -> Code:
    return call.write("match(labels, other)")


@form("paint")
def _paint(call: Call) -> Code:
    kind = call.kind_of("table")
    if len([c for c in kind.columns if c.name in ("frame", "z", "y", "x") or c.name.startswith("axis")]):
        raise NoForm("of a table of slices")
    return call.write('paint(labels, table["label"], table[column])', column=call.setting("column"))


@form("matched")
def _matched(call: Call) -> Code:
    return call.write("matching_labels(labels, truth, iou)[0]", **({} if call.is_given("iou") else {"iou": 0.5}))


@form("segmentation_quality", "panoptic_quality")
def _quality(call: Call) -> Code:
    iou = call.operands.get("iou")
    usual = iou is not None and is_constant(iou, 0.5)
    return called(call.name, call.operands["labels"], call.operands["truth"], None if usual else iou)


# --- extremes --------------------------------------------------------------------------------------------------------


@form("regional_maxima", "regional_minima")
def _extremes(call: Call) -> Code:
    im = call.operands["im"]
    if call.name == "regional_minima":
        im = (
            code("-im.astype(t)", im=im, t=np.dtype(np.int64))
            if call.dtype_of("im").kind in "iu"
            else code("-im", im=im)
        )
    return _by_slice(call, "regional_maxima", im)


@form("h_maxima", "h_minima")
def _risen(call: Call) -> Code:
    im = call.operands["im"]
    if call.dtype_of("im").kind != "f":
        im = code("im.astype(np.int64)", im=im)
    if call.name == "h_minima":
        im = code("-im", im=im)
    return _by_slice(call, "h_maxima", im, call.operands["h"])


def _by_slice(call: Call, function: str, im: Code, *more: Code) -> Code:
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")
    if call.dtype_of("im").itemsize == 8 and call.dtype_of("im").kind == "u":
        raise NoForm("of 64 bits without a sign")
    return called(function, im, *more, structure=connectivity(call), within=call.operands.get("within"))


@form("peaks")
def _peaks(call: Call) -> Code:
    n = call.setting("n")
    if n.spacing is not None:
        raise NoForm("by a length")
    told = call.use("n")
    ndim = len(worked_of(call))
    reach = told if told is not None else literal(n.radius)
    shape = call.setting("shape")
    around = code(f"{shape}(n, ndim)", n=reach, ndim=ndim)
    closer = code("nearer(n, shape, ndim)", n=reach, shape=shape, ndim=ndim)
    more = {name: call.operands.get(name) for name in ("threshold", "within", "count", "h")}
    if ndim == call.ndim and call.is_given("within") and call.kind_of("within").name == "labels":
        more["labels"] = more.pop("within")
        return called("peaks_of_labels", call.operands["im"], around, closer, **more)
    if ndim == call.ndim:
        return called("peaks", call.operands["im"], around, closer, **more)
    if more["within"] is not None:
        raise NoForm("slice by slice with `within`")
    if more["threshold"] is None:
        more["threshold"] = code("np.fmin.reduce(im, axis=None).item()", im=call.operands["im"])
    return per_slice(call, called("peaks", code("part"), around, closer, **more), "im")


@form("area_open", "area_close")
def _areas(call: Call) -> Code:
    mask = call.kind_of("m").name == "mask"
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")
    if mask and call.name == "area_open":
        return called("remove_small", call.operands["m"], call.operands["size"], connectivity(call))
    if mask:
        found = called("remove_small", code("~m", m=call.operands["m"]), call.operands["size"], connectivity(call))
        return code("~found", found=found)
    return called(call.name, call.operands["m"], call.operands["size"], connectivity(call))


# --- floods ----------------------------------------------------------------------------------------------------------


@form("watershed")
def _watershed(call: Call) -> Code:
    call.use("line")
    line = call.number("line") if call.setting("line") or "line" in call.told else None
    compactness = call.number("compactness") if call.setting("compactness") or "compactness" in call.told else None
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")
    im, structure = call.operands["im"], connectivity(call)
    if call.is_given("markers"):
        markers = call.operands["markers"]
        if call.kind_of("markers").name == "mask":
            markers = code("found[0]", found=called("ndimage.label", markers, structure))
    else:
        low = called("regional_minima_of", im, structure)
        if call.is_given("within"):
            low = code("low & within", low=low, within=call.operands["within"])
        markers = code("found[0]", found=called("ndimage.label", low, structure))
    more = {"line": line, "compactness": compactness}
    return called("watershed", im, markers, within=call.operands.get("within"), structure=structure, **more)


@form("split")
def _split(call: Call) -> Code:
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")
    parts: dict[str, Code | None] = {}
    for name in ("n", "depth"):
        told, value = call.use(name), call.setting(name)
        number = told if told is not None else literal(value.radius)
        parts[name] = None if told is None and value.radius == 1 and value.spacing is None else number
    spacings = [call.setting(name).spacing for name in ("n", "depth")]
    if (spacings[0] is not None and spacings[1] is None) or (spacings[1] is not None and spacings[0] is None):
        raise NoForm("with a length and a number of pixels")
    spacing = spacing_code(call, spacings[0], worked_of(call)) if spacings[0] is not None else None
    return called("split", call.operands["m"], **parts, spacing=spacing, structure=connectivity(call))


__all__ = ["ast", "footprint"]
