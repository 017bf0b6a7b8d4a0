"""The peers: who they are, and the calls their users would write.

A way to do some work is a function that takes the program's inputs by name, makes what is needed once (an image of the
peer's own type, a structuring element), and gives a function without arguments, which is what is timed. Each peer is
imported when it is first called.
"""

import importlib.metadata
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Call = Callable[[], Any]
Way = Callable[..., Call]


@dataclass
class Library:
    """A package that may be installed or not, and its number of threads where it has one."""

    name: str
    module: str
    set_threads: Callable[[int], object] | None = None
    threads: int | None = None
    own: Callable[[Any], Any] = lambda value: value  # an input of ours as its users hold it

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.module) is not None

    def use(self, threads: int | None) -> bool:
        """Work with this many threads; whether that is a change."""
        if self.set_threads is None or threads in (None, self.threads):
            return False
        self.set_threads(threads)
        self.threads = threads
        return True


def _opencv_threads(n: int) -> None:
    import cv2

    cv2.setNumThreads(n)


def _numexpr_threads(n: int) -> None:
    import numexpr

    numexpr.set_num_threads(min(n, numexpr.MAX_THREADS))


def _diplib_threads(n: int) -> None:
    import diplib

    diplib.SetNumberOfThreads(n)


def _simpleitk_threads(n: int) -> None:
    import SimpleITK

    SimpleITK.ProcessObject.SetGlobalDefaultNumberOfThreads(n)


def _torch_threads(n: int) -> None:
    import torch

    torch.set_num_threads(n)


def _diplib_image(value: Any) -> Any:
    """All axes are of space, and labels have no sign."""
    import diplib

    if not isinstance(value, np.ndarray):
        return value
    return diplib.Image(value.view(np.uint32) if value.dtype == np.int32 else value, None)


def _simpleitk_image(value: Any) -> Any:
    """A mask as it has them: of 8 bits."""
    import SimpleITK

    if not isinstance(value, np.ndarray):
        return value
    return SimpleITK.GetImageFromArray(value.view(np.uint8) if value.dtype == bool else value)


LIBRARIES = {
    library.name: library
    for library in (
        Library("NumPy", "numpy"),
        Library("SciPy", "scipy"),
        Library("scikit-image", "skimage"),
        Library("OpenCV", "cv2", _opencv_threads),
        Library("numexpr", "numexpr", _numexpr_threads),
        Library("mahotas", "mahotas"),
        Library("DIPlib", "diplib", _diplib_threads, own=_diplib_image),
        Library("SimpleITK", "SimpleITK", _simpleitk_threads, own=_simpleitk_image),
        Library("edt", "edt"),
        Library("cc3d", "cc3d"),
        Library("fill_voids", "fill_voids"),
        Library("bottleneck", "bottleneck"),
        Library("MONAI", "monai", _torch_threads),
        Library("medpy", "medpy"),
    )
}


def versions() -> dict[str, str]:
    """The installed peers with their versions, none of them imported."""
    distributions = importlib.metadata.packages_distributions()
    found = {name: library.module for name, library in LIBRARIES.items() if library.installed}
    return {name: importlib.metadata.version(distributions[module][0]) for name, module in found.items()}


def missing() -> list[str]:
    return [name for name, library in LIBRARIES.items() if not library.installed]


def as_array(library: str, answer: Any) -> Array:
    """A peer's answer as NumPy's array."""
    if library == "SimpleITK":
        import SimpleITK

        if not isinstance(answer, SimpleITK.Image):
            return np.asarray(answer)

        return np.asarray(SimpleITK.GetArrayFromImage(answer))
    return np.asarray(answer)


def diamond(n: int) -> Array:
    along = np.abs(np.arange(-n, n + 1))
    return np.add.outer(along, along) <= n


def disk(n: int) -> Array:
    along = np.arange(-n, n + 1) ** 2
    return np.add.outer(along, along) <= n * n


def _tissue(im: Array) -> Array:
    return (im > 32) & ~(im > 64)


# --- NumPy -----------------------------------------------------------------------------------------------------------


def numpy_range(im: Array) -> Call:
    return lambda: (im > 32) & ~(im > 64)


def numpy_range_plainly(im: Array) -> Call:
    return lambda: (im > 32) & (im <= 64)


def numpy_where(im: Array) -> Call:
    return lambda: np.where(im > 64, im, 0)


def numpy_eight(a: Array, b: Array, c: Array) -> Call:
    return lambda: (
        (a > 0.375) & (a < 0.625) & (b > 0.4375) & (b < 0.75) & (c > 0.375) & (c < 0.625) & (a <= b) & (b <= c)
    )


