import math
from fractions import Fraction

import cv2
import numpy as np
import pytest
import skimage.draw
import skimage.morphology
from helpers.each import each

from maskexpr import Image, ProgramError, compile, evaluate

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


@each("shape", GRIDS)
@each("corners", [(0, 0, 3, 4), (1, 2, 5, 700), (0.5, 1.5, 3.5, 2), (-9, -2, 2, 2), (3, 3, 3, 9)])
def test_rectangle_holds_its_first_corner_and_not_its_last(shape, corners):
    y0, x0, y1, x1 = corners
    result = on_grid(f"rectangle({y0}, {x0}, {y1}, {x1})", shape)
    np.testing.assert_array_equal(result, inside(shape, lambda y, x: y0 <= y < y1 and x0 <= x < x1))


def test_rectangle_is_a_slice():
    expected = np.zeros((8, 9), bool)
    expected[2:5, 1:7] = True
    np.testing.assert_array_equal(on_grid("rectangle(2, 1, 5, 7)", (8, 9)), expected)


@pytest.mark.slow
@each("shape", GRIDS)
@each("centre", [("3", "4"), ("0", "0"), ("2.5", "3.5"), ("-2", "4"), ("0.1", "70")])
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


# --- ellipses --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@each("shape", GRIDS)
@each("centre", [("3", "4"), ("2.5", "3.5"), ("-2", "4.2"), ("0.1", "70")])
@pytest.mark.parametrize("radii", [("2", "3"), ("0.3", "5"), ("2.5", "1.25"), ("50", "1"), ("7", "90")])
def test_ellipse_holds_what_its_equation_says(shape, centre, radii):
    cy, cx, ry, rx = (Fraction(text) for text in (*centre, *radii))
    result = on_grid(f"ellipse({centre[0]}, {centre[1]}, {radii[0]}, {radii[1]})", shape)
    expected = inside(shape, lambda y, x: ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 <= 1)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("radius", ["0", "1", "2.5", "5", "0.3"])
def test_an_ellipse_of_equal_radii_is_a_circle(radius):
    for y, x in [(3, 4), (2.5, -1), (0.1, 8.3)]:
        circle = on_grid(f"circle({y}, {x}, {radius})", (9, 12))
        np.testing.assert_array_equal(on_grid(f"ellipse({y}, {x}, {radius}, {radius})", (9, 12)), circle)


@pytest.mark.parametrize("centre", [(9.5, 12.5), (10, 14), (3.2, 29.7), (-2.4, 9.1)])
@pytest.mark.parametrize("radii", [(3.3, 7.7), (11.1, 2.3), (0.7, 0.9), (40.3, 9.9)])
def test_ellipse_is_scikit_images_where_no_pixel_is_on_the_edge(centre, radii):
    expected = np.zeros((20, 30), bool)
    expected[skimage.draw.ellipse(*centre, *radii, shape=(20, 30))] = True
    result = on_grid(f"ellipse({centre[0]}, {centre[1]}, {radii[0]}, {radii[1]})", (20, 30))
    np.testing.assert_array_equal(result, expected)


def test_an_ellipse_holds_its_edge_and_scikit_images_does_not():
    result = on_grid("ellipse(4, 6, 3, 5)", (9, 13))
    other = np.zeros((9, 13), bool)
    other[skimage.draw.ellipse(4, 6, 3, 5)] = True
    assert {tuple(place) for place in np.argwhere(result != other)} == {(1, 6), (7, 6), (4, 1), (4, 11)}
    assert (result >= other).all()


@pytest.mark.parametrize(
    ("call", "pixels"),
    [
        ("ellipse(2, 3, 0, 1.5)", [(2, 2), (2, 3), (2, 4)]),
        ("ellipse(2, 3, 1, 0)", [(1, 3), (2, 3), (3, 3)]),
        ("ellipse(2, 3, 0, 0)", [(2, 3)]),
        ("ellipse(2.5, 3, 0, 9)", []),
        ("ellipse(2, 3.1, 9, 0)", []),
        ("ellipse(2, 2.5, 0, 0.5)", [(2, 2), (2, 3)]),
        ("ellipse(-1, 3, 0, 9)", []),
    ],
)
def test_an_ellipse_without_width_is_a_line_or_a_point(call, pixels):
    expected = np.zeros((5, 7), bool)
    expected[tuple(np.array(pixels, int).reshape(-1, 2).T)] = True
    np.testing.assert_array_equal(on_grid(call, (5, 7)), expected)


