"""The images whose results are compared between machines: the same numbers on each, to the last bit.

Their values come from files of examples/, from hashes, and from whole numbers; floating ones by one rounded operation
of IEEE 754 at a time. Nothing here calls what might itself move: no exp, no sum of floats, no stream of NumPy's random
numbers.
"""

import hashlib
import struct
from collections.abc import Callable
from typing import Any

import imageio.v3 as imageio
import numpy as np

from helpers.places import DATA, EXAMPLES
from maskexpr import Image

Array = np.ndarray[Any, Any]
Given = dict[str, Any]

NAMES = ("im", "other", "m", "k", "lab", "rgb")


def worlds() -> dict[str, Given]:
    """For each image what programs are given: it, another one, two masks, labels and colours, all of one shape."""
    return {name: make() for name, make in _MAKERS.items()}


def _radiograph() -> Given:
    """8 bits, of a real leg and ankle; the other one as it were a bit later."""
    ankle = _read("ankle.png")
    return _world(ankle[300:364, 120:197], ankle[301:365, 122:199], seed="radiograph", threshold=64)


def _tomogram() -> Given:
    """int16 in Hounsfield units, with a spacing."""
    units = _read("ct.png").astype(np.int16) - np.int16(1024)
    return _world(units[170:240, 100:170], units[240:310, 100:170], seed="tomogram", threshold=20, spacing=0.478516)


def _counts() -> Given:
    """uint16, dark and bright under noise; the other one small."""
    smooth = _smooth((48, 63), "counts", 3)
    im = 3_000 + 22_000 * (smooth > _middle(smooth)) + _noise((48, 63), "shot", 4_000) + _noise((48, 63), "read", 4_000)
    return _world(im.astype(np.uint16), _noise((48, 63), "others", 9).astype(np.uint16), seed="counts")


def _wide_integers() -> Given:
    """int32 with values that floats of 32 bits cannot hold; the other one int64."""
    smooth = _smooth((40, 65), "wide", 2)
    im = (smooth * 1_000_003 - 400_000_000).astype(np.int32)
    return _world(im, smooth * 3_000_000_007 - 10**12, seed="wide")


def _coins() -> Given:
    """float32, of real coins: each value a rounded tenth; the other one float16."""
    coins = _read("coins.png")
    im = coins[20:84, 40:110].astype(np.float32) * np.float32(0.1)
    other = coins[120:184, 140:210].astype(np.float16) * np.float16(0.1)
    return _world(im, other, seed="coins", threshold=np.float32(12))


def _cell() -> Given:
    """float64 and larger than the blocks in which things are done, of a real cell in thirds."""
    cell = _read("cell.png").astype(np.float64)
    im = cell[150:425, 100:390] / 3
    return _world(im, cell[200:475, 120:410] / 7, seed="cell", threshold=20.0)


def _magnitudes() -> Given:
    """float64 of both signs from 2**-40 to 2**40: what sums of floats round."""
    shape = (37, 66)
    digits, powers = _noise(shape, "digits", 2**31) - 2**30, _noise(shape, "powers", 81) - 70
    im = digits.astype(np.float64) * _powers_of_two(powers)
    return _world(im, _smooth(shape, "beside", 1) / 11, seed="magnitudes", threshold=0.0)


def _edge_cases() -> Given:
    """float64 with what bites: nan, infinities, signed zeros, subnormals, the largest and smallest numbers."""
    shape = (24, 40)
    im = (_noise(shape, "edge", 2000) - 1000) / 7
    bites = [np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 2.5e-310, 2.0**-1022, _LARGEST, -_LARGEST, 1.0, -1.0]
    places = np.flatnonzero(_noise(shape, "bites", 6).ravel() == 0)
    im.ravel()[places] = [bites[i % len(bites)] for i in range(len(places))]
    other = (_noise(shape, "ground", 2000) - 1000) / 13
    other.ravel()[places[1::2]] = [bites[i * 5 % len(bites)] for i in range(len(places[1::2]))]
    return _world(im, other, seed="edge", threshold=0.0)


def _flat() -> Given:
    """float64 with one value almost everywhere, on which rounding alone decides."""
    im = np.full((40, 70), 0.1)
    im[12:20, 30:44] = 0.7
    return _world(im, np.full((40, 70), 0.1), seed="flat", threshold=0.5)


