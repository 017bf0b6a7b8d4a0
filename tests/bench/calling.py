"""What a call costs on small images: ours beside the NumPy or SciPy that a person would write, in turn.

CPU time, which other work on the machine disturbs least; one thread does all at these sizes.
"""

import argparse
import math
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from images import Images, smooth_noise
from scipy import ndimage
from works import WORKS

import maskexpr

Array = np.ndarray[Any, Any]
Call = Callable[[], Any]

SIDES = (64, 256, 512)
SHORTEST_SAMPLE = 0.02  # seconds


@dataclass(frozen=True)
class Row:
    """A program and the same by hand, of the inputs by the names that both use; `wanted` ratios by side."""

    expression: str
    by_hand: Callable[..., Any]
    more: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ("im",)
    wanted: dict[int, float] = field(default_factory=dict)


def largest(im: Array) -> Array:
    regions, count = ndimage.label(im > 64)
    if not count:
        return regions > 0
    sizes = np.bincount(regions.ravel())
    sizes[0] = 0
    return np.asarray(regions == sizes.argmax())


def three(im: Array) -> tuple[Any, ...]:
    a, b = im > 32, im > 64
    return a, b, np.count_nonzero(a & ~b)


ROWS = (
    Row("(im > 32) & ~(im > 64)", lambda im: (im > 32) & ~(im > 64), wanted={64: 0.6}),
    Row("area(im > 64)", lambda im: np.count_nonzero(im > 64), wanted={256: 0.5}),
    Row("param t = 32; im > t", lambda im, t: im > t, {"t": 64}, wanted={256: 0.5}),
    Row("input t: number; im > t", lambda im, t: im > t, {"t": 64}, wanted={256: 0.5}),
    Row("input t: number; im > t ", lambda im, t: im > t, {"t": 64.5}),
    Row("mean(im)", lambda im: im.mean()),
    Row("max(im)", lambda im: im.max()),
    Row("where(im > 64, im, 0)", lambda im: np.where(im > 64, im, 0)),
    Row("im * 2 + 1", lambda im: im.astype(np.uint16) * 2 + 1),
    Row("(im - mean(im)) / 10", lambda im: (im - im.mean()) / 10),
    Row("f / 255 > 0.3", lambda f: f / 255 > 0.3, inputs=("f",)),
    Row("output a = im > 32; output b = im > 64; output n = area(a & ~b)", three),
    Row("m & (im > 80)", lambda im, m: m & (im > 80), inputs=("im", "m")),
    Row("area(m)", lambda m: np.count_nonzero(m), inputs=("m",)),
    Row("input lab: labels; lab == 3", lambda lab: lab == 3, inputs=("lab",)),
    Row("input rgb: colour; red(rgb) > 64", lambda rgb: rgb[..., 0] > 64, inputs=("rgb",)),
    Row("turned > 64", lambda turned: turned > 64, inputs=("turned",)),
    Row("dilate(im > 32, 2)", lambda im: ndimage.binary_dilation(im > 32, iterations=2)),
    Row("label(im > 64)", lambda im: ndimage.label(im > 64)[0]),
    Row("count(im > 64)", lambda im: ndimage.label(im > 64)[1]),
    Row("keep_largest(im > 64)", largest),
    Row("gaussian(im, 2)", lambda im: ndimage.gaussian_filter(im, 2, output=float)),
    Row("median_filter(im, 1)", lambda im: ndimage.median_filter(im, 3)),
    Row("distance(im > 64)", lambda im: ndimage.distance_transform_edt(im > 64)),
)


def inputs(side: int) -> dict[str, Array]:
    im = smooth_noise((side, side), 3, 200, seed=4).astype(np.uint8)
    return {
        "im": im,
        "f": im.astype(np.float32),
        "m": im > 64,
        "lab": ndimage.label(im > 80)[0].astype(np.int32),
        "rgb": np.dstack([im, im[::-1], im.T]).copy(),
        "turned": np.asfortranarray(im),
    }


def microseconds(calls: list[Call], rounds: int, shortest: float = SHORTEST_SAMPLE) -> list[float]:
    """The median CPU time of each of some calls, measured in turn."""
    repeats = [max(1, round(shortest / max(_sample(call, 1), 1e-7))) for call in calls for _ in range(2)][1::2]
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, count, samples in zip(calls, repeats, seconds, strict=True):
            samples.append(_sample(call, count))
    return [1e6 * statistics.median(samples) for samples in seconds]


def _sample(call: Call, count: int) -> float:
    call()
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


def rows(sides: tuple[int, ...], rounds: int, shortest: float = SHORTEST_SAMPLE) -> Iterator[str]:
    """A line for each row and side, and the geometric mean of the ratios of each side."""
    for side in sides:
        given, ratios = inputs(side), []
        for row in ROWS:
            own = {name: given[name] for name in row.inputs} | row.more
            program = maskexpr.compile(row.expression)
            ours, theirs = microseconds(
                [lambda: program(**own), lambda: row.by_hand(**own)],  # noqa: B023 - called here
                rounds,
                shortest,
            )
            ratios.append(theirs / ours)
            wanted = f"  wanted {row.wanted[side]}" if side in row.wanted else ""
            yield f"{row.expression.strip():64} {side:4} {ours:9.2f} us {theirs:9.2f} us  {theirs / ours:6.2f}{wanted}"
        yield f"{'geometric mean':64} {side:4} {'':27}{_geometric_mean(ratios):6.2f}"


class Tiny(Images):
    """Images of 64x64."""

    @property
    def side(self) -> int:
        return 128  # of which some rows take a half

    def cut(self, value: Any) -> Any:
        return value[tuple(slice(64) for _ in value.shape[:2])].copy() if isinstance(value, np.ndarray) else value


def works(rounds: int, shortest: float = SHORTEST_SAMPLE) -> Iterator[str]:
    """A line for each row of the table at 64x64, and the geometric mean."""
    images, found = Tiny(), []
    for work in WORKS:
        given = {name: images.cut(value) for name, value in work.inputs(images).items()}
        program = maskexpr.compile(work.expression)
        (ours,) = microseconds([lambda: program(**given)], rounds, shortest)  # noqa: B023 - called here
        found.append(ours)
        yield f"{work.name:40} {ours:9.2f} us"
    yield f"{'geometric mean':40} {_geometric_mean(found):9.2f} us"


def _geometric_mean(values: list[float]) -> float:
    return math.exp(statistics.fmean(map(math.log, values)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--works", action="store_true", help="the rows of the table at 64x64, ours alone")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    for line in works(chosen.rounds) if chosen.works else rows(SIDES, chosen.rounds):
        print(line, flush=True)


if __name__ == "__main__":
    main()
