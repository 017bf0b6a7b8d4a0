"""Memory that a run takes beside its inputs and outputs, each measured in a process of its own.

The process imports everything, runs the program on a small part of its inputs (what is imported late, and threads,
come then), reads its inputs, and notes its resident memory. What that memory's high-water mark rises to in one run,
less the result's size, is the run's own.
"""

import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import maskexpr

MEGABYTE = 2**20
STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class MemoryResult:
    name: str
    expression: str
    megabytes: float
    wanted_mb: float
    high_water_reset: bool


def measure(name: str, expression: str, inputs: dict[str, Any], wanted_mb: float) -> MemoryResult:
    """Measure in a fresh process; the inputs are read from files there, since making them takes more than a run."""
    with tempfile.TemporaryDirectory() as folder:
        for key, array in inputs.items():
            np.save(Path(folder, f"{key}.npy"), array)
        command = [sys.executable, __file__, expression, folder]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(run.stdout)
    return MemoryResult(name, expression, found["bytes"] / MEGABYTE, wanted_mb, found["reset"])


def _measure_here(expression: str, folder: Path) -> dict[str, Any]:
    program = maskexpr.compile(expression)
    files = {path.stem: path for path in sorted(folder.glob("*.npy"))}
    program(**{name: np.load(path, mmap_mode="r")[:64, :64].copy() for name, path in files.items()})
    inputs = {name: np.load(path) for name, path in files.items()}
    reset = _reset_high_water()
    before = _status("VmRSS") if reset else _most_ever()
    result = program(**inputs)
    after = _status("VmHWM") if reset else _most_ever()
    return {"bytes": max(0, after - before - result.nbytes), "reset": reset}


def _reset_high_water() -> bool:
    """Linux lets a process begin its high-water mark anew; elsewhere the mark before the run has to do.

    That is sound as long as nothing before the run took more than what is there then, so inputs are only read.
    """
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return _status("VmHWM") > 0


def _status(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


def _most_ever() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    print(json.dumps(_measure_here(sys.argv[1], Path(sys.argv[2]))))
