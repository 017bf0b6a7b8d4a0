"""Rows of filters: what smooths, sharpens, ranks, finds edges, and thresholds of each pixel."""

from typing import Any

import numpy as np
from scipy import ndimage

from .rows import BYTE_PLANES, PLANES, Array, Lazy, real, row

cv2: Any = Lazy("cv2")
filters: Any = Lazy("skimage.filters")
exposure: Any = Lazy("skimage.exposure")
feature: Any = Lazy("skimage.feature")
rank: Any = Lazy("skimage.filters.rank")

OWN_SCALE = "it divides 8 bits by 255"
CUT_AT_4 = "its kernel is another one"
MIRRORED = "it reflects without the border's pixels"
ROUNDED = "rounding decides where a pixel equals its mean"
TIES = "of equals it keeps others"


def gaussian(im: Array, sigma: float) -> Array:
    return ndimage.gaussian_filter(im, sigma, output=real_type(im))


def real_type(im: Array) -> Any:
    return im.dtype if im.dtype.kind == "f" else np.float64


def skimage_gaussian(im: Array, sigma: float) -> Any:
    return filters.gaussian(im, sigma, mode="reflect", preserve_range=True)


def cv_gaussian(im: Array, sigma: float) -> Any:
    """As wide as SciPy's."""
    side = 2 * int(4 * sigma + 0.5) + 1
    return cv2.GaussianBlur(real(im), (side, side), sigma, borderType=cv2.BORDER_REFLECT)


def cv_mean(im: Array, n: int) -> Any:
    depth = cv2.CV_64F if im.dtype.kind != "f" else -1
    return cv2.boxFilter(im, depth, (2 * n + 1, 2 * n + 1), borderType=cv2.BORDER_REFLECT)


def disk(n: int) -> Array:
    along = np.arange(-n, n + 1) ** 2
    return np.add.outer(along, along) <= n * n


DISK_2 = disk(2)


def scaled(im: Array) -> Array:
    low, high = im.min(), im.max()
    return (real(im) - low) / (high - low)


def equalized(im: Array) -> Array:
    """Of integers of 8 bits: a table."""
    if im.dtype != np.uint8:
        return np.asarray(exposure.equalize_hist(im))
    return (np.bincount(im.ravel(), minlength=256).cumsum() / im.size)[im]


def sobel(im: Array) -> Array:
    """The root of the mean of squared derivatives."""
    of = real(im)
    squares = sum(ndimage.sobel(of, axis) ** 2 for axis in range(of.ndim))
    return np.sqrt(squares / of.ndim) / 4 ** (of.ndim - 1)


def cv_sobel(im: Array) -> Array:
    of = real(im)
    along = [cv2.Sobel(of, -1, dx, 1 - dx, borderType=cv2.BORDER_REFLECT) for dx in (0, 1)]
    return np.asarray(cv2.magnitude(*along) * (0.25 / np.sqrt(2).astype(of.dtype)))


def cv_maxima(im: Array, n: int) -> Array:
    return (im == cv2.dilate(im, np.ones((2 * n + 1, 2 * n + 1), np.uint8))) & (im > im.min())


def local_maxima(im: Array, n: int) -> Array:
    return (im == ndimage.maximum_filter(im, 2 * n + 1)) & (im > im.min())


def listed_maxima(im: Array, n: int) -> Array | None:
    if n > 1 and im.size > 2**20:
        return None  # it takes minutes where many pixels are as high as their neighbours
    found = np.zeros(im.shape, bool)
    found[tuple(feature.peak_local_max(im, min_distance=n, exclude_border=False).T)] = True
    return found


