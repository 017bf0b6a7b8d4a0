"""Further ways for rows of the other tables: those of libraries beside NumPy, SciPy, scikit-image and OpenCV.

DIPlib and SimpleITK are given images of their own types, which their users hold.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .morphology import DIAMONDS, DISKS
from .rows import LIBRARIES, Array, Lazy, Row

dip: Any = Lazy("diplib")
sitk: Any = Lazy("SimpleITK")
mahotas: Any = Lazy("mahotas")
labeled: Any = Lazy("mahotas.labeled")
cc3d: Any = Lazy("cc3d")
fill_voids: Any = Lazy("fill_voids")
bn: Any = Lazy("bottleneck")
numexpr: Any = Lazy("numexpr")

FIRST = "of markers of one value it takes any first"
ORDER = "its numbers are in another order"
KERNEL = "its kernel is another one"
BORDER = "its border is another"
ROUNDS = "it rounds to the image's type"
MEASURED = "it measures in its own way"
SINGLE = "it works in float32"
LINES = "its lines are others"
STRICT = "its upper limit is not strict, and it joins by corners"


def numexpr_of(text: str) -> Callable[..., Any]:
    def way(a: Array, b: Array) -> Any:
        return numexpr.evaluate(text, {"a": a, "b": b})

    return way


def faces(m: Array) -> int:
    """cc3d's number for neighbours by faces."""
    return 2 * m.ndim


def edt(m: Array) -> Any:
    import edt as library

    return library.edt(m, black_border=False, parallel=int(os.environ.get("OMP_NUM_THREADS", "1")))


def edt_farthest(m: Array, k: Array) -> Any:
    return max(edt(~k)[m].max(), edt(~m)[k].max())


def box(n: int) -> Any:
    return dip.Kernel(2 * n + 1, "rectangular")


def square(n: int) -> Any:
    return dip.SE(2 * n + 1, "rectangular")


def element(pattern: Array) -> Any:
    return dip.SE(dip.Image(pattern, None))


def above_32(im: Any) -> float:
    """The least value above 32."""
    return 33 if im.DataType() == "UINT8" else float(np.nextafter(np.float32(32), np.float32(33)))


def diplib_kept(feature: str, condition: Callable[..., Array], *, of_image: bool = False) -> Callable[..., Array]:
    """The regions for which a condition on the columns of a feature holds."""

    def chosen(m: Any, im: Any) -> Array:
        labels = dip.Label(m, 1)
        table = dip.MeasurementTool.Measure(labels, im, [feature])
        numbers = np.asarray(table.Objects())
        on = np.zeros(numbers.max() + 1, bool)
        on[numbers] = condition(*np.asarray(table[feature]).T)
        return np.asarray(on[np.asarray(labels)])

    if of_image:
        return lambda im, m: chosen(m, im)
    return lambda m: chosen(m, dip.Image())


def simpleitk_reconstructed(im: Any) -> Any:
    wide = im if im.GetPixelID() == sitk.sitkFloat32 else sitk.Cast(im, sitk.sitkInt16)
    return sitk.ReconstructionByDilation(wide - 20, wide, False)


def simpleitk_hausdorff(m: Any, k: Any) -> float:
    measure = sitk.HausdorffDistanceImageFilter()
    measure.Execute(m, k)
    return float(measure.GetHausdorffDistance())


def simpleitk_distance(m: Any) -> Any:
    """From what is off, outside of which it is none."""
    found = sitk.SignedMaurerDistanceMap(1 - m, insideIsPositive=False, squaredDistance=False, useImageSpacing=False)
    return sitk.Clamp(found, lowerBound=0)


def mahotas_box(m: Array) -> list[int]:
    found = mahotas.bbox(m)
    return [*map(int, found[::2]), *map(int, found[1::2])]


