"""Every function called with arguments of the right kinds, drawn from what bites.

It gives a value of the promised kind or one of our errors, the same by its plain meaning and by the engine in strips,
and writes to nothing that it was given.

MASKEXPR_EXAMPLES sets how many examples are tried for each function.
"""

import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import maskexpr
from maskexpr import Image, RunError
from maskexpr.api import stages
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.engine.transposed import transposed
from maskexpr.functions.arguments import Parameter
from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE, PROPERTIES
from maskexpr.planner.plan import plan
from maskexpr.planner.rewrites.expand_derived import expand_derived
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import in_order

EXAMPLES = int(os.environ.get("MASKEXPR_EXAMPLES", "0"))
SHAPES = [(1,), (9,), (1, 1), (1, 9), (9, 1), (7, 10), (12, 65), (3, 5, 6), (1, 4, 5), (2, 2, 3, 4)]
TYPES = ["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"]
SPACINGS = [None, None, "0.5mm", 2.0]

# What is written for a parameter that is known before the run; a kind of its own has no other way.
CONSTANTS = {
    "n": ["0", "1", "2", "3", "2.5", "1mm", "40", "none"],
    "sigma": ["0", "1", "0.7", "1mm", "[1, 2]"],
    "low": ["0.5", "1", "1mm", "3", "-2", "median(im)", "im", "none"],
    "high": ["2", "3mm", "100", "max(im)", "none"],
    "shape": ['"diamond"', '"square"', '"disk"', '"010/111/010"', '"11"', '"110/011//111/101"'],
    "axes": ['"yx"', '"x"', '"y"', '"zy"', "none", "[0]", "0"],
    "axis": ['"x"', '"y"', '"z"', "none"],
    "connectivity": ["1", "2", "3", "8", "6"],
    "pattern": ['"010/111/010"', '"1.0"', '"11/0."', '"1"', '"0"', '"01//10"'],
    "unit": ['"px"', '"mm"', '"um"', '"mm2"', '"mm3"'],
    "border": ['"image"', '"empty"'],
    "predicate": [
        *(f"{name} > 2" for name, known in PROPERTIES.items() if not known.parts),
        *(
            "centroid[0] < 3",
            "bbox[1] == 0",
            "area >= 0.5 * max(area)",
            "area > 1mm2",
            "min_intensity < 3 & extent > 0.5",
        ),
    ],
    "ys": ["[0, 5, 2]", "[0.5, 3, 3, 0.5]"],
    "xs": ["[1, 1, 6]", "[0.5, 0.5, 4, 4]"],
    "radius": ["0", "2", "2.5", "1mm"],
    "ry": ["0", "2", "1mm"],
    "rx": ["3", "2.5", "1mm"],
    "classes": ["2", "3", "4"],
    "rank": ["0", "1", "-1", "4"],
    "bins": ["1", "2", "256"],
    "i": ["0", "1", "7"],
    "values": ["[1, 2, 0]", "[0.5]", "[]"],
    "depth": ["0", "1", "0.5", "1mm"],
}
NUMBERS = ["0", "1", "2", "3", "0.5", "-1", "7", "count(m)", "max(im)", "mean(im)"]


def arguments(parameter: Parameter) -> st.SearchStrategy[str]:
    """Texts that fit a parameter, most of the time."""
    kinds, name = parameter.takes.kinds, parameter.name
    texts: list[str] = []
    if name in CONSTANTS:
        texts += CONSTANTS[name]
    if "mask" in kinds:
        texts += ["m", "m", "~m", "im > 2", "m & (im != 0)"]
    if kinds & {"image", "samples"} and "number" not in kinds:
        texts += ["im", "im", "other"]
    if "labels" in kinds and "number" not in kinds:
        texts += ["label(m)"]
    if "colour" in kinds and len(kinds) == 1:
        texts += ["rgb"]
    if "samples" in kinds:
        texts += ["im[m]"] if "image" in kinds else ["m[im > 1]"]
    if "masks" in kinds:
        texts += ["[m]", "[m, im > 1, ~m]"]
    if "number" in kinds and name not in CONSTANTS:
        texts += NUMBERS
        texts += ["im", "other"] if "image" in kinds else []
    if kinds & {"length", "size"} and name not in CONSTANTS:
        texts += ["1mm", "2mm2", "3mm3"]
    assert texts, f"nothing to give for {name}"
    return st.sampled_from(texts)


@st.composite
def calls(draw: Any, record: Function) -> str:
    """A call of a function with what it needs, and some of what it may be given."""
    if record.bare:
        return record.name
    given_ = [draw(arguments(p)) for p in record.parameters if p.required]
    given_ += [
        f"{p.name}={draw(arguments(p))}" for p in record.parameters if not p.required and draw(st.integers(0, 2)) == 0
    ]
    return f"{record.name}({', '.join(given_)})"


