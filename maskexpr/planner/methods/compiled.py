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
from maskexpr.library.colour import channels
from maskexpr.library.filters import contrast, ranks, smoothing
from maskexpr.library.measures import agreement, masks, statistics
from maskexpr.library.morphology import elementary as morphology
from maskexpr.library.morphology import geodesic, skeletons
from maskexpr.library.operators import COMPARISONS
from maskexpr.library.pixelwise import choices, elementary
from maskexpr.library.regions import components, distances, extremes, keeping, measuring, peaks, watersheds
from maskexpr.library.thresholds import classes, histograms, hysteresis, levels, local
from maskexpr.planner.methods.elementary import ROUNDED_ONCE
from maskexpr.planner.methods.method import Method, Place, Run, most_pixels, operations_of
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
    contrast.normalize: 0.7,
    contrast.rescale: 1.0,
    contrast.equalize: 1.0,
    elementary.absolute_difference: 0.1,
    choices.between: 0.1,
    choices.where: 0.1,
    channels.hue: 9.0,
    channels.saturation: 3.5,
    channels.gray: 3.5,
    channels.value: 0.5,
    channels.red: 0.2,
    channels.green: 0.2,
    channels.blue: 0.2,
    channels.channel: 0.2,
    channels.band: 0.2,
    masks.area: 0.01,
    masks.fraction: 0.01,
    masks.bbox: 0.05,
    agreement.dice_of_pixels: 0.15,
    agreement.iou_of_pixels: 0.15,
    statistics.sum_: 0.2,
    statistics.mean: 0.2,
    statistics.std: 0.5,
    statistics.histogram: 0.5,
    statistics.median: 0.5,
    statistics.percentile: 0.5,
    levels.mean_threshold: 0.2,
    levels.otsu: 0.5,
    levels.yen: 0.5,
    levels.isodata: 0.5,
    levels.li: 0.5,
    histograms.triangle: 0.5,
    histograms.valley: 0.5,
    classes.multiotsu: 0.5,
    classes.multiotsu_thresholds: 0.5,
    smoothing.gaussian: 8.0,
    smoothing.mean_filter: 3.0,
    local.niblack: 6.0,
    local.sauvola: 6.0,
    **dict.fromkeys((components.label, components.count, components.clear_border, components.at), 2.0),
    **dict.fromkeys((components.keep_largest, components.remove_small, components.remove_large), 2.0),
    **dict.fromkeys((components.fill_holes, hysteresis.hysteresis, geodesic.grow), 2.0),
    peaks.peaks: 1.0,
    ranks.percentile_filter: 20.0,
    ranks.entropy: 200.0,
}
# Of those only where their kernels do it: by tables, and as a product, powers are faster.
_ROUNDED_ONCE: Mapping[Any, float] = {
    elementary.exp: 7.0,
    elementary.log: 8.0,
    elementary.log2: 8.0,
    elementary.log10: 8.0,
    elementary.sin: 11.0,
    elementary.cos: 11.0,
    elementary.tan: 15.0,
    elementary.arctan2: 14.0,
    elementary.hypot: 4.0,
}
OF_ROUNDED: Mapping[Function, float] = {
    OPERATORS["**"]: 12.0,
    **{function.record: gain for function, gain in _ROUNDED_ONCE.items()},
}
# The same an operation, of those whose operations depend on what is asked for.
_OF_OPERATIONS: Mapping[Any, float] = {
    keeping.keep: 0.4,
    measuring.measure: 0.4,
    ranks.median_filter: 0.1,
    ranks.rank_filter: 0.1,
}
GAINS: Mapping[Function, float] = {function.record: gain for function, gain in _GAINS.items()}
OF_OPERATIONS: Mapping[Function, float] = {function.record: gain for function, gain in _OF_OPERATIONS.items()}
_ELEMENTARY: tuple[Any, ...] = (morphology.dilate, morphology.erode, morphology.open_, morphology.close)
_BITS: tuple[Any, ...] = (*_ELEMENTARY, choices.between)
OF_BITS = {*(function.record for function in _BITS), *(OPERATORS[symbol] for symbol in COMPARISONS)}
_OF_BITS = 0.05
OF_EXTREMES = {function.record for function in _ELEMENTARY}
_OF_EXTREMES = 0.02  # of images: an operation, too
_CONVERSION = 0.05  # of putting a mask into bits, or taking it from there


def with_compiled(step: Step, method: Method) -> Method:
    """The method, by compiled kernels as soon as that is worth it."""
    gain = _gain(step, method)
    is_of_bits = step.function in OF_BITS and method.packed is not None
    of_bits = _OF_BITS * (method.cost or 1.0) if is_of_bits else gain
    if not choosing.is_allowed() or (gain is None and of_bits is None):
        return method
    plain, packed, pixels = method.plain, method.packed, 1e-9 * most_pixels(step)
    if plain is not None and gain is not None:
        plain = _switched(plain, plain, gain * pixels)
    if packed is not None and of_bits is not None:
        by_numpy = in_turns(packed) if method.brief else packed  # what is compiled need not wait
        packed = _switched(by_numpy, packed, of_bits * pixels)
    return replace(method, plain=plain, packed=packed, gains=max(gain or 0.0, of_bits or 0.0) * pixels)


def _gain(step: Step, method: Method) -> float | None:
    """Nanoseconds a pixel, where there are kernels for a step."""
    function = step.function
    assert function is not None
    if method.left:
        return None
    if function in OF_OPERATIONS:
        return OF_OPERATIONS[function] * (method.cost or operations_of(step))
    if function in OF_EXTREMES and step.kind.name == "image":
        return _OF_EXTREMES * (method.cost or 1.0)
    if method.word == ROUNDED_ONCE:
        return OF_ROUNDED.get(function)
    return GAINS.get(function)


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
