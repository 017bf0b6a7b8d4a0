"""Processes on this machine that lack what other machines lack, and proof that they do.

NumPy chooses its loops by the processor, and takes features away by a variable whose names changed in 2.4: what a name
takes away is seen in the process itself. The C library chooses its sin and pow likewise, and takes away by another.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from numpy._core import _multiarray_umath as core

import maskexpr
from helpers.digests import digest
from helpers.every_result import Found
from helpers.places import TESTS


def has(feature: str) -> bool:
    return bool(core.__cpu_features__.get(feature))


def dispatched() -> list[str]:
    """The features that this process has beyond the least, and that NumPy has loops for, the least of them first."""
    return [name for name in core.__cpu_dispatch__ if has(name)]


def libm() -> str:
    """What the C library's functions give, where they choose by the processor."""
    places = [0.37 * i + 0.001 * i * i for i in range(1, 2000)]
    functions = (math.sin, math.cos, lambda x: math.pow(x, 1.3), lambda x: math.exp(-x / 100))
    return digest(*(f(x).hex() for f in functions for x in places))


def this_process() -> dict[str, Any]:
    return {"features": dispatched(), "libm": libm()}


def found_in(variables: dict[str, str], *options: str) -> tuple[Found, dict[str, Any]]:
    """What `every_result` finds in a process of its own, started with some variables, and what that process is."""
    root = str(Path(maskexpr.__file__).parents[1])
    paths = [root, str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        # NumPy warns of names that it does not know, which is no error: what is taken away is looked at afterwards.
        [sys.executable, "-W", "ignore::ImportWarning", "-m", "helpers.every_result", *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    return Found(**printed["found"]), printed["process"]


NO_FMA = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"}


def without(features: list[str]) -> dict[str, str]:
    """NumPy without some features, and without those that the process that asks was started without."""
    gone = [name for name in core.__cpu_dispatch__ if name in features or not has(name)]
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(gone), "NPY_ENABLE_CPU_FEATURES": ""}
