"""TIFF of microscopes, satellites and ours. Oracles: tifffile, imageio and SimpleITK write and read beside maskexpr."""

import io
import itertools
import os
import random
import struct
import subprocess
import sys
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import imageio.v3
import numpy as np
import pytest
import tifffile
from helpers import rasters
from helpers.each import each
from PIL import Image, features

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images
from maskexpr.files.images.opening import opened
from maskexpr.kinds.grid import Grid

NUMBERS = [*(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "float16", "float32", "float64"]
SIZES = {"t": Fraction(1), "z": Fraction(2, 1000), "y": Fraction(1, 2000), "x": Fraction(1, 4000)}
HYPERSTACK = np.random.default_rng(1).integers(0, 200, (2, 3, 4, 5, 6)).astype(np.uint16)  # TZCYX
TEXT = '{"maskexpr": "0.1", "program": "im > 32"}'


def written(array: np.ndarray, **options: object) -> bytes:
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, **options)
    return stream.getvalue()


def read(data: bytes, kind: str | None = None) -> images.Pixels:
    return images.read(io.BytesIO(data), kind=kind)


def mistake(data: bytes) -> str:
    with pytest.raises(FileError) as caught:
        read(data)
    assert str(caught.value).isprintable()
    return str(caught.value)


def metadata(form: str, axes: str) -> dict[str, object]:
    if form == "imagej":
        said = {"axes": axes, "unit": "um", "spacing": 2.0}
        return {"imagej": True, "metadata": said, "resolution": (4, 2)}
    said = {"axes": axes, "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5, "PhysicalSizeZ": 2.0}
    if "C" in axes:
        said["Channel"] = {"Name": ["a", "b", "c", "d"]}
    return {"ome": form == "ome", "metadata": said, "photometric": "minisblack"}


@pytest.mark.parametrize("form", ["imagej", "ome", "tifffile"])
@each("axes", ["TZCYX", "ZCYX", "CYX", "ZYX", "TYX", "TCYX", "YX"])
def test_a_hyperstack_has_its_axes_its_channels_and_its_sizes(axes: str, form: str) -> None:
    array = HYPERSTACK[tuple(slice(None) if axis in axes else 0 for axis in "TZCYX")]
    pixels = read(written(array, **metadata(form, axes)))
    expected = np.moveaxis(array, axes.index("C"), -1) if "C" in axes else array
    np.testing.assert_array_equal(pixels.array, expected, strict=True)
    assert pixels.colour is ("C" in axes)
    lower = axes.replace("C", "").lower()
    assert pixels.spacing == tuple(SIZES[axis] for axis in lower)
    assert pixels.grid is not None
    assert pixels.grid.axes == lower
    assert pixels.grid.channels == (("a", "b", "c", "d") if "C" in axes and form != "imagej" else ())


@each("order", sorted({"".join(order) for order in itertools.permutations("TZC")}))
def test_planes_are_found_in_any_order(order: str) -> None:
    array = HYPERSTACK.transpose([*("TZC".index(axis) for axis in order), 3, 4])
    for options in ({"ome": True}, {"photometric": "minisblack"}):
        pixels = read(written(np.ascontiguousarray(array), metadata={"axes": order + "YX"}, **options))
        np.testing.assert_array_equal(pixels.array, np.moveaxis(HYPERSTACK, 2, -1), strict=True)


@each("dtype", NUMBERS)
@each("channels", [(), ("DAPI", 'µ <&> "x"'), ("red", "green", "blue", "alpha"), 2, 3, 5])
@each("axes", ["", "yx", "zyx", "tyx", "tzyx"])
def test_what_is_written_comes_back_and_tifffile_reads_the_same(
    dtype: str, channels: tuple[str, ...] | int, axes: str
) -> None:
    names = () if isinstance(channels, int) else channels
    count = channels if isinstance(channels, int) else len(channels)
    shape = dict(zip("tzyx", (2, 3, 5, 6), strict=True))
    sides = tuple(shape[axis] for axis in axes or "yx")
    array = (np.random.default_rng(2).random(sides + ((count,) if count else ())) * 100).astype(dtype)
    for spacing in (None, tuple(SIZES[axis] for axis in axes or "yx")):
        raster = {"spacing": spacing, "grid": Grid(axes=axes, channels=names)}
        data = rasters.encode(array, "colour" if count else "image", ".tif", **raster)
        pixels = read(data)
        np.testing.assert_array_equal(pixels.array, array, strict=True)
        assert (pixels.colour, pixels.spacing) == (bool(count), spacing)
        assert (pixels.grid.channels if pixels.grid else ()) == names
        if len(axes) > 2:
            assert pixels.grid is not None
            assert pixels.grid.axes == axes
        with tifffile.TiffFile(io.BytesIO(data)) as found:
            other = found.series[0].asarray().squeeze()
        planes = np.moveaxis(array, -1, len(sides) - 2) if count else array
        assert any(np.array_equal(other, way) for way in (array, planes))
        if dtype != NUMBERS[0]:  # what is written beside the pixels is the same for all types
            continue
        assert data == rasters.encode(array, "colour" if count else "image", ".tif", **raster)
        told = rasters.encode(array, "colour" if count else "image", ".tif", text=TEXT, **raster)
        assert images.read_text(io.BytesIO(told)) == TEXT
        assert read(told).grid == pixels.grid
        assert read(told).spacing == spacing


def test_other_programs_read_the_axes_that_are_written() -> None:
    grid = Grid(axes="tzyx", channels=("DNA", "PH3", "actin", "tubulin"))
    spacing = tuple(SIZES.values())
    array = np.ascontiguousarray(np.moveaxis(HYPERSTACK, 2, -1))
    data = rasters.encode(array, "colour", ".tif", grid=grid, spacing=spacing)
    with tifffile.TiffFile(io.BytesIO(data)) as found:
        assert found.is_ome
        assert found.series[0].axes == "TZCYX"
        np.testing.assert_array_equal(found.series[0].asarray(), HYPERSTACK)
        assert 'Name="PH3"' in found.ome_metadata
        assert 'PhysicalSizeZ="0.002" PhysicalSizeZUnit="mm"' in found.ome_metadata
    data = rasters.encode(array[..., 0], "image", ".tif", grid=Grid(axes="tzyx"), spacing=spacing)
    with tifffile.TiffFile(io.BytesIO(data)) as found:
        assert found.is_imagej
        assert found.series[0].axes == "TZYX"
        assert (found.imagej_metadata["unit"], found.imagej_metadata["spacing"]) == ("cm", 0.0002)


def test_simpleitk_reads_the_pixels_and_their_size(tmp_path: Path) -> None:
    itk = pytest.importorskip("SimpleITK")
    for dtype in ("uint8", "int8", "uint16", "int16", "float32"):
        array = (np.random.default_rng(3).random((5, 6)) * 100).astype(dtype)
        rasters.write(tmp_path / "a.tif", array, kind="image", spacing=(Fraction(1, 2), Fraction(1, 4)))
        image = itk.ReadImage(str(tmp_path / "a.tif"))
        np.testing.assert_array_equal(itk.GetArrayFromImage(image), array, strict=True)
        assert image.GetSpacing() == pytest.approx((0.25, 0.5), rel=1e-6)
    itk.WriteImage(itk.GetImageFromArray(array), str(tmp_path / "b.tif"))
    np.testing.assert_array_equal(images.read(tmp_path / "b.tif").array, array, strict=True)


@pytest.mark.parametrize("writer", ["tifffile", "imageio"])
def test_a_mask_of_another_program_is_the_mask_it_was(tmp_path: Path, writer: str) -> None:
    mask = np.random.default_rng(4).random((5, 65)) < 0.3
    (tifffile.imwrite if writer == "tifffile" else imageio.v3.imwrite)(tmp_path / "a.tif", mask)
    pixels = images.read(tmp_path / "a.tif")
    np.testing.assert_array_equal(pixels.array, mask, strict=True)
    assert [said.code for said in pixels.warned] == ["white-is-zero"]


def test_a_white_is_zero_file_is_named_once(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.arange(6, dtype=np.uint8).reshape(2, 3), photometric="miniswhite")
    command = [sys.executable, "-m", "maskexpr", "eval", "max(im) + max(im)", "im=a.tif"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "10\n"
    assert done.stderr == (
        "warning: a.tif is white-is-zero: its numbers are taken as they are stored, 0 for white; "
        "write 255 - im where white is meant\n"
    )


# --- sizes -----------------------------------------------------------------------------------------------------------


@each(
    "case",
    [
        ((72, 72), "INCH", None),
        ((300, 300), "INCH", None),
        ((28.35, 28.35), "CENTIMETER", None),
        ((1, 1), "CENTIMETER", None),
        ((4, 2), "NONE", None),
        ((4, 2), "CENTIMETER", (Fraction(5), Fraction(5, 2))),
        ((10_000, 10_000), "CENTIMETER", (Fraction(1, 1000),) * 2),
        ((25_400, 25_400), "INCH", (Fraction(1, 1000),) * 2),
    ],
)
def test_a_resolution_for_printers_is_no_size(case: tuple) -> None:
    resolution, unit, expected = case
    array = np.zeros((3, 4), np.uint8)
    data = written(array, resolution=resolution, resolutionunit=unit, metadata=None)
    assert read(data).spacing == expected
    stack = written(
        np.zeros((2, 3, 4), np.uint8),
        photometric="minisblack",
        resolution=resolution,
        resolutionunit=unit,
        metadata=None,
    )
    found = read(stack)
    assert found.spacing is None
    assert any("no distance of planes" in note for note in found.notes) is (expected is not None)


def test_slices_whose_distance_imagej_leaves_out_are_a_unit_apart() -> None:
    data = written(HYPERSTACK[0, :, 0], imagej=True, metadata={"axes": "ZYX", "unit": "micron"}, resolution=(4, 4))
    pixels = read(data)
    assert pixels.spacing == (Fraction(1, 1000), Fraction(1, 4000), Fraction(1, 4000))
    assert "the distance of slices is not stated: 1 micron, as ImageJ takes it" in pixels.notes


# --- no data ---------------------------------------------------------------------------------------------------------


@each(
    "case",
    [
        ("uint8", "7", 7),
        ("uint8", "7.0", 7),
        ("uint8", "-9999", None),
        ("uint8", "7.5", None),
        ("int16", "-9999", -9999),
        ("uint64", str(2**64 - 1), 2**64 - 1),
        ("float32", "-3.4028234663852886e+38", float(np.float32(-3.4028234663852886e38))),
        ("float32", "0.1", float(np.float32(0.1))),
        ("float64", "nan", float("nan")),
        ("uint8", "none", None),
    ],
)
def test_what_gdal_stores_where_there_is_no_data(case: tuple) -> None:
    dtype, text, nodata = case
    array = np.array([[1, 2, 3]], dtype)
    if nodata is not None:
        array[0, 1] = nodata
    pixels = read(written(array, extratags=[(42113, 2, 0, text, True)], metadata=None))
    np.testing.assert_array_equal(pixels.array, array, strict=True)
    if nodata is None:
        assert (pixels.valid, pixels.nodata) == (None, None)
        return
    assert pixels.valid is not None
    assert pixels.valid.tolist() == [[True, False, True]]
    assert repr(pixels.nodata) == repr(nodata)
    again = read(rasters.encode(array, "image", ".tif", valid=pixels.valid, nodata=pixels.nodata))
    assert again.valid is not None
    assert again.valid.tolist() == pixels.valid.tolist()


# --- windows ---------------------------------------------------------------------------------------------------------


def test_a_window_is_that_part() -> None:
    files = [
        written(HYPERSTACK, imagej=True),
        written(HYPERSTACK[0, :, 0], metadata=None, photometric="minisblack"),
        written(HYPERSTACK[0, 0], imagej=True),
        rasters.encode(np.ones((9, 17, 4), np.uint8), "colour", ".tif"),
        written(np.zeros((4, 5, 6), np.uint8), tile=(16, 16), metadata=None, photometric="minisblack"),
        written(
            np.zeros((4, 32, 48), np.uint8), photometric="minisblack", volumetric=True, tile=(2, 16, 16), metadata=None
        ),
    ]
    for data in files:
        with opened(io.BytesIO(data)) as file:
            source = file.format.open(file, None)
            whole = source.read(None).array
            assert (whole.shape, whole.dtype) == (source.shape, source.dtype)
            ndim = whole.ndim - bool(source.colour)
            window = tuple(slice(axis % 2, n - 1) for axis, n in enumerate(whole.shape[:ndim]))
            np.testing.assert_array_equal(source.read(window).array, whole[window], strict=True)


def test_a_page_of_several_planes_is_a_volume() -> None:
    array = np.random.default_rng(5).integers(0, 200, (4, 32, 48)).astype(np.uint8)
    pixels = read(written(array, photometric="minisblack", volumetric=True, tile=(2, 16, 16), metadata=None))
    np.testing.assert_array_equal(pixels.array, array, strict=True)
    assert pixels.grid is not None
    assert pixels.grid.axes == "zyx"


# --- what is not read, and strangers' files --------------------------------------------------------------------------


def ome(xml: str) -> bytes:
    return written(np.zeros((2, 3, 4), np.uint8), description=xml, metadata=None, photometric="minisblack")


PIXELS = '<Pixels DimensionOrder="XYCZT" SizeX="4" SizeY="3" SizeC="1" SizeZ="2" SizeT="1" Type="uint8">'
TWICE = '<TiffData IFD="0" PlaneCount="2"/>' * 2
OTHER = '<TiffData><UUID FileName="../b.tif">b</UUID></TiffData>'
ELSEWHERE = f'<OME UUID="a"><Image>{PIXELS}{OTHER}</Pixels></Image></OME>'


@each(
    "case",
    [
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><OME>&b;</OME>", "it declares types of its own"),
        ("<OME", "it is no XML"),
        ("<OME></OME>", "there are 0 planes"),
        (f"<OME><Image>{PIXELS.replace('XYCZT', 'ZZZZZ')}</Pixels></Image></OME>", "in which order planes are"),
        (f"<OME><Image>{PIXELS.replace('2', '99')}</Pixels></Image></OME>", "there are 99 planes, and there are 2"),
        (f"<OME><Image>{PIXELS.replace('3', 'x')}</Pixels></Image></OME>", "SizeY is no whole number"),
        (f"<OME><Image>{PIXELS.replace('3', '9')}</Pixels></Image></OME>", "not the pages that there are"),
        (f'<OME><Image>{PIXELS}<TiffData IFD="0"/></Pixels></Image></OME>', "where all planes are"),
        (f"<OME><Image>{PIXELS}{TWICE}</Pixels></Image></OME>", "names planes twice"),
        (ELSEWHERE, "a part of an OME image whose other parts are in ../b.tif; save the image as one file"),
        ('<OME><BinaryOnly MetadataFile="/etc/c.ome" UUID="a"/></OME>', "whose other parts are in /etc/c.ome"),
    ],
)
def test_ome_xml_that_is_not_followed_is_named(case: tuple[str, str]) -> None:
    assert case[1] in mistake(ome(case[0]))


@each(
    "description",
    [
        "ImageJ=1.54f\nimages=999999999\nslices=999999999\n",
        '{"shape": [99999999, 3, 4], "axes": "ZYX", "truncated": true}',
        '{"shape": [9999999999, 9999999999, 3, 4], "axes": "TZYX", "truncated": true}',
    ],
)
def test_planes_that_cannot_lie_in_a_file_are_not_counted(description: str) -> None:
    data = written(np.zeros((3, 4), np.uint8), description=description, metadata=None)
    assert "it declares more than 2,097,152" in mistake(data)


def test_of_several_ome_images_the_first_is_read() -> None:
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream, ome=True) as file:
        file.write(HYPERSTACK[0, :, 0], metadata={"axes": "ZYX"}, photometric="minisblack")
        file.write(np.zeros((7, 9), np.uint8), photometric="minisblack")
    pixels = read(stream.getvalue())
    np.testing.assert_array_equal(pixels.array, HYPERSTACK[0, :, 0], strict=True)
    assert "the first of 2 images in the file" in pixels.notes


SEEDS = {
    "ome": written(HYPERSTACK, **metadata("ome", "TZCYX")),
    "imagej": written(HYPERSTACK, **metadata("imagej", "TZCYX")),
    "tifffile": written(HYPERSTACK, **metadata("tifffile", "TZCYX")),
    "labels": written(HYPERSTACK[0, 0], imagej=True, metadata={"axes": "CYX", "Labels": ["a", "b", "c", "d"]}),
}


def test_labels_of_imagej_that_are_channels_name_them() -> None:
    grid = read(SEEDS["labels"]).grid
    assert grid is not None
    assert grid.channels == ("a", "b", "c", "d")


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_hyperstack_is_a_picture_or_an_error(name: str) -> None:
    rng = random.Random(name)
    for _ in range(400):
        data = bytearray(SEEDS[name])
        for _ in range(rng.choice((1, 2, 8))):
            data[rng.randrange(min(len(data), rng.choice((64, 1500, 1 << 20))))] = rng.randrange(256)
        for part in (bytes(data), bytes(data[: rng.randrange(len(data))])):
            with suppress(FileError):
                assert read(part or b"II*\0").array.dtype.isnative


def test_a_compression_that_nobody_has_is_named() -> None:
    data = bytearray(written(np.zeros((4, 4), np.uint8), compression="deflate", metadata=None))
    struct.pack_into("<H", data, data.index(struct.pack("<HHI", 259, 3, 1)) + 8, 4242)
    assert "4242" in mistake(bytes(data))


def entry(data: bytes, tag: int, page: int) -> int:
    """Where the entry of a tag is, in the directory of a page."""
    (start,) = struct.unpack_from("<I", data, 4)
    for _ in range(page + 1):
        (count,) = struct.unpack_from("<H", data, start)
        places = [*range(start + 2, start + 2 + 12 * count, 12)]
        (start,) = struct.unpack_from("<I", data, start + 2 + 12 * count)
    return next(place for place in places if struct.unpack_from("<H", data, place) == (tag,))


BITS, SAMPLES, BYTES = 258, 277, 279
PLANAR = written(HYPERSTACK[0, 0], photometric="rgb", planarconfig="separate")
PACKED = written(HYPERSTACK[0, :, 0], photometric="minisblack", compression="zlib", metadata=None)


@each(
    "case",
    [
        (PLANAR, 0, SAMPLES, 4, struct.pack("<I", 0x7F000001)),  # so many numbers of samples that they are nowhere
        (PACKED, 1, BITS, 2, struct.pack("<H", 1)),  # of a type that is a text to tifffile
        (PACKED, 0, BYTES, 8, struct.pack("<I", 0x7FFFFFFF)),  # a strip longer than the file
    ],
)
def test_tags_that_a_decoder_takes_for_others_are_damage(case: tuple[bytes, int, int, int, bytes]) -> None:
    data, page, tag, place, value = case
    read(data)
    changed = bytearray(data)
    start = entry(data, tag, page) + place
    changed[start : start + len(value)] = value
    assert "cannot read" in mistake(bytes(changed))


def test_what_native_decoders_print_stays_off_the_terminal(capfd) -> None:
    if not features.check("libtiff"):
        pytest.skip("Pillow without libtiff")
    stream = io.BytesIO()
    Image.fromarray(np.zeros((16, 16, 3), np.uint8)).convert("YCbCr").save(stream, "TIFF", compression="jpeg")
    data = stream.getvalue()
    (place,) = struct.unpack_from("<I", data, entry(data, 273, 0) + 8)
    mistake(data[:place] + bytes(4) + data[place + 4 :])
    assert capfd.readouterr() == ("", "")
    os.write(2, b"and what others print is seen")
    assert capfd.readouterr().err == "and what others print is seen"