@pytest.mark.parametrize("shape", [(20, 30), (2, 20, 30)])
def test_radii_of_an_ellipse_may_be_lengths_or_pixels(shape):
    spacing = [Fraction(3), Fraction(1, 2), Fraction(3, 10)][-len(shape) :]
    image = Image(np.zeros(shape, np.int32), spacing=spacing, kind="image")
    for call, ry, rx in [("2mm, 3mm", 4, 10), ("2, 3mm", 2, 10), ("2000um, 3px", 4, 3), ("0.2mm, 0.1mm", 0.4, None)]:
        result = evaluate(f"ellipse(9, 12.1, {call}) & (im == 0)", im=image)
        ry, rx = Fraction(str(ry)), Fraction(1, 3) if rx is None else rx
        x0 = Fraction("12.1")
        expected = inside(shape, lambda y, x, ry=ry, rx=rx, x0=x0: ((y - 9) / ry) ** 2 + ((x - x0) / rx) ** 2 <= 1)
        np.testing.assert_array_equal(result, expected)


def test_an_ellipse_takes_places_that_depend_on_pixels_and_huge_numbers():
    im = np.zeros((6, 6), np.uint8)
    im[2:4, 1:4] = 3
    result = evaluate("ellipse(max(im), mean(im[im > 0]) - 1, 1, 2)", im=im)
    np.testing.assert_array_equal(result, inside((6, 6), lambda y, x: 4 * (y - 3) ** 2 + (x - 2) ** 2 <= 4))
    assert not on_grid("ellipse(1e30 ** 9, 1, 2, 3)", (4, 4)).any()
    assert not on_grid("ellipse(1, exp(1000), 2, 3)", (4, 4)).any()
    np.testing.assert_array_equal(on_grid("ellipse(1, 0, 1e-30 ** 9, 1)", (3, 3)), on_grid("y == 1 and x < 2", (3, 3)))
    assert on_grid("ellipse(0, 1000000000, 1e9, 1000000000)", (1, 3)).all()


# --- spheres ---------------------------------------------------------------------------------------------------------


def within(shape, centre, radii):
    """The ellipsoid of Fractions, voxel by voxel."""
    terms = [((Fraction(i) - c) / r) ** 2 for n, c, r in zip(shape, centre, radii, strict=True) for i in range(n)]
    z, y, x = np.split(np.array(terms), np.cumsum(shape)[:-1])
    return z[:, None, None] + y[:, None] + x <= 1


@each("shape", [(7, 8, 9), (1, 1, 1), (9, 1, 5), (1, 12, 3)])
@each("centre", [("3", "4", "4"), ("2.5", "0.1", "8"), ("-1", "4", "30"), ("0", "0", "0")])
@pytest.mark.parametrize("radius", ["1", "2.5", "3", "0.3", "40"])
def test_sphere_holds_what_is_at_most_its_radius_away(shape, centre, radius):
    result = on_grid(f"sphere({', '.join(centre)}, {radius})", shape)
    expected = within(shape, [Fraction(c) for c in centre], [Fraction(radius)] * 3)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("radius", [0, 1, 2, 5, 9])
def test_sphere_is_scikit_images_ball(radius):
    size = 2 * radius + 1
    result = on_grid(f"sphere({radius}, {radius}, {radius}, {radius})", (size,) * 3)
    np.testing.assert_array_equal(result, skimage.morphology.ball(radius))


def test_sphere_is_exact_where_floats_are_not():
    for z, y, x, r in [("0.2", "0.3", "0.6", "0.7"), ("0.1", "0", "0", "0.1"), ("0.3", "0.4", "1.2", "1.3")]:
        assert on_grid(f"sphere({z}, {y}, {x}, {r})", (1, 1, 1)).all()
        assert not on_grid(f"sphere({z}, {y}, {x}, {r} - 1e-15)", (1, 1, 1)).any()


