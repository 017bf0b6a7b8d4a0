"""How long runs take beside what `Program.cost` says of them: python tests/bench/costing.py [PATTERN] [--quick].

Runs what users run on real images, `usual`, then each program of machines/expressions.txt, and some with larger
arguments, on made images of several types and sizes, and prints of each run the estimate, what was measured and their
ratio, the worst ones first and last, and the share within a factor of 3. What is measured is the time that the
processor worked for us, so that other work on the machine does not count; one thread computes. `--steps` shows the same
of single steps, by function and how it is done. Paces that are written are those of real images where there are some.
"""

import argparse
import contextlib
import math
import os
import re
import statistics
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import scipy.ndimage
import usual
from images import smooth_noise

import maskexpr
from maskexpr import MaskError
from maskexpr.engine.clock import Clock
from maskexpr.engine.prepared import Stages
from maskexpr.engine.run import Engine
from maskexpr.inside import stages
from maskexpr.planner import measured, times
from maskexpr.planner.methods.method import Place, Run
from maskexpr.planner.plan import Pass, tasks_of
from maskexpr.program.steps import Step

FACTOR = 3.0
PROGRAMS = Path(__file__).parents[1] / "machines" / "expressions.txt"
# Arguments that are larger than those that are run on each machine.
LARGER = """
input im; empty()
input im; full()
polygon([2, 20.5, 11, 30], [3, 8, 30.2, 40]) & m
where(m, im, other) + x
dilate(m, 20)
dilate(m, 20, "disk")
dilate(m, 60, "disk")
dilate(m, 100, "square")
dilate(m, 30, "11/10")
open(m, 8, "disk")
close(m, 30)
dilate(im, 15)
erode(im, 15, "square")
open(im, 6, "disk")
tophat(im, 12, "disk")
gaussian(im, 8)
gaussian(im, 40)
mean_filter(im, 12)
mean_filter(im, 10, "disk")
median_filter(im, 3)
median_filter(im, 6)
median_filter(im, 5, "disk")
rank_filter(im, 9, 4)
percentile_filter(im, 30, 6, "disk")
entropy(uint8(im), 6, "disk")
local_mean(im, 25)
sauvola(im, 25)
niblack(im, 12)
rolling_ball(im, 20)
grow(m & k, m, 40)
peaks(im, 10)
canny(im, 4, 5, 20)
difference_of_gaussians(im, 5, 20)
unsharp(im, 12)
clahe(im, 2, [16, 16])
dilate(lab, 12)
correlate(im, [[1, 2, 3, 2, 1], [2, 3, 4, 3, 2], [3, 4, 5, 4, 3], [2, 3, 4, 3, 2], [1, 2, 3, 2, 1]])
gaussian_laplace(im, 6)
fill(median_filter(im, 4, within=m), 0)
"""


def world(shape: tuple[int, ...], dtype: str, *, noisy: bool = False) -> dict[str, Any]:
    """What programs are given: smooth images under a little noise, or noise, with masks, labels and colours."""
    rng = np.random.default_rng(5)
    highest = {"uint8": 160, "uint16": 4095, "int16": 3000}.get(dtype, 160)
    size = (*shape[:-2], *shape[-2:])

    def image(seed: int) -> Any:
        smooth = smooth_noise(size, 0.1 if noisy else 4, highest, seed) + rng.normal(0, highest / 60, size)
        return smooth.clip(0, highest).astype(dtype)

    im, other = image(1), image(2)
    m, k = im > highest / 2, other > highest / 2
    lab = np.asarray(scipy.ndimage.label(scipy.ndimage.binary_opening(m))[0], np.int32)
    rgb = np.stack([image(i) for i in (3, 4, 5)], -1)
    rgba = np.concatenate([rgb, np.full((*size, 1), highest, dtype)], -1)
    two = {"im": im, "other": other, "m": m, "k": k, "lab": lab}
    spaced = {name: maskexpr.Image(a, spacing=0.5) for name, a in two.items()}
    if dtype == "int16" or len(shape) > 2:
        return spaced
    return {**spaced, "rgb": rgb, "rgba": rgba}


WORLDS: list[tuple[str, tuple[int, ...], str]] = [
    ("64 uint8", (64, 64), "uint8"),
    ("64 float64", (64, 64), "float64"),
    ("256 uint8", (256, 256), "uint8"),
    ("12x48x48 float32", (12, 48, 48), "float32"),
    ("512 uint8", (512, 512), "uint8"),
    ("512 uint16", (512, 512), "uint16"),
    ("512 float32", (512, 512), "float32"),
    ("512 float16", (512, 512), "float16"),
    ("512 uint8 of noise", (512, 512), "uint8"),
    ("256 float64 of noise", (256, 256), "float64"),
    ("512 float64", (512, 512), "float64"),
    ("24x128x128 int16", (24, 128, 128), "int16"),
    ("24x128x128 float32", (24, 128, 128), "float32"),
    ("2048 uint8", (2048, 2048), "uint8"),
    ("2048 float64", (2048, 2048), "float64"),
]


