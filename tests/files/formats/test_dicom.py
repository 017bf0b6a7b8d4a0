"""DICOM -> arrays on their grid. Oracles: pydicom and SimpleITK read what is read here."""

import numpy as np
import pydicom
import pytest
import SimpleITK
from helpers import rasters
from helpers.each import each
from pydicom.data import get_testdata_file
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.pixels import get_decoder
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, JPEGExtended12Bit, generate_uid

from maskexpr.api import compile
from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images, programs
from maskexpr.files.access import Access
from maskexpr.files.decoding import bounds
from maskexpr.files.images import several

ROWS, COLUMNS, COUNT = 6, 5, 4
WAYS = [0.8, 0.6, 0, -0.6, 0.8, 0]
SERIES, STUDY = generate_uid(), generate_uid()


def slice_of(number, *, z=None, **changed):
    """One slice of a made series; `z` is how many slices it lies above the first."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    found = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    found.SOPClassUID, found.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    found.SeriesInstanceUID, found.StudyInstanceUID, found.Modality = SERIES, STUDY, "CT"
    found.SeriesDescription = "made"
    found.Rows, found.Columns, found.SamplesPerPixel = ROWS, COLUMNS, 1
    found.BitsAllocated, found.BitsStored, found.HighBit, found.PixelRepresentation = 16, 12, 11, 0
    found.PhotometricInterpretation = "MONOCHROME2"
    found.PixelSpacing, found.SliceThickness = [0.7, 0.5], 5
    found.ImageOrientationPatient = WAYS
    found.ImagePositionPatient = [10, -20, 30 + 2.5 * (number if z is None else z)]
    found.RescaleSlope, found.RescaleIntercept = 1, -1024
    found.InstanceNumber = number + 1
    for name, value in changed.items():
        setattr(found, name, value)
    rng = np.random.default_rng(number)
    found.PixelData = rng.integers(0, 4096, (found.Rows, found.Columns)).astype("<u2").tobytes()
    return found


@pytest.fixture
def folder(tmp_path):
    """Four slices, in files whose names are not in their order."""
    for number in range(COUNT):
        slice_of(number).save_as(tmp_path / f"{(number * 3) % COUNT}.dcm")
    return tmp_path


def said(path):
    with pytest.raises(FileError) as error:
        images.read(path)
    return str(error.value)


REAL = ["CT_small.dcm", "MR_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "MR_small_RLE.dcm"]
REAL += ["MR_small_jpeg_ls_lossless.dcm", "693_J2KI.dcm", "image_dfl.dcm", "SC_rgb_rle.dcm", "SC_rgb_small_odd.dcm"]
REAL += [
    "examples_ybr_color.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "liver_1frame.dcm",
    "SC_rgb_rle_16bit_2frame.dcm",
]


@each("name", REAL)
def test_pixels_are_those_of_pydicom(name):
    path = get_testdata_file(name, download=False)
    found = pydicom.dcmread(path)
    expected = found.pixel_array
    if "RescaleSlope" in found:
        expected = expected * float(found.RescaleSlope) + float(found.RescaleIntercept)
    pixels = images.read(path)
    np.testing.assert_array_equal(pixels.array, expected)
    assert pixels.colour == (found.SamplesPerPixel == 3)


def test_a_folder_and_a_pattern_are_a_series_in_the_order_of_places(folder):
    (folder / "readme.txt").write_text("no image")
    expected = np.stack([slice_of(number).pixel_array.astype(int) - 1024 for number in range(COUNT)])
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    peer = reader.Execute()
    for path in (folder, folder / "*.dcm"):
        pixels = images.read(path)
        np.testing.assert_array_equal(pixels.array, expected)
        np.testing.assert_array_equal(pixels.array, SimpleITK.GetArrayFromImage(peer))
        assert pixels.array.dtype == np.int16
        assert [float(size) for size in pixels.spacing] == pytest.approx(peer.GetSpacing()[::-1])
        assert pixels.grid.origin == pytest.approx(peer.GetOrigin())
        ways = np.array(pixels.grid.steps) / np.array(peer.GetSpacing()[::-1])[:, None]
        np.testing.assert_allclose(ways, np.reshape(peer.GetDirection(), (3, 3)).T[::-1], atol=1e-6)
    assert any("readme.txt" in note for note in images.read(folder).notes)


def test_a_window_is_cut_from_what_is_read(folder):
    whole = images.read(folder).array
    source, _ = several.opened(folder, None)
    assert (source.shape, source.dtype) == (whole.shape, whole.dtype)
    window = (slice(1, 3), slice(2, 5), slice(0, 2))
    np.testing.assert_array_equal(source.read(window).array, whole[window])


@each("changed", [{"SeriesInstanceUID": generate_uid(), "SeriesDescription": "other"}, {"Rows": 4}])
def test_what_is_no_one_series_is_listed(folder, changed):
    slice_of(9, **changed).save_as(folder / "x.dcm")
    text = said(folder)
    assert changed.get("SeriesDescription", "made") in text
    assert "x.dcm" in text


def test_missing_double_and_uneven_slices_are_no_volume(folder):
    slice_of(9, z=6).save_as(folder / "x.dcm")
    assert "z = 40, z = 42.5 mm" in said(folder)
    slice_of(9, z=2).save_as(folder / "x.dcm")
    assert "x.dcm" in said(folder)
    slice_of(9, z=4.4).save_as(folder / "x.dcm")
    assert "2.5 to 3.5 mm apart" in said(folder)


def test_localizers_are_passed_over(folder):
    scout = slice_of(9, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], SeriesInstanceUID=generate_uid())
    scout.save_as(folder / "scout.dcm")
    pixels = images.read(folder)
    assert pixels.array.shape == (COUNT, ROWS, COLUMNS)
    assert any("scout.dcm" in note for note in pixels.notes)


def test_slopes_that_differ_are_each_slices_own(tmp_path):
    slopes = [0.5, 0.1, 2, 1.5]
    for number, slope in enumerate(slopes):
        slice_of(number, RescaleSlope=slope).save_as(tmp_path / f"{number}.dcm")
    expected = [slice_of(n).pixel_array * float(slope) - 1024 for n, slope in enumerate(slopes)]
    np.testing.assert_array_equal(images.read(tmp_path).array, np.stack(expected))


def test_intercepts_that_differ_come_to_the_smallest_type_of_all(tmp_path):
    intercepts = [-1024, 0, -1000]
    for number, intercept in enumerate(intercepts):
        slice_of(number, RescaleIntercept=intercept).save_as(tmp_path / f"{number}.dcm")
    found = images.read(tmp_path).array
    expected = [slice_of(n).pixel_array.astype(int) + intercept for n, intercept in enumerate(intercepts)]
    np.testing.assert_array_equal(found, np.stack(expected))
    assert found.dtype == np.int16


def test_low_is_bright_is_turned(tmp_path):
    path = tmp_path / "a.dcm"
    slice_of(0, PhotometricInterpretation="MONOCHROME1").save_as(path)
    peer = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))[0]
    pixels = images.read(path)
    np.testing.assert_array_equal(pixels.array, peer)
    assert any("MONOCHROME1" in note for note in pixels.notes)


def test_padding_is_no_data(tmp_path):
    found = slice_of(0)
    first = int(found.pixel_array[0, 0])
    found.PixelPaddingValue = first
    found.save_as(tmp_path / "a.dcm")
    assert images.read(tmp_path / "a.dcm").nodata == first - 1024
    found.PixelPaddingRangeLimit = 4095
    found.save_as(tmp_path / "a.dcm")
    np.testing.assert_array_equal(images.read(tmp_path / "a.dcm").valid, found.pixel_array < first)


def test_a_detectors_spacing_is_said(tmp_path):
    found = slice_of(0, Modality="CR")
    found.ImagerPixelSpacing = [0.2, 0.2]
    found.save_as(tmp_path / "a.dcm")
    assert any("calibrated" in note for note in images.read(tmp_path / "a.dcm").notes)
    del found.PixelSpacing
    found.save_as(tmp_path / "a.dcm")
    pixels = images.read(tmp_path / "a.dcm")
    assert [float(size) for size in pixels.spacing] == [0.2, 0.2]
    assert any("ImagerPixelSpacing" in note for note in pixels.notes)


def test_what_holds_no_image_is_one_line(tmp_path):
    assert "folder" in said(tmp_path)
    assert "no file has such a name" in said(tmp_path / "*.dcm")
    (tmp_path / "a.txt").write_text("no image")
    assert "none of its 1 file is a DICOM image" in said(tmp_path)
    assert "no DICOM series" in said(tmp_path / "*.txt")
    assert "without pixels" in said(get_testdata_file("rtplan.dcm", download=False))
    assert "DICOMDIR" in said(get_testdata_file("DICOMDIR", download=False))
    assert "damaged" in said(get_testdata_file("MR_truncated.dcm", download=False))


def test_files_cut_short_anywhere_are_refused(tmp_path):
    path = tmp_path / "a.dcm"
    slice_of(0).save_as(path)
    data = path.read_bytes()
    for length in range(140, len(data) - 1, 23):
        path.write_bytes(data[:length])
        assert said(path).startswith("error: cannot read")


def test_folders_and_deflated_files_have_bounds(folder, monkeypatch):
    monkeypatch.setattr(bounds, "FILES", bounds.Bound(3, "files"))
    assert "more than 3 files" in said(folder)
    monkeypatch.setattr(bounds, "INFLATED", bounds.Bound(1000, "bytes behind its compression"))
    assert "more than 1,000 bytes" in said(get_testdata_file("image_dfl.dcm", download=False))


def test_dicom_is_not_written(tmp_path):
    with pytest.raises(FileError, match="only read"):
        rasters.write(tmp_path / "a.dcm", np.ones((2, 2), bool), kind="mask")


def test_a_folder_goes_through_the_command(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    access = Access()
    loaded = programs.load_inputs(compile("im > 0"), {"im": folder.name}, {}, [], folder, access)
    assert loaded.stem == folder.name
    assert access.refusal(str(folder / "0.dcm")) is not None
    assert loaded.digest("im") != loaded.digest("other")


def test_tilted_slices_keep_their_places_and_their_distance(tmp_path):
    """Their spacing is the distance along the normal; the steps, which go to files, are those of their corners."""
    turned = [1, 0, 0, 0, round(float(np.cos(0.3)), 6), round(float(np.sin(0.3)), 6)]
    for i in range(4):
        slice_of(i, ImagePositionPatient=[0, 0, 5 * i], ImageOrientationPatient=turned).save_as(tmp_path / f"{i}.dcm")
    kind = compile("im > 0").bind(im=programs.as_image(images.read(tmp_path), None)).kinds["result"]
    assert float(kind.spacing[0]) == pytest.approx(5 * np.cos(0.3), rel=1e-5)
    assert kind.grid.steps[0] == (0, 0, 5)


def test_what_lies_between_the_segments_of_a_jpeg_is_damage(tmp_path):
    """A decoder may end the whole process over it."""
    with open(get_testdata_file("SC_rgb_jpeg_gdcm.dcm"), "rb") as stream:
        data = bytearray(stream.read())
    table = data.index(b"\xff\xc4", data.index(b"\xff\xd8\xff"))
    data[table] = 0
    path = tmp_path / "a.dcm"
    path.write_bytes(data)
    with pytest.raises(FileError, match="damaged"):
        images.read(path)


def test_the_decoder_that_jpeg_of_12_bits_needs_is_named(monkeypatch):
    found = get_decoder(JPEGExtended12Bit)
    monkeypatch.setattr(found, "_available", {"pillow": found._available["pillow"]})
    with pytest.raises(FileError, match="which needs python-gdcm"):
        images.read(get_testdata_file("JPEG-lossy.dcm"))
