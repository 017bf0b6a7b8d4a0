"""Statistics along axes, and samples: of arrays however they lie in memory, so that none in Fortran order is copied."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.kernels.blocks import BLOCK
from maskexpr.kernels.gathering import FEW, Samples, bytes_of_blocks, gather
from maskexpr.kernels.projections import MOST
from maskexpr.library import OPERATORS, PLANNED
from maskexpr.library.measures import masks
from maskexpr.library.measures import statistics as meaning
from maskexpr.planner.methods.bodies import by_body
from maskexpr.planner.methods.method import Bytes, Method, Place, bytes_of, chunk, no_bytes, runs
from maskexpr.program.steps import Step

_BLOCKS = 5 * 8 * MOST  # a block of values as they are, in wider types, and sorted
_OF_LINES = 256  # bytes of a line of floating values that is being added up
_OF_PYTHON = 96  # bytes of a sum or product of Python's own numbers

_EXTREMES = (meaning.min_, meaning.max_, masks.any_, masks.all_)
_SUMS = {function.record for function in (meaning.sum_, meaning.mean, meaning.std)}  # type: ignore[union-attr]
_COPIED = {function.record for function in _EXTREMES}  # type: ignore[union-attr]
_CONVERTED = {function.record for function in (masks.fraction, meaning.sum_, meaning.mean)}  # type: ignore[union-attr]


@runs(meaning.sum_, meaning.mean, meaning.std, meaning.min_, meaning.max_, meaning.percentile, meaning.median)
def along(step: Step) -> Method | None:
    """By the plain body, which reads blocks of lines; of a whole image it takes values in order, or sums in any."""
    if not step.kind.is_array:
        return replace(by_body(step), loose=True) if step.function in _SUMS else None
    run, memory = by_body(step).plain, _memory(step)
    return Method(run, whole=True, fresh=True, loose=True, memory=memory, word="line by line")


def _memory(step: Step) -> Bytes:
    operand, *_ = step.operands.values()
    dtype, held = operand.kind.dtype, bytes_of(step.kind, "plain")
    assert dtype is not None
    if step.function in _COPIED:
        size = dtype.itemsize + 1  # NumPy 2.0 has a buffer for them
        return lambda shape: 2.0 * held + size * min(math.prod(shape), 8192)
    if step.function in _CONVERTED and dtype.kind in "bui" and dtype.itemsize < 8:
        return lambda shape: chunk(shape) + 5 * held
    shape = operand.kind.shape or ()
    longest = max(shape[axis] for axis in step.settings["axes"])
    line = math.prod(shape) // max(1, math.prod(step.kind.shape or ()))
    results = math.prod(step.kind.shape or ())
    numbers = results * _OF_PYTHON if dtype.kind in "ui" else results * 16 + min(results, BLOCK) * _OF_LINES

    wide = 32 if dtype.kind in "ui" and dtype.itemsize == 8 else 0  # as digits

    def memory(shape: tuple[int, ...]) -> float:
        pixels = math.prod(shape)
        return float(min(_BLOCKS, 40 * pixels) + wide * min(pixels, MOST) + 40 * line + 16 * pixels / longest + numbers)

    return memory


@runs(OPERATORS["crop"])
def part(step: Step) -> Method:
    """A view; of an array that does not lie row by row a copy of just that part."""
    run, names = by_body(step).run("plain"), list(step.operands)
    at = names.index("value")

    def taken(given: Any, out: Any, place: Place) -> Any:
        found = run(given, out, place)
        is_view = isinstance(found, np.ndarray) and not given[at].flags.c_contiguous
        return np.ascontiguousarray(found) if is_view else found

    return Method(taken, whole=True, quiet=True, fresh=True, loose=True, memory=no_bytes, word="a view")


@runs(OPERATORS["samples"])
def samples(step: Step) -> Method | None:
    """Of arrays that do not lie row by row the places are looked up, where they are few."""
    dtype = step.kind.dtype
    if step.operands["value"].kind.is_samples or dtype is None:
        return None

    def gathered(given: Any, out: Any, place: Place) -> Any:
        return gather(*given)

    size = dtype.itemsize

    def memory(shape: tuple[int, ...]) -> float:
        pixels = math.prod(shape)
        block = (size + 1 if pixels < BLOCK else 2 * size + 10) * min(pixels, BLOCK)
        return pixels / FEW * (size + 8 * (len(shape) + 2)) + block

    return Method(gathered, whole=True, fresh=True, loose=True, memory=memory, word="gathered")


@runs(PLANNED["samples in place"])
def samples_in_place(step: Step) -> Method:
    """Both arrays together, which are gone through when they are added up."""

    def left(given: Any, out: Any, place: Place) -> Any:
        return Samples(*given)

    return Method(left, whole=True, fresh=True, loose=True, memory=no_bytes, word="left in place")


@runs(PLANNED["samples in any order"])
def samples_in_any_order(step: Step) -> Method:
    """All of them, block by block."""
    assert step.kind.dtype is not None
    size = step.kind.dtype.itemsize

    def taken(given: Any, out: Any, place: Place) -> Any:
        return Samples(*given).array()

    def memory(shape: tuple[int, ...]) -> float:
        return bytes_of_blocks(size, math.prod(shape))

    return Method(taken, whole=True, fresh=True, loose=True, memory=memory, word="taken block by block")
