"""Rows of connected regions, of what is chosen among them, and of distances and floods."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from .rows import BYTE_PLANES, BYTES, PLANES, VOLUME, Array, Lazy, Row, row

cv2: Any = Lazy("cv2")
filters: Any = Lazy("skimage.filters")
measure: Any = Lazy("skimage.measure")
morphology: Any = Lazy("skimage.morphology")
segmentation: Any = Lazy("skimage.segmentation")
feature: Any = Lazy("skimage.feature")

ORDER = "its numbers are in another order"
SINGLE = "it works in float32"
ROUNDED = "a region at the limit falls to either side by rounding"
FIRST = "of markers of one value it takes any first"
CORNERS = np.ones((3, 3), bool)


def sizes(m: Array) -> tuple[Array, Array]:
    labels, count = ndimage.label(m)
    return labels, np.bincount(labels.ravel(), minlength=count + 1)


def of_sizes(m: Array, wanted: Callable[[Array], Array]) -> Array:
    """The regions with a wanted number of pixels, by SciPy's labels."""
    labels, counts = sizes(m)
    on = wanted(counts)
    on[0] = False
    return np.asarray(on[labels])


def is_largest(counts: Array) -> Array:
    counts[0] = 0
    return np.arange(len(counts)) == counts.argmax()


def cv_of_sizes(m: Array, wanted: Callable[[Array], Array]) -> Array:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(m.view(np.uint8), connectivity=4)
    on = wanted(stats[:, cv2.CC_STAT_AREA].copy())
    on[0] = False
    return np.asarray(on[labels])


def cv_labels(m: Array, connectivity: int) -> Any:
    return cv2.connectedComponents(m.view(np.uint8), connectivity=connectivity)[1]


def clear(m: Array) -> Array:
    """By the labels that the border holds."""
    labels, count = ndimage.label(m)
    on = np.ones(count + 1, bool)
    for axis in range(m.ndim):
        for end in (0, -1):
            on[labels.take(end, axis)] = False
    on[0] = False
    return np.asarray(on[labels])


def skimage_clear(m: Array) -> Array:
    return np.asarray(segmentation.clear_border(measure.label(m, connectivity=1)) > 0)


def seeded(seed: Array, m: Array) -> Array:
    labels, count = ndimage.label(m)
    on = np.zeros(count + 1, bool)
    on[labels[seed]] = True
    on[0] = False
    return np.asarray(on[labels])


