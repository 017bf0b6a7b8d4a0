"""Filters: windows, Gaussians, edges, contrast."""

import ast
from typing import Any

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, cast, form
from maskexpr.exporting.rendering.elements import called, footprint, spacing_code, worked_of
from maskexpr.exporting.syntax import Code, code, is_constant, literal
from maskexpr.functions.settling import NAMED_SHAPES


def mode(call: Call) -> Code | None:
    """SciPy's name for the rule at the border; its own filters reflect."""
    border = call.setting("border")
    return None if border == "reflect" else literal(border)


def _work(call: Call, name: str = "im") -> Code:
    """An image in the type that it is smoothed in."""
    found = call.dtype_of(name)
    return cast(
        call.operands[name], found, np.float64 if found.kind != "f" else np.float32 if found == np.float16 else found
    )


def box(call: Call) -> Code:
    """The sizes of a square window along each axis."""
    n, worked = call.setting("n"), worked_of(call)
    told = call.use("n")
    if n.reaches:
        return literal(tuple(2 * int(r) + 1 if a in worked else 1 for a, r in enumerate(n.reaches)))
    if n.spacing is None:
        if told is None:
            return _sizes(literal(2 * int(n.radius) + 1), call, worked)
        kind = call.traced_kind("n")
        return _sizes(code("2 * n + 1" if kind.range is not None else "2 * int(n) + 1", n=told), call, worked)
    steps = spacing_code(call, n.spacing, worked)
    found = code("square(n, spacing=steps).shape", n=told if told is not None else literal(n.radius), steps=steps)
    if len(worked) == call.ndim:
        return found
    raise NoForm("with a length along some axes")


def _sizes(size: Code, call: Call, worked: tuple[int, ...]) -> Code:
    if isinstance(size, ast.Constant) or len(worked) < call.ndim:
        return ast.Tuple([size if axis in worked else literal(1) for axis in range(call.ndim)], ast.Load())
    return code("(size,) * n", size=size, n=call.ndim)


def _window(call: Call) -> tuple[Code | None, Code | None]:
    """A window as SciPy's filters take it: the sizes of a box, or all of it."""
    if call.setting("shape") == "square" and (call.setting("n").spacing is None or call.setting("n").reaches):
        sizes = box(call)
        if isinstance(sizes, ast.Tuple) and all(
            is_constant(s, getattr(sizes.elts[0], "value", None)) for s in sizes.elts
        ):
            return sizes.elts[0], None
        return sizes, None
    return None, footprint(call)


def mean_of_windows(call: Call, sizes: Code) -> Code:
    found = called("window_mean", call.operands["im"], sizes, mode=mode(call))
    return cast(found, np.float64, call.dtype)


def _is_counted(call: Call) -> bool:
    return call.is_given("within") or call.setting("border") == "ignore"


def _refuse_repeated(call: Call) -> None:
    if call.setting("shape") not in NAMED_SHAPES and call.setting("n").radius != 1:
        raise NoForm("with a pattern applied several times")


def _of_counted(call: Call) -> Code:
    """A filter of the pixels that count, of a mask or without what lies beyond the border."""
    _, whole = _window(call)
    window = whole if whole is not None else code("np.ones(s, bool)", s=box(call))
    rank = {"rank_filter": "rank", "percentile_filter": "percent"}.get(call.name)
    found = called(
        f"{call.name.removesuffix('_filter')}_of_counted",
        call.operands["im"],
        window,
        call.number(rank) if rank else None,
        mode=mode(call),
        within=call.operands.get("within"),
    )
    return cast(found, np.float64, call.dtype) if call.name == "mean_filter" else found


@form("enough in windows")
def _enough(call: Call) -> Code:
    window = footprint(call)
    shape = code("m.shape", m=call.operands["m"])
    counts = called("counts_under", shape, window, mode=mode(call), within=call.operands["m"])
    return code("counts >= least", counts=counts, least=call.number("least"))


@form("entropy")
def _entropy(call: Call) -> Code:
    _refuse_repeated(call)
    _, whole = _window(call)
    window = whole if whole is not None else code("np.ones(s, bool)", s=box(call))
    return called("entropy", call.operands["im"], window, mode=mode(call), within=call.operands.get("within"))


@form("canny")
def _canny(call: Call) -> Code:
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")
    sigmas, _ = sigma(call)
    im, low, high = (call.operands[name] for name in ("im", "low", "high"))
    return called("canny", im, sigmas, low, high, within=call.operands.get("within"))


@form("mean_filter")
def _mean(call: Call) -> Code:
    _refuse_repeated(call)
    if _is_counted(call):
        return _of_counted(call)
    sizes, whole = _window(call)
    if whole is None:
        assert sizes is not None
        return mean_of_windows(call, sizes if not isinstance(sizes, ast.Constant) else box(call))
    return cast(called("mean_under", call.operands["im"], whole, mode=mode(call)), np.float64, call.dtype)


