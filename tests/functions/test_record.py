"""What a host's own function gains by declaring what it is; without, it is right and slower."""

from typing import Any

import numpy as np
import pytest
import scipy.ndimage

import maskexpr
from maskexpr.api import stages
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.engine.transposed import transposed
from maskexpr.functions import MASK, Axes, ElementShape, Mask, Number, Reach, function
from maskexpr.planner.plan import plan
from maskexpr.planner.rewrites import rewrite

CAREFUL: dict[str, Any] = {"gives": MASK, "halo": "whole", "cost": 1, "memory": 1}


def declared(**facts: Any) -> Any:
    """A function of a host's own with some facts declared: the regions that are on in the first row."""

    @function(**{**CAREFUL, **facts})
    def falling(m: Mask, least: Number = 0) -> Any:
        return np.logical_and.accumulate(m, axis=0)

    return falling


def checked(text: str, *functions: Any, shape: tuple[int, ...] = (7, 65)) -> Any:
    program = maskexpr.compile(f"input m: mask; {text}", functions=functions)
    return stages(program, {"m": (shape, "bool")}).checked


def names(text: str, *functions: Any) -> list[str]:
    """The functions that are run for a program."""
    return [step.function.name for step in rewrite(checked(text, *functions)).steps if step.function is not None]


def test_what_never_refuses_can_be_left_out() -> None:
    assert names("falling(m) & empty()", declared()) == ["falling", "empty", "&"]
    assert names("falling(m) & empty()", declared(total=True)) == ["empty"]


def test_that_may_depend_on_the_operands() -> None:
    surely = declared(total=lambda kinds: kinds["least"].is_constant)
    assert names("falling(m, 3) & empty()", surely) == ["empty"]
    assert "falling" in names("falling(m, area(m)) & empty()", surely)


def test_what_keeps_empty_masks_is_not_run_on_them() -> None:
    assert names("falling(empty())", declared(total=True)) == ["empty", "falling"]
    assert names("falling(empty())", declared(total=True, keeps_empty=True)) == ["empty"]
    assert names("falling(empty())", declared(keeps_empty=True)) == ["empty", "falling"]  # it might refuse to


def test_what_only_grows_keeps_full_masks() -> None:
    assert names("falling(full())", declared(total=True, extensive=True)) == ["full"]
    depends = declared(total=True, extensive=lambda settings: False)
    assert names("falling(full())", depends) == ["full", "falling"]


def test_what_takes_the_axes_in_any_order_runs_on_arrays_in_fortran_order_as_they_are() -> None:
    assert transposed(checked("falling(m)", declared())) is None
    assert transposed(checked("falling(m)", declared(transposes=True))) is not None


@function(gives=MASK, halo="whole", cost=1, memory=9, derived="~dilate(~m, n, shape, axes) & m")
def carved(m: Mask, n: Reach = 1, shape: ElementShape = "square", axes: Axes = None) -> Any:
    """An erosion that eats nothing from the border."""
    return np.asarray(scipy.ndimage.binary_erosion(m, np.ones([3] * m.ndim), border_value=1))


def test_what_is_an_expression_of_others_runs_as_they_do() -> None:
    assert names("carved(m)", carved) == ["~", "dilate", "~", "&"]
    stages = plan(checked("carved(m)", carved)).stages
    assert [type(stage).__name__ for stage in stages] == ["Pass"]  # all on one strip after another, on bits


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9, 1.0])
@pytest.mark.parametrize("shape", [(1, 1), (9, 64), (70, 65), (4, 5, 6)])
def test_the_expression_gives_what_the_body_gives(shape: tuple[int, ...], share: float) -> None:
    m = np.random.default_rng(2).random(shape) < share
    program = checked("carved(m)", carved, shape=shape)
    wanted = reference.run(program, {"m": m})["result"]
    np.testing.assert_array_equal(Engine(program, plan(program, 2)).run({"m": m})["result"], wanted, strict=True)


