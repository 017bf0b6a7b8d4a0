"""Morphology that SciPy has otherwise, or not at all."""

import numpy as np
from scipy import ndimage


def dilate(mask, n, structure=None):
    """Dilation by n pixels, or so many times; not at all by less than 1, where SciPy would not end."""
    return ndimage.binary_dilation(mask, structure, iterations=int(n)) if n >= 1 else mask


def erode(mask, n, structure=None, border_value=0):
    """Erosion by n pixels, or so many times; not at all by less than 1, where SciPy would not end."""
    return ndimage.binary_erosion(mask, structure, iterations=int(n), border_value=border_value) if n >= 1 else mask


def opened(mask, n, structure=None):
    """Opening by n pixels; not at all by less than 1, where SciPy would not end."""
    return ndimage.binary_opening(mask, structure, iterations=int(n)) if n >= 1 else mask


def close(mask, structure=None, iterations=1):
    """Dilation, then erosion, on a plane that goes on empty: nothing is eaten at the border, as SciPy alone does."""
    if iterations < 1:
        return mask
    if structure is None:
        structure = ndimage.generate_binary_structure(mask.ndim, 1)
    iterations = int(iterations)
    pad = [(n // 2 * iterations,) * 2 for n in structure.shape]
    closed = ndimage.binary_closing(np.pad(mask, pad), structure, iterations=iterations)
    return closed[tuple(slice(p, n + p) for (p, _), n in zip(pad, mask.shape))]


def open_on_plane(mask, structure, iterations=1):
    """Erosion, then dilation, on a plane that goes on empty: what leaves the image between them is not lost."""
    if iterations < 1:
        return mask
    iterations = int(iterations)
    pad = [(n // 2 * iterations,) * 2 for n in structure.shape]
    found = ndimage.binary_opening(np.pad(mask, pad), structure, iterations=iterations)
    return found[tuple(slice(p, n + p) for (p, _), n in zip(pad, mask.shape))]


def grow(seed, within, n, structure=None):
    """Grow a mask by n pixels without leaving another."""
    n = int(n)
    return ndimage.binary_dilation(seed, structure, iterations=n, mask=within) if n else seed


def grey_dilate(image, footprint, times=1):
    """The largest value under a footprint that is stamped at each pixel; nan spreads, the outside is ignored."""
    lowest = -np.inf if image.dtype.kind == "f" else np.iinfo(image.dtype).min
    return shifted_extreme(image, footprint, np.maximum, lowest, 1, times)


def grey_erode(image, footprint, times=1):
    """The smallest value under a footprint; nan spreads, the outside is ignored."""
    highest = np.inf if image.dtype.kind == "f" else np.iinfo(image.dtype).max
    return shifted_extreme(image, footprint, np.minimum, highest, -1, times)


def shifted_extreme(image, footprint, extreme, neutral, sign, times):
    """The extreme of copies of an image that are moved by the offsets of a footprint."""
    centre = [n // 2 for n in footprint.shape]
    result = image.copy()
    for _ in range(times):
        before, result = result, np.full_like(image, neutral)
        for place in np.argwhere(footprint):
            offset = [sign * (int(i) - c) for i, c in zip(place, centre)]
            if all(abs(d) < n for d, n in zip(offset, image.shape)):
                to = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(offset, image.shape))
                of = tuple(slice(max(0, -d), n + min(0, -d)) for d, n in zip(offset, image.shape))
                extreme(result[to], before[of], out=result[to])
    return result + 0


def reconstruct(seed, limit, structure=None):
    """Grow grey values under a limit until nothing changes: reconstruction by dilation."""
    if structure is None:
        structure = ndimage.generate_binary_structure(seed.ndim, 1)
    seed = np.minimum(seed, limit)
    missing = np.isnan(seed)
    if missing.any():
        seed, limit = (np.where(missing, -np.inf, values).astype(seed.dtype) for values in (seed, limit))
    while True:
        grown = np.minimum(ndimage.grey_dilation(seed, footprint=structure), limit)
        if np.array_equal(grown, seed):
            break
        seed = grown
    return np.where(missing, np.nan, seed).astype(seed.dtype) if missing.any() else seed + 0


def hull(mask):
    """The convex hull of all pixels of a plane or a line; each stands for the points half a pixel from its centre."""
    if mask.ndim == 1:
        places = np.flatnonzero(mask)
        return (np.arange(mask.size) >= places[0]) & (np.arange(mask.size) <= places[-1]) if places.size else mask
    result = np.zeros_like(mask)
    if not mask.any():
        return result
    y, x = np.nonzero(mask)
    top, bottom = int(y.min()), int(y.max())
    rows = np.arange(top, bottom + 1)
    ends = []
    for sign in (1, -1):
        points = {}
        for dy, dx in ((-1, 0), (1, 0), (0, -1)):
            for t, s in zip((2 * y + dy).tolist(), (2 * sign * x + dx).tolist()):
                points[t] = min(s, points.get(t, s))
        chain = []
        for t, s in sorted(points.items()):
            while len(chain) > 1 and (chain[-1][1] - chain[-2][1]) * (t - chain[-1][0]) >= (s - chain[-1][1]) * (
                chain[-1][0] - chain[-2][0]
            ):
                chain.pop()
            chain.append((t, s))
        after = np.searchsorted([t for t, _ in chain], 2 * rows, side="right")
        ends.append([])
        for row, i in zip(rows.tolist(), after.tolist()):
            (t0, s0), (t1, s1) = chain[i - 1], chain[min(i, len(chain) - 1)]
            steps = max(t1 - t0, 1)
            ends[-1].append(-((-(s0 * steps + (s1 - s0) * (2 * row - t0))) // (2 * steps)))
    for row, first, last in zip(rows.tolist(), ends[0], ends[1]):
        result[row, max(first, 0) : max(-last + 1, 0)] = True
    return result