def of_integers(function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    return lambda im: function(im) if im.dtype.kind != "f" else None


WAYS: dict[str, dict[str, Any]] = {
    "im > t": {"dip": lambda im, t: im > t},
    "a + b": {"numexpr": numexpr_of("a + b")},
    "a - b": {"numexpr": numexpr_of("a - b")},
    "a * b": {"numexpr": numexpr_of("a * b")},
    "a / b": {"numexpr": numexpr_of("a / b")},
    "abs diff": {"numexpr": numexpr_of("abs(a - b)")},
    "arctan2": {"numexpr": numexpr_of("arctan2(a, b)")},
    "mean": {"bn": lambda im: bn.nanmean(im), "dip": lambda im: dip.Mean(im)[0][0]},
    "std": {"bn": lambda im: bn.nanstd(im)},
    "min": {"bn": lambda im: bn.nanmin(im)},
    "max": {"bn": lambda im: bn.nanmax(im)},
    "bbox": {"mahotas": mahotas_box},
    "centroid": {"mahotas": lambda m: mahotas.center_of_mass(m)},
    "perimeter": {"mahotas": lambda m: labeled.perimeter(m, n=4)},
    "hausdorff": {"edt": edt_farthest, "sitk": simpleitk_hausdorff, "dip": lambda m, k: dip.HausdorffDistance(m, k)},
    "otsu": {"mahotas": of_integers(lambda im: mahotas.otsu(im))},
    "isodata": {"mahotas": of_integers(lambda im: mahotas.rc(im))},
    "headline": {
        "dip": lambda im: dip.BinaryDilation(dip.RangeThreshold(im, above_32(im), 64), connectivity=1, iterations=2)
    },
    "dilate(m)": {
        "dip": lambda m: dip.BinaryDilation(m, connectivity=1, iterations=1),
        "sitk": lambda m: sitk.BinaryDilate(m, [1] * m.GetDimension(), sitk.sitkCross),
        "mahotas": lambda m: mahotas.dilate(m),
    },
    "erode(m)": {
        "dip": lambda m: dip.BinaryErosion(m, connectivity=1, iterations=1, edgeCondition="background"),
        "mahotas": lambda m: mahotas.erode(m),
    },
    "boundary(m)": {
        "dip": lambda m: m & ~dip.BinaryErosion(m, connectivity=1, iterations=1, edgeCondition="background"),
        "sitk": lambda m: sitk.BinaryContour(m, False),
    },
    "dilate(m, 5, disk)": {
        "dip": (lambda m: dip.Dilation(m, element(DISKS[5, 2])), lambda m: dip.IsotropicDilation(m, 5)),
        "edt": lambda m: edt(~m) <= 5,
    },
    "dilate(m, 25, disk)": {"dip": lambda m: dip.IsotropicDilation(m, 25), "edt": lambda m: edt(~m) <= 25},
    "open(m, 3, disk)": {"dip": lambda m: dip.Opening(m, element(DISKS[3, 2]))},
    "close(m, 10, square)": {"dip": lambda m: dip.Closing(m, square(10))},
    "skeleton(m)": {"dip": lambda m: dip.EuclideanSkeleton(m), "sitk": lambda m: sitk.BinaryThinning(m)},
    "label(m)": {
        "cc3d": lambda m: cc3d.connected_components(m, connectivity=faces(m)),
        "dip": lambda m: dip.Label(m, 1),
        "sitk": lambda m: sitk.ConnectedComponent(m, False),
        "mahotas": lambda m: mahotas.label(m)[0],
    },
    "label(m, 2)": {
        "cc3d": lambda m: cc3d.connected_components(m, connectivity=8),
        "dip": lambda m: dip.Label(m, 2),
    },
    "count(m)": {
        "cc3d": lambda m: cc3d.connected_components(m, connectivity=faces(m), return_N=True)[1],
        "mahotas": lambda m: mahotas.label(m)[1],
    },
    "keep_largest(m)": {"cc3d": lambda m: cc3d.largest_k(m, k=1, connectivity=faces(m))},
    "remove_small(m, 50)": {
        "cc3d": lambda m: cc3d.dust(m, threshold=50, connectivity=faces(m)),
        "dip": lambda m: dip.SmallObjectsRemove(m, 50, 1),
    },
    "remove_large(m, 50)": {"cc3d": lambda m: cc3d.dust(m, threshold=51, connectivity=faces(m), invert=True)},
    "keep volume (3-D)": {
        "cc3d": lambda m: cc3d.dust(m, threshold=50, connectivity=faces(m)),
        "dip": lambda m: dip.SmallObjectsRemove(m, 50, 1),
    },
    "clear_border(m)": {"dip": lambda m: dip.EdgeObjectsRemove(m, 1)},
    "fill_holes(m)": {
        "fill_voids": lambda m: fill_voids.fill(m, in_place=False),
        "dip": lambda m: dip.FillHoles(m, 1),
        "sitk": lambda m: sitk.BinaryFillhole(m, False),
        "mahotas": lambda m: mahotas.close_holes(m) if m.ndim == 2 else None,
    },
    "reconstruct(seed, m)": {
        "dip": lambda seed, m: dip.BinaryPropagation(seed, m, 1, 0, "background"),
        "sitk": lambda seed, m: sitk.BinaryReconstructionByDilation(seed, m),
    },
    "hysteresis": {"dip": lambda im: dip.HysteresisThreshold(im, 48, 72)},
    "distance(m)": {
        "edt": edt,
        "dip": lambda m: dip.EuclideanDistanceTransform(m, "object"),
        "sitk": simpleitk_distance,
    },
    "distance(m) > 5": {"edt": lambda m: edt(m) > 5},
    "signed_distance(m)": {
        "edt": lambda m: edt(m) - edt(~m),
        "sitk": lambda m: sitk.SignedMaurerDistanceMap(m, True, False, False),
    },
    "watershed(im, markers)": {
        "sitk": lambda im, markers: sitk.MorphologicalWatershedFromMarkers(im, markers, False, False),
        "mahotas": lambda im, markers: mahotas.cwatershed(im, markers),
        "dip": lambda im, markers: dip.SeededWatershed(im, markers, connectivity=1, flags={"labels", "no gaps"}),
    },
    "reconstruct(im - h, im)": {
        "dip": lambda im: dip.MorphologicalReconstruction(im - 20, im, 1),
        "sitk": simpleitk_reconstructed,
    },
    "gaussian(im, 1)": {"dip": lambda im: dip.GaussFIR(im, [1], truncation=4)},
    "gaussian(im, 5)": {"dip": (lambda im: dip.GaussFIR(im, [5], truncation=4), lambda im: dip.GaussIIR(im, [5]))},
    "gaussian(im, 2) > t": {"dip": lambda im, t: dip.GaussFIR(im, [2], truncation=4) > t},
    "mean_filter(im)": {"dip": lambda im: dip.Uniform(im, box(1))},
    "mean_filter(im, 10)": {"dip": lambda im: dip.Uniform(im, box(10))},
    "local_mean": {"dip": lambda im: dip.Uniform(im, box(7))},
    "median_filter(im, 1)": {
        "dip": lambda im: dip.MedianFilter(im, box(1), ["zero order"]),
        "sitk": lambda im: sitk.Median(im, [1] * im.GetDimension()),
        "mahotas": lambda im: mahotas.median_filter(im, np.ones((3,) * im.ndim)),
    },
    "median_filter(im, 2)": {
        "dip": lambda im: dip.MedianFilter(im, box(2)),
        "sitk": lambda im: sitk.Median(im, [2] * im.GetDimension()),
    },
    "median_filter(im, 5)": {
        "dip": lambda im: dip.MedianFilter(im, box(5)),
        "sitk": lambda im: sitk.Median(im, [5] * im.GetDimension()),
    },
    "rank_filter(im, 2)": {
        "dip": lambda im: dip.RankFilter(im, square(1), 3, boundaryCondition=["zero order"]),
        "sitk": lambda im: sitk.Rank(im, 2 / (3 ** im.GetDimension() - 1), [1] * im.GetDimension()),
        "mahotas": lambda im: mahotas.rank_filter(im, np.ones((3,) * im.ndim), 2),
    },
    "dilate(im, 1, diamond)": {
        "dip": lambda im: dip.Dilation(im, element(DIAMONDS[1, im.Dimensionality()])),
        "sitk": lambda im: sitk.GrayscaleDilate(im, [1] * im.GetDimension(), sitk.sitkCross),
    },
    "dilate(im, 1, square)": {
        "dip": lambda im: dip.Dilation(im, square(1)),
        "sitk": lambda im: sitk.GrayscaleDilate(im, [1] * im.GetDimension(), sitk.sitkBox),
    },
    "dilate(im, 5, square)": {
        "dip": lambda im: dip.Dilation(im, square(5)),
        "sitk": lambda im: sitk.GrayscaleDilate(im, [5] * im.GetDimension(), sitk.sitkBox),
    },
    "dilate(im, 5, disk)": {"dip": lambda im: dip.Dilation(im, element(DISKS[5, 2]))},
    "dilate(im, 10, disk)": {"dip": lambda im: dip.Dilation(im, element(DISKS[10, 2]))},
    "open(im, 3, disk)": {"dip": lambda im: dip.Opening(im, element(DISKS[3, 2]))},
    "tophat(im, 5, square)": {"dip": lambda im: dip.Tophat(im, square(5), "texture", "white")},
    "blackhat(im, 5, disk)": {"dip": lambda im: dip.Tophat(im, element(DISKS[5, 2]), "texture", "black")},
    "keep area": {
        "dip": (lambda m: dip.SmallObjectsRemove(m, 50, 1), diplib_kept("Size", lambda n: n >= 50)),
        "cc3d": lambda m: cc3d.dust(m, threshold=50, connectivity=faces(m)),
    },
    "keep perimeter": {"dip": diplib_kept("Perimeter", lambda n: n > 25.5)},
    "keep circularity": {"dip": diplib_kept("P2A", lambda n: n < 1 / 0.63)},
    "keep solidity": {"dip": diplib_kept("Solidity", lambda n: n > 0.871)},
    "keep eccentricity": {"dip": diplib_kept("Eccentricity", lambda n: n > 0.81)},
    "keep major_axis": {"dip": diplib_kept("DimensionsEllipsoid", lambda n, _: n > 10.1)},
    "keep minor_axis": {"dip": diplib_kept("DimensionsEllipsoid", lambda _, n: n > 5.1)},
    "keep centroid[0]": {"dip": diplib_kept("Center", lambda _, y: y > 200.3)},
    "keep bbox[0]": {"dip": diplib_kept("Minimum", lambda _, y: y > 100)},
    "keep mean_intensity": {"dip": diplib_kept("Mean", lambda n: n > 80.3, of_image=True)},
    "keep std_intensity": {"dip": diplib_kept("StandardDeviation", lambda n: n > 5.3, of_image=True)},
    "keep min_intensity": {"dip": diplib_kept("MinVal", lambda n: n > 70, of_image=True)},
    "keep max_intensity": {"dip": diplib_kept("MaxVal", lambda n: n > 90, of_image=True)},
}

DIFFERS: dict[str, dict[str, str]] = {
    "perimeter": {"mahotas": BORDER},
    "hausdorff": {"dip": SINGLE},
    "mean": {"dip": SINGLE, "bn": SINGLE},
    "std": {"bn": SINGLE},
    "isodata": {"mahotas": "it does not round down"},
    "hysteresis": {"dip": STRICT},
    "label(m)": {"dip": ORDER, "sitk": ORDER},
    "label(m, 2)": {"cc3d": ORDER, "dip": ORDER},
    "distance(m)": {"edt": SINGLE, "dip": SINGLE, "sitk": SINGLE},
    "signed_distance(m)": {"edt": SINGLE, "sitk": "from the pixels at the edge"},
    "watershed(im, markers)": {"sitk": FIRST, "mahotas": FIRST, "dip": FIRST},
    **{
        f"keep {name}": {"dip": MEASURED}
        for name in ("perimeter", "circularity", "solidity", "eccentricity", "major_axis", "minor_axis")
    },
    **{f"keep {name}_intensity": {"dip": SINGLE} for name in ("mean", "std")},
    "keep centroid[0]": {"dip": SINGLE},
    "skeleton(m)": {"dip": LINES, "sitk": LINES},
    "boundary(m)": {"sitk": BORDER},
    "erode(m)": {"mahotas": BORDER},
    **{f"gaussian(im, {end}": {"dip": KERNEL} for end in ("1)", "5)", "2) > t")},
    **{key: {"dip": f"{BORDER}, and it rounds"} for key in ("mean_filter(im)", "mean_filter(im, 10)", "local_mean")},
    **{
        key: {"dip": BORDER, "sitk": BORDER}
        for key in ("median_filter(im, 1)", "median_filter(im, 2)", "median_filter(im, 5)")
    },
    "rank_filter(im, 2)": {"dip": BORDER, "sitk": f"{BORDER}, and its ranks are shares"},
    **{key: {"dip": "its disk is rounder"} for key in ("dilate(m, 5, disk)", "dilate(m, 25, disk)")},
    **{
        key: {"dip": BORDER}
        for key in ("open(m, 3, disk)", "close(m, 10, square)", "open(im, 3, disk)", "blackhat(im, 5, disk)")
    },
}


def with_others(row: Row) -> Row:
    """A row with the ways that it has here too."""
    more = {LIBRARIES[key]: way if isinstance(way, tuple) else (way,) for key, way in WAYS.get(row.name, {}).items()}
    why = {LIBRARIES[key]: text for key, text in DIFFERS.get(row.name, {}).items()}
    return replace(row, ways={**row.ways, **more}, differs={**row.differs, **why})


def unknown(rows: Mapping[str, Row]) -> set[str]:
    """Names here that no row has."""
    return (set(WAYS) | set(DIFFERS)) - set(rows)
