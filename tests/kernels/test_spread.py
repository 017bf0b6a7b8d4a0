"""Dilation and erosion of packed masks against their definition: OR and AND of copies moved within an empty plane."""

import itertools

import numpy as np
import pytest
import scipy.ndimage
from helpers.arrays import MASKS
from helpers.each import each

from maskexpr.kernels import spread
from maskexpr.kernels.packed import ALL_ON, complement, pack, unpack
from maskexpr.kernels.scratch import Scratch
from maskexpr.kernels.spread import AND, OR

SMALL = {name: mask for name, mask in MASKS.items() if mask.ndim < 4 and mask.size < 2000}
EACH_MASK = pytest.mark.parametrize("mask", SMALL.values(), ids=SMALL)
BOTH = pytest.mark.parametrize("combine", [OR, AND], ids=["or", "and"])
REACHES = [0, 1, 2, 3, 5, 31, 32, 63, 64, 65, 100, 129, 200]


def dirty():
    """Buffers with something in them."""
    scratch = Scratch()
    names = ("lines", "moved", "carried", "windows", "diagonal", "crossed", "crosses", "by words", "line")
    for name in (*names, "longer line"):
        scratch(name, (20_000,), np.uint64)[...] = ALL_ON
    return scratch


def result(kernel, mask, *given):
    """What a kernel makes of a mask, which is left as it is; no bit is on behind the last pixel of a row."""
    words, width = pack(mask), mask.shape[-1]
    before, out = words.copy(), np.full_like(words, ALL_ON)
    assert kernel(words, width, *given, out, dirty()) is out
    np.testing.assert_array_equal(words, before)
    found = unpack(out, width)
    np.testing.assert_array_equal(out, pack(found))
    return found


def by_definition(mask, offsets, combine):
    """Copies of a mask moved by all the offsets; outside the image everything is off."""
    room = [max(abs(d[axis]) for d in offsets) for axis in range(mask.ndim)]
    framed = np.pad(mask, [(r, r) for r in room])
    found = None
    for offset in offsets:
        part = framed[tuple(slice(r - d, r - d + n) for r, d, n in zip(room, offset, mask.shape, strict=True))]
        found = part.copy() if found is None else combine(found, part)
    return found


def box(reaches):
    return list(itertools.product(*(range(-r, r + 1) for r in reaches)))


# --- squares ---------------------------------------------------------------------------------------------------------


@EACH_MASK
@BOTH
def test_squares_of_a_reach_per_axis(mask, combine):
    for reaches in itertools.product([0, 1, 3], repeat=mask.ndim):
        found = result(spread.square, mask, reaches, combine)
        np.testing.assert_array_equal(found, by_definition(mask, box(reaches), combine))


@pytest.mark.slow
@EACH_MASK
@BOTH
def test_lines_of_any_reach(mask, combine):
    """Beyond a word, and beyond the image."""
    for axis, reach in itertools.product(range(mask.ndim), REACHES):
        reaches = [reach if a == axis else 0 for a in range(mask.ndim)]
        found = result(spread.square, mask, reaches, combine)
        extent = [min(r, n) for r, n in zip(reaches, mask.shape, strict=True)]
        np.testing.assert_array_equal(found, by_definition(mask, box(extent), combine), f"{reach} along {axis}")


@BOTH
@each("reach", REACHES)
def test_lines_of_wide_rows(reach, combine):
    """Pixels on both sides of each word's end, in rows above each other, none of which may reach another row."""
    mask = np.zeros((4, 400), bool)
    mask[0, [0, 63, 64, 127, 399]] = mask[2, [1, 128, 335, 336]] = True
    if combine is AND:
        mask = ~mask
    expected = by_definition(mask, box([0, reach]), combine)
    np.testing.assert_array_equal(result(spread.square, mask, [0, reach], combine), expected)


# --- diamonds --------------------------------------------------------------------------------------------------------


def diamond(ndim, reach, axes):
    moves = itertools.product(*(range(-reach, reach + 1) if a in axes else (0,) for a in range(ndim)))
    return [move for move in moves if sum(map(abs, move)) <= reach]


@EACH_MASK
@BOTH
def test_diamonds(mask, combine):
    for reach in (0, 1, 2, 3, 4, 7):
        axes = tuple(range(mask.ndim))
        found = result(spread.diamond, mask, reach, axes, combine)
        np.testing.assert_array_equal(found, by_definition(mask, diamond(mask.ndim, reach, axes), combine))


