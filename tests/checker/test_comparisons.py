"""What is said of comparisons holds for the pixels."""

import itertools
from typing import Any

import numpy as np
import pytest
from helpers.each import each

import maskexpr
from maskexpr import compile, evaluate

RNG = np.random.default_rng(11)
COLOURS = {
    "uint8": RNG.integers(0, 256, (9, 11, 3)).astype(np.uint8),
    "float32": np.where(RNG.random((9, 11, 3)) < 0.02, np.nan, RNG.random((9, 11, 3))).astype(np.float32),
}
GREY = {
    "uint8": RNG.integers(0, 256, (9, 11)).astype(np.uint8),
    "int16": RNG.integers(-300, 300, (9, 11)).astype(np.int16),
    "float32": np.where(RNG.random((9, 11)) < 0.05, np.nan, RNG.normal(size=(9, 11))).astype(np.float32),
    "float64": np.where(RNG.random((9, 11)) < 0.05, np.inf, RNG.normal(size=(9, 11))),
}
# Of results whose ends are known: where they lie for 8 bits.
OF_COLOUR = {
    **{
        "hue(im)": (0, 1),
        "saturation(im)": (0, 1),
        "gray(im)": (0, 255),
        "hue(im) * 360": (0, 360),
        "red(im)": (0, 255),
    },
    "where(red(im) > 9, hue(im), 0.5)": (0, 1),
}
OF_GREY = {
    **{"im": (0, 255), "im / 255": (0, 1), "normalize(im)": (0, 1), "equalize(im)": (0, 1), "sin(im)": (-1, 1)},
    **{"sqrt(im)": (0, np.inf), "exp(-im)": (0, np.inf), "hypot(im, 3)": (0, np.inf), "cos(im)": (-1, 1)},
    **{"arctan2(im - 9, im)": (-3.1416, 3.1416), "clip(im, 0.1, 0.7)": (0.1, 0.7), "minimum(im, 0.5)": (0, 0.5)},
    **{"gaussian(im, 1)": (0, 255), "mean_filter(im, 1)": (0, 255), "median_filter(im / 2, 1)": (0, 127.5)},
    **{"distance(im > 2)": (0, np.inf), "vote([im > 2, im > 3])": (0, 1), "abs(im * 0.5 - 20)": (0, 107.5)},
}
NUMBERS = {
    **{"mean(im)": (0, 255), "percentile(im, 99)": (0, 255), "median(im)": (0, 255), "max(im)": (0, 255)},
    **{"std(im)": (0, 255), "fraction(im > 2)": (0, 1), "dice(im > 2, im > 3)": (0, 1), "iou(im > 2, im > 3)": (0, 1)},
    **{
        "centroid(im > 2)[1]": (0, 10),
        "bbox(im > 2)[1]": (0, 11),
        "area(im > 2)": (0, 99),
        "count(im > 2)": (0, 99),
        "otsu(im)": (0, 255),
        "li(im)": (0, 255),
    },
    **{"mean_threshold(im)": (0, 255), "hausdorff(im > 2, im > 9)": (0, np.inf), "perimeter(im > 2)": (0, np.inf)},
}
PROPERTIES = {
    **{"solidity": (0, 1), "eccentricity": (0, 1), "extent": (0, 1), "circularity": (0, 1), "perimeter": (0, np.inf)},
    **{"major_axis": (0, np.inf), "minor_axis": (0, np.inf), "equivalent_diameter": (0, np.inf), "area": (1, 99)},
    **{
        "centroid[0]": (0, 10),
        "bbox[1]": (0, 11),
        "mean_intensity": (0, 255),
        "std_intensity": (0, np.inf),
        "max_intensity": (0, 255),
    },
}


def codes(text: str, im: Any) -> list[str]:
    return [d.code for d in compile(text).bind(im=im).warnings]


@each("text, ends", [*OF_COLOUR.items(), *OF_GREY.items(), *NUMBERS.items(), *PROPERTIES.items()])
def test_what_lies_outside_is_said(text: str, ends: tuple[float, float]) -> None:
    """Of 8 bits, on either side; nothing is said of numbers within."""
    low, high = ends
    im = COLOURS["uint8"] if text in OF_COLOUR else GREY["uint8"]
    form = "keep(im > 200, {}, of=im)" if text in PROPERTIES else "{}"
    is_number = text in NUMBERS
    never = [f"{text} < {low - 2}", f"{low - 2} == {text}"]
    always = [f"{text} >= {low - 2}", f"{low - 2} < {text}"]
    if high < np.inf:
        never += [f"{text} > {high + 2}", f"{high + 2} <= {text}"]
        always += [] if is_number else [f"{text} < {high + 2}"]  # how many pixels there are is no news
    for condition in never:
        assert codes(form.format(condition), im) == ["never-true"], condition
    for condition in always:
        assert codes(form.format(condition), im) == ["always-true"], condition
    inside = low + 1 if high == np.inf else (low + high) / 2
    whole = "" if isinstance(inside, int) or inside % 1 else int(inside)
    assert codes(form.format(f"{text} > {whole or inside}"), im) == []


