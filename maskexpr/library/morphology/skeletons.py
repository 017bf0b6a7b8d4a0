"""Lines that tell the shape of a mask, or of each label."""

from typing import Annotated

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import SAME_REGIONS
from maskexpr.functions.parameters import Array, Axes, MaskOrLabels
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.functions.settling import one_of
from maskexpr.kernels import thinning
from maskexpr.library import elements
from maskexpr.library.numbering import shrunk_each

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
