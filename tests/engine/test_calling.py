"""Calls with what looks like what was seen before: at once, and only where that tells all."""

from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr import InputError

IM = np.random.default_rng(3).integers(0, 100, (20, 24)).astype(np.uint8)


def kept(text: str, **given: Any) -> int:
    """How many looks are kept after two calls, which give the same."""
    program = maskexpr.compile(text)
    first, second = program(**given), program(**given)
    np.testing.assert_array_equal(first, second)
    return len(program._kept.ready)


@pytest.mark.parametrize(
    ("text", "given", "is_ready"),
    [
        ("im > 3", {"im": IM}, True),
        ("im > 3", {"im": np.asfortranarray(IM)}, True),
        ("im > 3", {"im": IM[:, ::2]}, True),
        ("im > 3", {"im": IM.astype(">u2")}, False),
        ("im > 3", {"im": IM.astype(np.int64)}, True),
        ("im", {"im": IM}, True),
        ("im[2:5]", {"im": IM}, True),
        ("keep_largest(im > 50)", {"im": IM}, True),
        ("~m", {"m": IM > 5}, True),
        ("~m", {"m": (IM * 3).view(bool)}, False),
        ("im > t", {"im": IM, "t": 0.5}, True),
        ("im > t", {"im": IM, "t": np.float32(0.1)}, True),
        ("im > t", {"im": IM, "t": -0.0}, False),
        ("im > t", {"im": IM, "t": float("nan")}, False),
        ("im > t", {"im": IM, "t": np.array(4)}, False),
        ("input lab: labels; lab == 3", {"lab": IM.astype(np.int32)}, True),
        ("input lab: labels; lab == 3", {"lab": IM}, False),
    ],
)
@pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")
def test_what_is_ready(text: str, given: dict[str, Any], is_ready: bool) -> None:
    assert kept(text, **given) == is_ready


def test_numbers_that_are_alike_are_told_apart() -> None:
    program = maskexpr.compile("im * t")
    im = np.ones((2, 2), np.uint8)
    found = [program(im=im, t=t) for t in (1, 1.0, 2.0, 2, 1, np.float32(2), 1.0)]
    kinds = ["u", "f", "f", "u", "u", "f", "f"]
    assert [array.dtype.kind for array in found] == kinds
    assert [array[0, 0] for array in found] == [1, 1, 2, 2, 1, 2, 1]
    quotient = maskexpr.compile("1 / (im * t)")
    assert [quotient(im=im, t=t)[0, 0] for t in (0.0, -0.0, 0.0)] == [np.inf, -np.inf, np.inf]


def test_64_bit_integers_are_measured_each_time() -> None:
    program = maskexpr.compile("im + 1")
    for most in (4, 2**40, 4, 2**20, 2**40):
        im = np.array([[0, most]])
        found = program(im=im)
        np.testing.assert_array_equal(found, im + 1)
        assert found.dtype == maskexpr.compile("im + 1")(im=im).dtype


def test_labels_are_looked_at_each_time() -> None:
    program = maskexpr.compile("input lab: labels; lab == 1")
    lab = np.ones((4, 4), np.int32)
    assert program(lab=lab).all()
    assert program(lab=lab).all()
    lab[0, 0] = -1
    with pytest.raises(InputError, match="labels"):
        program(lab=lab)


def test_results_are_new_arrays() -> None:
    for text in ("im", "im[2:5]", "output a = im; output b = a", "output a = im[1:3]; output b = im[1:4]"):
        program = maskexpr.compile(text)
        im = IM.copy()
        for _ in range(3):
            found = program(im=im)
            arrays = list(found.values()) if isinstance(found, dict) else [found]
            for i, array in enumerate(arrays):
                array[...] = 0
                assert not any(np.shares_memory(array, other) for other in [im, *arrays[:i]])
        assert (im == IM).all()


ODD = np.where(IM > 50, np.maximum(IM, 2), 0).astype(np.uint8).view(bool)  # any byte but 0 where it is on


@pytest.mark.parametrize(
    ("text", "masks"),
    [
        *((f"{name}(m)", ()) for name in ("area", "fraction", "any", "all", "bbox")),
        *((f"{name}(m, k)", ()) for name in ("dice", "iou")),
        ("output a = area(m); output b = m", ("m",)),
        ("output a = area(m); output b = area(dilate(m))", ("m",)),
        ("output a = dice(m, k); output b = ~k", ("k",)),
        ("sum(where(m, 2, 1))", ("m",)),
    ],
)
def test_masks_are_looked_at_where_more_than_what_is_on_counts(text: str, masks: tuple[str, ...]) -> None:
    """NumPy takes any byte but 0 for true."""
    program = maskexpr.compile(text)
    given = {"m": ODD.view(np.uint8) != 0, "k": IM > 30}
    given = {info.name: given[info.name] for info in program.inputs}
    odd = {**given, "m": ODD}
    expected = program(**given)
    assert [ready.masks for ready in program._kept.ready.values()] == [masks]
    for arrays in (given, odd, {name: array[::-1][::-1] for name, array in odd.items()}):
        np.testing.assert_equal(program(**arrays), expected)
    np.testing.assert_equal(program(**{n: np.asfortranarray(a) for n, a in odd.items()}), expected)
