"""What a sandbox takes beside what a program takes here: `python tests/bench/sandboxing.py`.

Both run in turn with as many threads, and the medians of both, and of the ratios of neighbours, are reported: of the
time that passes, and on Linux of what processors work for it, here and in the worker. The first line is what a call of
next to nothing costs; the others are for images whose work is long.
"""

import os
import statistics
import sys
import time

import numpy as np

import maskexpr

CASES = (
    ("64x64", "(im > 32) & ~(im > 64)", (64, 64), 1000),
    ("512x512", "dilate((im > 32) & ~(im > 64), 2)", (512, 512), 200),
    ("4096x4096", "dilate((im > 32) & ~(im > 64), 2)", (4096, 4096), 41),
)


def main() -> None:
    """Measure and print."""
    threads = int(os.environ.setdefault("MASKEXPR_THREADS", "1"))
    rng = np.random.default_rng(7)
    with maskexpr.Sandbox(workers=1, threads=threads) as box:
        print(f"{threads} threads; ms here, in a sandbox, and in one on an array of its own")
        for name, text, shape, runs in CASES:
            here, there = maskexpr.compile(text), box.compile(text)
            im = rng.integers(0, 256, shape, np.uint8)
            own = box.array(shape, np.uint8)
            own[:] = im
            ways = (lambda h=here, i=im: h(im=i), lambda t=there, i=im: t(im=i), lambda t=there, i=own: t(im=i))
            there(im=im)
            (worker,) = box._crew.processes()
            clocks = {"passed": time.perf_counter}
            if sys.platform == "linux":
                clocks["worked"] = lambda pid=worker: time.process_time() + time.clock_gettime((~pid << 3) | 2)
            for said, clock in clocks.items():
                taken = in_turn(ways, runs, clock)
                middle = [statistics.median(times) * 1e3 for times in taken]
                ratios = [statistics.median(t / h for t, h in zip(times, taken[0], strict=True)) for times in taken]
                print(
                    f"{name:10} {said} {middle[0]:8.3f} {middle[1]:8.3f} {middle[2]:8.3f}"
                    f"   ratios {ratios[1]:.2f} {ratios[2]:.2f}   overhead {middle[1] - middle[0]:.3f}"
                )


def in_turn(ways, runs, clock):
    """The seconds of each of some ways by a clock, one after another, so many times."""
    taken = [[] for _ in ways]
    for way in ways:
        way()
        way()
    for _ in range(runs):
        for times, way in zip(taken, ways, strict=True):
            began = clock()
            way()
            times.append(clock() - began)
    return taken


if __name__ == "__main__":
    main()
