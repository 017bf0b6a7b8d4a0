"""The engine gives bit for bit what the reference gives, and the same errors, however a run is cut and shared.

MASKEXPR_EXAMPLES sets how many examples each random test tries; a soak takes thousands.
"""

import itertools
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.both_ways import (
    ROWS,
    THREADS,
    bound,
    expect_outcome,
    expect_same,
    grey,
    helpers,
    tried,
)
from helpers.places import ANKLE
from helpers.random_expressions import PATTERNS
from helpers.random_masks import mask_programs
from helpers.random_programs import DTYPES, Program, laid_out, programs, random_array
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr import Image, ProgramError, RunError
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.library import OPERATORS
from maskexpr.planner.methods.method import MAKERS, Method
from maskexpr.planner.plan import Pass, plan

pytestmark = pytest.mark.slow

LAYOUTS = ["C", "C", "Fortran", "reversed", "every second", "read-only"]
FILLS = ["any", "few", "near", "edges", "lone"]


# --- random programs -------------------------------------------------------------------------------------------------


@given(programs(), ROWS, THREADS)
@tried(250)
def test_random_programs(program: Program, rows: int | None, threads: int) -> None:
    with helpers(threads):
        expect_same(program.text, {**program.inputs, **program.given}, rows)


@given(programs(), ROWS, THREADS, st.integers(0, 2**32 - 1))
@tried(150)
def test_random_programs_on_larger_images(program: Program, rows: int | None, threads: int, seed: int) -> None:
    """With pixels for which the programs were not made, which some of them cannot take."""
    rng = np.random.default_rng(seed)
    arrays = list(program.inputs.values())
    most = [40, 40, 200] if arrays[0].ndim < 3 else [6, 6, 9, 130]
    shape = tuple(int(rng.integers(n, m + n)) for n, m in zip(arrays[0].shape, most[-arrays[0].ndim :], strict=True))
    larger = {
        name: laid_out(random_array(rng, shape, a.dtype.str, str(rng.choice(FILLS))), str(rng.choice(LAYOUTS)))
        for name, a in program.inputs.items()
    }
    with helpers(threads):
        try:
            expect_same(program.text, {**larger, **program.given}, rows)
        except ProgramError:  # such as too wide a result
            return


@given(mask_programs(), ROWS, THREADS)
@tried(250)
def test_random_masks_and_errors(example: tuple[str, dict[str, Any]], rows: int | None, threads: int) -> None:
    text, values = example
    with helpers(threads):
        try:
            expect_same(text, values, rows)
        except ProgramError:
            return


# --- shapes that bite ------------------------------------------------------------------------------------------------

SHAPES: list[tuple[int, ...]] = [
    *[(1,), (7,), (63,), (64,), (65,), (200,)],
    *[(1, 1), (1, 9), (9, 1), (1, 130), (70, 1), (5, 63), (4, 64), (3, 65), (6, 127), (5, 128), (7, 129), (12, 200)],
    *[(40, 70), (3, 4, 5), (2, 5, 64), (4, 1, 65), (70, 2, 3), (2, 3, 2, 3), (2, 2, 3, 65)],
]
REACHES = ["0", "1", "2", "3", "0.5", "1.5", "2.5", "5", "10", "31", "33", "63", "64", "65", "100", "129", "200"]
REACHES += ["500", "1000000"]
# With room around the image, which is not to take too long.
ROOMY_REACHES = {1: REACHES[:-2], 2: REACHES[:13], 3: REACHES[:8], 4: REACHES[:7]}
TIMES = ["0", "1", "2", "3", "4", "70", "1000000"]
LENGTHS = ["0.4mm", "1mm", "1.5mm", "4mm", "40mm"]