def numpy_threshold(im: Array) -> Call:
    return lambda: im > 32


def numpy_of_floats(function: Callable[..., Array]) -> Way:
    """A function of images, integers as float64; it need not warn of infinities."""

    def way(**images: Array) -> Call:
        quiet = np.errstate(all="ignore")(function)
        return lambda: quiet(*(im.astype(np.float64, copy=False) for im in images.values()))

    return way


# --- SciPy -----------------------------------------------------------------------------------------------------------


def scipy_tissue(n: int) -> Way:
    def way(im: Array) -> Call:
        from scipy import ndimage

        return lambda: ndimage.binary_dilation(_tissue(im), iterations=n)

    return way


def scipy_dilated_volume(n: int) -> Way:
    def way(v: Array, t: float) -> Call:
        from scipy import ndimage

        return lambda: ndimage.binary_dilation(v > t, iterations=n)

    return way


def scipy_keep_largest(im: Array, t: float) -> Call:
    from scipy import ndimage

    def call() -> Array:
        labels, number = ndimage.label(im > t)
        sizes = np.bincount(labels.ravel(), minlength=number + 1)
        keep = np.zeros(number + 1, bool)
        keep[1 + sizes[1:].argmax()] = True
        return keep[labels]

    return call


def scipy_fill_holes(im: Array, t: float) -> Call:
    from scipy import ndimage

    return lambda: ndimage.binary_fill_holes(im > t)


def scipy_median(im: Array) -> Call:
    from scipy import ndimage

    return lambda: ndimage.median_filter(im, size=3)


def skimage_entropy(im: Array) -> Call:
    from skimage.filters import rank
    from skimage.morphology import disk

    return lambda: rank.entropy(im, disk(5))


def skimage_median_within(im: Array, m: Array) -> Call:
    from skimage.filters import rank

    mask, window = m.astype(np.uint8), np.ones((11, 11), np.uint8)
    return lambda: rank.median(im, window, mask=mask)


KERNEL = [[1, 4, 6, 4, 1], [2, 8, 12, 8, 2], [0, 0, 0, 0, 0], [-2, -8, -12, -8, -2], [-1, -4, -6, -4, -1]]


def scipy_correlate(im: Array) -> Call:
    from scipy import ndimage

    return lambda: ndimage.correlate(im, np.array(KERNEL), np.int16)


def skimage_canny(im: Array) -> Call:
    from skimage import feature

    return lambda: feature.canny(im, 2, 25.5, 51)


def scipy_grey_square(n: int) -> Way:
    def way(im: Array) -> Call:
        from scipy import ndimage

        return lambda: ndimage.grey_dilation(im, size=2 * n + 1)

    return way


def scipy_taxicab(im: Array, t: float) -> Call:
    from scipy import ndimage

    return lambda: ndimage.distance_transform_cdt(im > t, "taxicab").astype(np.float64)


def scipy_nearest(im: Array, t: float) -> Call:
    from scipy import ndimage

    def call() -> Array:
        labels = ndimage.label(im > t)[0]
        nearest = ndimage.distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
        return np.asarray(labels[tuple(nearest)])

    return call


# --- scikit-image ----------------------------------------------------------------------------------------------------


def skimage_tissue(n: int) -> Way:
    def way(im: Array) -> Call:
        from skimage import morphology

        footprint = morphology.diamond(n)
        return lambda: morphology.dilation(_tissue(im), footprint)

    return way


def skimage_watershed(**more: Any) -> Way:
    def way(im: Array) -> Call:
        from skimage import segmentation

        return lambda: segmentation.watershed(im, **more)

    return way


def skimage_expand(n: int) -> Way:
    def way(lab: Array) -> Call:
        from skimage import segmentation

        return lambda: segmentation.expand_labels(lab, n)

    return way


def skimage_medial_axis(im: Array, t: float) -> Call:
    from skimage import morphology

    return lambda: morphology.medial_axis(im > t, rng=0)


def skimage_clear_border(im: Array, t: float) -> Call:
    from skimage import measure, segmentation

    return lambda: segmentation.clear_border(measure.label(im > t, connectivity=1), 9) > 0


def skimage_boundaries(lab: Array) -> Call:
    from skimage import segmentation

    return lambda: segmentation.find_boundaries(lab, connectivity=1, mode="inner")


def skimage_label(lab: Array) -> Call:
    from skimage import measure

    return lambda: measure.label(lab, connectivity=1)


