"""What a caller gives: numbers, arrays, kinds, spacings and params that are taken, and those that are nearly right."""

import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from helpers.both_ways import bound
from helpers.each import each

import maskexpr
from maskexpr import Image, InputError, compile, evaluate
from maskexpr.checker import binding
from maskexpr.engine import kept
from maskexpr.kinds.quantity import Quantity

# --- numbers ---------------------------------------------------------------------------------------------------------


def test_numbers_are_exact_up_to_128_bits() -> None:
    assert evaluate("n * 4", n=2**64) == 2**66
    assert evaluate("n ** 3", n=2**40 + 1) == (2**40 + 1) ** 3
    with pytest.raises(maskexpr.ProgramError):
        evaluate("n ** 4", n=2**40)


@each("n", [2**128, -(2**200), 10**400, 10**5000])
@each("text", ["n + 0.5", "im > n", "sqrt(n)", "where(im > 2, n, 0.5)", "n / 2", "dilate(im > 2, n)"])
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


def test_a_truth_is_no_number() -> None:
    with pytest.raises(InputError, match="true or false"):
        evaluate("input n: number\nn", n=True)
    assert evaluate("n", n=True) is True


@pytest.mark.parametrize("value", [3, np.int16(3), np.array(3), np.float32(3.0), 3.0])
def test_a_plain_number_is_one_however_it_is_given(value: Any) -> None:
    found = evaluate("n + 1", n=value)
    assert found == 4
    assert type(found) is (float if "float" in str(np.asarray(value).dtype) else int)


# --- arrays ----------------------------------------------------------------------------------------------------------


def test_a_shape_and_a_type_can_be_checked_but_not_run() -> None:
    program = compile("im > 3")
    assert str(program.kind(im=((4, 5), "uint8"))) == "mask 4x5"
    with pytest.raises(InputError, match="without pixels"):
        program(im=((4, 5), "uint8"))


@pytest.mark.parametrize(
    "given",
    [
        ((4, 5), "foo"),
        (("a",), "uint8"),
        ((2.5,), "uint8"),
        ((-4, 5), "uint8"),
        ((), "uint8"),
        ((4, 0), "uint8"),
        ((10**30, 3), "uint8"),
        ((2**62, 2**62), "float64"),
        ((4, 5), "(" * 9999),
    ],
)
def test_no_shape_and_type(given: Any) -> None:
    with pytest.raises(InputError) as caught:
        compile("im > 3 + x").cost(im=given)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("kind", ["image", "colour"])
def test_a_mask_is_not_an_image(kind: str) -> None:
    with pytest.raises(InputError, match="is a mask"):
        evaluate("im + 1", im=Image(np.ones((2, 2, 3), bool), kind=kind))


@pytest.mark.parametrize(
    ("shape", "dtype", "kind"),
    [
        ((4, 5), "bool", "mask 4x5"),
        ((4, 5), "uint8", "image 4x5 uint8"),
        ((4, 5, 3), "uint8", "colour 4x5x3 uint8"),
        ((4, 5, 4), "uint16", "colour 4x5x4 uint16"),
        ((4, 5, 3), "float32", "colour 4x5x3 float32"),
        ((4, 5, 3), "int16", "image 4x5x3 int16"),  # of no type that cameras use
        ((4, 5, 2), "uint8", "image 4x5x2 uint8"),
        ((5, 3), "uint8", "image 5x3 uint8"),
        ((2, 4, 5, 3), "uint8", "image 2x4x5x3 uint8"),
        ((4, 5, 3), "bool", "mask 4x5x3"),
    ],
)
def test_what_an_array_is_by_itself(shape: tuple[int, ...], dtype: str, kind: str) -> None:
    assert str(compile("v").kind(v=(shape, dtype))) == kind
    assert str(compile("v").kind(v=np.zeros(shape, dtype))) == kind


@pytest.mark.parametrize(
    ("declared", "array", "kind"),
    [
        ("image", np.zeros((4, 5, 3), np.uint8), "image 4x5x3 uint8"),
        ("colour", np.zeros((4, 5, 3), np.int16), "colour 4x5x3 int16"),
        ("colour", np.zeros((2, 4, 5, 3), np.uint8), "colour 2x4x5x3 uint8"),
        ("labels", np.zeros((4, 5), np.uint16), "labels 4x5"),
        ("mask", np.array([[0, 255, 255]], np.uint8), "mask 1x3"),
        ("mask", np.array([[0.0, 2.5]]), "mask 1x2"),
        ("number", 3, "number"),
    ],
)
def test_a_declared_kind_is_what_it_is_taken_for(declared: str, array: Any, kind: str) -> None:
    assert str(compile(f"input v: {declared}; v").kind(v=array)) == kind
    if declared not in ("number", "mask"):
        assert str(compile("v").kind(v=Image(array, kind=declared))) == kind