@st.composite
def arrays_of(draw: Callable[..., Any], shape: tuple[int, ...], dtype: str) -> Any:
    """An array of a shape and type, with any pixels, laid out in any way."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return laid_out(random_array(rng, shape, dtype, draw(st.sampled_from(FILLS))), draw(st.sampled_from(LAYOUTS)))


@st.composite
def element_arguments(draw: Callable[..., Any], ndim: int, *, spaced: bool, roomy: bool) -> str:
    """`n, shape, axes` of a morphology."""
    axes, written = list(range(ndim)), ""
    if draw(st.integers(0, 2)) == 0:
        axes = sorted(draw(st.sets(st.integers(0, ndim - 1), min_size=1)))
        written = f", axes={axes}"
    if len(axes) in PATTERNS and draw(st.integers(0, 3)) == 0:
        n = draw(st.sampled_from(TIMES[:5] if roomy else TIMES))
        return f'{n}, "{draw(st.sampled_from(PATTERNS[len(axes)]))}"{written}'
    lengths = LENGTHS[:3] if roomy and ndim > 2 else LENGTHS
    n = draw(st.sampled_from((ROOMY_REACHES[ndim] if roomy else REACHES) + (3 * lengths if spaced else [])))
    return f'{n}, "{draw(st.sampled_from(["diamond", "square", "disk"]))}"{written}'


@st.composite
def morphologies(draw: Callable[..., Any], dtype: str, functions: list[str]) -> tuple[str, dict[str, Any]]:
    """A chain of morphology of one image, with what lies between as results too."""
    shape = draw(st.sampled_from(SHAPES))
    spacing = draw(st.sampled_from([None, None, 0.5, [0.7, 1.0, 0.3, 0.4][: len(shape)]]))
    array = draw(arrays_of(shape, dtype))
    lines, last = [], "m"
    for i in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(functions))
        roomy = name in ("open", "close")
        arguments = draw(element_arguments(len(shape), spaced=spacing is not None, roomy=roomy))
        lines.append(f"v{i} = {name}({last}, {arguments})")
        last = draw(st.sampled_from([f"v{i}", f"v{i}", f"~v{i}" if dtype == "bool" else f"v{i}", "m"]))
        if draw(st.booleans()):
            lines.append(f"output r{i} = v{i}")
    lines.append(f"output r = {last}")
    return "\n".join(lines), {"m": Image(array, spacing=spacing, kind="mask" if dtype == "bool" else "image")}


@given(morphologies("bool", ["dilate", "erode", "open", "close", "boundary"]), ROWS, THREADS)
@tried(300)
def test_morphology_of_masks(example: tuple[str, dict[str, Any]], rows: int | None, threads: int) -> None:
    text, values = example
    with helpers(threads):
        expect_same(text, values, rows)


@given(
    st.sampled_from(DTYPES[1:]).flatmap(lambda dtype: morphologies(dtype, ["dilate", "erode", "open", "close"])),
    ROWS,
    THREADS,
)
@tried(200)
def test_morphology_of_images(example: tuple[str, dict[str, Any]], rows: int | None, threads: int) -> None:
    text, values = example
    with helpers(threads):
        expect_same(text, values, rows)


@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_filters(dtype: str) -> None:
    rng = np.random.default_rng(5)
    calls = ["gaussian(im, 1.3)", "gaussian(im, [2, 0])", 'gaussian(im, 4, axes="y")', "sobel(im)", 'sobel(im, "y")']
    calls += ['sobel(im, "x")', "median_filter(im)", 'median_filter(im, 1, "disk")', 'median_filter(im, 6, axes="y")']
    calls += ["median_filter(im, 5)", 'median_filter(im, 1, "010/111/010")']
    text = "\n".join(f"output r{i} = {call}" for i, call in enumerate(calls))
    for shape, fill in itertools.product([(1, 1), (1, 70), (19, 1), (23, 66)], ["any", "edges"]):
        with helpers(2):
            expect_same(text, {"im": random_array(rng, shape, dtype, fill)}, 1, 5, None)


PAIRS = [
    *[f"a {symbol} b" for symbol in ("<", "<=", ">", ">=", "==", "!=")],
    *["a > 2", "2 >= a", "a == 0.5", "a != 70000", "a < 1e30", "a <= max(b)", "mean(b) > a", "a == exp(1000) * 0"],
    *["between(a, 1, 3)", "between(a, min(a), 3)", "between(a, 3, max(a))", "between(a, -1, b)", "between(a, 0.5, 9)"],
    *["where(m, a, b)", "where(m, a, 0)", "where(m, 0, a)", "where(m, 300, a)", "where(m, a, -0.0)", "where(m, 1, 0)"],
    *["where(m, a, 1e30)", "where(m, a, max(b))", "where(any(m), a, b)", "where(a > 1, a, where(m, b, 3))"],
    *["a + b", "a - b", "a * b", "a / b", "-a", "abs(a)", "minimum(a, b)", "maximum(a, b)", "a + 1", "2 - a", "a / 3"],
    *["minimum(a, max(b))", "a + mean(b)", "a * 0.1", "clip(a, 1, b)", "sign(a)", "round(a)", "a in [1, 3, 2.5]"],
    *["hysteresis(a, 1, 3)", "hysteresis(a, b, 3)", "hysteresis(a, min(b), max(b))"],
]


@pytest.mark.parametrize("dtypes", list(itertools.product(DTYPES[1:12], repeat=2)), ids="-".join)
def test_pixel_by_pixel_for_all_types(dtypes: tuple[str, str]) -> None:
    rng = np.random.default_rng(4)
    for fill in ("edges", "near", "few"):
        a, b = (random_array(rng, (6, 65), dtype, fill) for dtype in dtypes)
        given = {"a": a, "b": b, "m": rng.random((6, 65)) < 0.5}
        fitting = [text for text in PAIRS if fits(text, given)]
        assert len(fitting) >= 40
        expect_same("\n".join(f"output r{i} = {text}" for i, text in enumerate(fitting)), given, 4)


def fits(text: str, given: dict[str, Any]) -> bool:
    """Whether a program can be checked for these types: 64 bits may be too few for a result."""
    try:
        bound(maskexpr.compile("\n".join(["input a", "input b", "input m", text])), given)
    except ProgramError:
        return False
    return True


# --- programs that reach everything ----------------------------------------------------------------------------------

ANYWHERE = [
    "output a = keep(m, area > count(k)); output b = keep(k, mean_intensity > 99 & area > 1, of=im)",
    "dilate(im > 3) & ~erode(m) | boundary(k)",
    "open(m, 2) ^ close(k, 2) == (m != k)",
    "keep_largest(dilate(im > 3)) & (im < 200)",
    "t = im > otsu(im); output a = t; output b = keep_largest(dilate(t, 2)); output c = dilate(b & t) & m",
    "output a = area(m) * fraction(k); output b = any(m & k) and all(m | k); output c = count(m) + count(~m)",
    "output a = label(m); output b = fill_holes(m); output c = clear_border(k); output d = remove_small(m, 3)",
    "output a = keep_largest(m, count(k) + 1); output b = remove_small(k, area(m) / 9)",
    "output a = hysteresis(im, 3, 200); output b = hysteresis(im, mean(im), max(im)); output c = otsu(im, within=m)",
    'output a = dilate(im, 2); output b = open(im); output c = erode(im, 1, "square"); output d = close(im, 2, "disk")',
    "output a = median_filter(im); output b = gaussian(im, 1) > 9; output c = dilate(sobel(im) > 50)",
    "output a = where(m, im, 0); output b = where(m, k, dilate(k)); output c = where(dilate(m), erode(k), open(m))",
    "output a = ~dilate(m); output b = dilate(m) == k; output c = ~m ^ k; output d = dilate(k) & true",
    "output a = x; output b = dilate(x > 3) & m; output c = median_filter(x + im); output d = gaussian(x, 1)",
    "output a = m; output b = im; output c = m",
    "a = dilate(m); output p = a; output q = a; output r = dilate(a); output s = area(a)",
    "output p = m | k; output q = keep_largest(p) & dilate(p); output r = count(p) > 0",
    "output a = -im + 3; output b = abs(im - 99) / 2; output c = minimum(im, 9) * maximum(im, 3)",
    "output a = between(im, 3, 99) ^ between(im, 3, mean(im)); output b = im == 3 | im >= median(im)",
    "output a = empty(); output b = full(); output c = dilate(empty()) | open(full())",
    "output a = where(any(m), im, 3); output b = where(m, any(k), all(k)); output c = where(all(m), dilate(k), m)",
    "output a = distance(m) > 2; output b = dilate(distance(m) > 2) & dilate(m, 70); output c = erode(k, 70)",
    "dilate(keep_largest(dilate(keep_largest(dilate(m)))))",
    "assert any(dilate(m)) or true; area(dilate(m) & (im > mean(im)))",
    'assert area(m) < 5, "many"; dilate(m)',
    "im // (im - 3) + otsu(im, within=m & k)",
    "otsu(im, within=~~(m & k & m))",
    # numbers that depend on pixels, and may be out of bounds
    "keep_largest(m, area(k) - 5)",
    "keep_largest(m, area(k) / 2)",
    "remove_small(m, area(k) - 9)",
    # images that a later stage needs whole
    "a = gaussian(im, 1); output b = a > otsu(a); output c = max(dilate(im)) - erode(im)",
    # what a body gives back is its operand, whose memory is used again
    "output a = round(im + 1) + (im * 2); output b = floor(im * 3) - (im + 7) * (im - 1)",
    "output a = percentile(im[m], 50) + mean(im[dilate(k)]); output b = histogram(im, 4)",
    # regions by size, of slices, and of labels
    "output a = remove_large(m, 3); output b = fill_holes(k, 2); output c = remove_large(k, area(m) / 9)",
    "output a = fill_holes(m, area(k) - 9)",
    'output a = label(m, axes="x"); output b = count(k, axes="x"); output c = keep_largest(m, 2, axes="x")',
    "l = label(m); output a = keep_largest(l, 2); output b = clear_border(l); output c = remove_small(l, 2)",
    "output a = watershed(im, label(m), k); output b = peaks(im, 2); output c = split(m)",
    'output a = signed_distance(m); output b = distance(m, axes="x"); output c = watershed(im, m, axes="x")',
]
PLANES = [
    "output a = y; output b = dilate(y > 1) & m; output c = median_filter(y) + x; output d = sobel(y)",
    "output a = circle(3, 4, 2) | m; output b = dilate(rectangle(1, 2, 4, 30)) & k",
    "output a = m[::3, ::2] | k[::3, ::2]; output b = im[0]; output c = dilate(m[::-1]) & k; output d = area(m[0])",
    'output a = dilate(m, 3, axes="x"); output b = erode(m, 3, axes="y"); output c = gaussian(im, 2, axes="y") > 3',
    'output a = fill_holes(m, axes="yx"); output b = clear_border(m, 8, axes="yx"); output c = count(m, axes="y")',
    'output a = keep_largest(k, 2, axes="yx"); output b = remove_small(k, 3, 8, "yx"); output c = label(m, 8, "yx")',
]


def reached_by(program: maskexpr.Program, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The functions whose steps run by a method of their own, and the form of a mask it takes."""
    for stage in plan(bound(program, given)[0]).stages:
        for task in stage.tasks if isinstance(stage, Pass) else (stage,):
            if task.method.word != "plain body":
                assert task.step.function is not None
                yield task.step.function.name, task.form


