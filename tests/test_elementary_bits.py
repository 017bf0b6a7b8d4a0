"""The functions of the room give the same bits whatever the CPU's features, the layout, the length and the place."""

import hashlib
import inspect
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import short_angles, singles
from maskexpr.kernels.elementary.blocks import Function, apply

NAMES = sorted(n for n, f in vars(elementary).items() if inspect.isfunction(f) and f.__module__ == elementary.__name__)


def values(name):
    """Ordinary and hard operands, made without a function whose bits could depend on the CPU."""
    random = np.random.default_rng(7)
    wide = np.ldexp(random.random(5000) + 0.5, random.integers(-1000, 1000, 5000))
    x = np.concatenate([random.random(30_000) * 20 - 10, wide, [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e22]])
    two = len([p for p in inspect.signature(getattr(elementary, name)).parameters if p != "out"]) == 2
    return (x, x[::-1].copy()) if two else (x,)


def digests():
    """Of each function's results in each type, by name."""
    found = {}
    for name in NAMES:
        for dtype in ("f2", "f4", "f8"):
            with np.errstate(all="ignore"):
                operands = [v.astype(dtype) for v in values(name)]
            result = getattr(elementary, name)(*operands)
            numbers = np.where(np.isnan(result), np.array(np.nan, dtype), result)  # a nan's own bits mean nothing
            found[f"{name} {dtype}"] = hashlib.sha256(numbers.tobytes()).hexdigest()
    return found


def switched_off():
    """What NumPy can do without of this CPU's features, in the names of its version."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return [name for name in __cpu_dispatch__ if __cpu_features__[name]]


def test_cpu_features():
    environment = os.environ | {
        "NPY_DISABLE_CPU_FEATURES": " ".join(switched_off()),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    run = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=True)
    there = json.loads(run.stdout)
    assert there["features"] == []
    assert there["digests"] == digests()


@each("name", NAMES)
def test_layouts_lengths_and_places(name):
    operands = values(name)
    function = getattr(elementary, name)
    straight = function(*operands)
    length = straight.size
    assert function(*(np.repeat(v, 3)[::3] for v in operands)).tobytes() == straight.tobytes()
    assert function(*(v[::-1] for v in operands))[::-1].tobytes() == straight.tobytes()
    assert function(*(v.astype(v.dtype.newbyteorder()) for v in operands)).tobytes() == straight.tobytes()
    grids = [v[:35_000].reshape(50, 700) for v in operands]
    transposed = function(*(np.asfortranarray(g) for g in grids))
    assert np.ascontiguousarray(transposed).tobytes() == straight[:35_000].tobytes()
    for size in (1, 7, 1000, length - 3):
        starts = range(0, min(length, 40 * size), size)
        pieces = [function(*(v[start : start + size] for v in operands)) for start in starts]
        found = np.concatenate(pieces)
        assert found.tobytes() == straight[: found.size].tobytes()


EXACT = {
    "exp": EXACTLY.exp,
    "log": EXACTLY.log,
    "log2": lambda x: EXACTLY.log(x) / EXACTLY.log(2),
    "log10": lambda x: EXACTLY.log(x) / EXACTLY.log(10),
    "power": EXACTLY.power,
    "sin": EXACTLY.sin,
    "cos": EXACTLY.cos,
    "tan": EXACTLY.tan,
    "arctan2": EXACTLY.atan2,
}


@pytest.mark.slow
@each("name", EXACT)
def test_the_hardest_of_many(name):
    """Of a million values, those that the first stage leaves undecided: the nearest floats all the same."""
    random = np.random.default_rng(1)
    first = random.random(2**20) + 0.5  # near 1, where logarithms are hardest
    second = random.random(2**20) * 10
    operands = (first, second)[: 1 + (name in ("power", "arctan2"))]
    function = next(getattr(room, name.upper()) for room in (singles, short_angles) if hasattr(room, name.upper()))
    hard = []

    def noting(*values):
        hard.append(values)
        return function.exact(*values)

    apply(Function(function.block, noting), operands)
    values = [np.concatenate(parts) for parts in zip(*hard, strict=True)]
    assert 0 < values[0].size < 5000
    want = nearest_floats(EXACT[name], *values)
    assert_same_bits(getattr(elementary, name)(*values), want, *values)


if __name__ == "__main__":
    print(json.dumps({"features": switched_off(), "digests": digests()}))
