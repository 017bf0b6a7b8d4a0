import math
from fractions import Fraction

import numpy as np
import pytest

from maskexpr import Image, ProgramError, evaluate

GRIDS = [(1, 1), (1, 9), (9, 1), (7, 10), (20, 65), (3, 6, 8), (2, 1, 5)]


def on_grid(expression, shape):
    """Evaluate what takes its grid from an image."""
    return evaluate(f"{expression} & (grid == grid)", grid=Image(np.zeros(shape, np.int32), kind="image"))


def inside(shape, test):
    """Ask a question of each pixel (y, x) of the planes of a grid."""
    plane = [[bool(test(y, x)) for x in range(shape[-1])] for y in range(shape[-2])]
    return np.broadcast_to(np.array(plane), shape)


# --- coordinates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", GRIDS)
def test_coordinates_are_numpys_indices(shape):
    for name, expected in zip("xyz", np.indices(shape)[::-1], strict=False):
        values = evaluate(f"{name} + 0 * grid", grid=Image(np.zeros(shape, np.uint8), kind="image"))
        np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize(("width", "dtype"), [(1, "uint8"), (256, "uint8"), (257, "uint16"), (65537, "uint32")])
def test_coordinates_take_the_smallest_type(width, dtype):
    x, _ = evaluate("output a = x; output b = im", im=np.zeros((2, width), np.uint8)).values()
    assert x.dtype == dtype
    np.testing.assert_array_equal(x, np.indices((2, width))[1])
    x[0, 0] = 1  # an array of its own


def test_coordinates_do_not_wrap():
    result = evaluate("where(im == 0, x * x - 300, 0)", im=np.zeros((1, 256), np.uint8))
    np.testing.assert_array_equal(result, [np.arange(256) ** 2 - 300])


@pytest.mark.parametrize(("name", "shape"), [("z", (4, 4)), ("y", (4,)), ("rectangle(0, 0, 1, 1)", (4,))])
def test_axes_the_grid_does_not_have_are_an_error(name, shape):
    with pytest.raises(ProgramError, match="there is no axis"):
        evaluate(f"im > 0 and {name} == {name}", im=np.zeros(shape, np.uint8))


def test_coordinates_need_an_image():
    with pytest.raises(ProgramError, match="x needs an image"):
        evaluate("x + 1")


# --- all or nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5,), *GRIDS, (2, 1, 3, 2)])
def test_empty_and_full_are_masks_of_the_grid(shape):
    results = evaluate("output e = empty(); output f = full()", im=Image(np.zeros(shape, np.int32), kind="image"))
    np.testing.assert_array_equal(results["e"], np.zeros(shape, bool), strict=True)
    np.testing.assert_array_equal(results["f"], np.ones(shape, bool), strict=True)


@pytest.mark.parametrize("name", ["empty", "full"])
def test_empty_and_full_need_an_image(name):
    with pytest.raises(ProgramError, match=f"{name} needs an image"):
        evaluate(f"area({name}())")


@pytest.mark.parametrize("name", ["empty", "full"])
def test_empty_and_full_are_calls_and_leave_their_names_to_inputs(name):
    m = np.array([[True, False]])
    np.testing.assert_array_equal(evaluate(f"~{name}", **{name: m}), ~m)
    with pytest.raises(ProgramError, match=rf"{name}\(\)"):
        evaluate(f"{name}(m)", m=m)


# --- drawn shapes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", GRIDS)
@pytest.mark.parametrize("corners", [(0, 0, 3, 4), (1, 2, 5, 700), (0.5, 1.5, 3.5, 2), (-9, -2, 2, 2), (3, 3, 3, 9)])
def test_rectangle_holds_its_first_corner_and_not_its_last(shape, corners):
    y0, x0, y1, x1 = corners
    result = on_grid(f"rectangle({y0}, {x0}, {y1}, {x1})", shape)
    np.testing.assert_array_equal(result, inside(shape, lambda y, x: y0 <= y < y1 and x0 <= x < x1))


def test_rectangle_is_a_slice():
    expected = np.zeros((8, 9), bool)
    expected[2:5, 1:7] = True
    np.testing.assert_array_equal(on_grid("rectangle(2, 1, 5, 7)", (8, 9)), expected)


@pytest.mark.parametrize("shape", GRIDS)
@pytest.mark.parametrize("centre", [("3", "4"), ("0", "0"), ("2.5", "3.5"), ("-2", "4"), ("0.1", "70")])
@pytest.mark.parametrize("radius", ["0", "1", "2", "2.5", "0.3", "50"])
def test_circle_holds_what_is_at_most_its_radius_away(shape, centre, radius):
    cy, cx, r = (Fraction(text) for text in (*centre, radius))
    result = on_grid(f"circle({centre[0]}, {centre[1]}, {radius})", shape)
    np.testing.assert_array_equal(result, inside(shape, lambda y, x: (y - cy) ** 2 + (x - cx) ** 2 <= r**2))


def test_circle_is_exact_where_floats_are_not():
    """(0.3, 0.4) is exactly 0.5 away, which 0.3 ** 2 + 0.4 ** 2 <= 0.5 ** 2 only happens to say."""
    for y, x, r in [("0.3", "0.4", "0.5"), ("0.1", "0", "0.1"), ("0.5", "1.2", "1.3"), ("0.8", "1.5", "1.7")]:
        assert on_grid(f"circle({y}, {x}, {r})", (1, 1)).all()
        assert not on_grid(f"circle({y}, {x}, {r} - 1e-15)", (1, 1)).any()


@pytest.mark.parametrize("shape", [(20, 30), (2, 20, 30)])
def test_circle_of_a_length_follows_the_spacing(shape):
    spacing = [Fraction(3), Fraction(1, 2), Fraction(3, 10)][-len(shape) :]
    image = Image(np.zeros(shape, np.int32), spacing=spacing, kind="image")
    result = evaluate("circle(9, 12.5, 3mm) & (im == 0)", im=image)
    expected = inside(
        shape, lambda y, x: (Fraction(1, 2) * (y - 9)) ** 2 + (Fraction(3, 10) * (x - Fraction(25, 2))) ** 2 <= 9
    )
    np.testing.assert_array_equal(result, expected)


def test_circle_takes_places_that_depend_on_pixels():
    im = np.zeros((6, 6), np.uint8)
    im[2:4, 1:4] = 3
    result = evaluate("circle(max(im), mean(im[im > 0]) - 1, 1)", im=im)
    np.testing.assert_array_equal(result, inside((6, 6), lambda y, x: math.hypot(y - 3, x - 2) <= 1))


@pytest.mark.parametrize("place", ["exp(1000)", "-exp(1000)"])
def test_shapes_at_no_place_are_empty(place):
    assert not on_grid(f"circle({place}, 2, 3)", (5, 5)).any()
    assert not on_grid(f"rectangle({place}, 0, {place}, 9)", (5, 5)).any()


@pytest.mark.parametrize(
    ("call", "message"),
    [("circle(1, 1, -2)", "radius is -2"), ("circle(1, 1, 2mm)", "size of a pixel"), ("circle(1, 1, 2mm2)", "radius")],
)
def test_circle_refuses_a_radius_that_is_none(call, message):
    with pytest.raises(ProgramError, match=message):
        on_grid(call, (4, 4))