def _is_beyond_scipy(call: Call) -> bool:
    """Whether an image holds what SciPy's ranks lose: nan, and whole numbers that its floats do not tell apart."""
    return call.dtype_of("im").kind == "f" or call.dtype_of("im").itemsize == 8


def _under(call: Call, whole: Code | None, *rank: Code) -> Code:
    """The values of a rank, or medians, under a window; a box where no other one is given."""
    window = whole if whole is not None else code("np.ones(s, bool)", s=box(call))
    return called("rank_under", call.operands["im"], window, *rank, mode=mode(call))


@form("median_filter")
def _median(call: Call) -> Code:
    _refuse_repeated(call)
    if _is_counted(call):
        return _of_counted(call)
    sizes, whole = _window(call)
    if _is_beyond_scipy(call):
        return _under(call, whole)
    return called("ndimage.median_filter", call.operands["im"], size=sizes, footprint=whole, mode=mode(call))


@form("rank_filter")
def _rank(call: Call) -> Code:
    _refuse_repeated(call)
    if _is_counted(call):
        return _of_counted(call)
    sizes, whole = _window(call)
    if _is_beyond_scipy(call):
        return _under(call, whole, call.number("rank"))
    return called(
        "ndimage.rank_filter", call.operands["im"], call.number("rank"), size=sizes, footprint=whole, mode=mode(call)
    )


@form("percentile_filter")
def _percentile(call: Call) -> Code:
    _refuse_repeated(call)
    if _is_counted(call):
        return _of_counted(call)
    _, whole = _window(call)
    window = whole if whole is not None else code("np.ones(s, bool)", s=box(call))
    return called("percentile_under", call.operands["im"], window, call.number("percent"), mode=mode(call))


# --- Gaussians -------------------------------------------------------------------------------------------------------


def sigma(call: Call, name: str = "sigma") -> tuple[Code, bool]:
    """Sigma as SciPy takes it, along the worked axes; and whether that is one number."""
    values, worked = call.setting(name), worked_of(call)
    own = [values[axis] for axis in worked]
    told = call.told.get(name)
    if told is not None and call.traced_kind(name).name == "number":
        call.use(name)
        return told, True
    if told is not None and call.traced_kind(name).name == "length" and call.spacing is not None:
        call.use(name)
        steps = spacing_code(call, call.spacing, worked)
        return code("[length / step for step in steps]", length=told, steps=steps), False
    if len(set(own)) == 1:
        return literal(_short(own[0])), True
    return literal(tuple(map(_short, own))), False


def _short(value: float) -> Any:
    return int(value) if value.is_integer() else value


def _axes(call: Call) -> Code | None:
    """SciPy's `axes`, where not all are worked on; they are in its filters from 1.11 on."""
    worked = worked_of(call)
    return None if len(worked) == call.ndim else literal(worked)


@form("gaussian")
def _gaussian(call: Call) -> Code:
    sigmas, _ = sigma(call)
    order = call.setting("order")
    orders: Code | None = None
    if isinstance(order, tuple):
        orders = literal(tuple(order[axis] for axis in worked_of(call)))
    elif order:
        orders = call.number("order")
    call.use("order")
    found = called("ndimage.gaussian_filter", _work(call), sigmas, orders, mode=mode(call), axes=_axes(call))
    return cast(found, np.float32, call.dtype) if call.dtype_of("im") == np.float16 else found


@form("difference_of_gaussians")
def _difference(call: Call) -> Code:
    low, is_one = sigma(call, "low")
    if call.setting("high") is not None:
        high, _ = sigma(call, "high")
    elif is_one:
        high = code("1.6 * low", low=low)
    else:
        high = code("[1.6 * s for s in low]", low=low)
    more = {"mode": mode(call), "axes": _axes(call)}
    first = called("ndimage.gaussian_filter", _work(call), low, **more)
    second = called("ndimage.gaussian_filter", _work(call), high, **more)
    found = code("a - b", a=first, b=second)
    return cast(found, np.float32, call.dtype) if call.dtype_of("im") == np.float16 else found


@form("unsharp")
def _unsharp(call: Call) -> Code:
    sigmas, _ = sigma(call)
    found = called("unsharp", _work(call), sigmas, call.operands["amount"], mode=mode(call), axes=_axes(call))
    return cast(found, np.float32, call.dtype) if call.dtype_of("im") == np.float16 else found


@form("gaussian_gradient", "gaussian_laplace")
def _derivatives(call: Call) -> Code:
    sigmas, _ = sigma(call)
    axes = literal(worked_of(call))
    found = called(call.name, _work(call), sigmas, axes, mode=mode(call))
    return cast(found, np.float32, call.dtype) if call.dtype_of("im") == np.float16 else found


