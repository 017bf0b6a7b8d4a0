"""Which steps run by compiled kernels where there are some: the one place that says so.

A kernel stands in by its name, `choosing` sees to when. Here is what there is to gain by it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from maskexpr.functions.record import Function
from maskexpr.kernels import choosing
from maskexpr.kernels.threads import in_turns
from maskexpr.library import OPERATORS
from maskexpr.library.morphology import elementary as morphology
from maskexpr.library.morphology import geodesic, skeletons
from maskexpr.library.operators import COMPARISONS
from maskexpr.library.pixelwise import choices
from maskexpr.library.regions import distances, extremes, peaks, watersheds
from maskexpr.planner.methods.method import Method, Place, Run, most_pixels
from maskexpr.program.steps import Step

# Nanoseconds a pixel that a step is shorter, at least, on images that are usual; of masks as bits, an operation.
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
    peaks.peaks: 1.0,
}
GAINS: Mapping[Function, float] = {function.record: gain for function, gain in _GAINS.items()}
_BITS: tuple[Any, ...] = (
    *(morphology.dilate, morphology.erode, morphology.open_, morphology.close),
    choices.between,
)
OF_BITS = {*(function.record for function in _BITS), *(OPERATORS[symbol] for symbol in COMPARISONS)}
_OF_BITS = 0.05
_CONVERSION = 0.05  # of putting a mask into bits, or taking it from there


def with_compiled(step: Step, method: Method) -> Method:
    """The method, by compiled kernels as soon as that is worth it."""
    assert step.function is not None
    if not choosing.is_allowed():
        return method
    if step.function in OF_BITS and method.packed is not None:
        gains = 1e-9 * _OF_BITS * (method.cost or 1.0) * most_pixels(step)
        by_numpy = in_turns(method.packed) if method.brief else method.packed  # what is compiled need not wait
        return replace(method, packed=_switched(by_numpy, method.packed, gains), gains=gains)
    gain = GAINS.get(step.function)
    if gain is None or method.plain is None:
        return method
    gains = 1e-9 * gain * most_pixels(step)
    return replace(method, plain=_switched(method.plain, method.plain, gains), gains=gains)


def conversion(run: Run, step: Step) -> Run:
    """What puts a mask into another form, in the same way."""
    return _switched(run, run, 1e-9 * _CONVERSION * most_pixels(step))


def _switched(run: Run, other: Run, gains: float) -> Run:
    """A run by NumPy, or another by compiled kernels."""
    compiled = choosing.with_compiled(other)

    def chosen(given: Any, out: Any, place: Place) -> Any:
        # Of all strips the first counts.
        is_worth = choosing.is_worth(0.0 if place.start else gains)
        return (compiled if is_worth else run)(given, out, place)

    return chosen
