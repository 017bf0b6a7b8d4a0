"""Values as pictures: what is seen of them, in every mode, shape and type."""

import io
import itertools

import numpy as np
import pytest
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from maskexpr.display.pictures import MODES, colours, middle, png, render
from maskexpr.display.pictures.scaling import enlarge, fit, largest, shrink

RANDOM = np.random.default_rng(0)
SIZES = st.integers(1, 40)


def grey(rgb):
    """The one channel of a picture without colour."""
    assert (rgb == rgb[:, :, :1]).all()
    return rgb[:, :, 0]


def where(rgb, colour):
    return (rgb == colour).all(axis=2)


# --- sizes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "room", "size"),
    [
        ((880, 380), (80, 72), (80, 35)),
        ((100, 100), (100, 100), (100, 100)),
        ((100, 100), (199, 500), (100, 100)),
        ((100, 100), (200, 500), (200, 200)),
        ((3, 3), (1000, 1000), (72, 72)),
        ((1, 5000), (40, 80), (1, 80)),
        ((5000, 1), (40, 80), (40, 1)),
    ],
)
def test_a_picture_fills_its_room_as_far_as_whole_factors_go(shape, room, size):
    assert fit(shape, room) == size


@given(SIZES, SIZES, SIZES, SIZES, st.booleans())
def test_a_picture_is_never_larger_than_its_room(rows, columns, high, wide, zoom):
    size = fit((rows, columns), (high, wide), zoom)
    assert min(size) >= 1
    assert size[0] <= high
    assert size[1] <= wide
    if not zoom:
        assert size[0] <= rows
        assert size[1] <= columns


def area_means(array, size):
    """By the definition: each pixel of the smaller picture covers a rectangle, parts of pixels count as parts."""
    for axis, count in enumerate(size):
        length = array.shape[axis]
        edges = np.linspace(0, length, count + 1)
        pixels = np.arange(length)
        covered = np.clip(np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0, None)
        array = np.moveaxis(np.tensordot(covered * count / length, array.astype(float), (1, axis)), 0, axis)
    return array


@given(SIZES, SIZES, st.data())
def test_smaller_pictures_are_means_over_areas(rows, columns, data):
    size = data.draw(st.tuples(st.integers(1, rows), st.integers(1, columns)))
    dtype = data.draw(st.sampled_from(["bool", "uint8", "int8", "uint16", "int32", "float32", "float64"]))
    channels = data.draw(st.sampled_from([(), (3,)]))
    array = np.random.default_rng(rows).integers(0, 2 if dtype == "bool" else 100, (rows, columns, *channels))
    array = array.astype(dtype)
    if data.draw(st.booleans()):
        array = np.asfortranarray(array)
    assert np.allclose(shrink(array, size), area_means(array, size), rtol=1e-5, atol=1e-4)


