"""NIfTI <-> arrays on their grid. Oracles: nibabel and SimpleITK read what is read here, and what is written."""

import contextlib
import gzip
import io
import os
import random
import shutil
import struct
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
import SimpleITK
from helpers import rasters
from helpers.each import each
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images, outputs, programs
from maskexpr.files.images import reading
from maskexpr.files.images.opening import opened
from maskexpr.inside import stages
from maskexpr.kinds.grid import Grid

DATA = Path(nibabel.__file__).parent / "tests" / "data"
REAL = ["anatomical.nii", "example4d.nii.gz", "example_nifti2.nii.gz", "functional.nii", "standard.nii.gz"]
REAL += ["reoriented_anat_moved.nii", "resampled_anat_moved.nii"]
TURNED = np.array([[0, -0.5, 0.1, 30], [0.7, 0, 0, -40], [0, 0.1, 2, 50], [0, 0, 0, 1]])
TURNED[:3, 2] = np.cross(TURNED[:3, 0], TURNED[:3, 1]) * 4  # at right angles
SHAPE = (5, 4, 3)
RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


def volume(dtype: str = "int16", shape: tuple[int, ...] = SHAPE, seed: int = 0) -> np.ndarray:
    raw = np.random.default_rng(seed).integers(0, 200, shape)
    return raw.astype(dtype)


def saved(path: Path, array: np.ndarray, affine: Any = TURNED, kind: Any = nibabel.Nifti1Image, **fields: Any) -> Path:
    """A file of nibabel's, with some fields of its header as they are given."""
    image = kind(array, affine, dtype=array.dtype)
    image.header.set_xyzt_units("mm", "sec")
    image.set_qform(affine, 1)
    image.set_sform(affine, 1)
    for name, value in fields.items():
        if name not in ("scl_slope", "scl_inter"):
            image.header[name] = value
    nibabel.save(image, path)
    patch(path, **fields)
    return path


def patch(path: Path, **fields: Any) -> None:
    """Change fields of a header as they lie in the file, whatever comes of it."""
    packed = path.suffix == ".gz"
    data = bytearray(gzip.decompress(path.read_bytes()) if packed else path.read_bytes())
    order = "<" if struct.unpack("<i", data[:4])[0] in (348, 540) else ">"
    made = nibabel.Nifti1Header if struct.unpack(f"{order}i", data[:4])[0] == 348 else nibabel.Nifti2Header
    header = made(bytes(data[: made().sizeof_hdr]), endianness=order, check=False)
    for name, value in fields.items():
        header[name] = value
    data[: len(header.binaryblock)] = header.binaryblock
    path.write_bytes(gzip.compress(bytes(data)) if packed else bytes(data))


def mistake(path: Path | io.BytesIO) -> str:
    with pytest.raises(FileError) as caught:
        images.read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def affine_of(grid: Grid) -> np.ndarray:
    """As nibabel has it, of the axes of space."""
    ways = [way for way in reversed(grid.steps) if way is not None]
    return RAS @ np.vstack([np.column_stack([*ways, grid.origin]), np.eye(len(ways) + 1)[-1]])


def evaluated(expression: str, **files: Path) -> Any:
    """The result of an expression on files, as commands have it."""
    values = {name: programs.as_image(images.read(path), None) for name, path in files.items()}
    results, _ = stages(maskexpr.compile(expression), values).watched(lambda checked: {}, lambda found: None)
    return next(iter(results.values()))


# --- read ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_as_nibabel_and_itk_have_them(name: str) -> None:
    pixels, theirs = images.read(DATA / name), nibabel.load(DATA / name)
    values = np.asanyarray(theirs.dataobj)
    np.testing.assert_array_equal(pixels.array, values.T)
    assert pixels.grid.axes == "tzyx"[-values.ndim :]
    np.testing.assert_allclose(affine_of(pixels.grid), theirs.affine, rtol=0, atol=1e-12)
    zooms = theirs.header.get_zooms()[:3]
    np.testing.assert_allclose([float(size) for size in pixels.spacing[-3:]], zooms[::-1], rtol=1e-6)
    if name == "example_nifti2.nii.gz":  # which ITK does not read
        return
    itk = SimpleITK.ReadImage(DATA / name)
    np.testing.assert_allclose(
        np.nan_to_num(pixels.array), SimpleITK.GetArrayFromImage(itk), rtol=1e-6
    )  # nan is 0 there
    np.testing.assert_allclose(pixels.grid.origin, itk.GetOrigin()[:3], atol=1e-4)


