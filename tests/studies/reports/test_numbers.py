"""Numbers and names as pages write them."""

import math

import pytest

from maskexpr.diagnostics.messages import counted
from maskexpr.studies.reports.naming import short_names
from maskexpr.studies.reports.numbers import text_of

TEXTS = {
    True: "true",
    12: "12",
    1234567: "1,234,567",
    0.1 + 0.2: "0.3",
    50742.333: "50,742.3",
    1234567.8: "1,234,568",
    -1e20: "-1e+20",
    1.5e-9: "1.5e-09",
    math.nan: "nan",
    -math.inf: "-inf",
    0.0: "0",
}


@pytest.mark.parametrize(("value", "text"), TEXTS.items())
def test_numbers_have_the_digits_that_tell(value, text):
    assert text_of(value) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 images"), (1, "1 image"), (1204, "1,204 images")])
def test_counts(count, text):
    assert counted(count, "image") == text


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["scans/a/1.png", "scans/b/1.png"], ["a/1.png", "b/1.png"]),
        (["/data/1.png"], ["1.png"]),
        (["1.png", "../2.png"], ["1.png", "../2.png"]),
        (["/x/1.png", "2.png"], ["/x/1.png", "2.png"]),
        (["a/\x1b[31m\n.png"], ["\\x1b[31m\\n.png"]),
        ([""], [""]),
        ([], []),
    ],
)
def test_names_are_as_short_as_tells_them_apart(names, short):
    assert short_names(names) == short
