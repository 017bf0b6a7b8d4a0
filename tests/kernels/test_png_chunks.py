"""PNG files made without a library. Oracle: OpenCV reads every sample of them."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.kernels import png_chunks

SHAPES = [(1, 1), (1, 9), (9, 1), (5, 63), (64, 65)]


def decoded(file: bytes) -> np.ndarray:
    found = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    return found[..., [2, 1, 0, 3][: found.shape[2]]]


def chunks(file: bytes) -> list[tuple[bytes, bytes]]:
    found, start = [], len(png_chunks.SIGNATURE)
    while start < len(file):
        length, name = struct.unpack(">I4s", file[start : start + 8])
        data = file[start + 8 : start + 8 + length]
        assert struct.unpack(">I", file[start + 8 + length : start + 12 + length]) == (zlib.crc32(name + data),)
        found.append((name, data))
        start += 12 + length
    return found


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("shape", SHAPES)
def test_colours_come_back(shape: tuple[int, int], channels: int, dtype: str) -> None:
    samples = np.random.default_rng(5).integers(0, np.iinfo(dtype).max, (*shape, channels), dtype, endpoint=True)
    before = samples.copy()
    for packing in ((), (1, zlib.Z_RLE), (0,)):
        found = decoded(png_chunks.encode_colours(samples, *packing))
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, samples)
    np.testing.assert_array_equal(samples, before)


def regions(shape: tuple[int, int], most: int, dtype: str) -> list[np.ndarray]:
    """Without any order, in blocks, in chequers, and of one value."""
    noise = np.random.default_rng(5).integers(0, most, shape, dtype, endpoint=True)
    chequers = np.indices(shape).sum(axis=0) % 2 * most
    return [noise, noise // 7 * 7, np.repeat(noise[:, :1], shape[1], axis=1), chequers.astype(dtype), noise * 0 + most]


def grey(file: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize(("dtype", "most"), [("uint8", 1), ("uint8", 255), ("uint16", 300), ("uint16", 2**16 - 1)])
@pytest.mark.parametrize("shape", [*SHAPES, (300, 200)])
def test_regions_come_back(shape: tuple[int, int], dtype: str, most: int) -> None:
    for samples in regions(shape, most, dtype):
        swapped = samples.astype(samples.dtype.newbyteorder())
        for view in (samples, samples[::-1, ::-1], samples.T, np.asfortranarray(samples), swapped):
            found = grey(png_chunks.encode_regions(view))
            assert found.dtype == dtype
            np.testing.assert_array_equal(found, view)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_files_of_regions_are_not_much_larger_than_elsewhere(dtype: str) -> None:
    for samples in regions((300, 200), 255, dtype):
        ours, theirs = png_chunks.encode_regions(samples), cv2.imencode(".png", samples)[1].tobytes()
        assert len(ours) < 1.2 * len(theirs) + 200


def test_any_layout_and_byte_order() -> None:
    samples = np.random.default_rng(5).integers(0, 2**16, (7, 9, 3), np.uint16)
    for view in (samples[::-1], samples.transpose(1, 0, 2), np.asfortranarray(samples), samples.astype(">u2")):
        np.testing.assert_array_equal(decoded(png_chunks.encode_colours(view)), view)


def test_the_rows_are_differences_to_those_above() -> None:
    samples = np.array([[[1, 2, 3]], [[4, 2, 1]]], np.uint8)
    (head, data, end) = chunks(png_chunks.encode_colours(samples))
    assert head == (b"IHDR", struct.pack(">IIBBBBB", 1, 2, 8, 2, 0, 0, 0))
    assert (data[0], zlib.decompress(data[1])) == (b"IDAT", bytes([2, 1, 2, 3, 2, 3, 0, 254]))
    assert end == (b"IEND", b"")


@given(st.binary(max_size=40))
def test_a_chunk_says_its_length_and_its_checksum(data: bytes) -> None:
    assert chunks(png_chunks.SIGNATURE + png_chunks.chunk(b"teSt", data)) == [(b"teSt", data)]
