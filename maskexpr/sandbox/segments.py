"""Pieces of memory that this process shares with a worker, and arrays that lie in them."""

import math
import mmap
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_ALIGNED = 64  # bytes: where each array begins
_SMALLEST = 2**16
_LARGE = 2**22  # bytes, from which on pages may be large


class Place(NamedTuple):
    """Where an array lies in a segment."""

    segment: int
    offset: int
    shape: tuple[int, ...]
    dtype: str
    strides: tuple[int, ...] | None = None  # None for those of an array that lies row by row

    def moved(self, by: int) -> "Place":
        """So many bytes further."""
        return self._replace(offset=self.offset + by)


class Segment:
    """Memory that another process may be given; it goes when nobody holds it, however those end that did.

    It has no name in the file system. On Linux nobody can make it smaller, which would end this process with a signal.
    """

    __slots__ = ("__weakref__", "_map", "descriptor", "memory", "name", "number", "size")

    _last = 0

    def __init__(self, size: int) -> None:
        Segment._last += 1
        self.number = Segment._last
        self.size = _rounded(size)
        self.name, self.descriptor = "", -1
        if os.name == "nt":
            self.name = f"maskexpr-{os.getpid()}-{os.urandom(8).hex()}"
            self._map = mmap.mmap(-1, self.size, tagname=self.name)  # type: ignore[call-arg]  # of Windows
        else:
            self.descriptor = _unnamed(self.size)
            self._map = mmap.mmap(self.descriptor, self.size)
            in_large_pages(self._map)
        self.memory: NDArray[np.uint8] = np.frombuffer(self._map, np.uint8)

    def close(self) -> None:
        """Give it to nobody any more; the memory goes with the last array in it."""
        if self.descriptor >= 0:
            with suppress(OSError):
                os.close(self.descriptor)
            self.descriptor = -1

    def __del__(self) -> None:
        self.close()

    @property
    def address(self) -> int:
        address: int = self.memory.__array_interface__["data"][0]
        return address


def in_large_pages(memory: mmap.mmap) -> None:
    """Ask for pages that are large, with which a processor goes through images faster."""
    if len(memory) >= _LARGE and hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):
            memory.madvise(mmap.MADV_HUGEPAGE)


def _rounded(size: int) -> int:
    """A size of few, so that segments can be used again: at most an eighth more than is needed."""
    if size <= _SMALLEST:
        return _SMALLEST
    step = 1 << max(12, size.bit_length() - 4)
    return -(-size // step) * step


def _unnamed(size: int) -> int:
    """A descriptor of so much memory."""
    if hasattr(os, "memfd_create"):
        import fcntl

        descriptor = os.memfd_create("maskexpr", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return descriptor
    descriptor, path = tempfile.mkstemp(prefix="maskexpr-")
    os.unlink(path)
    os.ftruncate(descriptor, size)
    return descriptor


class Lease:
    """What arrays hold on to that lie in a segment: it tells when the last of them is gone."""

    __slots__ = ("__array_interface__", "_ended", "segment")

    def __init__(self, segment: Segment, ended: Callable[[Segment], None] | None = None) -> None:
        self.segment, self._ended = segment, ended
        self.__array_interface__ = {
            "data": (segment.address, False),
            "shape": (segment.size,),
            "typestr": "|u1",
            "version": 3,
        }

    def array(self, place: Place) -> NDArray[Any]:
        """The array at a place, which can be written to."""
        return within(np.asarray(self), place)

    def __del__(self) -> None:
        if self._ended is not None:
            self._ended(self.segment)


def within(memory: NDArray[np.uint8], place: Place) -> NDArray[Any]:
    """The array at a place of some memory."""
    dtype = np.dtype(place.dtype)
    if place.strides is None:
        count = math.prod(place.shape) * dtype.itemsize
        return memory[place.offset : place.offset + count].view(dtype).reshape(place.shape)
    return np.ndarray(place.shape, dtype, memory, place.offset, place.strides)


def lease_of(array: NDArray[Any]) -> Lease | None:
    """That of an array that lies in a segment of ours, or is a view of one."""
    base = array.base
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, Lease) else None


def place_of(array: NDArray[Any], lease: Lease) -> Place | None:
    """Where an array lies in the segment of its lease; None if not all of it is there."""
    offset = array.__array_interface__["data"][0] - lease.segment.address
    ends = [(n - 1) * stride for n, stride in zip(array.shape, array.strides, strict=True)]
    low = offset + sum(end for end in ends if end < 0)
    high = offset + sum(end for end in ends if end > 0) + array.itemsize
    if array.size == 0 or low < 0 or high > lease.segment.size:
        return None
    strides = None if array.flags.c_contiguous else array.strides
    return Place(lease.segment.number, offset, array.shape, array.dtype.str, strides)


def packed(arrays: Sequence[NDArray[Any]], segment: int = 0) -> tuple[list[Place], int]:
    """Where some arrays lie one after another, in the order of their axes in memory; and how many bytes they take."""
    places, end = [], 0
    for array in arrays:
        strides = array.strides if array.flags.f_contiguous and not array.flags.c_contiguous else None
        places.append(Place(segment, end, array.shape, array.dtype.str, strides))
        end += -(-array.nbytes // _ALIGNED) * _ALIGNED
    return places, end
