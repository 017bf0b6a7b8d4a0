"""What programs take of a process's memory, as the system sees it: `python -m helpers.outside SHAPE DTYPE EVERY` prints
for some of the programs that machines are compared by what was said and what was seen."""

import ctypes
import gc
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

import maskexpr
from helpers.every_result import programs
from maskexpr.inside import stages
from maskexpr.kernels import threads

STATUS = Path("/proc/self/status")


def images(shape: tuple[int, ...], dtype: str) -> dict[str, maskexpr.Image]:
    """Noise, of which regions, runs and edges are many."""
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 255, shape).astype(dtype)
    other, lab = np.roll(noise, 1, 0), (noise // 32).astype(np.int32)
    made = {"im": (noise, "image"), "other": (other, "image"), "m": (noise > 128, "mask"), "k": (other > 150, "mask")}
    made |= {"lab": (lab, "labels")}
    made |= {f"rgb{'a' * (n == 4)}": (rng.integers(0, 255, (*shape, n), np.uint8), "colour") for n in (3, 4)}
    return {name: maskexpr.Image(array, kind=kind) for name, (array, kind) in made.items()}


def taken(text: str, given: dict[str, maskexpr.Image]) -> tuple[int, int]:
    """The bytes that a run was said to hold at most, and by how many the process grew, inputs included."""
    program = maskexpr.compile(text)
    parts = {name: _part(given[name]) for name in (info.name for info in program.inputs)}
    stages(program, parts).run()  # what is imported late, and tables
    bound = stages(program, {name: given[name] for name in parts})
    said = bound.cost().memory
    inputs = sum(array.nbytes for array in bound.arrays.values() if isinstance(array, np.ndarray))
    threads._kept.clear()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    bound.run()
    return said, _status("VmHWM") - before + inputs


def _part(image: maskexpr.Image) -> maskexpr.Image:
    return maskexpr.Image(image.array[:40, :40].copy(), kind=image.kind)


def _status(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


def main(shape: str, dtype: str, every: str) -> None:
    given: Any = images(tuple(map(int, shape.split("x"))), dtype)
    found = {}
    for text in programs()[:: int(every)]:
        try:
            found[text] = taken(text, given)
        except maskexpr.MaskError:
            continue
    print(json.dumps(found))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
