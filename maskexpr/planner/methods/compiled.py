"""Which steps run by compiled kernels where there are some: the one place that says so.

A kernel stands in by its name, `choosing` sees to when. Here is what there is to gain by it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from maskexpr.functions.record import Function
from maskexpr.kernels import choosing
from maskexpr.library.morphology import geodesic, skeletons
from maskexpr.library.regions import distances, extremes, watersheds
from maskexpr.planner.methods.method import Method, Place, Run, most_pixels
from maskexpr.program.steps import Step

# Nanoseconds a pixel that a step is shorter, at least, on images that are usual.
_GAINS: Mapping[Any, float] = {
    geodesic.reconstruct: 40.0,
    extremes.h_maxima: 40.0,
    extremes.h_minima: 40.0,
    watersheds.watershed: 200.0,
    watersheds.split: 150.0,
    distances.distance: 80.0,
    distances.signed_distance: 160.0,
    distances.nearest: 100.0,
    skeletons.skeleton: 10.0,
}
GAINS: Mapping[Function, float] = {function.record: gain for function, gain in _GAINS.items()}


def with_compiled(step: Step, method: Method) -> Method:
    """The method, by compiled kernels as soon as that is worth it."""
    assert step.function is not None
    gain = GAINS.get(step.function)
    if gain is None or not choosing.is_allowed():
        return method
    gains = 1e-9 * gain * most_pixels(step)
    plain, packed = (run and _switched(run, gains) for run in (method.plain, method.packed))
    return replace(method, plain=plain, packed=packed, gains=gains)


def _switched(run: Run, gains: float) -> Run:
    compiled = choosing.with_compiled(run)

    def chosen(given: Any, out: Any, place: Place) -> Any:
        # Of all strips the first counts.
        is_worth = choosing.is_worth(0.0 if place.start else gains)
        return (compiled if is_worth else run)(given, out, place)

    return chosen
