"""How an elementary function goes over arrays: in float64, block by block, in buffers that are a thread's own.

What a value gives depends on that value alone, never on its place in an array, on its neighbours or on how the array
lies in memory.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# As short as calls of NumPy are worth it, and as long as the buffers in use stay in the cache of a core.
BLOCK = 16384
# What is left undecided is gathered over so many values, or till it fills a piece, so that few calls do for all of it.
_STRETCH = 8 * BLOCK
_PIECE = BLOCK // 2
_LENGTHS = (1024, 4096, BLOCK)  # of buffers
_ROWS = 32
_FLAGS = 4
_MOST_KEPT = 16  # of some megabytes each
# Bytes for each value of a piece while it is decided; a block, twice as long, takes less in arrays of its own.
_TAKEN = 280


@dataclass(frozen=True, slots=True)
class Work:
    """Buffers of one block's length: `ints` are the bits of `floats`, number by number."""

    floats: tuple[Array, ...]
    ints: tuple[Array, ...]
    flags: tuple[Array, ...]

    def first(self, size: int) -> "Work":
        """The same buffers, of a shorter block."""
        return Work(*(tuple(row[:size] for row in rows) for rows in (self.floats, self.ints, self.flags)))


@dataclass(frozen=True, slots=True)
class Function:
    """An elementary function of float64.

    `block(work, *values, out)` computes a block, whose values are contiguous and no part of `out`, and says by a mask
    (one of the buffers, or None) where it could not tell to which of two numbers the result rounds. `exact(*values)`
    computes such, seldom many, in arrays of its own.

    `single` is a shorter way for values of float32, whose results are rounded to float32. It says as `block` does what
    it could not tell, or None, where a block is not for it.
    """

    block: Callable[..., Array | None]
    exact: Callable[..., Array] | None = None
    single: Callable[..., Array | None] | None = None


@dataclass(slots=True, eq=False)
class _Buffers:
    """One thread's, of a whole block, or as long as a small array needs them, and of the shorter one that was asked for
    last, as small arrays often come in one size."""

    whole: Work
    shorter: Work

    def of(self, size: int) -> Work:
        if size == self.length:
            return self.whole
        if self.shorter.floats[0].size != size:
            self.shorter = self.whole.first(size)
        return self.shorter

    @property
    def length(self) -> int:
        return self.whole.floats[0].size


_kept: list[_Buffers] = []


def new_work(length: int = BLOCK) -> Work:
    floats = np.empty((_ROWS, length))
    flags = np.empty((_FLAGS, length), bool)
    return Work(tuple(floats), tuple(floats.view(np.int64)), tuple(flags))


def _length_for(size: int) -> int:
    return next(length for length in _LENGTHS if length >= min(size, BLOCK))


def bytes_for(kind: np.dtype[Any], operands: int) -> Callable[[int], int]:
    """Bytes that a thread works in, by how many values there are: its buffers, a number beside many, stretches of what
    is converted, and, should all values be hard, those that are left undecided and what it takes to decide them."""
    own = 8 * _ROWS + _FLAGS + 8 * (operands - 1)
    views = 256 * (2 * _ROWS + _FLAGS)
    converted = 0 if kind == np.float64 else 8 * (operands + 1)
    gathered = 2 * 8 * (operands + 1)

    def bytes_of(size: int) -> int:
        hard = gathered * min(size, BLOCK + _PIECE) + _TAKEN * min(size, _PIECE)
        return own * _length_for(size) + views + converted * min(size, _STRETCH) + hard

    return bytes_of


@contextlib.contextmanager
def _borrowed(size: int) -> Iterator[_Buffers]:
    """Buffers for one thread's work on so many values, which are kept for the next that asks."""
    buffers = _taken_from_kept(_length_for(size))
    if buffers is None:
        work = new_work(_length_for(size))
        buffers = _Buffers(work, work)
    try:
        yield buffers
    finally:
        _kept.append(buffers)
        if len(_kept) > _MOST_KEPT:
            _taken_from_kept()  # the shortest are soonest made again


def _taken_from_kept(length: int = 0) -> _Buffers | None:
    """The shortest that are long enough, no longer among those that are kept."""
    for buffers in sorted(_kept, key=lambda kept: kept.length):
        if buffers.length >= length:
            with contextlib.suppress(ValueError):  # another thread has taken them by now
                _kept.remove(buffers)
                return buffers
    return None


