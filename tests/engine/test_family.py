"""What programs with other values of params share: each value once, within bounds, as long as somebody may ask."""

import gc
import itertools
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk

import maskexpr
from maskexpr import MaskWarning, RunError
from maskexpr.api import swept
from maskexpr.engine import family
from maskexpr.functions import MASK, Mask, Number, Reach
from maskexpr.testing.ways import peak

RNG = np.random.default_rng(5)
IM = RNG.integers(0, 256, (60, 80)).astype(np.uint8)
SMOOTH = "param t = 100; g = gaussian(im, 2); output m = g > t"


class Counting:
    """Functions of a host that count their calls."""

    def __init__(self, kind: Any = Number) -> None:
        self.calls: Counter[str] = Counter()
        self._kind = kind
        self.functions = [self._made(name) for name in ("one", "two", "three", "four")]

    def _made(self, name: str) -> Any:
        @maskexpr.function(gives=MASK, halo=0, cost=50, memory=0, name=name)
        def body(m: Mask, by: self._kind) -> Any:  # type: ignore[name-defined]
            """The mask, or its complement."""
            self.calls[name] += 1
            return m ^ (str(by) > "5")

        return body


# --- once ------------------------------------------------------------------------------------------------------------


STEPS = """
param a = 1; param b = 2; param c = 3; param d = 4
first = one(im > 40, a)
second = two(first, b)
third = three(second, c)
area(four(third, d))
"""


def test_of_a_chain_a_sweep_repeats_only_what_follows_what_varies() -> None:
    counting = Counting()
    bound = maskexpr.compile(STEPS, functions=counting.functions).bind(im=IM)
    list(swept(bound, [{"d": d} for d in range(10)]))
    assert counting.calls == {"one": 1, "two": 1, "three": 1, "four": 10}
    list(swept(bound, [{"b": b, "d": d} for b in (2, 5, 6) for d in range(4)]))
    # The first is on the border now: it was not kept as long as only the last varied.
    assert counting.calls == {"one": 1 + 1, "two": 1 + 3, "three": 1 + 3, "four": 10 + 12}


def test_of_params_that_must_be_known_before_as_well() -> None:
    """A reach tells what a program is."""
    counting = Counting(Reach)
    bound = maskexpr.compile(STEPS, functions=counting.functions).bind(im=IM)
    list(swept(bound, [{"b": b, "d": d} for b in (2, 5, 6) for d in range(4)]))
    assert counting.calls == {"one": 1, "two": 3, "three": 3, "four": 12}


def test_one_by_one_as_well() -> None:
    counting = Counting()
    bound = maskexpr.compile(STEPS, functions=counting.functions).bind(im=IM)
    for d in range(5):
        bound.with_params(d=d).run()
    assert counting.calls == {"one": 1, "two": 1, "three": 1, "four": 5}
    bound.with_params(c=30).with_params(d=7).run()
    assert counting.calls == {"one": 2, "two": 2, "three": 2, "four": 6}
    bound.run()  # a member of the family too
    assert counting.calls == {"one": 2, "two": 2, "three": 2, "four": 7}


def test_what_lies_before_the_border_is_not_kept() -> None:
    """Nor what costs no more to make than to read."""
    bound = maskexpr.compile(SMOOTH).bind(im=IM)
    bound.with_params(t=3).run()
    assert bound._family.nbytes == IM.size * 8
    bound = maskexpr.compile("param t = 3; output m = (im + 4 > t) & (im < 9)").bind(im=IM)
    bound.with_params(t=3).with_params(t=4).run()
    assert bound._family.nbytes == 0


# --- within bounds ---------------------------------------------------------------------------------------------------


