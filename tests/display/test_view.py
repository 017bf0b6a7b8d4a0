"""`maskexpr.view`: pictures with summaries, for notebooks."""

import base64
import io
import pickle
import re
from xml.etree import ElementTree

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.each import each
from helpers.places import EXAMPLES

import maskexpr
from maskexpr.display.pictures import colours

IM = np.array([[0, 100, 200], [0, 100, 200]], np.uint8)


def pixels(png: bytes | None) -> np.ndarray:
    assert png is not None
    return np.asarray(iio.imread(io.BytesIO(png)))


def test_a_mask_on_its_image() -> None:
    view = maskexpr.view(IM > 50, on=IM, mode="contour")
    assert repr(view) == "mask 2x3, 66.7% on (4 pixels), 1 region"
    grey = [(0, 0, 0)]
    np.testing.assert_array_equal(pixels(view.png()), [grey + [colours.TINT] * 2] * 2)


def test_a_mask_alone() -> None:
    np.testing.assert_array_equal(pixels(maskexpr.view(IM > 50).png()), [[colours.OFF, colours.ON, colours.ON]] * 2)


def test_an_image_in_its_own_size() -> None:
    im = iio.imread(EXAMPLES / "ankle.png")
    picture = pixels(maskexpr.view(im).png())
    assert picture.shape == (880, 380, 3)
    # The same grey in all channels, and never darker where the image is brighter.
    assert (picture == picture[..., :1]).all()
    tones = [picture[..., 0][im == value] for value in range(116)]
    assert all(tone.size == 0 or tone.min() == tone.max() for tone in tones)
    firsts = [int(tone[0]) for tone in tones if tone.size]
    assert firsts == sorted(firsts)
    assert firsts[-1] == 255


def test_labels_are_told_from_images() -> None:
    labels = maskexpr.evaluate("label(im > 50)", im=IM)
    assert labels.dtype == np.int32
    assert repr(maskexpr.view(labels)) == "labels 2x3, 1 label"
    assert repr(maskexpr.view(labels, kind="image")) == "image 2x3 int32, values 0 to 1"
    assert repr(maskexpr.view(labels - 1)) == "image 2x3 int32, values -1 to 0"
    assert repr(maskexpr.view(IM)) == "image 2x3 uint8, values 0 to 200"
    assert repr(maskexpr.view(IM, kind="labels")) == "labels 2x3, 2 labels"
    assert repr(maskexpr.view(maskexpr.Image(IM, kind="labels"))) == "labels 2x3, 2 labels"
    assert repr(maskexpr.view(np.where(IM > 50, 255, 0), kind="mask")).startswith("mask 2x3, 66.7% on")
    colour = np.zeros((4, 5, 3), np.uint8)
    assert repr(maskexpr.view(colour)) == "colour 4x5x3 uint8, values 0 to 0"
    assert repr(maskexpr.view(colour, kind="image")) == "image 4x5x3 uint8, values 0 to 0"


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (2.5, "2.5"), (True, "true"), (np.float64(2.5), "2.5"), (np.uint8(3), "3")]
)
def test_a_number_stays_one(value: float, text: str) -> None:
    view = maskexpr.view(value)
    assert repr(view) == text
    assert view._repr_png_() is None
    assert view._repr_html_() is None


def test_a_notebook_shows_a_table() -> None:
    im = iio.imread(EXAMPLES / "coins.png")
    view = maskexpr.view(im > 130, on=im)
    table = ElementTree.fromstring(re.sub(r"(<img [^>]*)>", r"\1/>", view._repr_html_() or ""))
    image = table.find(".//img")
    assert image is not None
    data = image.attrib["src"].removeprefix("data:image/png;base64,")
    assert base64.b64decode(data) == view._repr_png_()
    words = ["".join(span.itertext()) for span in table.iter("span")]
    assert ", ".join(words) == view.summary
    assert words[0] == "mask 303x384"
    assert words[2] == f"{maskexpr.evaluate('count(im > 130)', im=im)} regions"