class CpuClock(Clock):
    """A clock that goes on only while its thread works."""

    def timing(self, step: Step, run: Run) -> Run:
        def timed(given: Any, out: Any, place: Place) -> Any:
            start = time.thread_time()
            result = run(given, out, place)
            self.seconds[step] = self.seconds.get(step, 0.0) + time.thread_time() - start
            return result

        return timed


@dataclass(frozen=True)
class Row:
    """What was found of one program, or one step of one."""

    text: str
    world: str
    estimate: float
    seconds: float
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        return self.estimate / self.seconds


def best_of(run: Callable[[], Any], enough: float, most: int) -> float:
    """The shortest time of the processor that a run took, of several until they took enough together."""
    found, began = [], time.process_time()
    run()
    one = time.process_time() - began
    repeats = max(1, min(200, int(2e-3 / max(one, 1e-7))))
    while len(found) < most and (time.process_time() - began < enough or len(found) < 2):
        start = time.process_time()
        for _ in range(repeats):
            run()
        found.append((time.process_time() - start) / repeats)
        if found[-1] > enough:
            break
    return min(found)


def rows_of(text: str, name: str, given: dict[str, Any], enough: float, most: int) -> Iterator[Row]:
    """The whole program, then its steps."""
    program = maskexpr.compile(text)
    bound = stages(program, {info.name: given[info.name] for info in program.inputs})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bound.results()
        seconds = best_of(lambda: bound.prepared.engine.run(bound.arrays), enough, most)
    yield Row(text, name, bound.cost().seconds, seconds)
    yield from steps_of(bound, text, name)


def steps_of(bound: Stages, text: str, name: str) -> Iterator[Row]:
    clock, engine = CpuClock(), bound.prepared.engine
    clocked = Engine(bound.prepared.watched.checked, engine.plan, clock)
    clocked.run(bound.arrays)
    clock.seconds = {}
    clocked.run(bound.arrays)
    for stage in engine.plan.stages:
        for task in tasks_of(stage):
            more = {
                "key": times.key_of(task),
                "width": times.width_class(task),
                "operations": task.operations_per_pixel,
                "pixels": times.pixels_of_one_call(task, stage),
                "calls": len(stage.strips) if isinstance(stage, Pass) else 1,
            }
            estimate = times.task_seconds(task, stage)
            yield Row(text, name, estimate, max(clock.seconds.get(task.step, 0.0), 1e-7), more)


def usually_found(pattern: str, worlds: str, enough: float, most: int) -> Iterator[Row]:
    """What is found of the programs that users run, on real images whose names a pattern finds."""
    for name, make in usual.WORLDS.items():
        if not re.search(worlds, name):
            continue
        given = make()
        for text in usual.PROGRAMS.split("\n"):
            if text and re.search(pattern, text):
                with contextlib.suppress(MaskError, KeyError):  # it does not fit this image
                    yield from rows_of(text, name, given, enough, most)


def found(
    pattern: str, worlds: Iterable[tuple[str, tuple[int, ...], str]], enough: float, most: int, every: int = 1
) -> Iterator[Row]:
    """What is found of every so many of the programs."""
    lines = [line for line in PROGRAMS.read_text("utf-8").splitlines() if line and line[0] != "#"]
    lines += [line for line in LARGER.splitlines() if line]
    slow: dict[str, tuple[float, int]] = {}
    for name, shape, dtype in worlds:
        given, pixels = world(shape, dtype, noisy="noise" in name), int(np.prod(shape))
        for text in lines[::every]:
            if not re.search(pattern, text):
                continue
            took, at = slow.get(text, (0.0, 1))
            if took * pixels / at > 10:
                continue
            try:
                rows = list(rows_of(text, name, given, enough, most))
            except (MaskError, KeyError):
                continue  # it does not fit this image
            if pixels >= at:
                slow[text] = rows[0].seconds, pixels
            yield from rows


def report(rows: list[Row], shown: int) -> None:
    rows = sorted(rows, key=lambda row: row.ratio)
    for row in [*rows[:shown], *rows[max(shown, len(rows) - shown) :]]:
        what = f"{row.more['key']}  in  " if row.more else ""
        print(f"{row.ratio:9.3g}  {row.estimate:9.2e}  {row.seconds:9.2e}  {row.world:18}  {what}{row.text[:90]}")
    near = [row for row in rows if 1 / FACTOR <= row.ratio <= FACTOR]
    by_world: dict[str, list[bool]] = {}
    for row in rows:
        by_world.setdefault(row.world, []).append(1 / FACTOR <= row.ratio <= FACTOR)
    for name, within in by_world.items():
        print(f"{name:20} {sum(within) / len(within):.2f} of {len(within)}")
    median = statistics.median(row.ratio for row in rows)
    print(f"{len(near) / len(rows):.3f} of {len(rows)} within a factor of {FACTOR:g}; median {median:.2f}")


# --- paces -----------------------------------------------------------------------------------------------------------

