"""Statistics along some axes of an image: what they give, and the words that say so for all of them."""

import math
from collections.abc import Callable
from dataclasses import replace

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import Gives, Kinds
from maskexpr.functions.parameters import Array
from maskexpr.functions.settling import settle_axes
from maskexpr.kinds.kind import Kind

Axes = tuple[int, ...] | None


def part_of(axes: Axes, values: Array) -> tuple[int, ...]:
    """The axes a statistic is along where it leaves others; none where it is one value of all."""
    return axes if axes is not None and len(axes) < values.ndim else ()


def left_over(kinds: Kinds) -> tuple[Kind, int] | None:
    """What is like an image, the first argument, without the axes of a call, and how many values become one; None where
    all become one. Where floating values lie is for each statistic to say: a sum lies elsewhere."""
    im, written = next(iter(kinds.values())), kinds.get("axes")
    if written is None or written.constant is None:
        return None
    if im.shape is None:
        raise Refused(messages.SAMPLES_NO_AXES if im.is_samples else messages.PROPERTY_NO_AXES, "axes")
    axes = settle_axes(written, Surroundings(im.ndim, im.spacing, time=im.grid.time if im.grid else None)) or ()
    kept = [axis for axis in range(len(im.shape)) if axis not in axes]
    if not kept:
        return None
    spacing = tuple(im.spacing[axis] for axis in kept) if im.spacing else None
    values = math.prod(im.shape[axis] for axis in axes)
    shape = tuple(im.shape[axis] for axis in kept)
    grid = im.grid and im.grid.without(axes, len(im.shape))
    return replace(im, shape=shape, spacing=spacing, grid=grid, bounds=None), values


def gives_along(
    single: str, arrays: set[str], whole: Callable[[Kinds], Kind], along: Callable[[Kind, int], Kind]
) -> Gives:
    """What a statistic gives: one value of all, and, along axes, an array from what is like the image without them and
    the number of values that become one."""

    def rule(kinds: Kinds) -> Kind:
        left = left_over(kinds)
        return whole(kinds) if left is None else along(*left)

    def while_open(kinds: Kinds) -> frozenset[str]:
        written = kinds.get("axes")
        is_whole = written is None or written.constant is None
        return frozenset({single} if is_whole else {single, *arrays})

    return Gives(frozenset({single, *arrays}), rule, while_open)