def test_a_notebook_picture_fits_a_page() -> None:
    large = maskexpr.view(np.zeros((3000, 9000), np.uint8))
    assert pixels(large._repr_png_()).shape[:2] == (280, 840)
    small = maskexpr.view(np.eye(5, dtype=bool))
    picture = pixels(small._repr_png_())
    factor = len(picture) // 5
    assert factor > 9
    on = (picture == colours.ON).all(axis=-1)
    np.testing.assert_array_equal(on, np.eye(5, dtype=bool).repeat(factor, 0).repeat(factor, 1))


def test_pixels_are_shown_as_high_and_wide_as_they_are() -> None:
    view = maskexpr.view(np.eye(8, dtype=bool), on=np.ones((8, 8), np.uint8), spacing=["3mm", "1mm"])
    assert view.raster().shape == (8, 8, 3)
    height, width, _ = view.raster((240, 240)).shape
    assert height == 3 * width
    wide = maskexpr.view(maskexpr.Image(np.ones((4, 8, 8), bool), spacing=[5, 1, 2]))
    height, width, _ = wide.raster((240, 240)).shape
    assert width == 2 * height


def test_an_outline_is_broader_where_a_picture_is_looked_at_from_afar() -> None:
    for size, width in ((1400, 1), (1600, 2), (3100, 3)):
        mask = np.zeros((20, size), bool)
        mask[:, 100:900] = True
        picture = maskexpr.view(mask, on=np.zeros((20, size), np.uint8), mode="contour").raster()
        marked = np.flatnonzero((picture[10] == colours.TINT).all(axis=-1))
        assert marked.tolist() == [*range(100, 100 + width), *range(900 - width, 900)]


@pytest.mark.parametrize("plane", [None, 1, (2,)])
def test_a_plane_of_a_stack(plane: int | tuple[int, ...] | None) -> None:
    stack = np.zeros((5, 6, 7), bool)
    stack[0, 0, 0] = stack[1, 2, 3] = stack[2, 4, 5] = True
    picture = maskexpr.view(stack, plane=plane).raster()
    wanted = stack[1 if plane in (None, 1) else 2]
    np.testing.assert_array_equal((picture == colours.ON).all(axis=-1), wanted)


def test_a_view_can_be_used_as_its_value() -> None:
    view = maskexpr.view(IM > 50)
    np.testing.assert_array_equal(np.asarray(view), IM > 50)
    assert maskexpr.evaluate("area(m)", m=view) == 4
    assert repr(maskexpr.view(view, on=maskexpr.view(IM))) == repr(view)
    assert repr(pickle.loads(pickle.dumps(view))) == repr(view)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.png",), "the value cannot be an image: it is a str; give a NumPy array of numbers or bools"),
        (({"a": IM, "b": IM},), "several values cannot be one picture (a, b); give one of them"),
        (
            (IM > 3, np.zeros((3, 3))),
            "the value (2x3) cannot be shown on the image (3x3); give the image that it came from",
        ),
        ((IM > 3, IM, "best"), "there is no view 'best'; it is one of overlay, contour, mask, side"),
    ],
)
def test_what_is_no_picture(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.view(*arguments)  # type: ignore[arg-type]
    assert str(caught.value) == f"error: {message}"


@pytest.mark.parametrize(
    ("shape", "plane", "message"),
    [
        ((3, 4, 5), 3, "there is no plane 3; the last one is 2"),
        ((3, 4, 5), -4, "there is no plane -4; the last one is 2"),
        ((2, 3, 4, 5), (1, 3), "there is no plane 1, 3; the last one is 1, 2"),
        ((2, 3, 4, 5), 1, "there is no plane 1; the last one is 1, 2"),
        ((4, 5), 0, "there are no planes to choose from: this is one; leave out the plane"),
    ],
)
def test_planes_that_are_not_there(shape: tuple[int, ...], plane: int | tuple[int, ...], message: str) -> None:
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.view(np.ones(shape, bool), plane=plane)
    assert str(caught.value) == f"error: {message}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int16", "uint16", "int32", "int64", "uint64", "float32", "float64"]
)
@each("shape", [(1,), (40,), (1, 1), (1, 70), (70, 1), (3, 4, 5), (2, 3, 4, 5)])
@each("mode", ["overlay", "contour", "mask", "side"])
def test_anything_can_be_seen(dtype: str, shape: tuple[int, ...], mode: str) -> None:
    array = (np.arange(np.prod(shape)).reshape(shape) % 3).astype(dtype)
    for on in (None, array.astype("uint8"), array > 1):
        view = maskexpr.view(array, on, mode)
        assert pixels(view.png()).shape[-1] == 3
        assert pixels(view._repr_png_()).max() > 0


