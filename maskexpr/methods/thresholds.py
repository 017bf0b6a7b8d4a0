"""Thresholds from counts of values instead of sorted values."""

from typing import Any

from maskexpr.kernels import counts
from maskexpr.library.thresholds import levels as meaning
from maskexpr.methods.method import Method, Place, runs
from maskexpr.steps import Step


@runs(meaning.otsu)
def otsu(step: Step) -> Method | None:
    dtype = step.operands["im"].kind.dtype
    assert dtype is not None
    if dtype.kind in "iu" and dtype.itemsize > 2:
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        pixels = meaning.pixels_of(given[0], given[1] if len(given) > 1 else None)
        if pixels.dtype.kind in "iu":
            return meaning.level_of_values(*counts.count_values(pixels))
        edges = meaning.edges_of(pixels)
        return meaning.level_of_bins(edges, counts.count_bins(pixels, edges))

    return Method(run, whole=True, word="values counted")
