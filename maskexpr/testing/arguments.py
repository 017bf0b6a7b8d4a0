"""What can be written for an argument that is known before the run: legal by what a parameter takes, and illegal."""

from collections.abc import Callable

from maskexpr.functions.arguments import Parameter, Takes, value_text
from maskexpr.functions.settling import (
    settle_axes,
    settle_axis,
    settle_channel,
    settle_connectivity,
    settle_distance,
    settle_distance_or_none,
    settle_hits,
    settle_kernel,
    settle_numbers,
    settle_orders,
    settle_shape,
    settle_sigma,
    settle_sigma_or_none,
    settle_window,
)
from maskexpr.library import PROPERTIES
from maskexpr.testing.choosing import Chooser, chance

# The patterns, kernels and axes of images of so many axes.
_PATTERNS = {1: ("111", "011", "101", "1"), 2: ("010/111/010", "110/010/001", "11/10"), 3: ("11/01//10/11",)}
_HITS = {1: ("1", "01", "1.0"), 2: ("1", "010/111/010", ".1./010/...", "11/10"), 3: ("11/01//10/11", "1.//.0")}
_KERNELS = {
    1: ("[1]", "[1, 2, 1]", "[0.5, -1]"),
    2: ("[[1]]", "[[0, 1, 0], [1, -4, 1], [0, 1, 0]]", "[[1, 0.25]]"),
    3: ("[[[1, 2], [0.5, -1]]]",),
}
_AXES = {1: ("x", "x"), 2: ("yx", "x", "y"), 3: ("zyx", "yx", "x", "z", "zx")}

_LENGTHS = ("1", "0", "2", "1.5", "3", "5px", "9", "0.4", "20")
_WIDTHS = ("1", "0", "0.5", "2", "3px", "7.3")
_ORDERS = ("0", "1", "2")
_NUMBERS = ("1", "0", "2", "0.5", "-1", "3", "40", "127.5", "255", "-0.0", "1e3", "300")

HOSTILE = (
    *("-1", "0", "0.5", "1e300", "-1e300", "2 ** 63", "2 ** 53 + 1", "10 ** 30", "1000", "100000", "1e9"),
    *('""', '"x"', '"yx"', '"nearest"', '"1"', '"0"', '"1/11"', "[]", "[1]", "[1, 2, 3, 4, 5]", "[[1, 2], [3]]"),
    *("[0.5, -1]", "none", "true", "2px", "1mm", "0mm", "3mm2", "5mm3", "im", "m", "im[m]", "1 / 0", "-(1 / 0)"),
)
"""Arguments of which most are illegal for most parameters."""


def _one(options: tuple[str, ...]) -> Callable[[Chooser, int], str]:
    return lambda chooser, ndim: chooser.one_of(options)


def _each(options: tuple[str, ...]) -> Callable[[Chooser, int], str]:
    """One, or a list of one per axis."""

    def written(chooser: Chooser, ndim: int) -> str:
        if chance(chooser, 20):
            return "[" + ", ".join(chooser.one_of(options) for _ in range(ndim)) + "]"
        return chooser.one_of(options)

    return written


def _of_axes(options: dict[int, tuple[str, ...]], *, quoted: bool) -> Callable[[Chooser, int], str]:
    def written(chooser: Chooser, ndim: int) -> str:
        found = chooser.one_of(options[min(ndim, 3)])
        return value_text(found) if quoted else found

    return written


def _shape(chooser: Chooser, ndim: int) -> str:
    return value_text(chooser.one_of(("diamond", "square", "disk", *_PATTERNS[min(ndim, 3)])))


_BY_SETTLING: dict[object, Callable[[Chooser, int], str]] = {
    settle_axes: _of_axes(_AXES, quoted=True),
    settle_axis: lambda chooser, ndim: value_text(chooser.one_of("xyz"[:ndim])),
    settle_channel: _one(("0", "1", "2")),
    settle_connectivity: lambda chooser, ndim: str(chooser.number(1, min(ndim, 3))),
    settle_distance: _one(_LENGTHS),
    settle_distance_or_none: _one(_LENGTHS),
    settle_hits: _of_axes(_HITS, quoted=True),
    settle_kernel: _of_axes(_KERNELS, quoted=False),
    settle_numbers: _one(("[1, 2, 3]", "[0, 0.5, 200]", "[1]", "[3, 9, 1, 6]")),
    settle_orders: _each(_ORDERS),
    settle_shape: _shape,
    settle_sigma: _each(_WIDTHS),
    settle_sigma_or_none: _each(_WIDTHS),
    settle_window: _each(("1", "0", "2", "3", "1.5", "6")),
}


def constant(parameter: Parameter, chooser: Chooser, ndim: int) -> str | None:
    """A legal argument that is known before the run, for images of so many axes; None if there is none to write."""
    takes = parameter.takes
    by_settling = _BY_SETTLING.get(takes.settle)
    if by_settling is not None:
        return by_settling(chooser, ndim)
    if takes.choices:
        return value_text(chooser.one_of(takes.choices))
    if "truth" in takes.kinds and takes.settle is not None:
        return chooser.one_of(("false", "true"))
    if takes.kinds == {"predicate"}:
        return _condition(chooser)
    if takes.kinds == {"properties"}:
        return ", ".join(dict.fromkeys(_property(chooser) for _ in range(chooser.number(1, 3))))
    if "number" in takes.kinds or "size" in takes.kinds:
        return number(takes, chooser)
    if "list" in takes.kinds:
        return chooser.one_of(("[1, 9, 4]", "[2, 3, 8]", "[0, 5, 30, 2]"))
    if "text" in takes.kinds:
        return value_text(chooser.one_of(("area", "label")))
    return None


def number(takes: Takes, chooser: Chooser) -> str:
    """A number within the bounds of a parameter."""
    fitting = [text for text in _NUMBERS if takes.low <= float(text) <= takes.high]
    if takes.whole:
        fitting = [text for text in fitting if float(text).is_integer()]
    return chooser.one_of(fitting or [f"{takes.low:g}"])


def _property(chooser: Chooser) -> str:
    name = chooser.one_of(tuple(PROPERTIES))
    return f"{name}(30)" if PROPERTIES[name].argument else name


def _condition(chooser: Chooser) -> str:
    name = chooser.one_of(tuple(PROPERTIES))
    if name == "touches_border":
        return name
    called = f"{name}(30)" if PROPERTIES[name].argument else name
    part = "[0]" if PROPERTIES[name].parts else ""
    return f"{called}{part} {chooser.one_of(('>', '<=', '>='))} {chooser.one_of(_NUMBERS)}"