@each("dtype", ["uint8", "int8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize("order", "<>")
def test_types_are_kept_where_nothing_is_scaled(tmp_path: Path, dtype: str, ending: str, order: str) -> None:
    array = volume(dtype)
    header = nibabel.Nifti1Header(endianness=order)
    header.set_data_dtype(array.dtype)
    nibabel.save(nibabel.Nifti1Image(array, TURNED, header, dtype=array.dtype), tmp_path / f"a{ending}")
    pixels = images.read(tmp_path / f"a{ending}")
    assert pixels.array.dtype == np.dtype(dtype)
    assert pixels.array.flags.c_contiguous
    assert order == ">" or not pixels.array.flags.owndata  # a view of the file, or of what it unpacked to
    np.testing.assert_array_equal(pixels.array, array.T)
    for slope in (0.0, np.nan, np.inf):
        patch(tmp_path / f"a{ending}", scl_slope=slope, scl_inter=7)
        assert images.read(tmp_path / f"a{ending}").array.dtype == np.dtype(dtype)


def test_a_slope_without_an_intercept_is_taken_as_simpleitk_takes_it(tmp_path: Path) -> None:
    """nibabel saves it so, and does not load it."""
    for slope in (1, 2):
        image = nibabel.Nifti1Image(volume(), np.eye(4))
        image.header["scl_slope"] = slope
        nibabel.save(image, tmp_path / "a.nii")
        pixels = images.read(tmp_path / "a.nii")
        np.testing.assert_array_equal(
            pixels.array, SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "a.nii")))
        )
        assert "no intercept: 0 is taken" in " ".join(pixels.notes)


@each("stored", ["uint8", "int16", "uint16", "int32", "uint64", "float32"])
@each("slope", [1.0, 2.0, -1.0, 0.5, 1e-3, 3e30])
@each("inter", [0.0, -1024.0, 0.25])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_scaling_is_nibabels(tmp_path: Path, stored: str, slope: float, inter: float, ending: str) -> None:
    path = saved(tmp_path / f"a{ending}", volume(stored), scl_slope=slope, scl_inter=inter)
    pixels = images.read(path)
    np.testing.assert_array_equal(pixels.array, np.asanyarray(nibabel.load(path).dataobj).T)
    if (slope, inter) == (1, 0):
        assert (pixels.array.dtype, pixels.notes) == (np.dtype(stored), ())
        return
    assert f"stored as {stored}, scaled as its header says (times {np.float32(slope):.9g}" in pixels.notes[0]
    assert pixels.notes[0].endswith(f"taken as {pixels.array.dtype}")


