"""Distances that are compared with a number."""

import math

import numpy as np
import pytest
from helpers.rewriting import becomes, expect_same_rewritten, expect_values_to_stay, is_applied

from maskexpr.planner.rewrites.dilate_to_distances import _reach_of_disk, dilate_to_distances

CASES = [
    ("distance(m) > 5", "~dilate(~m, 5, disk)"),
    ("distance(m) <= 2", "dilate(~m, 2, disk)"),
    ("2 >= distance(m)", "dilate(~m, 2, disk)"),
    ("distance(m) < 2", "dilate(~m, 1.73205, disk)"),  # the root of 3, rounded up
    ("distance(m) >= 2", "~dilate(~m, 1.73205, disk)"),
    ("distance(m) > 2.3", "~dilate(~m, 2.23607, disk)"),
    ("distance(~m) <= 3", "dilate(m, 3, disk)"),
    ('distance(m, border="empty") > 2', "erode(m, 2, disk)"),
    ('distance(m, border="empty") <= 2', "~erode(m, 2, disk)"),
    ('distance(m, metric="city-block") > 2.5', "~dilate(~m, 2)"),
    ('distance(m, metric="chessboard") < 2', "dilate(~m, 1, square)"),
    ('distance(st, axes="yx") > 2', "~dilate(~st, 2, disk, (1, 2))"),
    ("distance(st) > 2", "~dilate(~st, 2, disk)"),
    ("distance(m) > 0", "m"),
    ("distance(m) <= 0", "~m"),
    ("distance(sp) > 1", "~dilate(~sp, 1, disk)"),
    ('distance(sp, unit="mm") > 1', "(distance(sp, image, mm, euclidean) > 1)"),
    ("distance(m) == 2", "(distance(m, image, px, euclidean) == 2)"),
    ("distance(m) > mean(im)", "(distance(m, image, px, euclidean) > mean(im))"),
    ("distance(m) < 1e9", "(distance(m, image, px, euclidean) < 1000000000.0)"),
    ("distance(m) < 0", "(distance(m, image, px, euclidean) < 0)"),
    ("distance(st) > 40", "(distance(st, image, px, euclidean) > 40)"),
    (
        "d = distance(m); output a = d > 3; output b = d",
        "(distance(m, image, px, euclidean) > 3); distance(m, image, px, euclidean)",
    ),
]


@pytest.mark.parametrize(("text", "after"), CASES)
def test_what_becomes_of_an_expression(text: str, after: str) -> None:
    assert becomes(text) == after
    expect_values_to_stay(text, dilate_to_distances)


def test_it_is_applied() -> None:
    assert any(is_applied(dilate_to_distances, text) for text, _ in CASES)


def test_both_forms_give_the_same_masks(rng: np.random.Generator) -> None:
    """Around lone pixels, whose every distance is there, and where nothing or all is off."""
    masks = [np.ones((23, 31), bool) for _ in range(4)]
    masks[1][0, 0] = masks[2][11, 15] = masks[3][22, 7] = masks[3][3, 3] = False
    masks.append(np.zeros((23, 31), bool))
    limits = ["0.5", "1", "1.4142135623730951", "1.7320508075688772", "2.2360679774997896", "3", "5", "9.3", "40"]
    for metric in ("euclidean", "city-block", "chessboard"):
        for border in ("image", "empty"):
            compared = [
                f'output r{i}_{j} = distance(m, border="{border}", metric="{metric}") {symbol} {limit}'
                for i, symbol in enumerate(("<", "<=", ">", ">="))
                for j, limit in enumerate(limits)
            ]
            for m in masks:
                expect_same_rewritten("\n".join(compared), {"m": m}, [dilate_to_distances])


def test_a_disk_has_the_offsets_whose_rounded_lengths_are_in_reach() -> None:
    roots = [math.sqrt(k) for k in range(70)]
    limits = [
        f(root) for root in roots for f in (float, lambda r: math.nextafter(r, 99), lambda r: math.nextafter(r, 0))
    ]
    for limit in limits:
        for is_strict in (False, True):
            reach = _reach_of_disk(limit, is_strict)
            for k in range(80):
                is_near = math.sqrt(k) < limit or (not is_strict and math.sqrt(k) == limit)
                assert (reach is not None and k <= reach**2) is is_near, (limit, is_strict, k)
