"""What a host's own function gains by declaring what it is; without, it is right and slower."""

from typing import Annotated, Any

import numpy as np
import pytest
import scipy.ndimage

import maskexpr
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.engine.transposed import transposed
from maskexpr.functions import (
    MASK,
    NUMBER,
    Axes,
    Count,
    ElementShape,
    Mask,
    Number,
    Reach,
    ResultKind,
    function,
    one_of,
    refusal,
)
from maskexpr.inside import stages
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
    with pytest.raises(maskexpr.RunError) as caught:
        maskexpr.compile("wiped(m) | m", functions=[wiped])(m=m)
    assert "read-only" in str(caught.value.__cause__)
    assert m.all()


@pytest.mark.parametrize("value", [None, "x", np.ones((2, 3), bool), np.ones((5, 6)), 1])
def test_a_body_gives_what_it_declares(value: Any) -> None:
    @function(gives=MASK, halo=0, cost=1, memory=1)
    def odd(m: Mask) -> Any:
        return value

    with pytest.raises(maskexpr.RunError) as caught:
        maskexpr.compile("odd(m)", functions=[odd])(m=np.ones((5, 6), bool))
    assert "odd is declared to give mask 5x6" in str(caught.value.__cause__)


# --- what goes wrong in a body ---------------------------------------------------------------------------------------


def failing(error: BaseException, halo: Any = 0) -> Any:
    @function(gives=MASK, halo=halo, cost=1, memory=1)
    def failing(m: Mask, n: Number = 1) -> Any:
        """Does not work."""
        raise error

    return failing


def test_what_a_body_raises_is_one_mistake_with_the_exception_as_its_cause() -> None:
    error = ValueError("the password is x")
    program = maskexpr.compile("m2 = m\nfailing(m2)", functions=[failing(error)])
    with pytest.raises(maskexpr.RunError) as caught:
        program(m=np.ones((5, 6), bool))
    assert caught.value.code == "host-function"
    assert caught.value.__cause__ is error
    assert str(caught.value) == (
        "expression:2:1: error: failing, a function of this host, failed: ValueError\n"
        "    failing(m2)\n    ^^^^^^^^^^^\n"
        "  leave it out, or tell those who run this; for them the error says why, as its cause"
    )
    with pytest.raises(maskexpr.RunError):
        program.profile(m=np.ones((5, 6), bool))
    (found,) = maskexpr.map(program, [{"m": np.ones((5, 6), bool)}], on_error="return")
    assert isinstance(found, maskexpr.RunError)
    assert found.code == "host-function"


def test_what_is_computed_while_it_is_checked_fails_there() -> None:
    @function(gives=NUMBER, halo=0, cost=1, memory=1)
    def inverse(n: Number) -> Any:
        """1 / n."""
        return 1 / n

    with pytest.raises(maskexpr.ProgramError) as caught:
        maskexpr.compile("im > inverse(0)", functions=[inverse])
    assert caught.value.code == "host-function"
    assert maskexpr.compile("inverse(4)", functions=[inverse])() == 0.25


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_what_ends_the_process_is_left_alone(error: BaseException) -> None:
    with pytest.raises(type(error)):
        maskexpr.compile("failing(m)", functions=[failing(error)])(m=np.ones((5, 6), bool))


def test_memory_that_runs_out_in_a_body_is_said_to() -> None:
    with pytest.raises(maskexpr.RunError) as caught:
        maskexpr.compile("failing(m)", functions=[failing(MemoryError())])(m=np.ones((5, 6), bool))
    assert caught.value.code == "out-of-memory"


@pytest.mark.parametrize("halo", [0, 3, "whole"])
def test_a_body_refuses_in_its_own_words(halo: Any) -> None:
    refused = refusal("this mask is full", "take another one", argument="m")
    with pytest.raises(maskexpr.RunError) as caught:
        maskexpr.compile("failing(m | ~m)", functions=[failing(refused, halo)])(m=np.ones((5, 6), bool))
    assert (caught.value.code, caught.value.message, caught.value.hint) == (
        "host-refuses",
        "this mask is full",
        "take another one",
    )
    assert caught.value.diagnostics[0].quoted == "m | ~m"
    for cause, way in (("", "x"), ("x", ""), (3, "x")):
        with pytest.raises(TypeError, match="takes a text"):
            refusal(cause, way)  # type: ignore[arg-type]


