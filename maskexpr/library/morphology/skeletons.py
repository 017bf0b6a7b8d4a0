"""Lines that tell the shape of a mask."""

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Axes, Mask, Masks
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kernels import thinning
from maskexpr.library import elements


def _check_axes(settings: Settings, around: Surroundings) -> None:
    if around.worked is not None and len(around.worked) not in (2, 3):
        mistake = messages.AXES_FLAT if around.ndim == 1 else messages.AXES_NUMBER
        raise Refused(mistake, "axes", function="skeleton", wanted="two or three", count=len(around.worked))


def _cost(settings: Settings, ndim: int) -> float:
    return 100 if len(elements.worked_axes(settings["axes"], ndim)) == 2 else 250


@function(gives=MASK, halo=WHOLE, cost=_cost, memory=50, border="outside the image is empty",
         check=_check_axes, total=True, keeps_empty=True)  # fmt: skip
def skeleton(m: Mask, axes: Axes = None) -> Masks:
    """Thin a mask to lines one pixel wide that are connected as it is.

    In a plane by the passes of Zhang and Suen, in a volume by those of Lee, Kashyap and Chu; `axes="yx"` thins a stack
    slice by slice. Pixels count as connected by their corners too. No region is torn and none joined, holes stay, and
    so do ends of lines; only in a volume a small round region can vanish whole. The lines follow the order in which
    pixels are taken away: they need not lie exactly in the middle, and those of a turned image need not be the turned
    lines.

    Border: outside the image the mask is empty.
    Errors: one axis, or more than three.
    Source: Zhang & Suen, A fast parallel algorithm for thinning digital patterns, 1984 (doi:10.1145/357994.358023);
    Lee, Kashyap & Chu, Building skeleton models via 3-D medial surface/axis thinning algorithms, 1994
    (doi:10.1006/cgip.1994.1042). Equals skimage.morphology.skeletonize, also where that departs from the first paper: a
    block of 2x2 does not vanish, and the pixel in the angle of a line that turns is taken away.

    >>> evaluate("skeleton(im > 0)", im=[[0, 1, 1, 1, 1, 0], [1, 1, 1, 1, 1, 1], [0, 1, 1, 1, 1, 0]]).astype(int)
    array([[0, 0, 0, 0, 0, 0],
           [0, 1, 1, 1, 1, 0],
           [0, 0, 0, 0, 0, 0]])
    """
    worked = elements.worked_axes(axes, m.ndim)
    return thinning.thin_planes(m, worked) if len(worked) == 2 else thinning.thin_volumes(m, worked)