@pytest.mark.slow
@each("text", [*OF_COLOUR, *OF_GREY])
def test_what_is_said_holds(text: str) -> None:
    """Of images of any type: never is nowhere, always is everywhere, or where there is a number."""
    for im in (COLOURS if text in OF_COLOUR else GREY).values():
        nan = evaluate(f"isnan({text})", im=im)
        for symbol, number in itertools.product(
            ("<", "<=", ">", ">=", "==", "!="), (-300, -1, 0, 0.1, 0.7, 1, 255, 999)
        ):
            condition = f"{text} {symbol} {number}"
            said = compile(condition).bind(im=im).warnings
            if not said:
                continue
            found = evaluate(condition, im=im)
            if "never-true" in [d.code for d in said]:
                assert not found.any(), condition
            if "always-true" in [d.code for d in said]:
                assert (found | nan).all(), condition
                assert found.all() or "but for nan" in said[0].message, condition


@pytest.mark.parametrize("statistic", ["sum", "mean", "std", "min", "max", "median"])
def test_what_is_said_of_statistics_along_axes_holds(statistic: str) -> None:
    """A sum of values of 0..1 is no value of 0..1."""
    for text, number in itertools.product(("hue(im)", "normalize(red(im))", "red(im)"), (-1, 0, 0.9, 1, 4, 255)):
        for condition in (f'{statistic}({text}, axes="y") > {number}', f'{statistic}({text}, axes="x") <= {number}'):
            said, found = codes(condition, COLOURS["uint8"]), evaluate(condition, im=COLOURS["uint8"])
            assert "never-true" not in said or not found.any(), condition
            assert "always-true" not in said or found.all(), condition


def test_means_are_rounded() -> None:
    """The largest number of 64 bits is none of float64."""
    im = np.full((3, 3), 2**64 - 1, np.uint64)
    im[0, 0] = 0
    assert codes("keep(im > 0, mean_intensity < 2 ** 64, of=im)", im) == []
    assert codes("mean(im) < 2 ** 64", im) == []


@pytest.mark.parametrize("symbol", ["<", "<=", ">", ">="])
@pytest.mark.parametrize("number", [0.001, 0.3, 0.5, 0.999])
def test_a_share_of_one_for_integers(symbol: str, number: float) -> None:
    """What it is said to be the same as is the same, on either side; the other way out compares with the share."""
    turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[symbol]
    for name in ("uint8", "int16"):
        im = GREY[name].copy()
        im[0, :3] = [0, 1, 2]
        for text in (f"im {symbol} {number}", f"{number} {turned} im"):
            (said,) = compile(text).bind(im=im).warnings
            same = said.message.split(":")[0].removeprefix("the same as ")
            np.testing.assert_array_equal(evaluate(text, im=im), evaluate(same, im=im))
            assert codes(same, im) == []
            if name == "uint8":
                share = said.hint.removeprefix("write ").split(" for ")[0]
                np.testing.assert_array_equal(evaluate(share, im=im), evaluate(f"im {symbol} {number} * 255.0", im=im))
                assert codes(share, im) == []


def test_a_share_of_one_that_is_meant() -> None:
    """Of floating images, and of what is no more than 1; not of whole numbers of regions."""
    assert codes("im > 0.3", GREY["float32"]) == []
    assert codes("where(im > 3, 1, 0) > 0.5", GREY["uint8"]) == []
    assert codes("param t = 0.3 in 0..1\nim > t", GREY["uint8"]) == ["fraction"]
    assert codes("keep(im > 3, bbox[0] > 0.5)", GREY["uint8"]) == ["fraction"]
    (said,) = compile("(red(im) | blue(im)) > 0.5").bind(im=COLOURS["uint8"]).warnings
    assert said.hint.startswith("write (red(im) | blue(im)) / 255 > 0.5 for")


def test_numbers_are_rounded_beside_floating_images() -> None:
    """1.00000001 is 1 beside float32."""
    im = np.array([[0.0, 1.0]], np.float32)
    assert evaluate("normalize(im) >= 1.00000001", im=im).tolist() == [[False, True]]
    assert codes("normalize(im) >= 1.00000001", im) == []
    assert codes("normalize(im) > 1.00000001", im) == ["never-true"]


def test_numbers_beyond_all_floats() -> None:
    assert codes(f"im / 2 < 1{'0' * 30}", GREY["uint8"]) == ["always-true"]
    assert codes("im * 2.0 > sum(im) * 2 ** 90", GREY["uint8"]) == []


def test_nothing_is_said_of_what_is_open() -> None:
    assert maskexpr.compile("hue(im) > 100").warnings == ()
    assert codes("im > 300", GREY["float64"]) == []
    assert codes("saturation(im) > 30", COLOURS["float32"]) == []  # channels may be negative


def test_lists_that_are_never_met() -> None:
    im = GREY["uint8"]
    for text, expected in {
        "im in [300, -1]": ["never-true"],
        "im in [300, 1]": [],
        "im not in [0.5]": ["never-true"],
        "isin(sin(im), values=[2])": ["never-true"],
        "im in []": [],
        "param n = 3 in 0..9\nwhere(n in [4, 5], im > 3, im > 4)": [],
        "max(im) in [300]": ["never-true"],
    }.items():
        assert codes(text, im) == expected, text
