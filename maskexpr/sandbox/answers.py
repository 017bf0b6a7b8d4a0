"""What a worker gives back: results, warnings and errors as JSON, and the numbers of arrays as they lie in memory.

A worker may have been taken over by what it ran. So nothing that it says is run or unpickled here; whatever is not just
what is described here is refused as a whole.
"""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maskexpr.diagnostics import errors
from maskexpr.diagnostics.errors import Diagnostic, MaskError
from maskexpr.diagnostics.messages import as_data, from_data
from maskexpr.diagnostics.source import Source
from maskexpr.engine.prepared import Result
from maskexpr.kernels.packed import row_words, unpack
from maskexpr.kernels.threads import share, threads
from maskexpr.kinds.grid import Grid
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import Table
from maskexpr.sandbox.segments import Place, within

Array = NDArray[Any]

_LENGTH = struct.Struct("<Q")
_ALIGNED = 64
_ERRORS = ("ProgramError", "InputError", "RunError", "LimitError", "CancelledError")
_TYPES = frozenset(np.dtype(name).str for name in ["?", *"bhilqBHILQ", "e", "f", "d", "g"])
_MOST_AXES = 32
_SHARED = 2**18  # words, from which on several threads unpack
MOST_TEXT = 2**26  # bytes of what is said beside arrays


# --- in the worker ---------------------------------------------------------------------------------------------------