def skimage_relabel(lab: Array) -> Call:
    """They are in scan order already, as it leaves them."""
    from skimage import segmentation

    return lambda: segmentation.relabel_sequential(lab)[0]


def skimage_maxima(im: Array) -> Call:
    from skimage import morphology

    return lambda: morphology.local_maxima(im)


def skimage_h_maxima(h: int) -> Way:
    def way(im: Array) -> Call:
        from skimage import morphology

        return lambda: morphology.h_maxima(im, h)

    return way


def skimage_area_opening(size: int) -> Way:
    def way(im: Array) -> Call:
        from skimage import morphology

        return lambda: morphology.area_opening(im, size)

    return way


def skimage_nuclei(im: Array) -> Call:
    """Holes are filled by SciPy's function, as in scikit-image's own examples: it has none for it."""
    from scipy import ndimage
    from skimage import filters, morphology, segmentation

    footprint = morphology.disk(3)

    def call() -> Array:
        # Its own default at the border is another one than SciPy's and ours.
        smooth = filters.gaussian(im, 2, mode="reflect", preserve_range=True)
        nuclei = morphology.opening(smooth > filters.threshold_otsu(smooth), footprint)
        return segmentation.clear_border(ndimage.binary_fill_holes(nuclei))

    return call


def skimage_colour(name: str, channel: int) -> Way:
    def way(im: Array) -> Call:
        from skimage import color

        convert = getattr(color, name)
        return lambda: convert(im)[..., channel]

    return way


def skimage_rolling_ball(radius: int) -> Way:
    def way(im: Array) -> Call:
        from skimage import restoration

        return lambda: restoration.rolling_ball(im, radius=radius)

    return way


# --- OpenCV ----------------------------------------------------------------------------------------------------------


def opencv_tissue_in_steps(n: int) -> Way:
    def way(im: Array) -> Call:
        import cv2

        cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
        return lambda: cv2.dilate(cv2.inRange(im, 33, 64), cross, iterations=n)

    return way


def opencv_tissue_at_once(n: int) -> Way:
    def way(im: Array) -> Call:
        import cv2

        kernel = diamond(n).astype(np.uint8)
        return lambda: cv2.dilate(cv2.inRange(im, 33, 64), kernel)

    return way


def opencv_disk(n: int) -> Way:
    def way(m: Array) -> Call:
        import cv2

        mask, kernel = m.view(np.uint8), disk(n).astype(np.uint8)
        return lambda: cv2.dilate(mask, kernel)

    return way


def _opencv_above(im: Array, t: float) -> Array:
    """`im > t` as OpenCV's mask; its regions and fills take 8 bits only."""
    import cv2

    if im.dtype == np.uint8:
        return np.asarray(cv2.threshold(im, t, 255, cv2.THRESH_BINARY)[1])
    return (im > t).view(np.uint8)


def opencv_close_at_border(n: int) -> Way:
    def way(im: Array, t: float) -> Call:
        import cv2

        kernel = np.ones((2 * n + 1, 2 * n + 1), np.uint8)
        return lambda: cv2.morphologyEx(_opencv_above(im, t), cv2.MORPH_CLOSE, kernel)

    return way


def opencv_close_square(n: int) -> Way:
    def way(im: Array, t: float) -> Call:
        import cv2

        kernel = np.ones((2 * n + 1, 2 * n + 1), np.uint8)

        def call() -> Array:
            # Without room around it OpenCV's closing takes what is beyond the border as on when it erodes.
            padded = cv2.copyMakeBorder(_opencv_above(im, t), n, n, n, n, cv2.BORDER_CONSTANT, value=0)
            return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[n:-n, n:-n])

        return call

    return way


def opencv_keep_largest(im: Array, t: float) -> Call:
    import cv2

    def call() -> Array:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(_opencv_above(im, t), connectivity=4)
        return np.asarray(labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax())

    return call


