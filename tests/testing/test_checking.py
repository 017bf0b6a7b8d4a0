"""check_function finds what is wrong with a function, one report a broken promise, and nothing where all is right."""

import itertools
from typing import Any

import numpy as np
import pytest
import scipy.ndimage

import maskexpr
from maskexpr import testing
from maskexpr.diagnostics import messages
from maskexpr.functions import (
    LABELS,
    MASK,
    NUMBER,
    SAME_IMAGE,
    Axes,
    Image,
    Mask,
    MaskOrNone,
    Number,
    Reach,
    Refused,
    ResultKind,
    function,
)
from maskexpr.library import CATALOGUE

FACTS: dict[str, Any] = {"gives": MASK, "halo": "whole", "cost": 4, "memory": 32}


def declared(body: Any, **facts: Any) -> Any:
    return function(**{**FACTS, "name": "mine", **facts})(body)


def found(body: Any, **facts: Any) -> tuple[testing.Example, list[str], str]:
    """The smallest call of the first broken promise, the promises, and the report."""
    with pytest.raises(testing.BrokenPromises) as caught:
        testing.check_function(declared(body, **facts))
    broken = caught.value.broken
    return broken[0].example, [b.promise for b in broken], str(caught.value)


# --- functions that keep what they declare ---------------------------------------------------------------------------


def spread(m: Mask, n: Reach = 1, axes: Axes = None) -> Any:
    for axis in range(m.ndim) if axes is None else axes:
        m = scipy.ndimage.maximum_filter1d(m.view(np.uint8), 2 * n.reach(axis) + 1, axis, mode="constant").view(bool)
    return m


def reach(settings: Any, ndim: int) -> tuple[int, ...]:
    axes = range(ndim) if settings["axes"] is None else settings["axes"]
    return tuple(settings["n"].reach(axis) if axis in axes else 0 for axis in range(ndim))


def brightest(im: Image, within: MaskOrNone = None) -> Any:
    values = im if within is None else im[within]
    if not values.size:
        raise Refused(messages.NO_SAMPLES, "within")
    return values.max()


RIGHT = [
    declared(spread, halo=reach, extensive=True, keeps_empty=True, transposes=True, total=True),
    declared(brightest, gives=NUMBER),
]


@pytest.mark.parametrize("right", RIGHT)
def test_a_function_that_is_right(right: Any) -> None:
    testing.check_function(right)


# --- functions that do not -------------------------------------------------------------------------------------------


def looks_too_far(m: Mask) -> Any:
    return scipy.ndimage.maximum_filter(m, 5)


def of_another_type(im: Image, kind: ResultKind) -> Any:
    return im.astype(np.float32) if im.shape[0] > 2 else im.astype(kind.dtype)


def of_another_shape(m: Mask) -> Any:
    return m[::2]


def out_of_range(m: Mask) -> Any:
    return np.where(m, -1, 0).astype(np.int32)


_calls = itertools.count()


def of_whim(m: Mask) -> Any:
    return m if next(_calls) % 2 else ~m


def of_what_lay_there(im: Image) -> Any:
    return np.empty(im.shape, np.uint8) > 0x80


def careless(m: Mask) -> Any:
    m[...] = False
    return m.copy()


def sly(m: Mask) -> Any:
    owner = m
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    if owner.flags.writeable:
        owner.reshape(-1)[0] = True
    return m.copy()


def breaks_on_nan(im: Image) -> Any:
    if np.isnan(im).any():
        raise ValueError("what is that?")
    return im > 0


def breaks_on_numbers(m: Mask, n: Number = 1) -> Any:
    return m if 10 // n else ~m


def refuses(m: Mask) -> Any:
    if not m.any():
        raise Refused(messages.NO_SAMPLES, "m")
    return m.copy()


def greedy(im: Image) -> Any:
    wide = [im.astype(np.float64) + i for i in range(9)]
    return sum(wide) > 0


def along_x(m: Mask) -> Any:
    return np.logical_or.accumulate(m, axis=-1)


def outside_on(m: Mask) -> Any:
    return m if m.any() else ~m


def thinner(m: Mask) -> Any:
    return scipy.ndimage.binary_erosion(m)


def of_all_slices(m: Mask, axes: Axes = None) -> Any:
    return m & (np.count_nonzero(m) % 2 == 0)


def fills_across_slices(m: Mask, axes: Axes = None) -> Any:
    return scipy.ndimage.binary_fill_holes(m)


def without_return(m: Mask) -> Any:
    ~m  # noqa: B018 - what is forgotten


def in_order_of_memory(im: Image) -> Any:
    return np.logical_or.accumulate(im.ravel("K") > 0).reshape(im.shape)


