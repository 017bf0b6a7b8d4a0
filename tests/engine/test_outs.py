"""Results in arrays of a host: the same bits, in just those arrays, and no other memory for what strips make."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from helpers.each import each

import maskexpr
from maskexpr import InputError
from maskexpr.planner.methods.method import array_shape

rng = np.random.default_rng(5)
IM = rng.integers(0, 100, (37, 64)).astype(np.uint8)
WIDE = rng.integers(0, 100, (300, 1003)).astype(np.uint8)  # of several strips where these are of few rows
VOLUME = rng.integers(0, 100, (5, 9, 64)).astype(np.uint8)

TEXTS = [
    "im > 32",
    "(im > 32) & ~(im > 64)",
    "dilate(im > 90, 2)",
    "im * 2 + 1",
    "where(im > mean(im), im, 0)",
    "gaussian(im, 2)",
    "label(im > 60)",
    "keep_largest(im > 60)",
    "output a = im > 32; output b = keep_largest(a); output n = area(b)",
    "output a = dilate(im > 90, 2); output b = erode(a) | keep_largest(a); output c = gaussian(im, 1)",
    "output a = im > 32; output b = a; output c = im",
    "output a = im / 7; output b = gaussian(a, 1); output c = median_filter(im, 1) > mean(a)",
    "im[2:5]",
]


def unlike(shape: tuple[int, ...], dtype: Any, way: str) -> Any:
    """An array with other values in it, that lies in memory in a way."""
    if way == "turned":
        return np.full(shape[::-1], 1, dtype).T
    if way == "reversed":
        return np.full(shape, 1, dtype)[::-1]
    if way == "spread":
        return np.full((*shape, 3), 1, dtype)[..., 1]
    return np.full(shape, 1, dtype)


@pytest.mark.parametrize("rows", [None, 2**10])
@pytest.mark.parametrize("order", ["C", "F", "every second"])
@pytest.mark.parametrize("im", [IM, WIDE, VOLUME], ids=["small", "wide", "volume"])
@each("text", TEXTS)
@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
def test_the_same_bits_in_those_arrays(
    text: str, im: Any, order: str, rows: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if rows is not None:  # strips of few rows
        for name in ("_STRIP_BYTES", "_PACKED_STRIP_BYTES"):
            monkeypatch.setattr(f"maskexpr.planner.plan.{name}", rows)
    im = np.repeat(im, 2, axis=-1)[..., ::2] if order == "every second" else np.asarray(im, order=order)  # type: ignore[call-overload]
    bound = maskexpr.compile(text).bind(im=im)
    wanted = bound.run()
    for way in ("as usual", "turned", "reversed", "spread"):
        outs = {n: unlike(array_shape(k), k.dtype, way) for n, k in bound.kinds.items() if k.is_array}
        found = bound.run(out=outs)
        assert list(found) == list(wanted)
        for name, value in wanted.items():
            if name in outs:
                assert found[name] is outs[name], (name, way)
            np.testing.assert_array_equal(found[name], value, err_msg=f"{name} {way}")


def test_one_array_for_one_output_and_some_of_several() -> None:
    m, more = np.empty(IM.shape, bool), np.empty(IM.shape, bool)
    assert maskexpr.compile("im > 3").bind(im=IM).run(out=m) == {"result": m}
    found = maskexpr.compile("output a = im > 3; output b = im > 5").bind(im=IM).run(out={"b": more})
    assert found["b"] is more
    np.testing.assert_array_equal(found["a"], IM > 3)


def test_members_of_a_family_too() -> None:
    bound = maskexpr.compile("param t = 3; s = gaussian(im, 2); output a = s > t; output b = s").bind(im=IM)
    a, b = np.empty(IM.shape, bool), np.empty(IM.shape)
    for t in (40, 50, 60, 50):
        one = bound.with_params(t=t)
        wanted = one.run()
        found = one.run(out={"a": a, "b": b})
        assert found["a"] is a
        assert found["b"] is b
        for name in "ab":
            np.testing.assert_array_equal(found[name], wanted[name])


def test_what_lacks_data_and_masked_arrays() -> None:
    im = np.ma.MaskedArray(IM, IM > 50)
    bound = maskexpr.compile("output a = im > 20; output b = im * 1").bind(im=im)
    wanted = bound.run()
    a, b = np.empty(IM.shape, bool), np.empty(IM.shape, np.uint8)
    found = bound.run(out={"a": a, "b": b})
    assert found["a"] is a
    np.testing.assert_array_equal(a, wanted["a"].filled(False))
    np.testing.assert_array_equal(b, wanted["b"].data)


REFUSED = [
    ("im > 3", lambda: [1, 2], "out-type", "out is of type list"),
    ("output a = im; output b = im", lambda: IM.copy(), "out-type", "out is an array, for 2 outputs"),
    ("im > 3", lambda: {"m": IM.copy()}, "out-unknown", "it has result"),
    ("area(im > 3)", lambda: np.empty(()), "out-type", "which is a number"),
    ("im > 3", lambda: IM.copy(), "out-type", "is uint8; give np.empty((37, 64), np.bool_)"),
    ("im > 3", lambda: {"result": None}, "out-type", "is of type NoneType"),
    ("im * 1000", lambda: np.empty(IM.shape, ">u4"), "out-type", "np.uint32"),
    ("im > 3", lambda: np.ma.MaskedArray(IM > 3), "out-type", "of type MaskedArray"),
    ("im > 3", lambda: np.empty((64, 37), bool), "out-shape", "is of shape 64x37"),
    ("im > 3", lambda: np.broadcast_to(np.empty((), bool), IM.shape), "out-read-only", "is read-only"),
    ("im > 3", lambda: np.lib.stride_tricks.as_strided(np.empty(100, bool), IM.shape, (1, 1)), "out-shared", "itself"),
    ("im", lambda: IM, "out-shared", "with an input"),
    ("im", lambda: IM[::-1], "out-shared", "with an input"),
]


@pytest.mark.parametrize(("text", "make", "code", "said"), REFUSED)
@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
def test_what_cannot_hold_the_result_is_refused(text: str, make: Any, code: str, said: str) -> None:
    bound = maskexpr.compile(text).bind(im=IM)
    with pytest.raises(InputError) as caught:
        bound.run(out=make())
    assert [d.code for d in caught.value.diagnostics] == [code]
    assert said in str(caught.value)


def test_two_outputs_in_one_array() -> None:
    m = np.empty(IM.shape, bool)
    bound = maskexpr.compile("output a = im > 3; output b = im > 5").bind(im=IM)
    with pytest.raises(InputError, match="shares memory with the one for a"):
        bound.run(out={"a": m, "b": m})


def test_channels_of_one_array_share_no_memory() -> None:
    rgb = rng.integers(0, 100, (20, 30, 3)).astype(np.uint8)
    wanted = rgb[..., 0] * 2
    maskexpr.compile("im * 2").bind(im=rgb[..., 0]).run(out=np.empty((20, 30), np.uint16))
    both = np.empty((20, 30, 2), np.uint16)
    both[..., 0] = rgb[..., 0]
    maskexpr.compile("im * 1").bind(im=both[..., 0]).run(out=both[..., 1])
    np.testing.assert_array_equal(both[..., 1] * 2, wanted)


@pytest.mark.slow
@each("text", ["im > 32", "(im > 32) & ~(im > 64)", "im * 2 + 1", "where(im > 64, im, 0)", "gaussian(im, 2)"])
def test_no_other_array_is_made_for_what_strips_make(text: str) -> None:
    im = np.zeros((3000, 3001), np.uint8)  # bits are not unpacked at once here
    bound = maskexpr.compile(text).bind(im=im)
    (kind,) = bound.kinds.values()
    assert kind.dtype is not None
    for way in ("as usual", "turned", "spread"):
        out = unlike((3000, 3001), kind.dtype, way)
        bound.run(out=out)
        tracemalloc.start()
        bound.run(out=out)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < out.nbytes / 2, (way, peak, out.nbytes)


@pytest.mark.parametrize("text", ["im", "im[1:, 2:]", "channel(rgb, 1)", "output a = im; output b = im"])
def test_what_is_a_part_of_an_input_is_copied_once(text: str) -> None:
    """Into those arrays, and nowhere before."""
    program = maskexpr.compile(text)
    rgb = np.zeros((1000, 1001, 3), np.uint8)
    bound = program.bind(**{info.name: rgb if info.name == "rgb" else rgb[..., 0].copy() for info in program.inputs})
    outs = {name: np.empty(array_shape(kind), kind.dtype) for name, kind in bound.kinds.items()}
    bound.run(out=outs)
    tracemalloc.start()
    found = bound.run(out=outs)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < min(out.nbytes for out in outs.values()) / 2
    assert all(found[name] is out for name, out in outs.items())


@pytest.mark.parametrize("text", ["output a = im > 32; output b = a", "output a = label(im > 32); output b = a"])
def test_an_output_of_the_same_value_is_an_array_of_its_own(text: str) -> None:
    bound = maskexpr.compile(text).bind(im=IM)
    out = np.empty(IM.shape, bound.kinds["a"].dtype)
    for name, other in ("ab", "ba"):
        found = bound.run(out={name: out})
        assert found[name] is out
        assert not np.shares_memory(found[other], out)
        np.testing.assert_array_equal(found[other], out)
