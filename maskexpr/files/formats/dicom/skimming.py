"""A few elements of a DICOM file found without taking the others apart, for what is asked of thousands of files.

Elements of little-endian files are walked over by their lengths, nested ones too. Where that meets anything else, it
says nothing, and pydicom is asked.
"""

import struct
from collections.abc import Container

_MAGIC, _START = b"DICM", 132
_SYNTAX = 0x00020010
_META = 0x0002FFFF
_IMPLICIT = b"1.2.840.10008.1.2"
_OTHERS = (b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2.1.99")  # big-endian, deflated
_LONG = frozenset((b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"))
_UNDEFINED = 0xFFFFFFFF
_ITEM, _END_OF_ITEM, _END_OF_SEQUENCE = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DEEPEST = 16

_TAG, _LENGTH, _SHORT = struct.Struct("<HH"), struct.Struct("<I"), struct.Struct("<H")


class _Unknown(Exception):
    """What is not walked over here."""


def skimmed(head: bytes, wanted: Container[int], last: int) -> dict[int, bytes] | None:
    """The values of the wanted elements of a data set, from how its file begins, where an element behind `last` shows
    that all of them were met; else None."""
    if head[_START - 4 : _START] != _MAGIC:
        return None
    try:
        meta = _Walk(head, explicit=True)
        place = meta.over(_START, _META, (_SYNTAX,))
        syntax = meta.found.get(_SYNTAX, b"").rstrip(b"\0 ")
        if not syntax or syntax in _OTHERS:
            return None
        walk = _Walk(head, explicit=syntax != _IMPLICIT)
        walk.over(place, last, wanted)
        return walk.found
    except (_Unknown, struct.error):
        return None


class _Walk:
    """Over the elements of one way of writing them."""

    def __init__(self, head: bytes, *, explicit: bool) -> None:
        self._head, self._explicit = head, explicit
        self.found: dict[int, bytes] = {}

    def over(self, place: int, last: int, wanted: Container[int]) -> int:
        """The place of the first element behind the last one."""
        before = -1
        while (tag := self._tag(place)) <= last:
            start, length = self._value(place)
            if tag <= before:
                raise _Unknown
            place = self._over_items(start, 0) if length == _UNDEFINED else start + length
            if tag in wanted:
                self.found[tag] = self._head[start:place]
            before = tag
        return place

    def _tag(self, place: int) -> int:
        group, element = _TAG.unpack_from(self._head, place)
        return int(group << 16 | element)

    def _value(self, place: int) -> tuple[int, int]:
        """Where the value of an element starts, and its length."""
        if not self._explicit:
            return place + 8, _LENGTH.unpack_from(self._head, place + 4)[0]
        kind = self._head[place + 4 : place + 6]
        if not (kind.isalpha() and kind.isupper()):
            raise _Unknown
        if kind not in _LONG:
            return place + 8, _SHORT.unpack_from(self._head, place + 6)[0]
        length = _LENGTH.unpack_from(self._head, place + 8)[0]
        if length == _UNDEFINED and kind != b"SQ":
            raise _Unknown
        return place + 12, length

    def _over_items(self, place: int, depth: int) -> int:
        """The place behind the items of a sequence that does not state its length."""
        if depth > _DEEPEST:
            raise _Unknown
        while (tag := self._tag(place)) != _END_OF_SEQUENCE:
            if tag != _ITEM:
                raise _Unknown
            length = _LENGTH.unpack_from(self._head, place + 4)[0]
            place = place + 8 + length if length != _UNDEFINED else self._over_elements(place + 8, depth)
        return place + 8

    def _over_elements(self, place: int, depth: int) -> int:
        """The place behind the elements of an item that does not state its length."""
        while self._tag(place) != _END_OF_ITEM:
            start, length = self._value(place)
            place = self._over_items(start, depth + 1) if length == _UNDEFINED else start + length
        return place + 8