def test_a_check_refuses_before_there_is_a_pixel() -> None:
    def small(settings: Any, around: Any) -> None:
        if settings["n"].radius > 3:
            raise refusal("n is too far", "give 3 at most", argument="n")

    @function(gives=MASK, halo="whole", cost=1, memory=1, check=small)
    def near(m: Mask, n: Reach = 1) -> Any:
        """Nearby."""
        return m

    with pytest.raises(maskexpr.ProgramError) as caught:
        maskexpr.compile("near(m, 4)", functions=[near]).kind(m=((5, 6), "bool"))
    assert caught.value.code == "host-refuses"
    assert caught.value.diagnostics[0].quoted == "4"


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
        ({"halo": 1.5}, "halo=1.5; give how many pixels"),
        ({"check": 3}, "check=3; give a function"),
        ({"aliases": {"q": "zz"}}, "name parameters: .'least', 'm'."),
        ({"name": "and"}, "name"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(more: dict[str, Any], reason: str) -> None:
    with pytest.raises((TypeError, ValueError), match=reason):
        declared(**more)


def declare(body: Any) -> Any:
    return function(gives=MASK, halo=0, cost=1, memory=0)(body)


class Odd:
    """Functions whose parameters make no sense."""

    def bare(m) -> Any: ...  # type: ignore[no-untyped-def]
    def of_type(m: int) -> Any: ...
    def many(*m: Mask) -> Any: ...
    def named(**m: Mask) -> Any: ...
    def late(m: "NoSuchType") -> Any: ...  # type: ignore[name-defined]  # noqa: F821
    def kind(m: Mask, result: ResultKind) -> Any: ...
    def axes(m: Mask, along: Axes = None) -> Any: ...
    def text(m: Mask, n: Number = "x") -> Any: ...
    def none(m: Mask, n: Reach = None) -> Any: ...
    def low(m: Mask, n: Count = 0) -> Any: ...
    def choice(m: Mask, how: Annotated[str, one_of("a", "b")] = "c") -> Any: ...


def test_parameters_that_make_no_sense_are_refused() -> None:
    for body, reason in (
        (Odd.bare, "bare: parameter m does not say what it takes; annotate it with a type of maskexpr.functions"),
        (Odd.of_type, "of_type: parameter m does not say what it takes"),
        (Odd.many, "many: parameter .* may be any number; write each by its name"),
        (Odd.named, "write each by its name"),
        (Odd.late, "late: an annotation cannot be found, name 'NoSuchType'"),
        (Odd.kind, "kind: nothing fills in result; it is called kind, work, grid or spacing"),
        (Odd.axes, "axes: the axes that are worked on are called axes, not along"),
        (Odd.text, 'text: n takes a number, and is "x" by default'),
        (Odd.none, "none: n takes a number of pixels or a length, and is none by default"),
        (Odd.low, "low: n takes a whole number, and is 0 by default"),
        (Odd.choice, 'choice: how takes a text, and is "c" by default'),
        (3, "what is declared is a function, not a int"),
    ):
        with pytest.raises(TypeError, match=reason):
            declare(body)


def test_annotations_may_be_texts() -> None:
    def late(m: "Mask", n: "Reach" = 1) -> "Any":
        """What is on."""
        return m

    late.__module__ = __name__
    assert maskexpr.compile("late(m, n=2)", functions=[declare(late)])(m=np.ones((2, 2), bool)).all()


@pytest.mark.parametrize("missing", ["gives", "halo", "cost", "memory"])
def test_a_function_without_models_is_none(missing: str) -> None:
    given = {name: value for name, value in CAREFUL.items() if name != missing}
    with pytest.raises(TypeError, match=missing):
        function(**given)
