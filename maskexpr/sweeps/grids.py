"""Which values are tried together: all of a grid, or some that fill it evenly."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError
from maskexpr.sweeps.axes import Axis

MOST = 10_000  # runs in all, of values on images, that a person waits for unasked
MOST_IN_PYTHON = 10_000_000  # whoever calls knows how long that takes, but it is to end
_DRAWN = 64  # times as many as are wanted are drawn before the rest is given up


@dataclass(frozen=True, slots=True)
class Grid:
    """Values of params that are tried together: of each axis the place of its value, in the order they are tried."""

    axes: tuple[Axis, ...]
    places: tuple[tuple[int, ...], ...]
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def swept(self) -> tuple[Axis, ...]:
        """The params that take more than one value."""
        return tuple(axis for axis in self.axes if axis.is_swept)

    @property
    def params(self) -> list[dict[str, Any]]:
        """The params of each run."""
        return [self.values(i) for i in range(len(self.places))]

    def values(self, index: int) -> dict[str, Any]:
        """The params of one run."""
        pairs = zip(self.axes, self.places[index], strict=True)
        return {axis.name: axis.settings[place].value for axis, place in pairs}

    def texts(self, index: int) -> dict[str, str]:
        """How a program writes them."""
        pairs = zip(self.axes, self.places[index], strict=True)
        return {axis.name: axis.settings[place].text for axis, place in pairs}

    @property
    def is_sampled(self) -> bool:
        """Whether these are not all that there are."""
        return len(self.places) < math.prod(len(axis.settings) for axis in self.axes)

    @property
    def says(self) -> str:
        """How many there are of what: "441 runs: 21 of low x 21 of high"."""
        count = len(self.places)
        runs = f"{count:,} {'run' if count == 1 else 'runs'}"
        if self.is_sampled:
            return f"{runs}: samples of {', '.join(axis.name for axis in self.swept)}"
        swept = [f"{len(axis.settings):,} of {axis.name}" for axis in self.swept]
        return f"{runs}: {' x '.join(swept)}" if len(swept) > 1 else runs


def grid_of(axes: Sequence[Axis], images: int, *, samples: int | None, seed: int, most: int = MOST) -> Grid:
    """All values with all others, the last one changing soonest; or so many samples of them."""
    axes = tuple(axes)
    count = math.prod(len(axis.settings) for axis in axes)
    if samples is not None and not 0 < samples <= most:
        raise InputError(messages.SWEEP_SAMPLES.anywhere(count=samples, most=most))
    if samples is not None and samples < count:
        _check_size(samples, images, most)
        return Grid(axes, tuple(_sampled(axes, samples, seed)))
    _check_size(count, images, most)
    said = []
    if samples is not None and samples > count:
        said.append(messages.SWEEP_FEWER.anywhere(count=count, wanted=samples))
    return Grid(axes, tuple(itertools.product(*(range(len(axis.settings)) for axis in axes))), tuple(said))


def _check_size(count: int, images: int, most: int) -> None:
    if count * images > most:
        offered = min(200, max(1, most // images))
        fields = {"count": count * images, "images": images, "most": most, "samples": offered}
        raise InputError(messages.SWEEP_LARGE.anywhere(**fields))


def _sampled(axes: Sequence[Axis], wanted: int, seed: int) -> list[tuple[int, ...]]:
    """So many different combinations of more that there are."""
    found: dict[tuple[int, ...], None] = {}
    for point in itertools.islice(_points(len(axes), seed, wanted), _DRAWN * wanted):
        pairs = zip(point, (len(axis.settings) for axis in axes), strict=True)
        place = tuple(min(int(at * count), count - 1) for at, count in pairs)
        found[place] = None
        if len(found) == wanted:
            return [*found]
    # They keep falling on the same: nearly all that there are, are wanted.
    for place in itertools.product(*(range(len(axis.settings)) for axis in axes)):
        found[place] = None
        if len(found) == wanted:
            break
    return [*found]


def _points(dimensions: int, seed: int, at_once: int) -> Iterator[Sequence[float]]:
    """Halton's points, scrambled (doi:10.1007/BF01386213, arXiv:1706.02808): any number of them fills the cube evenly,
    where Sobol's want a power of two."""
    from scipy.stats import qmc  # only where something is sampled: it takes long to import

    source = np.random.default_rng(seed)  # of a bare number the two ways to give it make different points
    try:
        engine = qmc.Halton(dimensions, scramble=True, rng=source)
    except TypeError:  # before SciPy 1.15
        engine = qmc.Halton(dimensions, scramble=True, seed=source)
    while True:
        yield from engine.random(at_once).tolist()
