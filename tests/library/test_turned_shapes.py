"""Lines, and rectangles and ellipses that are turned, against scikit-image and their definitions in fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
import skimage.draw
from helpers.each import each

import maskexpr
from maskexpr import Image, ProgramError, evaluate


def drawn(text, shape=(40, 50), **image):
    return evaluate(f"{text} & (grid == grid)", grid=Image(np.zeros(shape, np.int32), kind="image", **image))


# --- lines -----------------------------------------------------------------------------------------------------------


def test_thin_lines_are_scikit_images(rng):
    for _ in range(60):
        ends = rng.integers(0, 40, 4).tolist()
        expected = np.zeros((40, 50), bool)
        expected[skimage.draw.line(*ends)] = True
        np.testing.assert_array_equal(drawn(f"line({', '.join(map(str, ends))})"), expected)


def test_what_leaves_the_image_is_cut(rng):
    for _ in range(30):
        ends = rng.integers(-30, 80, 4).tolist()
        expected = np.zeros((200, 200), bool)
        expected[skimage.draw.line(*(end + 60 for end in ends))] = True
        found = drawn(f"line({', '.join(map(str, ends))}) | empty()")
        np.testing.assert_array_equal(found, expected[60:100, 60:110])
    assert drawn("line(-1e18, -1e18, 1e18, 1e18)").sum() == 40


def within(shape, start, stop, most, steps=(1, 1)):
    """In fractions, from the definition: the nearest point of the line."""
    result = np.zeros(shape, bool)
    (y0, x0), (y1, x1) = ([Fraction(str(c)) * s for c, s in zip(p, steps, strict=True)] for p in (start, stop))
    dy, dx = y1 - y0, x1 - x0
    for row, column in np.ndindex(shape):
        y, x = row * steps[0], column * steps[1]
        along = ((y - y0) * dy + (x - x0) * dx) / (dy * dy + dx * dx) if (dy, dx) != (0, 0) else Fraction(0)
        along = min(max(along, Fraction(0)), Fraction(1))
        result[row, column] = (y - y0 - along * dy) ** 2 + (x - x0 - along * dx) ** 2 <= (Fraction(str(most)) / 2) ** 2
    return result


@each("width", ["0", "1", "2", "3.5", "9"])
def test_thick_lines_hold_what_is_near_enough(rng, width):
    for _ in range(6):
        ends = np.round(rng.uniform(-5, 25, 4), 1).tolist()
        if rng.random() < 0.3:
            ends[2] = ends[0]
        found = drawn(f"line({', '.join(map(str, ends))}, width={width}) | empty()", (18, 21))
        np.testing.assert_array_equal(found, within((18, 21), ends[:2], ends[2:], width))
    np.testing.assert_array_equal(drawn("line(7, 9, 7, 9, width=4)"), drawn("circle(7, 9, 2)"))


def test_a_width_may_be_a_length():
    spacing = [Fraction(1, 2), Fraction(3, 10)]
    found = drawn("line(2, 3, 14, 17.5, width=1.2mm)", (18, 21), spacing=spacing)
    np.testing.assert_array_equal(found, within((18, 21), (2, 3), (14, 17.5), "1.2", spacing))
    assert drawn("line(0, 0, 3, 3)", (2, 4, 4))[1].trace() == 4  # through all slices


# --- turned ----------------------------------------------------------------------------------------------------------


def test_an_ellipse_is_turned_counter_clockwise():
    """Up to the right: less y, more x."""
    found = drawn("ellipse(20, 25, 3, 15, 30)")
    tip = (round(20 - 14 * math.sin(math.pi / 6)), round(25 + 14 * math.cos(math.pi / 6)))
    assert found[tip]
    assert not found[40 - tip[0], tip[1]]
    box = drawn("rectangle(18, 11, 23, 40, 30)")
    assert box[tip]
    assert not box[40 - tip[0], tip[1]]


@each("angle", [10, 30, 45, -77.5, 123, 200, 271, 720.5])
def test_turned_ellipses_are_scikit_images_but_for_the_edge(angle):
    found = drawn(f"ellipse(20.2, 24.7, 6.3, 13.1, {angle})")
    expected = np.zeros((40, 50), bool)
    expected[skimage.draw.ellipse(20.2, 24.7, 6.3, 13.1, shape=expected.shape, rotation=math.radians(angle))] = True
    np.testing.assert_array_equal(found, expected)


@each("angle", [10, 30, 45, -77.5, 123, 200, 271])
def test_turned_rectangles_are_polygons(angle):
    y, x, h, w = 19.75, 24.25, 11, 23
    turn = math.radians(angle)
    corners = [(v * math.cos(turn) - u * math.sin(turn), v * math.sin(turn) + u * math.cos(turn))
               for v, u in ((-h / 2, -w / 2), (-h / 2, w / 2), (h / 2, w / 2), (h / 2, -w / 2))]  # fmt: skip
    ys, xs = ([f"{middle + c[i]:.12f}" for c in corners] for i, middle in ((0, y), (1, x)))
    expected = drawn(f"polygon([{', '.join(ys)}], [{', '.join(xs)}])")
    found = drawn(f"rectangle({y - h / 2 + 0.5}, {x - w / 2 + 0.5}, {y + h / 2 + 0.5}, {x + w / 2 + 0.5}, {angle})")
    np.testing.assert_array_equal(found, expected)


def test_quarter_turns_are_exact():
    for angle in (0, 180, -180, 360):
        np.testing.assert_array_equal(drawn(f"ellipse(20, 25, 5, 9, {angle})"), drawn("ellipse(20, 25, 5, 9)"))
        np.testing.assert_array_equal(drawn(f"rectangle(10, 12, 17, 30, {angle})"), drawn("rectangle(10, 12, 17, 30)"))
    for angle in (90, 270, -90):
        np.testing.assert_array_equal(drawn(f"ellipse(20, 25, 5, 9, {angle})"), drawn("ellipse(20, 25, 9, 5)"))
        np.testing.assert_array_equal(drawn(f"rectangle(10, 12, 17, 31, {angle})"), drawn("rectangle(4, 18, 23, 25)"))
    np.testing.assert_array_equal(
        drawn("ellipse(20, 25, 0, 9, 45)"), drawn("line(20, 25, 14, 31) | line(20, 25, 26, 19)")
    )


def test_lengths_are_turned_in_lengths():
    """A circle of lengths is the same at any angle."""
    for angle in (17, 90):
        found = drawn(f"ellipse(20, 25, 4mm, 4mm, {angle})", spacing=[0.5, 0.3])
        np.testing.assert_array_equal(found, drawn("circle(20, 25, 4mm)", spacing=[0.5, 0.3]))


def test_angles_may_depend_on_pixels_and_be_none():
    im = np.full((9, 9), 45, np.uint8)
    found = evaluate("ellipse(4, 4, 1, 4, mean(im)) & (im > 0)", im=im)
    assert found[2, 6]
    assert not evaluate("any(ellipse(4, 4, 1, 4, sqrt(-1)) & (im > 0))", im=im)
    assert not evaluate("any(rectangle(1, 1, 5, 5, sqrt(-1)) & (im > 0))", im=im)
    with pytest.raises(ProgramError, match="at least 0"):
        evaluate("line(0, 0, 4, 4, width=-1) & (im > 0)", im=im)
    assert maskexpr.compile("line(-5, -9, -2, -3) & (im > 0)").bind(im=im).warnings