@st.composite
def inputs(draw: Any) -> dict[str, Any]:
    """Arrays of one shape: masks, images of any type, a colour image."""
    shape = draw(st.sampled_from(SHAPES))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spacing = draw(st.sampled_from(SPACINGS))
    values = {"m": rng.random(shape) < draw(st.sampled_from([0.0, 0.05, 0.5, 0.9, 1.0]))}
    for name in ("im", "other"):
        dtype = np.dtype(draw(st.sampled_from(TYPES)))
        most = draw(st.sampled_from([0, 1, 5, 100]))
        values[name] = rng.integers(0, most + 1, shape).astype(dtype)
        if dtype.kind == "f":
            values[name] = values[name] - dtype.type(most / 2)
            if draw(st.integers(0, 3)) == 0:
                values[name][rng.random(shape) < 0.2] = draw(st.sampled_from([np.nan, np.inf, -np.inf]))
        elif draw(st.integers(0, 4)) == 0:
            values[name].flat[0] = np.iinfo(dtype).max
    kinds = dict.fromkeys(values, "image") | {"m": "mask"}
    given_ = {name: Image(array, spacing=spacing, kind=kinds[name]) for name, array in values.items()}
    given_["rgb"] = Image(rng.integers(0, 256, (*shape, 3)).astype(np.uint8), spacing=spacing, kind="colour")
    return given_


def outcome(run: Any) -> Any:
    try:
        return run()
    except RunError as error:
        return str(error)


@pytest.mark.parametrize("record", CATALOGUE.values(), ids=lambda record: record.name)
def test_a_call_gives_what_it_promises(record: Function) -> None:
    @given(calls(record), inputs(), st.sampled_from([1, 2, None]))
    @settings(max_examples=EXAMPLES or 40, deadline=None, suppress_health_check=list(HealthCheck))
    def check(text: str, given_: dict[str, Any], rows: int | None) -> None:
        try:
            program = maskexpr.compile(text)
            used = {info.name: given_[info.name] for info in program.inputs}
            if record.group == "shapes":
                used["im"] = given_["im"]
                program = maskexpr.compile(f"input im: image; {text}")
            bound = stages(program, used)
            checked, arrays = bound.checked, bound.arrays
        except maskexpr.MaskError:
            return
        before = {name: array.copy() for name, array in arrays.items() if isinstance(array, np.ndarray)}
        wanted = outcome(lambda: reference.run(checked, arrays))
        found = outcome(lambda: Engine(checked, plan(checked, rows)).run(arrays))
        for name, array in before.items():
            np.testing.assert_array_equal(arrays[name], array)
        if isinstance(wanted, str) or isinstance(found, str):
            assert wanted == found
            return
        for (name, step), other in zip(checked.outputs, found.values(), strict=True):
            value, kind = wanted[name], step.kind
            if not kind.is_array:
                np.testing.assert_equal(other, value)
                continue
            np.testing.assert_array_equal(other, value, strict=True)
            assert value.dtype == kind.dtype
            assert value.shape[: len(kind.shape or ())] == kind.shape
            if kind.range is not None and value.size:
                assert kind.range.low <= value.min() <= value.max() <= kind.range.high

    check()


@pytest.mark.parametrize("record", CATALOGUE.values(), ids=lambda record: record.name)
def test_what_a_record_declares_is_true(record: Function) -> None:
    """That it refuses no pixels, keeps empty masks, only grows masks, takes the axes in any order, is an expression of
    others. Declared are only things that can be seen in a call; each must be declared where a rule relies on it."""

    @given(calls(record), inputs())
    @settings(max_examples=EXAMPLES or 40, deadline=None, suppress_health_check=list(HealthCheck))
    def check(text: str, given_: dict[str, Any]) -> None:
        try:
            program = maskexpr.compile(f"input im: image; input m: mask; {text}")
            used = {info.name: given_[info.name] for info in program.inputs}
            bound = stages(program, used)
            checked, arrays = bound.checked, bound.arrays
        except maskexpr.MaskError:
            return
        (step,) = [s for s in checked.steps if s.function is record] or [None]
        if step is None or step is not checked.outputs[0][1]:
            return  # computed while it was checked, or several of it
        found = outcome(lambda: reference.run(checked, arrays)["result"])
        kinds = {name: operand.kind for name, operand in step.operands.items()}
        if record.never_refuses(kinds) and all(o.name for o in step.operands.values()):
            assert not isinstance(found, str), found
        if isinstance(found, str):
            return
        first = step.operands.get("m")
        if first is not None and first.name == "m":
            m = arrays["m"]
            assert not (record.keeps_empty and not m.any() and np.any(found))
            assert not (record.is_extensive(step.settings) and np.any(m & ~np.asarray(found, bool)))
        turned = transposed(checked)
        if turned is not None:
            flipped = {name: v.T.copy() if isinstance(v, np.ndarray) else v for name, v in arrays.items()}
            np.testing.assert_array_equal(np.asarray(reference.run(turned, flipped)["result"]).T, found, strict=False)
        expanded = expand_derived(step, Facts())
        if expanded is not None:
            steps = tuple(in_order(expanded))
            alone = replace(checked, steps=steps, outputs=(("result", expanded),))
            np.testing.assert_array_equal(reference.run(alone, arrays)["result"], found, strict=True)

    check()


def test_some_records_declare_each_fact() -> None:
    """Else the test above could not fail."""
    records = [*CATALOGUE.values()]
    assert sum(bool(r.total) for r in records) > 70
    assert sum(r.transposes for r in records) > 50
    assert sum(r.keeps_empty for r in records) > 10
    assert sum(bool(r.extensive) for r in records) > 3
    assert sum(bool(r.derived) for r in records) > 7
