"""Sweeps of params, beside calls of one compiled program, and beside NumPy and SciPy with what is needed twice kept by
hand: `python tests/bench/sweeping.py`.

Each of ours binds anew, so that nothing is kept from before. The calls are timed as they are first made, and again when
the program knows all values. CPU time and wall time, medians, and the ratios of theirs to ours.
"""

import argparse
import functools
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.ndimage

import maskexpr
from maskexpr.api import swept

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Sweep:
    """A program and what is swept; `by_hand` does the same with NumPy and SciPy, `other` says what that is."""

    name: str
    text: str
    combos: Sequence[Mapping[str, Any]]
    inputs: tuple[str, ...] = ("im",)
    by_hand: Callable[..., Iterator[Any]] | None = None
    one_by_one: bool = False
    wanted: str = ""


def _smooth_by_hand(im: Array, combos: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    smooth = maskexpr.evaluate("gaussian(im, 3)", im=im)
    return (smooth > combo["t"] for combo in combos)


def _dice_by_hand(im: Array, truth: Array, combos: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    within, everywhere = np.bincount(im[truth], minlength=256), np.bincount(im.ravel(), minlength=256)
    for combo in combos:
        both, area = int(within[combo["t"] + 1 :].sum()), int(everywhere[combo["t"] + 1 :].sum())
        yield 2 * both / (area + int(within.sum())) if area + within.sum() else 1.0


def _dice_of_scipy(im: Array, truth: Array, combos: Sequence[Mapping[str, Any]]) -> Iterator[Any]:
    element, size = scipy.ndimage.iterate_structure(scipy.ndimage.generate_binary_structure(2, 1), 2), truth.sum()
    for combo in combos:
        found = scipy.ndimage.binary_opening(im > combo["t"], element)
        yield 2 * int((found & truth).sum()) / int(found.sum() + size)


SIX_STEPS = """
param s = 2; param high = 150; param n = 2; param k = 1 in 1..20
smooth = gaussian(im, s)
bright = smooth > high
opened = open(bright, n)
filled = fill_holes(opened)
apart = label(filled)
m = keep_largest(apart > 0, k)
"""
ALL = [{"t": t} for t in range(256)]
SWEEPS = (
    Sweep(
        *("20 values after a gaussian", "param t = 100; g = gaussian(im, 3); output m = g > t"),
        [{"t": t} for t in range(90, 110)],
        by_hand=_smooth_by_hand,
        one_by_one=True,
        wanted="by hand: at least 0.77",
    ),
    Sweep(
        *("256 thresholds, dice", "param t = 100 in 0..255; dice(im > t, truth)", ALL, ("im", "truth")),
        _dice_by_hand,
        wanted="calls: 20",
    ),
    Sweep(
        *("256 thresholds, opened", "param t = 100 in 0..255; dice(open(im > t, 2), truth)", ALL, ("im", "truth")),
        _dice_of_scipy,
        wanted="calls: 2",
    ),
    Sweep("last of six steps", SIX_STEPS + "output m", [{"k": k} for k in range(1, 13)], wanted="keep_largest alone"),
    Sweep(
        *("two params, dice", "param s = 1; param t = 100 in 0..255; dice(gaussian(im, s) > t, truth)"),
        [{"s": s, "t": t} for s in (1, 2, 3) for t in range(60, 200, 10)],
        ("im", "truth"),
    ),
)


def scene(side: int) -> dict[str, Array]:
    """Grey waves with noise, and a truth that is like one of their thresholds."""
    rng = np.random.default_rng(0)
    waves = np.add.outer(np.sin(np.arange(side) / 20), np.cos(np.arange(side) / 31))
    im = np.clip(128 + 60 * waves + rng.normal(0, 12, (side, side)), 0, 255).astype(np.uint8)
    return {"im": im, "truth": waves > 0.1}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small image: tries the benchmark, measures nothing")
    parser.add_argument("--side", type=int, default=2950, help="of the image, in pixels")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[], metavar="WORDS", help="the rows whose name holds one of these")
    options = parser.parse_args(arguments)
    images = scene(60 if options.quick else options.side)
    print(f"{images['im'].shape[0]}x{images['im'].shape[1]}, medians of {options.rounds}: CPU s, and wall s")
    for sweep in SWEEPS:
        if not options.only or any(word in sweep.name for word in options.only):
            _row(sweep, {name: images[name] for name in sweep.inputs}, options.rounds)
    return 0


def _row(sweep: Sweep, images: Mapping[str, Array], rounds: int) -> None:
    program, known = maskexpr.compile(sweep.text), maskexpr.compile(sweep.text)
    calls: dict[str, Callable[[], Any]] = {
        "ours": functools.partial(_ours, sweep, program, images),
        "calls": lambda: _calls(sweep, maskexpr.compile(sweep.text), images),
        "calls again": functools.partial(_calls, sweep, known, images),
    }
    by_hand = sweep.by_hand
    if by_hand is not None:
        calls["by hand"] = lambda: _consumed(by_hand(**images, combos=sweep.combos))
    answers = {name: call() for name, call in calls.items()}
    assert answers["ours"] == answers["calls"], f"{sweep.name}: another answer"
    times = _in_turn(calls, rounds)
    print(
        f"{sweep.name} ({len(sweep.combos)} runs): ours {times['ours'][0]:.3f}, {times['ours'][1]:.3f}; {sweep.wanted}"
    )
    for name in list(calls)[1:]:
        cpu, wall = (theirs / ours for theirs, ours in zip(times[name], times["ours"], strict=True))
        same = "" if answers[name] == answers["ours"] else "   (last bits, or the border, differ)"
        print(f"    {name:12} {times[name][0]:8.3f}, {times[name][1]:.3f}   ratio {cpu:.2f}, {wall:.2f}{same}")


def _ours(sweep: Sweep, program: maskexpr.Program, images: Mapping[str, Array]) -> list[Any]:
    bound = program.bind(**images)
    if sweep.one_by_one:
        return _consumed(next(iter(bound.with_params(**combo).run().values())) for combo in sweep.combos)
    return _consumed(next(iter(results.values())) for results in swept(bound, sweep.combos))


def _calls(sweep: Sweep, program: maskexpr.Program, images: Mapping[str, Array]) -> list[Any]:
    return _consumed(program(**images, **combo) for combo in sweep.combos)


def _consumed(results: Iterator[Any]) -> list[Any]:
    """Numbers, and of arrays one pixel, which takes no time."""
    return [float(r[r.shape[0] // 2, 7]) if isinstance(r, np.ndarray) else r for r in results]


def _in_turn(calls: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float]]:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time(), time.perf_counter()
            call()
            found[name].append((time.process_time() - start[0], time.perf_counter() - start[1]))
    medians = {
        name: [statistics.median(column) for column in zip(*times, strict=True)] for name, times in found.items()
    }
    return {name: (cpu, wall) for name, (cpu, wall) in medians.items()}


if __name__ == "__main__":
    raise SystemExit(main())
