"""Files <-> arrays. Oracles: Pillow, tifffile and NumPy themselves write and read beside maskexpr."""

import errno
import io
import os
import random
import re
import stat
import struct
import subprocess
import sys
import types
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers import rasters
from helpers.each import each
from helpers.places import ANKLE
from PIL import Image

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import formats, images
from maskexpr.files.decoding import bounds
from maskexpr.files.images import table

PILLOW = int(Image.__version__.split(".")[0])
SHAPES = [(1, 1), (1, 9), (9, 1), (5, 63), (5, 64), (5, 65)]
STACKS = [(2, 1, 1), (3, 5, 65), (4, 7, 3), (5, 3, 4)]
NUMBERS = [*(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "float16", "float32", "float64"]
NOT_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do anything")


def noise(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    raw = np.random.default_rng(seed).integers(0, 256, (*shape, np.dtype(dtype).itemsize), dtype=np.uint8)
    if dtype == "bool":
        return raw[..., 0] > 127
    if np.dtype(dtype).kind == "f":
        return np.random.default_rng(seed).normal(0, 1e3, shape).astype(dtype)
    return raw.reshape(*shape[:-1], -1).view(dtype).reshape(shape)


def saved(image: Image.Image, format: str, **options: object) -> io.BytesIO:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return io.BytesIO(stream.getvalue())


def read(data: bytes | io.BytesIO, kind: str | None = None) -> images.Pixels:
    return images.read(data if isinstance(data, io.BytesIO) else io.BytesIO(data), kind=kind)


def mistake(data: bytes | io.BytesIO, kind: str | None = None) -> str:
    with pytest.raises(FileError) as caught:
        read(data, kind)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.dtype == expected.dtype
    assert found.dtype.isnative
    np.testing.assert_array_equal(found, expected)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(header: bytes, rows: bytes, *more: bytes) -> bytes:
    parts = chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


# --- round trips -----------------------------------------------------------------------------------------------------


@each("shape", SHAPES)
@pytest.mark.parametrize(
    ("suffix", "dtype"),
    [
        *((".png", t) for t in ("uint8", "uint16")),
        *((".tif", t) for t in NUMBERS),
        (".bmp", "uint8"),
        *((s, t) for s in (".npy", ".npz") for t in ("int8", "uint16", "int64", "uint64", "float16", "float64")),
    ],
)
def test_an_image_comes_back_as_it_was(tmp_path: Path, suffix: str, dtype: str, shape: tuple[int, ...]) -> None:
    array = noise(shape, dtype)
    rasters.write(tmp_path / f"a{suffix}", array, kind="image")
    picture = images.read(tmp_path / f"a{suffix}")
    same(picture.array, array)
    assert picture.notes == ()
    assert picture.colour is (None if suffix.startswith(".np") else False)


@pytest.mark.parametrize("shape", STACKS, ids=str)
@pytest.mark.parametrize("dtype", ["bool", *NUMBERS])
def test_a_stack_is_a_tiff_of_pages(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    array = noise(shape, dtype)
    kind = "mask" if dtype == "bool" else "image"
    assert rasters.suffix_for(array, kind) == ".tif"
    rasters.write(tmp_path / "a.tiff", array, kind=kind)
    picture = images.read(tmp_path / "a.tiff")
    same(picture.array, array if dtype != "bool" else array * np.uint8(255))
    assert picture.colour is False
    assert picture.notes == (f"{len(array)} pages stacked",)


@each("shape", SHAPES)
@each("suffix, dtype", [(".png", "uint8"), (".png", "uint16"), *((".tif", t) for t in NUMBERS), (".bmp", "uint8")])
def test_colour_comes_back(suffix: str, dtype: str, shape: tuple[int, ...]) -> None:
    array = noise((*shape, 3), dtype)
    picture = read(rasters.encode(array, "colour", suffix))
    same(picture.array, array)
    assert picture.colour is True


def test_a_stack_of_colour_pages_comes_back() -> None:
    array = noise((3, 4, 5, 3), "uint8")
    picture = read(rasters.encode(array, "colour", ".tif"))
    same(picture.array, array)
    assert picture.colour is True


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_mask_is_0_and_255_in_pictures(suffix: str, shape: tuple[int, ...]) -> None:
    mask = noise(shape, "bool")
    with Image.open(io.BytesIO(rasters.encode(mask, "mask", suffix))) as stored:
        same(np.asarray(stored), mask * np.uint8(255))


def test_a_mask_is_0_and_1_in_numpy_files() -> None:
    mask = noise((5, 65), "bool")
    same(np.load(io.BytesIO(rasters.encode(mask, "mask", ".npy"))), mask.astype(np.uint8))
    same(np.load(io.BytesIO(rasters.encode(mask, "mask", ".npz")))["mask"], mask.astype(np.uint8))


@pytest.mark.parametrize(
    ("most", "dtype", "suffix"),
    [(0, "uint8", ".png"), (255, "uint8", ".png"), (256, "uint16", ".png"), (65536, "uint32", ".tif")],
)
def test_labels_take_the_smallest_unsigned_type(most: int, dtype: str, suffix: str) -> None:
    labels = np.full((3, 4), most, np.int32)
    assert rasters.suffix_for(labels, "labels") == suffix
    same(read(rasters.encode(labels, "labels", suffix)).array, labels.astype(dtype))


@pytest.mark.parametrize("suffix", [".tif", ".npy", ".npz"])
def test_one_nan_is_written_whatever_its_bits(suffix: str) -> None:
    """Those of 0 / 0 have a sign on one machine and none on another."""
    dtype, bits = (
        ("float32", [0xFFC00000, 0x7FC00001]) if suffix == ".tif" else ("float64", [0xFFF8 << 48, 0x7FF1 << 48])
    )
    others = np.array(bits, f"u{np.dtype(dtype).itemsize}").view(dtype)
    plain = np.array([[1, np.nan, np.nan, -0.0]], dtype)
    odd = plain.copy()
    odd[:, 1:3] = others
    assert odd.tobytes() != plain.tobytes()
    assert rasters.encode(odd, "image", suffix) == rasters.encode(plain, "image", suffix)
    assert odd.tobytes() != plain.tobytes()


@pytest.mark.parametrize(
    "made",
    [lambda a: np.asfortranarray(a), lambda a: a[::-1, ::-1], lambda a: a.astype(">u2"), lambda a: a.T.copy().T],
    ids=["fortran", "negative strides", "big-endian", "transposed"],
)
@pytest.mark.parametrize("suffix", [".png", ".tif", ".npy"])
def test_any_memory_layout_is_written(made, suffix: str) -> None:
    array = made(noise((7, 65), "uint16"))
    array.flags.writeable = False
    same(read(rasters.encode(array, "image", suffix)).array, np.asarray(array, np.uint16))


@pytest.mark.parametrize(
    ("shape", "dtype", "kind", "suffix"),
    [
        ((3, 4), "bool", "mask", ".png"),
        ((3, 4), "float32", "image", ".tif"),
        ((3, 4), "float64", "image", ".tif"),
        ((3, 4), "int16", "image", ".tif"),
        ((3, 4, 3), "uint16", "colour", ".png"),
        ((3, 4, 4), "uint8", "colour", ".png"),
        ((3, 4, 3), "float32", "colour", ".tif"),
        ((1, 3, 4), "uint8", "image", ".npy"),
        ((2, 2, 3, 4), "uint8", "image", ".tif"),
        ((2, 1, 3, 4), "uint8", "image", ".npy"),
        ((0, 4), "bool", "mask", ".npy"),
        ((4,), "uint8", "image", ".npy"),
    ],
)
def test_the_plainest_format_is_chosen(shape: tuple[int, ...], dtype: str, kind: str, suffix: str) -> None:
    array = np.ones(shape, dtype)
    assert rasters.suffix_for(array, kind) == suffix
    rasters.encode(array, kind, suffix)


# --- what other programs write ---------------------------------------------------------------------------------------


def test_the_radiograph() -> None:
    picture = images.read(ANKLE)
    with Image.open(ANKLE) as oracle:
        same(picture.array, np.asarray(oracle))
    assert picture.array.shape == (880, 380)
    assert (picture.colour, picture.notes) == (False, ())


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP"])
def test_one_bit_is_a_mask(format: str, shape: tuple[int, ...]) -> None:
    mask = noise(shape, "bool")
    same(read(saved(Image.fromarray(mask), format)).array, mask)


def test_a_one_bit_palette_of_black_and_white_is_a_mask() -> None:
    image = Image.frombytes("P", (3, 1), bytes([0, 1, 1]))
    image.putpalette([0, 0, 0, 255, 255, 255])
    picture = read(saved(image, "PNG", bits=1))
    same(picture.array, np.array([[False, True, True]]))
    assert picture.notes == ("palette of black and white turned into a mask",)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "GIF", "BMP"])
@pytest.mark.parametrize(
    ("kind", "expected", "note"),
    [
        (None, [[[9, 8, 7], [1, 2, 3]]], "palette turned into RGB"),
        ("colour", [[[9, 8, 7], [1, 2, 3]]], "palette turned into RGB"),
        ("labels", [[0, 1]], "palette indices kept"),
        ("image", [[0, 1]], "palette indices kept"),
    ],
)
def test_a_palette(format: str, kind: str | None, expected: list, note: str) -> None:
    image = Image.frombytes("P", (2, 1), bytes([0, 1]))
    image.putpalette([9, 8, 7, 1, 2, 3])
    picture = read(saved(image, format), kind)
    same(picture.array, np.array(expected, np.uint8))
    assert picture.colour is (picture.array.ndim == 3)
    assert picture.notes == (note,)


def test_a_palette_of_greys_is_grey_where_only_unused_entries_have_colour() -> None:
    image = Image.frombytes("P", (2, 1), bytes([0, 1]))
    image.putpalette([9, 9, 9, 40, 40, 40, 1, 2, 3])
    picture = read(saved(image, "PNG"))
    same(picture.array, np.array([[9, 40]], np.uint8))
    assert (picture.colour, picture.notes) == (False, ("palette of greys turned into grey levels",))
    same(read(saved(image, "PNG"), "colour").array, np.array([[[9] * 3, [40] * 3]], np.uint8))


def test_a_palette_with_equal_entries_keeps_its_indices() -> None:
    image = Image.frombytes("P", (4, 1), bytes([3, 2, 1, 0]))
    image.putpalette([5, 5, 5] * 3 + [1, 2, 3])
    same(read(saved(image, "PNG"), "labels").array, np.array([[3, 2, 1, 0]], np.uint8))


@pytest.mark.parametrize("transparency", [0, b"\x00\x80", b"\xff\xff"])
def test_a_transparent_palette(transparency: object) -> None:
    image = Image.frombytes("P", (2, 1), bytes([0, 1]))
    image.putpalette([9, 8, 7, 1, 2, 3])
    data = saved(image, "PNG", transparency=transparency)
    picture = read(data)
    same(picture.array, np.array([[[9, 8, 7], [1, 2, 3]]], np.uint8))
    alpha = "alpha dropped: all pixels are opaque" if transparency == b"\xff\xff" else "alpha ignored"
    assert picture.notes == (alpha, "palette turned into RGB")
    same(read(saved(image, "PNG", transparency=transparency), "labels").array, np.array([[0, 1]], np.uint8))


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("opaque", [True, False])
def test_alpha_never_changes_the_other_channels(mode: str, format: str, opaque: bool) -> None:
    array = noise((5, 65, len(mode)), "uint8")
    if opaque:
        array[..., -1] = 255
    picture = read(saved(Image.fromarray(array), format))
    assert picture.colour is (mode == "RGBA")
    if (mode, format) == ("RGBA", "TIFF"):
        same(picture.array, array)
        assert picture.notes == ()
        return
    same(picture.array, array[..., 0] if mode == "LA" else array[..., :3])
    assert picture.notes == ("alpha dropped: all pixels are opaque" if opaque else "alpha ignored",)


def test_a_transparent_colour_is_said() -> None:
    picture = read(saved(Image.fromarray(noise((5, 6), "uint8")), "PNG", transparency=3))
    assert picture.notes == ("transparent colour ignored",)


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
@each("shape", [*SHAPES, (13, 11)])
@each("interlaced", [False, True])
@each("opaque", [False, True])
def test_16_bit_pngs_are_exact(colour: int, shape: tuple[int, ...], interlaced: bool, opaque: bool) -> None:
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    array = noise((*shape, channels), "uint16")
    if opaque and channels in (2, 4):
        array[..., -1] = 65535
    starts = [(0, 0, 1, 1)]
    if interlaced:
        starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    passes = [array[y::dy, x::dx] for y, x, dy, dx in starts]
    rows = b"".join(filtered(part) for part in passes if part.size)
    header = struct.pack(">IIBBBBB", shape[1], shape[0], 16, colour, 0, 0, interlaced)
    picture = read(png(header, rows))
    same(picture.array, array[..., 0] if channels < 3 else array[..., :3])
    assert picture.colour is (channels > 2)


def filtered(array: np.ndarray) -> bytes:
    """Rows of a PNG with each of the five filters in turn, written out as the standard has them."""
    step = array.shape[2] * 2
    rows, above = b"", bytes(array.shape[1] * step)
    for number, row in enumerate(array.astype(">u2")):
        line, kind = row.tobytes(), number % 5
        out = bytearray([kind])
        for i, value in enumerate(line):
            a, b, c = line[i - step] if i >= step else 0, above[i], above[i - step] if i >= step else 0
            nearest = min((a, b, c), key=lambda v: abs(a + b - c - v))
            out.append((value - (0, a, b, (a + b) // 2, nearest)[kind]) % 256)
        rows, above = rows + bytes(out), line
    return rows


def test_our_16_bit_colour_is_read_by_another_library() -> None:
    cv2 = pytest.importorskip("cv2")
    array = noise((13, 65, 3), "uint16")
    found = cv2.imdecode(np.frombuffer(rasters.encode(array, "colour", ".png"), np.uint8), cv2.IMREAD_UNCHANGED)
    same(found[..., ::-1], array)


@pytest.mark.parametrize("bits", [2, 4])
def test_small_greys_are_spread_to_look_at_and_bare_for_labels(bits: int) -> None:
    rows = bytes([0, 0b00011011])
    stored = [0, 1, 2, 3] if bits == 2 else [1, 11]
    data = png(struct.pack(">IIBBBBB", len(stored), 1, bits, 0, 0, 0, 0), rows)
    same(read(data, "labels").array, np.array([stored], np.uint8))
    picture = read(data)
    same(picture.array, np.array([stored], np.uint8) * np.uint8(255 // (2**bits - 1)))
    assert picture.notes == (f"{bits}-bit greys spread over 0 to 255",)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg(mode: str) -> None:
    data = saved(Image.fromarray(noise((16, 24), "uint8")).convert(mode), "JPEG")
    with Image.open(io.BytesIO(data.getvalue())) as oracle:
        expected = np.asarray(oracle if mode == "L" else oracle.convert("RGB"))
    picture = read(data)
    same(picture.array, expected)
    assert picture.colour is (mode != "L")
    assert picture.notes == (("CMYK turned into RGB",) if mode == "CMYK" else ())


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr"])
def test_tiffs_in_other_colours_turn_into_rgb(mode: str) -> None:
    image = Image.fromarray(noise((16, 24, 3), "uint8")).convert(mode)
    if mode == "YCbCr" and PILLOW < 13:
        assert "YCbCr colours without compression" in mistake(saved(image, "TIFF"))
        return
    picture = read(saved(image, "TIFF"))
    same(picture.array, np.asarray(image.convert("RGB")))
    assert picture.notes == (f"{mode} turned into RGB",)


def test_cielab_is_refused() -> None:
    image = Image.frombytes("LAB", (1, 1), b"\0\0\0")
    assert mistake(saved(image, "TIFF")) == (
        "error: cannot read the stream: it holds CIELAB colours; save it as whole or floating numbers, grey or RGB"
    )


@each("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "TIFF", "PNG"])
@pytest.mark.parametrize("mode", ["L", "RGB", "I;16"])
def test_exif_orientation_is_applied(orientation: int, format: str, mode: str) -> None:
    if (format, mode) == ("JPEG", "I;16"):
        pytest.skip("JPEG has no 16 bits")
    top = np.zeros((16, 32) + ((3,) if mode == "RGB" else ()), "uint16" if mode == "I;16" else "uint8")
    top[:8, :8] = 200
    top[8:, :8] = 100
    exif = Image.Exif()
    exif[0x0112] = orientation
    # What a viewer must show, by the definition of each orientation: where row 0 and column 0 are.
    expected = {
        1: top,
        2: top[:, ::-1],
        3: top[::-1, ::-1],
        4: top[::-1],
        5: top.swapaxes(0, 1),
        6: top[::-1].swapaxes(0, 1),
        7: top[::-1, ::-1].swapaxes(0, 1),
        8: top[:, ::-1].swapaxes(0, 1),
    }[orientation]
    picture = read(saved(Image.fromarray(top), format, exif=exif, **({"quality": 100} if format == "JPEG" else {})))
    np.testing.assert_allclose(picture.array, expected, atol=3)
    assert picture.notes == (("EXIF rotation applied",) if orientation > 1 else ())


def test_an_animation_is_a_stack() -> None:
    frames = [Image.fromarray(np.full((4, 6), value, np.uint8)) for value in (0, 90, 200)]
    picture = read(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    same(picture.array, np.stack([np.asarray(frame) for frame in frames]))
    assert picture.colour is False
    assert "3 frames stacked" in picture.notes


def test_a_colour_animation_is_a_stack() -> None:
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "lime", "blue")]
    picture = read(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    same(picture.array, np.stack([np.asarray(frame) for frame in frames]))
    assert picture.colour is True


def test_of_an_animated_png_the_first_frame_is_read() -> None:
    frames = [Image.fromarray(np.full((4, 6), value, np.uint8)) for value in (7, 90, 200)]
    picture = read(saved(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    same(picture.array, np.asarray(frames[0]))
    assert picture.notes == ("first of 3 frames",)


@each("order", ["<", ">"])
@each("compression", [None, "zlib"])
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"])
@each("photometric", ["minisblack", "miniswhite"])
def test_tiffs_of_every_number_are_exact(photometric: str, dtype: str, compression: str | None, order: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    array = noise((3, 5, 65), np.dtype(dtype).name)
    stream = io.BytesIO()
    tifffile.imwrite(stream, array, byteorder=order, photometric=photometric, compression=compression, metadata=None)
    picture = read(stream.getvalue())
    same(picture.array, array)
    assert [said.code for said in picture.warned] == ["white-is-zero"] * (photometric == "miniswhite")


@each("bigtiff", [False, True])
@each("planar", ["contig", "separate"])
@each("dtype", ["uint8", "uint16", "float32"])
@each("alpha", [False, True])
def test_colour_tiffs_are_exact(dtype: str, planar: str, bigtiff: bool, alpha: bool) -> None:
    tifffile = pytest.importorskip("tifffile")
    array = noise((5, 65, 4 if alpha else 3), dtype)
    stream = io.BytesIO()
    tifffile.imwrite(
        stream,
        array if planar == "contig" else np.moveaxis(array, 2, 0),
        photometric="rgb",
        planarconfig=planar,
        bigtiff=bigtiff,
        extrasamples=["unassalpha"] if alpha else None,
    )
    picture = read(stream.getvalue())
    same(picture.array, array)
    assert picture.colour is True
    assert picture.notes == ()
    assert (picture.grid is not None and picture.grid.channels) == (alpha and ("red", "green", "blue", "alpha"))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("bands", [2, 4, 5])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_bands_are_channels(bands: int, dtype: str, planar: str) -> None:
    tifffile = pytest.importorskip("tifffile")
    array = noise((5, 65, bands), dtype)
    stream = io.BytesIO()
    samples = array if planar == "contig" else np.moveaxis(array, 2, 0)
    tifffile.imwrite(stream, samples, photometric="minisblack", planarconfig=planar, metadata=None)
    picture = read(stream.getvalue())
    same(picture.array, array)
    assert picture.colour is True
    assert picture.notes == ()


def test_a_fourth_channel_of_no_meaning_is_a_channel() -> None:
    tifffile = pytest.importorskip("tifffile")
    for dtype in ("uint8", "uint16"):
        array = noise((5, 65, 4), dtype)
        stream = io.BytesIO()
        tifffile.imwrite(stream, array, photometric="rgb", extrasamples=["unspecified"])
        named = stream.getvalue()
        unnamed = named.replace(struct.pack("<HHI", 338, 3, 1), struct.pack("<HHI", 340, 3, 1))  # as OpenCV writes it
        for data in (named, unnamed):
            picture = read(data)
            same(picture.array, array)
            assert picture.notes == ()
            assert picture.grid is not None
            assert picture.grid.channels == ("red", "green", "blue", "channel 4")


def test_reduced_copies_are_passed_over() -> None:
    tifffile = pytest.importorskip("tifffile")
    array, stream = noise((16, 32), "uint8"), io.BytesIO()
    with tifffile.TiffWriter(stream) as writer:
        writer.write(array)
        writer.write(array[::2, ::2], subfiletype=1)
    picture = read(stream.getvalue())
    same(picture.array, array)
    assert picture.notes == ("reduced-size copies skipped",)


def test_pages_must_be_alike() -> None:
    pages = [Image.new("L", (4, 3)), Image.new("L", (5, 3))]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert mistake(data) == (
        "error: cannot read the stream: its 2 pages are not alike (3 x 4, 3 x 5); save each page by itself"
    )
    pages = [Image.new("L", (4, 3)), Image.new("F", (4, 3))]
    assert "(uint8, float32)" in mistake(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))


def test_a_tifffile_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    pytest.importorskip("tifffile").imwrite(stream, noise((3, 4), "float64"))
    monkeypatch.setitem(sys.modules, "tifffile", types.ModuleType("tifffile"))  # as an empty folder is
    found = mistake(stream.getvalue())
    assert "a TIFF of float64 needs the tifffile package, and the one that is there cannot be used (Attr" in found
    assert found.endswith("; python -m pip install --upgrade tifffile, and imagecodecs where it is there")


# --- NumPy files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["bool", ">i2", "<u4", ">f8", "f2", "i8", "u8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy(tmp_path: Path, dtype: str, order: str) -> None:
    array = np.asarray(noise((3, 5, 4), np.dtype(dtype).name), dtype, order=order)
    np.save(tmp_path / "a.npy", array)
    picture = images.read(tmp_path / "a.npy")
    same(picture.array, array.astype(np.dtype(dtype).newbyteorder("=")))
    assert picture.colour is None


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_with_one_array(save) -> None:
    stream = io.BytesIO()
    save(stream, scan=noise((3, 5), "int16"))
    same(read(stream.getvalue()).array, noise((3, 5), "int16"))


def test_npz_with_several_arrays_names_them() -> None:
    stream = io.BytesIO()
    np.savez(stream, image=np.zeros(3), mask=np.zeros(3))
    assert mistake(stream.getvalue()) == (
        "error: cannot read the stream: it holds 2 arrays (image, mask); "
        "name one behind the path of the file, as in FILE.npz:image"
    )


def test_an_array_of_several_by_its_name_and_the_spacing_beside_it() -> None:
    arrays = {"image": noise((3, 5), "int16"), "mask": noise((3, 5), "bool"), "spacing": np.float32([0.1, 2])}
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    for name in ("image", "mask"):
        pixels = images.read(io.BytesIO(stream.getvalue()), part=name)
        same(pixels.array, arrays[name])
        assert pixels.spacing == (Fraction(1, 10), 2)
        assert pixels.notes == ("spacing taken from the array beside it, in mm",)
    same(images.read(io.BytesIO(stream.getvalue()), part="spacing").array, arrays["spacing"])
    with pytest.raises(FileError, match=r"it holds no array none; name one of those that it holds: image, mask$"):
        images.read(io.BytesIO(stream.getvalue()), part="none")
    with pytest.raises(FileError, match="a PNG file holds no arrays by name, such as none; leave out :none"):
        images.read(io.BytesIO(rasters.encode(noise((3, 5), "uint8"), "image", ".png")), part="none")


@each("sizes", [np.ones(3), np.ones((2, 1)), np.array([0, 1]), np.array([np.nan, 1]), np.array([True, True])])
def test_an_array_called_spacing_that_is_none(sizes: np.ndarray) -> None:
    stream = io.BytesIO()
    np.savez(stream, image=noise((3, 5), "int16"), spacing=sizes)
    pixels = read(stream.getvalue())
    assert pixels.spacing is None
    assert pixels.notes == ("its array spacing is not taken: it is no size in mm for each axis",)


def test_an_array_called_spacing_is_small() -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, image=noise((3, 5), "int16"), spacing=np.ones(10**6))
    assert "it declares more than 64 pixels" in mistake(stream.getvalue())


def test_a_zip_without_arrays() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("note.txt", "hello")
    assert "a zip file without a NumPy array" in mistake(stream.getvalue())


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.array([{}], object), "Python objects"),
        (np.zeros((2, 2), complex), "complex numbers"),
        (np.zeros(2, [("a", int)]), "structured records"),
        (np.zeros(2, [("ä", int)]), "structured records"),
        (np.array(["x"]), "text"),
        (np.zeros(2, "datetime64[s]"), "datetime64"),
        (np.float64(3), "its shape is a single number"),
        (np.zeros((0, 5)), "its shape is 0 x 5"),
    ],
)
@pytest.mark.parametrize("save", [np.save, np.savez])
def test_arrays_that_are_no_images(save, array: np.ndarray, said: str) -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save(stream, array)
    assert said in mistake(stream.getvalue())


# --- files that are not what they seem -------------------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        images.read(tmp_path / "no.png")
    assert str(caught.value) == f"error: cannot read {tmp_path}/no.png: there is no such file; check the path"
    assert caught.value.code == "file-missing"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("http://example.org/a.png", "file-missing"),
        ("a.zip/b.png", "file-missing"),
        ("nul\0.png", "file-missing"),
        ("<screen>", "file-missing"),
        ("imageio:chelsea.png", "file-missing"),
        ("", "file-missing"),
        ("x" * 5000, "file-refused"),
        (".", "file-is-folder"),
    ],
)
def test_a_path_is_only_ever_a_path(path: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError) as caught:
        images.read(path)
    assert caught.value.code == code
    assert str(caught.value).isprintable()


@NOT_ROOT
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "a.png").chmod(0)
    with pytest.raises(FileError, match="permission denied"):
        images.read(tmp_path / "a.png")


def test_the_name_of_a_file_cannot_break_the_line(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/a\n\x1b[31m\xff{path}.png"
    with open(path, "wb"):
        pass
    with pytest.raises(FileError) as caught:
        images.read(os.fsdecode(path))
    assert str(caught.value).isprintable()
    assert "0 bytes" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty (0 bytes)"),
        (b"BM is how this text begins, no bitmap", "not an image of a known format"),
        (b"<svg></svg>", "not an image of a known format"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"P7\nWIDTH 1\n", "PAM files are not read"),
    ],
)
def test_what_is_no_image(data: bytes, said: str) -> None:
    assert said in mistake(data)


def test_the_ending_of_a_name_means_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(ANKLE.read_bytes())
    assert images.read(tmp_path / "a.jpg").array.shape == (880, 380)


@pytest.mark.slow
def test_a_stream_need_not_be_seekable() -> None:
    code = "import sys; from maskexpr.files import formats, images; print(images.read(sys.stdin.buffer).array.shape)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], input=ANKLE.read_bytes(), capture_output=True, check=True
    )
    assert done.stdout.strip() == b"(880, 380)"
    done = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, check=False)
    assert b"cannot read standard input: the file is empty" in done.stderr