ROWS = (
    row(
        "normalize(im)",
        "normalize(im)",
        np=scaled,
        skimage=lambda im: exposure.rescale_intensity(im, out_range=(0.0, 1.0)),
        cv2=lambda im: cv2.normalize(im, None, 0, 1, cv2.NORM_MINMAX, cv2.CV_64F if im.dtype.kind != "f" else -1),
    ),
    row(
        "equalize(im)",
        "equalize(im)",
        np=equalized,
        skimage=lambda im: exposure.equalize_hist(im),
        cv2=lambda im: cv2.equalizeHist(im) if im.dtype == np.uint8 else None,
        differs={"cv2": "it stretches to 0..255"},
    ),
    row(
        "gaussian(im, 1)",
        "gaussian(im, 1)",
        scipy=lambda im: gaussian(im, 1),
        skimage=lambda im: skimage_gaussian(im, 1),
        cv2=lambda im: cv_gaussian(im, 1),
    ),
    row(
        "gaussian(im, 5)",
        "gaussian(im, 5)",
        scipy=lambda im: gaussian(im, 5),
        skimage=lambda im: skimage_gaussian(im, 5),
        cv2=lambda im: cv_gaussian(im, 5),
    ),
    row(
        "gaussian(im, 2) > t",
        "gaussian(im, 2) > t",
        scipy=lambda im, t: gaussian(im, 2) > t,
        skimage=lambda im, t: skimage_gaussian(im, 2) > t,
        cv2=lambda im, t: cv_gaussian(im, 2) > t,
    ),
    row(
        "unsharp(im, 2)",
        "unsharp(im, 2)",
        scipy=lambda im: 2 * real(im) - gaussian(im, 2),
        skimage=lambda im: filters.unsharp_mask(im, 2, 1, preserve_range=True),
        cv2=lambda im: cv2.addWeighted(real(im), 2, cv_gaussian(im, 2), -1, 0),
    ),
    row(
        "difference_of_gaussians(im, 1)",
        "difference_of_gaussians(im, 1)",
        scipy=lambda im: gaussian(im, 1) - gaussian(im, 1.6),
        cv2=lambda im: cv_gaussian(im, 1) - cv_gaussian(im, 1.6),
        differs={"cv2": "of float32 it works in that type"},
    ),
    row(
        "mean_filter(im)",
        "mean_filter(im)",
        scipy=lambda im: ndimage.uniform_filter(im, 3, output=real_type(im)),
        cv2=lambda im: cv_mean(im, 1),
    ),
    row(
        "mean_filter(im, 10)",
        "mean_filter(im, 10)",
        scipy=lambda im: ndimage.uniform_filter(im, 21, output=real_type(im)),
        cv2=lambda im: cv_mean(im, 10),
    ),
    row(
        "median_filter(im, 1)",
        "median_filter(im, 1)",
        scipy=lambda im: ndimage.median_filter(im, 3),
        cv2=lambda im: cv2.medianBlur(im, 3),
        differs={"cv2": MIRRORED},
    ),
    row(
        "median_filter(im, 2)",
        "median_filter(im, 2)",
        on=PLANES,
        scipy=lambda im: ndimage.median_filter(im, 5),
        cv2=lambda im: cv2.medianBlur(im, 5),
        differs={"cv2": MIRRORED},
    ),
    row(
        "median_filter(im, 5)",
        "median_filter(im, 5)",
        on=BYTE_PLANES,
        scipy=lambda im: ndimage.median_filter(im, 11),
        cv2=lambda im: cv2.medianBlur(im, 11),
        differs={"cv2": MIRRORED},
    ),
    row(
        "median(im, 2, disk)",
        'median_filter(im, 2, "disk")',
        on=PLANES,
        scipy=lambda im: ndimage.median_filter(im, footprint=DISK_2),
        skimage=lambda im: filters.median(im, DISK_2, mode="reflect"),
    ),
    row("rank_filter(im, 2)", "rank_filter(im, 2)", scipy=lambda im: ndimage.rank_filter(im, 2, 3)),
    row(
        "laplace(im)",
        "laplace(im)",
        scipy=lambda im: ndimage.laplace(im, output=real_type(im)),
        cv2=lambda im: cv2.Laplacian(im, cv2.CV_64F if im.dtype.kind != "f" else -1, borderType=cv2.BORDER_REFLECT),
    ),
    row("sobel(im)", "sobel(im)", scipy=sobel, skimage=lambda im: filters.sobel(real(im)), cv2=cv_sobel),
    row(
        "local_mean",
        "local_mean(im, 7)",
        scipy=lambda im: ndimage.uniform_filter(im, 15, output=real_type(im)),
        skimage=lambda im: filters.threshold_local(im, (15,) * im.ndim, method="mean"),
        cv2=lambda im: cv_mean(im, 7),
    ),
    row(
        "im > local_mean",
        "im > local_mean(im, 7)",
        scipy=lambda im: im > ndimage.uniform_filter(im, 15, output=real_type(im)),
        skimage=lambda im: im > filters.threshold_local(im, (15,) * im.ndim, method="mean"),
        cv2=lambda im: im > cv_mean(im, 7),
        differs=dict.fromkeys(("scipy", "skimage", "cv2"), ROUNDED),
    ),
    row(
        "niblack",
        "niblack(im, 7)",
        on=PLANES,
        skimage=lambda im: filters.threshold_niblack(im, 15),
        differs={"skimage": MIRRORED},
    ),
    row(
        "sauvola",
        "sauvola(im, 7)",
        on=BYTE_PLANES,
        skimage=lambda im: filters.threshold_sauvola(im, 15),
        differs={"skimage": MIRRORED},
    ),
    row(
        "peaks(im)",
        "peaks(im)",
        scipy=lambda im: local_maxima(im, 1),
        skimage=lambda im: listed_maxima(im, 1),
        cv2=lambda im: cv_maxima(im, 1),
    ),
    row(
        "peaks(im, 5)",
        "peaks(im, 5)",
        scipy=lambda im: local_maxima(im, 5),
        skimage=lambda im: listed_maxima(im, 5),
        cv2=lambda im: cv_maxima(im, 5),
        differs={"scipy": TIES, "skimage": TIES, "cv2": TIES},
    ),
)
