"""Filters of grey images."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from maskexpr.functions.settling import NAMED_SHAPES
from maskexpr.kernels import balls, boxes, entropies, slopes, smooth
from maskexpr.kernels.weights import line_reach
from maskexpr.library import elements
from maskexpr.library.filters import background, edges, lines, local_contrast
from maskexpr.library.filters import ranks as ordering
from maskexpr.library.filters import smoothing as meaning
from maskexpr.library.thresholds import local
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Bytes, Method, Place, Run, chunk, estimated, runs
from maskexpr.planner.methods.ranks import window_of
from maskexpr.program.steps import Step

_IN_TWO = 112  # bytes
_TO_FINISH = 41  # bytes of a pixel whose deviation is found
_AROUND = 32  # bytes of a pixel around an image that is smoothed


@runs(meaning.gaussian)
def gaussian(step: Step) -> Method:
    ndim, border = len(step.kind.shape or ()), step.settings["border"]
    sigmas, orders = meaning.sigmas(step.settings, ndim), meaning.orders(step.settings, ndim)
    dtype, mirrored = step.kind.dtype, border == "reflect" and not any(order % 2 for order in orders)

    def run(given: Any, out: Any, place: Place) -> Any:
        return smooth.gaussian(given[0], sigmas, dtype, out, orders, border, place.around)

    def memory(shape: tuple[int, ...]) -> float:
        return smooth.gaussian_bytes(shape, sigmas, dtype, mirrored) + chunk(shape)

    cost = meaning.gaussian_cost_of(step.settings, step.kind.shape or ())
    whole = _is_whole(step)
    return Method(run, memory=memory, cost=cost, whole=whole, fresh=whole, cuts=not whole, word="weighted sums of rows")


def _is_whole(step: Step) -> bool:
    """Whether a filter needs all of an image: one that goes on with the other side of it."""
    return bool(step.settings["border"] == "wrap")


_ACROSS = {edges.sobel: slopes.SOBEL, edges.scharr: slopes.SCHARR, edges.prewitt: slopes.PREWITT}


def _slopes(across: tuple[int, int]) -> Callable[[Step], Method | None]:
    def maker(step: Step) -> Method | None:
        if step.settings["axes"] is not None:
            return None
        axis, border, dtype = step.settings["axis"], step.settings["border"], step.kind.dtype

        def run(given: Any, out: Any, place: Place) -> Any:
            return slopes.edges(given[0], axis, dtype, out, across, border, place.around)

        return _differences(run, step)

    return maker


def _differences(run: Run, step: Step) -> Method:
    whole = _is_whole(step)
    return Method(
        run,
        memory=lambda shape: slopes.slopes_bytes(shape) + chunk(shape),
        whole=whole,
        fresh=whole,
        cuts=not whole,
        word="differences of rows",
    )


@runs(edges.laplace)
def laplace(step: Step) -> Method:
    axes = elements.worked_axes(step.settings["axes"], len(step.kind.shape or ()))
    border, dtype = step.settings["border"], step.kind.dtype

    def run(given: Any, out: Any, place: Place) -> Any:
        return slopes.laplace(given[0], axes, dtype, out, border, place.around)

    return _differences(run, step)


for _function, _across in _ACROSS.items():
    runs(_function)(_slopes(_across))


@takes(ordering.entropy)
def entropy_by_body(step: Step) -> Bytes:
    window, dtype = window_of(step), step.operands["im"].kind.dtype
    return lambda shape: entropies.entropies_bytes(shape, window, dtype)


@runs(meaning.mean_filter)
def means(step: Step) -> Method | None:
    """Of what counts in all windows alike."""
    settings = step.settings
    if "within" in step.operands or settings["border"] == "ignore":
        return None
    if settings.get("shape", "square") not in NAMED_SHAPES:
        return None
    window = window_of(step)
    return _over_boxes(step, window) if window.all() else None


@runs(local.niblack)
def niblack(step: Step) -> Method | None:
    window = window_of(step)

    def finish_for(step: Step, given: Any) -> boxes.Finish:
        k = dict(zip(step.operands, given, strict=True))["k"]

        def finish(sums: Any, squares: Any, out: Any) -> None:
            out[...] = local.niblack_threshold(*local.mean_and_deviation(sums, squares, window.shape), k)

        return finish

    return _over_boxes(step, window, finish_for)


@runs(local.sauvola)
def sauvola(step: Step) -> Method | None:
    window = window_of(step)

    def finish_for(step: Step, given: Any) -> boxes.Finish:
        named = dict(zip(step.operands, given, strict=True))
        k, r = named["k"], local.largest_deviation(named.get("r"), named["im"].dtype)

        def finish(sums: Any, squares: Any, out: Any) -> None:
            out[...] = local.sauvola_threshold(*local.mean_and_deviation(sums, squares, window.shape), k, r)

        return finish

    return _over_boxes(step, window, finish_for)


def _over_boxes(
    step: Step, window: Any, finish_for: Callable[[Step, Any], boxes.Finish] | None = None
) -> Method | None:
    """By sums over windows that are boxes; `finish_for` gives what makes results of them and of those of the squares,
    else the results are means."""
    squares = finish_for is not None
    im = list(step.operands).index("im")
    given_type, dtype, border = step.operands["im"].kind.dtype, step.kind.dtype, step.settings["border"]
    reaches = [n // 2 for n in window.shape]
    assert given_type is not None
    if any(n % 2 == 0 for n in window.shape) or not boxes.serves(given_type, step.kind.shape or (), reaches):
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        if finish_for is None:
            return boxes.means(given[im], reaches, dtype, out, border, place.around)
        finish = finish_for(step, given)
        return boxes.over_boxes(given[im], reaches, finish, dtype, out, border, place.around, squares)

    def memory(shape: tuple[int, ...]) -> float:
        finished = boxes.tile_pixels(shape, given_type, reaches, squares) if squares else 0
        return boxes.boxes_bytes(shape, given_type, reaches, squares) + chunk(shape) + _TO_FINISH * finished

    whole, exact = _is_whole(step), boxes.are_whole(given_type, squares)
    operations = sum(2.0 * ((2 * reach + 1).bit_length() if exact else reach + 1) for reach in reaches)
    return Method(
        run,
        memory=memory,
        cost=(5.0 if squares else 1.0) + operations * (2 if squares else 1),
        whole=whole,
        fresh=whole,
        cuts=not whole,
        word="sums over boxes" if exact else "sums over boxes, in their order",
    )


@takes(meaning.mean_filter, meaning.enough_in_windows, local.local_mean, local.niblack, local.sauvola)
def means_by_body(step: Step) -> Bytes:
    window, border = window_of(step), step.settings["border"]
    per_pixel = estimated(step.function.memory, step) if step.function else 0.0
    if "within" in step.operands or border == "ignore":
        per_pixel += 32  # counts, and what counts
    mode = "constant" if border == "ignore" else border
    dtype = step.operands["im"].kind.dtype if "im" in step.operands else None
    if dtype is not None and dtype.kind in "iu" and dtype.itemsize == 8:
        per_pixel += _IN_TWO  # sums of which no float holds each are taken of two halves
    made = 18.0 * window.size  # the window itself, which may be larger than the image
    return lambda shape: smooth.sums_bytes(shape, window, mode) + per_pixel * math.prod(shape) + made


@takes(lines.canny)
def canny_by_body(step: Step) -> Bytes:
    """Planes are smoothed one after another, each with as much around it as the weights reach."""
    assert step.function is not None
    per_pixel = estimated(step.function.memory, step)
    sigmas = meaning.sigmas(step.settings, step.kind.ndim or 0)

    def memory(shape: tuple[int, ...]) -> float:
        around = math.prod(n + 2 * line_reach(sigma, n) for n, sigma in zip(shape, sigmas, strict=True) if sigma)
        return per_pixel * math.prod(shape) + _AROUND * around

    return memory


@runs(background.rolling_ball)
def rolling_ball(step: Step) -> Method | None:
    """Windows of one length are made once for all the rows of a ball that are as long at some height."""
    radius, height, axes = (step.settings[name] for name in ("radius", "height", "axes"))
    dtype = step.kind.dtype
    assert dtype is not None
    if dtype.kind in "iu" and dtype.itemsize == 8:  # values and rises are to fit one type
        return None

    def run(given: Any, out: Any, place: Place) -> Any:
        return balls.lowest_tops(given[0], background.ball(radius, height, axes, given[0].shape), out)

    def memory(shape: tuple[int, ...]) -> float:
        return balls.memory(shape, background.ball(radius, height, axes, shape).shape)

    shape = step.kind.shape or ()
    tops = background.ball(radius, height, axes, shape)
    # What a ball reaches so far away from a pixel lies within the image for this share of the pixels.
    shares = np.ones(())
    for reached, n in zip(tops.shape, shape, strict=True):
        shares = np.multiply.outer(shares, 1 - np.arange(reached) / n)
    return Method(run, cost=3.0 * float(shares[np.isfinite(tops)].sum()), memory=memory, word="windows of rows")


@takes(local_contrast.clahe)
def clahe_by_body(step: Step) -> Bytes:
    assert step.kind.dtype is not None
    maps = 4 * step.settings["tiles"][1] * 2 ** (8 * step.kind.dtype.itemsize) * 4  # one row of tiles is being made
    per_pixel = estimated(step.function.memory, step) if step.function else 0.0
    return lambda shape: maps + per_pixel * math.prod(shape)