def test_sphere_of_a_length_is_an_ellipsoid_in_voxels():
    spacing = [Fraction(3, 2), Fraction(1, 2), Fraction(3, 10)]
    image = Image(np.zeros((9, 20, 30), np.int32), spacing=spacing, kind="image")
    result = evaluate("sphere(4, 9.5, 12.1, 3mm) & (im == 0)", im=image)
    expected = within((9, 20, 30), [Fraction(4), Fraction(19, 2), Fraction(121, 10)], [2, 6, 10])
    np.testing.assert_array_equal(result, expected)


def test_a_middle_slice_of_a_sphere_is_a_circle():
    sphere = on_grid("sphere(4, 5, 6.5, 3.7)", (9, 11, 13))
    np.testing.assert_array_equal(sphere[4], on_grid("circle(5, 6.5, 3.7)", (11, 13)))


def test_spheres_go_through_all_volumes():
    four = on_grid("sphere(2, 3, 4, 2)", (3, 5, 6, 7))
    np.testing.assert_array_equal(four, np.broadcast_to(on_grid("sphere(2, 3, 4, 2)", (5, 6, 7)), four.shape))


def test_sphere_takes_places_that_depend_on_pixels():
    im = np.zeros((3, 4, 5), np.uint8)
    im[1, 2, 3] = 2
    result = evaluate("sphere(max(im) / 2, max(im), sum(im) + 1, 1)", im=im)
    np.testing.assert_array_equal(result, within(im.shape, [Fraction(n) for n in (1, 2, 3)], [Fraction(1)] * 3))
    assert not on_grid("sphere(0, 0, log(-1), 9)", (2, 2, 2)).any()


@pytest.mark.parametrize(("shape", "message"), [((4, 5), "needs 3 axes, the image has 2 axes"), ((4,), "1 axis")])
def test_a_sphere_needs_a_volume(shape, message):
    program = compile("sphere(1, 1, 1, 2) & (im == 0)")
    with pytest.raises(ProgramError, match=message) as caught:
        program.bind(im=np.zeros(shape, np.uint8))
    assert "circle(y, x, radius)" in str(caught.value)


@pytest.mark.parametrize("call", ["sphere(1, 1, 1, {})", "ellipse(1, 1, {}, 2)", "ellipse(1, 1, 2, {})"])
@pytest.mark.parametrize(
    ("radius", "message"),
    [("-2", "is -2"), ("2mm", "size of a pixel"), ("2mm2", "radius|r[xy]"), ("max(im)", "known before the run")],
)
def test_spheres_and_ellipses_refuse_a_radius_that_is_none(call, radius, message):
    with pytest.raises(ProgramError, match=message):
        evaluate(f"{call.format(radius)} & (im == im)", im=np.zeros((3, 4, 5), np.uint8))


# --- polygons --------------------------------------------------------------------------------------------------------


def polygon(ys, xs, shape):
    return on_grid(f"polygon({ys}, {xs})", shape)


def by_definition(ys, xs, shape):
    """Each pixel asked by itself: is it on an edge, or does a ray to its right cross an odd number of them?"""
    corners = [(Fraction(str(y)), Fraction(str(x))) for y, x in zip(ys, xs, strict=True)]
    edges = [*zip(corners, corners[1:] + corners[:1], strict=True)]

    def test(y, x):
        crossed = 0
        for (y0, x0), (y1, x1) in edges:
            side = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
            if side == 0 and min(y0, y1) <= y <= max(y0, y1) and min(x0, x1) <= x <= max(x0, x1):
                return True
            crossed += (y0 > y) != (y1 > y) and (side > 0) == (y1 > y0)
        return crossed % 2

    return inside(shape, test)


CORNERS = {
    "whole numbers": lambda rng, n: rng.integers(-3, 14, n),
    "few places": lambda rng, n: rng.integers(1, 4, n) * 2,
    "halves": lambda rng, n: rng.integers(-6, 28, n) / 2,
    "tenths": lambda rng, n: rng.integers(-30, 140, n) / 10,
    "floats": lambda rng, n: rng.random(n) * 14 - 1,
    "far away": lambda rng, n: rng.normal(0, 1, n) * 10.0 ** rng.integers(0, 25, n),
}