def test_errors_name_the_function_that_was_written() -> None:
    """And not those that it is an expression of."""
    pattern = '"1' + "0" * 40 + '/0"'
    with pytest.raises(maskexpr.ProgramError, match="tophat"):
        maskexpr.evaluate(f"tophat(m, 1, {pattern}", m=np.ones((9, 9), bool))
    far = maskexpr.compile("tophat(m, 2000000, '10/11')".replace("'", '"'))
    with pytest.raises(maskexpr.MaskError) as caught:
        far(m=np.ones((900, 900), bool))
    (diagnostic,) = caught.value.diagnostics
    assert far.source[slice(*diagnostic.span)].startswith(("tophat", "2000000"))


# --- what is declared wrongly ----------------------------------------------------------------------------------------


def rim(derived: Any, gives: Any = MASK) -> Any:
    @function(gives=gives, halo="whole", cost=1, memory=1, derived=derived)
    def rim(m: Mask, n: Number = 1) -> Any:
        return m

    return rim


@pytest.mark.parametrize(
    ("derived", "reason"),
    [
        ("nonsense(", "never closed"),
        ("m &", "something must follow"),
        ("output m", "not one expression"),
        ("a = m; a", "not one expression"),
        ("  ", "not one expression"),
        ("m", "no call, nor operators"),
        ("nosuch(m)", "nosuch is no function of the library"),
        ("rim(m, n)", "rim is no function of the library"),
        ("x(m)", "x is no function of the library"),
        ("m & ~open(m, q)", "q is none of its parameters"),
        ("m & ~open(m, far=n)", "open has no far"),
        ("open()", "open is not given its m"),
        ("dilate(m, 1, 'square', none, 3)".replace("'", '"'), "argument number 5"),
        ("m & m[0:3, :]", "a index cannot stand"),
        (3, "a text is wanted"),
    ],
)
def test_an_expression_that_is_none_is_refused_before_it_meets_a_program(derived: Any, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        maskexpr.compile("rim(m)", functions=[rim(derived)])


@pytest.mark.parametrize(
    ("derived", "reason"),
    [
        ("area(m)", "that gives number, not mask"),
        ("gaussian(m, 1)", "gaussian takes an image, not mask"),
        ("label(m)", "that gives labels"),
        ("1 + 1", "that gives number"),
        ("m & ~open(m, n)", "the n of open must be a parameter of the same type"),
        (lambda kind, settings: 3, "a text is wanted"),
        (lambda kind, settings: "nosuch(m)", "nosuch is no function"),
    ],
)
def test_an_expression_of_another_kind_is_refused_before_a_pixel_is_touched(derived: Any, reason: str) -> None:
    program = maskexpr.compile("rim(m)", functions=[rim(derived)])
    with pytest.raises(TypeError, match=reason):
        program.explain(m=((5, 6), "bool"))


def test_a_body_cannot_write_to_what_it_is_given() -> None:
    @function(gives=MASK, halo=0, cost=1, memory=1)
    def wiped(m: Mask) -> Any:
        m[:] = False
        return m

    m = np.ones((5, 6), bool)
    with pytest.raises(ValueError, match="read-only"):
        maskexpr.compile("wiped(m) | m", functions=[wiped])(m=m)
    assert m.all()


@pytest.mark.parametrize("value", [None, "x", np.ones((2, 3), bool), np.ones((5, 6)), 1])
def test_a_body_gives_what_it_declares(value: Any) -> None:
    @function(gives=MASK, halo=0, cost=1, memory=1)
    def odd(m: Mask) -> Any:
        return value

    with pytest.raises(TypeError, match="odd is declared to give mask 5x6"):
        maskexpr.compile("odd(m)", functions=[odd])(m=np.ones((5, 6), bool))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"gives": 3}, "gives"),
        ({"halo": "x"}, "halo"),
        ({"halo": -1}, "halo"),
        ({"cost": "a"}, "cost"),
        ({"cost": -1}, "cost"),
        ({"memory": float("nan")}, "memory"),
        ({"border": 3}, "border"),
        ({"total": "yes"}, "total"),
        ({"aliases": {"q": "zz"}}, "aliases"),
        ({"name": "1x"}, "name"),
        ({"name": "and"}, "name"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(more: dict[str, Any], reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        declared(**more)
