"""Which method runs a step: every one is reached, in every form it has, and what has none runs by its plain body."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import bound
from helpers.one_step import last_step
from helpers.reaching import ANYWHERE, PAIRS, PLANES, three, with_inputs

import maskexpr
from maskexpr.functions.gives import Gives
from maskexpr.functions.parameters import Image as Im
from maskexpr.functions.record import Function, function
from maskexpr.kernels.scratch import Scratch
from maskexpr.kinds.kind import Kind
from maskexpr.library import CATALOGUE, OPERATORS
from maskexpr.library.pixelwise.elementary import sqrt
from maskexpr.planner.methods import method, method_of
from maskexpr.planner.methods.method import MAKERS, Place, array_shape, constant_of, form_shape, form_type
from maskexpr.planner.plan import Pass, plan
from maskexpr.program.steps import Step

CASTS = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")


def reached_by(program: maskexpr.Program, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The functions whose steps run by a method of their own, and the form of a mask it takes."""
    for stage in plan(bound(program, given)[0]).stages:
        for task in stage.tasks if isinstance(stage, Pass) else (stage,):
            if task.method.word != "plain body":
                assert task.step.function is not None
                yield task.step.function.name, task.form


def test_every_method_is_reached_in_every_form() -> None:
    given = {**three(np.random.default_rng(1), (9, 10, 11), "any"), "f": np.ones((9, 10, 11))}
    reached = set()
    for text in [*ANYWHERE, *PLANES, "z", "at(m, 4, 4, 4)", *PAIRS]:
        values = {**given, "a": given["f"], "b": given["f"]} if text in PAIRS else given
        names = "".join(f"input {name}\n" for name in values)
        reached.update(reached_by(maskexpr.compile(names + text), values))
    planes = (
        "where(m, im, 1)",
        "(m & k) == erode(m)",
        "erode(m) != dilate(k)",
        "boundary(label(m))",
        "skeleton(label(m))",
        *("bit(im, 1)", "bits(im, 1, 2)", "im // 3", "im % 3", "isnan(im)", "isfinite(im)", "ceil(im)"),
        *("vote([m, k])", "vote([m, k]) > 0.5", "ellipse(1, 2, 3, 4) & m"),
        *("normalize(im)", "rescale(im, 0, 9)"),
        *(f"{name}(clip(im, 0, 9))" for name in CASTS),
        'hit_or_miss(m, "01/10")',
        "rank_filter(im, 1)",
    )
    for text in planes:
        reached.update(reached_by(maskexpr.compile(with_inputs(text)), three(np.random.default_rng(1), (9, 9), "any")))
    lab = np.arange(81, dtype=np.int32).reshape(9, 9) // 20
    for text in ("skeleton(lab)", "boundary(lab)"):
        reached.update(reached_by(maskexpr.compile("input lab: labels\n" + text), {"lab": lab}))
    of_colour = ("red", "green", "blue", "alpha", "hue", "saturation", "value", "gray", "band", "channel")
    for name in of_colour:
        call = f"{name}(c, 1)" if name in ("band", "channel") else f"{name}(c)"
        reached.update(reached_by(maskexpr.compile(call), {"c": np.ones((4, 5, 4), np.uint8)}))
    for text in ("area(im > 3)", "any(m & k)", "fraction(m | k)", "dice(m, k)", "iou(m, k)", "bbox(m)"):
        reached.update(reached_by(maskexpr.compile(with_inputs(text)), three(np.random.default_rng(1), (9, 9), "any")))
    assert {function.name for function in MAKERS} == {name for name, _ in reached}
    for name in ("&", "|", "^", "~", "==", "!=", "where"):
        assert {(name, "plain"), (name, "packed")} <= reached, name


