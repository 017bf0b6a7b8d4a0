"""Files that ask for more than they are: each is refused in a line, before the work is done or the memory taken."""

import importlib.util
import io
import os
import re
import struct
import sys
import tracemalloc
import types
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers import rasters
from helpers.each import each
from PIL import Image

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images
from maskexpr.files.decoding import bounds, tags
from maskexpr.files.formats import gif, jpeg, npy, npz, nrrd, png
from maskexpr.files.formats.tiff import reading, structure
from maskexpr.kernels.png_chunks import SIGNATURE, chunk, header

LITTLE = 2**21  # bytes: what a refusal may take, beside what its file does


def saved(image: Image.Image, format: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def mistake(data: bytes) -> str:
    with pytest.raises(FileError) as caught:
        images.read(io.BytesIO(data))
    return str(caught.value)


def npy_of(text: str, version: int = 2) -> bytes:
    form = "<H" if version == 1 else "<I"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack(form, len(text)) + text.encode()


def npz_of(member: bytes, pack: int = zipfile.ZIP_DEFLATED, names: int = 1) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", pack) as archive:
        for number in range(names):
            archive.writestr(f"{number:060}.npy", member)
    return stream.getvalue()


def gif_of(frames: int) -> bytes:
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * frames + b";"


def tiff_of(directories: list[bytes]) -> bytes:
    """A TIFF of directories one behind the other, each given by its entries."""
    data = struct.pack("<2sHI", b"II", 42, 8)
    for number, entries in enumerate(directories):
        place = len(data) + 2 + len(entries) + 4
        following = place if number + 1 < len(directories) else 0
        data += struct.pack("<H", len(entries) // 12) + entries + struct.pack("<I", following)
    return data


def entry(tag: int, field: int, count: int, value: int) -> bytes:
    return struct.pack("<HHII", tag, field, count, value)


ONE_PIXEL = entry(256, 4, 1, 1) + entry(257, 4, 1, 1) + entry(258, 3, 1, 8) + entry(262, 3, 1, 1) + entry(273, 4, 1, 8)


def png_of(*between: bytes, rows: bytes = b"\0\0") -> bytes:
    data = chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + chunk(b"IHDR", header(1, 1, 8, 0)) + b"".join(between) + data + chunk(b"IEND", b"")


def jpeg_of(width: int, height: int, more: bytes = b"", sof: int = 0xC0) -> bytes:
    """A small JPEG that says that it is another size, with further scans in front of its end."""
    data = bytearray(saved(Image.new("L", (8, 8)), "JPEG"))
    place = data.index(b"\xff\xc0")
    data[place + 1] = sof
    struct.pack_into(">HH", data, place + 5, height, width)
    return bytes(data[:-2]) + more + bytes(data[-2:])


def exif_of(tag_count: int) -> bytes:
    """EXIF whose tags all are the same bytes, nearly all there are."""
    size = 60_000
    entries = b"".join(entry(50_000 + number, 7, size, 8) for number in range(tag_count))
    return (struct.pack("<2sHIH", b"II", 42, 8, tag_count) + entries + bytes(4)).ljust(size + 8, b"\0")


SMALLER = {  # here, or the tests would take long
    "directories": ("PAGES", 500),
    "tags": ("TAGS", 10_000),
    "comments": ("METADATA", 1_000_000),
    "OME-XML": ("OME", 100_000),
    "pages of palettes": ("PILLOWS_PAGES", 8),
}
EMPTY_SCAN = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0"
HOSTILE = {
    "a header of .npy": (lambda: npy_of(" " * 10_001), "10,000 bytes of header"),
    "one of .npz": (lambda: npz_of(npy_of(" " * 2**24)), "10,000 bytes of header"),
    "a directory of .npz": (
        lambda: npz_of(b"", zipfile.ZIP_STORED, 12_000),
        "1,048,576 bytes of zip directory or of header",
    ),
    "axes": (lambda: npy_of(f"{{'descr':'|u1','fortran_order':True,'shape':{(1,) * 65}}}"), "64 axes"),
    "frames": (lambda: gif_of(20_000), "4,096 frames"),
    "directories": (lambda: tiff_of([ONE_PIXEL] * 501), "500 pages"),
    "tags": (lambda: tiff_of([entry(50_000, 3, 1, 1) * 1000] * 11), "10,000 tags"),
    "numbers of a tag": (
        lambda: tiff_of([ONE_PIXEL + entry(324, 4, 2**21, 8)]) + bytes(2**23),
        "1,048,576 values of one tag",
    ),
    "bytes of tags": (
        lambda: tiff_of([entry(700, 7, 2**25, 8) * 3]) + bytes(2**25),
        "67,108,864 bytes beside its pixels",
    ),
    "chunks": (lambda: png_of(*[chunk(b"teSt", b"")] * 70_000), "chunks"),
    "bytes of chunks": (lambda: png_of(*[chunk(b"teSt", bytes(2**23))] * 9), "67,108,864 bytes beside its pixels"),
    "EXIF in PNG": (lambda: png_of(chunk(b"eXIf", exif_of(1200))), "67,108,864 bytes beside its pixels"),
    "EXIF in JPEG": (
        lambda: saved(Image.new("L", (8, 8)), "JPEG", exif=b"Exif\0\0" + exif_of(1200)),
        "67,108,864 bytes beside its pixels",
    ),
    "pieces of EXIF": (
        lambda: jpeg_of(8, 8)[:2] + (b"\xff\xe1\xff\xffExif\0\0" + bytes(65_527)) * 20 + jpeg_of(8, 8)[2:],
        "1,048,576 bytes beside its pixels",
    ),
    "comments": (
        lambda: gif_of(1)[:-1] + (b"!\xfe" + (b"\xff" + bytes(255)) * 99 + b"\0") * 50 + b";",
        "1,000,000 bytes beside its pixels",
    ),
    "pages of palettes": (
        lambda: tiff_of([ONE_PIXEL.replace(entry(262, 3, 1, 1), entry(262, 3, 1, 3))] * 9),
        "8 pages of this kind",
    ),
    "OME-XML": (
        lambda: tiff_of([entry(270, 2, 100_009, 256) + ONE_PIXEL]).ljust(256) + b"<OME>".ljust(100_009),
        "100,000 bytes of OME-XML",
    ),
    "segments": (lambda: jpeg_of(8, 8)[:2] + b"\xff\xfe\0\2" * 70_000 + jpeg_of(8, 8)[2:], "65,536 segments"),
    "ones between segments": (
        lambda: jpeg_of(8, 8)[:2] + b"\xff" * 70_000 + jpeg_of(8, 8)[2:],
        "65,536 bytes between its segments",
    ),
    "scans": (lambda: jpeg_of(8, 8, EMPTY_SCAN * 200), "128 scans"),
    "a header of NRRD": (lambda: b"NRRD0004\n" + b"# much is said\n" * 2**17, "1,048,576 bytes of header"),
    "one of MetaImage": (lambda: b"NDims = 2\n" + b"Comment = much\n" * 2**17, "1,048,576 bytes of header"),
    "pixels of NRRD": (
        lambda: b"NRRD0004\ntype: uchar\ndimension: 2\nsizes: 65536 65536\nencoding: raw\n\n",
        "2,147,483,648 pixels",
    ),
    "pixels of MetaImage": (
        lambda: b"NDims = 2\nDimSize = 65536 65536\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n",
        "2,147,483,648 pixels",
    ),
    "pixels of PGM": (lambda: b"P5 65536 65536 255\n", "2,147,483,648 pixels"),
    "chunks of WebP": (lambda: b"RIFF\xff\xff\xff\xffWEBP" + b"abcd\0\0\0\0" * 70_000, "65,536 chunks"),
    "pixels": (lambda: jpeg_of(65_535, 65_535), "2,147,483,648 pixels"),
}


NRRD_HEADER = b"NRRD0004\ntype: uchar\ndimension: 2\nsizes: 30000 30000\nencoding: gzip\n\n"
MHA_HEADER = b"NDims = 2\nDimSize = 30000 30000\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n"


def refused(data: bytes, no_decoder: pytest.MonkeyPatch) -> tuple[str, int]:
    """What is said of some bytes without any decoder, and the memory it took."""
    no_decoder.setattr("maskexpr.files.decoding.pillow.open_reader", None)
    no_decoder.setattr("maskexpr.files.formats.npy.read_array", None)
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        with pytest.raises(FileError) as caught:
            images.read(stream)
        return str(caught.value), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@each("what", list(HOSTILE))
def test_more_than_a_bound_is_refused_before_the_work(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, said = HOSTILE[what]
    data = make()
    for name, most in [SMALLER[what]] if what in SMALLER else []:
        monkeypatch.setattr(bounds, name, replace(getattr(bounds, name), most=most))
    text, peak = refused(data, monkeypatch)
    assert text.startswith("error: cannot read the stream: it declares more than ")
    assert said in text
    assert text.isprintable()
    assert peak < LITTLE


def large_page(compression: int, photometric: bytes = b"") -> bytes:
    size = entry(256, 4, 1, 40_000) + entry(257, 4, 1, 40_000) + entry(258, 3, 1, 8)
    return size + entry(259, 3, 1, compression) + photometric + entry(273, 4, 1, 8) + entry(279, 4, 1, 9)


@each(
    "data",
    {
        "JPEG": jpeg_of(30_000, 30_000),
        "progressive JPEG": jpeg_of(30_000, 30_000, sof=0xC2),
        "BMP": b"BM" + struct.pack("<IIIIiiHHI", 0, 0, 54, 40, 30_000, 30_000, 1, 8, 0) + bytes(1200),
        "BMP in runs": b"BM" + struct.pack("<IIIIiiHHI", 0, 0, 54, 40, 30_000, -30_000, 1, 8, 1) + bytes(1200),
        **{f"TIFF packed by {n}": tiff_of([large_page(n)]) for n in (1, 5, 7, 8, 32773, 32946, 34925, 50000)},
        "TIFF of JPEG that shares colours": tiff_of([large_page(7, entry(262, 3, 1, 6))]),
        "NRRD": NRRD_HEADER.replace(b"gzip", b"raw") + bytes(9),
        "NRRD packed": NRRD_HEADER + bytes(9),
        "MetaImage": MHA_HEADER + bytes(9),
        "MetaImage packed": b"CompressedData = True\n".join([MHA_HEADER[:10], MHA_HEADER[10:]]) + bytes(9),
        "PGM": b"P5 30000 30000 255\n",
        "PGM of text": b"P2 30000 30000 255\n1 1",
        "PBM": b"P4 30000 30000\n",
        "npz": npz_of(npy_of("{'descr':'<f8','fortran_order':True,'shape':(30000,30000)}")),
        "a frame of JPEG behind another": jpeg_of(8, 8, jpeg_of(30_000, 30_000)[2:-2]),
    }.items(),
)
def test_what_a_file_cannot_hold_is_damage(data: tuple[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    text, peak = refused(data[1], monkeypatch)
    assert "data is damaged or cut short" in text
    assert peak < LITTLE


def test_a_zip_that_lies_of_its_sizes_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory says that a member has as many bytes as its array would need."""
    data = bytearray(npz_of(npy_of("{'descr':'<f8','fortran_order':False,'shape':(30000,30000)}")))
    struct.pack_into("<I", data, data.index(b"PK\1\2") + 20, 2**31)
    assert "damaged" in refused(bytes(data), monkeypatch)[0]


def test_a_sparse_header_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npy"
    with open(path, "wb") as stream:
        stream.write(b"\x93NUMPY\2\0" + struct.pack("<I", 1_500_000_000))
        stream.truncate(1_500_000_012)
    tracemalloc.start()
    with pytest.raises(FileError, match=r"10,000 bytes of header; save it with numpy\.save"):
        images.read(path)
    assert tracemalloc.get_traced_memory()[1] < LITTLE
    tracemalloc.stop()


def test_samples_of_a_png_are_tested_a_block_at_a_time() -> None:
    rows = np.random.default_rng(0).integers(0, 255, 2**24, dtype=np.uint8).tobytes()
    data = SIGNATURE + chunk(b"IHDR", header(2**24, 1, 8, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    stream = io.BytesIO(data)
    with images.opening.opened(stream) as file:
        tracemalloc.start()
        png._scan(file)
        assert tracemalloc.get_traced_memory()[1] < 2 * LITTLE
        tracemalloc.stop()


def test_what_lies_within_the_bounds_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many of each as there may be, with smaller bounds."""
    for name, most in (("FRAMES", 5), ("PAGES", 5), ("CHUNKS", 8), ("SCANS", 10)):
        monkeypatch.setattr(bounds, name, replace(getattr(bounds, name), most=most))
    assert images.read(io.BytesIO(gif_of(5))).array.shape == (5, 1, 1)
    pages = [Image.new("L", (3, 2), n) for n in range(5)]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert images.read(io.BytesIO(data)).array.shape == (5, 2, 3)
    assert images.read(io.BytesIO(png_of(*[chunk(b"teSt", b"")] * 5))).array.shape == (1, 1)
    colour = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8))
    for data in (saved(colour, "JPEG", progressive=True), saved(colour, "JPEG", exif=b"Exif\0\0" + exif_of(3))):
        assert images.read(io.BytesIO(data)).array.shape == (40, 30, 3)
    with pytest.raises(FileError, match="more than 5 frames; cut it into parts first"):
        images.read(io.BytesIO(gif_of(6)))


def test_tags_whose_values_cannot_be_in_the_file_are_no_reason_to_refuse_it() -> None:
    """Decoders pass over them, in the EXIF of photographs above all."""
    exif = struct.pack("<2sHIH", b"II", 42, 8, 2) + entry(270, 2, 2**31, 8) + entry(274, 3, 1, 6) + bytes(4)
    data = saved(Image.new("L", (8, 4)), "JPEG", exif=b"Exif\0\0" + exif)
    assert images.read(io.BytesIO(data)).array.shape == (8, 4)
    assert "damaged" in mistake(tiff_of([entry(257, 4, 2**31, 8) + ONE_PIXEL]))


@pytest.mark.parametrize("quality", [1, 50, 100])
@pytest.mark.parametrize("progressive", [False, True])
def test_the_flattest_jpeg_holds_what_it_promises(quality: int, progressive: bool) -> None:
    """No encoder comes near the densest packing there is."""
    for size in ((4000, 4000), (1, 65_000)):
        data = saved(Image.new("L", size, 128), "JPEG", quality=quality, progressive=progressive, optimize=True)
        assert images.read(io.BytesIO(data)).array.shape == size[::-1]


@pytest.mark.parametrize("compression", ["jpeg", "lzma", "zstd", "tiff_lzw", "tiff_adobe_deflate"])
def test_the_flattest_tiff_holds_what_it_promises(compression: str) -> None:
    for mode in ("L", "YCbCr" if compression == "jpeg" else "RGB"):
        data = saved(Image.new(mode, (3000, 3000)), "TIFF", compression=compression, strip_size=2**30)
        assert images.read(io.BytesIO(data)).array.shape[:2] == (3000, 3000)


def test_what_stands_between_the_segments_of_a_jpeg_means_nothing() -> None:
    """Decoders pass over it, so the walk does."""
    plain = saved(Image.new("L", (8, 8)), "JPEG")
    place = plain.index(b"\xff\xdb")
    for odd in (b"junk", b"\xff\xff\xff", b"\0" * 200, b"\xff\0x"):
        data = plain[:place] + odd + plain[place:]
        assert images.read(io.BytesIO(data)).array.shape == (8, 8)
        text = mistake(data[:-2] + odd + EMPTY_SCAN * 200)
        assert "128 scans" in text


def test_an_array_packed_or_locked_otherwise_is_named() -> None:
    stream = io.BytesIO()
    np.save(stream, np.zeros((2, 2)))
    text = mistake(npz_of(stream.getvalue(), zipfile.ZIP_BZIP2))
    assert "its array is packed in a way that NumPy does not write; save it with numpy.savez" in text
    data = bytearray(npz_of(stream.getvalue()))
    data[data.index(b"PK\1\2") + 8] |= 1
    assert "its array is encrypted" in mistake(bytes(data))


def test_what_a_decoder_cannot_do_is_not_called_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(error: Exception):
        def reader(stream: object) -> None:
            raise error

        monkeypatch.setattr("maskexpr.files.decoding.pillow.open_reader", reader)
        return mistake(png_of())

    said = fails(ValueError("an odd\nthing"))
    assert "does not decode this PNG (an odd thing); save it anew" in said
    assert f"Pillow {Image.__version__}" in said
    assert "pip install -U pillow" in said
    assert "(TypeError)" in fails(TypeError())
    assert "it was built without libtiff" in fails(OSError("decoder libtiff not available"))
    assert "damaged or cut short" in fails(OSError("image file is truncated (0 bytes not processed)"))
    assert "damaged or cut short" in fails(SyntaxError("broken PNG file"))


def ycbcr(subsampling: tuple[int, int] | None, samples: bytes) -> bytes:
    """A bare TIFF of 4 x 4 pixels."""
    entries = [entry(256, 4, 1, 4), entry(257, 4, 1, 4), entry(258, 3, 1, 8), entry(259, 3, 1, 1), entry(262, 3, 1, 6)]
    entries += [entry(277, 3, 1, 3), entry(278, 3, 1, 4)]
    if subsampling:
        entries.append(entry(530, 3, 2, subsampling[0] | subsampling[1] << 16))
    place = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries += [entry(273, 4, 1, place), entry(279, 4, 1, len(samples))]
    return tiff_of([b"".join(sorted(entries))]) + samples


def test_bare_ycbcr_is_read_or_named() -> None:
    whole = bytes((120, 128, 128)) * 16
    for data in (ycbcr((1, 1), whole), ycbcr(None, whole)):
        if int(Image.__version__.split(".")[0]) < 13:
            assert "YCbCr colours without compression" in mistake(data)
        else:
            assert images.read(io.BytesIO(data)).array[0, 0].tolist() == [120, 120, 120]
    shared = bytes((120, 120, 120, 120, 128, 128)) * 4
    for data in (ycbcr((2, 2), shared), ycbcr(None, shared), ycbcr((2, 2), shared) + bytes(1000)):
        text = mistake(data)
        assert "it holds YCbCr colours that pixels share, without compression" in text


def compressed(array: np.ndarray, compression: int, photometric: str = "minisblack") -> bytes:
    """A TIFF that says another compression than it has."""
    stream = io.BytesIO()
    pytest.importorskip("tifffile").imwrite(stream, array, compression="deflate", photometric=photometric)
    data = bytearray(stream.getvalue())
    place = data.index(struct.pack("<HHI", 259, 3, 1))
    struct.pack_into("<H", data, place + 8, compression)
    return bytes(data)


# JPEG 2000 as slide scanners have it, and as others; LERC, JPEG XL, Zstandard, WebP.
@each("compression", [33003, 34712, 34887, 50002, 50000, 50001])
@each("type", ["uint8", "uint16", "float64", "colour"])
def test_a_compression_that_needs_more_is_named(compression: int, type: str) -> None:
    colour = type == "colour"
    array = np.zeros((4, 4, 3) if colour else (4, 4), "uint8" if colour else type)
    said = mistake(compressed(array, compression, "rgb" if colour else "minisblack"))
    if importlib.util.find_spec("imagecodecs"):
        assert "does not decode" in said or "damaged" in said
    else:
        assert re.search(r"its TIFF compression \(.+\) needs the imagecodecs package; pip install imagecodecs", said)


def test_what_pillow_unpacks_needs_no_codecs_that_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    data = saved(Image.fromarray(array), "TIFF", compression="zstd")
    for codecs in (None, types.ModuleType("imagecodecs")):
        monkeypatch.setitem(sys.modules, "imagecodecs", codecs)
        np.testing.assert_array_equal(images.read(io.BytesIO(data)).array, array)


@pytest.mark.parametrize("photometric", ["miniswhite", "minisblack"])
def test_a_compression_that_nobody_knows_is_no_damage(photometric: str) -> None:
    said = mistake(compressed(np.zeros((4, 4), np.uint8), 65_000, photometric))
    assert "65000" in said or "needs the imagecodecs package" in said  # as an older tifffile has it


def test_a_pillow_without_libtiff(monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.arange(12, dtype=np.uint8).reshape(3, 4)
    packed = saved(Image.fromarray(array), "TIFF", compression="tiff_adobe_deflate")
    palette = saved(Image.fromarray(array).convert("P"), "TIFF", compression="tiff_adobe_deflate")
    for name in ("libtiff_decoder", "libtiff_encoder"):
        monkeypatch.delattr(Image.core, name)
    assert "it was built without libtiff" in mistake(palette)
    bare = rasters.encode(array, "image", ".tif")
    np.testing.assert_array_equal(images.read(io.BytesIO(bare)).array, array)
    pytest.importorskip("tifffile")
    np.testing.assert_array_equal(images.read(io.BytesIO(packed)).array, array)


def test_an_old_pillow_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.__version__", "9.5.0")
    text = mistake(png_of())
    assert "Pillow 9.5.0, by which pictures are read, is older than 10.1; pip install -U pillow" in text


def test_every_bound_is_tested() -> None:
    """By a file that goes beyond it, and in a module that reads files."""
    readers = [gif, jpeg, npy, npz, nrrd, png, tags, reading, structure]
    named = {name for name, value in vars(bounds).items() if isinstance(value, bounds.Bound)}
    said = " ".join(text for _, text in HOSTILE.values())
    for name in named - {"STREAM", "FILES", "INFLATED"}:  # these by tests of folders and of DICOM
        assert getattr(bounds, name).what in said
        assert any(name in Path(os.fspath(module.__file__)).read_text("utf-8") for module in readers)
