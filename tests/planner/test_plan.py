"""Plans of small programs: what runs together, how many rows around it, in which form, and until when it is kept."""

from typing import Any

import numpy as np
import pytest
from helpers.each import each

import maskexpr
from maskexpr.inside import stages
from maskexpr.planner.plan import Pass, Plan, Task, plan
from maskexpr.program.steps import Step

# w has rows of whole bytes, q another grid.
INPUTS = {
    "im": ((400, 70), "uint8"),
    "fl": ((400, 70), "float32"),
    "m": ((400, 70), "bool"),
    "k": ((400, 70), "bool"),
    "w": ((400, 64), "bool"),
    "q": ((9, 9), "bool"),
    "line": ((50,), "bool"),
    "stack": ((20, 30, 40), "bool"),
}


def planned(text: str, rows: int | None = None) -> Plan:
    program = maskexpr.compile(text)
    return plan(stages(program, {i.name: INPUTS[i.name] for i in program.inputs}).checked, rows)


def tasks_of(stage: Pass | Task) -> tuple[Task, ...]:
    return stage.tasks if isinstance(stage, Pass) else (stage,)


def name_of(step: Step) -> str:
    return step.name or (step.function.name if step.function else str(step.kind.constant))


def shown(stage: Pass | Task) -> str:
    """The steps of a pass, sorted; in brackets one on whole arrays."""
    names = " ".join(sorted(name_of(task.step) for task in tasks_of(stage)))
    return names if isinstance(stage, Pass) else f"[{names}]"


def all_shown(text: str) -> list[str]:
    return [shown(stage) for stage in planned(text).stages]


def passes(text: str, rows: int | None = None) -> list[Pass]:
    return [stage for stage in planned(text, rows).stages if isinstance(stage, Pass)]


def by_name(values: Any) -> dict[str, Any]:
    return {name_of(step): value for step, value in values.items()}


STAGES = [
    # one pass, however many steps and however far apart, where nothing needs whole arrays
    ("im > 32", [">"]),
    ("dilate((im > 32) & ~(im > 64), 2)", ["between dilate"]),
    ("output a = median_filter(fl) > 2; output b = erode(gaussian(fl, 1) > 9)", ["> > erode gaussian median_filter"]),
    # shared steps are made once
    ("output a = dilate(m) & k; output b = dilate(m) | k", ["& dilate |"]),
    ("output a = im > 32; output b = (im > 32) & m; output c = ~~(im > 32)", ["& >"]),
    ("output a = m & (im > 32); output b = keep_largest(im > 32)", ["& >", "[keep_largest]"]),
    # whole values part a program
    ("count(m)", ["[count]"]),
    ("im > otsu(im)", ["[otsu]", ">"]),
    ("dilate(keep_largest(erode(m)))", ["erode", "[keep_largest]", "dilate"]),
    ("t = im > otsu(im); keep_largest(dilate(t)) & t", ["[otsu]", "> dilate", "[keep_largest]", "&"]),
    ("output a = area(m); output b = count(dilate(m))", ["[area]", "dilate", "[count]"]),
    # what is used late is made late
    ("a = gaussian(fl, 1) > 9; keep_largest(m) & a", ["[keep_largest]", "& > gaussian"]),
    ("keep_largest(m) & dilate(k)", ["[keep_largest]", "& dilate"]),
    ("where(keep_largest(keep_largest(m) & k), im + 1, 0)", ["[keep_largest]", "&", "[keep_largest]", "+ where"]),
    # unless an earlier stage uses it too
    ("a = dilate(k); output b = keep_largest(a) & a", ["dilate", "[keep_largest]", "&"]),
    # a mask is stored for those who look far
    ('dilate(erode(m), 64, "square")', ["dilate erode"]),
    ('dilate(erode(m), 65, "square")', ["erode", "dilate"]),
    ('dilate(m, 65, "square")', ["dilate"]),
    ('dilate(erode(m), 65, "square", axes="x")', ["dilate erode"]),
    # passes over one grid each
    ("output a = dilate(m); output b = erode(q)", ["dilate", "erode"]),
    ("output a = dilate(line); output b = erode(stack)", ["dilate", "erode"]),
    ("(im > area(q)) & m", ["[area]", "& >"]),
    # nothing to do
    ("m", []),
    ("1 + 2", []),
]


@each("text, wanted", STAGES)
def test_stages(text: str, wanted: list[str]) -> None:
    assert all_shown(text) == wanted


