"""Rows of functions that give numbers: of images, of samples, of masks; and thresholds."""

from typing import Any

import numpy as np
from scipy import ndimage

from .rows import BYTE_PLANES, BYTES, Array, Lazy, Row, row

cv2: Any = Lazy("cv2")
bn: Any = Lazy("bottleneck")
filters: Any = Lazy("skimage.filters")
measure: Any = Lazy("skimage.measure")
metrics: Any = Lazy("skimage.metrics")
mahotas: Any = Lazy("mahotas")

SINGLE = "it sums in float32"
BINS = "it bins a float32 image in float32"


def as_bytes(m: Array) -> Array:
    return m.view(np.uint8)


def threshold(name: str, **more: Any) -> Row:
    """A row of a threshold by scikit-image's function."""

    def way(im: Array) -> Any:
        return getattr(filters, f"threshold_{name}")(im)

    return row(name, f"{name}(im)", skimage=way, **more)


def box(m: Array) -> list[int]:
    along = [np.flatnonzero(m.any(axis=tuple(j for j in range(m.ndim) if j != i))) for i in range(m.ndim)]
    return [int(found[0]) for found in along] + [int(found[-1]) + 1 for found in along]


def cv_box(m: Array) -> list[int]:
    x, y, w, h = cv2.boundingRect(as_bytes(m))
    return [y, x, y + h, x + w]


def cv_moments(m: Array) -> list[float]:
    found = cv2.moments(as_bytes(m), binaryImage=True)
    return [found["m01"] / found["m00"], found["m10"] / found["m00"]]


def overlap(a: Array, b: Array) -> float:
    return float(2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b)))


def union(a: Array, b: Array) -> float:
    return float(np.count_nonzero(a & b) / np.count_nonzero(a | b))


def counted(counts: Any) -> list[Any]:
    """With the edges of its bins."""
    return [*np.ravel(counts), *EDGES]


EDGES = np.arange(257.0)


def farthest(m: Array, k: Array) -> float:
    """The Hausdorff distance by two transforms."""
    there = ndimage.distance_transform_edt(~k)[m].max()
    back = ndimage.distance_transform_edt(~m)[k].max()
    return float(max(there, back))


def cv_farthest(m: Array, k: Array) -> Any:
    there, back = (cv2.distanceTransform(as_bytes(~of), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for of in (k, m))
    return max(there[m].max(), back[k].max())


ROWS = (
    row("area(im > t)", "area(im > t)", np=lambda im, t: np.count_nonzero(im > t)),
    row(
        "area(m)",
        "area(m)",
        flat=True,
        on=BYTES,
        np=lambda m: np.count_nonzero(m),
        cv2=lambda m: cv2.countNonZero(as_bytes(m)),
    ),
    row("any(m)", "any(n)", on=BYTES, np=lambda n: n.any()),
    row("all(m)", "all(m)", on=BYTES, np=lambda m: m.all()),
    row("fraction", "fraction(m)", on=BYTES, np=(lambda m: m.mean(), lambda m: np.count_nonzero(m) / m.size)),
    row("bbox", "bbox(m)", on=BYTES, np=box, cv2=cv_box, skimage=lambda m: measure.regionprops(as_bytes(m))[0].bbox),
    row(
        "centroid",
        "centroid(m)",
        on=BYTES,
        np=lambda m: [of.mean() for of in np.nonzero(m)],
        scipy=lambda m: ndimage.center_of_mass(m),
        cv2=cv_moments,
    ),
    row(
        "perimeter",
        "perimeter(m)",
        on=BYTE_PLANES,
        skimage=lambda m: measure.perimeter(m),
    ),
    row("dice", "dice(m, k)", on=BYTES, np=lambda m, k: overlap(m, k)),
    row("iou", "iou(m, k)", on=BYTES, np=lambda m, k: union(m, k)),
    row(
        "hausdorff",
        "hausdorff(m, k)",
        on=BYTES,
        scipy=farthest,
        cv2=cv_farthest,
    ),
    row(
        "sum", "sum(im)", flat=True, np=lambda im: im.sum(), cv2=lambda im: cv2.sumElems(im)[0], differs={"np": SINGLE}
    ),
    row("mean", "mean(im)", flat=True, np=lambda im: im.mean(), cv2=lambda im: cv2.mean(im)[0], differs={"np": SINGLE}),
    row(
        "std",
        "std(im)",
        flat=True,
        np=lambda im: im.std(),
        cv2=lambda im: cv2.meanStdDev(im)[1][0, 0],
        differs={"np": SINGLE},
    ),
    row("min", "min(im)", flat=True, np=lambda im: im.min(), cv2=lambda im: cv2.minMaxLoc(im)[0]),
    row("max", "max(im)", flat=True, np=lambda im: im.max(), cv2=lambda im: cv2.minMaxLoc(im)[1]),
    row("median", "median(im)", np=lambda im: np.median(im), bn=lambda im: bn.median(im)),
    row("percentile 95", "percentile(im, 95)", np=lambda im: np.percentile(im, 95), differs={"np": SINGLE}),
    row(
        "histogram",
        "histogram(im, 256, 0, 256)",
        np=(
            lambda im: counted(np.histogram(im, 256, (0, 256))[0]),
            lambda im: None if im.dtype != np.uint8 else counted(np.bincount(im.ravel(), minlength=256)),
        ),
        cv2=lambda im: counted(cv2.calcHist([im], [0], None, [256], [0, 256])),
        flat=True,
    ),
    row(
        "mean of im[m]",
        "mean(im[m])",
        flat=True,
        np=lambda im, m: im[m].mean(),
        cv2=lambda im, m: cv2.mean(im, as_bytes(m))[0],
        differs={"np": SINGLE},
    ),
    row(
        "std of im[m]",
        "std(im[m])",
        flat=True,
        np=lambda im, m: im[m].std(),
        cv2=lambda im, m: cv2.meanStdDev(im, mask=as_bytes(m))[1][0, 0],
        differs={"np": SINGLE},
    ),
    row("median of im[m]", "median(im[m])", np=lambda im, m: np.median(im[m]), bn=lambda im, m: bn.median(im[m])),
    threshold("otsu", cv2=lambda im: cv2.threshold(im, 0, 255, cv2.THRESH_OTSU)[0] if im.dtype == np.uint8 else None),
    threshold("yen"),
    threshold("isodata"),
    threshold("li"),
    threshold(
        "triangle",
        cv2=lambda im: cv2.threshold(im, 0, 255, cv2.THRESH_TRIANGLE)[0] if im.dtype == np.uint8 else None,
        differs={"skimage": "of equal ones it takes another", "cv2": "it looks on the other side of the peak"},
    ),
    row(
        "mean_threshold",
        "mean_threshold(im)",
        np=lambda im: im.mean(),
        skimage=lambda im: filters.threshold_mean(im),
        differs={"np": SINGLE, "skimage": SINGLE},
    ),
    row("valley", "valley(im)", skimage=lambda im: filters.threshold_minimum(im)),
    row(
        "multiotsu",
        "multiotsu(im)",
        skimage=lambda im: np.digitize(im, filters.threshold_multiotsu(im), right=True),
        differs={"skimage": "it compares variances in float32"},
    ),
)