@pytest.mark.parametrize(
    ("declared", "array", "message"),
    [
        ("image", np.ones((2, 2), bool), "is declared as image, but is a mask"),
        ("colour", np.zeros((4, 3), np.uint8), "is declared as colour, but is an image"),
        ("colour", np.zeros((4, 5, 2), np.uint8), "is declared as colour, but is an image"),
        ("mask", np.array([[0, 1, 2]]), "mask"),
        ("labels", np.array([[-1, 2]]), "holds values from -1 to 2"),
        ("labels", np.array([[0.5, 2]]), "float64 values"),
        ("labels", np.array([[2**31]]), "holds values from"),
        ("number", np.zeros((2, 2)), "is declared as number"),
        ("image", 3, "is declared as image, but is a number"),
    ],
)
def test_what_cannot_be_taken_for_it(declared: str, array: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(f"input v: {declared}; v", v=array)


def test_arrays_are_taken_as_they_are_but_in_native_order() -> None:
    plain = np.arange(6, dtype=np.uint8).reshape(2, 3)
    _, arrays = bound("im + 1", {"im": plain})
    assert arrays["im"] is plain
    swapped = plain.astype(">i4")
    _, arrays = bound("im + 1", {"im": swapped})
    assert arrays["im"].dtype.isnative
    assert arrays["im"].tolist() == plain.tolist()
    assert evaluate("im + 1", im=[[1, 2], [3, 4]]).tolist() == [[2, 3], [4, 5]]


def test_64_bits_are_measured_and_fewer_are_not() -> None:
    found = compile("im * 3").kind(im=np.array([7, 9]))
    assert (found.range.low, found.range.high, str(found.dtype)) == (21, 27, "uint8")
    assert str(compile("im * 3").kind(im=np.array([7, 9], np.int32)).dtype) == "int64"
    # Without pixels they are taken to fit 32 bits.
    assert compile("im").kind(im=((2,), "int64")).range == (-(2**31), 2**31 - 1)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        evaluate("param p = 1 in 0..9; (a > p) & (b > 2) & (c > 3)", a="text", b=np.zeros((0, 2)), p=12, q=1)
    assert [d.code for d in caught.value.diagnostics] == [
        *["input-type", "input-type", "param-value", "input-unknown", "input-missing"]
    ]


def test_a_name_that_is_nearly_an_input_stands_for_it() -> None:
    with pytest.raises(InputError) as caught:
        evaluate("image1 > 3", imag1=np.zeros((2, 2)))
    assert len(caught.value.diagnostics) == 1
    assert "image1" in str(caught.value)


# --- spacing ---------------------------------------------------------------------------------------------------------


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


def test_spacings_are_exact_and_in_the_order_of_the_axes() -> None:
    image = Image(np.zeros((3, 4), np.uint8), spacing=["0.1mm", "300um"])
    assert compile("im").kind(im=image).spacing == (Fraction(1, 10), Fraction(3, 10))
    assert compile("im").kind(im=Image(np.zeros((3, 4)), spacing=0.1)).spacing == (Fraction(1, 10), Fraction(1, 10))
    colour = Image(np.zeros((3, 4, 3), np.uint8), spacing=[1, 2])
    assert compile("c").kind(c=colour).spacing == (1, 2)
    with pytest.raises(InputError, match="channels"):
        compile("c").kind(c=Image(np.zeros((3, 4, 3), np.uint8), spacing=[1, 2, 3]))


# --- params ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        ("3 in 0..9", 7, 7),
        ("3 in 0..9", 7.0, 7),
        ("3 in 0..9", np.uint8(7), 7),
        ("3 in 0..9", np.array(7), 7),
        ("0.5", 2, 2.0),
        ("0.5 in 0..9", 2.5, 2.5),
        ("true", False, False),
        ('"a" in "a", "b"', "b", "b"),
        ("1mm in 0mm..9mm", "2.5mm", Quantity(Fraction(5, 2), 1)),
        ("1mm", Quantity(Fraction(3), 1), Quantity(Fraction(3), 1)),
    ],
)
def test_values_that_a_param_takes(declared: str, given: Any, value: Any) -> None:
    (info,) = compile(f"param p = {declared}; 1").params
    found = binding.param_value(info, given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("declared", "given"),
    [
        *[("3 in 0..9", v) for v in (10, -1, 2.5, "3", True, None, float("nan"))],
        *[("0.5", v) for v in ("1", True, float("nan"), [1])],
        *[("true", v) for v in (1, 0, "true")],
        *[('"a" in "a", "b"', v) for v in ("c", 1, "")],
        *[("1mm in 0mm..9mm", v) for v in ("10mm", "2mm2", 2, "2", "x")],
    ],
)
def test_values_that_it_does_not(declared: str, given: Any) -> None:
    with pytest.raises(InputError, match="p cannot be"):
        evaluate(f"param p = {declared}; 1", p=given)


@pytest.mark.parametrize(
    ("declared", "written", "value"),
    [
        ("3 in 0..9", "7", 7),
        ("0.5", "1e1", 10.0),
        ("true", "false", False),
        ('"a"', "3", "3"),  # a text needs no quotes
        ("1mm", "500um", Quantity(Fraction(1, 2), 1)),
    ],
)
def test_params_as_they_are_written_on_a_command_line(declared: str, written: str, value: Any) -> None:
    (info,) = compile(f"param p = {declared}; 1").params
    assert binding.parameter(info, written) == value


@pytest.mark.parametrize("written", ["1 + 1", "im", "", "2mm 3", "[1]", "1; param q = 2"])
def test_what_is_no_literal(written: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(written)}$"):
        binding.literal(written)