class Written:
    """Results as data: `text` says all but what is in `arrays`."""

    def __init__(self, results: Mapping[str, Result], grids: Mapping[str, Grid | None], wants_grids: bool) -> None:
        self.arrays: list[Array] = []
        self._grids = {name: grid for name, grid in grids.items() if grid is not None and grid.stated}
        self._wants_grids = wants_grids
        self.results = [[name, self._result(result)] for name, result in results.items()]

    def _result(self, result: Result) -> dict[str, Any]:
        kind, value = result.kind, result.value
        is_bits = kind.name == "mask" and isinstance(value, np.ndarray) and value.dtype != bool
        return {
            "value": {"bits": self._array(value), "width": (kind.shape or (0,))[-1]} if is_bits else self._value(value),
            "valid": None if result.valid is None else self._array(result.valid),
            "nodata": result.nodata,
            "kind": kind.name,
            "channels": kind.channels,
            "spacing": None if kind.spacing is None else [str(size) for size in kind.spacing],
            "grid": self._grid(kind.grid) if self._wants_grids and kind.grid is not None else None,
        }

    def _value(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        if isinstance(value, Table):
            columns = [[name, self._array(np.ascontiguousarray(column))] for name, column in value.items()]
            return {"table": columns, "units": value.units}
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        return value.item() if isinstance(value, np.generic) else value

    def _array(self, array: Array) -> int:
        self.arrays.append(array)
        return len(self.arrays) - 1

    def _grid(self, grid: Grid) -> dict[str, Any]:
        stated = [name for name, other in self._grids.items() if other.stated == grid.stated]
        return {
            "axes": grid.axes,
            "origin": grid.origin,
            "steps": grid.steps,
            "world": grid.world,
            "channels": grid.channels,
            "spacing": None if grid.spacing is None else [str(size) for size in grid.spacing],
            "stated": stated[0] if stated else None,
        }


def message(text: Mapping[str, Any]) -> bytes:
    """What is said beside arrays; it ends where these can begin."""
    data = json.dumps(text).encode("ascii")
    data += b" " * (-(_LENGTH.size + len(data)) % _ALIGNED)
    return _LENGTH.pack(len(data)) + data


def failure(error: MaskError, own: Source, *, is_last: bool = False) -> dict[str, Any]:
    """An error as data; after the last one the process ends."""
    kinds = [kind.__name__ for kind in type(error).__mro__]
    found = [as_data(diagnostic, own) for diagnostic in error.diagnostics]
    name = next((kind for kind in kinds if kind in _ERRORS), "RunError")
    return {"error": name, "diagnostics": found, "last": is_last}


def places_as_data(arrays: Sequence[Array], places: Iterable[Place]) -> list[Any]:
    """Where arrays lie, as JSON has it."""
    pairs = zip(arrays, places, strict=True)
    return [[place.offset, list(array.shape), array.dtype.str, place.strides is not None] for array, place in pairs]


# --- in the process that it works for --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a run."""

    results: Mapping[str, Result]
    warnings: Sequence[Diagnostic]
    error: MaskError | None = None
    is_last: bool = False  # the process ends
    bytes: int = 0  # that the arrays of the results take


def parted(data: "NDArray[np.uint8]") -> tuple[dict[str, Any], "NDArray[np.uint8]"]:
    """What is said, and the bytes that follow it."""
    (length,) = _LENGTH.unpack_from(data.data)
    start = _LENGTH.size + length
    if start > len(data) or length > MOST_TEXT:
        raise ValueError("lengths")
    said = json.loads(bytes(data[_LENGTH.size : start]))
    if not isinstance(said, dict):
        raise TypeError("no object")
    return said, data[start:]


def failed(said: Mapping[str, Any], own: Source) -> MaskError | None:
    """The error that is told of, if one is."""
    if "error" not in said:
        return None
    name = said["error"]
    if name not in _ERRORS:
        raise ValueError("unknown error")
    kind: type[MaskError] = getattr(errors, name)
    found = [from_data(data, own) for data in said["diagnostics"]]
    return kind(found) if found else None


def warned(said: Mapping[str, Any], own: Source) -> list[Diagnostic]:
    """The warnings that are told of."""
    return [from_data(data, own) for data in said["warnings"]]


class Read:
    """Results from what is said of them, and the memory in which their arrays lie."""

    def __init__(self, said: Mapping[str, Any], memory: "NDArray[np.uint8]", grids: Mapping[str, Grid | None]) -> None:
        self._grids = grids
        self._places = [_place(data, len(memory)) for data in said["arrays"]]
        self._memory = memory
        self.results = {_text(name): self._result(data) for name, data in said["results"]}

    def _result(self, data: Mapping[str, Any]) -> Result:
        spacing, channels = _sizes(data["spacing"]), data["channels"]
        grid = None if data["grid"] is None else self._grid(data["grid"])
        kind = Kind(_text(data["kind"]), spacing=spacing, channels=_whole(channels), grid=grid)
        valid = None if data["valid"] is None else self._array(data["valid"])
        nodata = data["nodata"]
        if not (nodata is None or isinstance(nodata, int | float)) or (valid is not None and valid.dtype != bool):
            raise TypeError("data")
        return Result(kind, self._value(data["value"]), valid, nodata)

    def _value(self, data: Any) -> Any:
        if isinstance(data, list):
            return [self._value(item) for item in data]
        if isinstance(data, dict):
            if "array" in data:
                return self._array(data["array"])
            if "bits" in data:
                return self._mask(data["bits"], _whole(data["width"]))
            columns = {_text(name): self._array(number).copy() for name, number in data["table"]}
            return Table(columns, {_text(name): _text(unit) for name, unit in data["units"].items()})
        if data is None or isinstance(data, bool | int | float | str):
            return data
        raise TypeError("value")

    def _mask(self, number: Any, width: int) -> Array:
        words = within(self._memory, self._places[_whole(number)])
        if words.dtype != np.uint64 or not words.ndim or words.shape[-1] != row_words(width):
            raise ValueError("bits")
        return unpacked(words, width)

    def _array(self, number: Any) -> Array:
        array = within(self._memory, self._places[_whole(number)])
        if array.dtype == bool and array.view(np.uint8).max(initial=0) > 1:
            raise ValueError("truths")
        return array

    def _grid(self, data: Mapping[str, Any]) -> Grid:
        stated = None if data["stated"] is None else self._grids[data["stated"]]
        return Grid(
            axes=_text(data["axes"]),
            origin=_numbers(data["origin"]),
            steps=None if data["steps"] is None else tuple(map(_numbers, data["steps"])),
            world=_text(data["world"]),
            channels=tuple(map(_text, data["channels"])),
            spacing=_sizes(data["spacing"]),
            stated=() if stated is None else stated.stated,
        )


def unpacked(words: Array, width: int) -> Array:
    """The mask of bits, by all threads."""
    if words.size < _SHARED or words.ndim < 2 or threads() == 1:
        return unpack(words, width)
    mask = np.empty((*words.shape[:-1], width), bool)
    step = -(-len(words) // (4 * threads()))

    def work(starts: Iterable[int]) -> None:
        for start in starts:
            unpack(words[start : start + step], width, mask[start : start + step])

    share(work, range(0, len(words), step))
    return mask


def _place(data: Any, room: int) -> Place:
    offset, shape, dtype, is_turned = data
    shape = tuple(map(_whole, shape))
    if dtype not in _TYPES or len(shape) > _MOST_AXES:
        raise ValueError("array")
    size = np.dtype(dtype).itemsize
    strides = [size]
    for length in shape:
        strides.append(strides[-1] * length)
    if _whole(offset) % size or offset + strides[-1] > room:
        raise ValueError("array")
    return Place(0, offset, shape, dtype, tuple(strides[:-1]) if is_turned else None)


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return value


def _sizes(data: Any) -> tuple[Fraction, ...] | None:
    return None if data is None else tuple(Fraction(_text(size)) for size in data)


def _numbers(data: Any) -> tuple[float, ...] | None:
    return None if data is None else tuple(map(float, data))
