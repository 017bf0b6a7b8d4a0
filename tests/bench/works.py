"""The rows of the table: what is computed, on what, by whom else, and how much faster than they we want to be."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import peers
from images import Images


@dataclass(frozen=True)
class Peer:
    """A library, its ways to do a work (the best is taken), and the wanted ratio of its time to ours.

    `differs` says why its answer is known to be another one: it is timed all the same, and the row tells.
    """

    library: str
    ways: tuple[peers.Way, ...]
    wanted: float | None = None
    differs: str = ""


@dataclass(frozen=True)
class Work:
    name: str
    expression: str
    inputs: Callable[[Images], dict[str, Any]]
    peers: tuple[Peer, ...]


@dataclass(frozen=True)
class Memory:
    """A program whose scratch memory is measured: what a run takes beside its inputs and outputs."""

    name: str
    expression: str
    inputs: Callable[[Images], dict[str, Any]]
    wanted_mb: float = 32


TISSUE = "(im > 32) & ~(im > 64)"
WHERE = "where(im > 64, im, 0)"
# Each limit is exact in float32 and float64 alike, so that it does not matter in which of them a peer compares.
EIGHT = "(a > 0.375) & (a < 0.625) & (b > 0.4375) & (b < 0.75) & (c > 0.375) & (c < 0.625) & (a <= b) & (b <= c)"
EIGHT_BY_NAMES = "(a > low) & (a < high) & (b > middle) & (b < most) & (c > low) & (c < high) & (a <= b) & (b <= c)"
LIMITS = {"low": 0.375, "high": 0.625, "middle": 0.4375, "most": 0.75}
NUCLEI = 's = gaussian(im, 2); clear_border(fill_holes(open(s > otsu(s), 3, "disk")))'
LAST_BITS = "its last bits change with the processor and the version"
BALL = "its ball of radius 5 reaches to 5.5: offsets of x^2 + y^2 + z^2 <= 30.25, ours <= 25"


def noise(images: Images) -> dict[str, Any]:
    return {"im": images.noise}


def floats(images: Images) -> dict[str, Any]:
    return images.floats


def thresholded(images: Images) -> dict[str, Any]:
    return images.thresholded


def volume(images: Images) -> dict[str, Any]:
    return images.volume


def grey(images: Images) -> dict[str, Any]:
    return {"im": images.grey}


def deep(images: Images) -> dict[str, Any]:
    return {"im": images.deep}


def double(images: Images) -> dict[str, Any]:
    return {"a": images.doubles["a"]}


def doubles(images: Images) -> dict[str, Any]:
    return images.doubles


def elementary(
    name: str, call: str, inputs: Callable[[Images], dict[str, Any]], function: Callable[..., Any], wanted: float
) -> Work:
    """A row of an elementary function against NumPy's."""
    return Work(name, call, inputs, (Peer("NumPy", (peers.numpy_of_floats(function),), wanted, LAST_BITS),))


