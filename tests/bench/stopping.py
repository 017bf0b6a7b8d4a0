"""How long runs go on after they are stopped: the longest time between two pauses, for every function.

    python tests/bench/stopping.py [--image 2048x2048] [--only distance,label] [--least 0.1]

Lists the programs whose longest stretch without a pause takes so many seconds or more, the worst first.
"""

import argparse
import os
import time

from extremes import base, compiled, inputs, written

from maskexpr.kernels import stopping
from maskexpr.library import CATALOGUE

# What takes long where the arguments are large.
MORE = [
    "median_filter(im, 20)",
    'median_filter(im, 10, "disk")',
    "rank_filter(im, 3, 10)",
    "percentile_filter(im, 30, 10)",
    "entropy(im, 6)",
    'mean_filter(im, 10, "disk")',
    "mean_filter(im, 100)",
    "gaussian(im, 60)",
    "gaussian(f, 60)",
    "mean_filter(f, 60)",
    'dilate(m, 40, "disk")',
    'dilate(im, 20, "disk")',
    'dilate(m, 200, "disk")',
    'dilate(m, 9, "010/111/011")',
    'dilate(m, 2000, "010/111/011")',
    'open(im, 15, "disk")',
    'close(m, 30, "disk")',
    'dilate(lab, 9, "disk")',
    "grow(k & m, m, 100)",
    "reconstruct(k & m, m)",
    "reconstruct(im - 20, im)",
    "watershed(im, line=true)",
    "watershed(im, compactness=1)",
    "watershed(im)",
    "watershed(f)",
    "watershed(f, line=true)",
    "reconstruct(f - 20, f)",
    "median(im)",
    "median(f)",
    "percentile(f, 30)",
    "equalize(f)",
    "otsu(f)",
    "li(f)",
    "im[m] > 3",
    "area(f > median(f))",
    "keep(m, solidity > 0.5)",
    "keep(m, perimeter > 3 & eccentricity > 0.3)",
    "measure(lab, mean_intensity, median_intensity, of=im)",
    "measure(m, bbox, centroid, solidity)",
    "hausdorff(m, k)",
    "surface_distance(m, k)",
    "skeleton(k)",
    'skeleton(k, method="lee")',
    "rolling_ball(im, 50)",
    "peaks(im, 5)",
    'label(m, axes="x")',
    'sum(f, axes="x")',
    "im ** 1.7",
    "exp(f)",
    "sin(f)",
    "hull(m)",
    "medial_axis(k)",
]


class Recorder:
    """Stands for what a thread is wanted for, and notes when it is asked."""

    wish = noted = None

    def __init__(self) -> None:
        self.last, self.longest = time.perf_counter(), 0.0

    @property
    def given_up(self) -> tuple[()]:
        self.look()
        return ()

    def look(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self.last)
        self.last = now


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--image", default="2048x2048")
    options.add_argument("--only", default="")
    options.add_argument("--least", type=float, default=0.1)
    options.add_argument("--skip", default="")
    given = options.parse_args()
    os.environ["MASKEXPR_THREADS"] = "1"
    only, skip = (set(filter(None, text.split(","))) for text in (given.only, given.skip))
    functions = [f for f in CATALOGUE.values() if not f.bare]
    programs = [written(f, {p.name: base(p) for p in f.parameters if p.required}) for f in functions] + MORE
    arrays = inputs(given.image)
    arrays["f"] = arrays["im"].astype("float32")
    found = []
    for program in dict.fromkeys(programs):
        name = program.partition("(")[0]
        if (only and name not in only) or name in skip:
            continue
        try:
            made = compiled(program)
            taken = {i.name: arrays[i.name] for i in made.inputs}
            small = {n: a[tuple(slice(33) for _ in given.image.split("x"))] for n, a in taken.items()}
            made(**small)  # what is imported late, and made once
            prepared = made.bind(**taken)._stages.prepared
            engine = prepared.engine
            stopping._here = recorder = Recorder()
            start = time.perf_counter()
            engine.run_here(dict(taken))
            recorder.look()
            whole = time.perf_counter() - start
        except Exception as error:
            print(f"{program}: {type(error).__name__} {str(error).splitlines()[0][:100]}")
            continue
        finally:
            stopping._here = stopping._Here()
        print(f"    {program}: {recorder.longest:.2f} of {whole:.2f} s", flush=True)
        found.append((recorder.longest, whole, program))
    for longest, whole, program in sorted(found, reverse=True):
        if longest >= given.least:
            print(f"{longest:6.2f} s of {whole:6.2f} s  {program}")


if __name__ == "__main__":
    main()
