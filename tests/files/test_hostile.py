"""Damaged and lying files of every format: each is refused in a line or read, in little time and memory.

A format without a sample here fails: one that is written is its own, others are made below.
"""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import tifffile
from helpers.places import TESTS
from PIL import Image, features

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import Format, Raster
from maskexpr.files.images import table
from maskexpr.kinds.grid import Grid

FORMATS = [format.ending for format in table.all_formats()]
GREY = np.random.default_rng(0).integers(0, 256, (16, 20), dtype=np.uint8)
RGB = np.random.default_rng(1).integers(0, 256, (16, 20, 3), dtype=np.uint8)
COUNT = 120  # damaged versions of each file


def pillows(format: str, **options: object) -> Callable[[], Iterator[bytes]]:
    def made() -> Iterator[bytes]:
        for array in (GREY, RGB):
            stream = io.BytesIO()
            Image.fromarray(array).save(stream, format, **options)
            yield stream.getvalue()

    return made


def webps() -> Iterator[bytes]:
    if not features.check("webp"):
        pytest.skip("Pillow without WebP")
    yield from pillows("WEBP")()
    yield from pillows("WEBP", lossless=True)()


def gifs() -> Iterator[bytes]:
    yield from pillows("GIF")()
    yield from pillows("GIF", save_all=True, append_images=[Image.fromarray(GREY.T.copy().reshape(16, 20))])()


def dicoms() -> Iterator[bytes]:
    data = pytest.importorskip("pydicom.data")
    for name in ("CT_small.dcm", "MR_small_RLE.dcm", "examples_rgb_color.dcm", "examples_palette.dcm"):
        yield Path(data.get_testdata_file(name, download=False)).read_bytes()


def texts() -> Iterator[bytes]:
    yield b"P1\n4 3\n0 1 0 1\n1 1 1 1\n0 0 0 0\n"
    yield b"P2\n# grey\n4 3 99\n0 1 0 1\n1 1 1 1\n0 0 98 8\n"
    yield b"P4\n9 3\n\1\2\3\4\5\6"


def tiffs() -> Iterator[bytes]:
    planes = GREY.reshape(2, 2, 4, 20)
    codecs = ["jpeg", "tiff_lzw", "group4", "packbits"] if features.check("libtiff") else []
    ways: tuple[dict[str, object], ...] = (
        {"imagej": True, "metadata": {"axes": "ZCYX", "unit": "um"}},
        {"ome": True, "metadata": {"axes": "ZCYX", "PhysicalSizeX": 2.0}, "compression": "zlib"},
        {"metadata": {"axes": "ZCYX"}, "compression": "zlib"},
        {"photometric": "rgb", "planarconfig": "separate", "compression": "zlib"},
        {"volumetric": True, "tile": (16, 16, 16), "photometric": "minisblack"},
    )
    for way in ways:
        stream = io.BytesIO()
        given = np.moveaxis(RGB, -1, 0) if "planarconfig" in way else GREY.reshape(4, 4, 20)
        tifffile.imwrite(stream, planes if "metadata" in way else given, **way)
        yield stream.getvalue()
    for codec in codecs:
        stream = io.BytesIO()
        Image.fromarray(GREY > 99 if codec == "group4" else RGB).save(stream, "TIFF", compression=codec)
        yield stream.getvalue()


MADE: dict[str, Callable[[], Iterator[bytes]]] = {
    "JPEG": pillows("JPEG", progressive=True),
    "GIF": gifs,
    "TIFF": tiffs,
    "WebP": webps,
    "DICOM": dicoms,
    "PGM": texts,
}
"""Files of formats that are not written, or that others write otherwise."""


def rasters_of_many_kinds() -> Iterator[Raster]:
    volume = GREY.reshape(4, 4, 20)
    ways = ((0.0, 0.0, 2.0), (0.0, 1.5, 0.0), (1.0, 0.0, 0.0))
    placed = {"grid": Grid("zyx", (1.0, 2.0, 3.0), ways, "LPS"), "spacing": (Fraction(2), Fraction(3, 2), Fraction(1))}
    yield Raster(GREY, "image")
    yield Raster(GREY > 99, "mask")
    yield Raster(RGB, "colour")
    yield Raster(volume.astype(np.int16) - 99, "image", **placed)
    yield Raster(volume.astype(np.float32), "image", **placed)


def samples(format: Format) -> list[tuple[str, bytes]]:
    """Small files of a format, by their names."""
    found = []
    for raster in rasters_of_many_kinds() if format.writing else ():
        with contextlib.suppress(FileError):  # it cannot hold it
            found.append(images.encode(raster, format.ending))
    if format.name in MADE:
        found += MADE[format.name]()
    return [(f"{number}{format.ending}", data) for number, data in enumerate(found)]


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_has_samples(ending: str, tmp_path: Path) -> None:
    for file, data in checked(ending):
        (tmp_path / file).write_bytes(data)
        assert images.read(tmp_path / file).array.size


def checked(ending: str) -> list[tuple[str, bytes]]:
    format = next(format for format in table.all_formats() if format.ending == ending)
    found = samples(format)
    assert found, f"{format.name} has neither a writer nor a file in MADE"
    assert all(format.begins(data[:352]) for _, data in found)
    return found


@pytest.mark.parametrize("ending", FORMATS)
def test_sizes_are_tested_before_the_samples_are_decoded(ending: str, tmp_path: Path, monkeypatch) -> None:
    def decoded(*given: object, **named: object) -> None:
        raise AssertionError("it was decoded")

    found = checked(ending)
    monkeypatch.setattr(bounds, "PIXELS", replace(bounds.PIXELS, most=3))
    for function in ("pillow.decode", "raw.read"):
        monkeypatch.setattr(f"maskexpr.files.decoding.{function}", decoded)
    for file, data in found:
        (tmp_path / file).write_bytes(data)
        with pytest.raises(FileError, match="it declares more than 3 pixels; cut it into parts first"):
            images.read(tmp_path / file)


def read_damaged(ending: str, folder: Path, count: int, seed: int) -> None:
    """In a process of its own, which has nothing to say; or in one for each file, to see which it is that has."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent)))}

    def said(files: list[str]) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "helpers.hostile_reading", str(count), str(seed), *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        return done.returncode, done.stdout, done.stderr

    files = []
    for file, data in checked(ending):
        (folder / file).write_bytes(data)
        files.append(str(folder / file))
    together = said(files)
    if together != (0, "", ""):
        for file in files:
            assert said([file]) == (0, "", ""), file
    assert together == (0, "", "")


@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
def test_damaged_files_are_refused_in_a_line_or_read(ending: str, tmp_path: Path) -> None:
    read_damaged(ending, tmp_path, int(os.environ.get("MASKEXPR_EXAMPLES", COUNT)), seed=0)
