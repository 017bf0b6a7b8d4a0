"""Exact comparisons, casts that refuse what does not fit, and the like."""

import math

import numpy as np


def nonzero(divisor):
    """A divisor of whole numbers, which has to be none of 0."""
    if np.any(np.equal(divisor, 0)):
        raise ValueError("whole numbers are divided by 0")
    return divisor


def divide(a, b):
    """A quotient as floating numbers have it: by 0 it is infinite, or nan."""
    with np.errstate(all="ignore"):
        return float(np.divide(a, b))


def raised(base, exponent):
    """A power as C has it: to 0.5 inf of -inf, where newer NumPy takes the square root, which gives nan."""
    found = np.power(base, exponent)
    if exponent == 0.5:
        found = np.where(base == -np.inf, np.inf, np.sqrt(base + 0.0)).astype(found.dtype)
    return found


def some(values):
    """Values, of which there has to be one."""
    if not values.size:
        raise ValueError("there are no samples to measure")
    return values


def whole(image, dtype):
    """Values in a type of whole numbers; what does not fit is an error."""
    with np.errstate(all="ignore"):
        found = image.astype(dtype)
        limits = np.iinfo(dtype)
        values = image if image.dtype.kind != "f" else image.astype(np.float64)
        fits = (values >= limits.min) & (values <= limits.max)
        if values.dtype.kind == "f":
            fits &= (values == np.rint(values)) & (values < float(limits.max) + 1)
    if not fits.all():
        raise ValueError(f"{np.count_nonzero(~fits)} values do not fit {np.dtype(dtype)}")
    return found


def narrowed(image):
    """Values as float32; what would become infinite is an error."""
    with np.errstate(all="ignore"):
        found = image.astype(np.float32)
    if np.any(np.isinf(found) & np.isfinite(image)):
        raise ValueError("values do not fit float32")
    return found


def is_one_of(image, values):
    """Whether each value is one of some numbers, exactly."""
    found = np.zeros(image.shape, bool)
    for value in values:
        if image.dtype.kind == "f" or (math.isfinite(value) and value == int(value)):
            found |= image == (value if image.dtype.kind == "f" else int(value))
    return found


def as_labels(image):
    """Numbers of regions as int32; 0 is the background."""
    found = image.astype(np.int32)
    if not np.array_equal(found, image) or (found < 0).any():
        raise ValueError("labels have to be whole numbers from 0 to 2147483647")
    return found


def as_mask(image):
    """A two-valued image as a mask: off is 0."""
    mask = image != 0
    if mask.any() and (image[mask] != image[mask].flat[0]).any():
        raise ValueError("a mask has to have one value beside 0")
    return mask


def compare_exactly(symbol, a, b):
    """Whole numbers of 64 bits beside floating ones, which NumPy would round first."""
    if not isinstance(a, np.ndarray) or a.dtype.kind == "f":
        return compare_exactly({"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(symbol, symbol), b, a)
    floor = np.floor(np.asarray(b, np.float64))
    above, below = floor >= float(np.iinfo(a.dtype).max), floor < float(np.iinfo(a.dtype).min)
    valid = ~np.isnan(floor)
    nearby = np.where(above | below | ~valid, 0, floor).astype(a.dtype)
    fraction = np.asarray(b) > floor
    less = ((a < nearby) | ((a == nearby) & fraction)) & ~below | above
    equal = (a == nearby) & ~fraction & ~above & ~below
    found = {"<": less, "<=": less | equal, ">": ~(less | equal), ">=": ~less, "==": equal, "!=": ~equal}[symbol]
    return (found | ~valid) if symbol == "!=" else found & valid


def pixel_with_data(pixel, valid):
    """The value of a single pixel, which has to have one."""
    if not valid:
        raise ValueError("this pixel is without data")
    return pixel
