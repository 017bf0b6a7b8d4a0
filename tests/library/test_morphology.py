"""Dilation, erosion, opening, closing and boundary against their definition on the plane, SciPy and scikit-image.

The definition is written out here in the plainest way: a list of offsets chosen in fractions, and shifted copies of a
mask that is padded so far that nothing leaves it.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import numpy as np
import pytest
import scipy.ndimage
import skimage.morphology
from helpers.each import each
from numpy.typing import NDArray

import maskexpr
from maskexpr import Image, evaluate

Masks = NDArray[np.bool_]
Offset = tuple[int, ...]
OPERATIONS = ("dilate", "erode", "open", "close", "boundary")
SHAPES = ("diamond", "square", "disk")
INTEGERS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
FLOATS = ("float16", "float32", "float64")


def noise(shape: tuple[int, ...], share: float = 0.5) -> Masks:
    seed = math.prod(shape) * 31 + int(share * 100)
    return np.random.default_rng(seed).random(shape) < share


def lone(shape: tuple[int, ...], place: tuple[int, ...]) -> Masks:
    mask = np.zeros(shape, bool)
    mask[place] = True
    return mask


MASKS = {
    "all false": np.zeros((5, 7), bool),
    "all true": np.ones((5, 7), bool),
    "one pixel on": np.ones((1, 1), bool),
    "one pixel off": np.zeros((1, 1), bool),
    "lone pixel": lone((6, 9), (2, 5)),
    "lone pixel in a corner": lone((6, 9), (5, 0)),
    "lone hole": ~lone((9, 11), (4, 4)),
    "1xN": noise((1, 20)),
    "Nx1": noise((20, 1), 0.8),
    "one axis": noise((30,), 0.6),
    "width 63": noise((5, 63), 0.9),
    "width 64": noise((5, 64), 0.2),
    "width 65": noise((5, 65), 0.9),
    "dense": noise((12, 15), 0.85),
    "sparse": noise((12, 15), 0.04),
    "volume": noise((5, 6, 7), 0.85),
    "sparse volume": noise((5, 6, 7), 0.02),
    "flat volume": noise((1, 6, 7), 0.8),
    "Fortran": np.asfortranarray(noise((7, 12), 0.8)),
    "negative strides": noise((7, 12), 0.8)[::-1, ::-1],
    "every second": noise((14, 24), 0.8)[::2, 1::2],
}
EACH_MASK = each("mask", MASKS.values())


# --- the definition --------------------------------------------------------------------------------------------------


def element(shape: str, n: Fraction | float | str, steps: Sequence[Fraction]) -> list[Offset]:
    """The offsets within n, where a pixel is as long along each axis as `steps` says; 0 is for an axis not used."""
    return _element(shape, Fraction(n), tuple(steps))


@functools.cache
def _element(shape: str, n: Fraction, steps: tuple[Fraction, ...]) -> list[Offset]:
    measure: dict[str, Callable[[Iterable[Fraction]], Fraction]] = {
        "diamond": lambda lengths: sum(lengths, Fraction(0)),
        "square": lambda lengths: max(lengths),
        "disk": lambda lengths: sum((length * length for length in lengths), Fraction(0)),
    }
    most = n * n if shape == "disk" else n
    reaches = [int(n / step) if step else 0 for step in steps]
    box = itertools.product(*(range(-r, r + 1) for r in reaches))
    return [d for d in box if measure[shape](abs(k) * s for k, s in zip(d, steps, strict=True)) <= most]


def dilated(mask: Masks, offsets: list[Offset]) -> Masks:
    """The sum of mask and element; np.roll is a shift here, as the mask is padded by whoever calls."""
    result = np.zeros_like(mask)
    for offset in offsets:
        result |= np.roll(mask, offset, tuple(range(mask.ndim)))
    return result


def eroded(mask: Masks, offsets: list[Offset]) -> Masks:
    result = np.ones_like(mask)
    for offset in offsets:
        result &= np.roll(mask, tuple(-d for d in offset), tuple(range(mask.ndim)))
    return result


def by_definition(operation: str, mask: Masks, offsets: list[Offset]) -> Masks:
    """On a piece of the plane that leaves room for two steps to either side."""
    room = 2 * max(abs(d) for offset in offsets for d in offset) + 1
    plane = np.pad(mask, room)
    result = {
        "dilate": lambda: dilated(plane, offsets),
        "erode": lambda: eroded(plane, offsets),
        "open": lambda: dilated(eroded(plane, offsets), offsets),
        "close": lambda: eroded(dilated(plane, offsets), offsets),
        "boundary": lambda: plane & ~eroded(plane, offsets),
    }[operation]()
    return result[tuple(slice(room, -room) for _ in mask.shape)]


# --- named shapes ----------------------------------------------------------------------------------------------------


@EACH_MASK
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_named_shapes_are_the_offsets_within_n(operation: str, shape: str, mask: Masks) -> None:
    for n in (1, 2, 3) if mask.ndim < 3 else (1, 2):
        expected = by_definition(operation, mask, element(shape, n, [Fraction(1)] * mask.ndim))
        np.testing.assert_array_equal(evaluate(f'{operation}(m, {n}, "{shape}")', m=mask), expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", ["0", "0.5", "1.5", "2.2", "2.25", "2.9"])
def test_reaches_may_have_fractions(shape: str, n: str) -> None:
    mask = MASKS["dense"]
    for operation in ("dilate", "erode", "close"):
        expected = by_definition(operation, mask, element(shape, n, [Fraction(1)] * 2))
        np.testing.assert_array_equal(evaluate(f'{operation}(m, {n}, "{shape}")', m=mask), expected)


@EACH_MASK
@pytest.mark.parametrize("shape", [*SHAPES, "010/111/010", "11/01"])
def test_a_reach_of_nothing_changes_nothing(shape: str, mask: Masks) -> None:
    if "/" in shape and mask.ndim != 2:
        pytest.skip("a pattern of two axes")
    for operation in ("dilate", "erode", "open", "close"):
        found = evaluate(f'{operation}(m, 0, "{shape}")', m=mask)
        np.testing.assert_array_equal(found, mask)
        assert not np.shares_memory(found, mask)
    assert not evaluate(f'boundary(m, 0, "{shape}")', m=mask).any()


def test_a_pattern_may_find_no_pixel_inside_the_image() -> None:
    """Then the result is the type's extreme, whatever is known of the image's range."""
    im = np.array([[1, 2, 3, 4]], np.uint8)
    assert not evaluate('any(dilate(clip(im, 2, 3), 1, "1/0/0") > 1)', im=im)
    np.testing.assert_array_equal(evaluate('dilate(clip(im, 2, 3), 1, "1/0/0") - 2', im=im), np.full((1, 4), -2))
    assert evaluate('all(erode(clip(im, 2, 3), 1, "1/0/0") == 255)', im=im)
    assert str(maskexpr.compile("close(clip(im, 2, 3)) - 2").kind(im=((5, 6), "uint8"))) == "image 5x6 uint8"


@EACH_MASK
def test_defaults_are_those_of_scipy(mask: Masks) -> None:
    for n in (1, 2, 4):
        found = evaluate(f"dilate(m, {n})", m=mask)
        np.testing.assert_array_equal(found, scipy.ndimage.binary_dilation(mask, iterations=n))
        found = evaluate(f"erode(m, iterations={n})", m=mask)
        np.testing.assert_array_equal(found, scipy.ndimage.binary_erosion(mask, iterations=n))
    np.testing.assert_array_equal(evaluate("open(m)", m=mask), scipy.ndimage.binary_opening(mask))


@EACH_MASK
@pytest.mark.parametrize("shape", SHAPES)
def test_close_is_scipys_on_a_padded_image(shape: str, mask: Masks) -> None:
    for n in (1, 3):
        footprint = np.zeros((2 * n + 1,) * mask.ndim, bool)
        footprint[tuple(np.transpose(element(shape, n, [Fraction(1)] * mask.ndim)) + n)] = True
        closed = scipy.ndimage.binary_closing(np.pad(mask, n), footprint)
        expected = closed[(slice(n, -n),) * mask.ndim]
        np.testing.assert_array_equal(evaluate(f'close(m, {n}, "{shape}")', m=mask), expected)


@each(
    "shape, footprint",
    [
        ("disk", skimage.morphology.disk),
        ("diamond", skimage.morphology.diamond),
        ("square", lambda n: np.ones((2 * n + 1, 2 * n + 1))),
        ("disk", skimage.morphology.ball),
        ("diamond", skimage.morphology.octahedron),
    ],
)
@each("n", [1, 2, 3, 7, 12])
def test_shapes_are_those_of_scikit_image(shape: str, footprint: Callable[[int], NDArray[np.uint8]], n: int) -> None:
    element_ = footprint(n).astype(bool)
    point = lone((2 * n + 1,) * element_.ndim, (n,) * element_.ndim)
    np.testing.assert_array_equal(evaluate(f'dilate(m, {n}, "{shape}")', m=point), element_)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 9, 14, 20])
def test_disks_are_isotropic_dilations_of_scikit_image(n: int) -> None:
    mask = noise((40, 55), 0.02)
    expected = skimage.morphology.isotropic_dilation(mask, n)
    np.testing.assert_array_equal(evaluate(f'dilate(m, {n}, "disk")', m=mask), expected)


# Large disks, from a reach of 11 on in a plane and of 4 in a volume, go by a distance transform.
@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
@each("n", [9, 10, 11, 12, 13, 20])
def test_large_disks_are_the_same_offsets(operation: str, n: int) -> None:
    offsets = element("disk", n, [Fraction(1)] * 2)
    for mask in (noise((30, 41), 0.01), noise((30, 41), 0.995), MASKS["all true"], MASKS["all false"]):
        expected = by_definition(operation, mask, offsets)
        np.testing.assert_array_equal(evaluate(f'{operation}(m, {n}, "disk")', m=mask), expected)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("n", [3, 4, 5])
def test_large_balls_are_the_same_offsets(operation: str, n: int) -> None:
    mask = noise((8, 9, 10), 0.01 if operation in ("dilate", "close") else 0.995)
    expected = by_definition(operation, mask, element("disk", n, [Fraction(1)] * 3))
    np.testing.assert_array_equal(evaluate(f'{operation}(m, {n}, "disk")', m=mask), expected)


# --- lengths ---------------------------------------------------------------------------------------------------------

SPACINGS = [
    ("0.3mm", ["0.1", "0.1"]),  # in binary fractions 0.3 / 0.1 is less than 3
    ("0.7mm", ["0.1", "0.7"]),
    ("1mm", ["0.3", "0.4"]),
    ("500um", ["0.3", "0.4"]),  # the diagonal is 0.5 exactly
    ("1.3mm", ["0.5", "1.2"]),  # so is 13
    ("0.2mm", ["0.3", "0.1"]),  # less than a pixel along one axis
    ("6mm", ["0.5", "0.7"]),  # by the distance transform
    ("2mm", ["1", "0.5", "0.5"]),
    ("1mm", ["0.6", "0.48", "0.64"]),
]


@pytest.mark.slow
@each("operation", OPERATIONS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("reach", "spacing"), SPACINGS)
def test_lengths_are_measured_exactly(operation: str, shape: str, reach: str, spacing: list[str]) -> None:
    steps = [Fraction(s) for s in spacing]
    n = Fraction(reach.removesuffix("mm")) if reach.endswith("mm") else Fraction(reach.removesuffix("um")) / 1000
    size = (13, 17) if len(spacing) == 2 else (5, 8, 7)
    mask = noise(size, 0.03 if operation in ("dilate", "close") else 0.95)
    expected = by_definition(operation, mask, element(shape, n, steps))
    as_text = Image(mask, spacing=[f"{s}mm" for s in spacing])
    found = evaluate(f'{operation}(m, {reach}, "{shape}")', m=as_text)
    np.testing.assert_array_equal(found, expected)
    # Plain numbers are millimetres as they are written, not as floats round them.
    as_numbers = Image(mask, spacing=[float(s) for s in spacing])
    np.testing.assert_array_equal(evaluate(f'{operation}(m, {reach}, "{shape}")', m=as_numbers), expected)


def test_a_reach_of_three_tenths_is_three_pixels_of_a_tenth() -> None:
    point = lone((1, 9), (0, 4))
    for shape in SHAPES:
        found = evaluate(f'dilate(m, 0.3mm, "{shape}")', m=Image(point, spacing=0.1))
        assert np.flatnonzero(found).tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_pixels_ignore_the_spacing() -> None:
    mask = MASKS["sparse"]
    for reach in ("2", "2px"):
        found = evaluate(f'dilate(m, {reach}, "disk")', m=Image(mask, spacing=[3, 0.1]))
        np.testing.assert_array_equal(found, evaluate('dilate(m, 2, "disk")', m=mask))


# --- reaches beyond the image ----------------------------------------------------------------------------------------


@pytest.mark.slow
@EACH_MASK
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [200, 10**6, 2**31])
def test_far_dilations_fill_and_far_erosions_empty_the_image(shape: str, n: int, mask: Masks) -> None:
    for im in (mask, Image(mask, spacing=[0.001 * (axis + 1) for axis in range(mask.ndim)])):
        reach = f"{n}" if im is mask else f"{n}mm"
        assert (evaluate(f'dilate(m, {reach}, "{shape}")', m=im) == mask.any()).all()
        assert not evaluate(f'erode(m, {reach}, "{shape}")', m=im).any()
        assert not evaluate(f'open(m, {reach}, "{shape}")', m=im).any()
        np.testing.assert_array_equal(evaluate(f'boundary(m, {reach}, "{shape}")', m=im), mask)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["diamond", "square"])
@pytest.mark.parametrize("size", [(1, 6), (6, 1), (5, 4), (3, 4, 3), (9,), (2, 2, 2, 3)])
def test_far_closings_settle(shape: str, size: tuple[int, ...]) -> None:
    """Seen from the image, diamonds and squares larger than it differ no more: what is cut off must not matter."""
    for seed in range(3):
        mask = np.random.default_rng(seed).random(size) < 0.3
        structure = scipy.ndimage.generate_binary_structure(mask.ndim, 1 if shape == "diamond" else mask.ndim)
        settled = evaluate(f'close(m, {10**6}, "{shape}")', m=mask)
        for n in (sum(size) - 1, sum(size) + 1, sum(size) + 6):
            closed = scipy.ndimage.binary_closing(np.pad(mask, n), structure, iterations=n)
            np.testing.assert_array_equal(settled, closed[(slice(n, -n),) * mask.ndim])


def test_far_closings_with_a_disk_are_right_or_refused() -> None:
    """Disks never settle: the larger they are, the straighter their rim. What needs too much room is an error."""
    mask, n = noise((9, 12), 0.2), 150
    plane = np.pad(mask, n)
    near = scipy.ndimage.distance_transform_edt(~plane) <= n
    closed = scipy.ndimage.distance_transform_edt(np.pad(near, 1)) > n
    expected = closed[(slice(n + 1, -n - 1),) * 2]
    np.testing.assert_array_equal(evaluate(f'close(m, {n}, "disk")', m=mask), expected)
    far = f'close(m, {10**6}, "disk")'
    with pytest.raises(maskexpr.LimitError):
        evaluate(far, m=mask)
    with pytest.raises(maskexpr.RunError, match="reach"):
        maskexpr.compile(far, limits=maskexpr.Limits(memory=np.inf))(m=mask)


# --- axes ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("shape", [*SHAPES, "110/010"])
@each("n", [1, 2, 12])
def test_axes_of_a_stack_work_slice_by_slice(operation: str, shape: str, n: int) -> None:
    stack = noise((4, 14, 15), 0.9)
    for axes in ('"yx"', '"xy"', "[1, 2]", "[-1, -2]"):
        found = evaluate(f'{operation}(m, {n}, "{shape}", axes={axes})', m=stack)
        for plane, result in zip(stack, found, strict=True):
            np.testing.assert_array_equal(result, evaluate(f'{operation}(m, {n}, "{shape}")', m=plane))


@each("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("axes", "worked"), [("x", (2,)), ("y", (1,)), ("z", (0,)), ("zx", (0, 2)), ("zyx", (0, 1, 2))]
)
def test_axes_limit_the_offsets(operation: str, axes: str, worked: tuple[int, ...]) -> None:
    stack, steps = noise((6, 7, 8), 0.9), [Fraction("0.5"), Fraction("0.3"), Fraction("0.4")]
    used = [steps[axis] if axis in worked else Fraction(0) for axis in range(3)]
    for shape in SHAPES:
        expected = by_definition(operation, stack, element(shape, "1", used))
        im = Image(stack, spacing=[float(s) for s in steps])
        np.testing.assert_array_equal(evaluate(f'{operation}(m, 1mm, "{shape}", axes="{axes}")', m=im), expected)


# --- patterns --------------------------------------------------------------------------------------------------------

PATTERNS = [
    "010/111/010",
    "111/111/111",
    "110/010/000",
    "100/000/000",
    "000/000/001",
    "1",
    "11/11",
    "11/10",
    "01",
    "1011",
    "101/000/101",
    "0001/0000",
    "1/0/0/1",
]


def as_array(pattern: str) -> Masks:
    planes = [[list(map(int, row)) for row in plane.split("/")] for plane in pattern.split("//")]
    return np.array(planes if "//" in pattern else planes[0], bool)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
@each("n", [1, 2, 3, 4])
def test_patterns_are_scipys_structures(pattern: str, n: int) -> None:
    written = pattern if "/" in pattern else f"{pattern}/{pattern}"
    structure = as_array(written)
    for mask in (m for m in MASKS.values() if m.ndim == 2):
        found = evaluate(f'dilate(m, {n}, "{written}")', m=mask)
        np.testing.assert_array_equal(found, scipy.ndimage.binary_dilation(mask, structure, iterations=n))
        found = evaluate(f'erode(m, {n}, "{written}")', m=mask)
        np.testing.assert_array_equal(found, scipy.ndimage.binary_erosion(mask, structure, iterations=n))


@pytest.mark.parametrize("pattern", ["110//010", "1/1//0/1", "11/01//10/11//00/10"])
def test_patterns_of_planes_work_on_volumes(pattern: str) -> None:
    structure = as_array(pattern)
    for mask in (MASKS["volume"], MASKS["sparse volume"], MASKS["flat volume"]):
        found = evaluate(f'dilate(m, 2, "{pattern}")', m=mask)
        np.testing.assert_array_equal(found, scipy.ndimage.binary_dilation(mask, structure, iterations=2))
        found = evaluate(f'erode(m, 2, "{pattern}")', m=mask)
        np.testing.assert_array_equal(found, scipy.ndimage.binary_erosion(mask, structure, iterations=2))


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
@each("n", [1, 2, 3])
def test_open_and_close_with_patterns_go_on_outside_the_image(pattern: str, n: int) -> None:
    written = pattern if "/" in pattern else f"{pattern}/{pattern}"
    structure = as_array(written)
    room = 2 * n * max(structure.shape)
    for mask in (MASKS["dense"], MASKS["sparse"], MASKS["all true"], MASKS["1xN"]):
        plane, inside = np.pad(mask, room), (slice(room, -room),) * 2
        opened = scipy.ndimage.binary_opening(plane, structure, iterations=n)[inside]
        np.testing.assert_array_equal(evaluate(f'open(m, {n}, "{written}")', m=mask), opened)
        closed = scipy.ndimage.binary_closing(plane, structure, iterations=n)[inside]
        np.testing.assert_array_equal(evaluate(f'close(m, {n}, "{written}")', m=mask), closed)


@pytest.mark.parametrize("pattern", ["101", "10001", "100000100", "110", "010", "001"])
@pytest.mark.parametrize("grey", [False, True])
def test_patterns_are_stamped_any_number_of_times(pattern: str, grey: bool) -> None:
    """One that leaves out its centre moves pixels to and fro for ever; a huge count is found without walking it."""
    mask = noise((1, 23), 0.1)
    im = mask.astype(np.uint8) if grey else mask
    step = f'dilate(m, 1, "{pattern}", axes="x")'
    seen, state = [im], im
    while not any(np.array_equal(state, earlier) for earlier in seen[:-1]):
        state = evaluate(step, m=state)
        seen.append(state)
    first = next(i for i, earlier in enumerate(seen) if np.array_equal(state, earlier))
    period = len(seen) - 1 - first
    for n in (*range(1, 12), 1000, 10**6, 2**31 - 1, 2**31):
        expected = seen[n] if n < len(seen) else seen[first + (n - first) % period]
        np.testing.assert_array_equal(evaluate(f'dilate(m, {n}, "{pattern}", axes="x")', m=im), expected)


# --- what holds for every mask ---------------------------------------------------------------------------------------


@pytest.mark.slow
@EACH_MASK
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [1, 2, 5, 11, 40])
def test_open_within_mask_within_close(shape: str, n: int, mask: Masks) -> None:
    opened, closed = evaluate(f'open(m, {n}, "{shape}")', m=mask), evaluate(f'close(m, {n}, "{shape}")', m=mask)
    assert not (opened & ~mask).any()
    assert not (mask & ~closed).any()
    np.testing.assert_array_equal(evaluate(f'open(m, {n}, "{shape}")', m=opened), opened)
    np.testing.assert_array_equal(evaluate(f'close(m, {n}, "{shape}")', m=closed), closed)


@pytest.mark.slow
@EACH_MASK
@pytest.mark.parametrize("n", [1, 2, 5, 13])
def test_dilation_and_erosion_are_dual_away_from_the_border(n: int, mask: Masks) -> None:
    for shape in SHAPES:
        plane, inside = np.pad(mask, n + 1), (slice(n + 1, -n - 1),) * mask.ndim
        found = evaluate(f'~dilate(~m, {n}, "{shape}")', m=plane)[inside]
        np.testing.assert_array_equal(found, evaluate(f'erode(m, {n}, "{shape}")', m=mask))


# --- grey images -----------------------------------------------------------------------------------------------------


def grey(dtype: str, shape: tuple[int, ...]) -> NDArray[np.generic]:
    """Values from end to end of a type; neighbours among 64-bit integers that floats do not tell apart."""
    rng = np.random.default_rng(5)
    if dtype in FLOATS:
        return (rng.normal(size=shape) * 100).astype(dtype)
    info = np.iinfo(dtype)
    values = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
    near_the_top = rng.integers(info.max - 3, info.max, shape, dtype, endpoint=True)
    return np.where(rng.random(shape) < 0.5, values, near_the_top)


def extreme(im: NDArray[np.generic], offsets: list[Offset], choose: np.ufunc, sign: int) -> NDArray[np.generic]:
    """The extreme of the pixels at the offsets that lie in the image: of copies moved in a frame that never wins."""
    limits = np.finfo(im.dtype) if im.dtype.kind == "f" else np.iinfo(im.dtype)
    room = max(abs(d) for offset in offsets for d in offset)
    plane = np.pad(im, room, constant_values=limits.min if choose is np.maximum else limits.max)
    inside = (slice(room, room + size) for size in im.shape)
    moved = [np.roll(plane, tuple(-sign * d for d in offset), tuple(range(im.ndim))) for offset in offsets]
    return choose.reduce(moved)[tuple(inside)]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
@each("size", [(9, 11), (1, 7), (7, 1), (1, 1), (10,), (3, 4, 5)])
@pytest.mark.parametrize("shape", SHAPES)
def test_grey_morphology_ignores_the_outside(dtype: str, size: tuple[int, ...], shape: str) -> None:
    im = grey(dtype, size)
    for n in (1, 2):
        offsets = element(shape, n, [Fraction(1)] * im.ndim)
        largest = evaluate(f'dilate(im, {n}, "{shape}")', im=im)
        assert largest.dtype == im.dtype
        np.testing.assert_array_equal(largest, extreme(im, offsets, np.maximum, 1))
        smallest = evaluate(f'erode(im, {n}, "{shape}")', im=im)
        assert smallest.dtype == im.dtype
        np.testing.assert_array_equal(smallest, extreme(im, offsets, np.minimum, 1))
        opened = evaluate(f'open(im, {n}, "{shape}")', im=im)
        np.testing.assert_array_equal(opened, extreme(smallest, offsets, np.maximum, 1))
        closed = evaluate(f'close(im, {n}, "{shape}")', im=im)
        np.testing.assert_array_equal(closed, extreme(largest, offsets, np.minimum, 1))


# SciPy compares as float64 and knows no float16; these types it holds exactly.
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"])
@each("pattern", ["010/111/010", "110/010/000", "11/10", "0001/0000/1000", "1/0/0/1"])
def test_grey_patterns_are_scipys_footprints(dtype: str, pattern: str) -> None:
    im, footprint = grey(dtype, (9, 11)), as_array(pattern)
    lowest, highest = (-np.inf, np.inf) if im.dtype.kind == "f" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    expected = scipy.ndimage.grey_dilation(im, footprint=footprint, mode="constant", cval=lowest)
    np.testing.assert_array_equal(evaluate(f'dilate(im, 1, "{pattern}")', im=im), expected)
    expected = scipy.ndimage.grey_erosion(im, footprint=footprint, mode="constant", cval=highest)
    np.testing.assert_array_equal(evaluate(f'erode(im, 1, "{pattern}")', im=im), expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [12, 10**6])
def test_grey_reaches_beyond_the_image(shape: str, n: int) -> None:
    im = grey("int16", (7, 9))
    assert (evaluate(f'dilate(im, {n}, "{shape}")', im=im) == im.max()).all() or n == 12
    offsets = element(shape, min(n, 17), [Fraction(1)] * 2)
    dilated, eroded = (evaluate(f'{name}(im, {n}, "{shape}")', im=im) for name in ("dilate", "erode"))
    np.testing.assert_array_equal(dilated, extreme(im, offsets, np.maximum, 1))
    np.testing.assert_array_equal(eroded, extreme(im, offsets, np.minimum, 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_grey_lengths_are_measured_exactly(shape: str) -> None:
    im, steps = grey("uint8", (8, 9)), [Fraction("0.3"), Fraction("0.4")]
    found = evaluate(f'dilate(im, 1mm, "{shape}")', im=Image(im, spacing=[0.3, 0.4]))
    np.testing.assert_array_equal(found, extreme(im, element(shape, "1", steps), np.maximum, 1))


@pytest.mark.parametrize("dtype", FLOATS)
def test_nan_spreads_and_infinity_counts(dtype: str) -> None:
    im = np.zeros((5, 6), dtype)
    im[1, 1], im[3, 4], im[4, 0] = np.nan, np.inf, -np.inf
    missing = scipy.ndimage.binary_dilation(np.isnan(im))
    largest, smallest = evaluate("dilate(im)", im=im), evaluate("erode(im)", im=im)
    np.testing.assert_array_equal(np.isnan(largest), missing)
    np.testing.assert_array_equal(np.isnan(smallest), missing)
    np.testing.assert_array_equal(largest == np.inf, scipy.ndimage.binary_dilation(im == np.inf))
    np.testing.assert_array_equal(smallest == -np.inf, scipy.ndimage.binary_dilation(im == -np.inf))


def test_masks_and_grey_images_of_zero_and_one_agree_inside() -> None:
    mask = noise((20, 25), 0.5)
    for pattern in ("diamond", "disk", "110/010/000", "11/10"):
        for operation in ("dilate", "erode"):
            found = evaluate(f'{operation}(im, 2, "{pattern}") > 0', im=mask.astype(np.uint8))
            expected = evaluate(f'{operation}(m, 2, "{pattern}")', m=mask)
            np.testing.assert_array_equal(found[4:-4, 4:-4], expected[4:-4, 4:-4])