@given(SIZES, SIZES, st.data())
def test_no_label_is_lost_in_a_smaller_picture_of_it_alone(rows, columns, data):
    size = data.draw(st.tuples(st.integers(1, rows), st.integers(1, columns)))
    labels = np.zeros((rows, columns), np.int32)
    place = data.draw(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)))
    labels[place] = 7
    found = largest(labels, size)
    assert found.shape == size
    assert (found.max(), found.min()) in ((7, 0), (7, 7))
    assert found[place[0] * size[0] // rows, place[1] * size[1] // columns] == 7


def test_sums_of_many_pixels_do_not_overflow():
    for dtype in (np.uint8, np.uint16, np.int32):
        most = np.iinfo(dtype).max
        for size in ((1, 1), (7, 3)):
            assert np.allclose(shrink(np.full((3000, 700), most, dtype), size), most)


def test_a_larger_picture_repeats_each_pixel():
    assert enlarge(np.array([[1, 2]]), (2, 4)).tolist() == [[1, 1, 2, 2], [1, 1, 2, 2]]


# --- images ----------------------------------------------------------------------------------------------------------


def test_an_8_bit_image_that_spans_much_is_shown_as_it_is():
    im = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(grey(render(im, "image", zoom=False)), im)


def test_a_dark_8_bit_image_is_stretched():
    im = np.linspace(0, 60, 10000).astype(np.uint8).reshape(100, 100)
    tones = grey(render(im, "image", zoom=False))
    assert (tones.min(), tones.max()) == (0, 255)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int16", "int32", "uint64", "float16", "float32", "float64"])
def test_other_images_go_from_black_to_white_by_percentiles(dtype):
    im = np.repeat(np.arange(100, dtype=dtype).reshape(10, 10), 10, axis=1)
    im[0, 0] = np.iinfo(dtype).max if np.dtype(dtype).kind in "iu" else 60000  # one hot pixel
    tones = grey(render(im, "image", zoom=False))
    assert tones[0, 0] == tones[9, 99] == 255
    assert tones[0, 1] == 0
    assert int(tones[5, 0]) == pytest.approx(127, abs=3)


def test_a_window_may_be_given():
    im = np.array([[10, 20, 30, 40]], np.int16)
    assert grey(render(im, "image", window=(20, 30), zoom=False)).tolist() == [[0, 0, 255, 255]]


@pytest.mark.parametrize("value", [0, 7, 255])
def test_an_image_of_one_value_is_neither_black_nor_white(value):
    assert (grey(render(np.full((4, 4), value, np.uint8), "image")) == 128).all()


def test_an_image_of_two_values_is_black_and_white_however_rare_one_is():
    im = np.zeros((100, 100), np.uint8)
    im[3, 3] = 1
    tones = grey(render(im, "image", zoom=False))
    assert tones[3, 3] == 255
    assert np.count_nonzero(tones) == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_not_finite_has_a_colour_of_its_own(dtype):
    im = np.arange(64, dtype=dtype).reshape(8, 8)
    im[0, 0], im[0, 1], im[7, 7] = np.nan, np.inf, -np.inf
    found = where(render(im, "image", zoom=False), colours.NOT_FINITE)
    assert np.array_equal(found, ~np.isfinite(im))
    small = where(render(im, "image", room=(4, 4)), colours.NOT_FINITE)  # 2 of 4 pixels are there, then 1 of 4
    assert np.argwhere(small).tolist() == []
    im[1, 1] = np.nan
    assert np.argwhere(where(render(im, "image", room=(4, 4)), colours.NOT_FINITE)).tolist() == [[0, 0]]
    assert where(render(np.full((3, 3), np.nan, dtype), "image"), colours.NOT_FINITE).all()


def test_values_at_the_ends_of_their_type_neither_overflow_nor_warn():
    largest_float = np.finfo(np.float64).max
    im = np.array([[-largest_float, 0, largest_float]])
    assert grey(render(im, "image", zoom=False)).tolist() == [[0, 128, 255]]
    assert render(np.full((9, 9), largest_float), "image", room=(2, 2)).shape == (2, 2, 3)
    ends = np.array([[np.iinfo(np.int64).min, np.iinfo(np.int64).max]])
    assert grey(render(ends, "image", zoom=False)).tolist() == [[0, 255]]


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_a_colour_image_keeps_its_colours(dtype):
    im = np.zeros((10, 10, 4), dtype)
    top = 1 if dtype == "float32" else np.iinfo(dtype).max
    im[:5, :, 0] = im[5:, :, 2] = top
    rgb = render(im, "colour", zoom=False)
    assert where(rgb, (255, 0, 0))[:5].all()
    assert where(rgb, (0, 0, 255))[5:].all()


# --- masks and labels ------------------------------------------------------------------------------------------------

IM = RANDOM.integers(0, 256, (40, 30)).astype(np.uint8)
MASK = np.zeros((40, 30), bool)
MASK[5:20, 3:25] = True


def test_an_overlay_tints_the_mask_and_nothing_else():
    alone = render(IM, "image", zoom=False)
    over = render(MASK, "mask", IM, "image", "overlay", zoom=False)
    assert np.array_equal(over[~MASK], alone[~MASK])
    inside = over[MASK].astype(int)
    assert (inside[:, 0] > inside[:, 1]).all()
    assert (inside[:, 1] > inside[:, 2]).all()
    # the image stays readable: brighter pixels are brighter under the tint
    order = np.argsort(IM[MASK], kind="stable")
    assert (np.diff(inside[order], axis=0) >= 0).all()
    assert np.ptp(inside, axis=0).min() > 120


def test_the_tint_is_as_strong_as_the_mask_covers():
    mask = np.zeros((4, 8), bool)
    mask[:, :4] = True
    mask[0, 4:6] = True
    im = np.zeros((4, 8), np.uint8)
    im[0, 0] = 255
    strong, weak, none = (
        render(mask, "mask", im, "image", "overlay", (2, 4), window=(0, 255))[y, x] for y, x in ((1, 0), (0, 2), (0, 3))
    )
    assert strong[0] > weak[0] > none[0] == 0
    assert weak[0] == pytest.approx(strong[0] / 2, abs=1)


def test_an_outline_is_one_pixel_wide_and_inside():
    outline = where(render(MASK, "mask", IM, "image", "contour", zoom=False), colours.TINT)
    expected = MASK.copy()
    expected[6:19, 4:24] = False
    assert np.array_equal(outline, expected)
    alone = render(IM, "image", zoom=False)
    assert np.array_equal(render(MASK, "mask", IM, "image", "contour", zoom=False)[~expected], alone[~expected])


def test_an_outline_stays_one_pixel_wide_in_a_larger_picture():
    mask = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], bool)
    outline = where(render(mask, "mask", np.zeros((3, 3), np.uint8), "image", "contour", (30, 30)), colours.TINT)
    expected = np.zeros((30, 30), bool)
    expected[10:20, 10:20] = True
    expected[11:19, 11:19] = False
    assert np.array_equal(outline, expected)


