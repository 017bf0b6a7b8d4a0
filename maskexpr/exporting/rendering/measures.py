"""Numbers measured on images, masks and samples."""

from fractions import Fraction

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, cast, form
from maskexpr.exporting.rendering.elements import spacing_code
from maskexpr.exporting.syntax import Code, code

_PER_MILLIMETRE = {"mm": Fraction(1), "um": Fraction(1000), "cm": Fraction(1, 10)}


def _axes(call: Call, name: str) -> tuple[int, ...] | int | None:
    """The axes that are summed over, None for all of an image or samples."""
    kind, axes = call.kind_of(name), call.setting("axes")
    if axes is None or kind.shape is None:
        return None
    if len(axes) == len(kind.shape):
        return None
    return axes[0] if len(axes) == 1 else tuple(axes)


def _some(call: Call, name: str) -> Code:
    """Samples, of which there has to be one."""
    value = call.operands[name]
    return code("some(v)", v=value) if call.kind_of(name).is_samples else value


def _is_whole(call: Call, name: str = "im") -> bool:
    dtype = call.dtype_of(name)
    return dtype is not None and dtype.kind in "iu"


def _plain(call: Call, found: Code) -> Code:
    return code("int(v)" if _is_whole(call) else "float(v)", v=found)


@form("sum")
def _sum(call: Call) -> Code:
    axes, im = _axes(call, "im"), call.operands["im"]
    found = call.dtype_of("im")
    if axes is not None:
        if found.kind == "f":
            return cast(code("np.sum(im, axis=axes, dtype=np.float64)", im=im, axes=axes), np.float64, call.dtype)
        wide = np.uint64 if found.kind == "u" else np.int64
        return cast(code("np.sum(im, axis=axes)", im=im, axes=axes), wide, call.dtype)
    if found.kind == "f":
        return code("float(np.sum(im, dtype=np.float64))", im=im)
    if found.itemsize == 8:
        return code("sum(im.ravel().tolist())", im=im)
    return code("int(np.sum(im))", im=im)


@form("mean")
def _mean(call: Call) -> Code:
    axes, im = _axes(call, "im"), _some(call, "im")
    found = call.dtype_of("im")
    if axes is not None:
        return cast(code("np.mean(im, axis=axes, dtype=np.float64)", im=im, axes=axes), np.float64, call.dtype)
    wide = found.kind == "f" and found.itemsize < 8
    return code("float(np.mean(im, dtype=np.float64))" if wide else "float(np.mean(im))", im=im)


def _is_beyond_floats(call: Call) -> bool:
    """Whether there may be whole numbers that floating ones cannot tell apart."""
    values = call.step.operands["im"].kind.range
    return values is not None and max(-values.low, values.high) > 2**53


@form("std")
def _std(call: Call) -> Code:
    axes, im = _axes(call, "im"), _some(call, "im")
    found = call.dtype_of("im")
    wide = found.kind == "f" and found.itemsize < 8
    if _is_beyond_floats(call):
        found_std = code("std_of_large(im)" if axes is None else "std_of_large(im, axes)", im=im, axes=axes)
        return found_std if axes is not None else code("float(x)", x=found_std)
    if axes is not None:
        return cast(code("np.std(im, axis=axes, dtype=np.float64)", im=im, axes=axes), np.float64, call.dtype)
    return code("float(np.std(im, dtype=np.float64))" if wide else "float(np.std(im))", im=im)


@form("min", "max")
def _extreme(call: Call) -> Code:
    name = call.name
    axes, im = _axes(call, "im"), call.operands["im"]
    if axes is not None:
        return code(f"im.{name}(axis=axes)", im=im, axes=axes)
    return _plain(call, code(f"im.{name}()", im=_some(call, "im")))


@form("percentile")
def _percentile(call: Call) -> Code:
    axes = _axes(call, "im")
    if axes is not None:
        found = code("np.percentile(im, q, axis=axes)", im=call.operands["im"], q=call.operands["q"], axes=axes)
        return cast(found, np.float64 if _is_whole(call) else call.dtype_of("im"), call.dtype)
    return code("percentile(im, q)", im=_some(call, "im"), q=call.operands["q"])


@form("median")
def _median(call: Call) -> Code:
    axes, found = _axes(call, "im"), call.dtype_of("im")
    if axes is not None:
        return cast(
            code("np.median(im, axis=axes)", im=call.operands["im"], axes=axes),
            np.float64 if found.kind != "f" else found,
            call.dtype,
        )
    im = _some(call, "im")
    return code(
        "float(np.median(im))", im=im if found.kind != "f" or found.itemsize == 8 else cast(im, found, np.float64)
    )


@form("histogram")
def _histogram(call: Call) -> Code:
    low, high = (call.operands.get(name) or code("None") for name in ("low", "high"))
    return code("histogram(im, bins, low, high)", im=_some(call, "im"), bins=call.number("bins"), low=low, high=high)


@form("any", "all")
def _truth(call: Call) -> Code:
    name = call.name
    axes = _axes(call, "m")
    if axes is not None:
        return call.write(f"m.{name}(axis=axes)", axes=axes)
    return call.write(f"bool(m.{name}())")


@form("fraction")
def _fraction(call: Call) -> Code:
    axes = _axes(call, "m")
    if axes is not None:
        return call.write("np.mean(m, axis=axes)", axes=axes)
    return code("float(np.mean(m))", m=_some(call, "m"))


@form("area", "volume")
def _area(call: Call) -> Code:
    unit = call.setting("unit")
    count = call.write("int(np.count_nonzero(m))")
    if unit == "px":
        return count
    length, power = {"ml": ("cm", 3)}.get(unit, (unit[:-1], int(unit[-1]) if unit[-1].isdigit() else 3))
    spacing = call.setting("spacing")
    size = code("size_of_pixel(spacing)", spacing=spacing_code(call, spacing, tuple(range(len(spacing)))))
    factor = _PER_MILLIMETRE[length] ** power
    if factor > 1:
        size = code("size * factor", size=size, factor=int(factor))
    elif factor < 1:
        size = code("size / factor", size=size, factor=int(1 / factor))
    return code("float(count * size)", count=count, size=size)


def _in_unit(call: Call, found: Code, times: int = 1) -> Code:
    unit = call.setting("unit")
    if unit == "px":
        return found
    raise NoForm(f"in {unit}")


@form("centroid")
def _centroid(call: Call) -> Code:
    return _in_unit(call, call.write("centroid(m)"))


@form("bbox")
def _bbox(call: Call) -> Code:
    return _in_unit(call, call.write("bbox(m)"))


@form("dice", "iou", "specificity", "volume_difference")
def _agreement(call: Call) -> Code:
    first, second = (call.operands[p.name] for p in call.step.function.parameters[:2])  # type: ignore[union-attr]
    kinds = {step.kind.name for step in call.step.operands.values()}
    name = call.name if kinds == {"mask"} else f"{call.name}_of_labels"
    return code(f"{name}(a, b)", a=first, b=second)


@form("precision", "recall", "f1")
def _counts(call: Call) -> Code:
    name = call.name
    m, truth = call.operands["m"], call.operands["truth"]
    if call.kind_of("m").name == "labels":
        iou = call.operands.get("iou") or code("0.5")
        return code(f"{name}_of_labels(m, truth, iou)", m=m, truth=truth, iou=iou)
    return code(f"{name}(m, truth)", m=m, truth=truth)
