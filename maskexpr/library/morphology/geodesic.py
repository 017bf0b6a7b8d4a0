"""Growth that stays inside a mask, or under an image."""

from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import MASK, Gives, Kinds, like_grid, numeric_result
from maskexpr.functions.parameters import (
    Array,
    Axes,
    Connectivity,
    Mask,
    MaskOrImage,
    Masks,
    ReachOrNone,
    ResultKind,
    WorkType,
)
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import Distance
from maskexpr.kernels import sweeps
from maskexpr.kernels.stopping import pause
from maskexpr.kinds import ranges
from maskexpr.kinds.kind import BINARY_OR_GREY, Kind
from maskexpr.library import elements
from maskexpr.library.lazy import scipy
from maskexpr.library.operators import compute, widen

_ENDLESS = 2**31 - 1
_MOST_LISTED = 3**4  # neighbours, and the pixel itself
_INSIDE = "nothing comes in from outside the image"


def _neighbours(connectivity: int, axes: tuple[int, ...] | None, ndim: int) -> Masks:
    """The pixels that are joined to the one in their middle; one pixel wide along axes that are not worked on."""
    worked = elements.worked_axes(axes, ndim)
    joined: Masks = scipy.ndimage.generate_binary_structure(len(worked), connectivity)
    return joined.reshape([3 if axis in worked else 1 for axis in range(ndim)])


# --- growth by pixels ------------------------------------------------------------------------------------------------


def _steps(n: Distance | None, axes: tuple[int, ...] | None, ndim: int) -> int:
    """How many times to grow by a pixel: a length counts where all worked axes have pixels of one length."""
    return _ENDLESS if n is None else min(int(elements.in_pixels(n, elements.worked_axes(axes, ndim)).radius), _ENDLESS)


def _grow_halo(settings: Settings, ndim: int) -> tuple[int, ...]:
    n, axes = settings["n"], settings["axes"]
    worked = elements.worked_axes(axes, ndim)
    return tuple(_steps(n, axes, ndim) if axis in worked else 0 for axis in range(ndim))


def _check_length(settings: Settings, around: Surroundings) -> None:
    n, worked = settings["n"], around.worked
    if n is None or n.spacing is None or worked is None:
        return
    if elements.in_pixels(n, worked).spacing is not None:
        lengths = " x ".join(f"{float(n.spacing[axis]):g}" for axis in worked)
        raise Refused(messages.GROWTH_LENGTH, "n", spacing=lengths)


@function(gives=MASK, halo=_grow_halo, cost=25, memory=10, border=_INSIDE, check=_check_length, total=True,
         transposes=True)  # fmt: skip
def grow(seed: Mask, within: Mask, n: ReachOrNone, connectivity: Connectivity = 1, axes: Axes = None) -> Masks:
    """Grow a mask by n pixels, step by step, without leaving another.

    It begins with what `seed` and `within` have in common, and each of n times takes in the neighbours that lie in
    `within`, so that it goes around gaps and never across them. Neighbours are those by faces (`connectivity=1`, as a
    diamond grows) or by corners too (2 in a plane, 3 in a volume, as a square grows); `connectivity` and `axes` as for
    `label`. `n` is a number of pixels, or a length that is divided by the spacing; a fraction of a pixel does not
    count. `n=0` gives `seed & within`; `n=none` grows until nothing changes, as `reconstruct` does.

    Border: nothing comes in from outside the image.
    Errors: a negative n; a length without spacing, or where pixels are longer along one axis than along another; a
    connectivity that the number of axes does not have; masks of different shapes.
    Source: Lantuejoul & Beucher, On the use of the geodesic metric in image analysis, 1981; equals
    scipy.ndimage.binary_dilation(seed & within, iterations=n, mask=within). Given `seed` instead of `seed & within`,
    SciPy keeps what lies outside `within` and grows from it.

    >>> evaluate("grow(im == 2, im > 0, 2)", im=[[2, 1, 1, 1, 0, 1]]).astype(int)
    array([[1, 1, 1, 0, 0, 0]])
    """
    return _grown(seed & within, within, _steps(n, axes, seed.ndim), _neighbours(connectivity, axes, seed.ndim))