def apply(function: Function, operands: Sequence[Any], out: Array | None = None) -> Any:
    """The function of floating arrays or scalars of one type, broadcast against each other, in this type.

    `out` may be an operand. As NumPy's own functions do, it gives a scalar for scalars.
    """
    kind = np.result_type(*operands)
    arrays = [np.asarray(operand, kind) for operand in operands]
    result = empty(arrays, kind) if out is None else out
    if result.size:
        # nan, inf and subnormal numbers are results like others
        with np.errstate(all="ignore"), _borrowed(result.size) as buffers:
            _fill(function, arrays, result, buffers)
    return result if out is not None or result.ndim else result[()]


def empty(arrays: Sequence[Array], kind: Any) -> Array:
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    alike = [a for a in arrays if a.shape == shape]
    return np.empty_like(alike[0], kind, subok=False) if alike else np.empty(shape, kind)


def _fill(function: Function, arrays: Sequence[Array], out: Array, buffers: _Buffers) -> None:
    single = all(a.dtype == np.float32 for a in (*arrays, out))
    apart = not any(np.may_share_memory(out, a) for a in arrays)
    for values, result in stretches(arrays, out, np.float64, _STRETCH):
        several = [np.full(min(BLOCK, out.size), v[0]) if v.size < result.size else v for v in values]
        _fill_stretch(function, several, result, buffers, apart, single)


def stretches(arrays: Sequence[Array], out: Array, kind: Any, length: int) -> Iterator[tuple[list[Array], Array]]:
    """What operands and result hold in one type, so many values at a time, next to each other; of an operand that is
    one number, that alone."""
    # Before 2.3, NumPy's iterator leaves buffers unconverted whose operand has no axes.
    *arrays, out = (a if a.ndim else a.reshape(1) for a in (*arrays, out))
    # What is one number beside many is no matter of that iterator, which up to 2.2 reads beyond its end.
    numbers = {i: a.reshape(1).astype(kind) for i, a in enumerate(arrays) if a.size == 1 < out.size}
    walked = [_spread(a, out.shape) for i, a in enumerate(arrays) if i not in numbers]
    layout = ["contig", "aligned", "nbo", "overlap_assume_elementwise"]
    modes: Any = [["readonly", *layout]] * len(walked) + [["writeonly", *layout]]  # NumPy's stubs spell "contig" wrong
    walk = np.nditer(
        [*walked, out],
        ["external_loop", "buffered", "copy_if_overlap"],
        modes,
        [kind] * (len(walked) + 1),
        casting="same_kind",
        buffersize=length,
    )
    with walk:
        for *values, result in walk:
            for i, number in numbers.items():
                values.insert(i, number)
            yield values, result


def _spread(array: Array, shape: tuple[int, ...]) -> Array:
    return array if array.shape == shape and 0 not in array.strides else np.broadcast_to(array, shape).copy()


def _compute(function: Function, work: Work, values: Sequence[Array], out: Array, single: bool) -> Array | None:
    if single and function.single is not None:
        undecided = function.single(work, *values, out)
        if undecided is not None:
            return undecided
    return function.block(work, *values, out)


def _fill_stretch(
    function: Function, values: Sequence[Array], out: Array, buffers: _Buffers, apart: bool, single: bool
) -> None:
    undecided: list[tuple[Array, ...]] = []
    count = 0
    for start in range(0, out.size, BLOCK):
        target = out[start : start + BLOCK]
        block = [v[start : start + BLOCK] if v.size == out.size else v[: target.size] for v in values]
        here = buffers.of(target.size)
        result = target if apart else here.floats[-1]
        mask = _compute(function, here, block, result, single)
        if mask is not None and mask.any():
            places = np.flatnonzero(mask)
            undecided.append((places + start, *(b[places] for b in block)))
            count += places.size
        if result is not target:
            np.copyto(target, result)
        if count >= _PIECE or (count and start + BLOCK >= out.size):
            _decide(function, undecided, out)
            undecided, count = [], 0


def _decide(function: Function, undecided: Sequence[tuple[Array, ...]], out: Array) -> None:
    if function.exact is None:
        return
    places, *values = (np.concatenate(parts) for parts in zip(*undecided, strict=True))
    for start in range(0, places.size, _PIECE):
        part = slice(start, start + _PIECE)
        out[places[part]] = function.exact(*(v[part] for v in values))