@BOTH
@pytest.mark.parametrize("shape", [(20, 70), (1, 150), (90, 3), (3, 9, 66)])
def test_diamonds_of_any_reach_are_scipys(shape, combine, rng):
    mask = rng.random(shape) < (0.01 if combine is OR else 0.995)
    operation = scipy.ndimage.binary_dilation if combine is OR else scipy.ndimage.binary_erosion
    for reach in REACHES:
        expected = operation(mask, iterations=reach) if reach else mask
        found = result(spread.diamond, mask, reach, tuple(range(mask.ndim)), combine)
        np.testing.assert_array_equal(found, expected, f"a reach of {reach}")


@BOTH
@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)])
def test_diamonds_along_some_axes(axes, combine):
    mask = MASKS["volume"]
    for reach in (1, 2, 5):
        found = result(spread.diamond, mask, reach, axes, combine)
        np.testing.assert_array_equal(found, by_definition(mask, diamond(3, reach, axes), combine))


@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_shifts_grow_a_diamond_without_gaps(ndim):
    """Each is no longer than what there is already lets it be, and beyond a word they are whole words."""
    for reach in range(300):
        steps = list(spread.shifts(reach, ndim))
        assert sum(steps) == reach
        assert all(step <= (sum(steps[:i]) + ndim) // ndim for i, step in enumerate(steps))
        assert all(step % 64 == 0 for step in steps if step > 64)
    # Each doubles what there is, so they are few.
    assert len(list(spread.shifts(10**6, 1))) < 100


# --- any footprint ---------------------------------------------------------------------------------------------------


def disk(reach, ndim):
    places = np.indices((2 * reach + 1,) * ndim) - reach
    return (places**2).sum(axis=0) <= reach**2


@EACH_MASK
@BOTH
def test_footprints_of_centred_runs(mask, combine):
    for reach in (1, 2, 3):
        footprint = disk(reach, mask.ndim)
        moves = [tuple(int(i) - reach for i in place) for place in np.argwhere(footprint)]
        found = result(spread.rows, mask, footprint, combine)
        np.testing.assert_array_equal(found, by_definition(mask, moves, combine))


@BOTH
@pytest.mark.parametrize("reach", [31, 64, 65, 90])
def test_wide_disks(reach, combine, rng):
    mask = rng.random((12, 210)) < (0.003 if combine is OR else 0.9995)
    distances = scipy.ndimage.distance_transform_edt(~np.pad(mask, reach) if combine is OR else np.pad(mask, reach))
    inside = (slice(reach, -reach),) * 2
    expected = distances[inside] <= reach if combine is OR else distances[inside] > reach
    np.testing.assert_array_equal(result(spread.rows, mask, disk(reach, 2), combine), expected)


@EACH_MASK
@BOTH
def test_copies_moved_by_any_offsets(mask, combine, rng):
    for count in (1, 2, 5):
        moves = list({tuple(int(i) for i in rng.integers(-4, 5, mask.ndim)) for _ in range(count)})
        found = result(spread.stamp, mask, moves, combine)
        np.testing.assert_array_equal(found, by_definition(mask, moves, combine))


@BOTH
def test_copies_moved_far_along_rows(combine, rng):
    mask = rng.random((3, 150)) < 0.5
    for column in (-200, -129, -65, -64, -63, -8, -1, 1, 8, 63, 64, 65, 128, 200):
        for moves in ([(0, column)], [(1, column), (0, 0)], [(-2, column), (0, -column)]):
            found = result(spread.stamp, mask, moves, combine)
            np.testing.assert_array_equal(found, by_definition(mask, moves, combine), str(moves))


@pytest.mark.parametrize("width", [1, 63, 64, 65, 200])
def test_a_shift_along_rows(width, rng):
    """What leaves a row is behind its end, or lost; nothing comes into another row."""
    mask = rng.random((3, width)) < 0.5
    words = pack(mask)
    for distance in (3, 8, 16, 63, 64, 65, 130, 200):
        kept = max(0, width - distance)
        for shift in (distance, -distance):
            moved = spread.along_row(words, shift, np.full_like(words, ALL_ON), dirty())
            expected = np.zeros_like(mask)
            expected[:, distance:] = mask[:, :kept]
            if shift < 0:
                expected[...] = False
                expected[:, :kept] = mask[:, distance:]
            np.testing.assert_array_equal(unpack(moved, width), expected, f"a shift of {shift}")


# --- what holds for both ---------------------------------------------------------------------------------------------


@EACH_MASK
def test_the_one_of_the_complement_is_the_complement_of_the_other(mask):
    """Away from the border, outside of which both see what is off."""
    plane = np.pad(mask, 5)
    inside = (slice(5, -5),) * mask.ndim
    for reach in (1, 3):
        axes = tuple(range(mask.ndim))
        grown = result(spread.diamond, plane, reach, axes, OR)
        off = unpack(complement(pack(plane), plane.shape[-1]), plane.shape[-1])
        shrunken = result(spread.diamond, off, reach, axes, AND)
        np.testing.assert_array_equal(grown[inside], ~shrunken[inside])
