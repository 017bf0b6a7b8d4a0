"""Values at the ends of their types, and inputs that are nearly right: each once gave a wrong answer or a crash."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr import Image, InputError, compile, evaluate
from maskexpr.engine import kept


def test_where_keeps_64_bit_integers_of_both_signs_exact() -> None:
    unsigned, signed = np.array([2**60 + 1, 3], np.uint64), np.array([-1, 2**60 + 3])
    found = evaluate("where(a > 5, a, b)", a=unsigned, b=signed)
    assert found.dtype == np.int64
    assert found.tolist() == [2**60 + 1, 2**60 + 3]


def test_where_of_labels_and_a_number_no_label_can_have_is_an_image() -> None:
    m = np.array([True, False])
    assert evaluate("where(m, label(m), 3000000000)", m=m).tolist() == [1, 3000000000]
    assert evaluate("where(m, label(m), 7)", m=m).dtype == np.int32


def test_where_of_numbers_gives_one_kind_of_number() -> None:
    assert repr(evaluate("where(any(m), 1, 2.5)", m=[True])) == "1.0"
    assert repr(evaluate("where(any(m), 1, 2)", m=[True])) == "1"


def test_where_spreads_a_grey_image_over_channels_whatever_the_condition() -> None:
    colour = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    grey, m = np.arange(20, dtype=np.uint8).reshape(4, 5), np.eye(4, 5, dtype=bool)
    spread = np.repeat(grey[..., np.newaxis], 3, axis=-1)
    mixed = np.where(m[..., np.newaxis], colour, spread)
    np.testing.assert_array_equal(evaluate("where(m, c, im)", m=m, c=colour, im=grey), mixed)
    np.testing.assert_array_equal(evaluate("where(any(m), im, c)", m=m, c=colour, im=grey), spread)
    np.testing.assert_array_equal(evaluate("where(all(m), im, c)", m=m, c=colour, im=grey), colour)


def test_numbers_are_exact_up_to_128_bits() -> None:
    assert evaluate("n * 4", n=2**64) == 2**66
    assert evaluate("n ** 3", n=2**40 + 1) == (2**40 + 1) ** 3
    with pytest.raises(maskexpr.ProgramError):
        evaluate("n ** 4", n=2**40)


@pytest.mark.parametrize("n", [2**128, -(2**200), 10**400, 10**5000], ids=["128", "200", "1329", "16610"])
@pytest.mark.parametrize(
    "text", ["n + 0.5", "im > n", "sqrt(n)", "where(im > 2, n, 0.5)", "n / 2", "dilate(im > 2, n)"]
)
def test_endless_numbers_are_refused(n: int, text: str) -> None:
    with pytest.raises(InputError, match="bits"):
        evaluate(text, n=n, im=np.ones((2, 2), np.float16))


@pytest.mark.parametrize("param", ["p = 1.5", "p = 1", "p = 1 in 0..9", "p = 1mm"])
def test_endless_params_are_refused(param: str) -> None:
    with pytest.raises(InputError, match="p cannot be a number of 16610 bits"):
        evaluate(f"param {param}; 1 + 1", p=10**5000)


def test_zeros_of_either_sign_are_different_numbers() -> None:
    program = compile("arctan2(n, -1)")
    assert program(n=0.0) == np.pi
    assert program(n=-0.0) == -np.pi
    assert repr(compile("n + 1")(n=1)) == "2"
    with_param = compile("param n = 1.0; arctan2(n, -1)")
    assert with_param(n=0.0) == np.pi
    assert with_param(n=-0.0) == -np.pi


def test_a_program_called_with_ever_new_numbers_keeps_few_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 2**18)
    program = compile("n + 1")
    for n in range(100):
        assert program(n=float("nan")) != program(n=n)
        assert program._kept.bytes <= 2**18
    assert 1 <= len(program._kept.ready) <= 32


def test_a_shape_and_a_type_can_be_checked_but_not_run() -> None:
    program = compile("im > 3")
    assert str(program.kind(im=((4, 5), "uint8"))) == "mask 4x5"
    with pytest.raises(InputError, match="without pixels"):
        program(im=((4, 5), "uint8"))


@pytest.mark.parametrize(
    "given",
    [((4, 5), "foo"), (("a",), "uint8"), ((2.5,), "uint8"), ((-4, 5), "uint8"), ((), "uint8"), ((4, 0), "uint8")],
)
def test_no_shape_and_type(given: Any) -> None:
    with pytest.raises(InputError):
        compile("im > 3").kind(im=given)


@pytest.mark.parametrize("kind", ["image", "colour"])
def test_a_mask_is_not_an_image(kind: str) -> None:
    with pytest.raises(InputError, match="is a mask"):
        evaluate("im + 1", im=Image(np.ones((2, 2, 3), bool), kind=kind))


@pytest.mark.parametrize(
    "spacing",
    [
        *[0, -1, 1e300, float("nan"), float("inf"), [1, 2, 3], {}, object()],
        *["0mm", "1e999mm", "1e99999999mm", "mm", "", "1 furlong"],
    ],
)
def test_spacings_that_are_none(spacing: Any) -> None:
    with pytest.raises(InputError, match="spacing"):
        evaluate("dilate(m, 1mm)", m=Image(np.ones((2, 2), bool), spacing=spacing))


@pytest.mark.parametrize(
    "spacing", [0.5, "0.5", "0.5mm", "500um", "500 um", Fraction(1, 2), np.float64(0.5), [0.5, "0.5mm"]]
)
def test_spacings_of_half_a_millimetre(spacing: Any) -> None:
    m = np.zeros((5, 5), bool)
    m[2, 2] = True
    found = evaluate("area(dilate(m, 1mm), 'mm2')", m=Image(m, spacing=spacing))
    assert found == 13 / 4


@pytest.mark.parametrize("a", [5, 2, 0, -3])
@pytest.mark.parametrize("b", [4, 1, -2, -7])
def test_remainders_take_the_smallest_type(a: int, b: int) -> None:
    """The remainder by a known divisor with a known quotient is known."""
    im = np.array([a])  # 64-bit, so that its range is its value
    assert evaluate(f"im % {b}", im=im).tolist() == [a % b]
    assert evaluate(f"im % {b}", im=im).dtype == (np.int8 if a % b < 0 else np.uint8)


def test_comparisons_that_a_def_cannot_know_are_no_mistake() -> None:
    m = np.array([True, False])
    assert evaluate("def f(m) = m == true\nf(m)", m=m).tolist() == [True, False]
    assert evaluate("def f(m) = ~m == m\nf(m)", m=m).tolist() == [False, False]
    assert evaluate('def f(s) = s == "a"\nf("b")') is False
    assert evaluate("~m != m", m=m).tolist() == [True, True]


def test_one_pixel_of_an_input_that_is_not_given_yet_is_a_number() -> None:
    im = np.array([[1, 2], [3, 4]])
    assert evaluate("input im: image\nremove_small(im > 0, im[0, 1])", im=im).all()
    assert evaluate("input m: mask\nwhere(m[0, 0] and true, 1, 2)", m=im > 1) == 2
    assert evaluate("input im: image\nim[0][1] + im[1, 0]", im=im) == 5


def test_brackets_over_many_lines_take_no_longer_than_others() -> None:
    """Each line break once looked at every open bracket: this would take hours."""
    n = 30_000
    assert evaluate("(" * n + "\n" * n + "1" + ")" * n) == 1


def test_a_declared_number_is_known_before_the_run_as_a_free_one_is() -> None:
    m = np.zeros((1, 7), bool)
    m[0, 3] = True
    for text in ("dilate(m, n + 1)", "input n: number\ndilate(m, n + 1)", "param n = 1\ndilate(m, n + 1)"):
        assert evaluate(f"input m: mask\n{text}", m=m, n=1).tolist() == [[False, True, True, True, True, True, False]]
    with pytest.raises(maskexpr.ProgramError, match="known before the run"):
        compile("input m: mask\ndilate(m, area(m))")


def test_a_truth_is_no_number() -> None:
    with pytest.raises(InputError, match="true or false"):
        evaluate("input n: number\nn", n=True)
    assert evaluate("n", n=True) is True
