"""Filters that SciPy has otherwise, or rounds otherwise."""

import functools
import itertools
import math
import operator
from fractions import Fraction

import numpy as np
from scipy import ndimage


def window_mean(image, size, mode="reflect"):
    """The mean in a box around each pixel; of whole numbers the exact one, where a running mean is rounded."""
    total = image.astype(np.float64)
    for axis, n in enumerate(size):
        if n > 1:
            total = ndimage.correlate1d(total, np.ones(n), axis, mode=mode)
    return total / math.prod(size)


def mean_under(image, footprint, mode="reflect"):
    """The mean of the pixels under a footprint around each pixel."""
    total = ndimage.correlate(image.astype(np.float64), footprint.astype(np.float64), mode=mode)
    return total / np.count_nonzero(footprint)


def rank_under(image, footprint, rank=None, mode="reflect"):
    """The pixel of a rank under a footprint, its median without one; exact, and nan is above all numbers."""
    values, ranks = np.unique(image, return_inverse=True)
    zero = np.searchsorted(values, 0) if mode == "constant" else 0
    if mode == "constant" and not (zero < len(values) and values[zero] == 0):
        values = np.insert(values, zero, 0)
        ranks = ranks + (ranks >= zero)
    rank = np.count_nonzero(footprint) // 2 if rank is None else rank
    ranks = ranks.reshape(image.shape).astype(np.int32)
    return values[ndimage.rank_filter(ranks, rank, footprint=footprint, mode=mode, cval=int(zero))]


