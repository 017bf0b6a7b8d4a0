"""Bits of whole numbers, such as the flags of a satellite's quality band."""

from typing import Any

import numpy as np

from maskexpr.diagnostics.messages import BIT_BEYOND_TYPE, BITS_OF_FLOATS, BITS_ORDER
from maskexpr.functions.arguments import Refused
from maskexpr.functions.gives import (
    Gives,
    Kinds,
    like_grid,
)
from maskexpr.functions.parameters import Array, Image, Index, ResultKind
from maskexpr.functions.record import function
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.ranges import Range
from maskexpr.library.operators import narrow


def _integers_only(kinds: Kinds, highest: str) -> Kind:
    im, bit_ = kinds["im"], kinds[highest]
    if im.dtype is None or im.dtype.kind not in "iu":
        raise Refused(BITS_OF_FLOATS, "im")
    if bit_.is_constant and bit_.constant >= im.dtype.itemsize * 8:
        raise Refused(BIT_BEYOND_TYPE, highest, bit=bit_.constant, dtype=im.dtype, last=im.dtype.itemsize * 8 - 1)
    return im


def _bit_kind(kinds: Kinds) -> Kind:
    _integers_only(kinds, "n")
    return like_grid("mask", kinds, np.bool_)


@function(gives=Gives(frozenset({"mask"}), _bit_kind), halo=0, cost=2, memory=8, total=True, transposes=True)
def bit(im: Image, n: Index) -> Any:
    """Whether bit `n` of an integer image is set; bit 0 is the lowest.

    `bit(qa, 3)` says the same as `(qa & 8) != 0`. Negative values are read as two's complement.

    Errors: a floating image; a bit beyond the image's type.
    Source: bits numbered as in the quality bands of Landsat, where bit 3 of QA_PIXEL (Collection 2) is cloud.

    >>> evaluate("bit(qa, 3)", qa=[[7, 8, 9]])
    array([[False,  True,  True]])
    """
    return (im >> im.dtype.type(n)) & im.dtype.type(1) != 0


def _bits_kind(kinds: Kinds) -> Kind:
    _integers_only(kinds, "high")
    low, high = kinds["low"].constant, kinds["high"].constant
    if low > high:
        raise Refused(BITS_ORDER, "low", low=low, high=high)
    values = Range(0, 2 ** (high - low + 1) - 1)
    return like_grid("image", kinds, ranges.smallest_type(values), values)


@function(gives=Gives(frozenset({"image"}), _bits_kind), halo=0, cost=3, memory=8, total=True, transposes=True)
def bits(im: Image, low: Index, high: Index, kind: ResultKind) -> Any:
    """The number that bits `low` to `high` of an integer image spell, both included; bit 0 is the lowest.

    For quality bands that keep a small number in a few bits. Negative values are read as two's complement.

    Errors: a floating image; a bit beyond the image's type; low > high.
    Source: bits numbered as in the quality bands of Landsat, where bits 8 to 9 of QA_PIXEL (Collection 2) say how
    likely a cloud is, from 0 to 3.

    >>> evaluate("bits(qa, 2, 3)", qa=[[0b0100, 0b1100, 0b10011]])
    array([[1, 3, 0]], dtype=uint8)
    """
    unsigned = im.view(np.dtype(f"u{im.dtype.itemsize}"))
    values: Array = (unsigned >> unsigned.dtype.type(low)) & unsigned.dtype.type(2 ** (high - low + 1) - 1)
    return narrow(values, kind)