def test_no_pipe_or_device_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    for path, what in ((tmp_path / "a.png", "a pipe"), (Path("/dev/zero"), "a device")):
        if os.path.exists(path):
            with pytest.raises(FileError, match=f"it is {what}, not a file"):
                images.read(path)
            with pytest.raises(FileError, match=f"it is {what}, not a file"):
                images.read_text(path)


def test_a_pipe_that_is_open_already_is_read() -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, saved(Image.new("L", (3, 2)), "PNG").getvalue())
    os.close(write_end)
    try:
        assert images.read(f"/dev/fd/{read_end}").array.shape == (2, 3)
    finally:
        os.close(read_end)


def test_a_stream_without_end_is_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return (b"GIF89a" if self.given == size else b"").ljust(size, b"\1")

    monkeypatch.setattr(bounds, "STREAM", replace(bounds.STREAM, most=2**22))
    stream = Endless()
    with pytest.raises(FileError, match="more than 4,194,304 bytes through a pipe; save them as a file first"):
        images.read(stream)
    assert stream.given < 2**23


def bombs() -> dict[str, bytes]:
    tiff = struct.pack("<2sHIH", b"II", 42, 8, 4)
    tiff += b"".join(struct.pack("<HHII", *tag) for tag in ((256, 4, 1, 60000), (257, 4, 1, 40000), (258, 3, 1, 8)))
    tiff += struct.pack("<HHII", 273, 4, 1, 0) + bytes(60)
    shape = "{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 60000)}".ljust(117) + "\n"
    return {
        "PNG": png(struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0), b""),
        "TIFF": tiff,
        "GIF": b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0)
        + b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x08\x01\x00\x00;",
        "NPY": b"\x93NUMPY\1\0" + struct.pack("<H", len(shape)) + shape.encode(),
    }  # fmt: skip


