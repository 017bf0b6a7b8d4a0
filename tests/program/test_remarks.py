"""What is said of a run: of numbers that are not finite where they meet pixels."""

import warnings
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import helpers, in_fortran_order

from maskexpr import Image, MaskWarning, compile, evaluate
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.engine import reference
from maskexpr.engine.run import Engine
from maskexpr.engine.watching import Watched
from maskexpr.inside import stages
from maskexpr.library import CATALOGUE
from maskexpr.planner.plan import plan

RNG = np.random.default_rng(8)
HOLED = RNG.normal(size=(40, 13))
HOLED[3, 4] = np.nan
ENDLESS = RNG.normal(size=(40, 13))
ENDLESS[3, 4] = np.inf
WHOLE = RNG.integers(1, 9, (40, 13)).astype(np.uint8)

# A program, and the numbers that are said to be nan in it.
OF_HOLED = {
    "im > percentile(im, 99)": ["percentile(im, 99)"],
    "(im - mean(im)) / std(im) > 1": ["mean(im)", "std(im)"],
    "mean(im) < im & im < mean(im)": ["mean(im)"],
    "t = 2 * median(im) + 1; im > t": ["median(im)"],
    "between(im, min(im), max(im))": ["min(im)", "max(im)"],
    "clip(im, 0, max(im))": ["max(im)"],
    "where(im > 0, im, mean(im))": ["mean(im)"],
    "im + min(im)": ["min(im)"],
    "minimum(im, mean(im))": ["mean(im)"],
    "hysteresis(im, mean(im), 9)": ["mean(im)"],
    "im != max(im)": ["max(im)"],
    "keep(im > 0, mean_intensity > mean(im), of=im)": ["mean(im)"],
    "area(im > mean(im))": ["mean(im)"],
    "where(mean(im) > 0, im, 0)": ["mean(im)"],  # a comparison of numbers is silent, too
    "t = max(im); assert not (t > 9); im > 0": ["max(im)"],
    "im > sqrt(-std(im[im > 0]))": ["sqrt(-std(im[im > 0]))"],
    # Silent, and rightly so: numbers that are shown, looked for, replaced, of finite values, or not needed.
    "mean(im)": [],
    "output t = mean(im); output m = im > 0": [],
    "where(isnan(mean(im)), 0, mean(im)) < im": [],
    "max(im) == max(im)": [],
    "im > mean(im[isfinite(im)])": [],
    "unused = im > mean(im); im > 0": [],
    "keep(im > 0, area > mean(area))": [],
}
OF_ENDLESS = {
    **{"im > mean(im)": ["mean(im)"], "im > std(im)": ["std(im)"], "im - sum(im)": ["sum(im)"]},
    **{"im > percentile(im, 99.99)": ["percentile(im, 99.99)"], "im == max(im)": [], "im > median(im)": []},
}


def said(text: str, im: Any, rows: int | None = None) -> list[tuple[str, str]]:
    """What the engine says of a run in strips of so many rows, and so the plain evaluation: what it is, and of what."""
    bound = stages(compile(text), {"im": im})
    watched = Watched(bound.checked)
    found: list[Diagnostic] = []
    both = []
    for run in (reference.run, lambda checked, given: Engine(checked, plan(checked, rows)).run(given)):
        values = watched.take(run(watched.checked, dict(bound.arrays)), found.extend)
        assert list(values) == [name for name, _ in bound.checked.outputs]
        both.append([(d.code, text[d.span.start : d.span.stop] if d.span else "") for d in found])
        found.clear()
    assert both[0] == both[1], text
    return both[0]


@pytest.mark.parametrize("text", OF_HOLED)
def test_numbers_that_are_nan(text: str) -> None:
    """The same for every plan, once each, in the order of the program; whatever lies how in memory."""
    with helpers(2):
        for rows in (1, 7, None):
            for im in (HOLED, np.asfortranarray(HOLED), HOLED.astype(np.float32)[::-1]):
                assert said(text, im, rows) == [("not-finite", number) for number in OF_HOLED[text]]
    assert said(text, RNG.normal(size=(40, 13))) == [] or "-std" in text


