"""Masks and images of the shapes and layouts that bite."""

import numpy as np

_RNG = np.random.default_rng(20240501)
INTEGERS = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
FLOATS = ["float16", "float32", "float64"]


def _noise(shape, share=0.5):
    return _RNG.random(shape) < share


def _lone(shape):
    mask = np.zeros(shape, bool)
    mask[tuple(n // 2 for n in shape)] = True
    return mask


def _read_only(array):
    array.flags.writeable = False
    return array


MASKS = {
    "all false": np.zeros((5, 7), bool),
    "all true": np.ones((5, 7), bool),
    "one pixel on": np.ones((1, 1), bool),
    "one pixel off": np.zeros((1, 1), bool),
    "lone pixel": _lone((6, 9)),
    "lone hole": ~_lone((6, 9)),
    "1xN": _noise((1, 40)),
    "Nx1": _noise((40, 1)),
    "1xN all true": np.ones((1, 9), bool),
    "one axis": _noise(50),
    "width 63": _noise((9, 63)),
    "width 64": _noise((9, 64), 0.6),
    "width 65": _noise((9, 65), 0.4),
    "dense": _noise((20, 30), 0.8),
    "chequered": np.indices((8, 9)).sum(axis=0) % 2 == 0,
    "volume": _noise((6, 8, 10), 0.35),
    "volume all true": np.ones((3, 4, 5), bool),
    "flat volume": _noise((1, 8, 10), 0.6),
    "thin volume": _noise((7, 1, 10), 0.6),
    "four axes": _noise((3, 4, 3, 5), 0.3),
    "Fortran": np.asfortranarray(_noise((12, 17))),
    "negative strides": _noise((12, 17))[::-1, ::-1],
    "every second": _noise((24, 34))[::2, 1::2],
    "read-only": _read_only(_noise((12, 17))),
}


def image(dtype, shape=(9, 13)):
    """Values that use a type's whole range, or normal ones for floats."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return (_RNG.normal(size=shape) * 50).astype(dtype)
    info = np.iinfo(dtype)
    return _RNG.integers(info.min, info.max, shape, dtype, endpoint=True)


IMAGES = {dtype: image(dtype) for dtype in INTEGERS + FLOATS}
IMAGES |= {
    "1x1": image("uint8", (1, 1)),
    "1xN": image("uint8", (1, 31)),
    "Nx1": image("float32", (31, 1)),
    "one axis": image("int16", 40),
    "volume": image("int16", (5, 6, 7)),
    "constant": np.full((6, 7), 5, np.uint8),
    "Fortran": np.asfortranarray(image("float64")),
    "negative strides": image("int32")[::-1, ::-1],
    "read-only": _read_only(image("float32")),
}
