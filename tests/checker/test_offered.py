"""What a host offers: functions by name and group, constants; and what it hears of slips in that."""

import concurrent.futures
import pickle

import numpy as np
import pytest

import maskexpr
from maskexpr.checker.offered import GROUPS
from maskexpr.functions import MASK, Mask, function
from maskexpr.library import CATALOGUE

IM = np.arange(12).reshape(3, 4)
CONSTANTS = {"level": 5, "share": 0.25, "strict": True, "form": "disk"}


@function(gives=MASK, halo=0, cost=1, memory=0)
def opposite(m: Mask):
    """All that is off."""
    return ~m


def refused(text, **given):
    with pytest.raises(maskexpr.ProgramError) as caught:
        maskexpr.compile(text, **given)
    return caught.value


# --- functions -------------------------------------------------------------------------------------------------------


def test_a_function_that_is_not_offered():
    error = refused("dilate(im > 3, 2)", allow={"erode", "area"})
    assert error.code == "function-withheld"
    assert str(error) == (
        "expression:1:1: error: dilate is a function that is not offered here\n"
        "    dilate(im > 3, 2)\n    ^^^^^^\n  there are erode, area and others"
    )
    error = refused("dilate(im > 3, 2)", allow=())
    assert (error.code, error.hint) == ("function-withheld", "write it with operators: im > 64")


@pytest.mark.parametrize(
    "text", ["im.dilate(2)", "def f(m) = dilate(m, 2); f(im > 3)", "output a = dilate(im > 3, 1)", "x > 3"]
)
def test_nobody_gets_at_what_is_denied(text):
    assert refused(text, deny=["dilate", "x"]).code == "function-withheld"
    assert refused(text, deny=["morphology", "shapes"]).code == "function-withheld"
    assert refused(text, allow=["filters", "dilate"], deny=["dilate", "x"]).code == "function-withheld"


def test_no_fix_calls_what_is_not_offered():
    assert refused("scipy.ndimage.gaussian_filter(im, 2)").diagnostics[0].fix == "gaussian(im, 2)"
    assert refused("scipy.ndimage.gaussian_filter(im, 2)", deny=["gaussian"]).diagnostics[0].fix is None


def test_what_is_allowed():
    assert maskexpr.evaluate("im > 3", im=IM).sum() == 8
    assert maskexpr.compile("area(dilate(im > 3, 1))", allow=["morphology", "area"])(im=IM) == 12
    assert maskexpr.compile("keep(im > 3, area > 5)", allow=["keep"])(im=IM).sum() == 8  # a property is keep's
    assert maskexpr.compile("opposite(im > 3)", functions=[opposite], allow=[])(im=IM).sum() == 4
    assert maskexpr.compile("opposite(im > 3)", functions=[opposite], allow=["opposite"])(im=IM).sum() == 4
    assert refused("opposite(im > 3)", functions=[opposite], deny=["opposite"]).code == "function-withheld"
    assert maskexpr.compile("def dilate(m) = m & ~m; dilate(im > 3)", deny=["dilate"])(im=IM).sum() == 0
    assert maskexpr.compile("x = im > 3; x", deny=["x"])(im=IM).sum() == 8


def test_every_function_is_in_a_group_and_can_be_denied():
    assert {function.group for function in CATALOGUE.values()} == GROUPS
    for name, known in CATALOGUE.items():
        call = name if known.bare else f"{name}(im)"
        assert refused(call, deny=[name]).code == "function-withheld", name


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"allow": ["dilat"]}, ValueError, "allow names 'dilat', which is no function and no group of functions"),
        ({"deny": ["filter"]}, ValueError, "did you mean 'filters'?"),
        ({"deny": ["qqqq"]}, ValueError, "maskexpr functions lists them"),
        ({"allow": "area"}, TypeError, "allow must be names of functions or groups"),
        ({"allow": [3]}, TypeError, "allow must hold names of functions or groups, not int"),
        ({"deny": 3}, TypeError, "deny must be names"),
    ],
)  # fmt: skip
def test_slips_in_names_are_told_at_once(given, error, said):
    with pytest.raises(error) as caught:
        maskexpr.compile("im > 3", **given)
    assert said in str(caught.value)


# --- constants -------------------------------------------------------------------------------------------------------


