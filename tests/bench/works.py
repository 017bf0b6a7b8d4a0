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


ANY = "of several labels at one distance it takes any"
SINGLE = "it works in float32"
ROUNDED = "it rounds on its way"
FIRST = "of markers of one value it takes any first"


def small(images: Images) -> dict[str, Any]:
    return {"im": images.small}


def small_and_level(images: Images) -> dict[str, Any]:
    return {"im": images.small, "t": 64}


def noise(images: Images) -> dict[str, Any]:
    return {"im": images.noise}


def floats(images: Images) -> dict[str, Any]:
    return images.floats


def thresholded(images: Images) -> dict[str, Any]:
    return images.thresholded


def volume(images: Images) -> dict[str, Any]:
    return images.volume


def two_masks(images: Images) -> dict[str, Any]:
    """At two levels, so that their outlines lie near each other."""
    return {"a": images.grey > 64, "b": images.grey > 70}


def grey(images: Images) -> dict[str, Any]:
    return {"im": images.grey}


def quarter(images: Images) -> dict[str, Any]:
    """A quarter of each side, for what takes long."""
    return {"im": images.grey[: images.side // 4, : images.side // 4].copy()}


def deep(images: Images) -> dict[str, Any]:
    return {"im": images.deep}


def labels(images: Images) -> dict[str, Any]:
    return {"lab": images.labels}


def double(images: Images) -> dict[str, Any]:
    return {"a": images.doubles["a"]}


def doubles(images: Images) -> dict[str, Any]:
    return images.doubles


def elementary(
    name: str, call: str, inputs: Callable[[Images], dict[str, Any]], function: Callable[..., Any], wanted: float
) -> Work:
    """A row of an elementary function against NumPy's."""
    return Work(name, call, inputs, (Peer("NumPy", (peers.numpy_of_floats(function),), wanted, LAST_BITS),))


def converted(name: str, call: str, convert: str, channel: int) -> Work:
    """A row of one of three numbers that stand for a colour: scikit-image makes all of them at once."""
    peer = Peer("scikit-image", (peers.skimage_colour(convert, channel),), 1, LAST_BITS)
    return Work(name, call, lambda images: {"im": images.colour}, (peer,))


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
        "close square 20, outside ignored",
        'close(im > t, 20, "square", border="ignore")',
        thresholded,
        (Peer("OpenCV", (peers.opencv_close_at_border(20),), 2),),
    ),
    Work(
        "city-block",
        'distance(im > t, metric="city-block")',
        thresholded,
        (Peer("SciPy", (peers.scipy_taxicab,), 1),),
    ),
    Work("nearest", "nearest(label(im > t))", thresholded, (Peer("SciPy", (peers.scipy_nearest,), differs=ANY),)),
    Work(
        "clear_border 9",
        "clear_border(im > t, margin=9)",
        thresholded,
        (Peer("scikit-image", (peers.skimage_clear_border,), 3),),
    ),
    Work(
        "basins",
        "watershed(im)",
        small,
        (Peer("scikit-image", (peers.skimage_watershed(),), differs=FIRST),),
    ),
    Work(
        "basins with lines",
        "watershed(im, line=true)",
        small,
        (Peer("scikit-image", (peers.skimage_watershed(watershed_line=True),), differs=FIRST),),
    ),
    Work(
        "medial axis",
        "medial_axis(im > t)",
        small_and_level,
        (Peer("scikit-image", (peers.skimage_medial_axis,), differs="it decides ties by random numbers"),),
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
    Work(
        "entropy 5",
        'entropy(im, 5, "disk", border="ignore")',
        quarter,
        (Peer("scikit-image", (peers.skimage_entropy,), 1, LAST_BITS),),
    ),
    Work(
        "median within 5",
        'fill(median_filter(im, 5, border="ignore", within=m), 0)',
        lambda images: {**quarter(images), "m": quarter(images)["im"] > 32},
        (Peer("scikit-image", (peers.skimage_median_within,), 1),),
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
    converted("dab of 8 bits", "dab(im)", "rgb2hed", 2),
    converted("Lab's a of 8 bits", "lab_a(im)", "rgb2lab", 1),
    converted("Cr of 8 bits", "cr(im)", "rgb2ycbcr", 2),
    Work(
        "rolling ball 25",
        "rolling_ball(im, 25)",
        quarter,
        (Peer("scikit-image", (peers.skimage_rolling_ball(25),), 5),),
    ),
    Work("CLAHE", "clahe(im, 2)", grey, (Peer("OpenCV", (peers.opencv_clahe(2),)),)),
    Work(
        "grey dilate",
        'dilate(im, 20, "square")',
        noise,
        (Peer("SciPy", (peers.scipy_grey_square(20),)), Peer("OpenCV", (peers.opencv_grey_square(20),))),
    ),
    Work(
        "labels grown",
        'input lab: labels; dilate(lab, 5, "disk")',
        labels,
        (Peer("scikit-image", (peers.skimage_expand(5),), 1, "ties go to no number in particular"),),
    ),
    Work(
        "label boundaries",
        'input lab: labels; boundary(lab, border="ignore")',
        labels,
        (Peer("scikit-image", (peers.skimage_boundaries,), 5),),
    ),
    Work("equal labels", "input lab: labels; label(lab)", labels, (Peer("scikit-image", (peers.skimage_label,), 1),)),
    Work("relabel", "input lab: labels; relabel(lab)", labels, (Peer("scikit-image", (peers.skimage_relabel,), 1),)),
    Work("regional maxima", "regional_maxima(im, 2)", grey, (Peer("scikit-image", (peers.skimage_maxima,), 1),)),
    Work(
        "hausdorff",
        "hausdorff(a, b)",
        two_masks,
        (Peer("SimpleITK", (peers.simpleitk_hausdorff,), 1), Peer("scikit-image", (peers.skimage_hausdorff,), 1)),
    ),
    Work(
        "hausdorff 95 of surfaces",
        'hausdorff(a, b, 95, method="monai")',
        two_masks,
        (Peer("MONAI", (peers.monai_hausdorff_95,), 1, SINGLE), Peer("SciPy", (peers.scipy_hausdorff_95,), 1, ROUNDED)),
    ),
    Work(
        "hausdorff 95 both ways",
        'hausdorff(a, b, 95, method="medpy")',
        two_masks,
        (Peer("medpy", (peers.medpy_hausdorff_95,), 1, ROUNDED),),
    ),
    Work(
        "surface distance",
        "surface_distance(a, b)",
        two_masks,
        (Peer("MONAI", (peers.monai_surface_distance,), 1, SINGLE), Peer("medpy", (peers.medpy_assd,), 1, ROUNDED)),
    ),
    Work("surface dice", "surface_dice(a, b, 1)", two_masks, (Peer("MONAI", (peers.monai_surface_dice,), 1, SINGLE),)),
    Work("h-maxima", "h_maxima(im, 9, 2)", grey, (Peer("scikit-image", (peers.skimage_h_maxima(9),), 1),)),
    Work("area opening", "area_open(im, 64)", grey, (Peer("scikit-image", (peers.skimage_area_opening(64),), 10),)),
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