def test_the_oldest_values_are_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "MOST_BYTES", 2 * IM.size * 8)
    monkeypatch.setattr(family, "_PIXEL_BYTES", 0)
    bound = maskexpr.compile("param s = 1; param t = 9; g = gaussian(im, s); output m = g > t").bind(im=IM)
    for s, t in itertools.product((1, 2, 3, 4), (5, 6, 7)):
        bound.with_params(s=s, t=t).run()
        assert bound._family.nbytes <= 2 * IM.size * 8
    kept = dict(bound._family._kept)
    assert len(kept) == 2
    for s in (4, 3):  # they are there, and found
        bound.with_params(s=s, t=8).run()
        assert all(bound._family._kept[meaning] is value for meaning, value in kept.items())


def test_values_that_fit_nowhere_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "MOST_BYTES", IM.size)
    monkeypatch.setattr(family, "_PIXEL_BYTES", 0)
    program = maskexpr.compile(SMOOTH)
    bound = program.bind(im=IM)
    for t in (90, 120, 90):
        assert (bound.with_params(t=t).run()["m"] == program(im=IM, t=t)).all()
    assert bound._family.nbytes == 0


def test_a_value_each_time_takes_no_more_and_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "_MOST_MEANINGS", 40)
    monkeypatch.setattr(family, "_MOST_REMEMBERED", 10)
    program = maskexpr.compile(SMOOTH)
    bound = program.bind(im=IM)
    for t in range(60):
        assert bound.with_params(t=t).run()["m"].sum() == program(im=IM, t=t).sum()
        assert len(bound._family._meanings) < 60
        assert len(bound._family._seen) <= 10
        assert bound._family.nbytes <= IM.size * 8


def test_nothing_outlives_the_last_of_them() -> None:
    bound = maskexpr.compile(SMOOTH).bind(im=IM)
    other = bound.with_params(t=3)
    other.run()
    kept = weakref.ref(other._family)
    del bound
    assert kept() is not None
    del other
    gc.collect()
    assert kept() is None


@pytest.mark.parametrize(
    "text", [SMOOTH, "param t = 1; g = median_filter(im, 1); output a = g; output m = dilate(g > t)"]
)
def test_a_run_takes_no_more_memory_than_is_said(text: str) -> None:
    im = RNG.integers(0, 256, (600, 800)).astype(np.uint8)
    bound = maskexpr.compile(text).bind(im=im)
    for t in (30, 90, 91):
        one = bound.with_params(t=t)
        assert one.cost().memory >= peak(one._stages, ready=False) + bound._family.nbytes * (t == 91)


# --- results ---------------------------------------------------------------------------------------------------------


def test_results_share_no_memory_with_what_is_kept() -> None:
    text = "param t = 1 in 0..9; g = median_filter(im, 1); output a = g; output b = g; output c = im"
    text += "; output m = erode(g > t)"
    bound = maskexpr.compile(text).bind(im=IM)
    wanted = bound.run()
    found = [array for t in (1, 1, 2, 1) for array in bound.with_params(t=t).run().values()]
    found += [array for results in swept(bound, [{"t": t} for t in (1, 1, 3)]) for array in results.values()]
    for one, other in itertools.combinations([*found, *bound._family._kept.values(), IM], 2):
        assert not np.may_share_memory(one, other)
    for array in found:
        array[...] = 0
    again = bound.with_params(t=1).run()
    assert all((again[name] == value).all() for name, value in wanted.items())


def test_many_threads_share_them() -> None:
    program = maskexpr.compile(
        "param s = 1; param t = 9; g = gaussian(im, s); output m = dilate(g > t, 2); output n = area(m)"
    )
    bound = program.bind(im=IM)
    combos = [{"s": s, "t": t} for s in (1, 2) for t in range(60, 200, 10)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda combo: bound.with_params(**combo).run(), combos * 3))
    for combo, results in zip(combos * 3, found, strict=True):
        wanted = program(im=IM, **combo)
        assert results["n"] == wanted["n"]
        assert (results["m"] == wanted["m"]).all()