@pytest.mark.parametrize("kind", ["mask", "labels"])
def test_an_outline_never_vanishes(kind):
    for place in ((0, 0), (499, 333), (1000, 1000)):
        value = np.zeros((1001, 1001), bool if kind == "mask" else np.int32)
        value[place] = 1
        rgb = render(value, kind, np.zeros(value.shape, np.uint8), "image", "contour", (50, 50))
        colour = colours.TINT if kind == "mask" else colours.LABELS[0]
        outline = where(rgb, colour)  # where it is in two or four pixels, all of them
        assert outline[place[0] * 50 // 1001, place[1] * 50 // 1001]
        assert outline.sum() <= 4


def test_a_mask_alone_shows_the_majority():
    mask = np.zeros((4, 4), bool)
    mask[:2, :2] = True
    mask[0, 2] = True
    on = where(render(mask, "mask", room=(2, 2)), colours.ON)
    assert on.tolist() == [[True, False], [False, False]]
    mask[1, 2] = True
    assert where(render(mask, "mask", IM[:4, :4], "image", "mask", (2, 2)), colours.ON).tolist() == [[1, 1], [0, 0]]


def test_without_an_image_a_mask_is_shown_alone():
    for mode in MODES:
        assert np.array_equal(render(MASK, "mask", mode=mode), render(MASK, "mask", mode="mask"))


def test_side_by_side():
    rgb = render(MASK, "mask", IM, "image", "side", (40, 61))
    assert rgb.shape == (40, 61, 3)
    assert np.array_equal(rgb[:, :30], render(IM, "image", zoom=False))
    assert where(rgb[:, 30:31], colours.GAP).all()
    assert np.array_equal(where(rgb[:, 31:], colours.ON), MASK)


def test_two_images_side_by_side():
    rgb = render(IM, "image", 255 - IM, "image", "side", (40, 61))
    assert np.array_equal(grey(rgb)[:, 31:], IM)
    assert np.array_equal(grey(rgb)[:, :30], 255 - IM)


def test_on_a_colour_image_the_tint_is_another():
    colour = np.repeat(IM[:, :, np.newaxis], 3, axis=2)
    assert where(render(MASK, "mask", colour, "colour", "contour", zoom=False), colours.TINT_ON_COLOUR).any()


def test_labels_have_colours_by_their_numbers():
    labels = np.array([[0, 1, 2], [8, 9, 100000]], np.int32)
    rgb = render(labels, "labels", zoom=False)
    table = colours.LABELS
    expected = [[colours.OFF, table[0], table[1]], [table[7], table[0], table[99999 % 8]]]
    assert rgb.tolist() == [[list(c) for c in row] for row in expected]


def test_labels_outline_each_region_where_it_meets_another():
    labels = np.repeat(np.repeat(np.array([[1, 2], [0, 3]], np.int32), 5, axis=0), 5, axis=1)
    rgb = render(labels, "labels", np.zeros((10, 10), np.uint8), "image", "contour", window=(0, 255), zoom=False)
    for number in (1, 2, 3):
        outline = where(rgb, colours.LABELS[number - 1])
        assert outline.sum() == 16  # the rim of five by five
        assert (labels[outline] == number).all()


def test_labels_tint_the_image_in_their_colours():
    labels = np.array([[0, 1], [2, 2]], np.int32)
    im = np.zeros((2, 2), np.uint8)
    rgb = render(labels, "labels", im, "image", window=(0, 255), zoom=False).astype(int)
    assert rgb[0, 0].tolist() == [0, 0, 0]
    for place, number in (((0, 1), 1), ((1, 0), 2)):
        assert np.allclose(rgb[place], np.array(colours.LABELS[number - 1]) * 115 / 256, atol=1)


# --- every shape -----------------------------------------------------------------------------------------------------

SHAPES = [(1, 1), (1, 300), (300, 1), (7,), (3, 4, 5), (2, 3, 4, 5), (64, 65), (0, 5), (5, 0)]
VALUES = {"mask": bool, "labels": np.int32, "image": np.float32, "colour": np.uint8}


@each("shape", SHAPES)
@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("mode", MODES)
def test_any_shape_can_be_seen_in_any_mode_and_room(shape, kind, mode):
    if kind == "colour" and len(shape) < 2:
        return
    value = np.ones((*shape, 3) if kind == "colour" else shape, VALUES[kind])
    im = RANDOM.integers(0, 9, shape).astype(np.int16)
    for room, on in itertools.product([(1, 1), (2, 3), (20, 7), (500, 400)], [None, im]):
        rgb = render(value, kind, on, "image", mode, room)
        assert rgb.dtype == np.uint8
        assert rgb.ndim == 3
        assert rgb.shape[2] == 3
        assert min(rgb.shape) >= 1
        assert rgb.shape[0] <= room[0]
        assert rgb.shape[1] <= room[1]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("room", [(17, 30), (40, 100), (200, 200)], ids=str)
def test_the_order_of_pixels_in_memory_does_not_matter(mode, room):
    expected = render(MASK, "mask", IM, "image", mode, room)
    wide = np.zeros((40, 60), np.uint8)
    wide[:, ::2] = IM
    for mask, im in ((np.asfortranarray(MASK), IM), (MASK[::-1][::-1], wide[:, ::2])):
        assert np.array_equal(render(mask, "mask", im, "image", mode, room), expected)
    read_only = IM.copy()
    read_only.flags.writeable = False
    assert np.array_equal(render(MASK, "mask", read_only, "image", mode, room), expected)
    assert np.array_equal(render(IM.astype(">u2"), "image", room=room), render(IM.astype("<u2"), "image", room=room))


def test_nothing_is_written_to_what_is_shown():
    mask, im = MASK.copy(), IM.copy()
    for mode in MODES:
        render(mask, "mask", im, "image", mode)[:] = 0
        render(im, "image")[:] = 0
    assert np.array_equal(mask, MASK)
    assert np.array_equal(im, IM)


def test_an_unknown_mode_and_images_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="mode 'tint' is none of"):
        render(MASK, "mask", IM, mode="tint")
    with pytest.raises(ValueError, match="a picture of"):
        render(MASK, "mask", IM[1:])