def test_whole_numbers_take_the_smallest_type_that_holds_all_that_may_come(tmp_path: Path) -> None:
    cases = [("uint8", 1, -100, "int16"), ("uint8", 2, 0, "uint16"), ("int16", 1, -1024, "int32")]
    cases += [
        ("uint16", 1, 5, "uint32"),
        ("int32", 1, 1, "int64"),
        ("int64", 1, 1, "float64"),
        ("int8", -1, 0, "int16"),
    ]
    for stored, slope, inter, taken in cases:
        path = saved(tmp_path / "a.nii", volume(stored) // 2, scl_slope=slope, scl_inter=inter)
        assert images.read(path).array.dtype == taken, (stored, slope, inter)
    ends = np.array([[-(2**63), 2**62]], np.int64)
    path = saved(tmp_path / "a.nii", ends, scl_slope=-1, scl_inter=2**63 - 1 + 2.0**11, kind=nibabel.Nifti2Image)
    assert images.read(path).array.dtype == "float64"  # one of its numbers may be beyond uint64
    path = saved(tmp_path / "a.nii", ends, scl_slope=-1, scl_inter=2.0**62, kind=nibabel.Nifti2Image)
    assert images.read(path).array.ravel().tolist() == [2**63 + 2**62, 0]


def test_axes_of_one_pixel_are_dropped_at_the_end(tmp_path: Path) -> None:
    for shape, axes in [
        ((5, 4, 1), "yx"),
        ((5, 4, 3, 1), "zyx"),
        ((5, 4, 3, 1, 1, 1), "zyx"),
        ((1, 1, 1), "yx"),
        ((5, 1, 3), "zyx"),
        ((5, 4, 1, 2), "tzyx"),
        ((5, 4), "yx"),
        ((5,), "x"),
    ]:
        path = saved(tmp_path / "a.nii", volume(shape=shape))
        pixels = images.read(path)
        assert pixels.grid.axes == axes
        kept = shape[: len(axes)]
        assert pixels.array.shape == kept[::-1]
        np.testing.assert_array_equal(pixels.array, volume(shape=shape).reshape(kept).T)
        result = evaluated("im > 100", im=path)
        outputs.write(result, os.fspath(tmp_path / "m.nii"))
        written = nibabel.load(tmp_path / "m.nii")
        assert written.shape == shape
        np.testing.assert_array_equal(np.asanyarray(written.dataobj), volume(shape=shape) > 100)


def test_colours_and_vectors_have_their_channels_last(tmp_path: Path) -> None:
    for count, names in ((3, "RGB"), (4, "RGBA")):
        colours = np.random.default_rng(1).integers(0, 256, (*SHAPE, count), np.uint8)
        array = colours.view([(name, "u1") for name in names])[..., 0]
        nibabel.save(nibabel.Nifti1Image(array, TURNED), tmp_path / "a.nii")
        patch(tmp_path / "a.nii", scl_slope=2)
        pixels = images.read(tmp_path / "a.nii")
        assert pixels.colour
        np.testing.assert_array_equal(pixels.array, colours.transpose(2, 1, 0, 3))
        assert any("not for colours" in note for note in pixels.notes)
        rasters.write(tmp_path / "b.nii.gz", pixels.array, kind="colour", grid=pixels.grid, spacing=pixels.spacing)
        written = nibabel.load(tmp_path / "b.nii.gz")
        np.testing.assert_array_equal(np.asanyarray(written.dataobj), array)
        assert (written.affine == nibabel.load(tmp_path / "a.nii").affine).all()
    for count, times in ((3, 1), (3, 2), (6, 1)):
        field = np.random.default_rng(1).normal(size=(*SHAPE, times, count)).astype(np.float32)
        pixels = images.read(saved(tmp_path / "v.nii", field))
        assert pixels.colour
        wanted = field.transpose(3, 2, 1, 0, 4)
        np.testing.assert_array_equal(pixels.array, wanted[0] if times == 1 else wanted)
        rasters.write(tmp_path / "w.nii", pixels.array, kind="colour", grid=pixels.grid, spacing=pixels.spacing)
        written = nibabel.load(tmp_path / "w.nii")
        np.testing.assert_array_equal(np.asanyarray(written.dataobj), field)
        assert written.header["intent_code"] == 1007
        if times == 1:
            itk = SimpleITK.ReadImage(tmp_path / "w.nii")
            assert itk.GetNumberOfComponentsPerPixel() == count


def test_windows_are_parts_of_the_whole(tmp_path: Path) -> None:
    window = (slice(1, 3), slice(None), slice(2, 5, 2))
    for ending in (".nii", ".nii.gz"):
        for slope in (1.0, 0.5):
            path = saved(tmp_path / f"a{ending}", volume(), scl_slope=slope)
            whole = images.read(path)
            with opened(path) as file:
                source = file.format.open(file, None)
                assert (source.shape, source.dtype) == (whole.array.shape, whole.array.dtype)
                assert (source.spacing, source.grid) == (whole.spacing, whole.grid)
                part = source.read(window)
            np.testing.assert_array_equal(part.array, whole.array[window])


def test_pairs_are_found_by_the_name_of_the_header(tmp_path: Path) -> None:
    for kind in (nibabel.Nifti1Pair, nibabel.Nifti2Pair):
        for packed in ("", ".gz"):
            path = saved(tmp_path / f"pair.hdr{packed}", volume(), kind=kind)
            np.testing.assert_array_equal(images.read(path).array, volume().T)
            assert images.read(path).grid.is_placed
            stream = io.BytesIO(path.read_bytes())
            assert "give the path of the file" in mistake(stream)
            (tmp_path / f"pair.img{packed}").unlink()
            assert "its pixels are in pair.img, and there is no such file beside it" in mistake(path)
    saved(tmp_path / "pair.hdr", volume(), kind=nibabel.Nifti1Pair)
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    shutil.copy(tmp_path / "pair.hdr", outside)
    (outside / "pair.img").symlink_to(tmp_path / "pair.img")
    assert "names pair.img, which is not beside it or below" in mistake(outside / "pair.hdr")
    (tmp_path / "pair.img").write_bytes(b"\0" * 10)
    assert "damaged or cut short" in mistake(tmp_path / "pair.hdr")


def test_what_is_no_volume_is_refused_in_words(tmp_path: Path) -> None:
    assert "it is Analyze 7.5, which does not say where left and right are" in mistake(DATA / "analyze.hdr")
    assert "1 x 1 x 1 x 1 x 10 x 10, of more axes than space, time" in mistake(DATA / "row_major.dconn.nii")
    path = saved(tmp_path / "a.nii", volume())
    for code, said in ((1, "single bits"), (32, "complex numbers"), (1536, "floating numbers of 128 bits")):
        patch(path, datatype=code)
        assert f"it holds {said}" in mistake(path)


# --- place -----------------------------------------------------------------------------------------------------------


def noted(path: Path) -> str:
    return "; ".join(images.read(path).notes)


def test_units_of_length(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume(), np.diag([0.5, 0.25, 2, 1]))
    for code, factor in ((1, 1000), (2, 1), (3, Fraction(1, 1000))):
        patch(path, xyzt_units=code)
        pixels = images.read(path)
        assert pixels.spacing == (2 * factor, Fraction(1, 4) * factor, Fraction(1, 2) * factor)
        itk = SimpleITK.ReadImage(path)
        np.testing.assert_allclose([float(size) for size in pixels.spacing[::-1]], itk.GetSpacing())
        assert pixels.notes == ()
    patch(path, xyzt_units=0)
    assert images.read(path).spacing == (2, Fraction(1, 4), Fraction(1, 2))
    assert noted(path) == "it states no unit of length: millimetres are taken"


def test_where_sform_qform_and_pixdim_disagree_nibabels_rule_is_said(tmp_path: Path) -> None:
    other = TURNED.copy()
    other[:3, 3] += [0, 3, 4]
    path = saved(tmp_path / "a.nii", volume())
    assert images.read(path).notes == ()
    image = nibabel.load(path)
    image.header.set_sform(other, 4)
    moved = tmp_path / "moved.nii"
    nibabel.save(nibabel.Nifti1Image(volume(), None, image.header), moved)
    pixels = images.read(moved)
    np.testing.assert_allclose(affine_of(pixels.grid), nibabel.load(moved).affine, atol=1e-12)
    assert "its sform and qform disagree (their first pixels lie at" in noted(moved)
    assert noted(moved).endswith("the sform is taken")
    patch(moved, sform_code=0)
    np.testing.assert_allclose(affine_of(images.read(moved).grid), nibabel.load(moved).affine, atol=1e-6)
    assert images.read(moved).notes == ()
    patch(path, pixdim=[1, 9, 8, 7, 1, 1, 1, 1], qform_code=0)
    pixels = images.read(path)
    assert [float(size) for size in pixels.spacing[::-1]] == pytest.approx(
        [*np.sqrt((TURNED[:3, :3] ** 2).sum(0))], rel=1e-5
    )
    assert "pixdim says 9 x 8 x 7 mm, the sform 0.7 x" in noted(path)


def test_without_codes_there_are_sizes_and_no_place(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume(), np.diag([0.5, 0.25, 2, 1]), qform_code=0, sform_code=0)
    pixels = images.read(path)
    assert (pixels.spacing, pixels.grid.is_placed, pixels.notes) == (
        (2, Fraction(1, 4), Fraction(1, 2)),
        False,
        ("it states no place",),
    )
    patch(path, pixdim=[1, 0, 0, 0, 0, 0, 0, 0])
    assert images.read(path).spacing is None
    assert "it states no size of a pixel" in noted(path)
    patch(path, pixdim=[np.nan] * 8)
    assert images.read(path).spacing is None


def test_transforms_that_lay_out_nothing_are_passed_over(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume())
    patch(path, srow_x=0, srow_y=0, srow_z=0)
    np.testing.assert_allclose(affine_of(images.read(path).grid), nibabel.load(path).get_qform(), atol=1e-6)
    assert "its sform is no way to lay out pixels and is passed over" in noted(path)
    patch(path, quatern_b=1, quatern_c=1)
    assert "its qform is no way" in noted(path)
    assert not images.read(path).grid.is_placed
    patch(path, quatern_b=np.nan, quatern_c=0, srow_x=np.inf)
    assert not images.read(path).grid.is_placed


def test_qforms_whose_signs_are_not_as_they_should_be(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume(), sform_code=0, qform_code=1)
    sizes = np.array(nibabel.load(path).header["pixdim"])
    patch(path, pixdim=[0, *-sizes[1:4], 1, 1, 1, 1], qform_code=1)
    np.testing.assert_allclose(affine_of(images.read(path).grid), nibabel.load(path).affine, atol=1e-6)


def test_a_sheared_place_is_kept_exactly(tmp_path: Path) -> None:
    sheared = TURNED.copy()
    sheared[:3, 2] += [0.3, 0.2, 0.1]
    path = saved(tmp_path / "a.nii", volume(), sheared)
    assert "off right angles: kept so" in noted(path)
    for expression, window in (("im > 50", np.s_[:]), ("(im > 50)[1:, 1:, 2:]", np.s_[2:, 1:, 1:])):
        outputs.write(evaluated(expression, im=path), os.fspath(tmp_path / "m.nii"))
        written = nibabel.load(tmp_path / "m.nii")
        theirs = nibabel.load(path).slicer[window] if window != np.s_[:] else nibabel.load(path)
        np.testing.assert_allclose(written.affine, theirs.affine, atol=1e-5)


def test_time_is_named_and_its_step_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume(shape=(5, 4, 3, 2)), pixdim=[1, 0.7, 0.5, 2, 2.5, 1, 1, 1])
    assert "t in steps of 2.5 s" in noted(path)
    patch(path, xyzt_units=2 + 16)
    assert "t in steps of 2.5 ms" in noted(path)
    pixels = images.read(path)
    assert (pixels.spacing[0], pixels.grid.steps[0]) == (1, None)