def percentile_under(image, footprint, percent, mode="reflect"):
    """The pixel with so much percent of those under a footprint before it."""
    size = int(np.count_nonzero(footprint))
    return rank_under(image, footprint, min(int(Fraction(str(percent)) * size // 100), size - 1), mode)


def deviation(image, size, mode="reflect"):
    """The mean and the standard deviation in a box around each pixel."""
    values, count = image.astype(np.float64), math.prod(size)
    sums, squares = (window_mean(v, size, mode) * count for v in (values, values * values))
    spread = squares * count - sums * sums
    rounding = 2.0**-51 * (sum(size) + 2)
    return sums / count, np.sqrt(np.where(spread <= rounding * squares * count, 0.0, spread)) / count


def niblack(image, size, k, mode="reflect"):
    """The mean less k standard deviations of the pixels around each."""
    mean, spread = deviation(image, size, mode)
    return mean - k * spread


def sauvola(image, size, k, r, mode="reflect"):
    """Sauvola's threshold for dark print on bright paper; r is the largest deviation to be expected."""
    if not r > 0:
        raise ValueError("r has to be above 0")
    mean, spread = deviation(image, size, mode)
    return mean * (1 + k * (spread / r - 1))


def unsharp(image, sigma, amount, mode="reflect", axes=None):
    """An image with what a Gaussian takes away added `amount` times."""
    axes = tuple(range(image.ndim)) if axes is None else axes
    return image + float(amount) * (image - ndimage.gaussian_filter(image, sigma, mode=mode, axes=axes))


def derivatives(image, order, sigma, axes, mode):
    """The derivatives along each axis of an image that a Gaussian smooths."""
    for axis in axes:
        orders = [order if other == axis else 0 for other in axes]
        yield ndimage.gaussian_filter(image, sigma, orders, mode=mode, axes=axes)


def gaussian_gradient(image, sigma, axes, mode="reflect"):
    """The size of the gradient, by derivatives of a Gaussian."""
    slopes = list(derivatives(image, 1, sigma, axes, mode))
    return np.abs(slopes[0]) if len(slopes) == 1 else np.sqrt(sum(slope * slope for slope in slopes))


def gaussian_laplace(image, sigma, axes, mode="reflect"):
    """The sum of the second derivatives, by those of a Gaussian."""
    return functools.reduce(operator.add, derivatives(image, 2, sigma, axes, mode))


def gradient(image, across, axes, *, along=None, mode="reflect"):
    """The size of the gradient over the root of the number of axes, or the slope along one; `across` smooths it."""
    image = image.astype(np.float64)
    slopes = []
    for axis in axes if along is None else along:
        slope = image * 0.0 + ndimage.correlate1d(image, [-1.0, 0.0, 1.0], axis, mode=mode)
        for other in axes:
            if other != axis:
                slope = ndimage.correlate1d(slope, np.array(across, float), other, mode=mode)
        slopes.append(slope / sum(across) ** (len(axes) - 1))
    if len(slopes) == 1:
        return slopes[0]
    return np.sqrt(sum(slope * slope for slope in slopes)) / np.sqrt(len(axes))


def laplace(image, axes, mode="reflect"):
    """The sum of the second derivatives along some axes."""
    return functools.reduce(operator.add, (ndimage.correlate1d(image, [1.0, -2.0, 1.0], a, mode=mode) for a in axes))


def correlate(image, kernel, mode="reflect"):
    """The sum of the pixels around each, times the numbers of a kernel; whole numbers are exact."""
    for axis, n in enumerate(kernel.shape):
        places = np.arange(-(n // 2), image.shape[axis] + n - 1 - n // 2)
        image = taken_along(image, places, axis, mode)
    total = 0
    shape = [size - n + 1 for size, n in zip(image.shape, kernel.shape)]
    for place in itertools.product(*map(range, kernel.shape)):
        if kernel[place]:
            total = total + image[tuple(slice(p, p + n) for p, n in zip(place, shape))] * kernel[place]
    return np.broadcast_to(total, shape).astype(image.dtype)


def taken_along(image, places, axis, mode):
    """The values at places along an axis, which goes on beyond its ends by SciPy's modes."""
    n = image.shape[axis]
    if mode == "reflect":
        found = np.minimum(places % (2 * n), 2 * n - 1 - places % (2 * n))
    elif mode == "mirror":
        turn = max(1, 2 * n - 2)
        found = np.minimum(places % turn, turn - places % turn)
    else:
        found = places % n if mode == "wrap" else np.clip(places, 0, n - 1)
    values = image.take(found, axis)
    if mode == "constant":
        values[(slice(None),) * axis + ((places < 0) | (places >= n),)] = 0
    return values


def normalize(image, low=None, high=None):
    """Values between low, which becomes 0, and high, which becomes 1; by default the smallest and the largest."""
    finite = image if image.dtype.kind in "iu" else image[np.isfinite(image)]
    if not finite.size and (low is None or high is None):
        raise ValueError("there are no finite values")
    low = finite.min().item() if low is None else low
    high = finite.max().item() if high is None else high
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError("low has to be below high")
    part = 1.0 if math.isfinite(float(high) - float(low)) else 0.5
    above, width = image.astype(np.float64) * part - float(low) * part, float(high) * part - float(low) * part
    return np.clip(np.sign(above) if width == 0 else above / width, 0.0, 1.0) + 0.0


def rescale(image, start, stop, low=None, high=None):
    """Values between low, which becomes `start`, and high, which becomes `stop`."""
    if not (math.isfinite(start) and math.isfinite(stop)):
        raise ValueError("start and stop have to be finite")
    start, stop, shares = float(start), float(stop), normalize(image, low, high)
    return np.clip(start * (1 - shares) + stop * shares, min(start, stop), max(start, stop)) + 0.0


def equalize(image, within=None):
    """Each whole number becomes the share of pixels at or below it."""
    counted = image.ravel() if within is None else image[within]
    if not counted.size:
        raise ValueError("there are no pixels to count")
    values, counts = np.unique(counted, return_counts=True)
    shares = np.cumsum(counts) / counted.size
    return shares[np.maximum(np.searchsorted(values, image, "right") - 1, 0)]


def sums_under(image, footprint, mode="reflect"):
    """The sum of the pixels under a footprint."""
    return ndimage.correlate(image.astype(np.float64), footprint.astype(np.float64), mode=mode)


def counts_under(shape, footprint, mode="reflect", within=None):
    """How many pixels under a footprint count: those of a mask, and with "ignore" none beyond the border."""
    if mode == "ignore":
        counted = np.ones(shape) if within is None else within
        return sums_under(counted, footprint, "constant").astype(np.intp)
    size = int(np.count_nonzero(footprint))
    return np.full(shape, size) if within is None else size - sums_under(~within, footprint, mode).astype(np.intp)


def mean_of_counted(image, footprint, mode="reflect", within=None):
    """The mean of the pixels under a footprint that count; 0 where none does."""
    counts = counts_under(image.shape, footprint, mode, within)
    values = image if within is None else np.where(within, image, 0)
    return sums_under(values, footprint, "constant" if mode == "ignore" else mode) / np.maximum(counts, 1)


def ranked_of_counted(image, footprint, rank_of, mode="reflect", within=None):
    """The pixel of a rank that follows from how many pixels under a footprint count; 0 where it is none."""
    counts = counts_under(image.shape, footprint, mode, within)
    values, ranks = np.unique(image, return_inverse=True)
    ranks = ranks.reshape(image.shape).astype(np.int32)
    if mode == "constant":
        zero = int(np.searchsorted(values, 0))
        if not (zero < len(values) and values[zero] == 0):
            values, ranks = np.insert(values, zero, 0), ranks + (ranks >= zero)
    none = len(values)
    cval = none if mode == "ignore" else int(np.searchsorted(values, 0))
    ranks = ranks if within is None else np.where(within, ranks, none).astype(np.int32)
    wanted = rank_of(counts)
    result = np.zeros_like(image)
    for rank in np.unique(wanted):
        there = (wanted == rank) & (rank >= 0) & (rank < counts)
        if there.any():
            modes = {"mode": "constant" if mode == "ignore" else mode, "cval": cval}
            found = ndimage.rank_filter(ranks, int(rank), footprint=footprint, **modes)
            result[there] = values[np.minimum(found[there], none - 1)]
    return result


def median_of_counted(image, footprint, mode="reflect", within=None):
    """The upper median of the pixels under a footprint that count."""
    return ranked_of_counted(image, footprint, lambda counts: counts // 2, mode, within)


def rank_of_counted(image, footprint, rank, mode="reflect", within=None):
    """The pixel of a rank among those under a footprint that count."""
    return ranked_of_counted(image, footprint, lambda n: n + rank if rank < 0 else n * 0 + rank, mode, within)


def percentile_of_counted(image, footprint, percent, mode="reflect", within=None):
    """The pixel with so much percent of those that count before it."""
    size, share = int(np.count_nonzero(footprint)), Fraction(str(percent))
    ranks = np.array([min(int(share * count // 100), count - 1) for count in range(size + 1)])
    return ranked_of_counted(image, footprint, ranks.__getitem__, mode, within)


def entropy(image, footprint, mode="reflect", within=None):
    """The entropy in bits of the values under a footprint."""
    counts = counts_under(image.shape, footprint, mode, within).astype(np.float64)
    total = counts * np.log2(np.maximum(counts, 1))
    extended = np.unique(np.append(image, 0)) if mode == "constant" else np.unique(image)
    for value in extended:
        there = image == value if within is None else (image == value) & within
        beyond = float(value == 0) if mode == "constant" else 0.0
        modes = {"mode": "constant" if mode == "ignore" else mode, "cval": beyond}
        n = np.rint(ndimage.correlate(there.astype(np.float64), footprint.astype(np.float64), **modes))
        total -= n * np.log2(np.maximum(n, 1))
    return np.maximum(total / np.maximum(counts, 1), 0.0)


def equalize_floats(image, within=None):
    """Each value becomes the share of pixels at or below it, by 256 bins and lines between their centres."""
    counted = image.ravel() if within is None else image[within]
    counted = counted[np.isfinite(counted)]
    if not counted.size:
        raise ValueError("there are no pixels to count")
    low, high = counted.min().item(), counted.max().item()
    bins = np.minimum((normalize(counted, low, high) * 256).astype(np.intp), 255)
    shares = np.cumsum(np.bincount(bins, minlength=256)) / counted.size
    places = normalize(image, low, high)
    centres = (np.arange(256) + 0.5) / 256
    return np.where(np.isnan(places), np.nan, np.interp(places, centres, shares))


def canny(image, sigma, low, high, within=None):
    """Canny's edges of a plane: lines where the gradient is the largest along its own direction."""
    if not low <= high:
        raise ValueError("low has to be below high")
    inside = np.ones(image.shape, bool) if within is None else within
    shares = ndimage.gaussian_filter(inside.astype(np.float64), sigma, mode="constant") + 2.0**-52
    plane = ndimage.gaussian_filter(np.where(inside, image, 0).astype(np.float64), sigma, mode="constant") / shares
    down, right = (gradient(plane, (1, 2, 1), (0, 1), along=(axis,)) * 4 for axis in (0, 1))
    strength = np.sqrt(down * down + right * right)
    untouched = ndimage.binary_erosion(inside, np.ones((3, 3), bool))
    y, x = np.nonzero(untouched & (strength >= low) & (strength > 0))
    down, right = down[y, x], right[y, x]
    slant = np.where((down > 0) == (right > 0), 1, -1)
    steep, flat = np.abs(down), np.abs(right)
    vertical = (steep > flat) | ((steep == flat) & (slant < 0))
    share = np.where(vertical, flat, steep) / np.where(vertical, steep, flat)
    highest = np.ones(len(y), bool)
    for side in (1, -1):
        beside = strength[y + np.where(vertical, side * slant, 0), x + np.where(vertical, 0, side)]
        across = strength[y + side * slant, x + side]
        highest &= across * share + beside * (1.0 - share) <= strength[y, x]
    lines = np.zeros(image.shape, bool)
    lines[y[highest], x[highest]] = True
    return ndimage.binary_propagation(lines & (strength >= high), np.ones((3, 3), bool), mask=lines)


def rolling_ball(image, radius, height=None, *, spacing=None, axes=None):
    """The background: how high a ball comes that is rolled along below the landscape of the values."""
    axes = tuple(range(image.ndim)) if axes is None else axes
    steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [Fraction(1)] * image.ndim
    radius = Fraction(str(radius))
    top = Fraction(str(height)) if height is not None else radius / min(steps[axis] for axis in axes)
    reaches = [min(int(radius // s), n - 1) if a in axes else 0 for a, (s, n) in enumerate(zip(steps, image.shape))]
    found = np.full(image.shape, np.inf)
    for offset in itertools.product(*(range(-n, n + 1) for n in reaches)):
        square = sum((d * s) ** 2 for d, s in zip(offset, steps))
        if square <= radius**2:
            left = 1 - square / radius**2 if radius else Fraction(1)
            rise = float(top) - math.sqrt(float(top**2 * left))
            to = tuple(slice(max(0, d), n + min(0, d)) for d, n in zip(offset, image.shape))
            of = tuple(slice(max(0, -d), n + min(0, -d)) for d, n in zip(offset, image.shape))
            found[to] = np.minimum(found[to], image[of] + rise)
    return (np.trunc(found) if image.dtype.kind in "iu" else found + 0.0).astype(image.dtype)


def clahe(image, clip, tiles, within=None):
    """Contrast-limited adaptive histogram equalization of a plane of 8 or 16 bits, as OpenCV has it."""
    if within is not None and not within.any():
        raise ValueError("there are no pixels to count")
    levels, places = 2 ** (8 * image.dtype.itemsize), []
    fits = all(n % count == 0 for n, count in zip(image.shape, tiles))
    for n, count in zip(image.shape, tiles):
        around = np.arange(n if fits else n + count - n % count) % max(2 * (n - 1), 1)
        places.append(np.minimum(around, 2 * (n - 1) - around) if n > 1 else around * 0)
    size = [len(axis) // count for axis, count in zip(places, tiles)]
    every = None if within is None else levels_of(image[within], clip, levels)
    maps = np.zeros((*tiles, levels), np.float32)
    for row, column in itertools.product(*map(range, tiles)):
        rows, columns = places[0][row * size[0] :][: size[0]], places[1][column * size[1] :][: size[1]]
        tile = np.ix_(rows, columns)
        counted = image[tile].ravel() if within is None else image[tile][within[tile]]
        maps[row, column] = levels_of(counted, clip, levels) if counted.size or every is None else every
    sides = []
    for n, length, count in zip(image.shape, size, tiles):
        place = np.arange(n).astype(np.float32) * (np.float32(1) / np.float32(length)) - np.float32(0.5)
        first = np.floor(place).astype(np.intp)
        sides.append((np.maximum(first, 0), np.minimum(first + 1, count - 1), place - np.floor(place)))
    (above, below, down), (left, right, across) = sides
    down = down[:, np.newaxis]
    upper, lower = (
        maps[row[:, np.newaxis], left, image] * (1 - across) + maps[row[:, np.newaxis], right, image] * across
        for row in (above, below)
    )
    return np.rint(upper * (1 - down) + lower * down).astype(image.dtype)


def levels_of(counted, clip, levels):
    """What each value becomes by those that are counted, with counts cut off and dealt out again."""
    counts = np.bincount(counted, minlength=levels)
    if clip > 0:
        most = max(int(min(clip * counted.size / levels, counted.size)), 1)
        each, left = divmod(int((counts - most).clip(0).sum()), levels)
        counts = np.minimum(counts, most) + each
        if left:
            counts[:: max(levels // left, 1)][:left] += 1
    shares = np.cumsum(counts).astype(np.float32) * (np.float32(levels - 1) / np.float32(max(counted.size, 1)))
    return np.rint(shares).clip(0, levels - 1).astype(np.float32)


def resample(image, shape, ways, linear=False):
    """An image at other places: `ways` say how far along each of its axes a step along each axis of the result leads,
    and where that begins. What lies outside is 0."""
    places = []
    for *steps, start in ways:
        place = np.full((1,) * len(shape), float(start))
        for axis, step in enumerate(steps):
            if step:
                along = np.arange(shape[axis], dtype=np.float64)
                place = place + along.reshape([-1 if a == axis else 1 for a in range(len(shape))]) * step
        places.append(np.broadcast_to(place, shape))
    inside = np.all([(p >= -0.5) & (p < n - 0.5) for p, n in zip(places, image.shape)], axis=0)
    found = np.zeros((*shape, *image.shape[len(shape) :]), np.float64 if linear else image.dtype)
    held = [place[inside] for place in places]
    if not linear:
        found[inside] = image[tuple(np.floor(place + 0.5).astype(np.intp) for place in held)]
        return found
    low = [np.floor(place) for place in held]
    total = np.zeros((len(held[0]), *image.shape[len(shape) :]))
    for corner in itertools.product((0, 1), repeat=len(shape)):
        weight, index = np.ones(len(held[0])), []
        for axis, side in enumerate(corner):
            share = held[axis] - low[axis]
            weight = weight * (share if side else 1 - share)
            index.append(np.clip(low[axis].astype(np.intp) + side, 0, image.shape[axis] - 1))
        weight = weight.reshape([-1] + [1] * (total.ndim - 1))
        total = total + np.where(weight != 0, image[tuple(index)].astype(np.float64) * weight, 0.0)
    found[inside] = total
    return found
