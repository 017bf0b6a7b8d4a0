"""How long runs take beside what `Program.cost` says of them: python tests/bench/costing.py [PATTERN] [--quick].

Runs each program of machines/expressions.txt, and some with larger arguments, on images of several types and sizes, and
prints of each run the estimate, what was measured and their ratio, the worst ones first and last, and the share within
a factor of 3. What is measured is the time that the processor worked for us, so that other work on the machine does not
count; one thread computes. `--steps` shows the same of single steps, by function and how it is done.
"""

import argparse
import json
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
from images import smooth_noise

import maskexpr
from maskexpr import MaskError
from maskexpr.api import stages
from maskexpr.engine.clock import Clock
from maskexpr.engine.prepared import Stages
from maskexpr.engine.run import Engine
from maskexpr.planner import costs
from maskexpr.planner.methods.method import Place, Run, most_pixels
from maskexpr.planner.plan import Pass, tasks_of
from maskexpr.program.steps import Step

FACTOR = 3.0
PROGRAMS = Path(__file__).parents[1] / "machines" / "expressions.txt"
# Arguments that are larger than those that are run on each machine.
LARGER = """
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


def world(shape: tuple[int, ...], dtype: str) -> dict[str, Any]:
    """What programs are given: smooth images under a little noise, masks and labels of them, colours."""
    rng = np.random.default_rng(5)
    highest = {"uint8": 160, "uint16": 4095, "int16": 3000}.get(dtype, 160)
    size = (*shape[:-2], *shape[-2:])

    def image(seed: int) -> Any:
        smooth = smooth_noise(size, 4, highest, seed) + rng.normal(0, highest / 60, size)
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
    ("512 uint8", (512, 512), "uint8"),
    ("512 uint16", (512, 512), "uint16"),
    ("512 float32", (512, 512), "float32"),
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
            step = task.step
            assert step.function is not None
            operands = [o.kind for o in step.operands.values() if o.kind.is_array or o.kind.is_samples]
            more = {
                "function": step.function.name,
                "word": task.method.word,
                "form": task.form,
                "whole": task.method.whole,
                "brief": task.method.brief,
                "operands": [f"{k.name} {k.dtype}" for k in operands],
                "gives": f"{step.kind.name} {step.kind.dtype}",
                "pixels": most_pixels(step),
                "ops": task.operations_per_pixel,
                "settings": {k: str(v) for k, v in step.settings.items() if v not in (None, False, "constant")},
                "shape": step.kind.shape,
                "rows": stage.rows if isinstance(stage, Pass) else None,
                "around": task.halo + task.margin,
                "strips": len(stage.strips) if isinstance(stage, Pass) else 1,
            }
            estimate = costs.task_seconds(task, stage) if hasattr(costs, "task_seconds") else 1e-9 * task.operations
            yield Row(text, name, estimate, max(clock.seconds.get(step, 0.0), 1e-7), more)


def found(pattern: str, worlds: Iterable[tuple[str, tuple[int, ...], str]], enough: float, most: int) -> Iterator[Row]:
    lines = [line for line in PROGRAMS.read_text("utf-8").splitlines() if line and line[0] != "#"]
    lines += [line for line in LARGER.splitlines() if line]
    slow: dict[str, tuple[float, int]] = {}
    for name, shape, dtype in worlds:
        given, pixels = world(shape, dtype), int(np.prod(shape))
        for text in lines:
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
        what = f"{row.more['function']} ({row.more['word']})  in  " if row.more else ""
        print(f"{row.ratio:9.3g}  {row.estimate:9.2e}  {row.seconds:9.2e}  {row.world:18}  {what}{row.text[:90]}")
    near = [row for row in rows if 1 / FACTOR <= row.ratio <= FACTOR]
    by_world: dict[str, list[bool]] = {}
    for row in rows:
        by_world.setdefault(row.world, []).append(1 / FACTOR <= row.ratio <= FACTOR)
    for name, within in by_world.items():
        print(f"{name:20} {sum(within) / len(within):.2f} of {len(within)}")
    median = statistics.median(row.ratio for row in rows)
    print(f"{len(near) / len(rows):.3f} of {len(rows)} within a factor of {FACTOR:g}; median {median:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pattern", nargs="?", default="")
    parser.add_argument("--worlds", default="", help="those images whose names this pattern finds")
    parser.add_argument("--steps", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--shown", type=int, default=60)
    parser.add_argument("--json", help="write all that was found")
    options = parser.parse_args()
    os.environ["MASKEXPR_THREADS"] = "1"
    chosen = options.worlds or ("^[^2]" if options.quick else "")
    worlds = [w for w in WORLDS if re.search(chosen, w[0])]
    rows = list(found(options.pattern, worlds, 0.02 if options.quick else 0.1, 3 if options.quick else 5))
    if options.json:
        Path(options.json).write_text(json.dumps([vars(row) for row in rows], default=str))
    report([row for row in rows if bool(row.more) == options.steps], options.shown)


if __name__ == "__main__":
    main()
