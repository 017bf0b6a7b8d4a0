"""Runs that would be over a bound are refused before a pixel is touched, wherever they are started."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.command_shell import Shell
from helpers.each import each

import maskexpr
from maskexpr import LimitError, Limits
from maskexpr.api import swept
from maskexpr.session import Session

IM = np.arange(400, dtype=np.uint8).reshape(20, 20)

# A bound, a program of an image of 20 x 20 that is over it, what the error points at, and what it says.
OVER = [
    ({"axes": 1}, "im > 3", "im", "im has 2 axes, more than the 1 that are allowed here"),
    ({"pixels": 399}, "area(im > 3)", "im", "im has 400 pixels, more than the 399 that are allowed here"),
    ({"memory": 1e4}, "gaussian(im, 2) > 3", "gaussian(im, 2)", "the run might take "),
    ({"operations": 100}, "gaussian(im, 2) > 3", "gaussian(im, 2)", "operations, most of them here, more than the 100"),
    ({"seconds": 1e-6}, "gaussian(im, 2) > 3", "gaussian(im, 2)", "s, most of it here, more than the 1e-06 s"),
    ({"output_bytes": 399}, "m = im > 3; output m", "im > 3", "the results would take 400 bytes, most of it this one"),
]


@each("limits, text, marked, said", OVER)
def test_what_is_over_a_bound_is_refused_before_the_run(
    limits: dict[str, Any], text: str, marked: str, said: str
) -> None:
    """It says where, and by how much; what is left to do is told by the bound that it names, and that works."""
    program = maskexpr.compile(text, limits=Limits(**limits))
    with pytest.raises(LimitError) as caught:
        program(im=IM)
    error = caught.value
    (name,) = limits
    assert error.code == f"limit-{name.replace('_', '-')}"
    assert said in error.message
    assert error.span is not None
    assert text[error.span.start : error.span.stop] == marked
    enough = float(error.hint.partition(f"Limits({name}=")[2].partition(")")[0])
    maskexpr.compile(text, limits=Limits(**{name: enough}))(im=IM)
    bound = program.bind(im=IM)
    assert bound.cost().operations > 0
    assert "plan" in bound.explain()
    assert program.cost(im=((20, 20), "uint8")).memory > 400


def test_what_is_made_on_the_way_may_be_too_large() -> None:
    program = maskexpr.compile("a = resample(small, like=im); area(a > 3)", limits=Limits(pixels=500))
    given = {"small": maskexpr.Image(IM[:5, :5], spacing=4), "im": maskexpr.Image(IM, spacing=1)}
    assert program(**given) > 0
    tight = maskexpr.compile(program.source, limits=Limits(pixels=399))
    with pytest.raises(LimitError) as caught:
        tight(**given)
    assert [found.message[:30] for found in caught.value.diagnostics] == ["im has 400 pixels, more than t"]
    table = maskexpr.compile("t = measure(im > 3, area); count(im > 3)", limits=Limits(pixels=399))
    with pytest.raises(LimitError):
        table(im=IM)


SLOW = "param s = 1; gaussian(im, s) > 3"


def _limits_for(sigma: float) -> Limits:
    """Bounds that a run with this sigma is just within."""
    return Limits(operations=maskexpr.compile(SLOW).cost(im=IM, s=sigma).operations)


WAYS: list[Callable[[maskexpr.Program], object]] = [
    lambda program: program(im=IM, s=5),
    lambda program: program.bind(im=IM, s=5).run(),
    lambda program: program.bind(im=IM, s=5).profile(),
    lambda program: program.bind(im=IM).with_params(s=5).run(),
    lambda program: list(swept(program.bind(im=IM), [{"s": 1}, {"s": 5}])),
    lambda program: list(maskexpr.map(program, [IM], params={"s": 5})),
]


@each("way", WAYS)
def test_a_run_is_refused_however_it_is_started(way: Callable[[maskexpr.Program], object]) -> None:
    program = maskexpr.compile(SLOW, limits=_limits_for(1))
    program(im=IM)
    with pytest.raises(LimitError, match="operations"):
        way(program)
    program(im=IM)


def test_a_sweep_goes_on_after_a_value_that_costs_too_much() -> None:
    goal = "param s = 1; m = gaussian(im, s) > 100"
    bounds = Limits(operations=maskexpr.compile(goal + "; dice(m, truth)").cost(im=IM, truth=IM > 9, s=2).operations)
    found = maskexpr.sweep(
        maskexpr.compile(goal, limits=bounds),
        {"im": IM, "truth": IM > 100},
        {"s": [1, 30, 2]},
        maximize="dice(m, truth)",
    )
    assert found.best["s"] in (1, 2)
    assert np.isnan(np.asarray(found.table["score"], float)).tolist() == [False, True, False]


def test_sessions_hold_each_value_to_the_bounds(tmp_path: Path) -> None:
    maskexpr.write(tmp_path / "im.png", IM)
    session = Session(limits=_limits_for(1))
    session.load("im", str(tmp_path / "im.png"))
    session.enter("a = gaussian(im, 1) > 3")
    with pytest.raises(LimitError, match="operations"):
        session.enter("b = gaussian(im, 9) > 3")
    assert "b" not in session.names


# --- commands --------------------------------------------------------------------------------------------------------


def test_commands_take_bounds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path, capsys)
    image, mask, other = (str(tmp_path / name) for name in ("im.png", "m.png", "k.png"))
    maskexpr.write(image, IM)
    maskexpr.write(mask, IM > 9)
    maskexpr.write(other, IM > 30)
    program = tmp_path / "p.mask"
    program.write_text("param t = 9\nm = im > t\noutput n = area(m)\n")
    few = ["--limit", "pixels=99"]
    for arguments in (
        ["eval", "area(im > 9)", f"im={image}"],
        ["run", str(program), f"im={image}"],
        ["sweep", str(program), f"im={image}", f"truth={mask}", "-p", "t=1,9", "--maximize", "dice(m, truth)"],
        ["compare", f"a={mask}", f"b={other}"],
        ["show", image, mask, "--by", "area"],
    ):
        assert shell(*arguments)[0] == 0, arguments
        assert shell(*arguments, "--limit", "pixels=none")[0] == 0, arguments
        code, out, err = shell(*arguments, *few)
        assert code == 1, arguments
        assert "400 pixels, more than the 99 that are allowed here" in out + err, arguments


def test_bounds_of_commands_that_are_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path, capsys)
    for text, said in {
        "pixels": "pixels sets no limit",
        "pixel=9": "there is no limit pixel",
        "pixels=few": "the limit pixels cannot be few",
        "seconds=nan": "the limit seconds cannot be nan",
        "depth=none": "the limit depth cannot be none",
        "depth=2.5": "write a whole number from 1 on",
        "memory=-1": "write a number above 0, or none",
    }.items():
        code, _, err = shell("eval", "1", "--limit", text)
        assert (code, said in err) == (2, True), text
    code, _, err = shell("eval", "1", "--limit", "depth=9", "--limit", "depth=8")
    assert (code, "--limit depth is given twice" in err) == (2, True)
    assert shell("eval", "1", "--limit", "depth=9", "--limit", "seconds=1e3")[:2] == (0, "1\n")
