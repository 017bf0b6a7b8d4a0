"""What a plan costs: the operations that explain shows, and bytes that bound what a run holds at once."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.each import each

import maskexpr
from maskexpr.diagnostics.messages import count_text
from maskexpr.engine import passes
from maskexpr.files import programs
from maskexpr.inside import stages
from maskexpr.planner import plan
from maskexpr.planner.costs import operations
from maskexpr.testing.ways import peak

ROOT = Path(__file__).parent.parent.parent
SIDE = 120


def cost(text: str, shape: tuple[int, ...] = (1024, 1024), **more: Any) -> Any:
    program = maskexpr.compile(text)
    return program.cost(**{info.name: (shape, more.get("dtype", "uint8")) for info in program.inputs})


# --- operations ------------------------------------------------------------------------------------------------------

TEXTS = [
    "im > 32",
    "dilate((im > 32) & ~(im > 64), 2)",
    'close(im > 9, 20, "square")',
    "m = gaussian(im, 2) > otsu(im); assert area(m) > 9; output w = where(m, im + 1, 0)",
    "u = im + 1; output a = erode(erode(im > 3, 2)) | im > 300; output b = tophat(im, 3)",
    "im",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("shape", [(9, 7), (880, 380), (4096, 4096)])
def test_the_cost_is_what_explain_adds_up(text: str, shape: tuple[int, ...]) -> None:
    bound = maskexpr.compile(text).bind(im=(shape, "uint8"))
    found = bound.cost().operations
    assert found == operations(bound.plan) == sum(t.operations for s in bound.plan.stages for t in plan.tasks_of(s))
    shown = [line for line in bound.explain().splitlines() if line.startswith("  in all ")]
    assert shown == [f"  in all {count_text(found)} elementary operations, estimated"] * (text != "im")


@pytest.mark.parametrize(
    ("text", "most"),
    [
        # What is written would take 360 operations a pixel by the plain body, 18, and 9.
        ('close(im > 9, 20, "square")', 3),
        ("dilate((im > 32) & ~(im > 64), 2)", 3),
        ("(im > 3) & (im > 3) | im > 300", 1),
        ("keep_largest(im > 32)", 6),
    ],
)
def test_methods_and_rewrites_count(text: str, most: float) -> None:
    assert 1 <= cost(text).operations / 1024**2 <= most


@pytest.mark.parametrize("call", ["dilate(m, {})", 'dilate(m, {}, "disk")', 'erode(m, {}, axes="x")', "open(m, {})"])
def test_a_longer_reach_costs_more_but_not_as_much_more(call: str) -> None:
    short, long, longest = (cost(call.format(n), dtype="bool").operations for n in (2, 20, 200))
    assert short <= long <= longest < 100 * short
    assert short < longest


# --- bytes -----------------------------------------------------------------------------------------------------------

PIXELS = 1024**2


def test_masks_in_between_are_bits() -> None:
    """One is stored for the step on whole arrays, its result becomes bytes at last."""
    alone, both = (cost(text, dtype="bool").memory for text in ("keep_largest(m)", "keep_largest(dilate(m, 2))"))
    assert alone < both < alone + PIXELS
    assert cost("im > 3").memory < 2.2 * PIXELS
    chain = "m"
    for reach in range(1, 9):
        chain = f"{'erode' if reach % 2 else 'dilate'}({chain}, {reach})"
    assert cost(chain, dtype="bool").memory < 4 * PIXELS


def test_each_thread_has_buffers_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for count in ("1", "2", "8"):
        monkeypatch.setenv("MASKEXPR_THREADS", count)
        found.append(cost("gaussian(im, 2) > median_filter(im, 2)", (4096, 4096)).memory)
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_what_is_not_laid_out_row_by_row_is_copied() -> None:
    program = maskexpr.compile("max(im)")
    im = np.zeros((1000, 1000))
    loose = program.cost(im=im[::2, ::2]).memory
    assert loose == program.cost(im=im[:500, :500].copy()).memory + im.nbytes // 4


@each("shape", [(1,), (1, 1), (1, 1, 1), (1, 7), (7, 1)])
@each("text", ["area(m)", "count(m)", "all(m)", "dilate(m, 3)", "keep_largest(m)", "mean(m * 1)"])
def test_images_of_one_pixel_or_line(text: str, shape: tuple[int, ...]) -> None:
    text = text.replace("m * 1", "where(m, 1, 0)")
    bound = stages(maskexpr.compile(text), {"m": np.ones(shape, bool)})
    assert bound.cost().memory >= peak(bound)


def test_a_crop_holds_what_it_is_cut_from() -> None:
    assert cost("gaussian(im, 2)[3]").memory > 8 * PIXELS


# What is measured must be no more than what was said, for each conformance program as it is, and with its images tiled,
# in strips and shared among threads.


def conformance() -> Iterator[dict[str, Any]]:
    for path in sorted((ROOT / "tests" / "conformance").glob("*.json")):
        yield from (case for case in json.loads(path.read_text("utf-8")) if "error" not in case)


def numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [numbers(v) for v in value]
    return float(value) if value in ("nan", "inf", "-inf") else value


def given(value: Any, tiled: bool) -> Any:
    if not isinstance(value, dict):
        return value
    array = np.array(numbers(value["data"]), value["dtype"])
    more = {key: value[key] for key in ("spacing", "kind") if key in value}
    if tiled:
        side = SIDE if array.ndim < 3 else 20
        keep = 1 if array.ndim > 2 and array.shape[-1] in (3, 4) else 0  # channels
        grown = [max(1, side // n) for n in array.shape[: array.ndim - keep]]
        array = np.tile(array, grown + [1] * keep)
    return maskexpr.Image(array, **more) if more else array


@pytest.mark.slow
@pytest.mark.parametrize(("tiled", "count", "strip"), [(False, 1, 20), (True, 1, 20), (True, 3, 13)])
def test_the_peak_of_each_conformance_program(
    tiled: bool, count: int, strip: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKEXPR_THREADS", str(count))
    monkeypatch.setattr(passes, "_WORTH_THREADS", 0)
    monkeypatch.setattr(plan, "_STRIP_BYTES", 2**strip)
    monkeypatch.setattr(plan, "_PACKED_STRIP_BYTES", 2 ** (strip - 2))
    ratios = {}
    for case in conformance():
        program = maskexpr.compile(case["expression"], resolver=case.get("files", {}).get)
        values = {name: given(v, tiled) for name, v in {**case.get("inputs", {}), **case.get("params", {})}.items()}
        try:
            bound = stages(program, values)
            most = peak(bound)
        except maskexpr.MaskError:
            assert tiled  # it has no answer for these
            continue
        ratios[case["expression"], str(values)[:200]] = bound.cost().memory / most
    assert len(ratios) > 300
    assert {case: ratio for case, ratio in ratios.items() if ratio < 1} == {}
    if tiled:  # those as they are hold little but Python's own objects
        assert np.median(list(ratios.values())) < 3


SPACING = {"ct_head.mask": ["0.478516mm"], "brain.mask": ["3mm"], "sphere.mask": ["3mm"]}


@pytest.mark.slow
def test_the_peak_of_each_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKEXPR_THREADS", "3")
    ratios = {}
    for path in sorted((ROOT / "examples").glob("*.mask")):
        program = programs.load_program(str(path))
        loaded = programs.load_inputs(program, {}, {}, SPACING.get(path.name, []), path.parent)
        bound = stages(program, loaded.values)
        ratios[path.name] = bound.cost().memory / peak(bound)
    assert min(ratios.values()) >= 1, ratios
    del ratios["ascending.mask"]  # of nine pixels
    for small in ("stars.mask", "measured.mask", "coins.mask", "mitosis.mask", "dim_and_bright.mask"):
        del ratios[small]  # of which each pixel might be a region to measure, or to part from others
    del ratios["white.mask"]  # of whose masks each pixel might be of the surface
    assert max(ratios.values()) < 4, ratios


# --- what strangers give ---------------------------------------------------------------------------------------------

LABELS = ("every", "shuffled", "wide", "chequered", "few")
HOSTILE = [
    "match(every, shuffled)",
    "match(shuffled, every)",
    "f1(wide, shuffled, 0)",
    "segmentation_quality(every, shuffled, 0)",
    "panoptic_quality(wide, shuffled, 0)",
    "watershed(floats, every)",
    "watershed(floats, chequered)",
    'dilate(few, 60, "disk")',
    'dilate(few, 10000, "disk")',
    *(f'{function}(im, {n}, "disk")' for function in ("dilate", "open", "tophat") for n in (120, 10**6)),
    'erode(floats, 10000, "disk")',
    "valley(whole)",
    "keep(every, " + " and ".join(f"area + {i} > percentile(area, {i})" for i in range(60)) + ")",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_peak_where_each_pixel_is_a_region_and_reaches_are_long(text: str) -> None:
    size = 200
    rng = np.random.default_rng(3)
    every = np.arange(1, size * size + 1, dtype=np.int32).reshape(size, size)
    two = np.where(rng.random((size, size)) < 0.5, -4, 4)
    given = {
        "every": every,
        "shuffled": rng.permutation(every.reshape(-1)).reshape(size, size),
        "wide": rng.integers(1, 2**31 - 1, (size, size)).astype(np.int32),
        "chequered": np.where(np.indices((size, size)).sum(0) % 2, every, 0),
        "few": np.where(rng.random((size, size)) < 0.001, every, 0),
        "im": rng.integers(0, 256, (size, size), dtype=np.uint8),
        "floats": rng.normal(size=(size, size)),
        "whole": ((rng.normal(size=(size, size)) + two) * 10**8).astype(np.int32),
    }
    program = maskexpr.compile(text)
    values = {info.name: given[info.name] for info in program.inputs}
    images = {name: maskexpr.Image(value, kind="labels") for name, value in values.items() if name in LABELS}
    bound = stages(program, {**values, **images})
    assert peak(bound) <= bound.cost().memory


def test_the_time_of_keep_grows_with_each_percentile() -> None:
    def seconds(count: int) -> float:
        text = " or ".join(f"percentile_intensity({i}) > {i}" for i in range(count))
        return float(cost(f"keep(im > 3, {text}, of=im)").seconds)

    assert seconds(60) > 10 * seconds(1)


def test_the_time_of_a_list_grows_with_it() -> None:
    def seconds(count: int) -> float:
        values = ", ".join(str(7 * i) for i in range(count))
        return float(cost(f"im in [{values}]", dtype="int32").seconds)

    assert seconds(5000) > 50 * seconds(50)
