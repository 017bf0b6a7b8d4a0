"""Every function called with arguments of the right kinds, drawn from what bites.

It gives a value of the promised kind or one of our errors, the same by its plain meaning and by the engine in strips,
and writes to nothing that it was given.

MASKEXPR_EXAMPLES sets how many examples are tried for each function.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import bound, compiled, expect_same
from helpers.properties import called, condition_on
from helpers.searches import try_seeds

import maskexpr
from maskexpr import Image
from maskexpr.engine import reference
from maskexpr.engine.transposed import transposed
from maskexpr.functions.arguments import Parameter, value_text
from maskexpr.functions.record import Function
from maskexpr.library import CATALOGUE, OPERATORS, PROPERTIES
from maskexpr.planner.rewrites.expand_derived import expand_derived
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program.steps import Checked, in_order

SHAPES = [(1,), (9,), (1, 1), (1, 9), (9, 1), (7, 10), (12, 65), (3, 5, 6), (1, 4, 5), (2, 2, 3, 4)]
TYPES = ["uint8", "int8", "uint16", "int16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"]
SPACINGS = [None, None, "0.5mm", 2.0]

# What is written for a parameter that is known before the run; a kind of its own has no other way.
CONSTANTS = {
    "n": ["0", "1", "2", "3", "2.5", "1mm", "40", "none", "[1, 2]", "[0.5, 2mm]"],
    "sigma": ["0", "1", "0.7", "1mm", "[1, 2]"],
    "low": ["0.5", "1", "1mm", "3", "-2", "median(im)", "im", "none"],
    "high": ["2", "3mm", "100", "max(im)", "none"],
    "shape": ['"diamond"', '"square"', '"disk"', '"010/111/010"', '"11"', '"110/011//111/101"'],
    "axes": ['"yx"', '"x"', '"y"', '"zy"', "none", "[0]", "0"],
    "axis": ['"x"', '"y"', '"z"', "none"],
    "connectivity": ["1", "2", "3", "8", "6"],
    "pattern": ['"010/111/010"', '"1.0"', '"11/0."', '"1"', '"0"', '"01//10"'],
    "unit": ['"px"', '"mm"', '"um"', '"mm2"', '"mm3"'],
    "border": ['"image"', '"empty"', '"ignore"', '"reflect"', '"nearest"', '"mirror"', '"wrap"', '"constant"'],
    "kernel": ["[1, 2, 1]", "[[1, -2], [0, 3]]", "[[0.5, 1, -2]]", "[[[1, 0], [2, -7]]]", "[[1]]", "[[0, 0]]"],
    "order": ["0", "1", "2", "3", "[0, 1]", "[2, 0]"],
    "predicate": [
        *(condition_on(name, "> 2") for name in PROPERTIES),
        *(
            "centroid[0] < 3",
            "bbox[1] == 0",
            "area >= 0.5 * max(area)",
            "area > 1mm2",
            "min_intensity < 3 & extent > 0.5",
        ),
    ],
    "properties": [
        "area, centroid",
        "bbox, extent, solidity",
        "mean_intensity, area, max_intensity",
        *(called(name) for name in PROPERTIES),
    ],
    "column": ['"area"', '"label"', '"solidity"', '"x"'],
    "ys": ["[0, 5, 2]", "[0.5, 3, 3, 0.5]"],
    "xs": ["[1, 1, 6]", "[0.5, 0.5, 4, 4]"],
    "radius": ["0", "2", "2.5", "1mm"],
    "height": ["0", "3", "0.5", "none"],
    "tiles": ["1", "3", "[2, 5]"],
    "ry": ["0", "2", "1mm"],
    "rx": ["3", "2.5", "1mm"],
    "classes": ["2", "3", "4"],
    "rank": ["0", "1", "-1", "4"],
    "bins": ["1", "2", "256"],
    "i": ["0", "1", "7"],
    "values": ["[1, 2, 0]", "[0.5]", "[]"],
    "depth": ["0", "1", "0.5", "1mm"],
    "width": ["0", "1", "3.5", "1mm", "none"],
    "angle": ["0", "30", "-45.5", "90", "max(im)"],
    "margin": ["0", "1", "3", "1mm", "40"],
    "line": ["true", "false"],
    "compactness": ["0", "0.5", "30"],
    "metric": ['"euclidean"', '"city-block"', '"chessboard"'],
    "method": ['"homotopic"', '"zhang"', '"lee"'],
}
OF_KINDS = {
    "masks": ["[m]", "[m, im > 1, ~m]"],
    "table": ["measure(label(m), area, solidity)", "measure(m, area, mean_intensity, of=im)[area > 2]"],
    "images": ["[im, other]"],
}
# What bites wherever a number is taken: beyond 64 bits, at the ends of types, beyond float64's whole numbers, neither
# whole nor finite; constants, and numbers that are found in the pixels.
EXTREMES = [
    *(
        "2**64",
        "-2**64",
        "2**63",
        "-(2**63) - 1",
        "2**127",
        "-(2**127)",
        "2**53 + 1",
        "1e30",
        "-1e30",
        "0.5 ** 99",
        "-0.0",
    ),
    *(
        "-log(0)",
        "log(0)",
        "sqrt(-1)",
        "2**64 + 0.5",
        "sum(im) + 2**64",
        "-sum(im) - 2**64",
        "max(im) * 2**60",
        "1 / min(im)",
    ),
    *("count(m) + 2**100", "mean(im) * 1e300", "area(m) - 2**63", "2**64 in [2**64]", "isnan(2**64)", "true"),
]
EXTREME_SHAPES = [
    *SHAPES,
    (1,) * 5,
    (2, 1, 3, 1, 2),
    (1, 2, 1, 2, 1, 2),
    (2,) * 7,
    (1,) * 8,
    (1,) * 9,
    (1,) * 14,
    (1,) * 40,
]
ENDLESS = [(10**9, 10**9), (10**18,), (2, 10**17), (1, 10**6, 10**12)]
NUMBERS = ["0", "1", "2", "3", "0.5", "-1", "7", "count(m)", "max(im)", "mean(im)"]


def arguments(parameter: Parameter) -> list[str]:
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
    texts += [text for kind in OF_KINDS if kind in kinds for text in OF_KINDS[kind]]
    if "colour" in kinds and len(kinds) == 1:
        texts += ["rgb"]
    if "samples" in kinds:
        texts += ["im[m]"] if "image" in kinds else ["m[im > 1]"]
    if "number" in kinds and name not in CONSTANTS:
        texts += NUMBERS
        texts += ["im", "other"] if "image" in kinds else []
    if kinds & {"length", "size"} and name not in CONSTANTS:
        texts += ["1mm", "2mm2", "3mm3"]
    assert texts, f"nothing to give for {name}"
    return texts


def extreme_arguments(parameter: Parameter, rng: np.random.Generator) -> list[str]:
    """Such texts, most of them at the edge of what the parameter takes, or the default as it is written."""
    if not parameter.required and rng.random() < 0.5:
        return [value_text(parameter.default)]
    numbers, kinds = [str(rng.choice(EXTREMES)) for _ in range(3)], parameter.takes.kinds
    if "predicate" in kinds:
        needy = [name for name, known in PROPERTIES.items() if known.needs]
        names = [*PROPERTIES, *needy, *needy]
        return [*(condition_on(name, f"> {numbers[0]}") for name in names), "area in [2**64, 1]"]
    if kinds & {"number", "list", "length"} and rng.random() < 0.7:
        a, b, c = numbers
        lists = [f"[{a}, {b}, {c}]", f"[{a}]"] if "list" in kinds else []
        return [*numbers, *lists, *(["im", "im", "0", "7"] if "image" in kinds else [])]
    return [*arguments(parameter), *(["2e30mm", "1e-30mm", "1e30mm3"] if kinds & {"length", "size"} else [])]


def call_of(record: Function, rng: np.random.Generator, *, extreme: bool = False) -> str:
    """A call of a function with what it needs, and some of what it may be given."""
    if record.bare:
        return record.name

    def one(parameter: Parameter) -> str:
        return str(rng.choice(extreme_arguments(parameter, rng) if extreme else arguments(parameter)))

    given = [one(p) for p in record.parameters if p.required]
    more = [p for p in record.parameters if not p.required and rng.random() < (1 / 2 if extreme else 1 / 3)]
    given += [f"{p.name}={one(p)}" for p in more]
    return f"{record.name}({', '.join(given)})"


def operation_of(symbol: str, rng: np.random.Generator) -> str:
    """An operator on such numbers, images, masks."""
    values = [f"({rng.choice([*EXTREMES, 'im', 'im', 'other', 'm', 'label(m)'])})" for _ in range(3)]
    if symbol in ("negate", "~"):
        return f"{'-' if symbol == 'negate' else '~'}{values[0]}"
    if symbol == "samples":
        return f"{rng.choice(['mean', 'max', 'median', 'sum', 'std', 'any'])}({values[0]}[{values[1]} > 1])"
    if symbol == "item":
        return f"centroid(m)[{values[0]}]"
    if symbol == "crop":
        return f"im[{values[0]}:{values[1]}, {values[2]}]" if rng.random() < 0.5 else f"im[::{values[0]}]"
    if symbol in ("column", "rows"):
        table = (
            f"measure(im > {values[0]}, area, max_intensity, of=im)[area > {values[1]} | max_intensity < {values[2]}]"
        )
        return table if symbol == "rows" else f'{table}["max_intensity"]'
    if symbol == "assert":
        return f"assert {values[0]} < {values[1]}; {values[2]}"
    return f"{values[0]} {symbol} {values[1]} {symbol if symbol in '+-*&|^' else '=='} {values[2]}"


def inputs(rng: np.random.Generator, shapes: list[tuple[int, ...]] = SHAPES) -> dict[str, Any]:
    """Arrays of one shape: masks, images of any type, a colour image."""
    shape = shapes[rng.integers(len(shapes))]
    values = {"m": rng.random(shape) < rng.choice([0.0, 0.05, 0.5, 0.9, 1.0])}
    for name in ("im", "other"):
        dtype, most = np.dtype(str(rng.choice(TYPES))), int(rng.choice([0, 1, 5, 100]))
        values[name] = rng.integers(0, most + 1, shape).astype(dtype)
        if dtype.kind == "f":
            values[name] = values[name] - dtype.type(most / 2)
            if rng.random() < 1 / 4:
                values[name][rng.random(shape) < 0.2] = rng.choice([np.nan, np.inf, -np.inf])
        elif rng.random() < 1 / 5:
            values[name][(0,) * len(shape)] = np.iinfo(dtype).max
    spacing = SPACINGS[rng.integers(len(SPACINGS))]
    kinds = dict.fromkeys(values, "image") | {"m": "mask"}
    given = {name: Image(array, spacing=spacing, kind=kinds[name]) for name, array in values.items()}
    given["rgb"] = Image(rng.integers(0, 256, (*shape, 3)).astype(np.uint8), spacing=spacing, kind="colour")
    return given


def check_call(record: Function, seed: int) -> None:
    rng = np.random.default_rng(seed)
    text, values, rows = call_of(record, rng), inputs(rng), [1, 2, None][seed % 3]
    text = f"input im: image; input m: mask; {text}"
    try:
        used = {info.name: values[info.name] for info in compiled(text).inputs}
        checked, arrays = bound(text, used)
    except maskexpr.MaskError:
        return
    found = expect_same(text, used, rows)
    if isinstance(found, dict):
        check_kinds(text, checked, found)
    if checked.outputs[0][1].function is record:  # else it was computed while it was checked
        check_declared(text, record, checked, arrays, found)


def check_kinds(text: str, checked: Checked, found: dict[str, Any]) -> None:
    for name, step in checked.outputs:
        value, kind = found[name], step.kind
        if kind.is_array:
            assert value.dtype == kind.dtype, text
            assert value.shape[: len(kind.shape or ())] == kind.shape, text
            if kind.range is not None and value.size:
                assert kind.range.low <= value.min() <= value.max() <= kind.range.high, text


def check_declared(
    text: str, record: Function, checked: Checked, arrays: dict[str, Any], outcome: dict[str, Any] | str
) -> None:
    """What a record declares can be seen in a call: it refuses no pixels, keeps empty masks, only grows masks, takes
    the axes in any order, is an expression of others."""
    step = checked.outputs[0][1]
    if isinstance(outcome, str):
        kinds = {name: operand.kind for name, operand in step.operands.items()}
        assert not (record.never_refuses(kinds) and all(o.name for o in step.operands.values())), text
        return
    found = outcome["result"]
    first = step.operands.get("m")
    if first is not None and first.name == "m":
        m = arrays["m"]
        assert not (record.is_kept_empty(step.settings) and not m.any() and np.any(found)), text
        assert not (record.is_extensive(step.settings) and np.any(m & ~np.asarray(found, bool))), text
    turned = transposed(checked)
    if turned is not None:
        flipped = {name: v.T.copy() if isinstance(v, np.ndarray) else v for name, v in arrays.items()}
        np.testing.assert_array_equal(np.asarray(reference.run(turned, flipped)["result"]).T, found, text)
    expanded = expand_derived(step, Facts())
    if expanded is not None:
        alone = replace(checked, steps=tuple(in_order(expanded)), outputs=(("result", expanded),))
        np.testing.assert_array_equal(reference.run(alone, arrays)["result"], found, text, strict=True)


@pytest.mark.slow
@pytest.mark.parametrize("record", CATALOGUE.values(), ids=lambda record: record.name)
def test_a_call_gives_what_its_record_promises(record: Function) -> None:
    try_seeds(24, lambda seed: check_call(record, seed))


PIXELWISE = [r for r in [*CATALOGUE.values(), *OPERATORS.values()] if r.parts == "pixelwise" and r.parameters]
SYMBOLS = {"negate": "-{}", "~": "~{}"}


def written(record: Function, texts: list[str]) -> str:
    if record.group != "operators":
        return f"{record.name}({', '.join(texts)})"
    return SYMBOLS.get(record.name, "{} " + record.name + " {}").format(*texts)


def check_samples(record: Function, seed: int) -> None:
    """What is done to samples is what is done to the images, and then sampled: values, types and ranges."""
    rng = np.random.default_rng(seed)
    given = inputs(rng)
    choices = {"im": "im[m]", "other": "other[m]", "m": "m[m]", "~m": "(~m)[m]", "im > 2": "(im > 2)[m]"}
    images, samples = [], []
    for parameter in record.parameters:
        drawn = [t for t in arguments(parameter) if t in choices or not t.startswith(("im", "m &", "label", "rgb"))]
        fields = [t for t in drawn if t in choices]
        images.append(str(rng.choice(fields if fields and rng.random() < 0.6 else drawn)))
        samples.append(choices.get(images[-1], images[-1]))
    if images == samples:
        return
    text = f"input im: image; input m: mask; a = ({written(record, images)})[m]; b = {written(record, samples)}; "
    logical = record.name in ("~", "isnan", "isfinite", "isin", "bit", "between", *"<>", "<=", ">=", "==", "!=")
    logical |= record.name in (*"&|^", "where") and not {"im", "other"} & set(images[-2:])
    text += f"output same = all({'a == b' if logical else 'a == b | isnan(a) & isnan(b)'}); output size = area(b == b)"
    try:
        used = {info.name: given[info.name] for info in compiled(text).inputs}
        checked, _ = bound(text, used)
    except maskexpr.ProgramError:
        return
    steps = dict(checked.bindings)
    assert replace(steps["a"].kind, origin="") == replace(steps["b"].kind, origin=""), text
    found = expect_same(text, used, None)
    assert isinstance(found, str) or found["same"] is True, text


@pytest.mark.slow
@pytest.mark.parametrize("record", PIXELWISE, ids=lambda record: record.name)
def test_what_works_on_pixels_works_on_samples(record: Function) -> None:
    if record.group not in ("colour", "stacks") and record.name != "assert":
        try_seeds(24, lambda seed: check_samples(record, seed))


def check_extremes(record: Function, seed: int) -> None:
    """A value, the same both ways, or one of our errors; and so for the cost."""
    rng = np.random.default_rng(seed)
    is_operator = record.name in OPERATORS and record.name not in CATALOGUE
    call = operation_of(record.name, rng) if is_operator else call_of(record, rng, extreme=True)
    text, values = f"input im: image; input m: mask; {call}", inputs(rng, EXTREME_SHAPES)
    if rng.random() < 0.1:
        endless = ENDLESS[rng.integers(len(ENDLESS))]
        values = {
            n: replace(v, array=np.broadcast_to(v.array[(0,) * v.array.ndim], endless)) for n, v in values.items()
        }
        values["rgb"] = Image(np.broadcast_to(np.uint8(1), (*endless, 3)), kind="colour")
    try:
        used = {info.name: values[info.name] for info in compiled(text).inputs}
        compiled(text).bind(**used).cost()
        compiled(text)(**used)
    except maskexpr.MaskError:
        return
    expect_same(text, used, [1, None][seed % 2])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
@pytest.mark.parametrize("record", [*CATALOGUE.values(), *OPERATORS.values()], ids=lambda record: record.name)
def test_extreme_numbers_explicit_defaults_and_odd_ranks(record: Function) -> None:
    try_seeds(60, lambda seed: check_extremes(record, seed))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("isnan(2**64)", False),
        ("isnan(sqrt(-1))", True),
        ("isfinite(sum(im) + 2**64)", True),
        ("isfinite(log(0))", False),
        ("clip(2**64, 0, im)", [[1, 2, 3]]),
        ("clip(-(2**64), im, 2**64)", [[1, 2, 3]]),
        ("keep(im > 1, area > 1, of=none)", [[False, True, True]]),
        ("keep(im > 1, mean_intensity > 1, of=none)", "mean_intensity is measured on an image"),
        ("where(im > 1, count(im > 1) + 2**100, 7)", "the result can be beyond every integer type"),
        ("bit(im, 1.0)", [[False, True, True]]),
        ("centroid(im > 1)[k]", 1.5),
        ("centroid(im > 1)[im]", "a subscript is a whole number, a slice or a mask, not an image"),
    ],
)
def test_a_value_or_a_word_of_ours_where_python_once_spoke(text: str, value: Any) -> None:
    given = {"im": np.array([[1, 2, 3]], np.uint8), "k": 1}
    try:
        program = maskexpr.compile(text)
        found = program(**{info.name: given[info.name] for info in program.inputs})
    except maskexpr.MaskError as error:
        found = error.message
    np.testing.assert_array_equal(found, value)


def test_some_records_declare_each_fact() -> None:
    """Else what is declared could not be seen to be wrong."""
    records = [*CATALOGUE.values()]
    assert sum(bool(r.total) for r in records) > 70
    assert sum(r.transposes for r in records) > 50
    assert sum(bool(r.keeps_empty) for r in records) > 10
    assert sum(bool(r.extensive) for r in records) > 3
    assert sum(bool(r.derived) for r in records) > 7