def opencv_fill_holes(im: Array, t: float) -> Call:
    """A flood from outside over the background; what it does not reach is filled."""
    import cv2

    def call() -> Array:
        flooded = cv2.copyMakeBorder(_opencv_above(im, t), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        cv2.floodFill(flooded, None, (0, 0), 2)
        return np.asarray(flooded[1:-1, 1:-1] != 2)

    return call


def opencv_median(im: Array) -> Call:
    import cv2

    return lambda: cv2.medianBlur(im, 3)


def opencv_grey_square(n: int) -> Way:
    def way(im: Array) -> Call:
        import cv2

        kernel = np.ones((2 * n + 1, 2 * n + 1), np.uint8)
        return lambda: cv2.dilate(im, kernel)

    return way


def opencv_clahe(clip: float) -> Way:
    def way(im: Array) -> Call:
        import cv2

        method = cv2.createCLAHE(clip, (8, 8))
        return lambda: method.apply(im)

    return way


# --- numexpr ---------------------------------------------------------------------------------------------------------


def numexpr_text(text: str) -> Way:
    def way(**inputs: Array) -> Call:
        import numexpr

        return lambda: numexpr.evaluate(text, local_dict=inputs)

    return way


def numexpr_narrow(text: str, **numbers: float) -> Way:
    """The text with its numbers given as float32: numexpr takes a number in the text as a double, and widens."""

    def way(**inputs: Array) -> Call:
        import numexpr

        everything = {**inputs, **{name: np.float32(value) for name, value in numbers.items()}}
        return lambda: numexpr.evaluate(text, local_dict=everything)

    return way


# --- mahotas ---------------------------------------------------------------------------------------------------------


def mahotas_tissue(n: int) -> Way:
    def way(im: Array) -> Call:
        import mahotas

        element = diamond(n)
        return lambda: mahotas.dilate(_tissue(im), element)

    return way


# --- DIPlib ----------------------------------------------------------------------------------------------------------


def diplib_tissue(n: int) -> Way:
    def way(im: Array) -> Call:
        import diplib

        image = diplib.Image(im)
        return lambda: diplib.BinaryDilation(diplib.RangeThreshold(image, 33, 64), connectivity=1, iterations=n)

    return way


def diplib_disk(n: int) -> Way:
    def way(m: Array) -> Call:
        import diplib

        # An element of the same offsets: a diameter of 2n + 1 in DIPlib's own terms is a rounder disk.
        mask, element = diplib.Image(m), diplib.SE(diplib.Image(disk(n)))
        return lambda: diplib.Dilation(mask, element)

    return way


# --- SimpleITK -------------------------------------------------------------------------------------------------------


def simpleitk_within(n: int) -> Way:
    """A ball by exact distances: SimpleITK's own ball of radius n is larger."""

    def way(v: Array, t: float) -> Call:
        import SimpleITK

        image = SimpleITK.GetImageFromArray(v)

        def call() -> Any:
            distance = SimpleITK.SignedMaurerDistanceMap(
                image > t, insideIsPositive=False, squaredDistance=True, useImageSpacing=False
            )
            return distance <= n * n

        return call

    return way


def simpleitk_ball(n: int) -> Way:
    def way(v: Array, t: float) -> Call:
        import SimpleITK

        image = SimpleITK.GetImageFromArray(v)
        return lambda: SimpleITK.BinaryDilate(image > t, [n] * v.ndim, SimpleITK.sitkBall)

    return way


# --- agreement -------------------------------------------------------------------------------------------------------


def simpleitk_hausdorff(a: Array, b: Array) -> Call:
    import SimpleITK

    images = [SimpleITK.GetImageFromArray(m.astype(np.uint8)) for m in (a, b)]
    measure = SimpleITK.HausdorffDistanceImageFilter()

    def call() -> float:
        measure.Execute(*images)
        return float(measure.GetHausdorffDistance())

    return call


def skimage_hausdorff(a: Array, b: Array) -> Call:
    from skimage.metrics import hausdorff_distance

    return lambda: hausdorff_distance(a, b)


def scipy_hausdorff_95(a: Array, b: Array) -> Call:
    from scipy.ndimage import binary_erosion, distance_transform_edt

    def call() -> Any:
        first, second = (m & ~binary_erosion(m) for m in (a, b))
        ways = distance_transform_edt(~second)[first], distance_transform_edt(~first)[second]
        return max(np.percentile(way, 95) for way in ways)

    return call


def _of_monai(name: str, **settings: Any) -> Way:
    def way(a: Array, b: Array) -> Call:
        import monai.metrics
        import torch

        images = [torch.as_tensor(m[np.newaxis, np.newaxis]) for m in (a, b)]
        return lambda: float(getattr(monai.metrics, name)(*images, **settings))

    return way


monai_hausdorff_95 = _of_monai("compute_hausdorff_distance", percentile=95)
monai_surface_distance = _of_monai("compute_average_surface_distance", symmetric=True)
monai_surface_dice = _of_monai("compute_surface_dice", class_thresholds=[1.0], include_background=True)


def medpy_hausdorff_95(a: Array, b: Array) -> Call:
    from medpy.metric import hd95

    return lambda: hd95(a, b)


def medpy_assd(a: Array, b: Array) -> Call:
    from medpy.metric import assd

    return lambda: assd(a, b)
