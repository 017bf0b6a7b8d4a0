"""Medians and other ranks of windows."""

import math
from typing import Any

import numpy as np

from maskexpr.functions.settling import NAMED_SHAPES
from maskexpr.kernels import counted_ranks, ranks, smooth
from maskexpr.library import elements
from maskexpr.library.filters import ranks as ordering
from maskexpr.library.filters import smoothing as meaning
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Bytes, Method, Place, runs
from maskexpr.program.steps import Step

_WORTH_OPENCV = 2**20  # pixels: smaller images are done before it is imported


@runs(ordering.median_filter, ordering.rank_filter)
def of_windows(step: Step) -> Method | None:
    """A network of minima and maxima, or of large windows counts of pixels; for medians of large squares and of large
    planes OpenCV, which gives the same, where it is installed."""
    if step.settings["shape"] not in NAMED_SHAPES or meaning.is_counted(step.settings):
        return None
    window = window_of(step)
    by_network = ranks.serves(step.kind.dtype, window)
    if _is_for_opencv(step, window, by_network):
        return _by_opencv(step, window)
    if by_network:
        return _by_network(step, window)
    return _by_counts(step, window) if counted_ranks.serves(step.kind.dtype, window) else None


def _by_network(step: Step, window: Any) -> Method:
    rank, border, is_whole = _rank(step, window), step.settings["border"], _is_whole(step)

    def memory(shape: tuple[int, ...]) -> int:
        return ranks.by_network_bytes(shape, rank, window, step.kind.dtype)

    return Method(
        lambda given, out, place: ranks.by_network(given[0], rank, window, out, border, place.around),
        cost=float(len(ranks.network(rank, window).steps)),
        memory=memory,
        whole=is_whole,
        fresh=is_whole,
        cuts=not is_whole,
        word="a network of minima and maxima",
    )


def _by_counts(step: Step, window: Any) -> Method:
    rank, border, is_whole, dtype = _rank(step, window), step.settings["border"], _is_whole(step), step.kind.dtype
    return Method(
        lambda given, out, place: counted_ranks.by_counts(given[0], rank, window, out, border),
        cost=counted_ranks.nanoseconds(step.kind.shape or (), window, dtype),
        memory=lambda shape: counted_ranks.by_counts_bytes(shape, window, dtype),
        whole=is_whole,
        fresh=is_whole,
        word="pixels of windows counted",
    )


def _rank(step: Step, window: Any) -> int:
    size = int(np.count_nonzero(window))
    return int(step.settings["rank"]) % size if "rank" in step.settings else size // 2


def _is_for_opencv(step: Step, window: Any, by_network: bool) -> bool:
    pixels = math.prod(step.kind.shape or ())
    if "rank" in step.settings or not (pixels >= _WORTH_OPENCV or not by_network or ranks.opencv_is_there()):
        return False
    return ranks.opencv_serves(step.kind.dtype, window)


def _by_opencv(step: Step, window: Any) -> Method:
    reach, border, is_whole = window.shape[-1] // 2, step.settings["border"], _is_whole(step)

    def run(given: Any, out: Any, place: Place) -> Any:
        return ranks.median_by_opencv(given[0], reach, border, out, place.around)

    return Method(
        run,
        whole=is_whole,
        fresh=is_whole,
        cuts=not is_whole,
        left=not ranks.rivals_opencv(reach),
        cost={1: 0.1, 2: 1.0}.get(reach, 30.0),  # small windows are sorted, others counted
        memory=lambda shape: ranks.opencv_bytes(shape, reach, step.kind.dtype),
        word="OpenCV",
    )


def _is_whole(step: Step) -> bool:
    """Whether all of an image is needed: where it goes on with the other side of it."""
    return bool(step.settings["border"] == "wrap")


@takes(ordering.median_filter, ordering.rank_filter, ordering.percentile_filter)
def ranks_by_body(step: Step) -> Bytes:
    element, window, dtype = step.settings["shape"], window_of(step), step.kind.dtype
    assert dtype is not None
    again = 0 if element in NAMED_SHAPES else 3 * dtype.itemsize  # a pattern's results, to see when they repeat
    if not meaning.is_counted(step.settings):
        return lambda shape: ranks.ranked_bytes(shape, window, dtype) + again * math.prod(shape)
    # How many count, the ranks that follow, and of each which are there.
    return lambda shape: (
        ranks.ranked_bytes(shape, window, dtype)
        + smooth.sums_bytes(shape, window, "constant")
        + (40 + 2 * dtype.itemsize) * math.prod(shape)
    )


def window_of(step: Step) -> Any:
    """The pixels of a window, of a square where the function has no shape."""
    n, axes = step.settings["n"], step.settings["axes"]
    return elements.footprint(n, step.settings.get("shape", "square"), axes, len(step.kind.shape or ()))