@pytest.mark.slow
@pytest.mark.parametrize("made", CORNERS.values(), ids=CORNERS)
@pytest.mark.parametrize("shape", [(9, 11), (1, 1), (1, 12), (12, 1)])
def test_polygon_holds_what_its_definition_says(made, shape, rng):
    """Triangles, crossing ones, ones that go back on themselves: whatever comes."""
    for count in (3, 3, 4, 5, 8, 13):
        ys, xs = made(rng, count).tolist(), made(rng, count).tolist()
        np.testing.assert_array_equal(polygon(ys, xs, shape), by_definition(ys, xs, shape), f"{ys}, {xs}")


def star(rng, count, made):
    """A polygon around (20, 20) that neither crosses nor touches itself, of whole numbers if `made` is np.rint."""
    angles = np.sort(rng.random(count)) * 2 * np.pi
    radii = rng.uniform(5, 25, count)
    ys, xs = made(20 + radii * np.sin(angles)), made(20 + radii * np.cos(angles))
    turns = np.diff(np.unwrap(np.arctan2(ys - 20, xs - 20)), append=np.nan)[:-1]
    return (ys.tolist(), xs.tolist()) if (turns > 1e-9).all() else star(rng, count, made)


@pytest.mark.parametrize("count", [5, 8, 15])
@pytest.mark.parametrize("made", [np.rint, np.asarray], ids=["whole numbers", "floats"])
def test_polygon_is_scikit_images_where_edges_do_not_meet(count, made, rng):
    for _ in range(10):
        ys, xs = star(rng, count, made)
        expected = skimage.draw.polygon2mask((38, 43), np.stack([ys, xs], axis=1))
        np.testing.assert_array_equal(polygon(ys, xs, (38, 43)), expected, f"{ys}, {xs}")


def test_polygon_is_opencvs_test_of_points(rng):
    for count in (3, 5, 9):
        ys, xs = rng.integers(-2, 16, count).tolist(), rng.integers(-2, 16, count).tolist()
        contour = np.stack([xs, ys], axis=1).astype(np.int32)
        expected = inside((14, 15), lambda y, x, c=contour: cv2.pointPolygonTest(c, (x, y), False) >= 0)
        np.testing.assert_array_equal(polygon(ys, xs, (14, 15)), expected, f"{ys}, {xs}")


def test_a_pixel_where_edges_cross_is_in_the_polygon_and_scikit_image_leaves_it_out():
    ys, xs = [0, 0, 4, 4], [0, 4, 0, 4]
    result, other = polygon(ys, xs, (5, 5)), skimage.draw.polygon2mask((5, 5), np.stack([ys, xs], axis=1))
    assert np.argwhere(result != other).tolist() == [[2, 2]]
    assert result[2, 2]


def test_a_pixel_on_a_slanting_edge_is_in_the_polygon_and_scikit_image_rounds_it_out():
    ys, xs = [-1.7, 2.8, 15.5], [9.4, 5.4, 6.2]
    result, other = polygon(ys, xs, (14, 14)), skimage.draw.polygon2mask((14, 14), np.stack([ys, xs], axis=1))
    assert np.argwhere(result != other).tolist() == [[1, 7]]
    assert Fraction("2.7") * 40 == (Fraction("9.4") - 7) * 45  # (1, 7) is on the first edge
    assert result[1, 7]


def test_crossing_parts_follow_the_even_odd_rule():
    """A pentagram: its middle is covered twice."""
    angles = np.arange(5) * 2 * (2 * np.pi / 5)
    ys, xs = (20 - 18 * np.cos(angles)).round(3).tolist(), (20 + 18 * np.sin(angles)).round(3).tolist()
    result = polygon(ys, xs, (41, 41))
    assert not result[20, 20]
    assert result[6, 20]
    np.testing.assert_array_equal(result, by_definition(ys, xs, (41, 41)))


def test_a_polygon_is_the_same_from_any_corner_and_in_either_direction(rng):
    ys, xs = (rng.integers(0, 120, 7) / 10).tolist(), (rng.integers(0, 120, 7) / 10).tolist()
    first = polygon(ys, xs, (12, 13))
    for turn in range(7):
        np.testing.assert_array_equal(polygon(ys[turn:] + ys[:turn], xs[turn:] + xs[:turn], (12, 13)), first)
    np.testing.assert_array_equal(polygon(ys[::-1], xs[::-1], (12, 13)), first)
    np.testing.assert_array_equal(polygon([*ys, ys[0]], [*xs, xs[0]], (12, 13)), first)  # closed by hand


