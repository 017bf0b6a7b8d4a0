"""Results for a person: a summary in words, and a mask as a picture in half-block characters."""

from typing import Any

import numpy as np

from maskexpr.kinds import Kind, shape_text

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def number_text(value: Any) -> str:
    """A number, truth or list as the language writes it, with as many digits as it takes to read it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(number_text(v) for v in value) + "]"
    return str(value)


def summary(value: Any, kind: Kind) -> str:
    """One line about a result: shape, how much is on, how many regions; the range of an image."""
    if not isinstance(value, np.ndarray):
        return number_text(value)
    shape = shape_text(kind.shape or value.shape, kind.channels)
    if kind.name == "mask":
        on = int(np.count_nonzero(value))
        return f"mask {shape}, {_percent(on, value.size)} on ({_plural(on, 'pixel')}), {_regions(value)}"
    if kind.name == "labels":
        return f"labels {shape}, {_plural(int(value.max(initial=0)), 'label')}"
    return f"{kind.name} {shape} {value.dtype}, {_values(value)}"


def _values(array: np.ndarray[Any, Any]) -> str:
    """The range of the finite values, and how many are not."""
    finite = array[np.isfinite(array)]
    rest = f", {array.size - finite.size:,} not finite" if finite.size < array.size else ""
    if not finite.size:
        return "no finite values"
    return f"values {number_text(finite.min().item())} to {number_text(finite.max().item())}{rest}"


def _percent(on: int, size: int) -> str:
    """Rounded, but never to none or all where there are some."""
    share = 100 * on / size
    if on in (0, size):
        return f"{share:.0f}%"
    return "<0.1%" if share < 0.1 else ">99.9%" if share > 99.9 else f"{share:.1f}%"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _regions(mask: np.ndarray[Any, Any]) -> str:
    from maskexpr.kernels.runs import count_regions

    return _plural(count_regions(mask), "region")


def picture(mask: np.ndarray[Any, Any], columns: int, lines: int) -> str:
    """A mask in half-blocks, two pixels a character, no larger than `columns` x `lines` characters.

    Each block is on where at least half of the pixels under it are. Of a stack the middle slice is shown.
    """
    if mask.ndim == 1:
        mask = mask[np.newaxis]
    while mask.ndim > 2:
        mask = mask[len(mask) // 2]
    height, width = mask.shape
    scale = min(1.0, columns / width, 2 * lines / height)
    small = _shrunk(mask, max(1, round(height * scale)), max(1, round(width * scale)))
    if len(small) % 2:
        small = np.vstack([small, np.zeros((1, small.shape[1]), bool)])
    rows = [
        "".join(_BLOCKS[bool(a), bool(b)] for a, b in zip(*pair, strict=True))
        for pair in zip(small[::2], small[1::2], strict=True)
    ]
    return "\n".join(row.rstrip() for row in rows)


def _shrunk(mask: np.ndarray[Any, Any], height: int, width: int) -> np.ndarray[Any, Any]:
    """The majority under each block, from sums over the rows and columns it covers."""
    rows = np.arange(height) * mask.shape[0] // height
    columns = np.arange(width) * mask.shape[1] // width
    sums = np.add.reduceat(np.add.reduceat(mask, rows, axis=0, dtype=np.int64), columns, axis=1)
    counts = np.outer(np.diff([*rows, mask.shape[0]]), np.diff([*columns, mask.shape[1]]))
    return np.asarray(2 * sums >= counts)