@pytest.mark.parametrize("format", ["PNG", "TIFF", "GIF", "NPY"])
def test_a_bomb_is_refused_before_it_is_decoded(format: str) -> None:
    assert f"declares more than {bounds.PIXELS.most:,} pixels" in mistake(bombs()[format])


@pytest.mark.parametrize("format", ["PNG", "TIFF", "GIF", "BMP", "JPEG", "NPY"])
def test_the_limit_counts_pixels(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    array = noise((10, 10), "uint8")
    data = (
        rasters.encode(array, "image", ".npy") if format == "NPY" else saved(Image.fromarray(array), format).getvalue()
    )
    monkeypatch.setattr(bounds, "PIXELS", replace(bounds.PIXELS, most=100))
    assert read(data).array.shape == (10, 10)
    monkeypatch.setattr(bounds, "PIXELS", replace(bounds.PIXELS, most=99))
    assert "declares more than 99 pixels" in mistake(data)


@pytest.mark.parametrize("format", ["PNG", "TIFF", "GIF", "NPY"])
def test_a_promise_the_file_cannot_keep_is_refused_before_it_is_decoded(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "PIXELS", replace(bounds.PIXELS, most=2**40))
    monkeypatch.setitem(sys.modules, "imageio.v3", None)
    assert "is damaged or cut short" in mistake(bombs()[format])


def test_large_radiographs_are_no_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    for format in ("PNG", "TIFF"):
        assert read(saved(Image.fromarray(noise((20, 20), "uint8")), format)).array.shape == (20, 20)


def hostile_seeds() -> dict[str, bytes]:
    grey, colour = Image.fromarray(noise((9, 17), "uint8")), Image.fromarray(noise((9, 17, 3), "uint8"))
    indexed = colour.quantize(16)
    seeds = {
        "grey.png": saved(grey, "PNG"),
        "indexed.png": saved(indexed, "PNG", transparency=2),
        "wide.png": io.BytesIO(rasters.encode(noise((9, 17, 3), "uint16"), "colour", ".png")),
        "colour.jpg": saved(colour, "JPEG"),
        "progressive.jpg": saved(colour, "JPEG", progressive=True),
        "animated.gif": saved(indexed, "GIF", save_all=True, append_images=[grey]),
        "indexed.bmp": saved(indexed, "BMP"),
        "plain.tif": saved(colour, "TIFF"),
        "stack.tif": io.BytesIO(rasters.encode(noise((2, 9, 17), "float32"), "image", ".tif")),
        "alpha.tif": saved(Image.fromarray(noise((9, 17, 4), "uint8")), "TIFF"),
        "lzw.tif": saved(grey, "TIFF", compression="tiff_lzw"),
        "a.npy": io.BytesIO(rasters.encode(noise((9, 17), "float64"), "image", ".npy")),
        "a.npz": io.BytesIO(rasters.encode(noise((9, 17), "float64"), "image", ".npz")),
    }
    return {name: stream.getvalue() for name, stream in seeds.items()}


SEEDS = hostile_seeds()


def quiet(name: str, capfd: pytest.CaptureFixture[str]) -> bool:
    """Whether nothing was printed; libtiff reports damage on stderr from C, past anything Python could hold back."""
    out, err = capfd.readouterr()
    return not out and (not err or name.endswith(".tif"))


def survives(data: bytes) -> bool:
    """Whether the bytes give a picture; anything else than that or a one-line FileError fails the test."""
    for kind in (None, "labels"):
        try:
            picture = read(data, kind)
        except FileError as error:
            said = str(error)
        else:
            said = ""
        assert said.isprintable()
        if said:
            return False
        assert picture.array.dtype.kind in "biuf"
        assert picture.array.dtype.isnative
        assert picture.colour is not True or picture.array.shape[-1] > 1
    return True


@pytest.mark.parametrize("name", SEEDS)
def test_a_truncated_file_is_an_error(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = SEEDS[name]
    assert survives(data)
    whole = read(data).array
    for stop in range(0, len(data), 1 + len(data) // 150):
        if survives(data[:stop]):  # only what came after the last pixel was cut
            same(read(data[:stop]).array, whole)
    assert quiet(name, capfd)


@pytest.mark.parametrize("name", ["grey.png", "indexed.png", "wide.png", "animated.gif"])
def test_nothing_is_read_without_its_end(name: str) -> None:
    data = SEEDS[name]
    assert not any(survives(data[:stop]) for stop in range(len(data)))


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
def test_a_damaged_file_is_a_picture_or_an_error(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(name)
    for _ in range(120):
        data = bytearray(SEEDS[name])
        for _ in range(rng.choice((1, 1, 2, 8))):
            data[rng.randrange(min(len(data), rng.choice((64, 1 << 20))))] = rng.randrange(256)
        survives(bytes(data))
    assert quiet(name, capfd)


@pytest.mark.parametrize("name", SEEDS)
def test_garbage_after_the_right_first_bytes(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(name)
    for size in (0, 1, 4, 30, 300, 3000):
        for kept in (4, 8, 16, 40):
            survives(SEEDS[name][:kept] + rng.randbytes(size))
    assert quiet(name, capfd)


@pytest.mark.parametrize("name", ["grey.png", "indexed.png", "wide.png"])
def test_a_flipped_bit_in_a_png_is_always_found(name: str) -> None:
    whole, data = read(SEEDS[name]).array, SEEDS[name]
    rng = random.Random(name)
    for place in rng.sample(range(8, len(data)), 100):
        flipped = bytearray(data)
        flipped[place] ^= 1 << rng.randrange(8)
        if survives(bytes(flipped)):
            np.testing.assert_array_equal(read(bytes(flipped)).array, whole)


def test_tiff_pages_that_point_in_a_circle_end() -> None:
    data = bytearray(SEEDS["plain.tif"])
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    same(read(bytes(data)).array, read(SEEDS["plain.tif"]).array)


# --- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "dtype", "kind", "suffix", "said"),
    [
        ((2, 3), "bool", "mask", ".jpg", ".jpg is lossy and would change pixels; write .png, .tif or .npy"),
        ((2, 3), "bool", "mask", ".GIF", ".gif is lossy"),
        (
            (2, 3),
            "bool",
            "mask",
            ".xyz",
            "its ending names no known format; known are .png, .tif, .bmp, .mha, ",
        ),
        ((2, 3), "bool", "mask", "", "its ending names no known format"),
        (
            (2, 3),
            "uint16",
            "image",
            ".bmp",
            ".bmp cannot hold uint16 of shape 2 x 3; write .png, .tif, .pgm, .npy or .npz",
        ),
        ((2, 3), "float32", "image", ".png", ".png cannot hold float32 of shape 2 x 3; write .tif, .npy or .npz"),
        ((2, 3, 4), "bool", "mask", ".png", ".png cannot hold uint8 of shape 2 x 3 x 4; write .tif, .npy or .npz"),
        ((1, 2, 3), "float32", "image", ".tif", ".tif cannot hold float32 of shape 1 x 2 x 3; write .npy or .npz"),
        ((0, 3), "bool", "mask", ".png", "cannot hold uint8 of shape 0 x 3; write .npy or .npz"),
    ],
)
def test_what_a_format_cannot_hold(
    tmp_path: Path, shape: tuple[int, ...], dtype: str, kind: str, suffix: str, said: str
) -> None:
    with pytest.raises(FileError) as caught:
        rasters.write(tmp_path / f"a{suffix}", np.zeros(shape, dtype), kind=kind)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()
    assert os.listdir(tmp_path) == []


def test_writing_where_nothing_can_be_written(tmp_path: Path) -> None:
    mask = np.zeros((2, 3), bool)
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    cases = {
        tmp_path / "no" / "a.png": f"there is no folder {tmp_path}/no; make the folder first",
        tmp_path / "file" / "a.png": "there is no folder",
        tmp_path / "folder.png": "it is a folder; name a file in it",
        tmp_path / ("x" * 300 + ".png"): "file name too long",
        "nul\0.png": "the name is not valid",
    }
    for path, said in cases.items():
        with pytest.raises(FileError) as caught:
            rasters.write(path, mask, kind="mask")
        assert said in str(caught.value)
        assert str(caught.value).isprintable()


def test_a_name_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rasters.write("a.PNG", np.ones((2, 3), bool), kind="mask")
    assert images.read("a.PNG").array.all()


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        rasters.write(tmp_path / "a.png", np.zeros((2, 3), bool), kind="mask")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o666 & ~umask


def test_a_replaced_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    (tmp_path / "a.png").chmod(0o640)
    rasters.write(tmp_path / "a.png", np.zeros((2, 3), bool), kind="mask")
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for name in ("old", "new"):
        (tmp_path / f"{name}.png").symlink_to(f"there/{name}.png")
    (tmp_path / "there" / "old.png").write_bytes(b"old")
    for name in ("old", "new"):
        rasters.write(tmp_path / f"{name}.png", np.ones((2, 3), bool), kind="mask")
        assert (tmp_path / f"{name}.png").is_symlink()
        assert images.read(tmp_path / "there" / f"{name}.png").array.all()
    assert sorted(os.listdir(tmp_path / "there")) == ["new.png", "old.png"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (OSError(errno.EIO, "Input/output error"), "input/output error"),
        (KeyboardInterrupt(), None),
    ],
    ids=["full", "broken", "interrupted"],
)
def test_a_failure_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException, said: str | None
) -> None:
    def fail(*_: object) -> None:
        raise failure

    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(FileError if said else KeyboardInterrupt) as caught:
        rasters.write(tmp_path / "a.png", np.zeros((2, 3), bool), kind="mask")
    assert said is None or said in str(caught.value)
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.png"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full here")
def test_a_full_device() -> None:
    with pytest.raises(FileError, match="the disk is full"):
        rasters.write("/dev/full", np.zeros((2, 3), bool), kind="mask")


@NOT_ROOT
def test_a_folder_or_file_that_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    (tmp_path / "a.png").chmod(0o444)
    with pytest.raises(FileError, match="permission denied"):
        rasters.write(tmp_path / "a.png", np.zeros((2, 3), bool), kind="mask")
    tmp_path.chmod(0o555)
    with pytest.raises(FileError, match="permission denied"):
        rasters.write(tmp_path / "b.png", np.zeros((2, 3), bool), kind="mask")
    tmp_path.chmod(0o755)
    assert (tmp_path / "a.png").read_bytes() == b"old"


@pytest.mark.slow
def test_devices_and_pipes_are_written_as_they_are() -> None:
    rasters.write(os.devnull, np.zeros((2, 3), bool), kind="mask")
    assert not stat.S_ISREG(os.stat(os.devnull).st_mode)
    code = (
        "import numpy as np; from maskexpr.files.images import Raster, write;"
        "write('/dev/stdout', Raster(np.ones(6) > 0, 'mask'))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, check=True)
    assert read(done.stdout).array.all()


def test_reading_a_png_loads_only_what_it_needs() -> None:
    code = (
        "import sys; from maskexpr.files import formats, images; images.read(sys.argv[1]);"
        "print(*(m for m in sys.modules if m.split('.')[0] in ('scipy', 'tifffile') or 'TiffImage' in m"
        " or m in (f'maskexpr.files.formats.{n}' for n in ('jpeg', 'tiff', 'tags', 'bmp', 'gif', 'npy', 'npz'))))"
    )
    done = subprocess.run([sys.executable, "-c", code, ANKLE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_format_is_told_from_its_bytes_whatever_its_name(tmp_path: Path) -> None:
    array = noise((9, 17), "uint8")
    for ending in (".png", ".tif", ".bmp", ".npy", ".npz"):
        for name in (f"a{ending}", "a.png", "a.TIFF", "a.npy", "a.jpg", "a"):
            (tmp_path / name).write_bytes(rasters.encode(array, "image", ending))
            same(images.read(tmp_path / name).array, array)


def test_each_format_is_declared_in_a_file_of_its_own() -> None:
    endings = [ending for format in table.all_formats() for ending in format.endings]
    assert len(set(endings)) == len(endings)
    for format in table.all_formats():
        assert format.begins(b"") is False


ROWS = """
import numpy as np
from maskexpr.files.decoding.format import Format, Pixels, Writing, whole

FORMAT = Format(
    "ROWS",
    (".rows",),
    begins=lambda head: head.startswith(b"ROWS"),
    open=whole(lambda file, kind: Pixels(np.frombuffer(file.stream.read()[4:], np.uint8)[None], colour=False)),
    writing=Writing(
        holds=lambda raster: raster.array.dtype == np.uint8 and len(raster.array) == 1,
        encode=lambda raster: b"ROWS" + raster.array.tobytes(),
        on=7,
    ),
)
"""


@pytest.fixture
def rows_are_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put where formats are, and nothing else is done."""
    (tmp_path / "rows.py").write_text(ROWS)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    table._names.cache_clear()
    yield
    table._names.cache_clear()
    table._declared.cache_clear()
    sys.modules.pop("maskexpr.files.formats.rows", None)


@pytest.mark.usefixtures("rows_are_a_format")
def test_a_further_format_is_a_module_and_no_more(tmp_path: Path) -> None:
    mask = np.array([[True, False, True]])
    rasters.write(tmp_path / "a.ROWS", mask, kind="mask")
    assert (tmp_path / "a.ROWS").read_bytes() == b"ROWS\7\0\7"
    for name in ("a.ROWS", "b.png"):
        (tmp_path / name).write_bytes(b"ROWS\7\0\7")
        same(images.read(tmp_path / name).array, np.uint8([[7, 0, 7]]))
    with pytest.raises(FileError, match=r"\.rows cannot hold uint16 .*write \.png, "):
        rasters.write(tmp_path / "a.rows", np.full((1, 2), 300, np.uint16), kind="image")
    with pytest.raises(FileError, match=r"known are \.png, \.tif, \.bmp, .*, \.nrrd, \.rows"):
        rasters.write(tmp_path / "a.txt", mask, kind="mask")
    assert re.search(r"known are BMP, .*, PNG, ROWS, .* and WebP$", mistake(b"hello"))
