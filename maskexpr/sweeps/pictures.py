"""A sweep as a curve, a map, or a curve for each param."""

import math

import numpy as np

from maskexpr.display.pictures.landscapes import Landscape, Scale, curves, landscape
from maskexpr.display.pictures.rendering import Raster
from maskexpr.sweeps.axes import Axis
from maskexpr.sweeps.reporting import number, said_of_best, said_of_defaults
from maskexpr.sweeps.tried import Tried

_LEAST_BINS = 4  # in which samples are gathered
_PLOT, _STRIP = (560, 760), (280, 760)  # heights and widths


def landscapes(tried: Tried) -> list[Landscape]:
    """What there is to be drawn: one of one or two params, else a profile of each."""
    swept = [i for i, axis in enumerate(tried.grid.axes) if axis.is_swept]
    if len(swept) <= 2:
        return [_over(tried, swept, tried.goal)]
    return [_over(tried, [i], f"{tried.goal}, the best with any values of the others") for i in swept]


def is_profiled(tried: Tried) -> bool:
    """Whether there are too many params for one picture."""
    return len(tried.grid.swept) > 2


def raster(tried: Tried) -> Raster:
    """All of it in one picture."""
    found = landscapes(tried)
    return landscape(found[0], _PLOT) if len(found) == 1 else curves(found, _STRIP)


def _over(tried: Tried, axes: list[int], title: str) -> Landscape:
    """The best score at each place of some params."""
    grid = tried.grid
    room = max(_LEAST_BINS, math.isqrt(len(grid.places)) if len(axes) > 1 else len(grid.places) // 2)
    bins = [_bins(grid.axes[i], room if grid.is_sampled else len(grid.axes[i].settings)) for i in axes]
    scores = np.full([len(scale.texts) for scale, _ in bins], np.nan)
    places = tuple(
        np.array([places[i] for places in grid.places]) // factor for i, (_, factor) in zip(axes, bins, strict=True)
    )
    better = np.fmax if tried.higher else np.fmin
    better.at(scores, places, tried.known)
    best = tuple(grid.places[tried.index][i] // factor for i, (_, factor) in zip(axes, bins, strict=True))
    found = [grid.axes[i].place(tried.defaults[grid.axes[i].name]) for i in axes]
    default = tuple((at + 0.5) / factor - 0.5 for at, (_, factor) in zip(found, bins, strict=True) if at is not None)
    fits = len(default) == len(axes)
    says = (f"best {said_of_best(tried)}: {number(tried.score)}", f"defaults {said_of_defaults(tried)}: ")
    said = (says[0], says[1] + number(tried.default_score))
    scales = tuple(scale for scale, _ in bins)
    return Landscape(title, scales, scores, best, default if fits else None, tried.higher, said)


def _bins(axis: Axis, room: int) -> tuple[Scale, int]:
    """The places of a param, some of them together where there are more than so many."""
    factor = -(-len(axis.settings) // room)
    texts = tuple(setting.text for setting in axis.settings[::factor])
    return Scale(axis.name, texts, axis.is_ordered), factor