def test_constants_are_named():
    program = maskexpr.compile("dilate(im > level * share, 1, form) & strict", constants=CONSTANTS)
    assert [info.name for info in program.inputs] == ["im"]
    np.testing.assert_array_equal(program(im=IM), maskexpr.evaluate('dilate(im > 5 * 0.25, 1, "disk") & true', im=IM))


def test_constants_are_known_before_the_run_and_in_defs():
    assert maskexpr.compile("def f(m) = dilate(m, level); f(im > 3)", constants=CONSTANTS)(im=IM).all()
    assert maskexpr.compile("keep(im > 3, area > level)", constants=CONSTANTS)(im=IM).sum() == 8
    assert maskexpr.compile("t = measure(im > 3, area); count(t[area > level])", constants=CONSTANTS)(im=IM) == 1


@pytest.mark.parametrize(
    "text",
    [
        "level = 9; im > level",
        "param level = 9; im > level",
        "def f(a, level) = a > level; f(im, 9)",
        "input level; im > level",
    ],
)
def test_a_program_may_hide_them(text):
    program = maskexpr.compile(text, constants=CONSTANTS)
    given = {"im": IM, **({"level": 9} if "input" in text else {})}
    assert program(**given).sum() == 2


def test_a_constant_hides_a_coordinate():
    assert maskexpr.compile("im > x", constants={"x": 9})(im=IM).sum() == 2


@pytest.mark.parametrize(
    ("constants", "error", "said"),
    [
        ([("k", 1)], TypeError, "constants must be a mapping"),
        ({3: 1}, TypeError, "a constant's name must be a str"),
        ({"a b": 1}, ValueError, "'a b' cannot be the name of a constant"),
        ({"in": 1}, ValueError, "'in' cannot be the name"),
        ({"k = 1; j": 1}, ValueError, "cannot be the name"),
        ({"": 1}, ValueError, "cannot be the name"),
        ({"k": IM}, TypeError, "the constant k must be a number, true or false, or a text, not ndarray"),
        ({"k": None}, TypeError, "not NoneType"),
        ({"k": float("nan")}, ValueError, "the constant k must be a finite number"),
        ({"k": 2**200}, ValueError, "at most 128 bits"),
    ],
)
def test_what_can_be_no_constant(constants, error, said):
    with pytest.raises(error) as caught:
        maskexpr.compile("im > 3", constants=constants)
    assert said in str(caught.value)


# --- what becomes of them --------------------------------------------------------------------------------------------

HELD = "param t = 3; dilate(im > t + level, 1)"


def test_they_stay_with_a_program_wherever_it_goes():
    program = maskexpr.compile(HELD, constants=CONSTANTS, deny=["erode"])
    expected = maskexpr.evaluate("dilate(im > 8, 1)", im=IM)
    again = pickle.loads(pickle.dumps(program))
    assert again == program
    for one in (program, again):
        np.testing.assert_array_equal(one(im=IM), expected)
        np.testing.assert_array_equal(
            one.bind(im=IM).with_params(t=4).run()["result"], maskexpr.evaluate("dilate(im > 9, 1)", im=IM)
        )
    (found,) = maskexpr.map(program, [{"im": IM}])
    np.testing.assert_array_equal(found, expected)
    tried = maskexpr.sweep(program, {"im": IM, "truth": expected}, {"t": [2, 3, 4]}, maximize="dice(result, truth)")
    assert tried.best == {"t": 3}


@pytest.mark.slow
def test_workers_have_them_too():
    program = maskexpr.compile(HELD, constants=CONSTANTS)
    for found in maskexpr.map(program, [{"im": IM}, {"im": IM}], jobs=2):
        np.testing.assert_array_equal(found, maskexpr.evaluate("dilate(im > 8, 1)", im=IM))


def test_many_threads_share_one_program():
    program = maskexpr.compile(HELD, constants=CONSTANTS)
    images = [IM + i for i in range(48)]
    alone = [program(im=im) for im in images]
    fresh = maskexpr.compile(HELD + "\n", constants=CONSTANTS)

    def ask(im):
        assert fresh == program
        assert hash(fresh) == hash(program)
        assert [info.takes for info in fresh.inputs] == [("image", "labels", "number")]
        fresh.schema()
        return fresh(im=im)

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        for found, expected in zip(pool.map(ask, images), alone, strict=True):
            np.testing.assert_array_equal(found, expected)
