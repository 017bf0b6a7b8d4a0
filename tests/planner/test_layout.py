"""What is done to a strip, operation by operation: rows read and written, buffers used again, conversions."""

import numpy as np
import pytest

import maskexpr
from maskexpr.inside import stages
from maskexpr.planner.layout import Layout, Op
from maskexpr.planner.plan import Pass, plan

SHAPE = (400, 70)


def laid_out(text: str, *, loose: bool = False, shape: tuple[int, ...] = SHAPE, rows: int = 100) -> Layout:
    program = maskexpr.compile(text)
    given = {info.name: (shape, "bool" if info.name in "mk" else "uint8") for info in program.inputs}
    made = plan(stages(program, given).checked, rows)
    (stage,) = (s for s in made.stages if isinstance(s, Pass))
    return Layout(stage, {step for step in made.rewritten.steps if step.name} if loose else ())


def shown(op: Op) -> str:
    """What an operation does, in one word each: its step, where it goes, the rows around that it reads and writes."""
    name = op.step.function.name if op.step.function else op.step.name
    name += "" if op.task else f" {op.before} as {op.form}"
    place = "kept" if op.store is not None else (op.buffer or "own").replace("register ", "#")
    rows = ",".join(str(rows) for _, rows in op.reads if rows is not None)
    return f"{name} -> {place} ({rows} for {op.result.margin or 0} of {op.room})"


CASES = [
    ("im > 32", ["> -> kept (0 for 0 of 0)"]),
    # a step after it makes a step give its margin too; what a step makes of its halo is not kept
    (
        "dilate(erode(im > 3, 2), 3)",
        [
            "> -> #0 (5 for 5 of 5)",
            "> plain as packed -> #1 (5 for 5 of 5)",
            "erode -> #2 (5 for 3 of 5)",
            "dilate -> #1 (3 for 0 of 3)",
            "dilate packed as plain -> kept (0 for 0 of 0)",
        ],
    ),
    # a buffer is used again as soon as nothing reads it
    (
        "where(im > 3, im + 1, im * 2) - im",
        [
            "> -> #0 (0 for 0 of 0)",
            "+ -> #1 (0 for 0 of 0)",
            "* -> #2 (0 for 0 of 0)",
            "where -> #3 (0,0,0 for 0 of 0)",
            "- -> kept (0,0 for 0 of 0)",
        ],
    ),
    # what a plain body makes is its own
    ("(im in [3, 5, 9]) & m", ["isin -> own (0 for 0 of 0)", "& -> kept (0,0 for 0 of 0)"]),
    # what looks at rows around a strip may give those of the strip alone
    ("gaussian(im, 2)", ["gaussian -> kept (8 for 0 of 0)"]),
    # a mask in another form, once for all that want it
    (
        "dilate(m, 2) & erode(m, 3)",
        [
            "m plain as packed -> #0 (3 for 3 of 3)",
            "dilate -> #1 (2 for 0 of 2)",
            "erode -> #2 (3 for 0 of 3)",
            "& -> #0 (0,0 for 0 of 0)",
            "& packed as plain -> kept (0 for 0 of 0)",
        ],
    ),
]


@pytest.mark.parametrize(("text", "ops"), CASES)
def test_operations(text: str, ops: list[str]) -> None:
    found = [shown(op) for op in laid_out(text).ops]
    assert found == ops


def test_what_does_not_lie_row_by_row_is_copied_first() -> None:
    first = laid_out("im > 32", loose=True).ops[0]
    assert (first.task, first.before, first.form) == (None, "plain", "plain")


def test_buffers_are_as_large_as_the_rows_of_a_strip_and_those_around() -> None:
    sizes = dict(laid_out("dilate(erode(im > 3, 2), 3)").buffers())
    words = 110 * 8 * 3
    assert sizes == {"register 0": 110 * 70, "register 1": words, "register 2": words}
    assert dict(laid_out("im > 32").buffers()) == {}


def test_the_rows_of_a_strip_end_with_the_image() -> None:
    sizes = dict(laid_out("dilate(erode(im > 3, 20), 30)", shape=(60, 70), rows=60).buffers())
    assert sizes["register 0"] == 60 * 70


def test_only_a_whole_axis_of_one_is_held() -> None:
    assert {size for _, size in laid_out("dilate(m)", shape=(1000,)).buffers()} == {8 * (1000 // 64 + 2)}


def test_how_far_a_pass_looks() -> None:
    assert laid_out("dilate(erode(im > 3, 2), 3)").farthest == 5
    assert laid_out("im > 3").farthest == 0


@pytest.mark.parametrize("rows", [1, 3, 7, 100, 400])
def test_strips_that_lie_alike_are_done_alike_and_right(rows: int) -> None:
    from maskexpr.engine import reference
    from maskexpr.engine.run import Engine

    im = np.random.default_rng(0).integers(0, 99, SHAPE).astype(np.uint8)
    program = maskexpr.compile("output a = dilate(erode(im > 30, 2), 9) & (y > 3); output b = gaussian(im + x, 2) > 40")
    bound = stages(program, {"im": im})
    found = Engine(bound.checked, plan(bound.checked, rows)).run(bound.arrays)
    for name, value in reference.run(bound.checked, bound.arrays).items():
        np.testing.assert_array_equal(found[name], value)
