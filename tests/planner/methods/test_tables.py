"""Functions of integer images by a table of their values: the same bits as pixel by pixel."""

from typing import Any

import numpy as np
import pytest
from helpers.both_ways import LAYOUTS, expect_same, helpers
from helpers.one_step import expect_body, last_step, method

import maskexpr
from maskexpr.planner.methods import tables
from maskexpr.testing.pixels import laid_out

UNARY = ["sqrt", "exp", "log", "log2", "log10", "sin", "cos", "tan"]
CALLS = [
    *(f"{name}(im)" for name in UNARY),
    *[
        "im ** 0.5",
        "im ** 2.5",
        "im ** -1",
        "1.5 ** im",
        "(-2) ** (im / 1 - im)",
        "arctan2(im, -0.0)",
        "arctan2(3, im)",
    ],
    *["hypot(im, 2.5)", "hypot(7, im)", "im ** -0.0"],
]


def every(dtype: str, low: int, high: int, seed: int = 1) -> Any:
    """Each value of a range, and more of them, in no order, as a plane."""
    rng, count = np.random.default_rng(seed), high - low + 1
    values = np.concatenate([np.arange(count), rng.integers(0, count, -count % 32)])
    return (rng.permutation(values).astype(dtype) + np.dtype(dtype).type(low)).reshape(-1, 32)


def table_of(text: str, **given: Any) -> str:
    word = method(text, **given).word
    return word.removeprefix("by a table of ") if word.startswith("by a table of ") else ""


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16"])
def test_it_gives_what_the_body_gives(dtype: str) -> None:
    limits = np.iinfo(dtype)
    im = every(dtype, int(limits.min), int(limits.max))
    for call in [c for c in CALLS if "/" not in c]:
        assert table_of(call, im=im) == f"{limits.max - limits.min + 1:,} values", call
        expect_body(call, "plain", im=im)


@pytest.mark.parametrize("power", [2, 3, 5, 7])
@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_whole_powers_stay_whole(dtype: str, power: int) -> None:
    im = every(dtype, int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
    expect_body(f"im ** {power}", "plain", im=im)
    found = maskexpr.evaluate(f"im ** {power}", im=im)
    assert found.dtype.kind in "iu"
    assert found.tolist() == [[v**power for v in row] for row in im.tolist()]
    assert bool(table_of(f"im ** {power}", im=im)) == (power > 4)  # products are found as fast


@pytest.mark.parametrize(
    ("text", "dtype", "low", "high"),
    [
        ("exp(im)", "int64", -700, 700),
        ("sin(im)", "uint64", 2**63 - 300, 2**63 - 1),
        ("log(im)", "int64", 2**62, 2**62 + 999),
        ("sqrt(im)", "int64", -(2**63), -(2**63) + 99),
        ("log2(clip(im, -5, 900))", "int32", -(2**31), -(2**31) + 999),
        ("1.01 ** (im % 999)", "uint32", 2**32 - 4000, 2**32 - 1),
        ("cos(im // 7)", "int16", -(2**15), 2**15 - 1),
        ("log10(where(im > 0, 5, clip(im, -9, 4)))", "int16", -20, 20),
    ],
)
def test_known_ranges_of_any_type(text: str, dtype: str, low: int, high: int) -> None:
    im = every(dtype, low, high)
    assert table_of(text, im=im)
    expect_body(text, "plain", im=im)
    expect_same(text, {"im": im}, 3, None)


@pytest.mark.parametrize(
    ("text", "shape", "dtype"),
    [
        ("exp(im)", (15, 17), "uint8"),  # fewer pixels than values
        ("exp(im)", (255, 257), "uint16"),
        ("exp(im)", (400, 400), "int32"),
        ("exp(im)", (400, 400), "float32"),
        ("hypot(im, im)", (400, 400), "uint8"),
        ("arctan2(im, im + 0.5)", (400, 400), "uint8"),
        ("im ** 200", (15, 17), "uint8"),
    ],
)
def test_where_it_does_not_pay(text: str, shape: tuple[int, ...], dtype: str) -> None:
    given = (shape, dtype)
    try:
        assert "by a table" not in maskexpr.compile(text).explain(im=given)
    except maskexpr.ProgramError:
        assert text == "im ** 200"  # fits no type


def test_numbers_that_are_equal_have_tables_of_their_own() -> None:
    """0.0 and -0.0, 2 and 2.0."""
    im = every("int8", -128, 127)
    for number in ("0.0", "-0.0", "0", "0.0", "-0.0"):
        expect_body(f"arctan2(im, {number})", "plain", im=im)
        expect_body(f"im ** {number}", "plain", im=im)
    for number in ("3", "3.0", "3"):
        expect_body(f"im ** {number}", "plain", im=im)


def test_a_number_that_is_found_in_the_run() -> None:
    im = every("uint8", 0, 255)
    text = "input im; output a = hypot(im, mean(im)); output b = mean(im) ** (im / 1); output c = arctan2(im, min(im))"
    for seed in (1, 2):
        expect_same(text, {"im": np.roll(im, seed) // seed}, 1, 4, None)


@pytest.mark.parametrize("layout", LAYOUTS[1:])
def test_any_layout_in_strips_by_threads(layout: str) -> None:
    im = laid_out(every("int16", -(2**15), 2**15 - 1), layout)
    text = "input im; output a = exp(im / 1); output b = log(im); output c = im ** 3; output d = sin(im) > cos(im)"
    with helpers(3):
        expect_same(text, {"im": im}, 1, 700, None)


@pytest.mark.parametrize("share", [0.5, 0.001])
def test_samples_have_one_where_there_are_as_many(share: float) -> None:
    im = np.tile(every("uint8", 0, 255), (20, 3))
    m = np.random.default_rng(1).random(im.shape) < share
    for call in ("log2(im[m] + 1)", "im[m] ** 1.5", "arctan2(3, im[m])", "im[m] ** 3"):
        step, _ = last_step(f"max({call})", {"im": im, "m": m})
        made = tables.by_table(step.operands["im"])
        assert made
        assert made.whole
        expect_same(f"output a = mean({call}); output b = max({call})", {"im": im, "m": m})


def test_a_table_is_made_once() -> None:
    tables._made.cache_clear()
    program = maskexpr.compile("input im; output a = exp(im); output b = exp(im // 2); output c = exp(im) + 1")
    for seed in (1, 2, 3):
        program(im=every("uint8", 0, 255, seed))
    assert tables._made.cache_info().misses == 2


def test_tables_that_are_kept_are_few() -> None:
    im = every("uint8", 0, 255)
    for n in range(100):
        maskexpr.evaluate(f"im ** {n + 0.25}", im=im)
    assert tables._made.cache_info().currsize <= 32


def test_nobody_writes_to_a_table() -> None:
    step, _ = last_step("exp(im)", {"im": every("uint8", 0, 255)})
    table = tables._table_of(step, 0)
    assert table
    with pytest.raises(ValueError, match="read-only"):
        table.made(None)[0] = 1


def test_the_memory_of_a_table_is_counted_once() -> None:
    """However many threads look into it."""
    few, many = (maskexpr.compile("exp(im)").cost(im=((1024, 1024), dtype)).memory for dtype in ("uint8", "uint16"))
    assert many - few > 8 * 2**16 + 2**20  # the image too
    assert "by a table of 65,536 values" in maskexpr.compile("exp(im)").explain(im=((1024, 1024), "uint16"))