@each("text", [text for text, _ in STAGES])
def test_every_step_is_run_once_and_after_its_operands(text: str) -> None:
    made = planned(text)
    done: list[Step] = [step for step in made.rewritten.steps if step.function is None]
    for stage in made.stages:
        before = set(done)
        for task in tasks_of(stage):
            for operand in task.step.operands.values():
                assert operand in done
                # what a stage finds from earlier ones lies there whole
                if operand in before and operand.function is not None:
                    stored = [s.stored for s in made.stages if isinstance(s, Pass) and operand in s.stored]
                    whole = any(not isinstance(s, Pass) and s.step is operand for s in made.stages)
                    assert stored or whole
            done.append(task.step)
    assert len(done) == len(set(done))
    assert set(done) == set(made.rewritten.steps)


MARGINS = [
    ("dilate(m, 3)", {"dilate": (3, 0)}),
    ("~dilate(m, 3)", {"~": (0, 0), "dilate": (3, 0)}),
    ("dilate(erode(open(m, 1), 2), 3)", {"dilate": (3, 0), "erode": (2, 3), "open": (2, 5)}),
    ("gaussian(fl, 1) > median_filter(fl, 2)", {">": (0, 0), "gaussian": (4, 0), "median_filter": (2, 0)}),
    ("dilate(gaussian(fl, 1) > 9, 5)", {"dilate": (5, 0), ">": (0, 5), "gaussian": (4, 5)}),
    ('dilate(erode(m, 7, axes="x"), 2)', {"dilate": (2, 0), "erode": (0, 2)}),
    # of two ways the longer one
    (
        "a = erode(m); dilate(close(a, 4)) | open(a)",
        {"erode": (1, 9), "close": (8, 1), "open": (2, 0), "dilate": (1, 0), "|": (0, 0)},
    ),
    # no further than the image
    ("dilate(q, 1000)", {"dilate": (9, 0)}),
    ("dilate(boundary(q, 5), 7)", {"dilate": (7, 0), "&": (0, 7), "~": (0, 7), "erode": (5, 7)}),
    ("dilate(erode(open(q, 2), 6), 7)", {"dilate": (7, 0), "erode": (6, 7), "open": (4, 9)}),
]


@pytest.mark.parametrize(("text", "rows"), MARGINS)
def test_rows_looked_at_and_rows_needed_around(text: str, rows: dict[str, tuple[int, int]]) -> None:
    (only,) = passes(text)
    assert {name_of(task.step): (task.halo, task.margin) for task in only.tasks} == rows


FORMS = [
    # bytes where nothing asks for bits
    ("(im > 3) & m | ~k", {">": "plain", "&": "plain", "|": "plain", "~": "plain"}),
    ("where(m, k, im > 3)", {">": "plain", "where": "plain"}),
    # bits from where something does
    ("~dilate(m) & k", {"dilate": "packed", "~": "packed", "&": "packed"}),
    ("dilate(m & k)", {"&": "plain", "dilate": "packed"}),
    ("where(erode(m), k, im > 3)", {"erode": "packed", ">": "plain", "where": "packed"}),
    ("where(erode(m), im, 0)", {"erode": "packed", "where": "plain"}),
    ("dilate(m) == k", {"dilate": "packed", "==": "packed"}),
    ("keep_largest(m) ^ k", {"keep_largest": "packed", "^": "packed"}),
    # images have no bits
    ("dilate(im) > 3", {"dilate": "plain", ">": "plain"}),
    ("label(m) == 1", {"label": "packed", "==": "plain"}),
]


@pytest.mark.parametrize(("text", "forms"), FORMS)
def test_forms(text: str, forms: dict[str, str]) -> None:
    found = [task for stage in planned(text).stages for task in tasks_of(stage)]
    assert {name_of(task.step): task.form for task in found} == forms


STORED = [
    # results as bytes, but for those that are unpacked quickly
    ("m & k", [{"&": ("plain",)}]),
    ("dilate(m)", [{"dilate": ("plain",)}]),
    ("dilate(w)", [{"dilate": ("packed",)}]),
    # bits for later stages
    ("keep_largest(im > 3) & (im > 3)", [{">": ("packed",)}, {"&": ("plain",)}]),
    # both
    ("output a = im > 3; output b = keep_largest(im > 3)", [{">": ("packed", "plain")}]),
    # what a later stage reads otherwise than by bits
    ("otsu(im, within=im > 3)", [{">": ("plain",)}]),
    ("t = im > 3; output a = keep_largest(t); output b = otsu(im, within=t)", [{">": ("packed", "plain")}]),
    # what few pixels are counted in
    ("output n = area(im > 3); output f = fraction(im > 3)", [{">": ("plain",)}]),
    ("output a = im > 3; output b = area(im > 3)", [{">": ("plain",)}]),
    ("area(erode(im > 3))", [{"erode": ("packed",)}]),
    ("max(dilate(im))", [{"dilate": ("plain",)}]),
    # nothing that only the pass itself uses
    ("dilate(erode(im > 3))", [{"dilate": ("plain",)}]),
]


