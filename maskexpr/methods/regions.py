"""Connected regions of whole masks, by way of their runs."""

from typing import Any

import numpy as np

from maskexpr.kernels import packed
from maskexpr.kernels import runs as kernel
from maskexpr.library.operators import compare
from maskexpr.library.regions import components as meaning
from maskexpr.library.thresholds import hysteresis as two_levels
from maskexpr.methods.method import Method, Place, runs
from maskexpr.steps import Step

_COST = 5.0  # of real images, whose regions have long runs
_WORD = "by runs of pixels"


_OF_ONE_MASK: dict[Any, Any] = {
    meaning.label.builtin: kernel.label,  # type: ignore[attr-defined]
    meaning.count.builtin: kernel.count,  # type: ignore[attr-defined]
    meaning.clear_border.builtin: kernel.clear_border,  # type: ignore[attr-defined]
    meaning.fill_holes.builtin: kernel.fill_holes,  # type: ignore[attr-defined]
}


@runs(*_OF_ONE_MASK)
def of_one_mask(step: Step) -> Method:
    operation = _OF_ONE_MASK[step.function]
    shape, connectivity = step.operands["m"].kind.shape, step.settings["connectivity"]
    return _whole(lambda words: operation(words, shape, connectivity))


@runs(meaning.keep_largest)
def keep_largest(step: Step) -> Method:
    shape, connectivity = step.kind.shape or (), step.settings["connectivity"]
    check = _bounds(step, "k")
    return _whole(lambda words, k: kernel.keep_largest(words, shape, connectivity, int(check(k))))


@runs(meaning.remove_small)
def remove_small(step: Step) -> Method:
    shape, connectivity = step.kind.shape or (), step.settings["connectivity"]
    check = _bounds(step, "size")

    def run(words: Any, size: Any) -> Any:
        least = check(size)
        return kernel.keep_sizes(
            words, shape, connectivity, lambda sizes: np.asarray(compare(">=", sizes, least), bool)
        )

    return _whole(run)


@runs(two_levels.hysteresis)
def hysteresis(step: Step) -> Method:
    """Both comparisons on whole images; their masks are only bits."""
    shape, connectivity = step.kind.shape or (), step.settings["connectivity"]

    def run(im: Any, low: Any, high: Any) -> Any:
        two_levels.check_order(low, high)
        strong = packed.pack(compare(">", im, high))
        weak = packed.pack(compare(">", im, low)) | strong
        return kernel.keep_hit(weak, strong, shape, connectivity)

    return _whole(run)


def _whole(operation: Any) -> Method:
    def run(given: Any, out: Any, place: Place) -> Any:
        return operation(*given)

    return Method(packed=run, whole=True, cost=_COST, word=_WORD)


def _bounds(step: Step, name: str) -> Any:
    """A check of a number that may depend on pixels."""
    assert step.function is not None
    parameter = step.function.parameter(name)
    assert parameter is not None

    def check(value: Any) -> Any:
        parameter.takes.check_number(value)
        return value

    return check
