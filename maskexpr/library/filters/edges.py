"""Filters that find edges: derivatives of grey images."""

import numpy as np

from maskexpr.arguments import Array, Axis, Image, ResultKind
from maskexpr.builtin import FLOAT_IMAGE, builtin
from maskexpr.lazy import scipy
from maskexpr.library.filters.smoothing import REFLECTED


@builtin(gives=FLOAT_IMAGE, halo=lambda settings, ndim: (1,) * ndim, cost=lambda settings, ndim: 8.0 * ndim * ndim,
         memory=lambda settings, ndim: 8.0 * (ndim + 2), border=REFLECTED)  # fmt: skip
def sobel(im: Image, axis: Axis = None, *, kind: ResultKind) -> Array:
    """The strength of edges: the size of the gradient by Sobel's kernels, over the square root of the number of axes.

    With `axis="x"`, "y" or "z" the signed derivative along that axis instead, positive where the image grows with the
    coordinate; an image of one axis gives that in any case. The kernels are the difference f(x+1) - f(x-1) along one
    axis, twice the slope, smoothed by [1 2 1] / 4 along the others. Values are on the image's own scale, where
    scikit-image divides those of uint8 by 255. Integers give float64, floating images keep their type and are computed
    in float64; nan and inf spread by one pixel.

    Border: the image is reflected at its border: d c b a | a b c d | d c b a.
    Errors: an axis the image does not have.
    Source: as skimage.filters.sobel.

    >>> evaluate("sobel(im, axis=\\"x\\")", im=[[0, 10, 20, 30]])
    array([[10., 20., 20., 10.]])
    """
    work = im.astype(np.float64)
    axes = range(im.ndim) if axis is None else [axis]
    gradients = [scipy.ndimage.sobel(work, a, mode="reflect") / 4 ** (im.ndim - 1) for a in axes]
    edges = gradients[0] if len(gradients) == 1 else np.sqrt(sum(g * g for g in gradients)) / np.sqrt(im.ndim)
    return np.asarray(edges.astype(kind.dtype, copy=False))
