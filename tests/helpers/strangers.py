"""What a stranger may send: programs that ask for much, arrays that are none, values that pretend.

    python -m helpers.strangers                 runs each in a process of its own, and lists what is not as it should be
    python -m helpers.strangers NAME...         runs these
    python -m helpers.strangers --bare ...      with the limits that `compile` has by default

Each is to give a value or one of our errors, within three seconds of the processor and 600 MB.
"""

import contextlib
import functools
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SECONDS, MEGABYTES = 3, 600
Given = dict[str, Any]


# --- images that programs take long over -----------------------------------------------------------------------------


@functools.cache
def noise(*shape: int) -> Any:
    return np.random.default_rng(5).integers(0, 256, shape or (1024, 1024), dtype=np.uint8)


def snake(size: int = 1024) -> Any:
    """One path through the whole image, which a region is followed along from end to end."""
    on = np.zeros((size, size), bool)
    on[::2] = True
    on[1::4, -1] = True
    on[3::4, 0] = True
    return on


def spiral(size: int = 513) -> Any:
    on = np.zeros((size, size), bool)
    for i in range(0, size // 2, 4):
        on[i, i : size - i] = on[i : size - i, size - 1 - i] = on[size - 1 - i, i : size - i] = True
        on[i + 2 : size - i, i] = True
        on[i + 2, i : i + 3] = True
    return on


def stripes(size: int = 1024) -> Any:
    return np.arange(size * size, dtype=np.uint32).reshape(size, size) % 65521


# --- programs --------------------------------------------------------------------------------------------------------


def wide(function: str, words: str = "") -> str:
    return f"{function}(im, 1000000000{words})"


PROGRAMS: dict[str, str] = {
    # reaches, sigmas, windows
    **{f"{f} of reach 10^9": wide(f) for f in ("dilate", "erode", "open", "close", "tophat", "blackhat")},
    **{f"{f} of a mask of reach 10^9": f"{f}(im > 128, 1000000000)" for f in ("dilate", "erode", "open", "close")},
    **{
        f"{f} of reach 10^9, {shape}": f'{f}(im > 128, 1000000000, shape="{shape}")'
        for f in ("dilate", "open")
        for shape in ("disk", "square")
    },
    **{f"{f} of reach 300, disk": f'{f}(im, 300, shape="disk")' for f in ("dilate", "open", "median_filter")},
    **{f"{f} of reach 50, disk": f'{f}(im, 50, "disk")' for f in ("mean_filter", "median_filter")},
    **{f"{f} of a window of 10^9": wide(f) for f in ("mean_filter", "median_filter", "entropy", "local_mean")},
    **{f"{f} of a window of 400": f"{f}(im, 400)" for f in ("niblack", "sauvola", "clahe", "rolling_ball", "entropy")},
    "gaussian of sigma 10^4": "gaussian(im, 10000)",
    "gaussian of sigma 10^9": "gaussian(im, 1000000000)",
    "gaussian of sigma 10^-300": "gaussian(im, 1e-300)",
    "unsharp of sigma 10^6": "unsharp(im, 1000000)",
    "difference of sigmas 10^4": "difference_of_gaussians(im, 5000, 10000)",
    "laplace of gaussian of sigma 10^4": "gaussian_laplace(im, 10000)",
    "canny of sigma 10^4": "canny(im, 10000, 1, 2)",
    "a pattern of 10^5 iterations": 'dilate(im > 250, 100000, shape="11/10")',
    "an odd pattern of 10^5 iterations": 'dilate(im > 254, 100000, shape="101/000/101")',
    "a grey pattern of 10^5 iterations": 'erode(im, 100000, shape="11/10")',
    "a pattern of 200 x 200": 'dilate(im > 250, 1, shape="' + "/".join(["10" * 100] * 200) + '")',
    "a grey pattern of 100 x 100": 'dilate(im, 1, shape="' + "/".join(["10" * 50] * 100) + '")',
    "a pattern of 100 x 100, hit or miss": 'hit_or_miss(im > 100, "' + "/".join(["10" * 50] * 100) + '")',
    "a kernel of 100 x 100": "correlate(im, [" + ", ".join(["[" + ", ".join(["0.5"] * 100) + "]"] * 100) + "])",
    "ranks of a window of 101": "rank_filter(im, 50, 17)",
    "percentiles of a disk": 'percentile_filter(im, 40, 33, shape="disk")',
    "median of floats": "median_filter(im + 0.5, 30)",
    "median of a wide window of floats": "median_filter(im / 7, 200)",
    "median of a volume": "median_filter(volume + 0.5, 10)",
    # walks that are as long as the image is large
    "a snake grown": "grow(at(snake, 0, 0), snake, 1000000000)",
    "a snake reconstructed": "reconstruct(at(snake, 0, 0), snake)",
    "a grey snake": "reconstruct(where(y + x < 3, im, 0), where(snake, im, 0))",
    "a grey snake of floats": "reconstruct(where(y + x < 3, im, 0) / 3, where(snake, im, 0) / 3)",
    "stripes reconstructed": "reconstruct(where(y < 1, stripes, 0), stripes)",
    "maxima of stripes": "h_maxima(stripes, 1)",
    "regional maxima of noise": "regional_maxima(im)",
    "skeleton of a block": "skeleton(im >= 0)",
    "skeleton of a snake": "skeleton(snake)",
    "medial axis of a block": "medial_axis(im >= 0)",
    "skeleton of a volume": "skeleton(volume >= 0)",
    "watershed of noise": "watershed(im, label(im > 200))",
    "watershed of a snake": "watershed(im, at(snake, 0, 0))",
    "split of noise": "split(im > 100)",
    "split of a block": "split(im >= 0)",
    "split of a snake": "split(snake)",
    "peaks of noise": "peaks(im, 1)",
    "peaks at a distance of 10^9": "peaks(im, 1000000000)",
    "regions of a checkerboard": "count((x + y) % 2 == 0)",
    "regions of noise measured": "measure(im > 200, area, perimeter, solidity, feret_max, max_diameter)",
    "regions of noise kept": "keep(im > 200, solidity > 0.8 and convex_area > 3)",
    "feret of a snake": "keep(snake, feret_max > 3)",
    "hull of a snake": "hull(snake)",
    "hull of noise": "hull(im > 254)",
    "holes of noise": "fill_holes(im > 100, 1000000000)",
    "largest 10^9 of noise": "keep_largest(im > 200, 1000000000)",
    "area opening of noise": "area_open(im, 1000000000)",
    "area closing of stripes": "area_close(stripes, 500000)",
    "surface area of noise": "measure(volume > 128, surface_area, mesh_volume, sphericity)",
    "percentiles of regions": "measure(im > 100, percentile_intensity(50), of=im)",
    "distances between regions": "measure(im > 200, distance_to, to=im < 10)",
    "parents": "measure(im > 200, parent, parent=im > 100)",
    "distance of noise": "distance(im > 3)",
    "distance of a volume": "distance(volume > 3)",
    "nearest of noise": "nearest(label(im > 250))",
    "signed distance of a snake": "signed_distance(snake)",
    "hausdorff of noise": "hausdorff(im > 250, im < 5)",
    "surface distance of noise": "surface_distance(im > 128, im < 120)",
    "quality of noise": "panoptic_quality(label(im > 200), label(im > 199))",
    "match of noise": "match(label(im > 200), label(im > 199))",
    "labels painted": "paint(label(im > 200), measure(label(im > 200), area))",
    "relabel of noise": "relabel(label(im > 250))",
    # numbers
    "power without end": "9 ** 9 ** 9 ** 9",
    "a power of an image": "(im + 1) ** 1000000000",
    "a product of numbers": " * ".join(["999999999999"] * 2000),
    "a number of 10^5 digits": "im > " + "9" * 100_000,
    "a fraction of 10^5 digits": "im > 0." + "0" * 100_000 + "1",
    "an exponent of 10^9": "im > 1e1000000000",
    "an exponent of -10^9 in mm": "dilate(im > 3, 1e-1000000000mm)",
    "a quantity of 10^300 mm": "dilate(im > 3, 1e300mm)",
    "shifts": "bit(im, 1000000000)",
    "bits": "bits(im, 0, 1000000000)",
    "histogram of 10^9 bins": "histogram(im, 1000000000)",
    "otsu in 10^9 bins": "otsu(im, 1000000000)",
    "multiotsu of 200 classes": "multiotsu(im, 200)",
    "multiotsu of 6 classes": "multiotsu(im, 6)",
    "multiotsu of floats": "multiotsu(im / 7, 5)",
    "modulo of nothing": "im % 0",
    "division of nothing": "1 / (im - im)",
    "nan throughout": "otsu(sqrt(0 - im))",
    "resampled to 10^9": "resample(im, 1000000000)",
    "resampled to 0.00001mm": "resample(im, 0.00001mm)",
    "a slice without end": "im[::-1][10 ** 30:]",
    "a slice by 0": "im[::0]",
    # drawn
    "a polygon of 10^4 corners": "polygon([" + ", ".join(f"[{i % 977}, {i * i % 983}]" for i in range(3000)) + "])",
    "a sphere of 10^9": "sphere(5, 5, 5, 1000000000) & (volume > 3)",
    "an ellipse of 10^300": "ellipse(5, 5, 1e300, 1e-300) & (im > 3)",
    "a line of 10^12": "line(0, 0, 1000000000000, 1000000000000) & (im > 3)",
    "a wide line": "line(0, 0, 1000, 1000, 1000000000) & (im > 3)",
    # texts
    "deep brackets": "(" * 5_000 + "im" + ")" * 5_000,
    "deep calls": "abs(" * 3_000 + "im" + ")" * 3_000,
    "doubling defs": "def f0(a) = a + a\n"
    + "".join(f"def f{i}(a) = f{i - 1}(a) + f{i - 1}(a)\n" for i in range(1, 60))
    + "f59(im)",
    "doubling names": "a = im > 3\n" + "a = (a & ~a) | (a ^ ~a)\n" * 1_500 + "a",
    "a def of itself": "def f(a) = f(a)\nf(im)",
    "ten thousand steps": "a = im\n" + "a = a + 1\n" * 4_000 + "a",
    "a thousand gaussians": "a = im\n" + "a = gaussian(a, 20)\n" * 1_000 + "a",
    "a thousand outputs": "".join(f"output a{i} = im + {i}\n" for i in range(1_000)),
    "a hundred medians": "".join(f"output a{i} = median_filter(im, {i})\n" for i in range(1, 100)),
    "a thousand inputs": " + ".join(f"im{i}" for i in range(1_000)),
    "a thousand errors": "".join(f"a{i} = b{i}(im) + dilte(im)\n" for i in range(1_000)),
    "a list of 10^4 numbers": "im in [" + ", ".join(map(str, range(9_000))) + "]",
    "a vote of 300": "vote([" + ", ".join(f"im > {i % 256}" for i in range(300)) + "])",
    "a chain of 4000 comparisons": " | ".join(f"im == {i % 256}" for i in range(4_000)),
    "escapes of terminals": 'assert area(im) > 10 ** 9, "\x1b[2J\x1b]0;owned\x07"',
    "written escapes": 'assert area(im > 3) > 10 ** 9, "\\u001b[2J"',
    "text turned round": 'assert area(im > 3) > 10 ** 9, "\u202egnp.exe"',
    "an end of text": "im > 3\x00 & im",
    "half a character": "im > 3 \ud800",
    "a pattern of 10^6": 'dilate(im > 3, 1, "' + "1" * 900_000 + '")',
    "python": "__import__('os').system('id')",
    "an attribute": "im.__class__.__bases__[0].__subclasses__()",
    "a format": '"{0.__class__}".format(im)',
    "a loop": "while true: im",
    "lambda": "(lambda: im)()",
    "a file that is used": 'use "/etc/passwd"\nim > 3',
    "a file by default": 'input im = "/etc/passwd"\nim > 3',
    "an address by default": 'input other = "http://127.0.0.1:9/a.png"\nother > 3',
    "connectivity of 14 axes": "label(axes14 > 100, connectivity=14)",
    "a disk on 14 axes": 'dilate(axes14 > 100, 3, shape="disk")',
    "median on 14 axes": "median_filter(axes14, 3)",
}
IMAGES: dict[str, Callable[[], Any]] = {
    "im": noise,
    "snake": snake,
    "stripes": stripes,
    "volume": lambda: noise(96, 96, 96),
    "axes14": lambda: noise(*[2] * 14),
}


# --- arrays ----------------------------------------------------------------------------------------------------------


class Loud:
    """Raises whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"\x1b[31m{name}\u202e")


class Arrays:
    """Makes an array of anything at all."""

    def __init__(self, made: Any) -> None:
        self.made = made

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if isinstance(self.made, BaseException):
            raise self.made
        return self.made


class Interface:
    def __init__(self, **words: Any) -> None:
        words = {"version": 3, "shape": (4, 4), "typestr": "|u1", "data": bytes(16), **words}
        self.__array_interface__ = words


class Endless:
    """A sequence that says it is long."""

    def __init__(self, length: int = 10**9) -> None:
        self.length = length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> float:
        return 1.0


class OddText(str):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 3

    def __format__(self, spec: str) -> str:
        return "\x1b[2J"

    def __str__(self) -> str:
        return "\x1b[2J"

    def __repr__(self) -> str:
        return "\x1b[2J"


class OddNumber(int):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 3

    def __le__(self, other: object) -> bool:
        return True

    def __ge__(self, other: object) -> bool:
        return True

    def __index__(self) -> int:
        return 10**12

    def __repr__(self) -> str:
        return "\x1b[2J"

    def bit_length(self) -> int:
        return 3

    def is_integer(self) -> bool:
        raise RuntimeError


class OddArray(np.ndarray):
    """One that lies about itself."""

    def __array_finalize__(self, other: Any) -> None:
        pass

    def __array_ufunc__(self, *args: Any, **words: Any) -> Any:
        raise RuntimeError("no ufunc of yours")

    def __array_function__(self, *args: Any, **words: Any) -> Any:
        raise RuntimeError("no function of yours")

    def __getitem__(self, index: Any) -> Any:
        raise RuntimeError("no item of yours")

    @property
    def shape(self) -> Any:  # type: ignore[override]
        return (2, 2)


def nested(depth: int) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = [found]
    return found


def shared(depth: int) -> Any:
    """A list that takes little memory, and is of 2^depth numbers."""
    found: Any = [1]
    for _ in range(depth):
        found = [found, found]
    return found


def looped() -> Any:
    found: list[Any] = []
    found.append(found)
    return found


def named(name: str) -> Any:
    """An object of a type with a name that is no name."""
    return type(name, (), {})()


def overlapping() -> Any:
    return np.lib.stride_tricks.as_strided(np.arange(64, dtype=np.uint8), (1024, 1024), (0, 0))


def huge_view() -> Any:
    return np.broadcast_to(np.uint8(3), (2**20, 2**20))


MASK = "im > 3"
PARAM = "param t = 3 in 0..9\nim > t"
TEXT = 'param s = "disk" in "disk", "square"\ndilate(im > 3, 1, shape=s)'
ARRAYS: dict[str, tuple[str, Callable[[], Given]]] = {
    "raises of everything": (MASK, lambda: {"im": Loud()}),
    "makes a text": (MASK, lambda: {"im": Arrays("text")}),
    "makes itself": (MASK, lambda: {"im": Arrays(Arrays(None))}),
    "makes an error": (MASK, lambda: {"im": Arrays(RuntimeError("\x1b[31m\nTraceback"))}),
    "deep recursion": (MASK, lambda: {"im": Arrays(RecursionError())}),
    "says memory is gone": (MASK, lambda: {"im": Arrays(MemoryError())}),
    "objects": (MASK, lambda: {"im": np.array([[object(), 3]], object)}),
    "makes objects": (MASK, lambda: {"im": Arrays(np.array([[None]], object))}),
    "records": (MASK, lambda: {"im": np.zeros((4, 4), "u1,u1")}),
    "dates": (MASK, lambda: {"im": np.zeros((4, 4), "M8[s]")}),
    "complex numbers": (MASK, lambda: {"im": np.zeros((4, 4), complex)}),
    "long floats": (MASK, lambda: {"im": np.zeros((4, 4), np.longdouble)}),
    "bytes": (MASK, lambda: {"im": np.zeros((4, 4), "S3")}),
    "a text": (MASK, lambda: {"im": "\x1b[2J" * 1000}),
    "none at all": (MASK, lambda: {"im": None}),
    "a point": (MASK, lambda: {"im": np.array(3)}),
    "no pixels": (MASK, lambda: {"im": np.zeros((0, 5))}),
    "64 axes": (MASK, lambda: {"im": np.zeros([1] * 64, np.uint8)}),
    "17 axes": (MASK, lambda: {"im": np.zeros([1] * 17, np.uint8)}),
    "overlapping": ("gaussian(im, 2)", lambda: {"im": overlapping()}),
    "overlapping, sorted": ("median(im)", lambda: {"im": overlapping()}),
    "2^40 pixels of one byte": ("dilate(im > 2, 3)", lambda: {"im": huge_view()}),
    "2^40 pixels averaged": ("mean(im)", lambda: {"im": huge_view()}),
    "2^40 pixels of 64 bits": ("im + 1", lambda: {"im": np.broadcast_to(np.int64(3), (2**20, 2**20))}),
    "2^40 pixels as labels": ("input im: labels\ncount(im)", lambda: {"im": huge_view()}),
    "2^40 pixels as a mask": ("input im: mask\narea(im)", lambda: {"im": huge_view()}),
    "2^40 pixels with valid ones": (MASK, lambda: {"im": _image(huge_view(), nodata=3)}),
    "a mask of bytes": ("area(im)", lambda: {"im": np.full((64, 64), 200, np.uint8).view(bool)}),
    "not aligned": ("mean(im)", lambda: {"im": np.zeros(33, np.uint8)[1:].view("f8").reshape(2, 2)}),
    "big endian": ("mean(im + 1)", lambda: {"im": np.ones((9, 9), ">f4")}),
    "backward": ("label(im > 3)", lambda: {"im": noise()[::-1, ::-1]}),
    "labels up to 2^31": ("keep(im, area > 2)", lambda: {"im": _image(_labels(), kind="labels")}),
    "labels up to 2^31 measured": ("measure(im, area)", lambda: {"im": _image(_labels(), kind="labels")}),
    "labels counted": ("label_counts = histogram(im)\nlabel_counts", lambda: {"im": _image(_labels(), kind="labels")}),
    "a wrong interface": (MASK, lambda: {"im": Interface(shape=(10**9, 10**9))}),
    "an interface to nowhere": (MASK, lambda: {"im": Interface(typestr="|O8", data=(0, False))}),
    "an endless sequence": (MASK, lambda: {"im": Endless()}),
    "a sequence of less than nothing": (MASK, lambda: {"im": Endless(-1)}),
    "a list in itself": (MASK, lambda: {"im": looped()}),
    "a deep list": (MASK, lambda: {"im": nested(5_000)}),
    "a deep list beside": (MASK, lambda: {"im": [1, nested(5_000)]}),
    "a list of lists of lists": (MASK, lambda: {"im": shared(40)}),
    "numbers, and then something": (MASK, lambda: {"im": [[1, 2], [3, Loud()]]}),
    "a long list": (MASK, lambda: {"im": [list(range(1000))] * 1000}),
    "a list of texts": (MASK, lambda: {"im": ["\x1b[2J"] * 3}),
    "numbers without end": (MASK, lambda: {"im": [[10**400, 3]]}),
    "a number without end": ("im + im", lambda: {"im": 10**100_000}),
    "a fraction": ("im + im", lambda: {"im": __import__("fractions").Fraction(1, 3)}),
    "an odd array": (MASK, lambda: {"im": np.zeros((4, 4), np.uint8).view(OddArray)}),
    "an odd number": ("dilate(m, n)", lambda: {"m": snake(), "n": OddNumber(3)}),
    "an odd param": (PARAM, lambda: {"im": noise(), "t": OddNumber(3)}),
    "an odd text": (TEXT, lambda: {"im": noise(), "s": OddText("disk")}),
    "an odd text of no choice": (TEXT, lambda: {"im": noise(), "s": OddText("nothing")}),
    "a loud param": (PARAM, lambda: {"im": noise(), "t": Loud()}),
    "a param of 10^5 digits": (PARAM, lambda: {"im": noise(), "t": 10**100_000}),
    "a param of nan": (PARAM, lambda: {"im": noise(), "t": float("nan")}),
    "a param that is an array": (PARAM, lambda: {"im": noise(), "t": np.zeros((3, 3))}),
    "a long text": (TEXT, lambda: {"im": noise(), "s": "\x1b[2J" * 10**6}),
    "a name of a terminal": (MASK, lambda: {"im": noise(), "\x1b[2J\n\u202e": 3}),
    "a name without end": (MASK, lambda: {"im": noise(), "x" * 10**6: 3}),
    "a type by an odd name": (MASK, lambda: {"im": named("\x1b[2J\n\u202e")}),
    "a spacing of nothing": ("area(im > 3, 'mm2')", lambda: {"im": _image(noise(), spacing=1e-320)}),
    "a spacing by text": (MASK, lambda: {"im": _image(noise(), spacing="\x1b[2J")}),
    "a spacing that is loud": (MASK, lambda: {"im": _image(noise(), spacing=Loud())}),
    "a kind that is loud": (MASK, lambda: {"im": _image(noise(), kind=Loud())}),
    "axes that are odd": (MASK, lambda: {"im": _image(noise(), axes=OddText("\x1b["))}),
    "channels that are loud": (MASK, lambda: {"im": _image(noise(8, 8, 3), channels=[Loud()] * 3)}),
    "a source of a terminal": ("im & im", lambda: {"im": _image(noise() / 3, source="\x1b[2J\n\u202e")}),
    "an origin that is loud": (MASK, lambda: {"im": _image(noise(), origin=[Loud()] * 3)}),
    "valid that is loud": (MASK, lambda: {"im": _image(noise(), valid=Loud())}),
    "nodata that is loud": (MASK, lambda: {"im": _image(noise(), nodata=Loud())}),
    "an image of an image": (MASK, lambda: {"im": _image(_image(noise()))}),
}


def _image(array: Any, **said: Any) -> Any:
    import maskexpr

    return maskexpr.Image(array, **said)


def _labels() -> Any:
    found = np.zeros((64, 64), np.int32)
    found[::2, ::2] = np.random.default_rng(3).integers(2**30, 2**31 - 1, (32, 32))
    return found


NAMES = [*PROGRAMS, *ARRAYS]


# --- one of them -----------------------------------------------------------------------------------------------------


def perform(name: str, *, bare: bool) -> dict[str, Any]:
    """Run one in this process: what came of it, and what it took."""
    import maskexpr

    warnings.simplefilter("ignore")
    limits = None if bare else maskexpr.Limits(seconds=SECONDS - 1, memory=(MEGABYTES - 200) * 1e6)
    text, made = ARRAYS[name] if name in ARRAYS else (PROGRAMS[name], dict)
    maskexpr.evaluate("im > 3", im=noise(9, 9))  # what is loaded once
    given = made()
    began = time.perf_counter(), time.process_time()
    try:
        program = maskexpr.compile(text, limits=limits)
        if name not in ARRAYS:
            given = {info.name: IMAGES.get(info.name, noise)() for info in program.inputs}
            began = time.perf_counter(), time.process_time()
        result = program(**given)
        came, said = "value", type(result).__name__
    except maskexpr.MaskError as error:
        came, said = error.code, str(error)
        said += repr(error) + json.dumps([[d.code, d.message, d.hint] for d in error.diagnostics])
    took = time.perf_counter() - began[0], time.process_time() - began[1]
    shown = said.isprintable() or "".join(said.split("\n")).isprintable()
    return {"came": came, "wall": took[0], "cpu": took[1], "is_visible": shown, "said": said[:300]}


def run(name: str, *, bare: bool = False, seconds: float = 120) -> dict[str, Any]:
    """Run one in a process of its own: what it says of itself, and what is seen from outside."""
    words = [sys.executable, "-m", "helpers.strangers", "--one", *(["--bare"] if bare else []), name]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    before = _worked()
    with subprocess.Popen(words, stdout=-1, stderr=-1, text=True, env=environment) as child:
        try:
            out, err = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return {**_ENDED, "came": "no end", "wall": seconds, "cpu": _worked() - before}
    try:
        return {"megabytes": 0, **json.loads(out.splitlines()[-1])}
    except (IndexError, ValueError):
        last = err.strip().splitlines()[-1:] or [f"ended by {child.returncode}"]
        took = _worked() - before
        return {**_ENDED, "came": "no end" if took > 3 * SECONDS else "crash", "cpu": took, "said": last[0][:300]}


_ENDED = {"is_visible": True, "wall": 0, "cpu": 0, "said": "", "megabytes": 0}


def _worked() -> float:
    """Seconds of the processor that ended children took."""
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wrong(found: dict[str, Any]) -> str:
    """What is not as it should be; an empty text if nothing."""
    said = []
    if found["came"] in ("crash", "no end"):
        said.append(f"{found['came']} {found['said']}".strip())
    if found["cpu"] > SECONDS:
        said.append(f"{found['cpu']:.1f} s of the processor ({found['wall']:.1f} s)")
    if found["megabytes"] > MEGABYTES:
        said.append(f"{found['megabytes']:.0f} MB")
    if not found["is_visible"]:
        said.append(f"control characters in {found['said']!r}")
    return ", ".join(said)


def _most_held() -> float:
    """The most bytes that this process held. What `getrusage` says on Linux is at least what its parent held."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return 1024.0 * int(line.split()[1])
    import resource

    return 1024.0 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(words: list[str]) -> None:
    bare = "--bare" in words
    names = [word for word in words if not word.startswith("--")]
    if "--one" in words:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (4 * SECONDS, 4 * SECONDS))
        found = perform(names[0], bare=bare)
        found["megabytes"] = _most_held() / 1e6
        print(json.dumps(found))
        return
    for name in names or NAMES:
        found = run(name, bare=bare)
        said = wrong(found)
        if said or names:
            print(f"{name}: {said or 'right'} [{found['came']}]", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
