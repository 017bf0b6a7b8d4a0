"""Morphology of labels, of all at once. Of masks and images it is as it was."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.functions.settling import NAMED_SHAPES
from maskexpr.kernels import expansion, grey, thinning
from maskexpr.kernels.colouring import colours
from maskexpr.library import elements
from maskexpr.library.morphology import elementary as meaning
from maskexpr.library.morphology import skeletons
from maskexpr.library.numbering import numbered
from maskexpr.library.regions import components
from maskexpr.planner.methods import morphology
from maskexpr.planner.methods.bodies import takes
from maskexpr.planner.methods.method import Array, Bytes, Method, Place, per_pixel, runs
from maskexpr.program.steps import Step

_WORD = "all labels at once"
_OF_DISTANCES = 12  # times as long takes a disk as a diamond of its reach, where distances are computed first
_MANY = expansion.FEW_OFFSETS


@runs(meaning.dilate)
def dilate(step: Step) -> Method | None:
    return _dilate(step) if _of_labels(step) else morphology.dilate(step)


@runs(meaning.erode)
def erode(step: Step) -> Method | None:
    return _erode(step) if _of_labels(step) else morphology.erode(step)


@runs(meaning.open_)
def open_(step: Step) -> Method | None:
    return _open(step) if _of_labels(step) else morphology.open_(step)


@runs(meaning.close)
def close(step: Step) -> Method | None:
    return None if _of_labels(step) else morphology.close(step)


@runs(meaning.boundary)
def boundary(step: Step) -> Method | None:
    if not _of_labels(step) or not _is_named(step):
        return None
    return _plain(lambda m: (m > 0) & (_eroded(m, step) == 0), 32, step, is_padded=True)


def _of_labels(step: Step) -> bool:
    return step.operands["m"].kind.name == "labels"


def _is_named(step: Step) -> bool:
    return step.settings["shape"] in NAMED_SHAPES


def _plain(operation: Any, memory: float, step: Step, *, is_padded: bool = False) -> Method:
    """An operation on labels, in so many bytes a pixel; of those that are padded with what it reaches, too."""

    def run(given: Any, out: Any, place: Place) -> Any:
        return operation(given[0])

    halo = elements.halo(step.settings, step.kind.ndim or 0)

    def padded(shape: tuple[int, ...]) -> float:
        # What reaches across the image is not worked on.
        return memory * math.prod(n + 2 * min(reach, n) for n, reach in zip(shape, halo, strict=True))

    return Method(run, fresh=True, cost=8.0 * (1 + sum(reach.bit_length() for reach in halo)),
                  memory=padded if is_padded else per_pixel(memory), word=_WORD)  # fmt: skip


# --- growth ----------------------------------------------------------------------------------------------------------


def _dilate(step: Step) -> Method | None:
    n, shape, axes = (step.settings[name] for name in ("n", "shape", "axes"))
    extent = step.kind.shape or ()
    worked = elements.worked_axes(axes, len(extent))
    if shape == "disk":
        squares, halo = elements.scaled_squares(n, worked), elements.halo(step.settings, len(extent))
        is_wide = math.prod(2 * min(reach, size) + 1 for reach, size in zip(halo, extent, strict=True)) > _MANY
        grown = _plain(lambda m: expansion.by_distance(m, worked, *squares), 70 + 50 * len(extent), step)
        return replace(grown, cost=(grown.cost or 1) * _OF_DISTANCES) if is_wide else grown
    n = elements.in_pixels(n, worked)
    if shape not in ("diamond", "square") or n.spacing is not None:
        return None
    element = elements.element(n, shape, axes, len(extent), extent)
    moves = [move for move in elements.offsets(element.footprint) if any(move)]
    return _plain(lambda m: expansion.by_steps(m, moves, element.times), 40 + 8 * len(moves), step)


# --- erosion ---------------------------------------------------------------------------------------------------------


def _erode(step: Step) -> Method | None:
    return _plain(lambda m: _eroded(m, step), 32, step, is_padded=True) if _is_named(step) else None


def _open(step: Step) -> Method | None:
    """Of two labels that were eroded no two meet when they are grown again."""
    return (
        _plain(lambda m: _extreme(_eroded(m, step), step, np.maximum), 32, step, is_padded=True)
        if _is_named(step)
        else None
    )


def _eroded(labels: Array, step: Step) -> Array:
    """Where the lowest and the highest number under the element are one; outside there is 0."""
    if step.settings["border"] == "ignore":
        least, most = (_extreme(labels, step, ufunc) for ufunc in (np.minimum, np.maximum))
        return np.where(least == most, least, np.int32(0))
    reaches = elements.halo(step.settings, labels.ndim)
    if any(2 * reach >= size for reach, size in zip(reaches, labels.shape, strict=True) if reach):
        return np.zeros_like(labels)  # nothing is so large
    padded = np.pad(labels, [(reach, reach) for reach in reaches])
    inside = tuple(slice(reach, reach + size) for reach, size in zip(reaches, labels.shape, strict=True))
    least, most = (_extreme(padded, step, ufunc)[inside] for ufunc in (np.minimum, np.maximum))
    return np.where(least == most, least, np.int32(0))


def _extreme(labels: Array, step: Step, ufunc: Any) -> Array:
    """The extreme under a named element of the pixels that lie inside."""
    n, shape, axes = (step.settings[name] for name in ("n", "shape", "axes"))
    worked = elements.worked_axes(axes, labels.ndim)
    n = elements.in_pixels(n, worked)
    if shape == "square":
        return grey.extreme_of_square(labels, [n.reach(a) if a in worked else 0 for a in range(labels.ndim)], ufunc)
    if shape == "diamond" and n.spacing is None:
        return grey.extreme_of_diamond(labels, int(n.radius), worked, ufunc)
    footprint = elements.footprint(n, shape, axes, labels.ndim, labels.shape)
    return grey.extreme_of_footprint(labels, footprint, ufunc)


# --- lines and zones -------------------------------------------------------------------------------------------------


@runs(skeletons.skeleton)
def skeleton(step: Step) -> Method | None:
    """Labels that do not touch are thinned together, as what is taken from one follows from its own pixels."""
    if not _of_labels(step):
        return None
    axes, method = step.settings["axes"], step.settings["method"]
    worked = elements.worked_axes(axes, step.kind.ndim or 0)
    thin = thinning.thin_planes if len(worked) == 2 else thinning.thin_volumes

    def run(given: Any, out: Any, place: Place) -> Any:
        labels = given[0]
        numbers, count = numbered(labels, axes)
        colour_of, most = colours(numbers, count, worked)
        result, painted = np.zeros_like(labels), colour_of.astype(np.int32)[numbers]
        for colour in range(1, most + 1):
            lines = thin(painted == colour, worked, method)
            result[lines] = labels[lines]
        return result

    return Method(run, whole=True, fresh=True, cost=500, memory=per_pixel(90), word=_WORD)


@takes(components.label)
def _of_numbers(step: Step) -> Bytes | None:
    """Where each pixel may be a region of its own."""
    return None if step.operands["m"].kind.name == "mask" else per_pixel(120)


@takes(components.remove_small, components.remove_large, components.keep_largest)
def _of_sizes(step: Step) -> Bytes | None:
    """The same: what is counted of each region, and the numbers of pixels as they are looked up."""
    return None if step.operands["m"].kind.name == "mask" else per_pixel(60)
