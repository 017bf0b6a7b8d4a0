"""Pictures in sixels: bands of six rows, each a row of characters for each of its colours.

https://vt100.net/docs/vt3xx-gp/chapter14.html describes them.
"""

import functools
from typing import Any

import numpy as np

from maskexpr.display.terminal.fewer_colours import few_colours

Array = np.ndarray[Any, Any]

REGISTERS = 256
_ROWS = 6
_ABSENT = REGISTERS  # the colour of rows beyond the last
_NOTHING = np.uint32(2**32 - 1)
_ZERO = ord("?")  # the character of no pixel
_LONGEST = 4095


def draw_sixels(picture: Array) -> str:
    """A picture of shape (M, N, 3), N at most 4095, in at most 256 colours."""
    height, width, _ = picture.shape
    registers, palette = few_colours(picture, REGISTERS)
    percents = np.round(palette * (100 / 255)).astype(int)
    heads = "".join(f"#{i};2;{r};{g};{b}" for i, (r, g, b) in enumerate(percents.tolist()))
    return f'\x1bP0;1;0q"1;1;{width};{height}{heads}{_body(registers)}\x1b\\'


def _body(registers: Array) -> str:
    """The characters of all bands: for each run of equal ones, what leads to it and the run itself."""
    keys, bands = _keys(registers)
    fresh = np.ones(len(keys), bool)  # the next column's key is larger by a column where a run goes on
    np.not_equal(keys[1:] - keys[:-1], 64, out=fresh[1:])
    fresh[1:] |= bands[1:] != bands[:-1]
    starts = np.flatnonzero(fresh)
    lengths = np.diff(starts, append=len(keys))
    keys, bands = keys[starts], bands[starts]
    columns = (keys >> 6 & 0xFFF).astype(np.intp)
    colours = (keys >> 18).astype(np.intp)
    new_row = np.ones(len(keys), bool)  # of characters, for another colour or band
    new_row[1:] = (colours[1:] != colours[:-1]) | (bands[1:] != bands[:-1])
    gaps = columns.copy()
    gaps[1:] -= np.where(new_row[1:], 0, columns[:-1] + lengths[:-1])
    return _joined(new_row, bands, colours, gaps, lengths, (keys & 63).astype(np.uint8) + np.uint8(_ZERO))


def _keys(registers: Array) -> tuple[Array, Array]:
    """A number for each colour in each column of each band, ascending, and the band it lies in.

    From its highest bit: the colour in 9, the column in 12, and in 6 which of the six rows have it.
    """
    height, width = registers.shape
    bands = -(-height // _ROWS)
    rows = np.full((bands * _ROWS, width), _ABSENT, np.uint16)
    rows[:height] = registers
    six = [np.ascontiguousarray(rows[row::_ROWS]) for row in range(_ROWS)]
    masks = [np.full((bands, width), 1 << row, np.uint32) for row in range(_ROWS)]
    repeated = [six[row] == _ABSENT for row in range(_ROWS)]
    for row in range(_ROWS):
        for later in range(row + 1, _ROWS):
            same = six[row] == six[later]
            masks[row] |= same.astype(np.uint32) << np.uint32(later)
            repeated[later] |= same
    places = np.arange(width, dtype=np.uint32) << np.uint32(6)
    keys = np.empty((bands, _ROWS, width), np.uint32)
    for row in range(_ROWS):
        key = (six[row].astype(np.uint32) << np.uint32(18)) | places | masks[row]
        key[repeated[row]] = _NOTHING
        keys[:, row] = key
    keys = np.sort(keys.reshape(bands, -1), axis=1)
    present = keys != _NOTHING
    return keys[present], np.repeat(np.arange(bands), present.sum(axis=1))


def _joined(new_row: Array, bands: Array, colours: Array, gaps: Array, lengths: Array, characters: Array) -> str:
    """Each run's text in a row of bytes, those it does not need 0; then all others."""
    repeats = _repeats()
    texts = np.zeros((len(lengths), 17), np.uint8)
    first = np.flatnonzero(new_row)
    texts[first[1:], 0] = np.where(bands[first[1:]] > bands[first[1:] - 1], ord("-"), ord("$"))
    texts[first, 1:5] = _introductions().take(colours[first], axis=0)
    texts[:, 5:11] = repeats.take(gaps, axis=0)
    runs = texts[:, 11:]
    runs[...] = repeats.take(lengths, axis=0)
    np.copyto(runs, characters[:, np.newaxis], where=runs == _ZERO)
    flat = texts.reshape(-1)
    return str(flat[flat != 0].tobytes(), "ascii")


@functools.cache
def _introductions() -> Array:
    """What chooses each register."""
    return _table([f"#{number}" for number in range(REGISTERS)], 4)


@functools.cache
def _repeats() -> Array:
    """So many characters of no pixel: written out, or counted where that is shorter."""
    return _table(["?" * n if n < 4 else f"!{n}?" for n in range(_LONGEST + 1)], 6)


def _table(texts: list[str], width: int) -> Array:
    joined = "".join(text.ljust(width, "\0") for text in texts)
    return np.frombuffer(joined.encode("ascii"), np.uint8).reshape(-1, width)
