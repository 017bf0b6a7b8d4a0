"""How far the surfaces of two masks are apart."""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import NUMBER
from maskexpr.functions.parameters import Array, Mask, Masks, Percent, PixelSpacing, Reach
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import exact, one_of
from maskexpr.kernels.distances import farthest_square, in_unit, squares_between, whole_lengths
from maskexpr.kernels.sums import exact_sum
from maskexpr.kernels.surfels import sizes, surfels
from maskexpr.kinds.ranges import Bounds
from maskexpr.library.measures.masks import LengthUnit, bounding_box, check_unit, pixel_steps
from maskexpr.library.measures.statistics import percentile

_ELEMENTS = "surface-distance"
_MEASURED = NUMBER.bounded(lambda kinds: Bounds(0, math.inf))


def _check(settings: Settings, around: Surroundings) -> None:
    if "unit" in settings:
        check_unit(settings, around)
    if settings["method"] == _ELEMENTS and around.ndim not in (None, 2, 3):
        raise Refused(messages.SURFACE_AXES, "method", ndim=around.ndim)


def _memory(settings: Settings, ndim: int) -> float:
    """Distances of all pixels, one way at a time; elements have a place, a size and a distance beside them."""
    return 16.0 * ndim + 88 if settings["method"] == _ELEMENTS else 12.0 * ndim + 40


# --- functions -------------------------------------------------------------------------------------------------------


@function(gives=_MEASURED, halo=WHOLE, cost=150, memory=_memory, check=_check, without_data="both")
def hausdorff(
    a: Mask,
    b: Mask,
    q: Percent = 100,
    unit: LengthUnit = "px",
    method: Annotated[str, one_of("pixels", "monai", "medpy", _ELEMENTS)] = "pixels",
    *,
    spacing: PixelSpacing,
) -> float:
    """How far two masks are apart at most: their Hausdorff distance.

    That is the largest distance from a pixel of one to the nearest pixel of the other, Euclidean and between pixel
    centres. With `q` below 100 it is that percentile of the distances in place of the largest, as in the HD95, so that
    a few stray pixels do not count; by which pixels are taken, and how both ways become one, is the `method`:

    - "pixels": of all pixels of both, the larger of two percentiles, one over the pixels of `a` and one over those of
      `b`, each as `percentile` gives it. Pixels that the masks share are at distance 0.
    - "monai": the same of the pixels of their surfaces alone, which is `hausdorff(boundary(a), boundary(b), q)`: those
      that have an off neighbour along an axis, be it outside the image.
    - "medpy": of these, one percentile of the distances both ways together.
    - "surface-distance": the surfaces are elements half-way between pixels, each with its length or area, as DeepMind's
      package has them; the larger of two percentiles that weigh each distance by its element, without interpolation.

    `unit="px"` counts pixels and ignores the spacing; "mm" and "um" use the spacing of each axis. Two empty masks are
    at distance 0, an empty one and another at inf.

    Errors: masks of different shapes; a `q` outside 0..100; a physical unit where the spacing is unknown;
    "surface-distance" of other than two or three axes.
    Source: Huttenlocher, Klanderman & Rucklidge, Comparing images using the Hausdorff distance, 1993
    (doi:10.1109/34.232073); equals skimage.metrics.hausdorff_distance and GetHausdorffDistance of SimpleITK's
    HausdorffDistanceImageFilter; monai.metrics.compute_hausdorff_distance, which gives float32, nan for empty masks,
    and the largest for a percentile of 0; medpy.metric.hd and hd95, which refuse empty ones;
    surface_distance.compute_robust_hausdorff.

    >>> evaluate("hausdorff(im > 1, im > 2)", im=[[3, 2, 2, 2, 1]])
    3.0
    >>> evaluate('hausdorff(im > 1, im > 2, 50, method="medpy")', im=[[3, 2, 2, 2, 1]])
    1.0
    """
    if not (a.any() and b.any()):
        return math.inf if a.any() or b.any() else 0.0
    steps = pixel_steps(unit, spacing, a.ndim)
    if q == 100 and method != _ELEMENTS:
        return _farthest(a, b, steps, method)
    there, back = _ways(a, b, steps, method)
    if method == _ELEMENTS:
        return max(there.weighted_percentile(q), back.weighted_percentile(q))
    if method == "medpy":
        return float(percentile(np.concatenate([there.distances, back.distances]), q))
    return float(max(percentile(side.distances, q) for side in (there, back)))


