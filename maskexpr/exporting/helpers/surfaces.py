"""How far the surfaces of two masks are apart."""

import math
from fractions import Fraction

import numpy as np
from scipy import ndimage

from maskexpr.exporting.helpers.distances import distance, squares_to, whole_steps
from maskexpr.exporting.helpers.statistics import percentile


def surface(mask):
    """The pixels that have an off neighbour along an axis, be it outside the image."""
    return mask & ~ndimage.binary_erosion(mask)


def ways(a, b, spacing=None):
    """The distances from each pixel of one mask to the nearest of the other, and the other way."""
    return distance(~b, spacing=spacing)[a], distance(~a, spacing=spacing)[b]


def hausdorff(a, b, q=100, *, method="pixels", spacing=None):
    """How far two masks are apart at most, or by a percentile of the distances."""
    if not (a.any() and b.any()):
        return math.inf if a.any() or b.any() else 0.0
    there, back = ways(a, b, spacing) if method == "pixels" else ways(surface(a), surface(b), spacing)
    if method == "medpy":
        return percentile(np.concatenate([there, back]), q)
    return max(percentile(there, q), percentile(back, q))


def surface_distance(a, b, *, method="monai", spacing=None):
    """How far the surfaces of two masks are apart on average."""
    if not (a.any() and b.any()):
        return math.inf if a.any() or b.any() else 0.0
    there, back = ways(a, b, spacing) if method == "simpleitk" else ways(surface(a), surface(b), spacing)
    if method in ("monai", "medpy"):
        return math.fsum([*there, *back]) / (there.size + back.size)
    return (math.fsum(there) / there.size + math.fsum(back) / back.size) / 2


def surface_dice(a, b, tolerance, *, spacing=None):
    """The share of both surfaces that is within a tolerance of the other one."""
    if not (a.any() and b.any()):
        return float(not (a.any() or b.any()))
    a, b = surface(a), surface(b)
    lengths, unit = whole_steps(spacing) if spacing is not None else ([1] * a.ndim, Fraction(1))
    most = math.floor((Fraction(str(tolerance)) / unit) ** 2)
    near = sum(
        int(np.count_nonzero(squares <= most)) for squares in (squares_to(b, lengths)[a], squares_to(a, lengths)[b])
    )
    return near / (int(np.count_nonzero(a)) + int(np.count_nonzero(b)))