# --- edges -----------------------------------------------------------------------------------------------------------

_ACROSS = {"sobel": (1, 2, 1), "scharr": (3, 10, 3), "prewitt": (1, 1, 1)}


@form("sobel", "scharr", "prewitt")
def _edges(call: Call) -> Code:
    axis, worked = call.setting("axis"), worked_of(call)
    along = worked if axis is None else (axis,)
    found = called(
        "gradient",
        call.operands["im"],
        literal(_ACROSS[call.name]),
        literal(worked),
        along=None if along == worked else literal(along),
        mode=mode(call),
    )
    return cast(found, np.float64, call.dtype)


@form("laplace")
def _laplace(call: Call) -> Code:
    im = cast(call.operands["im"], call.dtype_of("im"), np.float64)
    if len(worked_of(call)) == call.ndim:
        return cast(called("ndimage.laplace", im, mode=mode(call)), np.float64, call.dtype)
    return cast(called("laplace", im, literal(worked_of(call)), mode=mode(call)), np.float64, call.dtype)


@form("correlate")
def _correlate(call: Call) -> Code:
    kernel = call.setting("kernel")
    worked = worked_of(call)

    def rows(part: Any) -> Any:
        return [rows(p) for p in part] if isinstance(part, tuple) else part

    array = code("np.array(rows)", rows=rows(kernel))
    rest = tuple(axis for axis in range(call.ndim) if axis not in worked)
    if rest:
        array = code("np.expand_dims(a, axes)", a=array, axes=rest)
    im = call.operands["im"]
    if call.kind.range is not None:
        return cast(
            called("correlate", cast(im, call.dtype_of("im"), np.int64), array, mode=mode(call)), np.int64, call.dtype
        )
    return cast(
        called("correlate", cast(im, call.dtype_of("im"), np.float64), array, mode=mode(call)), np.float64, call.dtype
    )


# --- contrast --------------------------------------------------------------------------------------------------------


@form("normalize")
def _normalize(call: Call) -> Code:
    found = (
        called("normalize", call.operands["im"], call.operands.get("low"), call.operands.get("high"))
        if "low" in call.operands or "high" not in call.operands
        else called("normalize", call.operands["im"], high=call.operands["high"])
    )
    return cast(found, np.float64, call.dtype)


@form("rescale")
def _rescale(call: Call) -> Code:
    found = called(
        "rescale",
        *(call.operands[name] for name in ("im", "start", "stop")),
        low=call.operands.get("low"),
        high=call.operands.get("high"),
    )
    return cast(found, np.float64, call.dtype)


@form("equalize")
def _equalize(call: Call) -> Code:
    if call.dtype_of("im").kind == "f":
        found = called("equalize_floats", call.operands["im"], within=call.operands.get("within"))
        return cast(found, np.float64, call.dtype)
    return called("equalize", call.operands["im"], within=call.operands.get("within"))


# --- background, contrast by tiles, other grids ----------------------------------------------------------------------


@form("rolling_ball")
def _rolling_ball(call: Call) -> Code:
    radius, worked = call.setting("radius"), worked_of(call)
    told = call.use("radius")
    found = told if told is not None else literal(radius.radius)
    height = call.number("height") if call.setting("height") is not None else None
    steps = spacing_code(call, radius.spacing, tuple(range(call.ndim))) if radius.spacing is not None else None
    return called(
        "rolling_ball", call.operands["im"], found, height, spacing=steps, axes=_axes(call) if worked else None
    )


@form("clahe")
def _clahe(call: Call) -> Code:
    if call.ndim != 2:
        raise NoForm("of other than planes")
    clip, tiles = call.number("clip"), literal(call.setting("tiles"))
    return called("clahe", call.operands["im"], clip, tiles, within=call.operands.get("within"))


@form("resample")
def _resample(call: Call) -> Code:
    ways = call.setting("ways")
    is_linear = call.setting("method") == "linear"
    found = call.dtype_of("a")
    shape = code("like.shape" if not call.kind_of("like").channels else "like.shape[:-1]", like=call.operands["like"])
    numbers = literal([tuple(map(float, way)) for way in ways])
    text = called("resample", call.operands["a"], shape, numbers, linear=literal(True) if is_linear else None)
    return cast(text, np.float64 if is_linear else found, call.dtype)


@form("valid of resample")
def _valid_of_resample(call: Call) -> Code:
    if call.is_given("valid"):
        raise NoForm("of images with pixels without data")
    a = call.operands["a"]
    pixels = code("np.ones(a.shape[:n], bool)", a=a, n=len(call.setting("ways")))
    shape = code("like.shape" if not call.kind_of("like").channels else "like.shape[:-1]", like=call.operands["like"])
    return called("resample", pixels, shape, literal([tuple(map(float, way)) for way in call.setting("ways")]))