def cv_filled(m: Array) -> Array:
    flooded = cv2.copyMakeBorder(m.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(flooded, None, (0, 0), 2)
    return np.asarray(flooded[1:-1, 1:-1] != 2)


def holding(m: Array, place: tuple[int, ...]) -> Array:
    labels = ndimage.label(m)[0]
    return np.asarray((labels == labels[place]) & m)


def cv_holding(m: Array, place: tuple[int, ...]) -> Array:
    if not m[place]:
        return np.zeros_like(m)
    flooded = m.astype(np.uint8)
    cv2.floodFill(flooded, None, place[::-1], 2)
    return np.asarray(flooded == 2)


def chosen(m: Array, im: Array | None, properties: tuple[str, ...], condition: Callable[..., Array]) -> Array:
    """The regions for which a condition on scikit-image's properties holds."""
    labels = ndimage.label(m)[0]
    table = measure.regionprops_table(labels, im, ("label", *properties))
    numbers, *columns = table.values()
    on = np.zeros(labels.max() + 1, bool)
    on[numbers] = condition(*columns)
    return np.asarray(on[labels])


def kept(
    name: str,
    predicate: str,
    properties: str,
    condition: Callable[..., Array],
    *,
    of_image: bool = False,
    on: tuple[str, ...] = BYTE_PLANES,
    **more: Any,
) -> Row:
    """A row of regions chosen by scikit-image's properties."""
    names = tuple(properties.split())
    if of_image:
        expression = f"keep(m, {predicate}, of=im)"
        return row(f"keep {name}", expression, on=on, skimage=lambda im, m: chosen(m, im, names, condition), **more)
    return row(
        f"keep {name}", f"keep(m, {predicate})", on=on, skimage=lambda m: chosen(m, None, names, condition), **more
    )


def statistic_of_regions(function: Any, above: float) -> Callable[..., Array]:
    """The regions with a statistic above a number, by SciPy's functions of labels."""

    def way(im: Array, m: Array) -> Array:
        labels, count = ndimage.label(m)
        found = function(im, labels, np.arange(count + 1))
        on = np.asarray(found) > above
        on[0] = False
        return np.asarray(on[labels])

    return way


def distance(m: Array) -> Array:
    return np.asarray(ndimage.distance_transform_edt(m))


def cv_distance(m: Array) -> Any:
    return cv2.distanceTransform(m.view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def cv_watershed(im: Array, markers: Array) -> Any:
    """Of colours of 8 bits only; it writes into its markers."""
    if im.dtype != np.uint8:
        return None
    return cv2.watershed(cv2.cvtColor(im, cv2.COLOR_GRAY2BGR), markers.copy())


def parted(m: Array) -> Array:
    """By the peaks of the distance, as in scikit-image's examples."""
    far = distance(m)
    peaks = feature.peak_local_max(far, min_distance=10, labels=m.astype(np.uint8), exclude_border=False)
    seeds = np.zeros(m.shape, np.int32)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return np.asarray(segmentation.watershed(-far, seeds, mask=m))


REGIONS = (
    row(
        "label(m)",
        "label(m)",
        on=BYTES,
        scipy=lambda m: ndimage.label(m)[0],
        skimage=lambda m: measure.label(m, connectivity=1),
        cv2=lambda m: cv_labels(m, 4),
        differs={"cv2": ORDER},
    ),
    row(
        "label(m, 2)",
        "label(m, 2)",
        on=BYTE_PLANES,
        scipy=lambda m: ndimage.label(m, CORNERS)[0],
        skimage=lambda m: measure.label(m, connectivity=2),
        cv2=lambda m: cv_labels(m, 8),
        differs={"cv2": ORDER},
    ),
    row(
        "count(m)",
        "count(m)",
        on=BYTES,
        scipy=lambda m: ndimage.label(m)[1],
        cv2=lambda m: cv2.connectedComponents(m.view(np.uint8), connectivity=4)[0] - 1,
    ),
    row(
        "keep_largest(m)",
        "keep_largest(m)",
        on=BYTES,
        scipy=lambda m: of_sizes(m, is_largest),
        cv2=lambda m: cv_of_sizes(m, is_largest),
    ),
    row(
        "remove_small(m, 50)",
        "remove_small(m, 50)",
        on=BYTES,
        scipy=lambda m: of_sizes(m, lambda n: n >= 50),
        skimage=lambda m: morphology.remove_small_objects(m, max_size=49),
        cv2=lambda m: cv_of_sizes(m, lambda n: n >= 50),
    ),
    row(
        "remove_large(m, 50)",
        "remove_large(m, 50)",
        on=BYTES,
        scipy=lambda m: of_sizes(m, lambda n: n <= 50),
        cv2=lambda m: cv_of_sizes(m, lambda n: n <= 50),
    ),
    row("clear_border(m)", "clear_border(m)", on=BYTES, scipy=clear, skimage=skimage_clear),
    row("fill_holes(m)", "fill_holes(m)", on=BYTES, scipy=lambda m: ndimage.binary_fill_holes(m), cv2=cv_filled),
    row(
        "at(m, y, x)",
        "input y0: number; input x0: number; at(m, y0, x0)",
        on=BYTE_PLANES,
        scipy=lambda m, y0, x0: holding(m, (y0, x0)),
        skimage=lambda m, y0, x0: segmentation.flood(m, (y0, x0), connectivity=1) & m,
        cv2=lambda m, y0, x0: cv_holding(m, (y0, x0)),
    ),
    row(
        "reconstruct(seed, m)",
        "reconstruct(seed, m)",
        on=BYTES,
        scipy=(seeded, lambda seed, m: ndimage.binary_propagation(seed & m, mask=m)),
        skimage=lambda seed, m: morphology.reconstruction(
            (seed & m).astype(np.uint8), m.astype(np.uint8), footprint=ndimage.generate_binary_structure(m.ndim, 1)
        ),
    ),
    row("hysteresis", "hysteresis(im, 48, 72)", skimage=lambda im: filters.apply_hysteresis_threshold(im, 48, 72)),
)

KEPT = (
    row(
        "keep area",
        "keep(m, area >= 50)",
        on=BYTE_PLANES,
        scipy=lambda m: of_sizes(m, lambda n: n >= 50),
        cv2=lambda m: cv_of_sizes(m, lambda n: n >= 50),
        skimage=lambda m: chosen(m, None, ("area",), lambda n: n >= 50),
    ),
    row("keep volume (3-D)", "keep(m, volume >= 50)", on=(VOLUME,), scipy=lambda m: of_sizes(m, lambda n: n >= 50)),
    kept("perimeter", "perimeter > 25.5", "perimeter", lambda n: n > 25.5),
    kept(
        "circularity",
        "circularity > 0.63",
        "area perimeter",
        lambda n, p: (p > 0) & (4 * np.pi * n > 0.63 * p**2),
    ),
    kept("solidity", "solidity > 0.871", "solidity", lambda n: n > 0.871),
    kept("eccentricity", "eccentricity > 0.81", "eccentricity", lambda n: n > 0.81),
    kept("major_axis", "major_axis > 10.1", "axis_major_length", lambda n: n > 10.1),
    kept("minor_axis", "minor_axis > 5.1", "axis_minor_length", lambda n: n > 5.1),
    kept("centroid[0]", "centroid[0] > 200.3", "centroid", lambda y, x: y > 200.3),
    kept("bbox[0]", "bbox[0] > 100", "bbox", lambda y, *_: y > 100),
    kept("two", "area >= 50 and solidity > 0.871", "area solidity", lambda n, s: (n >= 50) & (s > 0.871)),
    kept(
        "mean_intensity",
        "mean_intensity > 80.3",
        "intensity_mean",
        lambda n: n > 80.3,
        of_image=True,
        scipy=statistic_of_regions(ndimage.mean, 80.3),
    ),
    kept(
        "std_intensity",
        "std_intensity > 5.3",
        "intensity_std",
        lambda n: n > 5.3,
        of_image=True,
        scipy=statistic_of_regions(ndimage.standard_deviation, 5.3),
    ),
    kept(
        "min_intensity",
        "min_intensity > 70",
        "intensity_min",
        lambda n: n > 70,
        of_image=True,
        scipy=statistic_of_regions(ndimage.minimum, 70),
    ),
    kept(
        "max_intensity",
        "max_intensity > 90",
        "intensity_max",
        lambda n: n > 90,
        of_image=True,
        scipy=statistic_of_regions(ndimage.maximum, 90),
    ),
)

FLOODS = (
    row("distance(m)", "distance(m)", on=BYTES, scipy=distance, cv2=cv_distance, differs={"cv2": SINGLE}),
    row(
        "distance(m) > 5",
        "distance(m) > 5",
        on=BYTES,
        scipy=lambda m: distance(m) > 5,
        cv2=lambda m: cv_distance(m) > 5,
    ),
    row(
        "signed_distance(m)",
        "signed_distance(m)",
        on=BYTE_PLANES,
        scipy=lambda m: distance(m) - distance(~m),
        cv2=lambda m: cv2.subtract(cv_distance(m), cv_distance(~m)),
        differs={"cv2": SINGLE},
    ),
    row(
        "watershed(im, markers)",
        "input markers: labels; watershed(im, markers)",
        on=PLANES,
        skimage=lambda im, markers: segmentation.watershed(im, markers),
        cv2=cv_watershed,
        differs={"skimage": FIRST, "cv2": "it draws lines, and has its own order"},
    ),
    row("split(m)", "split(m)", on=BYTE_PLANES, skimage=parted, differs={"skimage": "it has other centres"}),
)

ROWS = (*REGIONS, *KEPT, *FLOODS)
