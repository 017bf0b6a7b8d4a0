"""What OpenCV computes fast, and the same but for the last bits: where it is installed, and only when asked for."""

from typing import Any

import numpy as np

from maskexpr.kernels import opencv
from maskexpr.library.filters import smoothing
from maskexpr.library.regions import distances
from maskexpr.planner.methods.method import Maker, Method, Place
from maskexpr.program.steps import Step

_WORD = "OpenCV, the same but for the last bits"


def gaussian(step: Step) -> Method | None:
    """Sums in another order, in strips as well as whole."""
    dtype, shape = step.kind.dtype, step.kind.shape or ()
    sigmas, reaches = smoothing.sigmas(step.settings, len(shape)), smoothing.gaussian_halo(step.settings, len(shape))
    if len(shape) != 2 or dtype == np.float16:
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        cv2 = opencv.usable()
        size = tuple(2 * reach + 1 for reach in reversed(reaches))
        im = given[0].astype(dtype, copy=False)
        # 1e-9 where an axis is left as it is: 0 would ask OpenCV to choose.
        widths = [max(sigma, 1e-9) for sigma in reversed(sigmas)]
        return cv2.GaussianBlur(im, size, widths[0], dst=out, sigmaY=widths[1], borderType=cv2.BORDER_REFLECT)

    return Method(run, word=_WORD)


def distance(step: Step) -> Method | None:
    """Distances in single precision."""
    shape = step.kind.shape or ()
    settings = step.settings
    plain = {"unit": "px", "border": "image", "axes": None, "metric": "euclidean"}
    if len(shape) != 2 or any(settings[name] != value for name, value in plain.items()):
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        cv2 = opencv.usable()
        if given[0].all():
            return np.full(shape, np.inf)
        mask = np.ascontiguousarray(given[0]).view(np.uint8)
        return cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)

    return Method(run, whole=True, word=_WORD)


_MAKERS: dict[Any, Maker] = {
    smoothing.gaussian.record: gaussian,  # type: ignore[attr-defined]
    distances.distance.record: distance,  # type: ignore[attr-defined]
}


def nearly(step: Step) -> Method | None:
    """How OpenCV runs a step, if it is installed and has it."""
    maker = _MAKERS.get(step.function)
    return maker(step) if maker and opencv.usable() is not None else None
