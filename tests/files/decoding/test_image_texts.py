"""The text that PNG and TIFF files carry beside their pixels. Oracles: Pillow, tifffile, imageio and OpenCV read it."""

import io
import json
import os
import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import cv2
import imageio.v3
import numpy as np
import pytest
import tifffile
from helpers import rasters
from helpers.each import each
from helpers.places import ANKLE
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images
from maskexpr.files.decoding import tags, texts

SHORT = '{"maskexpr": "0.1", "program": "im > 32 # \\u00e4"}'
LONG = json.dumps({"maskexpr": "0.1", "program": "dilate(im > 32)\n" * 900, "numbers": list(range(900))})
LONGEST = texts.PREFIX + ': "' + "x" * (images.MOST_TEXT - len(texts.PREFIX) - 5) + '"}'
SIZES = (2047, 2048, 2**20 - 1, 2**20)
TEXTS = {"short": SHORT, "long": LONG, "least": texts.PREFIX, "longest": LONGEST}
TEXTS |= {str(size): LONGEST[: size - 2] + '"}' for size in SIZES}


def noise(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    rng = np.random.default_rng(5)
    if dtype == "bool":
        return rng.random(shape) < 0.5
    return rng.integers(0, 100, shape).astype(dtype)


RESULTS = {
    "mask.png": (noise((9, 17), "bool"), "mask"),
    "grey.png": (noise((9, 17), "uint8"), "image"),
    "deep.png": (noise((9, 17), "uint16"), "image"),
    "labels.png": (noise((9, 17), "int32"), "labels"),
    "colour.png": (noise((9, 17, 3), "uint8"), "colour"),
    "alpha.png": (noise((9, 17, 4), "uint8"), "colour"),
    "deep colour.png": (noise((9, 17, 3), "uint16"), "colour"),
    "pixel.png": (noise((1, 1), "uint8"), "image"),
    "mask.tif": (noise((9, 17), "bool"), "mask"),
    "grey.tif": (noise((9, 17), "uint8"), "image"),
    "float.tif": (noise((9, 17), "float32"), "image"),
    "int.tif": (noise((9, 17), "int32"), "image"),
    "colour.tif": (noise((9, 17, 3), "uint8"), "colour"),
    "pixel.tif": (noise((1, 1), "uint8"), "image"),
    "stack.tif": (noise((4, 9, 17), "uint16"), "image"),
    "mask stack.tif": (noise((5, 9, 17), "bool"), "mask"),
    "colour stack.tif": (noise((3, 9, 17, 3), "uint8"), "colour"),
}
PNGS = [name for name in RESULTS if name.endswith(".png")]
TIFFS = [name for name in RESULTS if name.endswith(".tif")]


def encoded(name: str, text: str = "") -> bytes:
    array, kind = RESULTS[name]
    return rasters.encode(array, kind, os.path.splitext(name)[1], text=text)


def text_of(data: bytes) -> str | None:
    return images.read_text(io.BytesIO(data))


def mistake(data: bytes) -> str:
    with pytest.raises(FileError) as caught:
        text_of(data)
    assert str(caught.value).isprintable()
    return str(caught.value)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a PNG, by the standard."""
    found, place = [], 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        found.append((data[place + 4 : place + 8], data[place : place + length + 12]))
        place += length + 12
    return found


# --- what is written is read -----------------------------------------------------------------------------------------


@pytest.mark.slow
@each("text", TEXTS.values())
@pytest.mark.parametrize("name", RESULTS)
def test_the_text_comes_back_and_the_pixels_are_the_same(tmp_path: Path, name: str, text: str) -> None:
    array, kind = RESULTS[name]
    rasters.write(tmp_path / name, array, kind=kind, text=text)
    assert images.read_text(tmp_path / name) == text
    plain, found = images.read(io.BytesIO(encoded(name))), images.read(tmp_path / name)
    np.testing.assert_array_equal(found.array, plain.array, strict=True)
    assert (found.colour, found.notes) == (plain.colour, plain.notes)


@pytest.mark.parametrize("name", RESULTS)
def test_the_same_text_gives_the_same_bytes_and_none_leaves_the_file_alone(name: str) -> None:
    assert encoded(name, LONG) == encoded(name, LONG)
    assert encoded(name, LONG) != encoded(name, SHORT)
    assert text_of(encoded(name)) is None
    array, kind = RESULTS[name]
    assert encoded(name) == rasters.encode(array, kind, os.path.splitext(name)[1])


@pytest.mark.parametrize("name", PNGS)
def test_a_png_is_what_it_was_with_a_chunk_in_front_of_its_samples(name: str) -> None:
    for text in (SHORT, LONG):
        plain, found = chunks(encoded(name)), chunks(encoded(name, text))
        names = [kind for kind, _ in found]
        assert names.count(b"iTXt") == 1
        assert names[0] == b"IHDR"
        assert names.index(b"iTXt") < names.index(b"IDAT")
        assert [c for c in found if c[0] != b"iTXt"] == plain


def test_a_long_text_in_a_png_is_compressed() -> None:
    (_, short), (_, long) = (next(c for c in chunks(encoded("mask.png", t)) if c[0] == b"iTXt") for t in (SHORT, LONG))
    assert short == chunk(b"iTXt", b"maskexpr\0\0\0\0\0" + SHORT.encode())
    assert long[8:21] == b"maskexpr\0\1\0\0\0"
    assert zlib.decompress(long[21:-4]).decode() == LONG


@pytest.mark.parametrize("name", TIFFS)
def test_a_tiff_is_what_it_was_with_a_directory_at_its_end(name: str) -> None:
    plain, found = encoded(name), encoded(name, LONG)
    assert (found[:4], found[8 : len(plain)]) == (plain[:4], plain[8:])
    with tifffile.TiffFile(io.BytesIO(plain)) as a, tifffile.TiffFile(io.BytesIO(found)) as b:
        assert len(a.pages) == len(b.pages)
        for number, (one, other) in enumerate(zip(a.pages, b.pages, strict=True)):
            added = [270, 305] if number == 0 else []
            tags_of_one = {tag.code: tag.value for tag in one.tags}
            tags_of_other = {tag.code: tag.value for tag in other.tags}
            assert [tag.code for tag in other.tags] == sorted([*tags_of_one, *added])
            assert [tags_of_other.pop(code) for code in added] == [LONG, "maskexpr"][: len(added)]
            assert tags_of_other == tags_of_one
        assert b.pages[0].offset % 2 == 0


@pytest.mark.parametrize("suffix", [".bmp", ".npy", ".npz"])
def test_other_formats_leave_the_text_out(suffix: str) -> None:
    array = noise((5, 6), "uint8")
    data = rasters.encode(array, "image", suffix, text=SHORT)
    assert text_of(data) is None
    np.testing.assert_array_equal(images.read(io.BytesIO(data)).array, array)
    if suffix != ".npz":  # it holds the time
        assert data == rasters.encode(array, "image", suffix)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("text", [LONG, "{x}"])
def test_tiffs_of_every_form_take_texts(order: str, big: bool, text: str) -> None:
    array, stream = noise((3, 5, 7), "uint16"), io.BytesIO()
    tifffile.imwrite(stream, array, byteorder=order, bigtiff=big, metadata=None, photometric="minisblack", software="?")
    data = tags.with_texts(stream.getvalue(), {270: text.encode(), 305: b"maskexpr"})
    assert text_of(data) == (text if text == LONG else None)
    np.testing.assert_array_equal(images.read(io.BytesIO(data)).array, array)
    with tifffile.TiffFile(io.BytesIO(data)) as found:
        np.testing.assert_array_equal(found.asarray(), array)
        assert [tag.value for tag in found.pages[0].tags if tag.code in (270, 305)] == [text, "maskexpr"]
    if not (big and order == ">"):  # which Pillow does not know
        with Image.open(io.BytesIO(data)) as image:
            assert image.tag_v2[270] == text


def test_a_tiff_without_a_place_for_the_text_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = encoded("stack.tif")
    monkeypatch.setattr(tags, "_LAST_PLACE", len(plain) + len(SHORT) + len("maskexpr"))
    assert text_of(encoded("stack.tif", SHORT)) == SHORT
    assert encoded("stack.tif", SHORT + " ") == plain


# --- other programs --------------------------------------------------------------------------------------------------


@each("text", [SHORT, LONG])
@each("name", RESULTS)
def test_other_programs_read_the_pixels(name: str, text: str) -> None:
    plain, data = encoded(name), encoded(name, text)
    with Image.open(io.BytesIO(plain)) as one, Image.open(io.BytesIO(data)) as other:
        for page in range(getattr(one, "n_frames", 1)):
            one.seek(page)
            other.seek(page)
            np.testing.assert_array_equal(np.asarray(other), np.asarray(one), strict=True)
    np.testing.assert_array_equal(imageio.v3.imread(data), imageio.v3.imread(plain), strict=True)
    ok, pages = cv2.imdecodemulti(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert ok
    np.testing.assert_array_equal(pages, cv2.imdecodemulti(np.frombuffer(plain, np.uint8), cv2.IMREAD_UNCHANGED)[1])
    if name in TIFFS:
        np.testing.assert_array_equal(tifffile.imread(io.BytesIO(data)), tifffile.imread(io.BytesIO(plain)))


@each("text", [SHORT, LONG])
@each("name", RESULTS)
def test_other_programs_show_the_text(name: str, text: str) -> None:
    data = encoded(name, text)
    with Image.open(io.BytesIO(data)) as image:
        if name in PNGS:
            assert image.text == {"maskexpr": text}
        else:
            assert (image.tag_v2[270], image.tag_v2[305]) == (text, "maskexpr")
    if name in PNGS:
        assert imageio.v3.immeta(data)["maskexpr"] == text
    else:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            assert [page.description for page in file.pages] == [text] + [""] * (len(file.pages) - 1)
            assert file.pages[0].software == "maskexpr"


def test_a_key_that_tifffile_takes_for_its_own_does_no_harm() -> None:
    text = json.dumps({"maskexpr": "0.1", "inputs": [{"shape": [3, 4]}], "program": '{"shape": 1}'})
    data = encoded("stack.tif", text)
    assert text_of(data) == text
    np.testing.assert_array_equal(tifffile.imread(io.BytesIO(data)), RESULTS["stack.tif"][0])
    with Image.open(io.BytesIO(data)) as image:
        assert json.loads(image.tag_v2[270]) == json.loads(text)


def test_a_text_that_a_png_of_pillow_holds_behind_its_samples_is_found() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("maskexpr", LONG, zip=True)
    stream = io.BytesIO()
    Image.fromarray(noise((9, 17), "uint8")).save(stream, "PNG", pnginfo=info)
    assert text_of(stream.getvalue()) == LONG
    parts = dict(chunks(stream.getvalue()))
    moved = stream.getvalue()[:8] + b"".join(parts[n] for n in (b"IHDR", b"IDAT", b"iTXt", b"IEND"))
    assert text_of(moved) == LONG


def descriptions() -> dict[str, bytes]:
    """Files whose text is somebody else's."""
    array, found = noise((3, 5, 7), "uint16"), {}
    writers = {
        "ImageJ": {"imagej": True, "metadata": {"Info": SHORT}},
        "tifffile": {"metadata": {"maskexpr": "0.1"}, "photometric": "minisblack"},
        "OME": {"ome": True, "photometric": "minisblack"},
        "a note": {"description": "see " + SHORT, "metadata": None, "photometric": "minisblack"},
        "no note": {"metadata": None, "photometric": "minisblack"},
    }
    for name, options in writers.items():
        stream = io.BytesIO()
        tifffile.imwrite(stream, array, **options)
        found[name] = stream.getvalue()
    for name, keyword, text in [("a comment", "Comment", SHORT), ("a name", "maskexpr", "see " + SHORT)]:
        stream, info = io.BytesIO(), PngImagePlugin.PngInfo()
        info.add_itxt(keyword, text)
        Image.fromarray(array[0]).save(stream, "PNG", pnginfo=info)
        found[name] = stream.getvalue()
    return found


@pytest.mark.parametrize("data", descriptions().values(), ids=descriptions())
def test_the_text_of_others_is_none_of_ours(data: bytes) -> None:
    assert text_of(data) is None
    images.read(io.BytesIO(data))


# --- texts that cannot be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mask.png", "mask.tif"])
@pytest.mark.parametrize(
    "text",
    ["{}", " " + SHORT, '{"maskexpr": "ä"}', SHORT + "\0", LONGEST + " ", LONGEST[:-20] + ' "shape": "shape":' + "}}"],
)
def test_a_text_that_could_not_be_read_back_is_not_written(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ValueError, match="the text"):
        encoded(name, text)
    with pytest.raises(ValueError, match="the text"):
        rasters.write(tmp_path / name, noise((3, 4), "bool"), kind="mask", text=text)
    assert os.listdir(tmp_path) == []


# --- files from strangers --------------------------------------------------------------------------------------------


def with_chunk(name: bytes, data: bytes) -> bytes:
    plain = encoded("grey.png")
    return plain[:33] + chunk(name, data) + plain[33:]


def with_description(field: int, count: int, value: int) -> bytes:
    """A TIFF whose description is declared so."""
    entry = struct.pack("<HHII", 270, field, count, value)
    return struct.pack("<2sHIH", b"II", 42, 8, 1) + entry + bytes(4) + SHORT.encode() + b"\0"


HEAD = b"maskexpr\0"


@pytest.mark.parametrize(
    "data",
    [
        HEAD,
        HEAD + b"\1",
        HEAD + b"\0\0" + SHORT.encode(),
        HEAD + b"\1\0\0\0" + SHORT.encode(),
        HEAD + b"\1\1\0\0" + zlib.compress(SHORT.encode()),
        HEAD + b"\1\0\0\0" + zlib.compress(SHORT.encode())[:-1],
        HEAD + b"\1\0\0\0" + zlib.compress(LONGEST.encode() + b" "),
        HEAD + b"\0\0\0\0" + LONGEST.encode() + b" ",
        HEAD + b"\0\0\0\0" + SHORT.encode() + b"\xc3\xa4",
    ],
)
def test_a_chunk_that_holds_no_such_text_is_damage(data: bytes) -> None:
    assert "the PNG data is damaged or cut short" in mistake(with_chunk(b"iTXt", data))


def test_what_is_no_text_of_ours_is_passed_over() -> None:
    for data in (b"", b"maskexpr", b"maskexpr2\0\0\0\0\0" + SHORT.encode(), HEAD + b"\0\0\0\0" + LONGEST.encode() * 2):
        assert text_of(with_chunk(b"iTXt", data)) is None
    for name in (b"tEXt", b"zTXt", b"eXIf"):
        assert text_of(with_chunk(name, HEAD + b"\0\0\0\0" + SHORT.encode())) is None


@pytest.mark.parametrize(
    ("field", "count", "value", "found"),
    [
        (2, len(SHORT) + 1, 26, SHORT),
        (2, len(SHORT), 26, SHORT),
        (2, len(SHORT) + 2, 26, "damage"),
        (2, len(SHORT) + 1, 2**32 - 1, "damage"),
        (2, images.MOST_TEXT + 2, 26, None),
        (2, 2**32 - 1, 26, None),
        (2, 0, 26, None),
        (1, len(SHORT) + 1, 26, None),
        (12, len(SHORT) + 1, 26, None),
    ],
)
def test_a_description_is_no_longer_than_the_file_and_the_limit(
    field: int, count: int, value: int, found: str | None
) -> None:
    data = with_description(field, count, value)
    if found == "damage":
        assert "the TIFF data is damaged or cut short" in mistake(data)
    else:
        assert text_of(data) == found


@pytest.mark.parametrize("big", [False, True])
def test_places_beyond_any_file_are_damage(tmp_path: Path, big: bool) -> None:
    """A file on a disk refuses them in its own way."""
    form, most = ("<2sHHHQ", 2**64 - 1) if big else ("<2sHI", 2**32 - 1)
    for place in (most, most // 2, most - 8):
        head = (b"II", 43, 8, 0, place) if big else (b"II", 42, place)
        (tmp_path / "a.tif").write_bytes(struct.pack(form, *head))
        for read in (images.read_text, images.read):
            with pytest.raises(FileError, match="the TIFF data is damaged or cut short"):
                read(tmp_path / "a.tif")


def peak_of(data: bytes) -> int:
    """The most bytes that reading the text held at once."""
    stream = io.BytesIO(data)
    images.read_text(io.BytesIO(encoded("mask.png", SHORT)))  # imports are not counted
    images.read_text(io.BytesIO(encoded("mask.tif", SHORT)))
    tracemalloc.start()
    try:
        images.read_text(stream)
    except FileError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@pytest.mark.slow
def test_a_bomb_is_not_unpacked() -> None:
    bomb = HEAD + b"\1\0\0\0" + zlib.compress(texts.PREFIX.encode() + bytes(10**8), 9)
    assert peak_of(with_chunk(b"iTXt", bomb)) < 4 * images.MOST_TEXT
    assert "damaged" in mistake(with_chunk(b"iTXt", bomb))
    assert peak_of(with_chunk(b"iTXt", b"other\0" + bytes(3 * images.MOST_TEXT))) < 2**16
    assert peak_of(with_chunk(b"teSt", bytes(3 * images.MOST_TEXT))) < 2**16
    assert peak_of(with_description(2, 2**32 - 1, 8) + bytes(3 * images.MOST_TEXT)) < 2**16


def test_no_pixel_is_decoded() -> None:
    """Not even where the header promises more of them than are ever decoded."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['PIL', 'imageio', 'tifffile']));"
        "from maskexpr.files import images; print(*map(images.read_text, sys.argv[1:]))"
    )
    done = subprocess.run([sys.executable, "-c", code, ANKLE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 0, 0, 0, 0))
    text = chunk(b"iTXt", HEAD + b"\0\0\0\0" + SHORT.encode())
    assert text_of(b"\x89PNG\r\n\x1a\n" + header + text) == SHORT


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "page.png").write_bytes(b"<html>")
    for path, said in {
        "no.png": "no such file",
        "empty.png": "0 bytes",
        "page.png": "not an image",
        ".": "a folder",
    }.items():
        with pytest.raises(FileError, match=said):
            images.read_text(tmp_path / path)
    for format in ("JPEG", "GIF", "BMP"):
        stream = io.BytesIO()
        Image.fromarray(noise((9, 17), "uint8")).save(stream, format)
        assert text_of(stream.getvalue()) is None


@pytest.mark.slow
def test_a_stream_need_not_be_seekable() -> None:
    code = "import sys; from maskexpr.files import images; print(images.read_text(sys.stdin.buffer))"
    for name in ("mask.png", "stack.tif"):
        data = encoded(name, SHORT)
        done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
        assert done.stdout.decode().strip() == SHORT


SEEDS = {name: encoded(name, text) for name in ("mask.png", "deep colour.png", "stack.tif") for text in (SHORT, LONG)}


def survives(data: bytes) -> str | None:
    """The text, or None where there is none or the file is damaged; anything else fails the test."""
    try:
        text = text_of(data)
    except FileError as error:
        text, said = None, str(error)
    else:
        said = ""
    assert said.isprintable()
    assert text is None or (text.startswith(texts.PREFIX) and len(text) <= images.MOST_TEXT)
    return text


@pytest.mark.parametrize("name", SEEDS)
def test_a_file_that_is_cut_gives_its_text_or_none(name: str) -> None:
    data, whole = SEEDS[name], text_of(SEEDS[name])
    found = [survives(data[:stop]) for stop in range(0, len(data), 1 + len(data) // 200)]
    assert {*found, survives(data)} == {None, whole}
    # A PNG has its text in front of its samples, a TIFF at its end.
    assert (survives(data[:-20]) == whole) == name.endswith(".png")


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
def test_a_damaged_file_gives_a_text_or_an_error(name: str, data: st.DataObject) -> None:
    seed = bytearray(SEEDS[name])
    # The beginning of a file and the end, where the structure is, are hit more often than the rest.
    places = st.integers(0, 80) | st.integers(-300, -1) | st.integers(0, len(seed) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        seed[place] = value
    survives(bytes(seed))


@given(st.binary(max_size=300), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b""]))
@example(b"\x08\0\0\0\0\0\0\0" * 3, b"II+\0")
def test_any_bytes_give_a_text_or_an_error(data: bytes, magic: bytes) -> None:
    survives(magic + data)


@pytest.mark.parametrize("name", ["mask.png", "deep colour.png"])
def test_a_flipped_bit_in_the_text_of_a_png_is_found(name: str) -> None:
    data = SEEDS[name]
    start = data.index(b"iTXt") + 4
    for place in range(start, start + 60):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        assert survives(bytes(flipped)) is None