@function(gives=_MEASURED, halo=WHOLE, cost=150, memory=_memory, check=_check, without_data="both")
def surface_distance(
    a: Mask,
    b: Mask,
    unit: LengthUnit = "px",
    method: Annotated[str, one_of("monai", "medpy", "medpy-0.4", "simpleitk", _ELEMENTS)] = "monai",
    *,
    spacing: PixelSpacing,
) -> float:
    """How far the surfaces of two masks are apart on average: the average symmetric surface distance.

    The surface of a mask are its pixels that have an off neighbour along an axis, be it outside the image, as
    `boundary(m)`. From each of them the distance to the nearest one of the other mask is taken, Euclidean and between
    pixel centres. By `method`:

    - "monai", and as well "medpy": the mean of all distances both ways together, as it is mostly defined.
    - "medpy-0.4", as in older versions: the mean of two means, one of each way. They differ where the surfaces have
      different numbers of pixels.
    - "simpleitk": the mean of two means, too, but over all pixels of the masks instead of surfaces; those that the
      masks share are at distance 0.
    - "surface-distance": the mean of two means over the elements of both surfaces, as for `hausdorff`, which weigh each
      distance by its element.

    `unit="px"` counts pixels and ignores the spacing; "mm" and "um" use the spacing of each axis. Two empty masks are
    at distance 0, an empty one and another at inf.

    Errors: masks of different shapes; a physical unit where the spacing is unknown; "surface-distance" of other than
    two or three axes.
    Source: Heimann et al., Comparison and evaluation of methods for liver segmentation from CT datasets, 2009
    (doi:10.1109/TMI.2009.2013851); equals monai.metrics.compute_average_surface_distance(symmetric=True), which gives
    float32, and nan for empty masks; medpy.metric.assd, which refuses empty ones; GetAverageHausdorffDistance of
    SimpleITK's HausdorffDistanceImageFilter; the mean of what surface_distance.compute_average_surface_distance gives.

    >>> evaluate("surface_distance(im > 1, im > 2)", im=[[3, 2, 2, 2, 1]])
    1.2
    """
    if not (a.any() and b.any()):
        return math.inf if a.any() or b.any() else 0.0
    points = "pixels" if method == "simpleitk" else method
    there, back = _ways(a, b, pixel_steps(unit, spacing, a.ndim), points)
    if method in ("monai", "medpy"):
        return exact_sum(np.concatenate([there.distances, back.distances])) / int(there.whole + back.whole)
    return (there.mean() + back.mean()) / 2


@function(gives=NUMBER.within(0, 1), halo=WHOLE, cost=150, memory=_memory, check=_check, without_data="both")
def surface_dice(
    a: Mask,
    b: Mask,
    tolerance: Reach,
    method: Annotated[str, one_of("monai", _ELEMENTS)] = "monai",
) -> float:
    """How well the surfaces of two masks agree: the share of both within a tolerance of the other one, from 0 to 1.

    Also known as the normalized surface dice. `tolerance` is a number of pixels, which ignores the spacing, or a length
    such as 2mm; what is just so far away is within it, exactly. By `method`:

    - "monai": of the pixels of both surfaces, as for `surface_distance`, the share that has one of the other within
      the tolerance.
    - "surface-distance": of the elements of both, half-way between pixels, as for `hausdorff`; each counts by its
      length or area.

    Two empty masks agree: 1. An empty one and another do not: 0.

    Errors: masks of different shapes; a length where the spacing is unknown; "surface-distance" of other than two or
    three axes.
    Source: Nikolov et al., Clinically applicable segmentation of head and neck anatomy for radiotherapy, 2021
    (doi:10.2196/26151); equals monai.metrics.compute_surface_dice, which gives nan for two empty masks, and
    surface_distance.compute_surface_dice_at_tolerance, too; both compare rounded distances.

    >>> evaluate("surface_dice(im > 1, im > 2, 1)", im=[[3, 2, 2, 2, 1]])
    0.6
    """
    if not (a.any() and b.any()):
        return float(not (a.any() or b.any()))
    steps = list(tolerance.spacing or [Fraction(1)] * a.ndim)
    sides = _ways(a, b, steps, method)
    return float(Fraction(sum(side.within(tolerance.radius) for side in sides), sum(side.whole for side in sides)))


