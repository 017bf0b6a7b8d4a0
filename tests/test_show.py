"""Summaries and pictures."""

import numpy as np
import pytest

from maskexpr import show
from maskexpr.kinds import Kind


def mask_kind(mask: np.ndarray) -> Kind:
    return Kind("mask", mask.shape, mask.dtype)


def test_a_picture_shows_each_pixel_where_there_is_room() -> None:
    mask = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 0]], bool)
    assert show.picture(mask, 10, 10) == "█▄▀\n ▀"


def test_a_picture_fits_its_room_and_keeps_its_proportions() -> None:
    lines = show.picture(np.ones((880, 380), bool), 72, 40).splitlines()
    assert len(lines) == 40
    assert {len(line) for line in lines} == {35}


def test_a_picture_shows_the_majority() -> None:
    mask = np.zeros((4, 4), bool)
    mask[:2, :2] = True
    mask[0, 2] = True
    assert show.picture(mask, 2, 1) == "▀"


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (5,), (3, 4, 5), (2, 3, 4, 5)])
def test_any_shape_can_be_shown(shape: tuple[int, ...]) -> None:
    lines = show.picture(np.ones(shape, bool), 20, 5).splitlines()
    assert 1 <= len(lines) <= 5
    assert max(map(len, lines)) <= 20


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (0, "0% on (0 pixels), 0 regions"),
        (1, "<0.1% on (1 pixel), 1 region"),
        (9999, ">99.9% on (9,999 pixels), 1 region"),
        (10000, "100% on (10,000 pixels), 1 region"),
    ],
)
def test_a_summary_never_rounds_to_none_or_all(on: int, text: str) -> None:
    mask = np.zeros((100, 100), bool)
    mask.reshape(-1)[:on] = True
    assert show.summary(mask, mask_kind(mask)) == f"mask 100x100, {text}"


def test_summaries_of_other_kinds() -> None:
    im = np.array([[1, 250]], np.uint8)
    assert show.summary(im, Kind("image", (1, 2))) == "image 1x2 uint8, values 1 to 250"
    holes = np.array([[1.5, np.nan, np.inf, 2]])
    assert show.summary(holes, Kind("image", (1, 4))) == "image 1x4 float64, values 1.5 to 2.0, 2 not finite"
    assert show.summary(holes[:, 1:2], Kind("image", (1, 1))) == "image 1x1 float64, no finite values"
    labels = np.array([[0, 2]], np.int32)
    assert show.summary(labels, Kind("labels", (1, 2))) == "labels 1x2, 2 labels"
    assert show.summary(True, Kind("truth")) == "true"
    assert show.summary([[1, 2], [0.0, 0.5]], Kind("list")) == "[[1, 2], [0.0, 0.5]]"