# --- written ---------------------------------------------------------------------------------------------------------


def same_world(ours: Path, theirs: Path) -> None:
    """The same voxels of the world, for both readers."""
    a, b = nibabel.load(ours), nibabel.load(theirs)
    np.testing.assert_array_equal(a.affine, b.affine)
    assert [int(a.header[f"{name}form_code"]) for name in "qs"] == [int(b.header[f"{name}form_code"]) for name in "qs"]
    if a.header.sizeof_hdr == 540:
        return
    c, d = SimpleITK.ReadImage(ours), SimpleITK.ReadImage(theirs)
    assert (c.GetOrigin(), c.GetSpacing(), c.GetDirection()) == (d.GetOrigin(), d.GetSpacing(), d.GetDirection())


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize("name", REAL)
def test_a_mask_covers_the_same_voxels(tmp_path: Path, name: str, ending: str) -> None:
    values = np.asanyarray(nibabel.load(DATA / name).dataobj)
    middle = int(np.nanmedian(values))
    result = evaluated(f"im > {middle}", im=DATA / name)
    path = tmp_path / f"m{ending}"
    outputs.write(result, os.fspath(path), '{"maskexpr": "1"}')
    same_world(path, DATA / name)
    written = nibabel.load(path)
    assert (written.get_data_dtype(), written.dataobj.slope, written.dataobj.inter) == (np.uint8, 1, 0)
    np.testing.assert_array_equal(np.asanyarray(written.dataobj), values > middle)
    assert images.read_text(path) == '{"maskexpr": "1"}'
    again = images.read(path)
    assert again.grid.steps == images.read(DATA / name).grid.steps
    assert images.suffix_for(outputs._raster(result)) == ".nii.gz"
    first = path.read_bytes()
    outputs.write(result, os.fspath(path), '{"maskexpr": "1"}')
    assert path.read_bytes() == first


