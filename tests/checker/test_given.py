"""What other libraries have as images: taken with its shape and spacing, or refused with a way out."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from helpers import others
from helpers.each import each

import maskexpr
from maskexpr.checker.arrays import Image, input_value
from maskexpr.checker.given import taken
from maskexpr.functions.arguments import Refused
from maskexpr.program.steps import InputInfo

VOLUME = np.zeros((3, 4, 5), np.uint8)
VOLUME[1, 2, 2] = 9
GROWN = "area(dilate(im > 0, 1))"


def test_images_of_itk_have_their_shape_and_their_spacing() -> None:
    im = others.itk_image(VOLUME, (0.5, 1.0, 0.10000000149011612))  # x, y, z; and what 32 bits make of 0.1
    assert maskexpr.evaluate(GROWN, im=im) == 7
    assert input_value(InputInfo("im"), im, run=True)[1].spacing == (Fraction(1, 10), 1, Fraction(1, 2))
    assert maskexpr.evaluate("area(im > 0, 'mm3')", im=im) == pytest.approx(0.05)
    assert maskexpr.evaluate("area(im > 0, 'mm3')", im=Image(im, spacing=2)) == 8  # the caller knows better
    assert maskexpr.view(im).kind.shape == (3, 4, 5)


def test_channels_of_itk_are_counted_by_itk() -> None:
    im = others.itk_image(np.ones((2, 4, 5, 3), np.float32), (1, 1, 2), components=3)
    kind = input_value(InputInfo("im"), im, run=True)[1]
    assert (kind.name, kind.shape, kind.channels, kind.spacing) == ("colour", (2, 4, 5), 3, (2, 1, 1))
    field = others.itk_image(np.ones((4, 5, 2)), (1, 1), components=2)  # of displacements
    assert maskexpr.evaluate("sum(channel(im, 1))", im=field) == 20


def test_a_map_of_labels_is_refused_before_itk_is_asked_for_its_pixels() -> None:
    im = others.itk_image(VOLUME, (1, 1, 1), pixels="label of 8-bit unsigned integer")
    with pytest.raises(maskexpr.InputError, match=r"LabelMapToLabel\(im\)"):
        maskexpr.evaluate(GROWN, im=im)


def test_without_a_function_that_makes_an_array_they_are_refused() -> None:
    with pytest.raises(maskexpr.InputError, match="is an ItkImage of 3x4x5, of which NumPy makes an array of 60"):
        maskexpr.evaluate(GROWN, im=others.itk_image(VOLUME, (1, 1, 1), package=""))


@pytest.mark.parametrize(
    "text",
    [
        "where(m, 3, 0)",
        "signed_distance(m)",
        "skeleton(m)",
        "m[::2]",
        'hausdorff(m, dilate(m, 2), method="surface-distance")',
    ],
)
def test_bools_of_which_the_bytes_are_not_0_and_1(text: str, tmp_path: Path) -> None:
    """Those of a 1-bit image of Pillow's are 0 and 255: in an array, in a file; and in a second call, for which all is
    prepared."""
    m = np.zeros((7, 9), bool)
    m[1:5, 2:8] = True
    PIL.Image.fromarray(m).save(tmp_path / "m.png")
    bits = np.asarray(PIL.Image.open(tmp_path / "m.png"))
    program = maskexpr.compile(text)
    expected = np.asarray(program(m=m))
    for mask in (bits, bits.copy(), maskexpr.read(tmp_path / "m.png").array):
        assert np.asarray(program(m=mask)).tobytes() == expected.tobytes()


def test_where_there_is_data_may_be_such_bools() -> None:
    valid = np.asarray(PIL.Image.fromarray(np.eye(4, dtype=bool)))
    im = Image(np.ones((4, 4), np.uint8), valid=valid)
    assert maskexpr.evaluate("sum(where(valid(im), 1, 0))", im=im) == 4


STATED = {
    "shape": (3, 4, 5),
    "shape as NumPy counts": tuple(np.array(VOLUME.shape)),
    "shape in an array": np.array(VOLUME.shape),
    "size": (5, 4, 3),
    "GetSize": lambda: (5, 4, 3),
    "ndim": 3,
    "size of all": 60,
    "len": 3,
}


@each("name", STATED)
@each("lost", [VOLUME.ravel(), VOLUME[:2].T, np.zeros(())])
def test_every_way_to_state_a_size_is_held_against_the_array(name: str, lost: Any) -> None:
    class Sized(others.Fake):
        def __len__(self) -> int:
            return 3

    kind = Sized if name == "len" else others.Fake
    stated = {} if name == "len" else {name.split()[0]: STATED[name]}
    assert taken(kind(VOLUME, **stated)).array.shape == VOLUME.shape
    same = {"ndim": lost.ndim == 3, "size of all": lost.size == 60, "len": not lost.ndim}
    if same.get(name):
        return  # which it does not tell
    with pytest.raises(Refused):
        taken(kind(lost, **stated))


def test_a_sequence_without_a_size_is_taken_only_if_it_says_that_it_is_one() -> None:
    class Pixels:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, i: int) -> int:
            return (4, 5, 6)[i]

    assert taken(range(3)).array.tolist() == [0, 1, 2]
    assert taken(bytearray(b"ab")).array.tolist() == [97, 98]
    with pytest.raises(Refused):
        taken(Pixels())


def test_what_lies_in_a_list_is_taken_as_it_is_by_itself() -> None:
    slices = [others.itk_image(plane, (1, 1)) for plane in VOLUME]
    assert np.array_equal(taken(slices).array, VOLUME)
    for wrong in ([np.ma.zeros(3), np.ma.zeros(3)], [others.pillow_image(VOLUME[0], ("P",))], [[1, 2], [3]]):
        with pytest.raises(Refused):
            taken(wrong)


@pytest.mark.parametrize("bands", [("L",), ("1",), ("I",), ("F",)])
def test_a_band_of_intensities_is_an_image(bands: tuple[str, ...]) -> None:
    assert taken(others.pillow_image(VOLUME[0], bands)).array.shape == (4, 5)


def test_places_in_a_palette_are_labels_where_these_are_declared() -> None:
    im = others.pillow_image(VOLUME[1], ("P",))
    assert maskexpr.evaluate("input im: labels; max(im)", im=im) == 9
    with pytest.raises(maskexpr.InputError, match="palette"):
        maskexpr.evaluate("max(im)", im=im)


def test_whatever_a_library_raises_becomes_ours_with_its_words() -> None:
    for error in (RuntimeError("no\npixels."), ValueError("no pixels"), MemoryError("no pixels"), KeyError("pixels")):
        with pytest.raises(maskexpr.InputError, match=r"pixels'?; give a NumPy array"):
            maskexpr.evaluate(GROWN, im=others.Fake(error))


def test_what_an_object_raises_whatever_it_is_asked_becomes_ours() -> None:
    class Closed:
        def __getattr__(self, name: str) -> Any:
            raise OSError("the file is closed")

    with pytest.raises(maskexpr.InputError, match="the file is closed; give a NumPy array"):
        maskexpr.evaluate(GROWN, im=Closed())


def test_what_can_be_detached_and_is_no_tensor_is_not_led_to_be_one() -> None:
    with pytest.raises(maskexpr.InputError, match="it is a BytesIO; give a NumPy array"):
        maskexpr.evaluate(GROWN, im=io.BytesIO())


@pytest.mark.parametrize("dims", [("x", "y", "z"), ("time", "lon", "lat"), ("channel", "Col", "Row")])
def test_named_axes_in_another_order_are_refused(dims: tuple[str, ...]) -> None:
    with pytest.raises(maskexpr.InputError, match=r"turn it: im\.transpose"):
        maskexpr.evaluate("im > 0", im=others.Fake(VOLUME, dims=dims))


@pytest.mark.parametrize(
    "dims",
    [("z", "y", "x"), ("channel", "Y", "X"), ("time", "y", "x"), ("time", "lat", "lon"), ("a", "b", "c")],
)
def test_named_axes_in_their_order_are_taken(dims: tuple[str, ...]) -> None:
    assert taken(others.Fake(VOLUME, dims=dims)).array.shape == VOLUME.shape


# --- the libraries themselves, where they are installed --------------------------------------------------------------


def test_simpleitk() -> None:
    sitk = pytest.importorskip("SimpleITK")
    im = sitk.GetImageFromArray(VOLUME)
    im.SetSpacing((0.5, 1.0, 2.0))
    assert maskexpr.evaluate(GROWN, im=im) == 7
    assert maskexpr.evaluate("area(im > 0, 'mm3')", im=im) == 1
    assert maskexpr.evaluate(GROWN, im=[im[:, :, i] for i in range(3)]) == 7
    with pytest.raises(maskexpr.InputError, match="holds regions, not pixels"):
        maskexpr.evaluate(GROWN, im=(regions := sitk.Cast(im, sitk.sitkLabelUInt8)))
    assert maskexpr.evaluate(GROWN, im=sitk.LabelMapToLabel(regions)) == 7
    colour = sitk.GetImageFromArray(np.ones((4, 5, 3), np.uint8), isVector=True)
    assert maskexpr.evaluate("sum(red(im))", im=colour) == 20


def test_pillow(tmp_path: Any) -> None:
    pillow = pytest.importorskip("PIL.Image")
    rgb = pillow.fromarray(np.arange(60, dtype=np.uint8).reshape(4, 5, 3))
    for mode in ("RGB", "RGBA", "L", "1", "I", "F", "I;16"):
        im = (rgb.convert("I") if mode == "I;16" else rgb).convert(mode)
        assert np.array_equal(taken(im).array, np.asarray(im))
    for mode in ("P", "PA", "LA", "CMYK", "YCbCr", "HSV", "RGBX"):
        with pytest.raises(maskexpr.InputError) as caught:
            maskexpr.evaluate("im > 3", im=(im := rgb.convert("P" if mode == "PA" else mode).convert(mode)))
        code = caught.value.hint.removeprefix("leave out the alpha: ").removeprefix("give ").split(", or")[0]
        for call in code.removeprefix("im").split(".convert")[1:]:  # the way out, as it is written
            im = im.convert(call.strip('(")'))
        assert taken(im).array.shape[:2] == (4, 5)
    rgb.convert("L").save(tmp_path / "a.tif", save_all=True, append_images=[rgb.convert("L")] * 2)
    with pillow.open(tmp_path / "a.tif") as im, pytest.raises(maskexpr.InputError, match="has 3 frames"):
        maskexpr.evaluate("im > 3", im=im)


def test_pydicom() -> None:
    pydicom = pytest.importorskip("pydicom")
    with pytest.raises(maskexpr.InputError, match=r"it has no pixels; give an array of its pixels"):
        maskexpr.evaluate(GROWN, im=pydicom.Dataset())


def test_nibabel() -> None:
    nibabel = pytest.importorskip("nibabel")
    im = nibabel.Nifti1Image(VOLUME.T, np.eye(4))
    assert maskexpr.evaluate(GROWN, im=im) == 7
    assert maskexpr.evaluate(GROWN, im=np.asarray(im.dataobj).T) == 7


def test_xarray() -> None:
    xarray = pytest.importorskip("xarray")
    assert maskexpr.evaluate(GROWN, im=xarray.DataArray(VOLUME, dims=("z", "y", "x"))) == 7
    turned = xarray.DataArray(VOLUME.T, dims=("x", "y", "z"))
    with pytest.raises(maskexpr.InputError, match=r"turn it: im\.transpose\('z', 'y', 'x'\)"):
        maskexpr.evaluate(GROWN, im=turned)
    assert maskexpr.evaluate(GROWN, im=turned.transpose("z", "y", "x")) == 7
    assert maskexpr.view(xarray.DataArray(VOLUME[1].astype(np.int32))).kind.name == "labels"


def test_dask() -> None:
    array = pytest.importorskip("dask.array")
    whole = array.from_array(VOLUME)
    with pytest.raises(maskexpr.InputError, match=r"compute it first, by \.compute\(\)"):
        maskexpr.evaluate(GROWN, im=whole)
    assert maskexpr.evaluate(GROWN, im=whole.compute()) == maskexpr.evaluate(GROWN, im=_computed(whole)) == 7
    masked = array.ma.masked_equal(whole, 9)
    with pytest.raises(maskexpr.InputError, match=r"im\.map_blocks\(numpy\.ma\.filled, 0\)"):
        maskexpr.evaluate(GROWN, im=_computed(masked))
    assert maskexpr.evaluate(GROWN, im=_computed(masked.map_blocks(np.ma.filled, 0))) == 0


def _computed(lazy: Any) -> maskexpr.Image:
    return maskexpr.Image(lazy, compute=True)


def test_torch() -> None:
    torch = pytest.importorskip("torch")
    assert maskexpr.evaluate(GROWN, im=torch.from_numpy(VOLUME)) == 7
    for tensor in (
        torch.ones(3, 4, requires_grad=True),
        torch.ones(3, 4).bfloat16(),
        torch.eye(3).to_sparse(),
        *([torch.ones(3, 4, device="cuda")] if torch.cuda.is_available() else []),
    ):
        with pytest.raises(maskexpr.InputError) as caught:
            maskexpr.evaluate(GROWN, im=tensor)
        found = tensor
        for call in caught.value.hint.removeprefix("give im.").split("."):
            found = getattr(found, call.removesuffix("()"))()
        assert taken(found).array.shape == tuple(tensor.shape)
