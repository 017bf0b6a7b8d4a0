"""What a function gives: the kind of its result, from the kinds of its arguments."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import ARITHMETIC, ARRAYS, BINARY_OR_GREY, SEGMENTATIONS, Kind, number, unknown
from maskexpr.kinds.ranges import LABEL_NUMBERS, MOST_BITS, Range, smallest_type

Kinds = Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Gives:
    """The kind of a result: `names` lists what it can be, `rule` computes it once the arguments are complete."""

    names: frozenset[str]
    rule: Callable[[Kinds], Kind]

    def __call__(self, kinds: Kinds) -> Kind:
        if all(k.is_complete for k in kinds.values()):
            return self.rule(kinds)
        arrays = [k for k in kinds.values() if k.surely(ARRAYS)]
        names = self.names & ARRAYS if arrays and self.names & ARRAYS and "number" in self.names else self.names
        partial = unknown(names)
        return replace(partial, shape=arrays[0].shape, origin=arrays[0].origin) if arrays else partial

    @property
    def text(self) -> str:
        return " or ".join(sorted(self.names))


def grid_of(kinds: Kinds) -> Kind | None:
    """The first array among the arguments: its shape is the shape of all of them, its spacing theirs."""
    arrays = [k for k in kinds.values() if k.is_array]
    if not arrays:
        return None
    spaced = next((k for k in arrays if k.spacing), arrays[0])
    return replace(arrays[0], spacing=spaced.spacing)


def like_grid(name: str, kinds: Kinds, dtype: Any = None, values: Range | None = None) -> Kind:
    grid = grid_of(kinds)
    assert grid is not None
    return Kind(name, grid.shape, None if dtype is None else np.dtype(dtype), values, 0, grid.spacing, grid.origin)


def numeric_result(kinds: Kinds, range_of: Callable[..., Range | None] | None) -> Kind:
    """The result of arithmetic that never wraps: the smallest integer type for the range `range_of` gives, or, where
    it gives none or an operand is floating, the floating type of the images (float64 if all are integers)."""
    operands = [k for k in kinds.values() if k.is_array or k.name == "number"]
    ranges = [k.range for k in operands]
    arrays = [k for k in operands if k.is_array]
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


def pixelwise(range_of: Callable[..., Range | None]) -> Gives:
    """An image if an argument is one, else a number; integers stay integers within `range_of` their ranges."""
    return _number_or_image(range_of)


MASK = Gives(frozenset({"mask"}), lambda kinds: like_grid("mask", kinds, np.bool_))
LABELS = Gives(frozenset({"labels"}), lambda kinds: like_grid("labels", kinds, np.int32, LABEL_NUMBERS))
FLOATS = _number_or_image(None)
FLOAT_IMAGE = Gives(frozenset({"image"}), lambda kinds: numeric_result(kinds, None))
NUMBER = Gives(frozenset({"number"}), lambda kinds: number())
TRUTH = Gives(frozenset({"truth"}), lambda kinds: Kind("truth"))


def _same(kinds: Kinds) -> Kind:
    grid = grid_of(kinds)
    assert grid is not None
    return grid


def _pixel_count(kinds: Kinds) -> Range:
    first = next(iter(kinds.values()))
    return Range(0, 2**63 - 1 if first.shape is None else math.prod(first.shape))


SAME = Gives(BINARY_OR_GREY, _same)
SAME_REGIONS = Gives(SEGMENTATIONS, _same)
SAME_IMAGE = Gives(frozenset({"image"}), lambda kinds: replace(_same(kinds), name="image"))
COUNT = Gives(frozenset({"number"}), lambda kinds: number(_pixel_count(kinds)))
