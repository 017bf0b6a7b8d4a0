"""Histograms: exact counts, and what is drawn of them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskexpr.display.pictures import SCALES, distribution, histogram
from maskexpr.display.pictures.distributions import mark_text, power_of_ten, ticks

RANDOM = np.random.default_rng(0)
INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]


# --- counts ----------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 120), min_size=1), st.integers(1, 200), st.sampled_from(INTEGERS))
def test_whole_numbers_fall_in_bars_of_as_many_each(numbers, bars, dtype):
    values = np.array(numbers).astype(dtype)
    found = distribution(values, bars)
    assert found.whole
    assert len(found.counts) <= bars
    edges = found.edges.astype(int)
    assert (np.diff(edges) == edges[1] - edges[0]).all()
    assert edges[0] == values.min()
    assert edges[-2] <= values.max() < edges[-1]
    expected = [np.count_nonzero((values >= low) & (values < high)) for low, high in itertools.pairwise(edges)]
    assert found.counts.tolist() == expected
    if int(values.max()) - int(values.min()) < bars:
        assert edges[1] - edges[0] == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(1, 50))
def test_floating_numbers_are_counted_as_numpy_counts_them(numbers, bars):
    values = np.array(numbers)
    found = distribution(values, bars)
    assert not found.whole
    assert found.counts.sum() == len(values)
    assert found.counts.tolist() == np.histogram(values, found.edges)[0].tolist()
    if values.min() < values.max():
        assert len(found.counts) == bars
        assert (found.low, found.high) == (values.min(), values.max())


@pytest.mark.parametrize("value", [5.0, 1.0, -0.25, 0.0, np.uint8(7), 1e308])
def test_a_single_value_is_the_one_at_the_axis(value):
    found = distribution(np.full(9, value), 60)
    assert list(found.ticks(10)) == [value]
    assert found.place(value) == 0.5


def test_what_is_not_finite_is_left_out():
    found = distribution(np.array([np.nan, 1, np.inf, 2, -np.inf]), 4)
    assert found.counts.tolist() == [1, 0, 0, 1]
    assert distribution(np.array([np.nan, np.inf]), 4) is None
    assert distribution(np.array([], np.uint8), 4) is None


@pytest.mark.parametrize(
    "values",
    [
        [-np.finfo(float).max, np.finfo(float).max],
        [5e-324, 0],
        [1.0, np.nextafter(1.0, 2)],
        [np.iinfo(np.int64).min, 0, np.iinfo(np.int64).max],
        [np.iinfo(np.uint64).max, np.iinfo(np.uint64).max - 3],
    ],
    ids=str,
)
def test_values_at_the_ends_of_their_type(values):
    found = distribution(np.array(values), 10)
    assert found.counts.sum() == len(values)
    assert histogram(np.array(values)).shape == (300, 640, 3)


def test_a_part_is_counted_in_the_same_bars():
    im = RANDOM.integers(0, 256, (50, 50)).astype(np.uint8)
    found = distribution(im, 64, im[im > 100])
    assert found.part[found.edges[:-1] > 100].tolist() == found.counts[found.edges[:-1] > 100].tolist()
    assert found.part.sum() == np.count_nonzero(im > 100)
    floats = distribution(im / 7, 64, im[:25] / 7)
    assert floats.part.sum() == 25 * 50
    assert (floats.part <= floats.counts).all()
    assert distribution(im, 64, im[im > 300]).part.sum() == 0
    assert distribution(np.array([1, 5]), 9, np.array([0, 5, 9])).part.tolist() == [0, 0, 0, 0, 1]


def test_heights():
    found = distribution(np.repeat([0, 1, 2], [100, 25, 1]), 3)
    assert found.heights(found.counts).tolist() == [1, 0.5, 0.1]
    assert found.heights(found.counts, "linear").tolist() == [1, 0.25, 0.01]
    log = found.heights(found.counts, "log")
    assert log[0] == 1
    assert log[2] == pytest.approx(np.log(2) / np.log(101))
    for scale in SCALES:
        assert found.heights(np.array([0]), scale) == [0]
    with pytest.raises(ValueError, match="scale 'square' is none of"):
        found.heights(found.counts, "square")


def test_places_of_values():
    whole = distribution(np.arange(10), 10)
    assert [whole.place(v) for v in (0, 4, 9)] == [0.5, 4.5, 9.5]
    floats = distribution(np.array([0.0, 10.0]), 20)
    assert [floats.place(v) for v in (0, 5, 10)] == [0, 10, 20]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 12))
def test_ticks_are_round_and_within(low, span, most):
    high = low + span
    found = list(ticks(low, high, most))
    assert len(found) <= most + 1
    slack = (high - low) * 1e-6
    assert all(low - slack <= value <= high + slack for value in found)
    if len(found) > 2 and span > 1e-6 * abs(low):
        steps = np.diff(found)
        assert np.allclose(steps, steps[0], rtol=1e-3)
        assert float(f"{steps[0]:.3e}".split("e")[0]) in (1, 2, 5)


def test_a_number_just_below_a_power_of_ten_is_below_it():
    """Whose logarithm is rounded to that power's."""
    for power in range(-300, 300, 7):
        ten = float(f"1e{power}")
        assert [power_of_ten(math.nextafter(ten, 0)), power_of_ten(math.nextafter(ten, math.inf))] == [power - 1, power]