@given(
    st.lists(st.floats(-1, 1), min_size=4, max_size=4).filter(lambda q: sum(x * x for x in q) > 0.01),
    st.lists(st.floats(0.05, 5), min_size=3, max_size=3),
    st.lists(st.floats(-200, 200), min_size=3, max_size=3),
    st.booleans(),
    st.sampled_from(["im > 50", "(im > 50)[1:, 2:, 1::2]", "(im > 50)[1]", "(im > 50)[:, 1]", "im", "im[:, :, 2]"]),
)
def test_parts_lie_where_they_lay(
    tmp_path_factory: Any, quaternion: Any, sizes: Any, origin: Any, is_mirrored: bool, expression: str
) -> None:
    """Any rotation, mirrored or not: each pixel of a result lies where it lies in the input, for nibabel and ITK."""
    folder = tmp_path_factory.mktemp("parts")
    turn = nibabel.quaternions.quat2mat(quaternion) * sizes
    turn[:, 0] *= -1 if is_mirrored else 1
    affine = nibabel.affines.from_matvec(turn, origin)
    path = saved(folder / "a.nii", volume(), affine)
    result = evaluated(expression, im=path)
    outputs.write(result, os.fspath(folder / "m.nii"))
    written, theirs = nibabel.load(folder / "m.nii"), nibabel.load(path)
    first, second, third = theirs.affine[:3, 0], theirs.affine[:3, 1], theirs.affine[:3, 2]
    starts = {"im > 50": (0, 0, 0), "im": (0, 0, 0), "(im > 50)[1:, 2:, 1::2]": (1, 2, 1), "(im > 50)[1]": (0, 0, 1)}
    starts |= {"(im > 50)[:, 1]": (0, 1, 0), "im[:, :, 2]": (2, 0, 0)}
    ways = {"(im > 50)[1:, 2:, 1::2]": (2 * first, second, third), "(im > 50)[1]": (first, second)}
    ways |= {"(im > 50)[:, 1]": (first, third), "im[:, :, 2]": (second, third)}
    for axis, way in enumerate(ways.get(expression, (first, second, third))):
        np.testing.assert_allclose(written.affine[:3, axis], way, atol=1e-5 * max(sizes))
    start = theirs.affine[:3, 3] + theirs.affine[:3, :3] @ starts[expression]
    np.testing.assert_allclose(written.affine[:3, 3], start, atol=1e-3)
    itk, outer = SimpleITK.ReadImage(folder / "m.nii"), SimpleITK.ReadImage(path)
    there = outer.TransformIndexToPhysicalPoint(starts[expression])
    np.testing.assert_allclose(itk.GetOrigin(), there, atol=2e-3)
    np.testing.assert_array_equal(written.get_fdata().T.ravel(), np.asarray(result.value, float).ravel())


