"""Coordinates and drawn shapes, in exact arithmetic."""

import math
from fractions import Fraction

import numpy as np


def coordinates(shape, axis, dtype):
    """The index of each pixel along an axis."""
    places = np.arange(shape[axis], dtype=dtype)
    return np.broadcast_to(places.reshape([-1] + [1] * (-1 - axis)), shape).copy()


def rectangle(shape, y0, x0, y1, x1):
    """The pixels with y0 <= y < y1 and x0 <= x < x1."""
    rows, columns = np.arange(shape[-2])[:, np.newaxis], np.arange(shape[-1])
    inside = (rows >= float(y0)) & (rows < float(y1)) & (columns >= float(x0)) & (columns < float(x1))
    return np.broadcast_to(inside, shape).copy()


def ellipsoid(shape, centre, radii, *, spacing=None):
    """The pixels in an ellipsoid around a point, its edge included; radii in pixels, or by the lengths of a pixel."""
    inside = np.zeros(shape[-len(centre) :], bool)
    if all(math.isfinite(c) for c in centre):
        steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [1] * len(centre)
        middles = [Fraction(str(c)) for c in centre]
        reaches = [m.denominator * Fraction(str(r)) / s for m, r, s in zip(middles, radii, steps)]
        most = math.lcm(*(r.numerator for r in reaches if r))
        scales = [r.denominator * most // r.numerator if r else most + 1 for r in reaches]
        total = 0
        for axis, (scale, middle) in enumerate(zip(scales, middles)):
            places = [scale * (middle.denominator * i - middle.numerator) for i in range(inside.shape[axis])]
            squares = np.array([place**2 for place in places], object)
            total = total + squares.reshape([-1] + [1] * (len(centre) - 1 - axis))
        inside = np.asarray(total <= most**2, bool)
    return np.broadcast_to(inside, shape).copy()


def polygon(shape, ys, xs):
    """The pixels with their centres in a polygon, by the even-odd rule, or on its edge."""
    rows, columns = shape[-2:]
    turns, edges = np.zeros((rows, columns + 1), bool), np.zeros((rows, columns), bool)
    corners = [(Fraction(str(y)), Fraction(str(x))) for y, x in zip(ys, xs)]
    for one, other in zip(corners, [*corners[1:], corners[0]]):
        (top, left), (bottom, right) = sorted([one, other])
        start, stop = max(0, math.ceil(top)), min(rows, math.floor(bottom) + 1)
        if start < stop and top == bottom:
            edges[start, max(0, math.ceil(left)) : max(0, math.floor(right) + 1)] = True
            continue
        for row in range(start, stop):
            x = left + (row - top) * (right - left) / (bottom - top)
            if x.denominator == 1 and 0 <= x < columns:
                edges[row, int(x)] = True
            if row < bottom:
                turns[row, min(max(math.ceil(x), 0), columns)] ^= True
    inside = np.logical_xor.accumulate(turns, axis=1)[:, :-1] | edges
    return np.broadcast_to(inside, shape).copy()


def line(shape, start, stop):
    """The pixels of a straight line between two points, a pixel thick."""
    found = np.zeros(shape[-2:], bool)
    if all(math.isfinite(c) for c in (*start, *stop)):
        first, last = ([math.floor(2 * Fraction(str(c)) + 1) // 2 for c in point] for point in (start, stop))
        along = 0 if abs(last[0] - first[0]) > abs(last[1] - first[1]) else 1
        length, aside = abs(last[along] - first[along]), abs(last[1 - along] - first[1 - along])
        forward, sideways = (1 if last[k] > first[k] else -1 for k in (along, 1 - along))
        ends = sorted(forward * (end - first[along]) for end in (0, found.shape[along] - 1))
        for i in range(max(0, ends[0]), min(length, ends[1]) + 1):
            steps = (2 * aside * i + length) // (2 * length) if length else 0
            place = (first[along] + forward * i, first[1 - along] + sideways * steps)
            y, x = place if along == 0 else place[::-1]
            if 0 <= y < found.shape[0] and 0 <= x < found.shape[1]:
                found[y, x] = True
    return np.broadcast_to(found, shape).copy()


def wide_line(shape, start, stop, width, *, spacing=None):
    """The pixels whose centres are at most half a width from the line between two points."""
    found = np.zeros(shape[-2:], bool)
    if all(math.isfinite(c) for c in (*start, *stop)):
        steps = [Fraction(str(step)) for step in spacing] if spacing is not None else [Fraction(1)] * 2
        (y0, x0), (y1, x1) = ([Fraction(str(c)) * s for c, s in zip(point, steps)] for point in (start, stop))
        values = [y0, x0, y1, x1, Fraction(str(width)) / 2, *steps]
        scale = math.lcm(*(value.denominator for value in values))
        y0, x0, y1, x1, most, high, wide = (int(value * scale) for value in values)
        dy, dx = y1 - y0, x1 - x0
        length = dy * dy + dx * dx
        y = (np.arange(found.shape[0]).astype(object) * high)[:, np.newaxis]
        x = (np.arange(found.shape[1]).astype(object) * wide)[np.newaxis]
        way = (y - y0) * dy + (x - x0) * dx
        before = (way <= 0) & ((y - y0) ** 2 + (x - x0) ** 2 <= most**2)
        behind = (way > 0) & (way >= length) & ((y - y1) ** 2 + (x - x1) ** 2 <= most**2)
        beside = (way > 0) & (way < length) & (((y - y0) * dx - (x - x0) * dy) ** 2 <= most**2 * length)
        found = np.asarray(before | behind | beside, bool)
    return np.broadcast_to(found, shape).copy()