def _brain() -> Given:
    """A volume of float32 with thick slices, of a real head."""
    brain = _read("brain.tif").astype(np.float32)
    im = brain[20:32, 10:38, 12:45] - np.float32(40.3)
    other = brain[30:42, 30:58, 22:55] * np.float32(0.3)
    return _world(im, other, seed="brain", threshold=np.float32(90), spacing=[2.5, 0.7, 0.7])


_MAKERS: dict[str, Callable[[], Given]] = {
    "radiograph": _radiograph,
    "tomogram": _tomogram,
    "counts": _counts,
    "wide integers": _wide_integers,
    "coins": _coins,
    "cell": _cell,
    "magnitudes": _magnitudes,
    "edge cases": _edge_cases,
    "flat": _flat,
    "brain": _brain,
}
_LARGEST = 1.7976931348623157e308


def _world(im: Array, other: Array, *, seed: str, threshold: Any = None, spacing: Any = None) -> Given:
    """An image and what goes with it. The mask is what is brighter than a threshold, or of noise, both with specks."""
    smooth = _smooth(im.shape, f"{seed} mask", 3)
    blobs = smooth > _middle(smooth)
    m = blobs if threshold is None else im > threshold
    m = m ^ (_noise(im.shape, f"{seed} specks", 23) == 0)
    finer = _smooth(im.shape, f"{seed} k", 1)
    lab = np.where(blobs, _blocks(im.shape), 0).astype(np.int32)
    arrays = {"im": im, "other": other, "m": m, "k": finer > _middle(finer), "lab": lab}
    kinds = {"m": "mask", "k": "mask", "lab": "labels"}
    given = {name: Image(a.copy(), spacing=spacing, kind=kinds.get(name, "image")) for name, a in arrays.items()}
    rgb = _colours(im, f"{seed} colours")
    colours = {"rgb": rgb, "rgba": np.concatenate([rgb, rgb[..., 1:2]], axis=-1)}  # of which alpha is the green one
    return given | {name: Image(array, spacing=spacing, kind="colour") for name, array in colours.items()}


def _colours(im: Array, seed: str) -> Array:
    """A real slide for images of integers, of which there are 8 bits; noise in the type of floating ones, 0 to 1."""
    if im.dtype.kind == "f":
        return (_noise((*im.shape, 3), seed, 1000) / 999).astype(im.dtype)
    return _read("ihc.png")[40 : 40 + im.shape[0], 60 : 60 + im.shape[1]].copy()


def _read(name: str) -> Array:
    """An image of an example, else one that only tests need."""
    path = EXAMPLES / name
    return np.asarray(imageio.imread(path if path.exists() else DATA / name))


# --- whole numbers from hashes ---------------------------------------------------------------------------------------


def _noise(shape: tuple[int, ...], seed: str, below: int) -> Array:
    """int64 from 0 on, each drawn by itself."""
    count = int(np.prod(shape))
    drawn = np.frombuffer(hashlib.shake_128(seed.encode()).digest(4 * count), "<u4").astype(np.int64)
    return (drawn % below).reshape(shape)


def _smooth(shape: tuple[int, ...], seed: str, reach: int) -> Array:
    """Sums of noise over windows that go around the border, three times."""
    found = _noise(shape, seed, 16)
    for _ in range(3 if reach > 1 else 1):
        for axis in range(len(shape)):
            found = np.add.reduce([np.roll(found, step, axis) for step in range(-reach, reach + 1)])
        found //= (2 * reach + 1) ** (len(shape) - 1)
    return found


def _middle(found: Array) -> int:
    return int(np.sort(found, axis=None)[found.size // 2])


def _blocks(shape: tuple[int, ...]) -> Array:
    """Numbers of tiles, some of them far apart."""
    numbers = np.zeros(shape, np.int64)
    for axis, size in enumerate((5, 9, 8)[-len(shape) :]):
        numbers = numbers * 7 + (np.arange(shape[axis]) // size).reshape(
            [-1 if a == axis else 1 for a in range(len(shape))]
        )
    return 1 + numbers % 29


def _powers_of_two(exponents: Array) -> Array:
    """Exactly: from the bits of a float64, whatever a library's power rounds."""
    return ((exponents + 1023) << 52).view(np.float64)


def fingerprint(given: Given) -> str:
    """Of what a program is given, to tell another image from another result."""
    found = hashlib.sha256()
    for name in NAMES:
        array = given[name].array
        found.update(struct.pack("<8s", name.encode()) + array.dtype.newbyteorder("<").str.encode())
        found.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()