def test_a_spacing_that_is_given_goes_before_that_of_the_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume())
    image = programs.as_image(images.read(path), "3mm,2mm,1mm")
    results, _ = stages(maskexpr.compile("im > 50"), {"im": image}).watched(lambda c: {}, lambda found: None)
    outputs.write(next(iter(results.values())), os.fspath(tmp_path / "m.nii"))
    written = nibabel.load(tmp_path / "m.nii")
    np.testing.assert_allclose(written.header.get_zooms(), (1, 2, 3), rtol=1e-6)
    np.testing.assert_allclose(nibabel.affines.voxel_sizes(written.affine), (1, 2, 3), rtol=1e-6)
    np.testing.assert_allclose(written.affine[:3, 3], TURNED[:3, 3])


def test_grids_of_other_files(tmp_path: Path) -> None:
    """A place in a patient is stated as both forms; sizes alone as pixdim, with codes of 0."""
    mask, spacing = np.zeros((3, 4, 5), bool), (Fraction(2), Fraction(1, 2), Fraction(7, 10))
    mask[1, 2, 3] = True
    grid = Grid("zyx", (10.0, -20.0, 30.0), ((0.0, 0.0, 2.0), (0.0, 0.5, 0.0), (0.7, 0.0, 0.0)), "LPS")
    rasters.write(tmp_path / "a.nii.gz", mask, kind="mask", spacing=spacing, grid=grid)
    written, itk = nibabel.load(tmp_path / "a.nii.gz"), SimpleITK.ReadImage(tmp_path / "a.nii.gz")
    np.testing.assert_allclose(written.affine, RAS @ [[0.7, 0, 0, 10], [0, 0.5, 0, -20], [0, 0, 2, 30], [0, 0, 0, 1]])
    assert [int(written.header[name]) for name in ("qform_code", "sform_code")] == [1, 1]
    np.testing.assert_allclose(itk.GetOrigin(), grid.origin, atol=1e-5)
    np.testing.assert_allclose(itk.GetSpacing(), [0.7, 0.5, 2], rtol=1e-6)
    np.testing.assert_allclose(itk.GetDirection(), np.eye(3).ravel(), atol=1e-6)
    assert itk[3, 2, 1] == 1
    assert SimpleITK.GetArrayFromImage(itk).sum() == 1
    rasters.write(tmp_path / "b.nii", mask, kind="mask", spacing=spacing)
    written = nibabel.load(tmp_path / "b.nii")
    np.testing.assert_allclose(written.header.get_zooms(), (0.7, 0.5, 2))
    assert [int(written.header[name]) for name in ("qform_code", "sform_code", "xyzt_units")] == [0, 0, 2]
    assert images.read(tmp_path / "b.nii").spacing == spacing
    rasters.write(tmp_path / "c.nii", mask[0], kind="mask")
    assert nibabel.load(tmp_path / "c.nii").shape == (5, 4)
    assert int(nibabel.load(tmp_path / "c.nii").header["xyzt_units"]) == 0
    assert (rasters.suffix_for(mask[0], "mask", grid=grid), rasters.suffix_for(mask, "mask")) == (".nii.gz", ".tif")


