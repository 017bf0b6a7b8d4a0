"""Exported programs, run in a process that has nothing of maskexpr, and compared with what maskexpr gives."""

import math
import pickle
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import maskexpr
from maskexpr.checker.binding import Image, valid

_CHILD = """
import pickle, sys, traceback, types, warnings

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("maskexpr", "lark", "skimage"):
            raise ImportError(f"{name} is not to be imported")

sys.meta_path.insert(0, Blocked())
answers = []
for text, given in pickle.load(open(sys.argv[1], "rb")):
    module = types.ModuleType("exported")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, "exported.py", "exec"), module.__dict__)
            first = next(v for v in module.__dict__.values() if isinstance(v, types.FunctionType))
            code = first.__code__
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            answers.append(("value", first(**{name: value for name, value in given.items() if name in names})))
    except ValueError as error:
        answers.append(("refused", str(error)))
    except Exception:
        answers.append(("failed", traceback.format_exc()[-1500:]))
pickle.dump(answers, open(sys.argv[2], "wb"))
"""
_AT_ONCE = 300

OTHERS = (
    "at(lab, 20, 20)",
    "clear_border(m, within=k)",
    "output a = remove_large(lab, 40); output b = remove_small(lab, 40)",
    'open(m, 1, "110/111")',
    "param n = 1 in 0..3; open(m, n)",
    "param n = 2 in 0..3; grow(m & k, k, n)",
    "param n = 1 in 0..3; output a = erode(m, n); output b = dilate(m, n); output c = close(m, n)",
    "param n = 0 in 0..3; output a = erode(m, n); output b = dilate(m, n); output c = close(m, n)",
    'laplace(im, axes="x")',
    "std(int64(im) + 2**60)",
    'fill_holes(m, axes="x")',
    "uint64(im) * 40000000000000000 > 1.2e18",
    "input k: mask; k",
    "param p = 0.5; im ** p",
    "output a = area(m) / area(k & ~k); output b = area(m & k) / area(k)",
    'input hole: image; fill(hole, "nearest")',
    "hole[3, 3] + 1",
    "output a = mean(hole); output b = dilate(hole > 5, 2); output c = hole + 1 > 4",
)
"""Programs for what neither the conformance cases have, nor those that are compared between machines."""


def others() -> list[tuple[maskexpr.Program, dict[str, Any]]]:
    """These, with images of 8 bits; one has pixels without data."""
    from helpers.fixed_images import worlds

    given = worlds()["radiograph"]
    given["hole"] = maskexpr.Image(np.asarray(given["im"]) % 9, nodata=0)
    given["k"] = np.asarray(given["k"])
    programs = [maskexpr.compile(text) for text in OTHERS]
    return [(program, {info.name: given[info.name] for info in program.inputs}) for program in programs]


@dataclass(frozen=True)
class Asked:
    """An exported program, what it is given, and what maskexpr gives for that: a value, or an error of the run."""

    program: str
    text: str
    given: Mapping[str, Any]
    wanted: Any
    tolerance: float = 1e-9


def asked(program: maskexpr.Program, given: Mapping[str, Any], tolerance: float = 1e-9) -> Asked:
    """A program to be exported for these inputs and params, which become its defaults."""
    native = {name: _native(value) for name, value in given.items()}
    try:
        wanted = program(**native)
    except maskexpr.RunError as error:
        wanted = error
    params = {info.name for info in program.params}
    inputs = {name: value for name, value in native.items() if name not in params}
    return Asked(program.source, program.to_python(**native), _arguments(inputs), wanted, tolerance)


def _native(value: Any) -> Any:
    """In the byte order of this machine, which exported programs ask for."""
    return value.astype(value.dtype.newbyteorder("=")) if type(value) is np.ndarray else value


def _arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as plain arrays, with where they have data."""
    arguments = {}
    for name, value in given.items():
        arguments[name] = value
        if isinstance(value, Image | np.ndarray | list):
            arguments[name] = np.array(value.array if isinstance(value, Image) else value)
            has_data = valid(value, name)
            if has_data is not None:
                arguments[f"{name}_valid"] = has_data
    return arguments


def unlike(programs: list[Asked], folder: Path, python: str = sys.executable) -> list[str]:
    """What exported programs give that is not what maskexpr does; all run in processes of their own, many in each."""
    found = []
    for start in range(0, len(programs), _AT_ONCE):
        part = programs[start : start + _AT_ONCE]
        for one, (state, value) in zip(part, _answers(part, folder, python), strict=True):
            if isinstance(one.wanted, maskexpr.MaskError):
                fits = state == "refused"
            else:
                fits = state == "value" and is_like(value, one.wanted, one.tolerance)
            if not fits:
                found.append(f"{one.program}\n{state}: {value!r:.600}\nwanted: {one.wanted!r:.400}\n{one.text:.3000}")
    return found


def _answers(programs: list[Asked], folder: Path, python: str) -> list[tuple[str, Any]]:
    given, answered = folder / "given.pickle", folder / "answered.pickle"
    given.write_bytes(pickle.dumps([(one.text, one.given) for one in programs]))
    command = [python, "-I", "-c", _CHILD, str(given), str(answered)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    answers: list[tuple[str, Any]] = pickle.loads(answered.read_bytes())
    return answers


def is_like(found: Any, wanted: Any, tolerance: float) -> bool:
    """Masks, labels and whole numbers are equal, with their types; floating ones up to rounding: of images beside the
    largest value, as sums may cancel."""
    if isinstance(wanted, Mapping):  # tables, too
        return list(found) == list(wanted) and all(is_like(found[name], wanted[name], tolerance) for name in wanted)
    if isinstance(wanted, np.ndarray):
        wanted = np.ma.getdata(wanted)
        if not isinstance(found, np.ndarray) or (found.dtype, found.shape) != (wanted.dtype, wanted.shape):
            return False
        if wanted.dtype.kind != "f":
            return np.array_equal(found, wanted)
        tolerance = max(tolerance, {2: 5e-3, 4: 1e-5, 8: 0}[wanted.dtype.itemsize])
        largest = np.max(np.abs(wanted), initial=1, where=np.isfinite(wanted))
        return np.allclose(found, wanted, rtol=tolerance, atol=tolerance * float(largest), equal_nan=True)
    if isinstance(wanted, list):
        return isinstance(found, list) and all(
            is_like(*both, tolerance) for both in zip(found, wanted, strict=len(found) == len(wanted))
        )
    if type(found) is not type(wanted):
        return False
    if isinstance(wanted, float):
        both_nan = math.isnan(found) and math.isnan(wanted)
        return both_nan or found == wanted or math.isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)
    return bool(found == wanted)
