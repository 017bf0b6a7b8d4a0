"""Gaussians by SciPy, with weights that are the same on every machine."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.ndimage

from maskexpr.kernels.weights import gaussian_weights


def by_scipy(im: np.ndarray[Any, Any], sigma: float | Sequence[float]) -> np.ndarray[Any, Any]:
    """scipy.ndimage.gaussian_filter by the exact weights: tests of those compare them with mpmath's."""
    result = im if im.dtype.kind == "f" else im.astype(np.float64)
    for axis, its_sigma in enumerate(np.broadcast_to(sigma, im.ndim).tolist()):
        half = gaussian_weights(its_sigma)
        weights = np.concatenate([half[:0:-1], half])
        result = scipy.ndimage.correlate1d(result, weights, axis, output=result.dtype, mode="reflect")
    return result