def test_images_come_back_as_they_were_given() -> None:
    image = sitk.GetImageFromArray(IM)
    image.SetSpacing((0.5, 2.0))
    bound = maskexpr.compile(SMOOTH).bind(im=image)
    for t in (90, 120, 90):
        found = bound.with_params(t=t).run()["m"]
        assert isinstance(found, sitk.Image)
        assert found.GetSpacing() == (0.5, 2.0)
        assert (sitk.GetArrayFromImage(found) == maskexpr.evaluate("gaussian(im, 2) > t", im=IM, t=t)).all()


def test_no_data_and_what_is_said_of_it() -> None:
    image = np.ma.array(IM, mask=RNG.random(IM.shape) < 0.05)
    program = maskexpr.compile(SMOOTH)
    bound = program.bind(im=image)
    for t in (90, 120, 90):
        plain, one = program.bind(im=image, t=t), bound.with_params(t=t)
        with pytest.warns(MaskWarning, match="without data") as plainly:
            wanted = plain.run()["m"]
        with pytest.warns(MaskWarning, match="without data") as said:
            found = one.run()["m"]
        assert isinstance(found, np.ma.MaskedArray)
        assert (found.mask == wanted.mask).all()
        assert (found.data == wanted.data).all()
        assert [str(w.message) for w in said] == [str(w.message) for w in plainly]
        assert one.warnings == plain.warnings


def test_what_stops_a_run_is_what_would_stop_it_by_itself() -> None:
    text = "param t = 9; g = gaussian(im, 1); assert area(g > t) > 100; assert mean(im[g > 300]) > t; output m = g > t"
    program = maskexpr.compile(text)
    bound = program.bind(im=IM)
    for t in (90, 254, 90):
        with pytest.raises(RunError) as wanted:
            program(im=IM, t=t)
        with pytest.raises(RunError) as found:
            bound.with_params(t=t).run()
        assert str(found.value) == str(wanted.value)


def test_a_sweep_goes_on_where_it_is_told_of_what_stops_it() -> None:
    program = maskexpr.compile("param t = 9 in 0..255; assert area(im > t) > 2000; iou(im > t, other)")
    bound, errors = program.bind(im=IM, other=IM > 100), list[RunError]()
    combos = [{"t": t} for t in range(0, 250, 10)]
    found = list(swept(bound, combos, stopped=errors.append))
    assert [bool(results) for results in found] == [(t < IM).sum() > 2000 for t in range(0, 250, 10)]
    assert len(errors) == found.count({})
    with pytest.raises(RunError, match="not true"):
        list(swept(bound, combos))


def test_values_of_a_sweep_are_those_that_params_take() -> None:
    bound = maskexpr.compile("param t = 9 in 0..255; area(im > t)").bind(im=IM)
    for before in ([], [{"t": 1}], [{"t": t} for t in range(9)]):
        found = swept(bound, [*before, {"t": 300}, {"t": 2}])
        assert [next(found) for _ in before] == [bound.with_params(**combo).run() for combo in before]
        with pytest.raises(maskexpr.InputError, match="t cannot be 300"):
            next(found)
    assert list(swept(bound, [])) == []
    of_shapes = maskexpr.compile("param t = 9 in 0..255; area(im > t)").bind(im=((4, 5), "uint8"))
    with pytest.raises(maskexpr.InputError, match="without pixels"):
        list(swept(of_shapes, [{"t": t} for t in range(9)]))
    assert list(swept(bound, [{}, {"t": 9}])) == [bound.run()] * 2


def test_a_part_that_is_stopped_does_not_miss_what_its_plan_left_out() -> None:
    """The plan of what is left needs no value of a mask that it knows to be off; the whole program names it."""
    program = maskexpr.compile("param p = 1; min((im + im)[(gaussian(im - im, 1) < 0.5) & (gaussian(im, 1) < -p)])")
    for values in ([{"p": 1}], [{"p": p} for p in range(5)]):
        with pytest.raises(RunError, match="no samples"):
            list(swept(program.bind(im=IM), values))
