"""The smallest convex shape that holds a mask, or each label."""

from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused, Surroundings
from maskexpr.functions.gives import SAME_REGIONS
from maskexpr.functions.parameters import Array, Axes, MaskOrLabels
from maskexpr.functions.record import WHOLE, Settings, function
from maskexpr.kernels import hulls
from maskexpr.library import elements
from maskexpr.library.numbering import grown_each


def _check_axes(settings: Settings, around: Surroundings) -> None:
    if around.worked is not None and len(around.worked) > hulls.MOST_AXES:
        raise Refused(messages.AXES_NUMBER, "axes", function="hull", wanted="one to three", count=len(around.worked))


@function(gives=SAME_REGIONS, halo=WHOLE, cost=40, memory=20, check=_check_axes, total=True, transposes=True,
         keeps_empty=True, extensive=True)  # fmt: skip
def hull(m: MaskOrLabels, axes: Axes = None) -> Array:
    """The convex hull of all pixels of a mask together; of an empty mask an empty one.

    A pixel stands for the four points (six in a volume) half a pixel from its centre along each axis, and belongs to
    the hull if its centre lies in the hull of all these points, or on its edge. Spacing does not matter: a hull stays
    what it is when the image is stretched. The pixels of a hull stand for points beyond it in turn, so that the hull of
    a hull is larger: take it once. `axes="yx"` takes a hull of each slice of a stack.

    Of labels each has a hull of its own. Where these overlap, the pixels of a label stay with it, and a pixel of the
    background goes to the lowest number.

    Border: only pixels of the image count, and the hull does not go beyond it.
    Errors: more than three axes.
    Source: equals skimage.morphology.convex_hull_image, but for volumes of a single pixel, line or plane, where that
    gives nothing. In a plane all is exact; facets in a volume are those of Qhull (Barber, Dobkin & Huhdanpaa, The
    quickhull algorithm for convex hulls, 1996, doi:10.1145/235815.235821), and exact from there.

    >>> evaluate("hull(m)", m=np.array([[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]], bool)).astype(int)
    array([[1, 0, 0, 0],
           [1, 1, 1, 0],
           [1, 1, 1, 1]])
    """
    if m.dtype != bool:
        return grown_each(m, axes, lambda own: elements.per_block(own, axes, hulls.hull_mask))
    return elements.per_block(m, axes, hulls.hull_mask)