# --- stacks ----------------------------------------------------------------------------------------------------------


def test_of_a_stack_the_plane_in_the_middle_is_seen():
    stack = np.arange(5 * 4 * 4, dtype=np.uint8).reshape(5, 4, 4)
    assert middle(stack, "image") == (2,)
    assert np.array_equal(render(stack, "image", zoom=False), render(stack[2], "image", zoom=False))
    assert np.array_equal(render(stack, "image", plane=4, zoom=False), render(stack[4], "image", zoom=False))
    five = np.zeros((3, 5, 4, 4, 3), np.uint8)
    assert middle(five, "colour") == (1, 2)
    five[2, 4, 0, 0] = 255
    assert (render(five, "colour", plane=(2, 4), zoom=False)[0, 0] == 255).all()


def test_of_a_mask_the_middle_of_what_is_on_is_seen():
    mask = np.zeros((20, 4, 4), bool)
    assert middle(mask, "mask") == (10,)
    mask[3] = mask[4] = True
    mask[7, 1, 1] = True
    assert middle(mask, "mask") == (4,)  # 5 is the middle, and empty
    im = np.zeros((20, 4, 4), np.uint8)
    im[4] = 200
    assert np.array_equal(
        render(mask, "mask", im, "image", zoom=False), render(mask[4], "mask", im[4], "image", zoom=False)
    )
    assert middle(np.zeros((6, 6), np.int32), "labels") == ()


