"""What is done to each pixel by itself."""

from typing import Any

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, cast, form
from maskexpr.exporting.rendering.operators import computed, has_pixels
from maskexpr.exporting.syntax import Code, code
from maskexpr.kinds.ranges import of_type


@form("where")
def _where(call: Call) -> Code:
    kind = call.kind
    if not kind.holds_pixels:
        chosen = call.write("a if condition else b")
        return code("float(v)", v=chosen) if kind.name == "number" and kind.range is None else chosen
    condition, a, b = (call.operands[name] for name in ("condition", "a", "b"))
    if kind.name == "colour":
        spread = [
            code("v[..., np.newaxis]", v=call.operands[name])
            if call.holds_pixels(name) and call.kind_of(name).name != "colour"
            else call.operands[name]
            for name in ("condition", "a", "b")
        ]
        condition, a, b = spread
    arrays = [call.dtype_of(name) for name in ("a", "b") if call.holds_pixels(name)]
    plain = [call.kind_of(name) for name in ("a", "b") if not call.holds_pixels(name)]
    found: Any
    if kind.name in ("mask", "mask samples"):
        found = np.dtype(bool)
    elif not arrays:
        found = None
    else:
        found = np.result_type(*arrays)
        if any(k.range is None for k in plain) and found.kind != "f":
            found = np.dtype(np.float64)
    if arrays and found != kind.dtype:
        a = cast(a, call.dtype_of("a"), kind.dtype) if call.holds_pixels("a") else a
        b = cast(b, call.dtype_of("b"), kind.dtype) if call.holds_pixels("b") else b
        found = kind.dtype
    text = code("np.where(condition, a, b)", condition=condition, a=a, b=b)
    if not call.holds_pixels("condition"):
        text = code("np.where(condition, a, b)", condition=condition, a=a, b=b)
        if not any(call.holds_pixels(name) and call.kind_of(name).shape == kind.shape for name in ("a", "b")):
            raise NoForm("of one truth")
    return text if found == kind.dtype else code("value.astype(t)", value=text, t=kind.dtype)


@form("between")
def _between(call: Call) -> Code:
    if has_pixels(call):
        return call.write("(im >= low) & (im <= high)")
    return call.write("low <= im <= high")


@form("clip")
def _clip(call: Call) -> Code:
    if not has_pixels(call):
        exact = "min(max(im, low), high)"
        return computed(call, exact, "", "im", "low", "high", number="float(np.clip(im, low, high))")
    return computed(call, "", "np.clip(im, low, high)", "im", "low", "high")


@form("minimum", "maximum")
def _extreme(call: Call) -> Code:
    name = call.name
    return computed(call, f"{name[:3]}(a, b)", f"np.{name}(a, b)", "a", "b", number=f"float(np.{name}(a, b))")


@form("abs")
def _abs(call: Call) -> Code:
    return computed(call, "abs(im)", "np.abs(im)", "im")


@form("sign")
def _sign(call: Call) -> Code:
    return computed(call, "(im > 0) - (im < 0)", "np.sign(im)", "im", number="float(np.sign(im))")


@form("sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan")
def _elementary(call: Call) -> Code:
    name = call.name
    if not has_pixels(call):
        return call.write(f"float(np.{name}(im))")
    found = call.dtype_of("im")
    wide = found.kind != "f" and found.itemsize < 4  # of small integers NumPy gives small floats
    im = call.operands["im"]
    return code(f"np.{name}(im)", im=cast(im, found, call.dtype) if wide or found.kind != "f" else im)


@form("arctan2", "hypot")
def _of_two(call: Call) -> Code:
    name = call.name
    text = f"np.{name}(a, b)"
    return computed(call, f"float({text})", text, "a", "b", number=f"float({text})")


@form("floor", "ceil", "round")
def _rounded(call: Call) -> Code:
    name = call.name
    if call.kind_of("im").range is not None:
        return call.operands["im"]
    ufunc = "rint" if name == "round" else name
    return call.write(f"np.{ufunc}(im)" if has_pixels(call) else f"float(np.{ufunc}(im))")


@form("isnan", "isfinite")
def _predicate(call: Call) -> Code:
    name = call.name
    return call.write(f"np.{name}(im)" if has_pixels(call) else f"bool(np.{name}(im))")


@form("isin")
def _isin(call: Call) -> Code:
    values = call.told.get("values") or code("v", v=list(call.setting("values")))
    if not has_pixels(call):
        return call.write("im in values", values=values)
    numbers = call.setting("values")
    if call.kind_of("im").range is not None and any(not isinstance(v, int) for v in numbers):
        return call.write("is_one_of(im, values)", values=values)
    if call.kind_of("im").range is not None and numbers:
        held = of_type(call.dtype_of("im"))
        if all(held.low <= v <= held.high for v in numbers):
            return call.write("np.isin(im, values)", values=values)
    return call.write("is_one_of(im, values)", values=values)


@form("bit")
def _bit(call: Call) -> Code:
    return call.write("(im >> n) & 1 != 0", n=call.number("n"))


@form("bits")
def _bits(call: Call) -> Code:
    found = call.dtype_of("im")
    im = call.operands["im"]
    if found.kind == "i":
        found = np.dtype(f"u{found.itemsize}")
        im = code("im.view(t)", im=im, t=found)
    low, high = call.number("low"), call.number("high")
    text = code("(im >> low) & (2 ** (high - low + 1) - 1)", im=im, low=low, high=high)
    if not call.told:
        mask = 2 ** (call.setting("high") - call.setting("low") + 1) - 1
        text = code("(im >> low) & mask", im=im, low=low, mask=mask)
    return cast(text, found, call.dtype)


@form("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
def _integer(call: Call) -> Code:
    name = call.name
    kind = call.kind_of("im")
    held = of_type(np.dtype(name))
    fits = kind.range is not None and held.low <= kind.range.low and kind.range.high <= held.high
    if not has_pixels(call):
        return call.write("int(im)") if fits else call.write("int(whole(np.asarray(im), t))", t=np.dtype(name))
    if fits:
        return cast(call.operands["im"], kind.dtype, name)
    return call.write("whole(im, t)", t=np.dtype(name))


@form("float32", "float64")
def _floating(call: Call) -> Code:
    name = call.name
    if not has_pixels(call):
        return call.write("float(im)") if name == "float64" else call.write("float(narrowed(np.float64(im)))")
    found = call.dtype_of("im")
    if found.kind == "f" and found.itemsize > np.dtype(name).itemsize:
        return call.write("narrowed(im)")
    return cast(call.operands["im"], found, name)


@form("vote")
def _vote(call: Call) -> Code:
    import ast

    return code("np.mean(masks, axis=0)", masks=ast.List(call.several("masks"), ast.Load()))