def test_types_that_are_written(tmp_path: Path) -> None:
    for dtype in ("uint8", "int8", "int16", "uint16", "int32", "uint32", "float32", "float64"):
        rasters.write(tmp_path / "a.nii", volume(dtype).T, kind="image")
        found = np.asanyarray(nibabel.load(tmp_path / "a.nii").dataobj)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, volume(dtype))
    for dtype in ("int64", "uint64", "float16"):
        with pytest.raises(FileError, match=rf"\.nii cannot hold {dtype} .*write .*\.npy"):
            rasters.write(tmp_path / "a.nii", volume(dtype), kind="image")
    for top, dtype in ((200, "uint8"), (300, "uint16"), (70_000, "uint32")):
        rasters.write(tmp_path / "a.nii", np.full((2, 3, 4), top, np.int32), kind="labels")
        assert nibabel.load(tmp_path / "a.nii").get_data_dtype() == dtype
    with pytest.raises(FileError, match=r"\.nii\.gz cannot hold"):
        rasters.write(tmp_path / "a.nii.gz", np.ones((1, 2, 3, 4, 5), bool), kind="mask")
    with pytest.raises(FileError, match=r"names no known format|cannot write"):
        rasters.write(tmp_path / "a.img", np.ones((2, 3), bool), kind="mask")


def test_a_long_axis_needs_the_second_version(tmp_path: Path) -> None:
    rasters.write(tmp_path / "a.nii", np.ones((2, 40_000), bool), kind="mask")
    assert isinstance(nibabel.load(tmp_path / "a.nii"), nibabel.Nifti2Image)
    assert images.read(tmp_path / "a.nii").array.shape == (2, 40_000)


def test_the_text_is_an_extension_of_the_header(tmp_path: Path) -> None:
    text = '{"maskexpr": "' + "x" * 100_000 + '"}'
    for ending in (".nii", ".nii.gz"):
        path = tmp_path / f"a{ending}"
        rasters.write(path, np.ones((2, 3, 4), bool), kind="mask", text=text)
        assert images.read_text(path) == text
        (extension,) = nibabel.load(path).header.extensions
        assert extension.get_code() == 6
        assert images.read(path).array.all()
        rasters.write(path, np.ones((2, 3, 4), bool), kind="mask")
        assert images.read_text(path) is None
    other = nibabel.Nifti1Image(volume(), TURNED)
    other.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"by hand"))
    nibabel.save(other, tmp_path / "b.nii.gz")
    assert images.read_text(tmp_path / "b.nii.gz") is None
    assert images.read_text(DATA / "row_major.dconn.nii") is None


def test_without_nibabel_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.nii", volume())
    for name in [name for name in sys.modules if name.partition(".")[0] == "nibabel"]:
        monkeypatch.setitem(sys.modules, name, None)
    assert mistake(path).endswith("NIfTI needs the nibabel package; pip install 'maskexpr[medical]'")
    with pytest.raises(FileError, match=r"\.nii needs the nibabel"):
        rasters.write(tmp_path / "b.nii", np.ones((2, 3), bool), kind="mask")