# --- ways from one to the other --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """The distances from what there is of one mask to the nearest of another, as squares of whole numbers of a unit;
    and if these are elements of a surface the kind of each, and how large each kind is."""

    squares: Array
    unit: Fraction
    kinds: Array | None = None
    sizes: Sequence[Fraction] = ()

    @property
    def distances(self) -> Array:
        return in_unit(np.sqrt(self.squares.astype(np.float64)), self.unit)

    @property
    def whole(self) -> Any:
        """How much there is: a number, or the size of all elements."""
        return self._size(slice(None))

    def mean(self) -> float:
        """The mean distance; of elements each counts by its size."""
        distances = self.distances
        if self.kinds is not None:
            distances *= np.array([float(size) for size in self.sizes])[self.kinds]
        return exact_sum(distances) / float(self.whole)

    def within(self, radius: Fraction) -> Any:
        """How much of it is so near."""
        return self._size(self.squares <= math.floor((radius / self.unit) ** 2))

    def _size(self, part: Any) -> Any:
        if self.kinds is None:
            return self.squares[part].size
        counts = np.bincount(self.kinds[part]).tolist()
        return sum(count * size for count, size in zip(counts, self.sizes, strict=False) if count)

    def weighted_percentile(self, q: float) -> float:
        """The first distance by which the size of the elements is so much of that of all."""
        assert self.kinds is not None
        order = np.argsort(self.squares, kind="stable")
        sorted_ = _Way(self.squares[order], self.unit, self.kinds[order].astype(np.intp), self.sizes)
        wanted = exact(q) / 100 * self.whole
        place = bisect.bisect_left(range(1, len(order)), wanted, key=lambda n: sorted_._size(slice(n)))
        return float(sorted_.distances[place])


def _ways(a: Masks, b: Masks, steps: list[Fraction], method: str) -> tuple[_Way, _Way]:
    """Both ways between two masks, of which neither is empty."""
    if method == _ELEMENTS:
        return _between_surfels(*_cropped(a, b), steps)
    a, b = _compared(a, b, method)
    lengths, unit = whole_lengths(steps)
    return _Way(_squares(a, b, lengths), unit), _Way(_squares(b, a, lengths), unit)


def _cropped(a: Masks, b: Masks) -> tuple[Masks, Masks]:
    box = bounding_box(a | b)
    return a[box], b[box]


def _compared(a: Masks, b: Masks, method: str) -> tuple[Masks, Masks]:
    """The pixels that are compared by a method, in the smallest box around them."""
    a, b = _cropped(a, b)
    return (a, b) if method == "pixels" else (_surface(a), _surface(b))


def _squares(a: Masks, b: Masks, lengths: list[int]) -> Array:
    """The squares of the distances from the pixels of one to the nearest of the other, those at 0 last."""
    points, others = _apart(a, b)
    shared = np.zeros(np.count_nonzero(a) - points.shape[1], np.int64)
    return np.concatenate([squares_between(points, others, lengths, a.shape), shared])


def _farthest(a: Masks, b: Masks, steps: list[Fraction], method: str) -> float:
    """The largest distance both ways."""
    a, b = _compared(a, b, method)
    lengths, unit = whole_lengths(steps)
    ways = (_apart(a, b), _apart(b, a))
    square = max(farthest_square(*way, lengths, a.shape) if way[0].size else 0 for way in ways)
    return float(in_unit(np.sqrt(np.array(square, np.float64)), unit))


def _apart(a: Masks, b: Masks) -> tuple[Array, Array]:
    """The pixels of one that the other has not, and those of the other that may be nearest to them."""
    return np.stack(np.nonzero(a & ~b)), np.stack(np.nonzero(_surface(b)))


def _surface(m: Masks) -> Masks:
    """The pixels that have an off neighbour along an axis; outside a mask is empty."""
    inner = m.copy()
    for axis in range(m.ndim):
        lines, inside = np.moveaxis(m, axis, 0), np.moveaxis(inner, axis, 0)
        inside[1:] &= lines[:-1]
        inside[:-1] &= lines[1:]
        inside[[0, -1]] = False
    surface: Masks = m & ~inner
    return surface


def _between_surfels(a: Masks, b: Masks, steps: list[Fraction]) -> tuple[_Way, _Way]:
    lengths, unit = whole_lengths(steps)
    (places, kinds), (others, other_kinds) = surfels(a), surfels(b)
    of_kind, shape = sizes(steps), [n + 1 for n in a.shape]
    return (
        _Way(squares_between(places, others, lengths, shape), unit, kinds, of_kind),
        _Way(squares_between(others, places, lengths, shape), unit, other_kinds, of_kind),
    )