@pytest.mark.parametrize(("text", "stored"), STORED)
def test_what_is_kept_whole(text: str, stored: list[dict[str, tuple[str, ...]]]) -> None:
    assert [by_name(stage.stored) for stage in passes(text)] == stored


LOADS = [
    ("keep_largest(m) & dilate(k)", {"keep_largest": "packed"}),
    ("a = im > 3; keep_largest(a) & a", {">": "packed", "keep_largest": "packed"}),
    ("output a = im > 3; output b = keep_largest(a) & a", {">": "plain", "keep_largest": "packed"}),
    ("m & dilate(k)", {}),
]


@pytest.mark.parametrize(("text", "loads"), LOADS)
def test_forms_in_which_a_pass_finds_masks(text: str, loads: dict[str, str]) -> None:
    assert by_name(passes(text)[-1].loads) == loads


LAST_USES = [
    ("keep_largest(im > otsu(im)) & m", {"im": 1, "otsu": 1, ">": 2, "keep_largest": 3, "m": 3, "&": 4}),
    ("output a = dilate(m); output b = count(a)", {"m": 0, "dilate": 2, "count": 2}),
    ("output a = m; output b = dilate(m)", {"m": 1, "dilate": 1}),
    ("where(keep_largest(m) & (im > 3), im, 0)", {"m": 0, "keep_largest": 1, ">": 1, "&": 1, "im": 1, "where": 2}),
]


@pytest.mark.parametrize(("text", "last"), LAST_USES)
def test_values_are_kept_until_their_last_use(text: str, last: dict[str, int]) -> None:
    found = by_name({step: i for step, i in planned(text).last_uses.items() if step.name or step.function})
    assert found == last


@each("text", [text for text, _ in [*STAGES, *MARGINS]])
@pytest.mark.parametrize("rows", [1, 7, 400, 10_000, None])
def test_strips_cover_each_row_once(text: str, rows: int | None) -> None:
    for stage in passes(text, rows):
        covered = [row for start, stop in stage.strips for row in range(start, stop)]
        assert covered == list(range(stage.shape[0]))
        if rows is not None and len(stage.shape) > 1:
            assert stage.rows == min(rows, stage.shape[0])


def test_a_row_is_not_cut() -> None:
    assert passes("dilate(line)", 7)[0].strips == [(0, 50)]


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_strips_of_a_large_image(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several, as many for each thread, and higher than what is computed twice around them."""
    monkeypatch.setenv("MASKEXPR_THREADS", str(threads))
    for text in ("im > 32", "dilate(im > 32, 2)", "gaussian(im, 2) > 9", "open(erode(im > 32, 20), 20)"):
        program = maskexpr.compile(text)
        (only,) = plan(stages(program, {"im": np.broadcast_to(np.uint8(0), (6000, 5000))}).checked).stages
        assert isinstance(only, Pass)
        assert len(only.strips) > threads
        assert len(only.strips) % threads == 0
        assert only.rows >= max(task.halo + task.margin for task in only.tasks)


@pytest.mark.parametrize("threads", [1, 2, 16, 256])
@pytest.mark.parametrize("text", ["dilate(im > 32, 50)", "dilate(erode(im > 32, 60), 62)", "gaussian(im, 8)"])
def test_strips_are_higher_than_what_is_computed_twice(
    text: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASKEXPR_THREADS", str(threads))
    made = plan(stages(maskexpr.compile(text), {"im": ((4096, 4096), "uint8")}).checked)
    for stage in made.stages:
        assert isinstance(stage, Pass)
        assert stage.rows >= 2 * max(task.margin + task.halo for task in stage.tasks)
        assert stage.strips[-1][1] == 4096


def test_a_pass_ends_where_its_steps_together_look_far() -> None:
    text = "im > 32"
    for reach in range(40, 50):
        text = f"{'erode' if reach % 2 else 'dilate'}({text}, {reach})"
    made = passes(text)
    assert len(made) > 1
    assert all(max(task.margin + task.halo for task in stage.tasks) <= 192 for stage in made)