@pytest.mark.parametrize("text", OF_ENDLESS)
def test_numbers_that_are_infinite(text: str) -> None:
    assert said(text, ENDLESS) == [("not-finite", number) for number in OF_ENDLESS[text]]


@pytest.mark.parametrize("name", ["otsu", "yen", "isodata", "li", "triangle", "mean_threshold"])
def test_thresholds_leave_out_what_is_not_finite(name: str) -> None:
    """They are those of the finite pixels, and nothing is to be said."""
    im = HOLED.copy()
    im[5, 5:7] = [np.inf, -np.inf]
    assert said(f"im > {name}(im)", im) == []
    finite = im[np.isfinite(im)][np.newaxis]
    assert evaluate(f"{name}(im)", im=im) == evaluate(f"{name}(im)", im=finite)


def test_every_function_that_gives_nan_for_nan_says_so() -> None:
    """A number that is nan because a pixel is."""
    for name, function in CATALOGUE.items():
        if function.gives.names != {"number"} or not {"image", "samples"} & function.parameters[0].takes.kinds:
            continue
        call = f"{name}(im, 50)" if name == "percentile" else f"{name}(im)"
        try:
            value = evaluate(call, im=HOLED)
        except Exception:  # another kind of image is wanted
            continue
        assert (function.spoilt_by != "") == bool(np.isnan(value)), name


def test_what_integers_and_small_programs_cost() -> None:
    """Nothing is looked at where no number can be nan: nothing is done for it."""
    for text in ("im > 32", "im > mean(im)", "(im - mean(im)) / std(im) > 1", "im > 0.5 * percentile(im, 99)"):
        bound = stages(compile(text), {"im": WHOLE})
        assert bound.prepared.watched.is_idle, text
        assert bound.prepared.watched.checked is bound.checked
    assert not stages(compile("im > mean(im)"), {"im": HOLED}).prepared.watched.is_idle


def test_the_result_is_what_it_was() -> None:
    """Also where a number that is looked at is an output, and where inputs lie in Fortran order."""
    text = "output t = percentile(im, 50); output m = im > t; output u = t + 1"
    im = RNG.normal(size=(40, 13))
    program = compile(text)
    for given in ({"im": im}, in_fortran_order({"im": im}), {"im": Image(im, kind="image")}):
        for _ in range(2):
            found = program(**given)
            assert list(found) == ["t", "m", "u"]
            assert found["t"] == np.percentile(im, 50)
            np.testing.assert_array_equal(found["m"], im > found["t"])


def test_warnings_stand_where_the_caller_does() -> None:
    program = compile("im > mean(im)")
    bound = program.bind(im=HOLED)
    assert bound.warnings == ()
    ways = (lambda: program(im=HOLED), lambda: evaluate("im > mean(im)", im=HOLED), lambda: bound.run()["result"])
    for run in ways:
        for _ in range(2):  # the second time a program is ready
            with pytest.warns(MaskWarning, match=r"mean\(im\) is nan") as caught:
                assert not run().any()
            (warning,) = caught
            assert warning.filename == __file__
            assert isinstance(warning.message, MaskWarning)
            assert warning.message.code == "not-finite"
            assert warning.message.hint == "write mean(im[isfinite(im)])"
    assert [d.code for d in bound.warnings] == ["not-finite"]
    assert bound.warnings[0].severity == "warning"


def test_warnings_can_be_errors_and_can_be_silenced() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", MaskWarning)
        with pytest.raises(MaskWarning, match="not finite everywhere"):
            evaluate("im > mean(im)", im=HOLED)
        warnings.simplefilter("ignore", MaskWarning)
        assert not evaluate("im > mean(im)", im=HOLED).any()


def test_a_bound_program_says_what_its_last_run_found() -> None:
    im = HOLED.copy()
    bound = compile("im > mean(im)").bind(im=im)
    with pytest.warns(MaskWarning):
        bound.run()
    im[3, 4] = 0
    bound.run()
    assert bound.warnings == ()