# --- colours ---------------------------------------------------------------------------------------------------------

# How protanopic and deuteranopic eyes see linear red, green and blue: Machado et al. 2009, doi:10.1109/TVCG.2009.113.
EYES = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}


def oklab(table, eye):
    shares = np.asarray(table, float) / 255
    light = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    light = np.clip(light @ np.array(EYES[eye]).T, 0, 1)
    cones = np.array([[0.41222, 0.53633, 0.05145], [0.2119, 0.6807, 0.1074], [0.0883, 0.28172, 0.62998]])
    lab = np.array([[0.21045, 0.79362, -0.00407], [1.978, -2.42859, 0.45059], [0.0259, 0.78277, -0.80868]])
    return np.cbrt(light @ cones.T) @ lab.T


def apart(one, other, eye):
    """How different two colours look; 0.02 is the least that is noticed."""
    return np.linalg.norm(oklab([one], eye) - oklab([other], eye))


@pytest.mark.parametrize("eye", EYES)
def test_colours_can_be_told_apart_by_all_eyes(eye):
    table = colours.LABELS
    for one, other in itertools.combinations(table, 2):
        assert apart(one, other, eye) > 0.14
    for number, colour in enumerate(table):
        assert apart(colour, table[(number + 1) % len(table)], eye) > 0.27
    greys = [(v, v, v) for v in range(0, 256, 5)]
    for tint in (colours.TINT, *table):
        assert min(apart(tint, g, eye) for g in greys) > 0.06
    assert apart(colours.TINT, colours.NOT_FINITE, eye) > 0.3
    assert apart(colours.ON, colours.OFF, eye) > 0.6


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (30, 50)])
def test_a_png_holds_the_picture(shape):
    rgb = RANDOM.integers(0, 256, (*shape, 3)).astype(np.uint8)
    with Image.open(io.BytesIO(png(rgb))) as opened:
        assert opened.mode == "RGB"
        assert np.array_equal(np.asarray(opened), rgb)
    assert png(rgb[::-1]) == png(np.ascontiguousarray(rgb[::-1]))
