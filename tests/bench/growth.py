"""How our times grow with the image and with the reach."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from images import Images
from timing import Contender, in_turn

import maskexpr

Array = np.ndarray[Any, Any]

SIDES = (1024, 2048, 4096, 8192, 16384)
QUICK_SIDES = (64, 96, 192, 288)
REACHES = (1, 2, 4, 8, 16, 32, 64)
QUICK_REACHES = (1, 2, 4, 8)


@dataclass(frozen=True)
class Growth:
    """A program and what in it grows: with `{n}` in its text its reach, without it the image."""

    name: str
    expression: str
    grey: bool = False


GROWTHS = (
    Growth("pixels, diamond 2", "dilate(m, 2)"),
    Growth("pixels, keep_largest", "keep_largest(m)"),
    Growth("pixels, where", "where(im > 64, im, 0)", grey=True),
    Growth("reach, diamond", "dilate(m, {n})"),
    Growth("reach, square", 'dilate(m, {n}, "square")'),
    Growth("reach, disk", 'dilate(m, {n}, "disk")'),
    Growth("reach, grey square", 'dilate(im, {n}, "square")', grey=True),
)


@dataclass(frozen=True)
class GrowthResult:
    """Median seconds at each size, and the exponent of their growth: 1 is proportional, 0 no growth at all.

    A size is the image's side or the reach; the exponent is that of the number of pixels or of the reach.
    """

    name: str
    expression: str
    sizes: tuple[int, ...]
    seconds: list[float]
    exponent: float


def measure(growth: Growth, images: Images, rounds: int) -> GrowthResult:
    by_reach = "{n}" in growth.expression
    full, quick = (REACHES, QUICK_REACHES) if by_reach else (SIDES, QUICK_SIDES)
    sizes = quick if images.quick else full
    contenders = list(_contenders(growth, images, sizes, by_reach))
    for contender in contenders:
        contender.warm_up(0.0)
    in_turn(contenders, rounds)
    seconds = [contender.median for contender in contenders]
    amounts = sizes if by_reach else [side**2 for side in sizes]
    return GrowthResult(growth.name, growth.expression, sizes, seconds, exponent(amounts, seconds))


def exponent(amounts: Any, seconds: list[float]) -> float:
    """The slope of the line through the logarithms, by least squares."""
    return float(np.polyfit(np.log(amounts), np.log(seconds), 1)[0])


def _contenders(growth: Growth, images: Images, sizes: tuple[int, ...], by_reach: bool) -> Iterator[Contender]:
    name, full = ("im", images.noise) if growth.grey else ("m", images.mask)
    for size in sizes:
        program = maskexpr.compile(growth.expression.format(n=size))
        yield Contender(functools.partial(program, **{name: full if by_reach else _square(full, size)}))


def _square(im: Array, side: int) -> Array:
    """A part of the image, or as many copies side by side as are needed: alike in content at every size."""
    copies = -(-side // im.shape[0])
    return np.tile(im, (copies, copies))[:side, :side].copy()
