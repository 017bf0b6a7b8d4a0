"""A program bound to its inputs: one value that answers all, having looked at them once."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr import InputError, ProgramError, RunError, api, compile
from maskexpr.engine import prepared
from maskexpr.planner.plan import Pass

IM = np.array([[0, 40, 90], [50, 64, 33]], np.uint8)
TWO = "param low = 32 in 0..255; output m = im > low; output n = area(m)"


# --- what it answers -------------------------------------------------------------------------------------------------


def test_a_run_is_a_mapping_in_the_order_of_the_outputs() -> None:
    results = compile(TWO).bind(im=IM, low=45).run()
    assert list(results) == ["m", "n"]
    assert results["m"].tolist() == (IM > 45).tolist()
    assert results["n"] == 3
    assert compile("area(im > 45)").bind(im=IM).run() == {"result": 3}


def test_a_call_gives_the_value_where_there_is_one() -> None:
    program = compile("area(im > low)")
    for _ in range(2):  # the second time it is ready
        assert program(im=IM, low=45) == 3
        assert compile(TWO)(im=IM).keys() == {"m", "n"}


def test_kinds_warnings_and_plan() -> None:
    bound = compile("output m = im > 300; output n = area(m)").bind(im=IM)
    assert {name: str(kind) for name, kind in bound.kinds.items()} == {"m": "mask 2x3", "n": "number"}
    assert [warning.code for warning in bound.warnings] == ["never-true"]
    assert compile("im > 3").bind(im=IM).warnings == ()
    (stage,) = compile("im > 3").bind(im=IM).plan.stages
    assert isinstance(stage, Pass)


def test_all_that_a_program_says_of_inputs_a_bound_one_says() -> None:
    program = compile(TWO)
    bound = program.bind(im=IM, low=3)
    assert bound.cost() == program.cost(im=IM, low=3)
    assert bound.explain() == program.explain(im=IM, low=3)
    assert bound.kinds == program.kind(im=IM, low=3)
    assert program.kind(im=IM, low=3).keys() == {"m", "n"}
    assert "for the whole run" in bound.profile()
    assert compile("im > 3").kind(im=IM) == compile("im > 3").bind(im=IM).kinds["result"]


def test_it_says_what_it_is() -> None:
    assert repr(compile("im > t").bind(im=IM, t=3)) == "maskexpr.compile('im > t').bind(im=image 2x3 uint8, t=number)"


# --- once ------------------------------------------------------------------------------------------------------------


def test_inputs_are_looked_at_once_however_much_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **more: Any) -> Any:
            calls.append(name)
            return function(*args, **more)

        return counted

    program = compile(TWO)
    monkeypatch.setattr(api.binding, "bind", counting("bind", api.binding.bind))
    monkeypatch.setattr(api, "check", counting("check", api.check))
    monkeypatch.setattr(prepared, "plan", counting("plan", prepared.plan))
    bound = program.bind(im=IM.astype(np.int64))
    assert calls == ["bind", "check"]
    for _ in range(3):
        assert bound.kinds
        assert bound.warnings == ()
        assert bound.plan is bound.plan
        bound.run()
        bound.cost()
        bound.explain()
        bound.profile()
    assert calls == ["bind", "check", "plan"]
    # Another array of the same kind is planned already.
    program.bind(im=IM.astype(np.int64)).run()
    assert calls == ["bind", "check", "plan", "bind"]


def test_each_run_gives_new_arrays() -> None:
    im = IM.copy()
    bound = compile("output a = im; output b = im; output c = im + 1; output d = im[::-1]").bind(im=im)
    arrays = [*bound.run().values(), *bound.run().values(), im]
    for i, one in enumerate(arrays):
        assert not any(np.may_share_memory(one, other) for other in arrays[:i])
    arrays[0][...] = 7
    assert bound.run()["a"].tolist() == IM.tolist()


def test_pixels_that_stop_a_run_stop_each() -> None:
    bound = compile("assert area(im > 90) > 0; im > 90").bind(im=IM)
    for _ in range(2):
        with pytest.raises(RunError, match="not true"):
            bound.run()


# --- shapes and types ------------------------------------------------------------------------------------------------


def test_shapes_and_types_answer_all_that_takes_no_pixels() -> None:
    program = compile("dilate(im > t, 2)")
    bound, real = program.bind(im=((20, 30), "uint8"), t=5), program.bind(im=np.zeros((20, 30), np.uint8), t=5)
    assert bound.kinds == real.kinds
    assert bound.cost() == real.cost()
    assert bound.explain() == real.explain()
    assert bound.warnings == ()
    assert bound.plan is real.plan


@pytest.mark.parametrize("ask", ["run", "profile"])
def test_pixels_are_asked_for_by_name(ask: str) -> None:
    bound = compile("(a > 3) & b & (c > t)").bind(a=((2, 3), "uint8"), b=np.zeros((2, 3), bool), c=((2, 3), int), t=4)
    with pytest.raises(InputError) as caught:
        getattr(bound, ask)()
    assert [d.message for d in caught.value.diagnostics] == [
        "a is a shape and a type, without pixels",
        "c is a shape and a type, without pixels",
    ]
    assert [d.hint for d in caught.value.diagnostics] == [
        "bind the program to an array: a=...",
        "bind the program to an array: c=...",
    ]


def test_a_call_takes_pixels() -> None:
    with pytest.raises(InputError, match="without pixels") as caught:
        compile("(a > 3) & b")(a=((2, 3), "uint8"))
    assert len(caught.value.diagnostics) == 2  # and says at once that b is missing


# --- what does not fit -----------------------------------------------------------------------------------------------


def test_inputs_that_are_none_are_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        compile("param p = 1 in 0..3; (a > p) & b").bind(a="ankle.png", p=9, c=1)
    assert len(caught.value.diagnostics) == 4


def test_so_are_inputs_that_the_program_does_not_fit() -> None:
    with pytest.raises(ProgramError, match="a is 2x3 and b is 3x2"):
        compile("a & b").bind(a=((2, 3), bool), b=((3, 2), bool))


def test_a_program_of_no_result_is_explained_but_not_run() -> None:
    bound = compile("def f(m) = dilate(m)").bind()
    assert bound.explain() == ""
    assert bound.kinds == {}
    with pytest.raises(ProgramError, match="result"):
        bound.run()
    with pytest.raises(ProgramError):
        compile("def f(m) = dilate(m)")()


# --- a value ---------------------------------------------------------------------------------------------------------


def test_it_cannot_be_changed() -> None:
    bound = compile("im > 3").bind(im=IM)
    for name in ("kinds", "plan", "run", "other"):
        with pytest.raises(AttributeError):
            setattr(bound, name, None)
    bound.kinds.clear()
    assert bound.kinds


@pytest.mark.parametrize("ask", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled_but_its_program_is(ask: Callable[[Any], Any]) -> None:
    program = compile("im > 3")
    with pytest.raises(TypeError, match="pickle the program, and bind it again"):
        ask(program.bind(im=IM))
    again = pickle.loads(pickle.dumps(program)).bind(im=IM)
    assert again.run()["result"].tolist() == (IM > 3).tolist()


# --- what a host sees ------------------------------------------------------------------------------------------------


def public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


def test_stages_do_not_leak() -> None:
    assert public(maskexpr.Program) == [
        *("bind", "cost", "explain", "inputs", "kind", "name", "outputs", "params", "profile", "source", "to_python"),
        "warnings",
    ]
    assert public(maskexpr.Bound) == ["cost", "explain", "kinds", "plan", "profile", "run", "warnings", "with_params"]


@pytest.mark.parametrize("kind", [maskexpr.Program, maskexpr.Bound])
def test_all_of_it_says_what_it_is_for(kind: type) -> None:
    assert all(getattr(kind, name).__doc__ for name in public(kind))
    assert kind.__doc__


# --- with other values of params -------------------------------------------------------------------------------------


def test_another_value_of_a_param() -> None:
    bound = compile("param low = 32 in 0..255; param n = 1 in 0..9; output m = dilate(im > low, n); area(m)").bind(
        im=IM
    )
    other = bound.with_params(low=63).with_params(n=2)
    for again in (other, other.with_params(), bound.with_params(low=63, n=2)):
        assert again.run()["m"].tolist() == compile("dilate(im > 63, 2)")(im=IM).tolist()
    assert bound.run()["m"].tolist() == compile("dilate(im > 32, 1)")(im=IM).tolist()


def test_params_that_are_none_are_refused_at_once() -> None:
    bound = compile("param low = 32 in 0..255; im > low").bind(im=IM)
    with pytest.raises(InputError) as caught:
        bound.with_params(low=256, hihg=3, im=IM)
    assert [str(d.message) for d in caught.value.diagnostics] == [
        "low cannot be 256",
        "the program has no input or param hihg",
        "im is an input, not a param: it was given when the program was bound",
    ]
