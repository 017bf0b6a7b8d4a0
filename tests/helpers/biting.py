"""Images of what bites: few values and many, ends of types, nan, infinities, both zeros, thin shapes, odd strides."""

import numpy as np
import scipy.ndimage

SHAPES = [(1,), (40,), (1, 1), (1, 31), (31, 1), (23, 70), (12, 13, 14), (3, 1, 5), (2, 3, 2, 3)]
TYPES = ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]


def images(rng, dtype, shape):
    """Some images of a type and shape."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        smooth = scipy.ndimage.gaussian_filter(rng.normal(size=shape), 2).astype(dtype)
        yield smooth
        special = smooth.copy()
        for every, value in ((11, np.inf), (7, -0.0), (6, 0), (13, -np.inf), (5, np.nan)):
            special.reshape(-1)[:: every + int(rng.integers(3))] = value
        yield special
    else:
        info = np.iinfo(dtype)
        yield rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    yield strided(rng.integers(0, 9, shape).astype(dtype))


def strided(array):
    """The same values, backwards along the first axis and with gaps along the last."""
    wide = np.repeat(array[::-1], 2, axis=-1)
    return wide[::-1, ..., ::2] if array.ndim > 1 else wide[::2][::-1]