def three(rng: np.random.Generator, shape: tuple[int, ...], fill: str) -> dict[str, Any]:
    """A grey image and two masks."""
    layout = str(rng.choice(LAYOUTS))
    return {
        "im": grey(laid_out(random_array(rng, shape, "uint8", fill), layout)),
        "m": laid_out(random_array(rng, shape, "bool", fill), layout),
        "k": random_array(rng, shape, "bool", "any"),
    }


def with_inputs(text: str) -> str:
    return "\n".join(["input im", "input m", "input k", text])


@pytest.mark.parametrize(
    ("text", "shape"),
    [*itertools.product(ANYWHERE, SHAPES), *itertools.product(PLANES, [s for s in SHAPES if len(s) > 1])],
)
def test_shapes_that_bite(text: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(9)
    with helpers(2):
        for fill, rows in (("any", 1), ("lone", 2), ("near", None), ("edges", 7)):
            given = three(rng, shape, fill)
            expect_same(with_inputs(text), given, rows)


def test_every_method_is_reached_in_every_form() -> None:
    given = {**three(np.random.default_rng(1), (9, 10, 11), "any"), "f": np.ones((9, 10, 11))}
    reached = set()
    for text in [*ANYWHERE, *PLANES, "z", "at(m, 4, 4, 4)", *PAIRS]:
        values = {**given, "a": given["f"], "b": given["f"]} if text in PAIRS else given
        names = "".join(f"input {name}\n" for name in values)
        reached.update(reached_by(maskexpr.compile(names + text), values))
    for text in ("where(m, im, 1)", "(m & k) == erode(m)", "erode(m) != dilate(k)"):
        reached.update(reached_by(maskexpr.compile(with_inputs(text)), three(np.random.default_rng(1), (9, 9), "any")))
    assert {function.name for function in MAKERS} == {name for name, _ in reached}
    for name in ("&", "|", "^", "~", "==", "!=", "where"):
        assert {(name, "plain"), (name, "packed")} <= reached, name


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("layout", LAYOUTS[1:])
def test_functions_of_floats_in_any_layout(layout: str, dtype: str) -> None:
    """NumPy takes other ways, with other last bits, for values that do not lie side by side."""
    rng = np.random.default_rng(3)
    calls = [
        "exp(f / 30)",
        "log(abs(f))",
        "sin(f)",
        "cos(f)",
        "tan(f)",
        "arctan2(f, 3)",
        "hypot(f, 2)",
        "abs(f) ** 0.3",
    ]
    text = "\n".join(f"output r{i} = {call}" for i, call in enumerate(calls))
    array = laid_out(random_array(rng, (37, 41), dtype, "any"), layout)
    expect_same(text, {"f": array}, 1, 5, None)


@pytest.mark.parametrize("shape", [s for s in SHAPES if len(s) in (2, 3)])
def test_the_region_at_a_point(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(7)
    for fill in ("any", "few", "near"):
        given = {"m": laid_out(random_array(rng, shape, "bool", fill), str(rng.choice(LAYOUTS)))}
        points = [[int(rng.integers(size)) for size in shape[::-1]] for _ in range(3)]
        points += [[-1] * len(shape), list(shape[::-1]), [0.5] * len(shape)]
        calls = [f"at(m, {p[1]}, {p[0]}{''.join(f', {c}' for c in p[2:])}" for p in points]
        calls = [f"{call}, connectivity={c})" for call in calls for c in (1, 2)]
        calls += [calls[0][:-1].replace("connectivity=1", 'axes="x")')]
        expect_same("\n".join(f"output r{i} = {call}" for i, call in enumerate(calls)), given)


# --- several images --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3, None])
def test_several_grids_in_one_program(rows: int | None) -> None:
    rng = np.random.default_rng(2)
    text = """
        output a = dilate(p > 3)
        output b = erode(q > 3, 2) & ~(q > area(p > 3))
        output c = area(a) + count(b)
        output d = keep_largest(p > 9) ^ dilate(keep_largest(p > 200))
        output e = where(q > mean(p), q, 0)
        output f = dilate(l > 3) & (l < max(q))
    """
    given = {name: random_array(rng, s, "uint8", "any") for name, s in (("p", (9, 65)), ("q", (14, 3)), ("l", (77,)))}
    with helpers(3):
        expect_same(text, given, rows)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
@pytest.mark.parametrize("channels", [3, 4])
def test_colour(channels: int, dtype: str) -> None:
    rng = np.random.default_rng(6)
    text = """
        input c: colour
        output a = dilate(gray(c) > 100) & m
        output b = where(dilate(m), c, 0)
        output d = erode(red(c)) - green(c)
        output e = keep_largest(blue(c) > hue(c)) | (saturation(c) > 0.5)
        output f = where(m, c, where(any(m), c, 1))
        output g = c[1:, ::2]
        output h = channel(c, 1) + value(c)
    """
    for layout in LAYOUTS:
        c = laid_out(random_array(rng, (11, 66, channels), dtype, "any"), layout)
        with helpers(2):
            expect_same(text, {"c": Image(c, kind="colour"), "m": rng.random((11, 66)) < 0.3}, 1, 4, None)


TISSUE = """
limb = im > 32
bone = im > 64
soft = limb & ~bone
output tissue = dilate(soft, 2)
output core = erode(soft, 2)
output leg = keep_largest(limb)
output bones_only = where(bone, im, 0)
output share = fraction(tissue)
output clean = close(open(bone, 3, "disk"), 3, "disk")
output by_size = bone.remove_small(200).fill_holes() & dilate(leg, 5)
output agreement = dice(clean, by_size)
output smooth = gaussian(im, 2) > otsu(im)
output tall = median_filter(im, 2) >= dilate(im, 3) - y
"""


@pytest.mark.parametrize("rows", [1, 5, None])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_real_image(rows: int | None, threads: int) -> None:
    with helpers(threads):
        expect_same(TISSUE, {"im": iio.imread(ANKLE)}, rows)


# --- results of their own --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(6, 9), (40, 64), (300, 70)])
@pytest.mark.parametrize("text", [*ANYWHERE[:4], *ANYWHERE[8:22], *PLANES])
def test_results_are_new_arrays(text: str, shape: tuple[int, ...]) -> None:
    """Never the inputs, nor each other, nor what the next run uses."""
    rng = np.random.default_rng(8)
    program, runs = maskexpr.compile(with_inputs(text)), []
    for fill in ("any", "few", "any"):
        given = {**three(rng, shape, fill), "m": rng.random(shape) < 0.5}
        given["im"] = np.array(given["im"].array)
        before = {name: array.copy() for name, array in given.items()}
        checked, arrays = bound(program, given)
        found = as_mapping(program, program(**given))
        wanted = reference.run(checked, arrays)
        expect_outcome(found, wanted, text)
        results = [r for r in found.values() if isinstance(r, np.ndarray)]
        runs.append((found, {name: np.copy(value) for name, value in wanted.items()}, [*given.values(), *results]))
        for name, array in given.items():
            np.testing.assert_array_equal(array, before[name])
    arrays = [array for _, _, some in runs for array in some]
    for i, array in enumerate(arrays):
        assert not any(np.shares_memory(array, other) for other in arrays[:i])
    for found, wanted, _ in runs:
        for name, value in wanted.items():
            np.testing.assert_array_equal(found[name], value)
            if isinstance(found[name], np.ndarray):
                found[name][...] = 0  # writable, and nothing that the next run looks at
    given = three(rng, shape, "any")
    checked, arrays = bound(program, given)
    expect_outcome(as_mapping(program, program(**given)), reference.run(checked, arrays), text)


def as_mapping(program: maskexpr.Program, found: Any) -> dict[str, Any]:
    return found if len(program.outputs) > 1 else {program.outputs[0]: found}


# --- threads, processes, interruptions -------------------------------------------------------------------------------

SHARED = "t = im > otsu(im); output a = dilate(t, 3); output b = keep_largest(a) & t; output c = where(b, im, 0)"


@pytest.mark.parametrize("threads", [1, 3])
def test_a_program_runs_in_many_threads_at_once(threads: int) -> None:
    rng = np.random.default_rng(3)
    program = maskexpr.compile(SHARED)
    shapes = [(30, 40), (30, 40), (64, 65), (200,), (5, 6, 7), (300, 30)]
    images = [grey(random_array(rng, shape, dtype, "any")) for shape in shapes for dtype in ("uint8", "float32")]
    wanted = []
    for image in images:
        checked, arrays = bound(program, {"im": image})
        wanted.append(reference.run(checked, arrays))
    program = maskexpr.compile(SHARED)  # which has checked and planned nothing yet
    together = threading.Barrier(8)

    def work(first: int) -> None:
        together.wait()
        for i in range(30):
            at = (first + i) % len(images)
            image = images[at] if images[at].array.ndim == 3 else images[at].array
            expect_outcome(program(im=image), wanted[at], f"image {at}")

    with helpers(threads), ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, first) for first in range(8)]:
            done.result()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_runs_programs() -> None:
    """Although the threads of the first one are not there, whatever they were doing."""
    rng = np.random.default_rng(3)
    im = random_array(rng, (90, 80), "uint8", "any")
    program, long = maskexpr.compile(SHARED), maskexpr.compile("dilate(im > 9, 40)")
    large = random_array(rng, (900, 900), "uint8", "any")
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            long(im=large)

    with helpers(3), ThreadPoolExecutor(2) as pool:
        wanted = program(im=im)
        busy = [pool.submit(work) for _ in range(2)]
        try:
            for _ in range(5):
                assert _exit_status_of_child(lambda: expect_outcome(program(im=im), wanted, SHARED)) == 0
        finally:
            stop.set()
        for done in busy:
            done.result()


