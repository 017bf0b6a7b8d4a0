"""Headers say what files will hold: shape, type, spacing and place, before a pixel is read."""

from pathlib import Path

import imageio.v3 as iio
import nibabel
import numpy as np
import pydicom
import pytest
from helpers.each import each
from helpers.places import TESTS

import maskexpr
from maskexpr.files import images
from maskexpr.files.images.blank import read_blank
from maskexpr.kernels import png_chunks

FILES = [
    *sorted((TESTS.parent / "examples").glob("*.*[gfzy]")),
    *sorted((TESTS / "data").rglob("*.*")),
    *sorted(Path(nibabel.__file__).parent.glob("tests/data/*.nii*")),
    *sorted(Path(pydicom.__file__).parent.glob("data/test_files/[A-J]*.dcm")),
]


def compare(path, kind=None):
    try:
        pixels = images.read(path, kind=kind)
    except maskexpr.FileError:
        return  # it may be glanced at all the same
    blank = read_blank(path, kind=kind)
    assert (blank.array.shape, blank.array.dtype) == (pixels.array.shape, pixels.array.dtype)
    assert (blank.colour, blank.spacing, blank.grid) == (pixels.colour, pixels.spacing, pixels.grid)
    assert not blank.array.any()


@pytest.mark.slow
@each("kind, path", [(kind, path) for kind in (None, "labels") for path in FILES if path.is_file()])
def test_a_glance_says_what_reading_gives(kind, path):
    compare(path, kind)


@pytest.mark.parametrize(
    ("dtype", "channels"), [*((np.uint8, n) for n in (1, 2, 3, 4)), *((np.uint16, n) for n in (1, 3, 4)), (bool, 1)]
)
def test_kinds_of_png(tmp_path, dtype, channels):
    array = np.ones((3, 5, channels), dtype)[..., slice(None) if channels > 1 else 0]
    if dtype == np.uint16 and channels > 1:
        (tmp_path / "a.png").write_bytes(png_chunks.encode_colours(array))
    else:
        iio.imwrite(tmp_path / "a.png", array)
    compare(tmp_path / "a.png")


def test_headers_that_claim_too_much_are_refused(tmp_path):
    header = png_chunks.header(60_000, 60_000, 8, 0)
    (tmp_path / "a.png").write_bytes(png_chunks.file_of(header, b""))
    with pytest.raises(maskexpr.FileError):
        read_blank(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:20])
    with pytest.raises(maskexpr.FileError):
        read_blank(tmp_path / "b.png")
