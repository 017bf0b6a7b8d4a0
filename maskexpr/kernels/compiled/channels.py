"""What is found from how the red, green and blue of pixels compare, pixel by pixel in one sweep: there are vectors of
all three. Numbers of other channels than three are left to NumPy."""

from typing import Any

import numpy as np

from maskexpr.kernels.channels import Array
from maskexpr.kernels.compiled.building import kernel

_NOT: Any = NotImplemented
_RED, _GREEN, _BLUE = 0.2125, 0.7154, 0.0721
_CODES = ("u1", "u2", "f4")
_KEPT = tuple(f"void(Array({t}, 1, 'C', True), {t}[::1])" for t in ("uint8", "uint16", "float32"))
_FLOATING = tuple(
    f"void(Array({t}, 1, 'C', True), {found}[::1])"
    for t, found in (("uint8", "float64"), ("uint16", "float64"), ("float32", "float32"))
)


def plane(im: Array, number: int, out: Array) -> Array:
    """As the kernel of this name in `channels`."""
    return _swept(_plane, im, out, number)


def value(im: Array, out: Array) -> Array:
    """As the kernel of this name in `channels`."""
    return _swept(_value, im, out)


def gray(im: Array, out: Array) -> Array:
    """As the kernel of this name in `channels`."""
    return _swept(_gray, im, out)


def saturation(im: Array, out: Array) -> Array:
    """As the kernel of this name in `channels`."""
    return _swept(_saturation, im, out)


def hue(im: Array, out: Array) -> Array:
    """As the kernel of this name in `channels`."""
    return _swept(_hue, im, out)


def _swept(sweep: Any, im: Array, out: Array, first: int = 0) -> Array:
    lies_so = im.flags.c_contiguous and out.flags.c_contiguous and im.dtype.isnative and im.size
    if not (lies_so and im.shape[-1] == 3 and im.dtype.str[1:] in _CODES):
        return _NOT  # type: ignore[no-any-return]
    sweep(im.reshape(-1)[first:], out.reshape(-1))
    return out


# --- three numbers a pixel -------------------------------------------------------------------------------------------


@kernel(*_KEPT)
def _plane(values: Array, out: Array) -> None:
    for i in range(out.size):
        out[i] = values[3 * i]


@kernel(*_KEPT)
def _value(values: Array, out: Array) -> None:
    for i in range(out.size):
        out[i] = _larger(_larger(values[3 * i], values[3 * i + 1]), values[3 * i + 2]) + out.dtype.type(0)


@kernel(*_FLOATING)
def _gray(values: Array, out: Array) -> None:
    for i in range(out.size):
        r, g, b = np.float64(values[3 * i]), np.float64(values[3 * i + 1]), np.float64(values[3 * i + 2])
        out[i] = (r * _RED + g * _GREEN) + b * _BLUE


@kernel(*_FLOATING)
def _saturation(values: Array, out: Array) -> None:
    for i in range(out.size):
        r, g, b = np.float64(values[3 * i]), np.float64(values[3 * i + 1]), np.float64(values[3 * i + 2])
        top, bottom = _larger(_larger(r, g), b), _smaller(_smaller(r, g), b)
        share = (top - bottom) / (top + (1.0 if top == 0.0 else 0.0))
        out[i] = 0.0 if top == bottom else share


@kernel(*_FLOATING)
def _hue(values: Array, out: Array) -> None:
    for i in range(out.size):
        r, g, b = np.float64(values[3 * i]), np.float64(values[3 * i + 1]), np.float64(values[3 * i + 2])
        top, bottom = _larger(_larger(r, g), b), _smaller(_smaller(r, g), b)
        span = top - bottom
        apart = r - g if b == top else (b - r if g == top else g - b)
        third = 4.0 if b == top else (2.0 if g == top else 0.0)
        place = (apart / span + third) / 6.0
        place += 1.0 if place < 0.0 else 0.0
        out[i] = 0.0 if span == 0.0 else place


@kernel()
def _larger(a: Any, b: Any) -> Any:
    """As NumPy's: nan where either is."""
    return a if a > b or a != a else b


@kernel()
def _smaller(a: Any, b: Any) -> Any:
    return a if a < b or a != a else b
