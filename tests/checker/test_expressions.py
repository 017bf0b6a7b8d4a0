"""Names, literals, lists, chains and subscripts: what kind they are, and which make no sense."""

import numpy as np
import pytest
from helpers.checking import kind_of, last_of, remarks
from helpers.each import each

import maskexpr
from maskexpr import evaluate


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("im", "image 4x5 uint8"),
        ("m", "mask 4x5"),
        ("c", "colour 4x5x3 uint8"),
        ("lb", "labels 4x5"),
        ("3", "number"),
        ("1e3", "number"),
        ("true", "truth"),
        ("[1, 2, 3]", "list"),
        ("1 < im < 3", "mask 4x5"),
        ("3 > im >= 1", "mask 4x5"),
        ("im in [1, 2]", "mask 4x5"),
        ("im not in [1, 2]", "mask 4x5"),
        ('"a" in ["a", "b"]', "truth"),
        ("(im & 8) != 0", "mask 4x5"),
        ("im > 3 & im < 9", "mask 4x5"),
        ("~m == k", "mask 4x5"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert str(kind_of(text)) == kind


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("im[1:3, ::2]", (2, 3)),
        ("im[::-1]", (4, 5)),
        ("im[-1]", (5,)),
        ("im[:, 2]", (4,)),
        ("im[10:0:-3]", (1, 5)),
        ("st[2]", (4, 5)),
        ("st[2, :, 1:]", (4, 4)),
        ("m[1:]", (3, 5)),
        ("c[1:, 2:]", (3, 3)),
    ],
)
def test_crops_have_the_shape_that_numpy_gives(text: str, shape: tuple[int, ...]) -> None:
    kind = kind_of(text)
    assert kind.shape == shape
    array = np.zeros({"st": (6, 4, 5)}.get(text[:2], (4, 5)))
    assert eval(f"array{text[text.index('[') :]}", {}, {"array": array}).shape == shape
    assert kind.name == kind_of(text[: text.index("[")]).name


@pytest.mark.parametrize(
    ("text", "kind"),
    [("im[0, 0]", "number"), ("m[0, -1]", "truth"), ("c[0, 0]", "image 3 uint8"), ("lb[1, 2]", "number")],
)
def test_one_pixel_is_no_image(text: str, kind: str) -> None:
    assert str(kind_of(text)) == kind


def test_a_crop_of_every_second_pixel_is_twice_as_coarse() -> None:
    assert kind_of("sp").spacing == (2, 0.5)
    assert kind_of("sp[::2, ::-3]").spacing == (4, 1.5)
    assert kind_of("sp[1]").spacing == (0.5,)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 2, 3][1]", 2),
        ("[1, 2, 3][-1]", 3),
        ("0xff", 255),
        ("0b101", 5),
        ("1 + 2 * 3", 7),
        ("-2 ** 2", -4),
        ("7 // 2 * 2 + 7 % 2", 7),
        ("maximum(5, 2)", 5),
        ("where(1 < 2, 3, 4)", 3),
        ("not false and 1 < 2", True),
        ('"a" not in ["b"]', True),
    ],
)
def test_what_is_known_before_the_run_is_worked_out_by_the_checker(text: str, value: object) -> None:
    step = last_of(text)
    assert step.function is None
    assert step.kind.constant == value
    assert type(step.kind.constant) is type(value)


@each(
    "text, code, about",
    [
        ("1 < im > 3", "chain", ">"),
        ("1 == im == 1", "chain", "=="),
        ("1 < im == 1", "chain", "=="),
        ("~im > 3", "precedence", "~im > 3"),
        ("im & 8 != 0", "precedence", "im & 8 != 0"),
        ("8 != im & 1", "precedence", "8 != im & 1"),
        ("im in 3", "kind", "3"),
        ("m in [1]", "kind", "m"),
        ("[im]", "kind", "im"),
        ("[1, [2]]", "kind", "[2]"),
        ("[m, im]", "kind", "im"),
        ("[otsu(im)]", "not-constant", "otsu(im)"),
        ("[1, 2][2]", "index", "2"),
        ("(1 + 2)[0]", "kind", "(1 + 2)"),
        ("im[9]", "index", "9"),
        ("im[-5]", "index", "-5"),
        ("im[5:5]", "index", "5:5"),
        ("im[::0]", "index", "::0"),
        ("im[1, 2, 3]", "index", "im[1, 2, 3]"),
        ("c[0, 0, 0]", "index", "c[0, 0, 0]"),
        ("im[m, 1]", "index", "m"),
        ("c[m]", "colour", "c"),
        ("im[0.5]", "index", "0.5"),
        ('im["a"]', "index", '"a"'),
        ("im[otsu(im)]", "not-constant", "otsu(im)"),
        ("im[otsu(im):]", "not-constant", "otsu(im)"),
        ("def f(m) = m & q\nf(m)", "name-unknown", "q"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_is(text: str, code: str, about: str) -> None:
    assert remarks(text) == [(code, about)]


def test_one_pixel_of_an_input_that_is_not_given_yet_is_a_number() -> None:
    im = np.array([[1, 2], [3, 4]])
    assert evaluate("input im: image\nremove_small(im > 0, im[0, 1])", im=im).all()
    assert evaluate("input m: mask\nwhere(m[0, 0] and true, 1, 2)", m=im > 1) == 2
    assert evaluate("input im: image\nim[0][1] + im[1, 0]", im=im) == 5


@pytest.mark.parametrize("text", ["im[0]", "im[1:] > 3", "centroid(im > 3)[0]", "mean(im[im > 3])", "im in [n]"])
def test_what_depends_on_inputs_is_left_open_without_them(text: str) -> None:
    assert maskexpr.compile(text).warnings == ()


def test_assignments_hide_inputs_and_coordinates_from_there_on() -> None:
    im = np.arange(6).reshape(2, 3)
    assert evaluate("input im; a = x; x = 10; a + x", im=im).tolist() == [[10, 11, 12]] * 2
    assert evaluate("im = im + 1; im = im * 2; im", im=im).tolist() == [[2, 4, 6], [8, 10, 12]]