def _grown(start: Masks, within: Masks, steps: int, neighbours: Masks) -> Masks:
    """SciPy's dilation, to which 0 times means until nothing changes. It lists all neighbours of what changed, which
    may be thousands of each along many axes."""
    if not steps:
        return start
    if np.count_nonzero(neighbours) > _MOST_LISTED:
        return _grown_at_once(start, within, steps, neighbours)
    return np.asarray(scipy.ndimage.binary_dilation(start, neighbours, iterations=steps % _ENDLESS, mask=within))


def _grown_at_once(start: Masks, within: Masks, steps: int, neighbours: Masks) -> Masks:
    """The same of all pixels in each step; without end by the regions that the start is in."""
    if steps == _ENDLESS:
        regions, count = scipy.ndimage.label(within, neighbours)
        held = np.zeros(count + 1, bool)
        held[regions[start]] = True
        return np.asarray(held[regions] & within)
    moves = [move for move in elements.neighbours_of(neighbours) if elements.overlaps(start.shape, move)]
    for _ in range(steps):
        grown = start.copy()
        for move in moves:
            pause()
            target, origin = elements.shifted(start.shape, move)
            grown[target] |= start[origin]
        grown &= within
        if np.array_equal(grown, start):
            break
        start = grown
    return start


# --- reconstruction --------------------------------------------------------------------------------------------------


def _reconstruct_kind(kinds: Kinds) -> Kind:
    arrays = {name: kinds[name] for name in ("seed", "within")}
    names = {kind.name for kind in arrays.values()}
    if names == {"mask"}:
        return like_grid("mask", arrays, np.bool_)
    if "mask" in names:
        raise Refused(messages.RECONSTRUCT_MIXED, "within", **{name: kind.name for name, kind in arrays.items()})
    return numeric_result(arrays, ranges.minimum)


_RECONSTRUCTED = Gives(BINARY_OR_GREY, _reconstruct_kind)


@function(gives=_RECONSTRUCTED, halo=WHOLE, cost=200, memory=lambda settings, ndim: 8.0 * ndim + 80,
         border=_INSIDE, total=True, transposes=True, without_data="grey")  # fmt: skip
def reconstruct(
    seed: MaskOrImage,
    within: MaskOrImage,
    connectivity: Connectivity = 1,
    axes: Axes = None,
    *,
    kind: ResultKind,
    work: WorkType,
) -> Any:
    """Grow a seed inside a mask, or under an image, until nothing changes.

    This is morphological reconstruction by dilation. Of two masks it gives the regions of `within` that hold a pixel of
    `seed`. Of two images it does so at every level of grey at once: a pixel gets the highest value that a path from any
    pixel can bring along, where a path carries no more than the seed at its start and no more than `within` anywhere on
    it. So `reconstruct(im - 20, im)` levels the peaks of an image that rise by up to 20, and keeps the shape of all
    else. `connectivity` and `axes` as for `label`.

    Where the seed is above `within`, `within` counts, as a seed outside of a mask does not count. Integers take the
    smallest type that holds the result, floating images keep their type. Where either image is nan, so is the result,
    and nothing passes through.

    Border: nothing comes in from outside the image.
    Errors: a mask and an image together; a connectivity that the number of axes does not have; images of different
    shapes.
    Source: Vincent, Morphological grayscale reconstruction in image analysis, 1993 (doi:10.1109/83.217222); equals
    skimage.morphology.reconstruction, which refuses a seed above `within` and joins by corners unless told otherwise.

    >>> evaluate("reconstruct(im - 2, im)", im=[[1, 9, 3, 5, 4, 5]])
    array([[1, 7, 3, 3, 3, 3]], dtype=int8)
    """
    neighbours = _neighbours(connectivity, axes, seed.ndim)
    if kind.name == "mask":
        return _grown(seed & within, within, _ENDLESS, neighbours)
    start: Array = compute(min, np.minimum, kind, work, seed, within)
    if kind.range is not None:  # what is above all of the start does not matter, and need not fit the type
        limit = np.minimum(widen(within, work), kind.range.high).astype(kind.dtype)
        return sweeps.reconstruction(start, limit, elements.neighbours_of(neighbours))
    missing = np.isnan(start)
    start, limit = (np.where(missing, -np.inf, a).astype(kind.dtype) for a in (start, within))
    result = sweeps.reconstruction(start, limit, elements.neighbours_of(neighbours))
    result[missing] = np.nan
    return result + 0  # -0.0 becomes 0.0: which of two zeros NumPy takes depends on their order
