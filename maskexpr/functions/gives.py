"""What a function gives: the kind of its result, from the kinds of its arguments."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import (
    ARITHMETIC,
    ARRAYS,
    BINARY_OR_GREY,
    INTENSITIES,
    LOGICAL,
    NUMERIC,
    OF_ONE_CHANNEL,
    SAMPLED,
    SAMPLES,
    SCALARS,
    SEGMENTATIONS,
    Kind,
    number,
    unknown,
)
from maskexpr.kinds.ranges import ANYTHING, LABEL_NUMBERS, MOST_BITS, Bounds, Range, smallest_type

Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Gives:
    """The kind of a result: `names` lists what it can be, `rule` computes it once the arguments are complete; `open`
    says what it can be while they are not, where a result can be a single value of arrays too."""

    names: frozenset[str]
    rule: Callable[[Kinds], Kind]
    open: Callable[[Kinds], frozenset[str]] | None = None

    def __call__(self, kinds: Kinds) -> Kind:
        if all(k.is_complete for k in kinds.values()):
            return self.rule(kinds)
        if self.open is not None:
            return unknown(self.open(kinds))
        arrays = [k for k in kinds.values() if k.surely(ARRAYS)]
        partial = unknown(spread(self.names, kinds.values()))
        return replace(partial, shape=arrays[0].shape, origin=arrays[0].origin) if arrays else partial

    def bounded(self, bounds_of: "Callable[[Kinds], Bounds | None]") -> "Gives":
        """The same, with what is known of floating values."""

        def rule(kinds: Kinds) -> Kind:
            kind = self.rule(kinds)
            is_floating = kind.range is None and (kind.dtype.kind == "f" if kind.dtype else kind.name == "number")
            bounds = bounds_of(kinds) if is_floating else None
            held = bounds.held(kind.dtype or np.dtype(np.float64)) if bounds else ANYTHING
            return kind if held == ANYTHING else replace(kind, bounds=held)

        return Gives(self.names, rule, self.open)

    def within(self, low: float, high: float) -> "Gives":
        """The same, whose floating values lie in low..high, or are nan where an operand is not finite."""
        return self.bounded(lambda kinds: Bounds(low, high, not are_finite(kinds)))

    @property
    def text(self) -> str:
        """Words for what it gives; that samples give samples goes without saying."""
        return " or ".join(sorted(self.names - SAMPLES or self.names))


def spread(names: frozenset[str], kinds: Iterable[Kind]) -> frozenset[str]:
    """What a result of each pixel by itself may be, of `names`: an array if an operand is one, samples if one is such,
    and samples only where one may be."""
    kinds = list(kinds)
    if any(k.surely(SAMPLES) for k in kinds):
        return frozenset(SAMPLED[n] for n in names if n in SAMPLED) or names
    if not any(k.may_be(SAMPLES) for k in kinds):
        names -= SAMPLES
    return names & ARRAYS or names if names & SCALARS and any(k.surely(ARRAYS) for k in kinds) else names


def grid_of(kinds: Kinds) -> Kind | None:
    """The first among the arguments that holds pixels: the shape of an array is that of all of them, its spacing
    theirs; beside samples there are no arrays."""
    arrays = [k for k in kinds.values() if k.holds_pixels]
    if not arrays:
        return None
    spaced = next((k for k in arrays if k.spacing), arrays[0])
    placed = next((k for k in arrays if k.grid), arrays[0])
    return replace(arrays[0], spacing=spaced.spacing, grid=placed.grid)


def like_grid(name: str, kinds: Kinds, dtype: Any = None, values: Range | None = None) -> Kind:
    """An array of this name like those among the arguments; samples like theirs."""
    grid = grid_of(kinds)
    assert grid is not None
    if grid.is_samples:
        name = "mask samples" if name == "mask" else "samples"
    kind = Kind(name, grid.shape, None if dtype is None else np.dtype(dtype), values, 0, grid.spacing, grid.origin)
    return replace(kind, most=grid.most, grid=grid.grid)


def are_finite(kinds: Kinds) -> bool:
    """Whether no value of the arguments can be infinite or nan."""
    return all(kind.limits.is_finite for kind in kinds.values() if kind.name in _NUMERIC)


_NUMERIC = INTENSITIES | NUMERIC | {"samples"}


def numeric_result(kinds: Kinds, range_of: Callable[..., Range | None] | None) -> Kind:
    """The result of arithmetic that never wraps: the smallest integer type for the range `range_of` gives, or, where
    it gives none or an operand is floating, the floating type of the images (float64 if all are integers)."""
    operands = [k for k in kinds.values() if k.holds_pixels or k.name == "number"]
    ranges = [k.range for k in operands]
    arrays = [k for k in operands if k.holds_pixels]
    values = None
    if range_of is not None and all(r is not None for r in ranges):
        values = range_of(*ranges)
        if values is not None and (smallest_type(values) is None if arrays else _is_endless(values)):
            raise Refused(messages.RESULT_TOO_WIDE, range=values)
    if not arrays:
        return number(values)
    dtype = smallest_type(values) if values is not None else float_type(arrays)
    return like_grid("image", kinds, dtype, values)


def _is_endless(values: Range) -> bool:
    """Numbers are exact integers of any size, but not so large that computing them could take long."""
    return max(abs(values.low), abs(values.high)).bit_length() > MOST_BITS


def float_type(arrays: list[Kind]) -> np.dtype[Any]:
    """Floating images keep their type; integers alone give float64."""
    types = [k.dtype for k in arrays if k.dtype is not None]
    if all(t.kind != "f" for t in types):
        return np.dtype(np.float64)
    return np.result_type(*types)


def _number_or_image(range_of: Callable[..., Range | None] | None) -> Gives:
    return Gives(ARITHMETIC, lambda kinds: numeric_result(kinds, range_of))


def pixelwise(range_of: Callable[..., Range | None], *, exact: bool = False, rounded: bool = False) -> Gives:
    """An image if an argument is one, else a number; integers stay integers within `range_of` their ranges.

    So do floating values, where the result is `exact`: one of the values, or one with its sign turned. It is `rounded`
    where it is rounded once, and the higher the higher one of the values is, or the lower.
    """
    gives = _number_or_image(range_of)
    if exact:
        return gives.bounded(lambda kinds: bounds_within(range_of, kinds))
    return rounded_once(gives, range_of) if rounded else gives


def rounded_once(gives: Gives, range_of: Callable[..., Range | None]) -> Gives:
    """Arithmetic whose results are rounded, with what is known of them where they are of float64."""

    def bounds_of(kinds: Kinds) -> Bounds | None:
        types = [kind.dtype for kind in kinds.values() if kind.dtype is not None and kind.dtype.kind == "f"]
        is_wide = all(dtype == np.float64 for dtype in types)
        return bounds_within(range_of, kinds) if is_wide and are_finite(kinds) else None

    return gives.bounded(bounds_of)


def bounds_within(range_of: Callable[..., Range | None], kinds: Kinds) -> Bounds | None:
    """What the rule for ranges of integers says of floating ones."""
    limits = [kind.limits for kind in kinds.values() if kind.name in _NUMERIC]
    try:
        # Floats have an order too; and integers are rounded to them before there is arithmetic.
        ends = range_of(*(Range(float(limit.low), float(limit.high)) for limit in limits))  # type: ignore[arg-type]
        return ends and Bounds(ends.low, ends.high, any(limit.nan for limit in limits))
    except OverflowError:
        return None


MASK = Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", kinds, np.bool_))
LABELS = Gives(frozenset({"labels"}), lambda kinds: like_grid("labels", kinds, np.int32, LABEL_NUMBERS))
FLOATS = _number_or_image(None)
FLOAT_IMAGE = Gives(frozenset({"image"}), lambda kinds: numeric_result(kinds, None))
NUMBER = Gives(frozenset({"number"}), lambda kinds: number())
TRUTH = Gives(frozenset({"truth"}), lambda kinds: Kind("truth"))


def _truths(kinds: Kinds) -> Kind:
    """A mask if an operand is one, or an image, samples of one if an operand is samples, else a truth."""
    return like_grid("mask", kinds, np.bool_) if grid_of(kinds) else Kind("truth")


TRUTHS = Gives(LOGICAL, _truths)


def _same(kinds: Kinds) -> Kind:
    grid = grid_of(kinds)
    assert grid is not None
    return grid


def _pixel_count(kinds: Kinds) -> Range:
    first = next(iter(kinds.values()))
    return Range(0, 2**63 - 1 if first.shape is None else math.prod(first.shape))


SAME = Gives(BINARY_OR_GREY, _same)
SAME_PIXELS = Gives(OF_ONE_CHANNEL, _same)
SAME_REGIONS = Gives(SEGMENTATIONS, _same)
SAME_IMAGE = Gives(frozenset({"image"}), lambda kinds: replace(_same(kinds), name="image"))
COUNT = Gives(frozenset({"number"}), lambda kinds: number(_pixel_count(kinds)))
