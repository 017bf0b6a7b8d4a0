"""How far surfaces are apart, lines and skeletons."""

import ast

from maskexpr.exporting.forms import Call, NoForm, form
from maskexpr.exporting.rendering.distances import steps
from maskexpr.exporting.rendering.elements import called, spacing_code, worked_of
from maskexpr.exporting.rendering.regions import per_slice
from maskexpr.exporting.syntax import Code, code, is_constant, literal

_ELEMENTS = "surface-distance"


def _method(call: Call, usual: str) -> Code | None:
    method = call.setting("method")
    if method == _ELEMENTS:
        raise NoForm('by method="surface-distance"')
    return None if method == usual else literal(method)


@form("hausdorff")
def _hausdorff(call: Call) -> Code:
    q = call.operands["q"]
    more = {"method": _method(call, "pixels"), "spacing": steps(call)}
    return called(call.name, call.operands["a"], call.operands["b"], None if is_constant(q, 100) else q, **more)


@form("surface_distance")
def _surface_distance(call: Call) -> Code:
    more = {"method": _method(call, "monai"), "spacing": steps(call)}
    return called(call.name, call.operands["a"], call.operands["b"], **more)


@form("surface_dice")
def _surface_dice(call: Call) -> Code:
    _method(call, "monai")
    tolerance, told = call.setting("tolerance"), call.use("tolerance")
    found = told if told is not None else literal(tolerance.radius)
    spacing = spacing_code(call, tolerance.spacing, worked_of(call)) if tolerance.spacing is not None else None
    return called(call.name, call.operands["a"], call.operands["b"], found, spacing=spacing)


@form("skeleton")
def _skeleton(call: Call) -> Code:
    if len(worked_of(call)) != 2:
        raise NoForm("of volumes")
    method = call.setting("method")
    named = None if method == "homotopic" else literal(method)
    if len(worked_of(call)) < call.ndim:
        return per_slice(call, called("skeleton", code("part"), method=named))
    return called(
        "skeleton_labels" if call.kind_of("m").name == "labels" else "skeleton", call.operands["m"], method=named
    )


@form("medial_axis")
def _medial_axis(call: Call) -> Code:
    if len(worked_of(call)) < call.ndim:
        return per_slice(call, code("medial_axis(part)"))
    return call.write("medial_axis(m)")


@form("line")
def _line(call: Call) -> Code:
    assert call.grid is not None
    start, stop = (ast.Tuple([call.operands[f"{name}{i}"] for name in "yx"], ast.Load()) for i in (0, 1))
    width, told = call.setting("width"), call.use("width")
    if width is None:
        return called("line", call.grid, start, stop)
    steps = None
    if width.spacing is not None:
        ndim = len(width.spacing)
        steps = spacing_code(call, width.spacing, (ndim - 2, ndim - 1))
    return called(
        "wide_line", call.grid, start, stop, told if told is not None else literal(width.radius), spacing=steps
    )
