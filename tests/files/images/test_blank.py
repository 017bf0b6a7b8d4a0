"""What headers tell is what reading gives."""

import io
import struct
import zlib
from pathlib import Path

import nibabel
import numpy as np
import PIL.Image
import pytest
from helpers.each import each
from helpers.places import DATA, EXAMPLES
from pydicom.data import get_testdata_file

from maskexpr.diagnostics.errors import MaskError
from maskexpr.files import images
from maskexpr.files.formats import bmp, jpeg, npy, npz, png

KINDS = (None, "labels", "image", "colour")
HERE = [*EXAMPLES.iterdir(), *DATA.iterdir()]
REAL = [path for path in HERE if images.is_ending(images.ending_of(path.name))]
REAL += sorted((Path(nibabel.__file__).parent / "tests/data").glob("*.nii.gz"))
REAL += [Path(get_testdata_file(name, download=False)) for name in ("CT_small.dcm", "SC_rgb_rle_16bit_2frame.dcm")]


def same(path):
    for kind in KINDS:
        try:
            found = images.read(path, kind=kind)
        except MaskError:
            continue
        blank = images.read_blank(path, kind=kind)
        told = (blank.array.shape, blank.array.dtype, blank.colour, blank.spacing, blank.grid)
        spacing = None if path.suffix == ".npz" else found.spacing  # which stands in an array of its own
        assert told == (found.array.shape, found.array.dtype, found.colour, spacing, found.grid), kind


@pytest.mark.slow
def test_real_files():
    assert len(REAL) > 20
    for path in REAL:
        same(path)


def pictures():
    """One of each mode of Pillow that files have."""
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
    colour = np.stack([grey, grey[::-1], grey], axis=-1)
    made = {
        "1": PIL.Image.fromarray(grey > 40),
        "L": PIL.Image.fromarray(grey),
        "LA": PIL.Image.fromarray(grey).convert("LA"),
        "I;16": PIL.Image.fromarray(grey.astype(np.uint16) * 200),
        "RGB": PIL.Image.fromarray(colour),
        "RGBA": PIL.Image.fromarray(colour).convert("RGBA"),
        "CMYK": PIL.Image.fromarray(colour).convert("CMYK"),
        "P": PIL.Image.fromarray(colour).convert("P", palette=PIL.Image.Palette.ADAPTIVE),
        "P of greys": PIL.Image.fromarray(grey).quantize(256),
        "P of black and white": PIL.Image.fromarray((grey > 40).astype(np.uint8), mode="P"),
    }
    made["P of black and white"].putpalette([0, 0, 0, 255, 255, 255])
    return made


@each("ending", [".png", ".bmp", ".jpg", ".gif", ".webp", ".tif"])
def test_each_mode(tmp_path, ending):
    count = 0
    for mode, picture in pictures().items():
        path = tmp_path / f"{mode.replace(';', '')}{ending}"
        try:
            picture.save(path)
        except (OSError, ValueError):
            continue
        if ending == ".bmp" and mode.startswith("P of"):
            continue  # whether a palette is of greys is told by pixels there
        same(path)
        count += 1
    assert count > 2


@each("depth", [1, 2, 4])
def test_few_bits(tmp_path, depth):
    """A PNG of so many bits, grey or with a palette, as Pillow does not write it."""
    for colour, palette in ((0, None), (3, b"\0\0\0\xff\xff\xff"), (3, b"\0\0\0\xff\0\0")):
        chunks = [(b"IHDR", struct.pack(">IIBBBBB", 8, 2, depth, colour, 0, 0, 0))]
        chunks += [(b"PLTE", palette)] if palette else []
        row = b"\0" + bytes([0b01000001 if depth == 1 else 0b00010001]) * depth
        chunks += [(b"IDAT", zlib.compress(row * 2)), (b"IEND", b"")]
        parts = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
        path = tmp_path / f"{depth}{colour}{len(palette or b'')}{(palette or b'x')[-1]}.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
        same(path)


@each("orientation", range(1, 9))
def test_turned_pictures(tmp_path, orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    PIL.Image.new("RGB", (5, 3)).save(path, exif=exif)
    same(path)


def test_arrays(tmp_path):
    array = np.zeros((4, 5, 6), ">i2")
    np.save(tmp_path / "a.npy", array)
    np.savez(tmp_path / "a.npz", im=array, spacing=np.array([1.0, 2, 3]))
    same(tmp_path / "a.npy")
    same(tmp_path / "a.npz")
    assert images.read_blank(tmp_path / "a.npz", part="spacing").array.shape == (3,)


def test_no_pixel_is_decoded(tmp_path, monkeypatch):
    for module in (png, jpeg, bmp, npy, npz):
        assert module.FORMAT.glance is not None
    path = tmp_path / "a.png"
    stream = io.BytesIO()
    PIL.Image.fromarray(np.zeros((40, 30), np.uint8)).save(stream, "PNG")
    data = stream.getvalue()
    path.write_bytes(data[: data.index(b"IDAT") + 4])  # its samples are not there
    with pytest.raises(MaskError):
        images.read(path)
    path.write_bytes(data[:-20] + bytes(20))
    assert images.read_blank(path).array.shape == (40, 30)
