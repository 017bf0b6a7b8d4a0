"""Tables of many regions, beside scikit-image's regionprops_table with the same columns: `python
tests/bench/measuring.py`.

Both are given the same labels and the same image, in turn; CPU time, medians, and the ratio of theirs to ours. Then
what choosing regions by their area takes beside `remove_small`, and counting labels beside `count`.
"""

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

import maskexpr

Array = np.ndarray[Any, Any]

COLUMNS = {
    "area": "area",
    "perimeter": "perimeter",
    "solidity": "solidity",
    "eccentricity": "eccentricity",
    "orientation": "orientation",
    "feret_max": "feret_diameter_max",
    "mean_intensity": "intensity_mean",
    "std_intensity": "intensity_std",
    "max_intensity": "intensity_max",
    "centroid": "centroid",
}
ALIKE = [
    ("keep(m, area > 50)", "remove_small(m, 51)"),
    ("keep(m, area >= 50 & area < 500)", "remove_small(m, 50)"),
    ("count(label(m))", "count(m)"),
]
# Columns that are the same but for the last bits: those whose definitions are.
SAME = {"area": "area", "perimeter": "perimeter", "solidity": "solidity", "centroid_y": "centroid-0"}
SAME |= {"mean_intensity": "intensity_mean", "std_intensity": "intensity_std", "max_intensity": "intensity_max"}


def scene(side: int, across: int) -> tuple[Array, Array]:
    """A mask of ellipses of many sizes, each in a square of its own, and an image."""
    rng, step = np.random.default_rng(0), side // across
    mask = np.zeros((side, side), bool)
    y, x = np.indices((step, step)) - (step - 1) / 2
    for i in range(across):
        for j in range(across):
            a, b = rng.uniform(0.15, 0.45, 2) * step
            t = rng.uniform(0, np.pi)
            u, v = x * np.cos(t) + y * np.sin(t), y * np.cos(t) - x * np.sin(t)
            mask[i * step : (i + 1) * step, j * step : (j + 1) * step] = (u / a) ** 2 + (v / b) ** 2 < 1
    return mask, rng.integers(0, 60000, mask.shape).astype(np.uint16)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small image: tries the benchmark, measures nothing")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    mask, im = scene(400, 10) if options.quick else scene(4000, 100)
    labels, count = scipy.ndimage.label(mask, output=np.int32)
    program = maskexpr.compile(f"input lab: labels; measure(lab, {', '.join(COLUMNS)}, of=im)")

    def ours() -> Any:
        return program(lab=labels, im=im)

    print(f"{count} regions of {mask.shape[0]}x{mask.shape[1]}, CPU seconds, medians of {options.rounds}")
    _beside_scikit_image(ours, labels, im, options.rounds)
    print(f"ours holds at most {_peak(ours) / np.count_nonzero(mask):.1f} bytes for each pixel of a region")
    for text, other in ALIKE:
        both = [maskexpr.compile(expression) for expression in (text, other)]
        a, b = _in_turn([lambda p=p: p(m=mask) for p in both], 3 * options.rounds)
        print(f"{text:34} {a:8.4f}    {other:20} {b:8.4f}    ratio {a / b:.2f}")
    return 0


def _beside_scikit_image(ours: Callable[[], Any], labels: Array, im: Array, rounds: int) -> None:
    try:
        from skimage.measure import regionprops_table
    except ImportError:
        print("scikit-image is not installed")
        return

    def theirs() -> Any:
        return regionprops_table(labels, im, properties=tuple(COLUMNS.values()))

    table, other = ours(), theirs()
    for name, their_name in SAME.items():
        np.testing.assert_allclose(table[name], other[their_name], rtol=1e-9)
    a, b = _in_turn([ours, theirs], rounds)
    print(f"measure {a:.3f}    regionprops_table {b:.3f}    {b / a:.1f} times as fast")


def _in_turn(calls: list[Callable[[], Any]], rounds: int) -> list[float]:
    for call in calls:
        call()
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, found, strict=True):
            start = time.process_time()
            call()
            times.append(time.process_time() - start)
    return [statistics.median(times) for times in found]


def _peak(call: Callable[[], Any]) -> int:
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    raise SystemExit(main())
