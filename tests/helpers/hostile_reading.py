"""Reads many damaged versions of files, in a process of its own with little memory and time, and prints what is odd.

python -m helpers.hostile_reading COUNT SEED FILE...
"""

import random
import re
import sys
import tempfile
import tracemalloc
import warnings
from pathlib import Path

import numpy as np

from maskexpr.diagnostics.errors import FileError
from maskexpr.files import images
from maskexpr.files.decoding import bounds

MOST_MEMORY = 2**30  # bytes that NumPy and Python may take for one file, of a few kilobytes
SECONDS = 300  # for all of them of all files, of this process
HEAD = 600  # bytes at the beginning that most damage is done to
NUMBERS = (b"0", b"-1", b"99999", b"2147483648", b"9" * 30, b"1e999", b"nan", b"", b"\xff")
WORDS = (
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\x7f\xff\xff\xff",
    bytes(4),
    b"\x00\x00\x00\x01",
    b"\x00\x00\x01\x00",
)


def truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: _place(data, chance)]


def flipped(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        found[_place(data, chance)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    return bytes(found)


def blown_up(data: bytes, chance: random.Random) -> bytes:
    """With a number in its header changed: of digits, or of bytes."""
    digits = [*re.finditer(rb"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", data[:HEAD])]
    if digits and chance.random() < 0.5:
        found = chance.choice(digits)
        return data[: found.start()] + chance.choice(NUMBERS) + data[found.end() :]
    place = _place(data, chance) & ~1
    return data[:place] + chance.choice(WORDS) + data[place + 4 :]


def moved(data: bytes, chance: random.Random) -> bytes:
    """With a part left out, or there twice."""
    start, length = _place(data, chance), chance.choice((1, 2, 4, 12, 100))
    return data[:start] + chance.choice((data[start + length :], data[start : start + length] + data[start:]))


WAYS = (truncated, flipped, flipped, blown_up, blown_up, moved)


def _place(data: bytes, chance: random.Random) -> int:
    return chance.randrange(min(len(data), HEAD) if chance.random() < 0.7 else len(data))


def outcome(path: Path, kind: str | None) -> tuple[str, np.ndarray | None]:
    """What is odd about the reading of a file, and its array if it has one."""
    tracemalloc.start()
    try:
        array = images.read(path, kind=kind).array
        np.count_nonzero(array)
        odd = "" if array.dtype.kind in "biuf" and array.size else f"{array.dtype} of {array.shape}"
    except FileError as error:
        array, text = None, str(error)
        odd = "" if text.isprintable() and text.startswith("error: cannot read ") else repr(text)
    except BaseException as error:
        array, odd = None, repr(error)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if peak > MOST_MEMORY:
        odd += f"; {peak:,} bytes"
    return odd, array


def main(source: Path, count: int, seed: int) -> None:
    data = source.read_bytes()
    right = images.read(source).array
    chance = random.Random(f"{source.name} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, source.name)
        for number in range(count):
            way = chance.choice(WAYS)
            damaged = way(data, chance)
            path.unlink(missing_ok=True)  # a file system may wait for the disk where one is cut and written anew
            path.write_bytes(damaged)
            odd, array = outcome(path, chance.choice((None, "labels", "image", "mask")))
            if (
                way is truncated
                and array is not None
                and not np.array_equal(array, right, equal_nan=right.dtype.kind == "f")
            ):
                odd = odd or "cut short, and not as it was"
            if odd:
                print(f"{source.name}: {number} {way.__name__}, {len(damaged)} bytes: {odd}")


def limit_time() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


if __name__ == "__main__":
    assert bounds.PIXELS.most > 0
    limit_time()
    warnings.simplefilter("error")
    for name in sys.argv[3:]:
        main(Path(name), int(sys.argv[1]), int(sys.argv[2]))