def test_ticks_are_written_as_short_as_tells_them_apart():
    assert list(ticks(0, 115, 3).values()) == ["0", "50", "100"]
    assert list(ticks(-0.25, 0.1, 4).values()) == ["-0.2", "-0.1", "0", "0.1"]
    assert list(ticks(1000.01, 1000.02, 3).values()) == ["1000.01", "1000.015", "1000.02"]
    assert list(ticks(0, 4e6, 2).values()) == ["0", "2e+06", "4e+06"]
    assert list(ticks(0, 3e-7, 3).values()) == ["0", "1e-07", "2e-07", "3e-07"]
    assert ticks(1.0, np.nextafter(1.0, 2), 5) == {}
    assert ticks(0, 0, 5) == {}


def test_marks_are_named_with_their_numbers():
    numbers = [57, 57.0, 812.4321, np.float32(0.5), 1e20]
    assert [mark_text("t", v) for v in numbers] == ["t 57", "t 57", "t 812.4", "t 0.5", "t 1e+20"]
    assert mark_text("57", 57) == "57"


# --- pictures --------------------------------------------------------------------------------------------------------

VALUES = np.repeat(np.arange(100), 10)


def columns_with(rgb, colour):
    return np.flatnonzero((rgb == colour).all(axis=2).any(axis=0))


def test_marks_are_lines_at_their_values():
    from maskexpr.display.pictures.plots import _LIGHT

    rgb = histogram(VALUES, {"low": 0, "mid": 50, "high": 99, "beyond": 300}, room=(300, 640))
    plain = histogram(VALUES, room=(300, 640))
    left, right = np.flatnonzero((plain == _LIGHT.bars).all(axis=2).any(axis=0))[[0, -1]]
    for colour, value in zip(_LIGHT.marks, (0, 50, 99), strict=False):
        line = (rgb == colour).all(axis=2).sum(axis=0)
        expected = left + (value + 0.5) / 100 * (right + 1 - left)
        assert abs(line.argmax() - expected) <= 1.5
        assert line.max() > 150
    assert not columns_with(rgb, _LIGHT.marks[3]).size


def test_names_of_marks_never_overlap():
    from maskexpr.display.pictures.plots import _LIGHT

    close = {f"threshold{i}": 50 + i for i in range(4)}
    rgb = histogram(VALUES, close)
    rows = [np.flatnonzero((rgb == colour).all(axis=2)[:, :].sum(axis=1) > 8) for colour in _LIGHT.marks]
    for above, below in itertools.pairwise(rows):
        assert above.max() < below.min()


def test_a_part_has_its_colour_where_it_is():
    from maskexpr.display.pictures.plots import _DARK, _LIGHT

    for dark, theme in ((False, _LIGHT), (True, _DARK)):
        rgb = histogram(VALUES, part=VALUES[VALUES >= 50], names=("im", "bone"), dark=dark)[60:-40]
        all_of_it, part = columns_with(rgb, theme.bars), columns_with(rgb, theme.part)
        assert all_of_it.max() < part.min()
        assert len(all_of_it) == pytest.approx(len(part), abs=3)
        assert rgb[0, -1].tolist() == list(theme.ground)


@pytest.mark.slow
@pytest.mark.parametrize("room", [(80, 160), (120, 300), (300, 640), (900, 1600), (10, 10)], ids=str)
@pytest.mark.parametrize("scale", SCALES)
def test_any_size_and_any_values(room, scale):
    size = (max(80, room[0]), max(160, room[1]), 3)
    for values in (VALUES, VALUES / 7 - 3, VALUES > 3, np.array([5]), np.array([0.0]), np.array([np.nan])):
        rgb = histogram(values, {"a long name of a threshold": 5, "b": 4.5}, values[:1], room, scale=scale)
        assert rgb.shape == size
        assert rgb.dtype == np.uint8
        assert len(np.unique(rgb)) > 2


def test_what_the_axes_are_is_written():
    """Each scale is named, and leaves the bars where they are; a small picture has no room for it."""
    pictures = {scale: histogram(VALUES, room=(300, 640), scale=scale) for scale in ("root", "linear", "log")}
    top = {scale: rgb[: 300 // 12].tobytes() for scale, rgb in pictures.items()}
    assert len(set(top.values())) == 3
    assert (pictures["root"][-12:] != 255).any()
    assert (histogram(VALUES, room=(100, 300))[-4:] == 255).all()
