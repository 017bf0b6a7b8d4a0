"""Coordinates and drawn shapes, on the grid that the images share."""

import ast

from maskexpr.exporting.forms import Call, NoForm, form
from maskexpr.exporting.rendering.elements import called, spacing_code
from maskexpr.exporting.syntax import Code, code, literal


def _grid(call: Call) -> Code:
    """The shape of the images."""
    assert call.grid is not None
    return call.grid


@form("x", "y", "z")
def _coordinate(call: Call) -> Code:
    axis = -1 - "xyz".index(call.name)
    return code("coordinates(grid, axis, t)", grid=_grid(call), axis=axis, t=call.dtype)


@form("empty")
def _empty(call: Call) -> Code:
    return code("np.zeros(grid, bool)", grid=_grid(call))


@form("full")
def _full(call: Call) -> Code:
    return code("np.ones(grid, bool)", grid=_grid(call))


def _angle(call: Call) -> None:
    step = call.step.operands.get("angle")
    if step is not None and not (step.kind.is_constant and step.kind.constant == 0 and not step.name):
        raise NoForm("with an angle")


@form("rectangle")
def _rectangle(call: Call) -> Code:
    _angle(call)
    return called("rectangle", _grid(call), *(call.operands[name] for name in ("y0", "x0", "y1", "x1")))


@form("circle", "sphere")
def _ball(call: Call) -> Code:
    names = "yx" if call.name == "circle" else "zyx"
    return _ellipsoid(call, names, ["radius"] * len(names))


@form("ellipse")
def _ellipse(call: Call) -> Code:
    _angle(call)
    return _ellipsoid(call, "yx", ["ry", "rx"])


def _ellipsoid(call: Call, names: str, radii: list[str]) -> Code:
    centre = ast.Tuple([call.operands[name] for name in names], ast.Load())
    found = []
    for axis, name in enumerate(radii, -len(radii)):
        radius = call.setting(name)
        told = call.use(name)
        one = told if told is not None else literal(radius.radius)
        found.append((one, radius, axis))
    spacings = {radius.spacing for _, radius, _ in found}
    if spacings == {None}:
        return called("ellipsoid", _grid(call), centre, ast.Tuple([one for one, _, _ in found], ast.Load()))
    if len(spacings) > 1:
        raise NoForm("with radii in pixels and lengths")
    spacing = next(iter(spacings))
    assert spacing is not None
    steps = spacing_code(call, spacing, tuple(range(len(spacing)))[-len(radii) :])
    parts = ast.Tuple([one for one, _, _ in found], ast.Load())
    return called("ellipsoid", _grid(call), centre, parts, spacing=steps)


@form("polygon")
def _polygon(call: Call) -> Code:
    ys, xs = (call.told.get(name) for name in ("ys", "xs"))
    if ys is not None or xs is not None:
        raise NoForm("with corners that are params")
    return called("polygon", _grid(call), literal(list(call.setting("ys"))), literal(list(call.setting("xs"))))
