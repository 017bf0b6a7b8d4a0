"""Every function with numbers at the ends of what its parameters take: what runs for long, or takes much memory.

    python tests/bench/extremes.py [--images 64x64,1x4096] [--only gaussian,dilate] [--seconds 3] [--megabytes 600]

Each call runs in a child of its own, which is killed at the bounds; those that reach them are listed with their
estimates, and those that end in an exception that is none of ours.
"""

import argparse
import json
import os
import resource
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import maskexpr
from maskexpr.functions.arguments import Parameter
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import NUMERIC_ARRAYS
from maskexpr.library import CATALOGUE

NUMBERS = ["0", "1", "-1", "2", "63", "1000", "100000", "10**6", "10**9", "2**31", "0.5", "1e-300", "1e300", "33.3"]
OTHERS = {
    "shape": [f'"{name}"' for name in ("square", "diamond", "disk", "11/10", "1" * 63, "010/111/010", "1//1")],
    "pattern": ['"11/10"', f'"{"1" * 63}"', '"0"'],
    "connectivity": ["1", "2", "3", "8", "14", "26"],
    "axes": ['"x"', "[0]"],
    "kernel": ["[1, 2, 1]", f"{[1] * 63}", f"{[[1] * 63] * 63}"],
    "values": [f"{list(range(2000))}"],
    "ys": [f"{[i % 97 for i in range(9000)]}"],
    "xs": [f"{[i % 89 for i in range(9000)]}"],
    "predicate": ["area > 2", "solidity > 0.5", "perimeter > 3", "convex_area > 3"],
    "unit": ['"px"', '"mm"'],
    "metric": ['"city-block"', '"chessboard"'],
    "compactness": ["0", "0.5", "1e300"],
}
BASE = {
    "masks": "[m, k]",
    "mask": "m",
    "labels": "lab",
    "colour": "rgb",
    "table": "measure(lab, area)",
    "text": '"square"',
    "predicate": "area > 3",
    "properties": "area",
    "truth": "true",
    "list": "[1, 2, 1]",
    "samples": "im",
    "number": "2",
    "length": "2",
}
NAMED = {
    "shape": '"square"',
    "pattern": '"010/111/010"',
    "like": "im",
    "column": '"area"',
    "tiles": "2",
    "other": "lab",
}
# Numbers that cost only with a shape.
SHAPED = ['"square"', '"diamond"', '"disk"', '"11/10"', '"010/111/010"']


def base(parameter: Parameter) -> str:
    """What is written for a parameter that is needed."""
    if parameter.name in NAMED:
        return NAMED[parameter.name]
    kinds = parameter.takes.kinds
    if "image" in kinds:
        return "im"
    return next(text for kind, text in BASE.items() if kind in kinds)


def calls(function: Function) -> Iterator[str]:
    """Calls of a function, one parameter at an extreme."""
    if function.bare:
        return
    needed = {p.name: base(p) for p in function.parameters if p.required}
    names = {p.name for p in function.parameters}
    for p in function.parameters:
        takes = p.takes.kinds
        values = OTHERS.get(p.name, [])
        if not values and takes & {"number", "length"} and not takes & NUMERIC_ARRAYS:
            values = NUMBERS
        for value in values:
            more = {p.name: value}
            yield written(function, {**needed, **more})
            if p.name in ("n", "radius") and "shape" in names:
                for shape in SHAPED:
                    yield written(function, {**needed, **more, "shape": shape})


def written(function: Function, given: dict[str, str]) -> str:
    positional = [p.name for p in function.parameters if p.name in given and not p.named]
    texts = []
    for p in function.parameters:
        if p.name in given:
            plain = p.required and p.name in positional and not function.places
            plain = plain or p.name == "properties"
            texts.append(given[p.name] if plain else f"{p.name}={given[p.name]}")
    return f"{function.name}({', '.join(texts)})"


def inputs(text: str) -> dict[str, np.ndarray]:
    """Arrays of a shape, "64x64" say, of a type that may follow: "64x64 float32"."""
    size, _, dtype = text.partition(" ")
    shape = tuple(int(n) for n in size.split("x"))
    rng = np.random.default_rng(0)
    im = rng.integers(0, 250, shape)
    return {
        "im": im.astype(dtype or "uint8"),
        "other": im.astype(dtype or "uint8")[::-1].copy(),
        "m": im > 200,
        "k": im > 60,
        "lab": rng.integers(0, 9, shape).astype(np.int32),
        "rgb": rng.integers(0, 250, (*shape, 3)).astype(np.uint8),
    }


def compiled(program: str) -> maskexpr.Program:
    return maskexpr.compile(f"input lab: labels\n{program}" if "lab" in program else program)


def run(program: str, arrays: dict[str, np.ndarray]) -> str:
    """What becomes of a run: "ok", or the code of our error."""
    try:
        found = compiled(program)
        found(**{i.name: arrays[i.name] for i in found.inputs})
    except maskexpr.MaskError as error:
        return error.code
    return "ok"


def bounded(program: str, arrays: dict[str, np.ndarray], seconds: float, megabytes: float) -> tuple[str, float, float]:
    """What becomes of it in a child, with CPU seconds and megabytes beside those of this process."""
    read, write = os.pipe()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if not child:
        os.close(read)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = taken + int(megabytes * 2**20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            said = run(program, arrays)
        except MemoryError:
            said = "MemoryError"
        except BaseException as error:
            said = f"!!! {type(error).__name__}: {error}"[:300]
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    said = os.read(read, 1000).decode()
    os.close(read)
    _, status, used = os.wait4(child, 0)
    if not said:
        said = "killed: time" if os.WTERMSIG(status) == signal.SIGPROF else f"!!! signal {os.WTERMSIG(status)}"
    return said, used.ru_utime + used.ru_stime, max(0, used.ru_maxrss - before) / 1024


def estimate(program: str, arrays: dict[str, np.ndarray]) -> str:
    try:
        found = compiled(program)
        cost = found.cost(**{i.name: arrays[i.name] for i in found.inputs})
    except maskexpr.MaskError as error:
        return error.code
    return f"{cost.seconds:.2g} s, {cost.memory / 2**20:.0f} MB"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--images", default="64x64,1x4096 float32,1x1")
    options.add_argument("--only", default="")
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--megabytes", type=float, default=600)
    options.add_argument("--slow", type=float, default=1.0, help="seconds from which a run is listed")
    given = options.parse_args()
    only = set(filter(None, given.only.split(",")))
    os.environ["MASKEXPR_THREADS"] = "1"
    functions = [f for f in CATALOGUE.values() if not only or f.name in only]
    programs = [c for f in functions for c in calls(f)]
    count, start = 0, time.time()
    seen: dict[str, int] = {}
    for image in given.images.split(","):
        arrays = inputs(image)
        for warm in ("gaussian(im, 1)", "label(m)", "distance(m)", "measure(lab, area)", "median_filter(im, 2)"):
            run(warm, arrays)
        for program in dict.fromkeys(programs):
            said, seconds, megabytes = bounded(program, arrays, given.seconds, given.megabytes)
            count += 1
            seen[said[:20]] = seen.get(said[:20], 0) + 1
            if (
                said.startswith(("!!!", "killed", "out-of-memory", "Mem"))
                or seconds > given.slow
                or megabytes > given.megabytes
            ):
                taken = f"{seconds:5.1f} s {megabytes:5.0f} MB"
                print(f"{image:16} {taken}  {said[:80]:20} [{estimate(program, arrays)}]  {program[:150]}", flush=True)
    print(f"{count} calls in {time.time() - start:.0f} s: {json.dumps(seen)}")


if __name__ == "__main__":
    main()
