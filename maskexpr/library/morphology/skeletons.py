"""Lines that tell the shape of a mask, or of each label."""

from typing import Annotated

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import MASK, SAME_REGIONS
from maskexpr.functions.parameters import Array, Axes, Mask, MaskOrLabels, Masks
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import one_of
from maskexpr.kernels import medial, thinning
from maskexpr.library import elements
from maskexpr.library.numbering import shrunk_each
from maskexpr.library.operators import PLANNED


def _check_plane(settings: Settings, around: Surroundings) -> None:
    if around.worked is not None and len(around.worked) != 2:
        mistake = messages.AXES_FLAT if around.ndim == 1 else messages.AXES_NUMBER
        raise Refused(mistake, "axes", function="medial_axis", wanted="two", count=len(around.worked))


Thinning = Annotated[str, one_of("homotopic", "zhang", "lee")]


def _check_axes(settings: Settings, around: Surroundings) -> None:
    if around.worked is None:
        return
    if len(around.worked) not in (2, 3):
        mistake = messages.AXES_FLAT if around.ndim == 1 else messages.AXES_NUMBER
        raise Refused(mistake, "axes", function="skeleton", wanted="two or three", count=len(around.worked))
    if settings["method"] == "zhang" and len(around.worked) == 3:
        raise Refused(messages.METHOD_OF_PLANES, "method", method="zhang", other="lee")


def _cost(settings: Settings, ndim: int) -> float:
    return 100 if len(elements.worked_axes(settings["axes"], ndim)) == 2 else 250


@function(gives=SAME_REGIONS, halo=WHOLE, cost=_cost, memory=50, border="outside the image is empty",
         check=_check_axes, total=True, keeps_empty=True)  # fmt: skip
def skeleton(m: MaskOrLabels, axes: Axes = None, method: Thinning = "homotopic") -> Array:
    """Thin a mask to lines one pixel wide that are connected as it is.

    As many regions, holes, cavities and tunnels are left as there were, whatever the mask; pixels count as connected by
    their corners, the background by faces. No pixel is left that could go without a change of these, unless it ends a
    line: it has one neighbour. The lines follow the order in which pixels are taken away: they need not lie exactly in
    the middle, and those of a turned image need not be the turned lines. `axes="yx"` thins a stack slice by slice. Of
    labels each is thinned by itself, as if there were no other.

    `method="homotopic"` goes through a plane by the passes of Zhang and Suen, through a volume by those of Lee, Kashyap
    and Chu, and looks at each pixel again before it goes. `"zhang"`, in planes only, equals scikit-image's
    `skeletonize(plane)`: it can eat a line two pixels wide along a diagonal. `"lee"` equals
    `skeletonize(m, method="lee")`, and so what `skeletonize(volume)` gives: in a volume it can lose a small region,
    open or close a hole, and eat a line two pixels wide.

    Border: outside the image the mask is empty.
    Errors: one axis, or more than three; "zhang" along three.
    Source: Zhang & Suen, A fast parallel algorithm for thinning digital patterns, 1984 (doi:10.1145/357994.358023);
    Lee, Kashyap & Chu, Building skeleton models via 3-D medial surface/axis thinning algorithms, 1994
    (doi:10.1006/cgip.1994.1042).

    >>> evaluate("skeleton(im > 0)", im=[[0, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 0]]).astype(int)
    array([[0, 0, 0, 0, 0, 0],
           [0, 1, 1, 1, 1, 0],
           [0, 0, 0, 0, 0, 0]])
    """
    worked = elements.worked_axes(axes, m.ndim)
    thin = thinning.thin_planes if len(worked) == 2 else thinning.thin_volumes
    if m.dtype != bool:
        return shrunk_each(m, axes, lambda own: thin(own, worked, method))
    return thin(m, worked, method)


_DISTANCES = "distances are to what is off in the image; lines end where the image does"


@function(gives=MASK, halo=WHOLE, cost=1500, memory=84, border=_DISTANCES, check=_check_plane, total=True,
         keeps_empty=True, without_data="split")  # fmt: skip
def medial_axis(m: Mask, axes: Axes = None) -> Masks:
    """The lines in the middle of a mask: the centres of the discs that fit into it, and what joins them.

    Pixels are taken away, those nearest to what is off first, unless they end a line or hold its pixels together, which
    are connected by faces and corners; so the lines lie where the distance to the outside is largest, with an arm to
    each corner. How far away the outside is there, half the width of the object, says
    `where(medial_axis(m), distance(m), 0)`. In planes; `axes="yx"` goes through a stack slice by slice. `skeleton`
    gives fewer arms, and lines of volumes.

    Of several pixels as near to the outside those with fewer neighbours go later, and else the first in scan order goes
    first, so that the result is always the same.

    Border: distances are to what is off in the image, so an object that the border cuts goes on there.
    Errors: other than two axes.
    Source: Blum, A transformation for extracting new descriptors of shape, 1967. Equals skimage.morphology.medial_axis,
    which decides ties by random numbers, if these are in rising order; its `return_distance` is distance(m).

    >>> evaluate("medial_axis(im > 0)", im=[[0] * 7, [0, 1, 1, 1, 1, 1, 0], [0, 1, 1, 1, 1, 1, 0],
    ...                                     [0, 1, 1, 1, 1, 1, 0], [0] * 7]).astype(int)
    array([[0, 0, 0, 0, 0, 0, 0],
           [0, 1, 0, 0, 0, 1, 0],
           [0, 0, 1, 1, 1, 0, 0],
           [0, 1, 0, 0, 0, 1, 0],
           [0, 0, 0, 0, 0, 0, 0]])
    """
    return _medial_axis(m, None, axes)


@function(name="medial_axis within", gives=MASK, halo=WHOLE, cost=1500, memory=84, catalogue=PLANNED, total=True,
         keeps_empty=True)  # fmt: skip
def medial_axis_within(m: Mask, within: Mask, axes: Axes) -> Masks:
    """The same where what lies outside another mask is no background."""
    return _medial_axis(m, within, axes)


def _medial_axis(m: Masks, within: Masks | None, axes: tuple[int, ...] | None) -> Masks:
    off = ~m if within is None else within & ~m
    kinds = np.where(m, np.uint8(2), off.view(np.uint8))

    def of_plane(plane: Array) -> Array:
        return medial.medial_axis(plane == 2, plane == 1).view(np.uint8)

    return elements.per_block(kinds, axes, of_plane).view(np.bool_)
