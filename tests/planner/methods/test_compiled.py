"""Which steps may run by compiled kernels, and when they do."""

import pickle

import numpy as np
import pytest
import scipy.ndimage
from helpers.fresh_processes import with_compiled_kernels

import maskexpr
from maskexpr.engine import reference
from maskexpr.kernels import choosing
from maskexpr.planner.methods import compiled
from maskexpr.planner.plan import tasks_of

IMAGE = np.arange(20, dtype=np.uint8).reshape(4, 5)


@pytest.fixture(autouse=True)
def process(monkeypatch):
    """One in which nothing was run, with compiled kernels."""
    return with_compiled_kernels(monkeypatch)


@pytest.fixture
def calls(monkeypatch):
    """What is asked of compiled kernels, which give what NumPy's do."""
    calls = []

    def twin(module, name):
        return lambda *given, **more: calls.append(f"{module.rpartition('.')[2]}.{name}") or NotImplemented

    monkeypatch.setattr(choosing, "_compiled", twin)
    return calls


def bound(text="reconstruct(im - 5, im) > 3"):
    return maskexpr.compile(text).bind(im=IMAGE)


def test_they_run_where_it_is_worth_it(calls, process):
    program = bound()
    expected = program.run()
    assert not calls
    assert "compiled" not in program.explain()
    process.could_have_gained = 1.0
    np.testing.assert_array_equal(program.run()["result"], expected["result"])
    assert calls == ["sweeps.reconstruction"]
    assert "by compiled kernels" in program.explain()


def test_what_is_run_again_and_again_comes_to_that(calls, monkeypatch):
    monkeypatch.setattr(compiled, "GAINS", dict.fromkeys(compiled.GAINS, 0.2e9 / IMAGE.size))
    program = bound()
    for _ in range(5):
        program.run()
    assert 1 <= len(calls) <= 4


def test_the_plain_evaluation_is_numpys(calls, process):
    """Which the others are held against."""
    process.could_have_gained = 1.0
    reference.run(bound()._stages.checked, {"im": IMAGE})
    assert not calls


@pytest.mark.parametrize("forbidding", [choosing.forbid, None])
def test_nothing_compiled_runs_where_it_must_not(calls, process, monkeypatch, forbidding):
    process.could_have_gained = 1.0
    program = bound()
    if forbidding:
        forbidding()
    else:
        monkeypatch.setenv(choosing.VARIABLE, "0")
    program.run()
    assert not calls
    assert "compiled" not in program.explain()


@pytest.mark.parametrize("is_there", [True, False])
def test_comparisons_give_bits_at_once_where_nobody_wants_bytes(calls, process, is_there):
    process.could_have_gained, process.is_there = 1.0, is_there
    program = bound("a = im >= 9; b = (im > 3) & (im != 7); c = dilate(a, 1); d = erode(b, 1) | c; output d; output a")
    forms = {task.step.function.name: task.form for stage in program.plan.stages for task in tasks_of(stage)}
    assert forms["!="] == forms["&"] == ("packed" if is_there else "plain")
    assert forms[">="] == "plain"  # it is a result
    found = program.run()
    assert ("packed.pack_between" in calls) == is_there
    a, b = IMAGE >= 9, (IMAGE > 3) & (IMAGE != 7)
    np.testing.assert_array_equal(found["d"], scipy.ndimage.binary_erosion(b) | scipy.ndimage.binary_dilation(a))
    np.testing.assert_array_equal(found["a"], a)


@pytest.mark.parametrize(
    ("text", "is_compiled"), [("exp(x)", True), ("x ** 2.5", True), ("x ** 2", False), ("exp(im)", False)]
)
def test_what_is_rounded_once_runs_so_where_nothing_is_faster(calls, process, text, is_compiled):
    process.could_have_gained = 1.0
    program = maskexpr.compile(text)
    im = np.tile(IMAGE, (20, 20))  # of enough pixels for a table
    given = {"x": im.astype(np.float32)} if "x)" in text or "x *" in text else {"im": im}
    bound = program.bind(**given)
    bound.run()
    assert bool(calls) == is_compiled == ("by compiled kernels" in bound.explain())


@pytest.mark.parametrize("text", ["measure(im > 4, {})", "measure(label(im > 4), {})", "keep(im > 4, {} > 0)"])
def test_the_more_is_measured_the_more_is_gained(calls, process, text):
    few, many = (bound(text.format(name)) for name in ("area", "solidity"))
    gains = [max(task.method.gains for stage in p.plan.stages for task in tasks_of(stage)) for p in (few, many)]
    assert 0 < gains[0] < gains[1]
    process.could_have_gained = 1.0
    many.run()
    assert "hulls.sizes_of_rows" in calls


def test_extremes_of_images_are_found_by_them(calls, process):
    process.could_have_gained = 1.0
    maskexpr.compile('output a = tophat(im, 1, "square"); output b = dilate(im, 2)').bind(im=IMAGE).run()
    assert calls == ["grey.extreme_of_square", "grey.extreme_of_square", "grey.extreme_of_diamond"]


def test_a_program_may_be_without_them(calls, process):
    """In all of what is said of it, too; and it stays so."""
    process.could_have_gained = 1.0
    text = "a = reconstruct(im - 5, im) > 3; b = dilate(im > 3, 2); c = exp(im * 1.5); output a; output b; output c"
    program = maskexpr.compile(text, compiled=False)
    assert program != maskexpr.compile(text)
    for one in (program, pickle.loads(pickle.dumps(program))):
        bound = one.bind(im=IMAGE)
        assert "compiled" not in bound.explain()
        bound.run()
        one(im=np.asfortranarray(IMAGE))
        one.bind(im=IMAGE).run()
    assert not calls
    maskexpr.compile(text)(im=IMAGE)
    assert calls


def test_masks_are_packed_without_them(calls, process):
    process.could_have_gained = 1.0
    m = np.arange(9000).reshape(90, 100) % 7 < 5
    for compiled_too in (False, True):
        maskexpr.compile("input m: mask; erode(m, 2)", compiled=compiled_too)(m=m)
        assert bool(calls) == compiled_too
