"""How long a study of many images takes, beside reading and writing the same files by imageio and nothing else.

`python tests/bench/studying.py` makes 500 PNG files of 1024x1024 pixels in a temporary folder, from parts of
`examples/ankle.png` or of the PNG files in `--images FOLDER`, and runs two programs on them in turn with the peer:
`maskexpr run` with one job and with two, start and end of all processes included, one thread each. It says medians of
seconds on the clock and of the processors, ratios, and when the first mask was there. Other work on the machine shows
in the clock's.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import imageio.v3 as iio
import numpy as np

import maskexpr

ANKLE = Path(__file__).parents[2] / "examples" / "ankle.png"
PROGRAMS = {
    "window": "output m = dilate((im > 32) & ~(im > 64), 2)",
    "otsu": "g = otsu(im)\noutput m = dilate(im > g, 2)\noutput share = fraction(m)",
}
# Reads each image, and writes a mask that was made before; what comes before the loop is not timed.
PEER = """
import json, os, sys, time
import imageio.v3 as iio
folder, images = sys.argv[1], sys.argv[2:]
masks = [iio.imread(os.path.join(folder, "masks", os.path.basename(path))) for path in images[:50]]
clocks = time.perf_counter(), time.process_time()
for i, path in enumerate(images):
    iio.imread(path)
    iio.imwrite(os.path.join(folder, "theirs", os.path.basename(path)), masks[i % len(masks)])
print(json.dumps([time.perf_counter() - clocks[0], time.process_time() - clocks[1]]))
"""


class Taken(NamedTuple):
    """Seconds on the clock, of the processors, and until the first mask was there."""

    clock: float
    processor: float
    first: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--images", type=Path, help="a folder of PNG files to take parts of")
    options = parser.parse_args(arguments)
    sources = sorted(options.images.glob("*.png")) if options.images else [ANKLE]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = made(folder / "images", sources, options.count, options.size)
        for title, text in PROGRAMS.items():
            (folder / "p.mask").write_text(text)
            rows = [(ours(folder, 1), ours(folder, 2), theirs(folder, images)) for _ in range(options.rounds)]
            say(title, *(middle([row[i] for row in rows]) for i in range(3)))
    return 0


def say(title: str, one: Taken, two: Taken, peer: Taken) -> None:
    print(f"{title:8} one job {one.clock:6.2f} s, processors {one.processor:6.2f}, first mask {one.first:.2f}")
    print(f"{'':8} two     {two.clock:6.2f} s, processors {two.processor:6.2f}, first mask {two.first:.2f}")
    print(f"{'':8} imageio {peer.clock:6.2f} s, processors {peer.processor:6.2f}")
    ratios = f"{one.clock / peer.clock:.2f} (processors {one.processor / peer.processor:.2f})"
    print(f"{'':8} one job over imageio {ratios}, one job over two {one.clock / two.clock:.2f}")


def middle(found: Sequence[Taken]) -> Taken:
    return Taken(*map(statistics.median, zip(*found, strict=True)))


def made(folder: Path, sources: Sequence[Path], count: int, size: int) -> list[str]:
    """So many PNG files of parts of pictures, which are mirrored where they are too small."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    grey = [picture if picture.ndim == 2 else picture[..., 0] for picture in map(iio.imread, sources)]
    names = []
    for i in range(count):
        picture = grey[i % len(grey)]
        for axis in (0, 1):
            places = np.arange(size) + rng.integers(0, 2 * picture.shape[axis])
            places %= 2 * picture.shape[axis]
            picture = picture.take(np.minimum(places, 2 * picture.shape[axis] - 1 - places), axis)
        names.append(str(folder / f"im{i:03}.png"))
        iio.imwrite(names[-1], picture)
    return names


def ours(folder: Path, jobs: int) -> Taken:
    """`maskexpr run` on all images."""
    shutil.rmtree(folder / "masks", ignore_errors=True)
    command = [sys.executable, "-m", "maskexpr", "run", "p.mask", "im=images/*.png", "-o", "masks/{im.stem}.png"]
    command += ["--jobs", str(jobs), "--table", "numbers.csv"]
    began, before = time.perf_counter(), os.times()
    first: list[float] = []
    waiting = threading.Thread(target=_wait, args=(folder / "masks", began, first), daemon=True)
    waiting.start()
    environment = {**os.environ, "MASKEXPR_THREADS": "1", "PYTHONPATH": str(Path(maskexpr.__file__).parents[1])}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
    ended, after = time.perf_counter(), os.times()
    waiting.join()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Taken(ended - began, used, first[0])


def _wait(folder: Path, began: float, first: list[float]) -> None:
    while not any(folder.glob("im*.png")):
        time.sleep(0.01)
    first.append(time.perf_counter() - began)


def theirs(folder: Path, images: Sequence[str]) -> Taken:
    (folder / "theirs").mkdir(exist_ok=True)
    command = [sys.executable, "-c", PEER, str(folder), *images]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Taken(*json.loads(done.stdout))


if __name__ == "__main__":
    sys.exit(main())