# --- from strangers --------------------------------------------------------------------------------------------------


@each("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"dim": [0, 1, 1, 1, 1, 1, 1, 1]}, "damaged"),
        ({"dim": [8, 1, 1, 1, 1, 1, 1, 1]}, "damaged"),
        ({"dim": [-1, 1, 1, 1, 1, 1, 1, 1]}, "damaged"),
        ({"dim": [3, 5, -4, 3, 1, 1, 1, 1]}, "damaged"),
        ({"dim": [3, 5, 0, 3, 1, 1, 1, 1]}, "it holds no pixels"),
        ({"dim": [3, 32767, 32767, 32767, 1, 1, 1, 1]}, "declares more than 2,147,483,648 pixels"),
        ({"dim": [3, 500, 400, 300, 1, 1, 1, 1]}, "damaged"),
        ({"vox_offset": 1e9}, "damaged"),
        ({"vox_offset": -352}, "damaged"),
        ({"vox_offset": 100}, "damaged"),
        ({"vox_offset": np.nan}, "damaged"),
        ({"vox_offset": 352.5}, "damaged"),
        ({"datatype": 9999}, "pixels of NIfTI's type 9999"),
    ],
)
def test_headers_that_lie(tmp_path: Path, ending: str, fields: dict[str, Any], said: str) -> None:
    path = saved(tmp_path / f"a{ending}", volume())
    patch(path, **fields)
    assert said in mistake(path)


def test_the_bits_of_a_pixel_are_those_of_its_type(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", volume())
    patch(path, bitpix=8)
    np.testing.assert_array_equal(images.read(path).array, volume().T)
    assert noted(path) == "its header says 8 bits a pixel: the 16 of its type are taken"


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_cut_and_damaged_files_give_one_line(tmp_path: Path, ending: str) -> None:
    """Every cut is refused; a byte that is changed gives other pixels, or is refused."""
    data = saved(tmp_path / f"a{ending}", volume()).read_bytes()
    for length in [*range(1, 400, 7), *range(len(data) - 9, len(data))]:
        if length < len(data):
            assert mistake(io.BytesIO(data[:length]))
    chance = random.Random(0)
    for _ in range(300):
        changed = bytearray(data)
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        for read in (images.read, images.read_text):
            with contextlib.suppress(FileError):
                read(io.BytesIO(bytes(changed)))


def test_extensions_that_lie_are_not_followed(tmp_path: Path) -> None:
    data = bytearray(saved(tmp_path / "a.nii", volume()).read_bytes())
    for size in (0, 8, -16, 2**31 - 1, 20):
        data[348] = 1
        hostile = bytes(data[:352]) + struct.pack("<ii", size, 6) + bytes(data[352:])
        assert images.read_text(io.BytesIO(hostile)) is None
        assert images.read(io.BytesIO(hostile)).array.shape == SHAPE[::-1]


def test_what_a_gzip_file_cannot_unpack_to_is_not_made_room_for(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii.gz", volume())
    patch(path, dim=[3, 2000, 1000, 1000, 1, 1, 1, 1])
    assert "damaged" in mistake(path)


def test_through_a_stream(tmp_path: Path) -> None:
    for ending in (".nii", ".nii.gz"):
        path = saved(tmp_path / f"a{ending}", volume())
        np.testing.assert_array_equal(reading.read(io.BytesIO(path.read_bytes())).array, volume().T)
        two = io.BytesIO(path.read_bytes() + (b"" if ending == ".nii" else gzip.compress(b"more")))
        np.testing.assert_array_equal(reading.read(two).array, volume().T)


def test_names_of_results(tmp_path: Path) -> None:
    names = {"a/brain.nii.gz": "brain", "b.nii": "b", "1.2.840": "1.2.840", "x.tar.gz": "x.tar", "c.HDR.GZ": "c"}
    assert {path: programs.stem_of(path) for path in names} == names
    path = saved(tmp_path / "brain.v2.nii.gz", volume())
    loaded = programs.Loaded({}, {"im": path})
    results = {"m": evaluated("im > 50", im=path)}
    assert loaded.stem == "brain.v2"
    assert outputs.targets(results, [], loaded.names) == {"m": "brain.v2-m.nii.gz"}
