"""PBM, PGM, PPM and WebP. Oracle: Pillow writes and reads beside maskexpr."""

import io

import numpy as np
import pytest
from helpers import rasters
from helpers.each import each
from PIL import Image, features

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images

GREY = np.random.default_rng(0).integers(0, 256, (5, 13), dtype=np.uint8)
RGB = np.random.default_rng(1).integers(0, 256, (5, 13, 3), dtype=np.uint8)
webp = pytest.mark.skipif(not features.check("webp"), reason="Pillow without WebP")


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def read(data: bytes) -> images.Pixels:
    return images.read(io.BytesIO(data))


def same(found: np.ndarray, expected: np.ndarray) -> None:
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


@each("array", {"grey": GREY, "wide": GREY.astype(np.uint16) * 257, "bits": GREY > 99, "colour": RGB}.items())
def test_what_pillow_writes_is_read(array: tuple[str, np.ndarray]) -> None:
    pixels = read(saved(Image.fromarray(array[1]), "PPM"))
    same(pixels.array, array[1])
    assert pixels.colour is (array[0] == "colour")
    assert bool(pixels.notes) is (array[0] == "bits")


@each(
    "case",
    [
        (b"P1\n# mine\n3 2\n101\n0 1 0\n", [[False, True, False], [True, False, True]], "ones are black"),
        (b"P2 3 2 9\n1 2 3 # three\n4 5 9\n", [[1, 2, 3], [4, 5, 9]], "up to 9"),
        (b"P3 1 1 300 1 2 300", [[[1, 2, 300]]], "up to 300"),
        (b"P5#\n2 #\n1 7\n\1\7", [[1, 7]], "up to 7"),
        (b"P5 2 1 1000\n\1\0\0\7", [[256, 7]], "up to 1000"),
    ],
)
def test_numbers_are_kept_as_they_are_stored(case: tuple[bytes, list, str]) -> None:
    pixels = read(case[0])
    assert pixels.array.tolist() == case[1]
    assert case[2] in " ".join(pixels.notes)


@each("array", [GREY, GREY.astype(np.uint16) * 257, RGB, RGB.astype(np.uint16) * 255])
def test_what_is_written_comes_back(array: np.ndarray) -> None:
    kind = "colour" if array.ndim > 2 else "image"
    data = rasters.encode(array, kind, ".ppm")
    same(read(data).array, array)
    if array.dtype == np.uint8 or kind == "image":
        with Image.open(io.BytesIO(data)) as image:
            np.testing.assert_array_equal(np.asarray(image), array)


@each(
    "data",
    [
        b"P5 2 x",
        b"P5 2 2 0\n1234",
        b"P5 2 2 65536\n1234",
        b"P2 2 1 9 3 x",
        b"P2 2 1 9 3 10",
        b"P1 2 2 101",
        b"P4 9 2\n123",
    ],
)
def test_what_is_no_picture_is_damage(data: bytes) -> None:
    with pytest.raises(FileError, match="damaged or cut short"):
        read(data)


@webp
def test_webp_is_read_and_lossy_ones_are_said_to_be() -> None:
    image = Image.fromarray(RGB)
    pixels = read(saved(image, "WEBP", lossless=True))
    same(pixels.array, RGB)
    assert (pixels.colour, pixels.notes) == (True, ())
    data = saved(image, "WEBP")
    pixels = read(data)
    with Image.open(io.BytesIO(data)) as opened:
        same(pixels.array, np.asarray(opened.convert("RGB")))
    assert pixels.notes == ("lossy WebP: pixels are near those that were saved",)
    with pytest.raises(FileError, match="is lossy and would change pixels"):
        rasters.write("a.webp", RGB, kind="colour")


@webp
def test_a_webp_is_turned_as_its_exif_says_and_one_that_moves_is_refused() -> None:
    exif = Image.Exif()
    exif[274] = 6
    pixels = read(saved(Image.fromarray(RGB), "WEBP", lossless=True, exif=exif))
    same(pixels.array, np.rot90(RGB, -1))
    assert pixels.notes == ("EXIF rotation applied",)
    moving = saved(Image.fromarray(RGB), "WEBP", save_all=True, append_images=[Image.fromarray(RGB[::-1].copy())])
    with pytest.raises(FileError, match="a picture that moves"):
        read(moving)


@webp
def test_a_pillow_without_webp_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(Image.fromarray(RGB), "WEBP")
    monkeypatch.setattr(features, "check", lambda name: False)
    with pytest.raises(FileError, match="it was built without webp"):
        read(data)