_SMALL = 70_000  # pixels, at which calls count
_SOME = 3  # steps on real images, which say enough of what is usual
_ADDED = (0, 0.1, 0.3, 1, 2, 4, 8, 20, 60, 200, 1000)  # operations that may be added, in those of the fewest


def paces_of(rows: Iterable[Row]) -> dict[str, measured.Pace]:
    """What fits the steps that were measured, by key."""
    by_key: dict[str, list[Row]] = {}
    for row in rows:
        by_key.setdefault(row.more["key"], []).append(row)
    return {key: _pace_of(found) for key, found in sorted(by_key.items())}


def _pace_of(rows: list[Row]) -> measured.Pace:
    """Nanoseconds of an operation from large images, the middle of the logarithms; then the calls from small ones."""
    large = [row for row in rows if row.more["pixels"] * row.more["calls"] > _SMALL] or rows
    fewest, most = (end(row.more["operations"] for row in large) for end in (min, max))
    found: list[tuple[float, float, dict[int, float]]] = []
    for part in _ADDED if most > 1.4 * fewest > 0 else (0,) if fewest > 0 else (1,):
        more = part * fewest if fewest > 0 else 1.0
        paces, error = {}, 0.0
        for width in {row.more["width"] for row in large}:
            logs = [math.log(_each(row, more)) for row in _usual_of(large, width)]
            middle = (np.percentile(logs, 10) + np.percentile(logs, 90)) / 2
            paces[width] = math.exp(middle)
            error += sum((log - middle) ** 2 for log in logs)
        if not found or error < 0.8 * found[0][0]:
            found[:] = [(error, more, paces)]
    _, more, paces = found[0]
    whole = tuple(paces[min(paces, key=lambda w: (abs(w - width), w))] for width in range(5))
    call, call_of_operation = _calls(rows, more, whole)
    return measured.Pace(*(float(f"{n:.3g}") for n in (call, call_of_operation, more)), tuple(map(_short, whole)))


def _usual_of(rows: list[Row], width: int) -> list[Row]:
    """Those of a width; of them those on real images, where there are some."""
    of_width = [row for row in rows if row.more["width"] == width]
    real = [row for row in of_width if row.world in usual.WORLDS]
    return real if len(real) >= _SOME else of_width


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _each(row: Row, more: float) -> float:
    """Nanoseconds of an operation, if calls took nothing."""
    return 1e9 * row.seconds / (row.more["pixels"] * row.more["calls"] * (row.more["operations"] + more))


def _calls(rows: list[Row], more: float, paces: tuple[float, ...]) -> tuple[float, float]:
    """Microseconds of a call, and of each of its operations: what is left over of the seconds on small images."""
    left = []
    for row in rows:
        facts = row.more
        if facts["pixels"] * facts["calls"] <= _SMALL:
            each = 1e-9 * paces[facts["width"]] * (facts["operations"] + more) * facts["pixels"]
            left.append((facts["operations"], 1e6 * (row.seconds / facts["calls"] - each)))
    if not left:
        return 5.0, 0.0
    fewest, most = min(left)[0], max(left)[0]
    if most <= 2 * fewest:
        return max(0.5, statistics.median(call for _, call in left)), 0.0
    best = (math.inf, 0.0, 0.0)
    for slope in (0, *(statistics.median(call / max(ops, 1e-3) for ops, call in left) * f for f in (0.1, 0.3, 0.6, 1))):
        base = max(0.5, statistics.median(call - slope * ops for ops, call in left))
        error = sum(abs(math.log(max(base + slope * ops, 0.5) / max(call, 0.5))) for ops, call in left)
        best = min(best, (error, base, max(slope, 0.0)))
    return best[1], best[2]


def write(paces: dict[str, measured.Pace]) -> None:
    """Write them into the planner, in place of those that are there."""
    path = Path(measured.__file__)
    head, _, _ = path.read_text("utf-8").partition("MEASURED: Mapping")
    lines = [
        f'    "{key}": Pace({p.call:g}, {p.call_of_operation:g}, {p.more_operations:g}, '
        f"({', '.join(f'{n:g}' for n in p.nanoseconds)})),"
        for key, p in paces.items()
    ]
    path.write_text(head + "MEASURED: Mapping[str, Pace] = {\n" + "\n".join(lines) + "\n}\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--worlds", default="", help="those images whose names this pattern finds")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--shown", type=int, default=60)
    parser.add_argument("--write", action="store_true", help="write what fits the steps into planner/measured.py")
    options = parser.parse_args()
    os.environ["MASKEXPR_THREADS"] = "1"
    chosen = options.worlds or ("^[^2]" if options.quick else "")
    worlds = [w for w in WORLDS if re.search(chosen, w[0])]
    enough, most = (0.02, 3) if options.quick else (0.1, 5)
    rows = list(usually_found(options.pattern, chosen.replace("^[^2]", "^(?!.*2048)"), enough, most))
    rows += found(options.pattern, worlds, enough, most)
    if options.write:
        write(paces_of(row for row in rows if row.more and "float16" not in row.world))  # these are told apart
    report([row for row in rows if bool(row.more) == options.steps], options.shown)


if __name__ == "__main__":
    main()
