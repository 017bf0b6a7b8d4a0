"""Images of other libraries in, and results as such out: the same voxels of the world by the code of their own."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from nibabel.testing import data_path

import maskexpr

RNG = np.random.default_rng(11)
NUMBERS = RNG.integers(0, 99, (5, 6, 7)).astype(np.int16)  # z, y, x
AFFINE = np.array([[0.1, 0, 2.5, 10], [-0.5, 0.05, 0, 20], [0, 0.7, 0.3, -30], [0, 0, 0, 1]])


def itk_image(numbers: np.ndarray = NUMBERS) -> Any:
    """A volume that is turned in its patient."""
    image = sitk.GetImageFromArray(numbers, isVector=numbers.ndim > 3)
    image.SetSpacing((0.5, 0.75, 2.5))
    image.SetOrigin((-10, 20, 30.5))
    image.SetDirection(sitk.VersorTransform((0.2, 0.5, -0.3, 0.7)).GetMatrix())
    return image


def lies(image: Any) -> list[np.ndarray]:
    """Where the centres of the first pixel and of its neighbours lie."""
    if hasattr(image, "affine"):
        corners = [image.affine @ (*index, 1) for index in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))]
        return [corner[:3] * (-1, -1, 1) for corner in corners]
    return [
        np.array(image.TransformContinuousIndexToPhysicalPoint([float(i) for i in index]))
        for index in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1))
    ]


def numbers_of(image: Any) -> np.ndarray:
    """In the order z, y, x, by its own library."""
    return np.asarray(image.dataobj).T if hasattr(image, "dataobj") else sitk.GetArrayFromImage(image)


GIVEN = {
    "SimpleITK": (itk_image(), lambda image: image[0:7:2, 2:, 1:4]),
    "nibabel": (nibabel.Nifti1Image(NUMBERS.T, AFFINE), lambda image: image.slicer[0:7:2, 2:, 1:4]),
    "NIfTI-2": (nibabel.Nifti2Image(NUMBERS.T, AFFINE), lambda image: image.slicer[0:7:2, 2:, 1:4]),
    "a pair": (nibabel.Nifti1Pair(NUMBERS.T, AFFINE), lambda image: image.slicer[0:7:2, 2:, 1:4]),
    "FreeSurfer's": (nibabel.MGHImage(NUMBERS.T, AFFINE), lambda image: image.slicer[0:7:2, 2:, 1:4]),
}


@pytest.mark.parametrize("name", GIVEN)
def test_results_are_of_the_same_library_and_at_the_same_place(name: str) -> None:
    image, crop = GIVEN[name]
    found = maskexpr.evaluate(
        "output m = im > 50; output d = im - 7; output n = label(im > 80); output k = sum(im)", im=image
    )
    expected = {"m": NUMBERS > 50, "d": NUMBERS.astype(np.int32) - 7, "k": NUMBERS.sum()}
    same_class = type(image) if name != "FreeSurfer's" else nibabel.Nifti1Image
    for key in "mdn":
        assert type(found[key]) is same_class
        np.testing.assert_allclose(lies(found[key]), lies(image), atol=1e-5)
    assert found["k"] == expected["k"]
    assert numbers_of(found["m"]).dtype == np.uint8
    np.testing.assert_array_equal(numbers_of(found["m"]), expected["m"])
    np.testing.assert_array_equal(numbers_of(found["d"]), expected["d"])
    np.testing.assert_array_equal(numbers_of(found["n"]), maskexpr.evaluate("label(im > 80)", im=NUMBERS))
    part, own = maskexpr.evaluate("(im > 50)[1:4, 2:, ::2]", im=image), crop(image)
    np.testing.assert_allclose(lies(part), lies(own), atol=1e-5)
    np.testing.assert_array_equal(numbers_of(part), numbers_of(own) > 50)


@pytest.mark.parametrize("name", GIVEN)
def test_one_that_was_given_back_meets_the_one_it_is_from(name: str) -> None:
    image = GIVEN[name][0]
    mask = maskexpr.evaluate("dilate(im > 50, 1)", im=image)
    again = maskexpr.evaluate("input m: mask; area(m & (im > 50))", m=mask, im=image)
    assert again == np.count_nonzero(NUMBERS > 50)
    moved = maskexpr.evaluate("(im > 50)[1:, :, :]", im=image)
    with pytest.raises(maskexpr.ProgramError, match="first pixels lie at"):
        maskexpr.evaluate("a & b", a=moved, b=maskexpr.evaluate("(im > 50)[:4, :, :]", im=image))


def test_sizes_come_along() -> None:
    zooms = np.sqrt((AFFINE[:3, :3] ** 2).sum(axis=0))
    for image, volume in ((itk_image(), 0.5 * 0.75 * 2.5), (GIVEN["nibabel"][0], zooms.prod())):
        found = maskexpr.evaluate('volume(im > 50, "mm3")', im=image)
        assert found == pytest.approx(np.count_nonzero(NUMBERS > 50) * volume, rel=1e-5)


def test_the_left_of_a_patient_is_found_in_each(tmp_path: Any) -> None:
    """One voxel at the left, the back and the head, in one world for all."""
    numbers = np.zeros((4, 5, 6), np.uint8)
    numbers[3, 4, 5] = 9
    affine = np.diag([-2.0, -2, 2, 1])  # x to the left, y to the back
    nifti = nibabel.Nifti1Image(numbers.T, affine)
    nibabel.save(nifti, tmp_path / "a.nii")
    for image in (nifti, sitk.ReadImage(str(tmp_path / "a.nii")), maskexpr.read(tmp_path / "a.nii")):
        bound = maskexpr.compile("output m = im > 0; output c = centroid(im > 0)").bind(im=image)
        grid = bound.kinds["m"].grid
        assert grid.text.endswith("z from feet to head, y from front to back, x from right to left")
        assert bound.run()["c"] == [3, 4, 5]
    turned = nibabel.as_closest_canonical(nifti)  # x to the right, y to the front
    assert maskexpr.evaluate("centroid(im > 0)", im=turned) == [3, 0, 0]
    mask = maskexpr.evaluate("im > 0", im=turned)
    np.testing.assert_array_equal(mask.affine @ (0, 0, 3, 1), affine @ (5, 4, 3, 1))


@pytest.mark.parametrize("name", ["anatomical.nii", "functional.nii", "example4d.nii.gz", "example_nifti2.nii.gz"])
def test_nibabel_s_own_files_are_as_they_are_read(name: str) -> None:
    """Values and place as from the file; codes, and axes of one pixel, are those that were given."""
    path = f"{data_path}/{name}"
    image, read = nibabel.load(path), maskexpr.read(path)
    one, other = (maskexpr.compile("im > 0").bind(im=im) for im in (image, read))
    grids = [replace(bound.kinds["result"].grid, stated=()) for bound in (one, other)]
    assert grids[0] == grids[1]
    assert one.kinds["result"].spacing == other.kinds["result"].spacing
    back = one.run()["result"]
    np.testing.assert_array_equal(np.asarray(back.dataobj).T.reshape(read.array.shape), other.run()["result"])
    assert (back.shape, type(back)) == (image.shape, type(image))
    np.testing.assert_array_equal(back.affine, image.affine)
    for which in ("get_sform", "get_qform"):
        assert getattr(back, which)(coded=True)[1] == getattr(image, which)(coded=True)[1]
    np.testing.assert_allclose(back.header.get_zooms(), image.header.get_zooms())


def test_what_cannot_be_expressed_is_a_plain_array() -> None:
    plane = maskexpr.evaluate('max(im, axes="z")', im=itk_image())
    np.testing.assert_array_equal(plane, NUMBERS.max(axis=0))
    assert type(plane) is np.ndarray
    flat = maskexpr.evaluate('max(im, axes="z")', im=GIVEN["nibabel"][0])  # of NIfTI, a plane is one of a volume
    np.testing.assert_array_equal(np.asarray(flat.dataobj)[..., 0].T, NUMBERS.max(axis=0))
    np.testing.assert_allclose(lies(flat)[:3], lies(GIVEN["nibabel"][0])[:3], atol=1e-5)


def test_the_first_that_lies_somewhere_says_what_comes_back() -> None:
    image, plain = itk_image(), NUMBERS
    assert isinstance(maskexpr.evaluate("(a > 3) | (b > 3)", a=plain, b=image), sitk.Image)
    assert isinstance(maskexpr.evaluate("output m = a > 3; output n = b > 3", a=plain, b=image)["m"], np.ndarray)
    read = maskexpr.Image(image, kind="image")
    assert isinstance(maskexpr.evaluate("a > 3", a=read), sitk.Image)
    wider = maskexpr.evaluate("a > 3", a=maskexpr.Image(image, spacing=(5, 1.5, 1)))
    np.testing.assert_allclose(wider.GetSpacing(), (1, 1.5, 5))


def test_colours_and_vectors() -> None:
    colours = RNG.integers(0, 255, (4, 5, 6, 3)).astype(np.uint8)
    image = itk_image(colours)
    mask, kept = (maskexpr.evaluate(text, im=image) for text in ("red(im) > 99", "where(red(im) > 99, im, 0)"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(mask), colours[..., 0] > 99)
    assert kept.GetNumberOfComponentsPerPixel() == 3
    np.testing.assert_allclose(lies(kept), lies(image))
    packed = np.ascontiguousarray(colours.transpose(2, 1, 0, 3)).view([(c, "u1") for c in "RGB"])[..., 0]
    nifti = nibabel.Nifti1Image(packed, AFFINE)
    kept = maskexpr.evaluate("where(red(im) > 99, im, 0)", im=nifti)
    assert kept.get_data_dtype() == nifti.get_data_dtype()
    np.testing.assert_array_equal(np.asarray(kept.dataobj)["G"].T, np.where(colours[..., 0] > 99, colours[..., 1], 0))


def test_axes_of_three_pixels_are_no_channels() -> None:
    numbers = np.ones((2, 4, 3), np.float32)
    for image in (sitk.GetImageFromArray(numbers), nibabel.Nifti1Image(numbers.T, np.eye(4))):
        assert maskexpr.compile("im").kind(im=image).name == "image"


def test_time_is_time() -> None:
    numbers = RNG.integers(0, 99, (2, 4, 5, 6)).astype(np.float32)
    image = sitk.GetImageFromArray(numbers, isVector=False)
    nifti = nibabel.Nifti1Image(numbers.T, AFFINE)
    for given in (image, nifti):
        bound = maskexpr.compile("im > 50").bind(im=given)
        assert bound.kinds["result"].grid.axes == "tzyx"
        back = bound.run()["result"]
        np.testing.assert_array_equal(numbers_of(back), numbers > 50)
    first = maskexpr.evaluate("(im > 50)[1]", im=nifti)
    np.testing.assert_array_equal(numbers_of(first), numbers[1] > 50)
    np.testing.assert_allclose(first.affine, AFFINE, atol=1e-6)


def test_where_there_is_data_is_said_in_the_order_of_the_object() -> None:
    valid = NUMBERS % 3 > 0
    for image, own in ((GIVEN["nibabel"][0], valid.T), (itk_image(), valid)):
        assert maskexpr.evaluate("mean(im)", im=maskexpr.Image(image, valid=own)) == NUMBERS[valid].mean()
        back = maskexpr.evaluate("valid(im)", im=maskexpr.Image(image, nodata=5))
        np.testing.assert_array_equal(numbers_of(back), NUMBERS != 5)


def test_what_has_time_first_is_refused() -> None:
    assert maskexpr.evaluate("area(im > 0)", im=nibabel.load(f"{data_path}/tiny.mnc"))
    with pytest.raises(maskexpr.InputError, match="its first axis is time"):
        maskexpr.evaluate("im", im=nibabel.load(f"{data_path}/minc1_4d.mnc"))


def test_an_affine_that_was_changed_goes_before_the_header() -> None:
    image = nibabel.Nifti1Image(NUMBERS.T, AFFINE)
    image.affine[:3, 3] = 7
    back = maskexpr.evaluate("im > 50", im=image)
    np.testing.assert_array_equal(back.affine, image.affine)
    np.testing.assert_allclose(maskexpr.compile("im > 50").kind(im=image).grid.origin, (-7, -7, 7))


def test_no_library_is_imported_for_others() -> None:
    code = (
        "import sys, numpy as np, maskexpr\n"
        "class Own:\n"
        "    def __array__(self, dtype=None, copy=None): return np.eye(3)\n"
        "assert maskexpr.evaluate('area(m > 0)', m=Own()) == 3\n"
        "assert not {'nibabel', 'pydicom', 'SimpleITK', 'itk', 'xarray', 'numpy.ma'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