def by_rows(m: Mask) -> Any:
    return np.broadcast_to(np.arange(len(m)).reshape([-1] + [1] * (m.ndim - 1)) % 2 == 0, m.shape) & m


WRONG = {
    "halo": (looks_too_far, {"halo": 1}),
    "gives": (of_another_type, {"gives": SAME_IMAGE}),
    "gives, a shape": (of_another_shape, {}),
    "gives, nothing": (without_return, {}),
    "gives, a range": (out_of_range, {"gives": LABELS}),
    "the same again": (of_whim, {}),
    "the same again, memory": (of_what_lay_there, {}),
    "reads only": (careless, {}),
    "reads only, by its owner": (sly, {}),
    "errors": (breaks_on_nan, {}),
    "errors, of arguments": (breaks_on_numbers, {}),
    "total": (refuses, {"total": True}),
    "memory": (greedy, {"memory": 9}),
    "transposes": (along_x, {"transposes": True}),
    "keeps_empty": (outside_on, {"keeps_empty": True}),
    "extensive": (thinner, {"extensive": True}),
    "axes": (of_all_slices, {}),
    "axes, where slices are dense": (fills_across_slices, {}),
    "strips": (by_rows, {"halo": 0}),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_wrong_is_found_and_told_by_a_small_call(fault: str) -> None:
    body, facts = WRONG[fault]
    example, promises, report = found(body, **facts)
    promise = fault.partition(",")[0]
    assert promise in promises
    assert report.startswith("mine does not keep what it declares:\n")
    assert "mine(" in report
    assert f"\n{promise}: " in report
    assert max(np.size(value) for value in example.given.values()) <= (1100 if "memory" in fault else 70)


def test_only_what_is_wrong_is_reported() -> None:
    """One report a promise, without those that hold."""
    _, promises, report = found(looks_too_far, halo=1)
    assert sorted(promises) == ["halo", "strips", "without_data"]  # pixels that are wrong are wrong in holes, too
    assert "its reach is (1" in report
    assert found(greedy, memory=9)[1] == ["memory"]


def test_promises_can_be_left_out() -> None:
    testing.check_function(declared(greedy, memory=9), but=["memory"])
    with pytest.raises(ValueError, match="no promise is called speed"):
        testing.check_function(declared(greedy), but=["speed"])


def test_calls_of_the_author_are_tried_too() -> None:
    def rare(im: Image, n: Number = 1) -> Any:
        if n == 12345:
            raise KeyError("no")
        return im > n

    testing.check_function(declared(rare))
    mine = declared(rare)
    for example in ("mine(im, 12345)", testing.Example("mine(im, 12345)", {"im": np.zeros((2, 2))})):
        with pytest.raises(testing.BrokenPromises, match="KeyError"):
            testing.check_function(mine, examples=[example])


def test_a_function_that_is_never_called_is_not_passed() -> None:
    def picky(settings: Any, around: Any) -> None:
        raise Refused(messages.NO_SAMPLES)

    with pytest.raises(ValueError, match="no legal call of mine was found: give examples"):
        testing.check_function(declared(spread, check=picky))


def test_what_a_function_raises_is_told_as_it_was() -> None:
    """In a run it is an error that says no more than its type to a stranger; its author has to know all of it."""
    _, _, report = found(breaks_on_nan)
    assert "raise refusal(" in report
    assert "a function of this host" not in report


# --- our own functions -----------------------------------------------------------------------------------------------


# Those whose arguments must fit one another.
NEXT = {"axes": "zyx", "origin": [0, 0, 0]}
LIKE = {
    "a": maskexpr.Image(np.arange(60).reshape(3, 4, 5), spacing=[1, 2, 1], kind="image", **NEXT),
    "b": maskexpr.Image(np.zeros((2, 6, 5)), spacing=[2, 1, 1], kind="image", **NEXT),
}
EXAMPLES: dict[str, list[Any]] = {
    "resample": [testing.Example(f"resample(a, b{more})", LIKE) for more in ("", ', method="linear"')],
    "paint": ['paint(lab, measure(lab, area), "area")'],
    "z": [testing.Example("input im; z", {"im": np.zeros((3, 4, 5))})],
}


SLOW = {"peaks", "h_maxima", "h_minima", "area_open", "area_close", "watershed"}  # where each call takes a while


@pytest.mark.slow
@pytest.mark.parametrize("name", CATALOGUE)
def test_each_function_of_the_catalogue_keeps_what_it_declares(name: str) -> None:
    count = 2 if name in SLOW else 6
    testing.check_function(CATALOGUE[name], examples=EXAMPLES.get(name, ()), count=count)


def test_it_is_public() -> None:
    assert set(testing.__all__) == set(dir(testing)), "what help shows"
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = testing.nothing_here
    assert maskexpr.testing is testing