@pytest.mark.parametrize("text", ['mean_filter(im, 2, "disk")', "im in [3, 5, 9]"])
def test_a_body_gives_an_array_of_its_own(text: str) -> None:
    """Although some bodies give back their operand: its memory is used again."""
    step, operands = last_step(text, {"im": np.arange(30, dtype=np.uint8).reshape(5, 6)})
    made, given = method_of(step), list(operands.values())
    assert (made.word, made.fresh, made.whole) == ("plain body", True, False)
    assert not np.shares_memory(made.run("plain")(given, None, Place(Scratch())), given[0])


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("im in [3, 5, 9]", False),
        ('mean_filter(im, 2, "disk")', False),
        ("otsu(im)", True),  # a number
        ("equalize(im)", True),  # looks at all of it
        ("histogram(im, 4)", True),  # a list
        ("polygon([0, 3, 3], [0, 0, 3])", True),  # made for the grid
    ],
)
def test_a_body_runs_on_blocks_where_it_says_how_far_it_looks(text: str, whole: bool) -> None:
    im = np.arange(30, dtype=np.uint8).reshape(5, 6)
    made = method_of(last_step(f"input im; {text}", {"im": im})[0])
    assert (made.word, made.whole) == ("plain body", whole)


def test_a_block_of_rows_is_all_that_a_body_sees() -> None:
    """It may look at the shape of its result, which is that of the block."""
    im = np.arange(30, dtype=np.uint8).reshape(5, 6)
    step, _ = last_step("rank_filter(im, 5, 1)", {"im": im})
    whole = method_of(step).run("plain")([im, *[1] * (len(step.operands) - 1)], None, Place(Scratch()))
    block = method_of(step).run("plain")([im[:3], *[1] * (len(step.operands) - 1)], None, Place(Scratch()))
    assert block.shape == (3, 6)
    np.testing.assert_array_equal(block[:2], whole[:2])  # the last row reflects what is below it


def test_shapes_and_types_of_the_forms() -> None:
    mask = last_step("~m", {"m": np.ones((3, 65), bool)})[0].kind
    colour = Kind("colour", (3, 4), np.dtype("u2"), channels=3)
    assert (form_shape(mask, "plain"), form_type(mask, "plain")) == ((3, 65), np.dtype(bool))
    assert (form_shape(mask, "packed"), form_type(mask, "packed")) == ((3, 3), np.dtype(np.uint64))
    assert (array_shape(colour), form_type(colour, "plain")) == ((3, 4, 3), np.dtype("u2"))


def test_constants_are_what_is_known_before_the_run() -> None:
    step, _ = last_step("where(m, 3, area(m))", {"m": np.ones((2, 2), bool)})
    assert [constant_of(operand) for operand in step.operands.values()] == [None, 3, None]


def test_makers_are_declared_by_function_or_record(monkeypatch: pytest.MonkeyPatch) -> None:
    made: dict[Function, Any] = {}
    monkeypatch.setattr(method, "MAKERS", made)

    @method.runs(OPERATORS["+"], sqrt)
    def maker(step: Step) -> None:
        return None

    assert made == {OPERATORS["+"]: maker, CATALOGUE["sqrt"]: maker}


@pytest.mark.parametrize("found", [None, "9", True, float("nan"), -1, 1j, [3]])
@pytest.mark.parametrize("what", ["cost", "memory"])
def test_what_is_no_estimate_is_never_taken_for_nothing(what: str, found: Any) -> None:
    """A host's function that says nonsense of a step is named, before it runs."""
    given = {"cost": 1, "memory": 1, what: lambda settings, ndim: found}

    @function(gives=Gives(frozenset({"image"}), lambda kinds: kinds["im"]), halo=0, name="mine", **given)
    def mine(im: Im) -> Any:
        raise AssertionError

    program = maskexpr.compile("mine(im)", functions=[mine])
    for ask in (lambda: program.cost(im=((9, 9), "uint8")), lambda: program(im=np.ones((9, 9)))):
        with pytest.raises(TypeError, match=r"mine: what it takes cannot be estimated as "):
            ask()


@pytest.mark.parametrize("found", [None, "9", True, float("nan"), -1, float("inf")])
@pytest.mark.parametrize("what", ["cost", "memory"])
def test_a_function_without_estimates_is_not_declared(what: str, found: Any) -> None:
    given: dict[str, Any] = {"cost": 1, "memory": 1, what: found}
    with pytest.raises(TypeError, match=f"mine.*{what}"):

        @function(gives=Gives(frozenset({"image"}), lambda kinds: kinds["im"]), halo=0, name="mine", **given)
        def mine(im: Im) -> Any:
            return im
