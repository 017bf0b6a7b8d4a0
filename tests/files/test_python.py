"""Files read and written by callers in Python, as the commands do it."""

from fractions import Fraction
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from helpers.places import EXAMPLES

import maskexpr
from maskexpr.cli import main


def test_a_mask_lies_on_its_image_for_others(tmp_path: Path) -> None:
    """Of a volume that is turned in its patient: the same voxels of the world, by the code of others."""
    affine = np.array([[0, 0, 2.5, 10], [-0.5, 0, 0, 20], [0, 0.7, 0, -30], [0, 0, 0, 1]])
    numbers = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    nibabel.save(nibabel.Nifti1Image(numbers, affine), tmp_path / "im.nii.gz")
    image = maskexpr.read(tmp_path / "im.nii.gz")
    np.testing.assert_array_equal(image.array, numbers.T)
    mask = maskexpr.evaluate("im > 50", im=image)
    for name in ("m.nii.gz", "m.nii", "m.mha", "m.nrrd"):
        maskexpr.write(tmp_path / name, mask, like=image)
        ours, theirs = (sitk.ReadImage(str(tmp_path / n)) for n in (name, "im.nii.gz"))
        assert ours.GetPixelIDTypeAsString() == "8-bit unsigned integer"
        np.testing.assert_array_equal(sitk.GetArrayFromImage(ours), numbers.T > 50)
        for ask in ("GetOrigin", "GetSpacing", "GetDirection"):
            np.testing.assert_allclose(getattr(ours, ask)(), getattr(theirs, ask)(), atol=1e-5)
    written = nibabel.load(tmp_path / "m.nii.gz")
    np.testing.assert_allclose(written.affine, affine, atol=1e-6)
    np.testing.assert_array_equal(np.asarray(written.dataobj), numbers > 50)


def test_it_reads_and_writes_what_the_commands_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = EXAMPLES / "brain.nii.gz"
    assert main(["eval", "im > 90", f"im={path}", "-o", "a.nii.gz"]) == 0
    image = maskexpr.read(path)
    maskexpr.write("b.nii.gz", maskexpr.evaluate("im > 90", im=image), like=image)
    a, b = nibabel.load("a.nii.gz"), nibabel.load("b.nii.gz")
    np.testing.assert_array_equal(a.get_fdata(), b.get_fdata())
    np.testing.assert_array_equal(a.affine, b.affine)


def test_what_is_said_besides_goes_before(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([[1, 2, 3, 9]], np.int16))
    image = maskexpr.read(tmp_path / "a.npy", spacing="2mm", nodata=9)
    assert maskexpr.evaluate("mean(im)", im=image) == 2
    assert maskexpr.evaluate('area(im > 1, "mm2")', im=image) == 8
    assert maskexpr.evaluate("area(im > 1)", im=maskexpr.read(tmp_path / "a.npy", kind="image")) == 3


def test_an_array_that_lacks_data_is_written_with_a_number_for_that(tmp_path: Path) -> None:
    array = np.ma.masked_equal(np.array([[1, 2, 0]], np.int16), 0)
    with pytest.raises(maskexpr.InputError, match="no number of int16"):
        maskexpr.write(tmp_path / "a.tif", array)
    maskexpr.write(tmp_path / "a.tif", maskexpr.Image(array, nodata=-7))
    back = maskexpr.read(tmp_path / "a.tif")
    assert back.array.tolist() == [[1, 2, -7]]
    assert maskexpr.evaluate("valid(im)", im=back).tolist() == [[True, True, False]]


def test_a_number_for_no_data_is_held_and_stands_for_nothing_else(tmp_path: Path) -> None:
    """Else it would not be read back as what was written."""
    array = np.ma.masked_equal(np.array([[1, 2, 0]], np.uint8), 0)
    for number in (-9999, 1e300, 1.5, float("nan"), 2):
        like = maskexpr.Image(np.zeros((1, 3)), nodata=number)
        with pytest.raises(maskexpr.InputError, match="no number of uint8"):
            maskexpr.write(tmp_path / "a.tif", array, like=like)
        maskexpr.write(tmp_path / "a.tif", array.astype(np.float32), like=like)
        assert maskexpr.evaluate("sum(im)", im=maskexpr.read(tmp_path / "a.tif")) == 3


def test_objects_of_other_libraries_are_written_where_they_lie(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).integers(0, 99, (5, 6, 7)).astype(np.int16)
    affine = np.array([[0, 0, 2.5, 10], [-0.5, 0, 0, 20], [0, 0.7, 0, -30], [0, 0, 0, 1]])
    image = nibabel.Nifti1Image(numbers.T, affine)
    mask = maskexpr.evaluate("im > 50", im=image)
    maskexpr.write(tmp_path / "m.mha", mask, like=image)
    maskexpr.write(tmp_path / "n.mha", np.asarray(mask.dataobj).T.astype(bool), like=image)
    turned = maskexpr.Image(numbers.T, axes="xyz", grid=maskexpr.compile("im").kind(im=image).grid)
    maskexpr.write(tmp_path / "o.mha", maskexpr.evaluate("im > 50", im=turned), like=turned)
    for name in "mno":
        found = sitk.ReadImage(str(tmp_path / f"{name}.mha"))
        np.testing.assert_array_equal(sitk.GetArrayFromImage(found), numbers > 50)
        np.testing.assert_allclose(found.GetOrigin(), affine[:3, 3] * (-1, -1, 1))
    moved = nibabel.Nifti1Image(numbers.T, affine + 9 * np.eye(4, k=3))
    with pytest.raises(maskexpr.InputError, match=r"lies elsewhere than like: their first pixels lie at"):
        maskexpr.write(tmp_path / "p.mha", mask, like=moved)


def test_what_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(maskexpr.InputError, match="it is a number"):
        maskexpr.write(tmp_path / "a.png", 3)
    with pytest.raises(maskexpr.InputError, match=r"the array is 2x2, and like is 2x3"):
        maskexpr.write(tmp_path / "a.png", np.ones((2, 2), bool), like=np.ones((2, 3)))
    with pytest.raises(maskexpr.FileError, match="cannot hold float64"):
        maskexpr.write(tmp_path / "a.png", np.ones((2, 2)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("shape", "dtype", "axes"), [((3, 5), "int16", 2), ((3, 5, 4), "uint8", 2), ((2, 3, 5), "int16", 3)]
)
def test_a_single_number_called_spacing_is_the_size_along_all_axes(
    shape: tuple[int, ...], dtype: str, axes: int, tmp_path: Path
) -> None:
    np.savez(tmp_path / "one.npz", image=np.ones(shape, dtype), spacing=0.1)
    kind = maskexpr.compile("im").kind(im=maskexpr.read(tmp_path / "one.npz"))
    assert kind.spacing == (Fraction(1, 10),) * axes
