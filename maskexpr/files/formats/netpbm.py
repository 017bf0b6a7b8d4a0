"""PBM, PGM and PPM: numbers as they are stored, whatever their largest is said to be."""

import re
from dataclasses import dataclass

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.files.decoding import bounds, raw
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, Raster, Source, Window, Writing, whole

_HEAD = 2**16  # bytes that the header lies in, with its comments
_BETWEEN = rb"(?:\s|#[^\r\n]*[\r\n])+"
_SIZES = re.compile(rb"P[1-6]" + _BETWEEN + rb"(\d{1,10})" + _BETWEEN + rb"(\d{1,10})")
_MOST = re.compile(_BETWEEN + rb"(\d{1,10})")
_END = re.compile(rb"(?:#[^\r\n]*[\r\n]|\s)")
_NUMBERS = re.compile(r"[\s\d]*+", re.ASCII)
_COMMENT = re.compile(rb"#[^\r\n]*")
_BITS, _COLOURS, _TEXTS = b"14", b"36", b"123"


@dataclass(frozen=True, slots=True)
class _Header:
    letter: bytes
    shape: tuple[int, ...]
    most: int
    end: int

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(np.uint8 if self.most < 256 else np.uint16)

    @property
    def count(self) -> int:
        return int(np.prod(self.shape, dtype=object))


def _open(file: OpenFile, kind: str | None) -> Source:
    with file.scanning():
        header = _header(file)
        if not header.count:
            raise file.wrong(messages.FILE_NO_PIXELS, shape=" x ".join(map(str, header.shape)))
        file.check(header.count, bounds.PIXELS)
    colour, notes = len(header.shape) > 2, _notes(header)
    if header.letter in _BITS + _TEXTS:
        decode = _decode_bits if header.letter in _BITS else _decode_text
        return whole(lambda file, kind: Pixels(decode(file, header), colour, notes))(file, kind)
    samples = raw.Samples(header.shape, header.dtype.newbyteorder(">"), start=header.end)
    raw.check(file, samples)

    def read(window: Window | None) -> Pixels:
        return Pixels(raw.read(file, samples, window), colour, notes)

    return Source(header.shape, header.dtype, read, colour)


def _header(file: OpenFile) -> _Header:
    file.stream.seek(0)
    head = file.stream.read(_HEAD)
    letter, found, most = head[1:2], _SIZES.match(head), 1
    if found is None:
        raise file.broken()
    end = found.end()
    if letter not in _BITS:
        limit = _MOST.match(head, end)
        if limit is None or not 0 < int(limit[1]) < 2**16:
            raise file.broken()
        most, end = int(limit[1]), limit.end()
    behind = _END.match(head, end)
    if behind is None:
        raise file.broken()
    columns, rows = int(found[1]), int(found[2])
    shape = (rows, columns, 3) if letter in _COLOURS else (rows, columns)
    return _Header(letter, shape, most, behind.end())


def _decode_bits(file: OpenFile, header: _Header) -> np.ndarray:
    """What is white is on."""
    with file.scanning():
        rows, columns = header.shape
        file.stream.seek(header.end)
        if header.letter == b"1":
            file.check_promise(header.count, file.size - header.end, "stored")
            digits = np.frombuffer(_COMMENT.sub(b"", file.stream.read()), np.uint8)
            black: np.ndarray = digits[(digits == ord("0")) | (digits == ord("1"))][: header.count] == ord("1")
            return ~black.reshape(rows, columns)
        line = -(-columns // 8)
        file.check_promise(line * rows, file.size - header.end, "stored")
        packed = np.frombuffer(file.stream.read(line * rows), np.uint8).reshape(rows, line)
        white: np.ndarray = np.unpackbits(packed, axis=1, count=columns) == 0
        return white


def _decode_text(file: OpenFile, header: _Header) -> np.ndarray:
    with file.scanning():
        file.check_promise(2 * header.count - 1, file.size - header.end, "stored")
        file.stream.seek(header.end)
        text = _COMMENT.sub(b"", file.stream.read()).decode("ascii")
        if not _NUMBERS.fullmatch(text):  # at which NumPy stops, or goes on
            raise file.broken()
        numbers = np.fromstring(text, np.int64, header.count, sep=" ")
        if len(numbers) < header.count or numbers.min() < 0 or numbers.max() > header.most:
            raise file.broken()
        return numbers.astype(header.dtype).reshape(header.shape)


def _notes(header: _Header) -> tuple[str, ...]:
    if header.letter in _BITS:
        return ("a PBM's ones are black: what is white is on, and ~ turns that round",)
    if header.most in (255, 65535):
        return ()
    return (f"numbers kept as they are stored, up to {header.most}",)


def _holds(raster: Raster) -> bool:
    array, colour = raster.array, raster.kind == "colour"
    fits = array.shape[2:] == ((3,) if colour else ())
    return fits and array.ndim > 1 and array.size > 0 and array.dtype in (np.uint8, np.uint16)


def _encode(raster: Raster) -> bytes:
    array = raster.array
    rows, columns = array.shape[:2]
    letter, most = 6 if array.ndim > 2 else 5, np.iinfo(array.dtype).max
    return (
        f"P{letter}\n{columns} {rows}\n{most}\n".encode("ascii") + array.astype(array.dtype.newbyteorder(">")).tobytes()
    )


FORMAT = Format(
    "PGM",
    (".pgm", ".ppm", ".pnm"),
    begins=lambda head: re.match(rb"P[1-6][\s#]", head) is not None,
    open=_open,
    writing=Writing(_holds, _encode),
    listed="PBM, PGM, PPM",
)