def test_polygons_without_an_inside_are_their_edges():
    np.testing.assert_array_equal(polygon([1, 5, 3], [2, 6, 4], (7, 8)), on_grid("x == y + 1 and 0 < y < 6", (7, 8)))
    np.testing.assert_array_equal(polygon([2, 2, 2], [1, 6, 3], (4, 8)), on_grid("y == 2 and 1 <= x <= 6", (4, 8)))
    np.testing.assert_array_equal(polygon([2, 2, 2], [3, 3, 3], (4, 8)), on_grid("y == 2 and x == 3", (4, 8)))
    assert not polygon([2.5, 2.5, 2.5], [1, 6, 3], (4, 8)).any()


def test_polygon_is_exact_where_floats_are_not():
    """(1, 1) is on the edge from (0, 0.1) to (3, 2.8), which passes it on the left in floats."""
    assert 0.1 + (2.8 - 0.1) / 3 < 1
    assert polygon([0, 3, 0], [0.1, 2.8, 0], (4, 5))[1, 1]
    assert not polygon([0, 3, 0], [0.1, 2.8 - 1e-14, 0], (4, 5))[1, 1]


@pytest.mark.parametrize("shape", [(3, 9, 11), (2, 2, 9, 11)])
def test_polygons_go_through_all_slices(shape):
    ys, xs = [1, 8, 2.5], [2, 5, 10.25]
    plane = polygon(ys, xs, shape[-2:])
    np.testing.assert_array_equal(polygon(ys, xs, shape), np.broadcast_to(plane, shape))


def test_polygon_takes_params_and_arithmetic_on_them():
    program = "param n = 3 in 1..9; polygon([0, n, n], [0, 0, 2 * n]) & (im == im)"
    np.testing.assert_array_equal(compile(program)(im=np.zeros((9, 12)), n=4), polygon([0, 4, 4], [0, 0, 8], (9, 12)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("polygon([1, 2], [1, 2, 3])", "ys has 2 numbers, a polygon has 3 corners or more"),
        ("polygon([1, 2, 3], [])", "xs has 0 numbers"),
        ("polygon([1, 2, 3], [1])", "xs has 1 number,"),
        ("polygon([1, 2, 3], [1, 2, 3, 4])", "ys has 3 numbers and xs has 4"),
        ('polygon([1, 2, 3], ["a", "b", "c"])', "xs is a list of numbers, one for each corner"),
        ("polygon([1, 2, 3], [1, 2, 1e30 ** 20])", "xs holds inf"),
        ("polygon([1, 2, 3], [1, 2, 3mm])", "size of a pixel"),
        ("polygon([1, 2, 3], [1, 2, 3mm2])", "a list holds"),
        ("polygon([1, 2, 3], [1, 2, max(im)])", "known before the run"),
        ("polygon(1, [1, 2, 3])", "ys"),
        ("polygon([1, 2, 3])", "polygon needs xs"),
    ],
)
def test_polygon_refuses_lists_that_are_no_corners(call, message):
    with pytest.raises(ProgramError, match=message):
        compile(f"{call} & (im == im)").bind(im=np.zeros((4, 4)))


@pytest.mark.parametrize("call", ["ellipse(1, 1, 1, 1)", "sphere(1, 1, 1, 1)", "polygon([1, 2, 3], [1, 2, 4])"])
def test_shapes_need_one_grid(call):
    with pytest.raises(ProgramError, match="needs an image"):
        evaluate(f"area({call})")
    with pytest.raises(ProgramError, match="needs one shape"):
        evaluate(f"area({call}) + max(a) + max(b)", a=np.zeros((3, 4)), b=np.zeros((4, 3)))


@pytest.mark.parametrize("call", ["ellipse(1, 1, 1, 1)", "polygon([1, 2, 3], [1, 2, 4])"])
def test_flat_shapes_need_two_axes(call):
    with pytest.raises(ProgramError, match="there is no axis y"):
        evaluate(f"{call} & (im == 0)", im=np.zeros(4))
