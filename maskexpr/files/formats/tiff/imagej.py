"""What ImageJ keeps beside its description: the labels of planes."""

import struct
from typing import BinaryIO

from maskexpr.files.decoding import bounds, tags

_COUNTS, _DATA = 50838, 50839
_BYTE, _LONG = 1, 4
_LABELS = b"labl"


def labels(stream: BinaryIO) -> list[str]:
    """The label of each plane; none where they cannot be read."""
    counted, order = tags.stored(stream, _COUNTS, _LONG, bounds.MOST_TEXT)
    data, _ = tags.stored(stream, _DATA, _BYTE, bounds.MOST_TEXT)
    try:
        counts = struct.unpack(f"{order}{len(counted) // 4}I", counted)
        places = [sum(counts[:1])]
        for count in counts[1:]:
            places.append(places[-1] + count)
        return _of_kinds(data, order, places)
    except (struct.error, UnicodeDecodeError, IndexError):
        return []


def _of_kinds(data: bytes, order: str, places: list[int]) -> list[str]:
    """The head says how many pieces of which kind follow."""
    number = 0
    for place in range(4, places[0], 8):
        kind, count = struct.unpack(f"{order}4sI", data[place : place + 8])
        if order == "<":
            kind = kind[::-1]
        if kind == _LABELS:
            utf = "utf-16-le" if order == "<" else "utf-16-be"
            ends = zip(places[number : number + count], places[number + 1 :], strict=False)
            return [data[start:end].decode(utf) for start, end in ends]
        number += count
    return []