def _exit_status_of_child(work: Callable[[], None]) -> int | None:
    """What a forked process ends with; None where it does not end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which is what this is about
        child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    for _ in range(500):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_run_stops_and_the_next_is_right(
    threads: int, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    function = OPERATORS["^"]
    own = MAKERS[function]
    calls: list[int] = []
    numbers = itertools.count(1)

    def interrupting(step: Any) -> Method | None:
        method = own(step)
        assert method is not None

        def run(given: Any, out: Any, place: Any) -> Any:
            calls.append(number := next(numbers))
            time.sleep(0.001)  # so that other threads take strips too
            if number == 4:
                raise error
            return method.run(form)(given, out, place)

        form = "packed" if method.plain is None else "plain"
        return Method(run, quiet=method.quiet)

    monkeypatch.setitem(MAKERS, function, interrupting)
    rng = np.random.default_rng(1)
    given = {name: rng.random((60, 20)) < 0.5 for name in ("m", "k")}
    program = maskexpr.compile("dilate(m ^ k)")
    checked, arrays = bound(program, given)
    with helpers(threads):
        engine = Engine(checked, plan(checked, 1))
        with pytest.raises(error):
            engine.run(arrays)
        assert len(calls) < 20  # the other strips were left
        for _ in range(2):
            expect_outcome(engine.run(arrays), reference.run(checked, arrays), "after an interruption")


def test_errors_show_the_place_as_it_was_written() -> None:
    """Whatever a rewrite made of it."""
    im, off = np.array([[1, 2]], np.uint8), np.array([[False, False]])
    for text in (
        "otsu(im, within=~~m)",
        "a = m & (im > 0); output b = a; output c = otsu(im, within=(im > 0) & m & m)",
    ):
        expect_same(text, {"im": im, "m": off})
        with pytest.raises(RunError):
            maskexpr.evaluate(text, im=im, m=off)
    expect_same("k = im > 200\noutput a = k\noutput b = otsu(im, ~(im <= 200))", {"im": im})


def test_a_run_goes_on_alone_where_no_thread_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    im = random_array(np.random.default_rng(0), (200, 70), "uint8", "any")
    program = maskexpr.compile("dilate(im > 100, 2)")
    wanted = program(im=im)

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("maskexpr.kernels.threads._pool", [])
    monkeypatch.setattr(threading.Thread, "start", refuse)
    with helpers(4):
        checked, arrays = bound(program, {"im": im})
        found = Engine(checked, plan(checked, 5)).run(arrays)
    np.testing.assert_array_equal(found["result"], wanted)