def test_values_that_are_not_finite() -> None:
    array = np.array([[0.0, 1.0], [np.nan, np.inf]])
    view = maskexpr.view(array)
    assert repr(view) == "image 2x2 float64, values 0.0 to 1.0, 2 not finite"
    picture = view.raster()
    assert (picture[1] == colours.NOT_FINITE).all()
    assert not (picture[0] == colours.NOT_FINITE).all(axis=-1).any()


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'maskexpr' has no attribute 'views'"):
        maskexpr.views  # type: ignore[attr-defined] # noqa: B018


# --- regions in the colours of a column ------------------------------------------------------------------------------

REGIONS = np.array([[1, 1, 0, 3]], np.int32)
SIZES = maskexpr.Table(
    {"label": np.array([3, 1]), "area": np.array([1, 2]), "size_mm2": np.array([0.25, np.nan])}, {"size_mm2": "mm2"}
)


def test_labels_by_a_column() -> None:
    view = maskexpr.view(REGIONS, mode="mask", by=(SIZES, "area"))
    assert repr(view) == "labels 1x4, 2 labels, coloured by area from 1 to 2"
    picture = pixels(view.png())
    assert [tuple(c) for c in picture[0, :4]] == [colours.RAMP[-1]] * 2 + [colours.OFF, colours.RAMP[0]]
    assert picture.shape[0] == 1 + view.by.legend_height()
    assert repr(maskexpr.view(REGIONS, by=(SIZES, "size_mm2"))).endswith("coloured by size_mm2 from 0.25 to 0.25")
    assert "coloured by area" in str(view._repr_html_())
    assert max(pixels(view._repr_png_()).shape[:2]) <= 840


def test_regions_of_a_mask_by_a_column() -> None:
    table = maskexpr.evaluate("measure(m, area)", m=REGIONS > 0)
    assert repr(maskexpr.view(REGIONS > 0, by=(table, "area"))) == "labels 1x4, 2 labels, coloured by area from 1 to 2"


@pytest.mark.parametrize(
    ("value", "by", "said"),
    [
        (REGIONS, (SIZES, "nix"), "the table has no column nix; it has label, area, size_mm2"),
        (REGIONS, ({"label": [1]}, "area"), "by is no table with the name of a column; write by=(table, 'area'), say"),
        (REGIONS, SIZES, "by is no table with the name of a column"),
        (REGIONS, (SIZES, 1), "by is no table with the name of a column"),
        (REGIONS, (maskexpr.Table({"area": np.array([2])}), "area"), "the table has no column label"),
        (IM, (SIZES, "area"), "regions are coloured by a column, and this is an image"),
        (REGIONS // 2, (SIZES, "area"), "the table has a region 3, which is not among those that are shown"),
        (SIZES, None, "a table is no picture; show its regions: view(labels, by=(table, 'area')), say"),
    ],
)
def test_columns_that_colour_nothing(value: object, by: object, said: str) -> None:
    with pytest.raises(maskexpr.InputError) as raised:
        maskexpr.view(value, by=by)  # type: ignore[arg-type]
    assert said in str(raised.value)