WORKS = (
    Work(
        "tissue 2",
        f"dilate({TISSUE}, 2)",
        noise,
        (
            Peer("SciPy", (peers.scipy_tissue(2),), 25),
            Peer("OpenCV", (peers.opencv_tissue_in_steps(2), peers.opencv_tissue_at_once(2)), 1.0),
            Peer("scikit-image", (peers.skimage_tissue(2),)),
            Peer("mahotas", (peers.mahotas_tissue(2),)),
            Peer("DIPlib", (peers.diplib_tissue(2),)),
        ),
    ),
    Work(
        "tissue 20",
        f"dilate({TISSUE}, 20)",
        noise,
        (
            Peer("OpenCV", (peers.opencv_tissue_in_steps(20), peers.opencv_tissue_at_once(20)), 4),
            Peer("SciPy", (peers.scipy_tissue(20),), 45),
            Peer("DIPlib", (peers.diplib_tissue(20),)),
        ),
    ),
    Work(
        "disk 10",
        'dilate(m, 10, "disk")',
        lambda images: {"m": images.mask},
        (Peer("OpenCV", (peers.opencv_disk(10),), 3), Peer("DIPlib", (peers.diplib_disk(10),))),
    ),
    Work(
        "close square 20",
        'close(im > t, 20, "square")',
        thresholded,
        (Peer("OpenCV", (peers.opencv_close_square(20),), 2),),
    ),
    Work(
        "range",
        TISSUE,
        noise,
        (
            Peer("NumPy", (peers.numpy_range, peers.numpy_range_plainly), 1.5),
            Peer("numexpr", (peers.numexpr_text(TISSUE), peers.numexpr_text("(im > 32) & (im <= 64)")), 5),
        ),
    ),
    Work("where", WHERE, noise, (Peer("NumPy", (peers.numpy_where,), 5),)),
    Work(
        "eight comparisons",
        EIGHT,
        floats,
        (
            Peer("numexpr", (peers.numexpr_text(EIGHT), peers.numexpr_narrow(EIGHT_BY_NAMES, **LIMITS)), 3),
            Peer("NumPy", (peers.numpy_eight,)),
        ),
    ),
    Work("3-D diamond 2", "dilate(v > t, 2)", volume, (Peer("SciPy", (peers.scipy_dilated_volume(2),), 15),)),
    Work(
        "3-D ball 5",
        'dilate(v > t, 5, "disk")',
        volume,
        (
            Peer("SimpleITK", (peers.simpleitk_within(5),), 10),
            Peer("SimpleITK", (peers.simpleitk_ball(5),), 10, differs=BALL),
        ),
    ),
    Work(
        "keep_largest",
        "keep_largest(im > t)",
        thresholded,
        (Peer("SciPy", (peers.scipy_keep_largest,), 3), Peer("OpenCV", (peers.opencv_keep_largest,), 1.2)),
    ),
    Work(
        "fill_holes",
        "fill_holes(im > t)",
        thresholded,
        (Peer("SciPy", (peers.scipy_fill_holes,), 10), Peer("OpenCV", (peers.opencv_fill_holes,))),
    ),
    Work(
        "nuclei chain",
        NUCLEI,
        lambda images: {"im": images.nuclei},
        (Peer("scikit-image", (peers.skimage_nuclei,), 2),),
    ),
    Work("small", "im > 32", lambda images: {"im": images.small}, (Peer("NumPy", (peers.numpy_threshold,), 0.15),)),
    Work(
        "median",
        "median_filter(im, 1)",
        lambda images: {"im": images.grey},
        (Peer("SciPy", (peers.scipy_median,)), Peer("OpenCV", (peers.opencv_median,))),
    ),
    elementary("exp of 8 bits", "exp(im)", grey, np.exp, 1),
    elementary("log of 8 bits", "log(im)", grey, np.log, 1),
    elementary("exp of 16 bits", "exp(im)", deep, np.exp, 1),
    elementary("log of 16 bits", "log(im)", deep, np.log, 1),
    elementary("sin of 16 bits", "sin(im)", deep, np.sin, 1),
    elementary("power of 16 bits", "im ** 1.5", deep, lambda im: np.power(im, 1.5), 1),
    elementary("sin of doubles", "sin(a)", double, np.sin, 1 / 2),
    elementary("exp of doubles", "exp(a)", double, np.exp, 1 / 20),
    elementary("log of doubles", "log(a)", double, np.log, 1 / 20),
    elementary("power of doubles", "a ** b", doubles, np.power, 1 / 20),
    elementary("arctan2 of doubles", "arctan2(a, b)", doubles, np.arctan2, 1 / 20),
    Work(
        "grey dilate",
        'dilate(im, 20, "square")',
        noise,
        (Peer("SciPy", (peers.scipy_grey_square(20),)), Peer("OpenCV", (peers.opencv_grey_square(20),))),
    ),
    Work("canny", "canny(im, 2, 25.5, 51)", noise, (Peer("scikit-image", (peers.skimage_canny,)),)),
    Work("kernel 5x5", f"correlate(im, {peers.KERNEL})", noise, (Peer("SciPy", (peers.scipy_correlate,)),)),
)

MEMORY = (
    Memory("memory tissue 20", f"dilate({TISSUE}, 20)", noise),
    Memory("memory where", WHERE, noise),
    Memory("memory eight comparisons", EIGHT, floats),
    Memory("memory gaussian", "gaussian(im, 2) > 40", noise),
)


def chosen(rows: Iterable[Any], words: Iterable[str]) -> list[Any]:
    """The rows whose names hold one of the words; all of them without a word."""
    words = list(words)
    return [row for row in rows if not words or any(word in row.name for word in words)]
