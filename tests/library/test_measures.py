"""Statistics of images and samples."""

import math
import statistics
from fractions import Fraction

import numpy as np
import pytest
from helpers.each import each

from maskexpr import Image, ProgramError, RunError, evaluate
from maskexpr.library.measures import statistics as measures

STATISTICS = ["sum", "mean", "std", "min", "max", "median"]
RELATIVE = {"float16": 1e-3, "float32": 1e-6}


def grey(im):
    """Not a colour image, whatever its shape."""
    return Image(im, kind="image")


def exactly(im):
    """Python numbers, whose sums are exact."""
    return [Fraction(v) for v in im.ravel().tolist()]


def rounded_root(value):
    """The square root of a fraction, to more digits than a float has."""
    return math.isqrt(value.numerator * 4**200 // value.denominator) / Fraction(2) ** 200


# --- statistics ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("mean(m[m])", "samples of a mask, not of an image"),
        ("histogram(m[m])", "samples of a mask"),
        ("percentile(im, 101)", "q is 101"),
        ("percentile(im, -0.5)", "q is -0.5"),
        ("histogram(im, 0)", "bins is 0"),
        ("histogram(im, 2.5)", "bins is 2.5"),
        ("histogram(im, 4, 9, 1)", "cannot go from 9 to 1"),
    ],
)
def test_misuse_is_refused_before_the_run(call, message):
    with pytest.raises(ProgramError, match=message) as caught:
        evaluate(f"output a = m; output b = im; output c = {call}", m=np.ones((2, 2), bool), im=np.ones((2, 2)))
    assert caught.value.span is not None


@each("statistic", STATISTICS)
def test_statistics_are_numpys(im, statistic):
    expected = getattr(np, statistic)(im.astype(np.float64))
    tolerance = 1e-12 * np.abs(im.astype(np.float64)).sum() if statistic == "sum" else 0
    assert evaluate(f"{statistic}(im)", im=grey(im)) == pytest.approx(float(expected), rel=1e-12, abs=tolerance)


@each("statistic", STATISTICS)
def test_statistics_of_samples_and_layouts_are_the_same(im, statistic):
    value = evaluate(f"{statistic}(im)", im=grey(im))
    assert evaluate(f"{statistic}(im[im == im])", im=grey(im)) == value
    assert evaluate(f"{statistic}(im)", im=grey(np.asfortranarray(im))) == value
    assert evaluate(f"{statistic}(im)", im=grey(im[..., ::-1][..., ::-1])) == value


def test_statistics_of_integers_are_exact(im):
    if im.dtype.kind == "f":
        return
    values = exactly(im)
    mean = sum(values) / len(values)
    assert evaluate("sum(im)", im=im) == sum(values)
    assert evaluate("mean(im)", im=im) == float(mean)
    assert evaluate("min(im)", im=im) == min(values)
    assert evaluate("max(im)", im=im) == max(values)
    assert evaluate("median(im)", im=im) == float(statistics.median(values))
    variance = sum((v - mean) ** 2 for v in values) / len(values)
    std = evaluate("std(im)", im=im)
    assert abs(std - rounded_root(variance)) <= Fraction(math.ulp(std))


@each("statistic", ["sum", "min", "max"])
def test_statistics_of_integers_are_whole(im, statistic):
    wanted = float if im.dtype.kind == "f" else int
    assert type(evaluate(f"{statistic}(im)", im=grey(im))) is wanted


def test_sums_of_64_bit_integers_do_not_wrap():
    im = np.full((300, 300), 2**64 - 1, np.uint64)
    assert evaluate("sum(im)", im=im) == 90_000 * (2**64 - 1)
    assert evaluate("mean(im)", im=im) == float(2**64 - 1)
    assert evaluate("std(im)", im=im) == 0
    im = np.array([[-(2**63), 2**63 - 1]])
    assert evaluate("sum(im)", im=im) == -1
    assert evaluate("mean(im)", im=im) == -0.5
    assert evaluate("median(im)", im=im) == -0.5
    assert evaluate("std(im)", im=im) == float(Fraction(2**64 - 1, 2))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_floats_are_added_up_exactly(rng, dtype, order):
    """More values than one block, and a rest; the squares of what is left of the mean are rounded, their sum is not."""
    for values in (rng.normal(100, 15, (411, 555)), rng.normal(0, 1, (411, 555)), np.full((500, 500), 0.1)):
        im = np.asarray(values, dtype, order=order)
        wide = im.astype(np.float64)
        mean = math.fsum(wide.ravel()) / im.size
        assert evaluate("sum(im)", im=im) == math.fsum(wide.ravel())
        assert evaluate("mean(im)", im=im) == evaluate("mean_threshold(im)", im=im) == mean
        assert evaluate("std(im)", im=im) == math.sqrt(math.fsum(np.square(wide - mean).ravel()) / im.size)


def test_integers_of_several_blocks_are_added_up(rng):
    whole = rng.integers(0, 2**16, 3 * 65536 + 77).astype(np.uint16)
    assert evaluate("sum(im)", im=whole) == int(whole.sum(dtype=np.int64))
    assert evaluate("sum(im[im >= 0])", im=whole) == int(whole.sum(dtype=np.int64))


@pytest.mark.parametrize("statistic", [f"{s}(im)" for s in STATISTICS] + ["percentile(im, 0)"])
def test_nan_gives_nan(statistic):
    assert math.isnan(evaluate(statistic, im=np.array([[1, np.nan, 3]])))


def test_infinite_values():
    one, both = np.array([[1, np.inf, 3]]), np.array([[-np.inf, np.inf]])
    assert evaluate("sum(im)", im=one) == evaluate("mean(im)", im=one) == evaluate("max(im)", im=one) == np.inf
    assert evaluate("median(im)", im=one) == 3
    assert evaluate("percentile(im, 75)", im=one) == np.inf
    assert math.isnan(evaluate("std(im)", im=one))
    assert math.isnan(evaluate("sum(im)", im=both))
    assert math.isnan(evaluate("median(im)", im=both))
    assert evaluate("sum(im)", im=np.full((2, 65536), 1.7e308)) == np.inf


@pytest.mark.parametrize("call", [f"{s}(im[m])" for s in STATISTICS[1:]] + ["percentile(im[m], 5)", "histogram(im[m])"])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_no_samples_are_a_named_error(call, dtype):
    with pytest.raises(RunError, match="no samples to measure") as caught:
        evaluate(call, im=np.ones((2, 2), dtype), m=np.zeros((2, 2), bool))
    assert caught.value.code == "no-samples"
    assert caught.value.span is not None


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_no_samples_sum_to_0(dtype):
    assert evaluate("sum(im[m])", im=np.ones((2, 2), dtype), m=np.zeros((2, 2), bool)) == 0


def test_whole_results_take_part_in_exact_arithmetic():
    im = np.array([[2**62, 2**62 + 1]], np.int64)
    assert evaluate("max(im) - min(im)", im=im) == 1
    np.testing.assert_array_equal(evaluate("im - min(im)", im=im), [[0, 1]])
    np.testing.assert_array_equal(evaluate("im > mean(im)", im=np.array([[1, 2, 6]], np.uint8)), [[0, 0, 1]])


# --- percentile ------------------------------------------------------------------------------------------------------


@each("q", ["0", "0.1", "5", "33.3", "50", "99.9", "100"])
def test_percentile_is_numpys(im, q):
    expected = np.percentile(im.astype(np.float64), float(q))
    scale = np.abs(im.astype(np.float64)).max()
    assert evaluate(f"percentile(im, {q})", im=grey(im)) == pytest.approx(float(expected), rel=1e-12, abs=scale * 1e-13)


@each("q", ["0.1", "7", "50", "62.5", "99.9"])
def test_percentile_is_exact(im, q):
    values = sorted(exactly(im))
    position = Fraction(q) / 100 * (len(values) - 1)
    index = math.floor(position)
    above = values[min(index + 1, len(values) - 1)]
    expected = values[index] + (position - index) * (above - values[index])
    assert evaluate(f"percentile(im, {q})", im=grey(im)) == float(expected)


def test_percentile_takes_a_number_that_depends_on_pixels():
    im = np.array([[0, 25, 100]], np.uint8)
    assert evaluate("percentile(im, max(im) / 2)", im=im) == 25
    with pytest.raises(RunError, match="q is 200"):
        evaluate("percentile(im, 2 * max(im))", im=im)


# --- histogram -------------------------------------------------------------------------------------------------------


@each("arguments", ["", "10", "7, 1", "5, -3, 11.5", "4, 20, 90", "256, 0, 256"])
def test_histogram_is_numpys(im, arguments):
    if im.dtype.itemsize > 2 and im.dtype.kind in "iu":
        im = im.astype(np.int64) % 1000
    bins, low, high = [*[float(a) for a in arguments.split(", ") if a], None, None, None][:3]
    values = im.astype(np.float64)
    low = values.min() if low is None else low
    high = values.max() if high is None else high
    if low > high:
        return
    counts, edges = np.histogram(values, int(bins or 256), (low, high))
    ours, our_edges = evaluate(f"histogram({', '.join(['im', arguments]).removesuffix(', ')})", im=grey(im))
    np.testing.assert_allclose(our_edges, edges, rtol=1e-13, atol=1e-12)
    if im.dtype.kind == "f":
        assert ours == counts.tolist()
    else:  # NumPy rounds its edges, so that an integer on one may fall into the bin before
        assert sum(ours) == counts.sum()
        assert np.abs(np.cumsum(ours) - np.cumsum(counts)).max() <= np.unique(im, return_counts=True)[1].max()


@pytest.mark.parametrize("seed", range(20))
def test_histogram_of_integers_has_exact_edges(seed):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(["uint8", "int16", "int64", "uint64"][seed % 4])
    info = np.iinfo(dtype)
    im = rng.integers(info.min, info.max, (4, 5), dtype, endpoint=True)
    bins = int(rng.integers(1, 40))
    low, high = Fraction(int(im.min())), Fraction(int(im.max()))
    expected = [0] * bins
    for value in exactly(im):
        expected[min(bins - 1, math.floor((value - low) / (high - low) * bins))] += 1
    assert evaluate(f"histogram(im, {bins})", im=im)[0] == expected


def test_histogram_puts_integers_on_an_edge_where_numpy_rounds_them_away():
    im = np.arange(50, dtype=np.uint8)[np.newaxis]
    assert evaluate("histogram(im, 49)", im=im)[0] == [1] * 48 + [2]
    assert any(evaluate(f"histogram(im, {n})", im=im)[0] != np.histogram(im, n)[0].tolist() for n in range(1, 300))


def test_histogram_with_one_bin_for_each_value_of_8_bits(ankle):
    counts, edges = evaluate("histogram(im, 256, 0, 256)", im=ankle)
    assert counts == np.bincount(ankle.ravel(), minlength=256).tolist()
    assert edges == list(range(257))


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_histogram_of_one_value_reaches_half_a_unit_to_either_side(dtype):
    im = np.full((2, 3), 7, dtype)
    assert evaluate("histogram(im, 2)", im=im) == [[0, 6], [6.5, 7, 7.5]]


def test_histogram_leaves_out_what_is_not_finite():
    im = np.array([[0, 1, 3, np.nan, np.inf, -np.inf]])
    assert evaluate("histogram(im, 3)", im=im) == [[1, 1, 1], [0, 1, 2, 3]]
    nothing = np.full((2, 2), np.nan)
    assert evaluate("histogram(im, 1, 0, 1)", im=nothing) == [[0], [0, 1]]
    with pytest.raises(RunError, match="no pixel is finite"):
        evaluate("histogram(im)", im=nothing)


@pytest.mark.parametrize(("low", "high"), [("max(im)", "min(im)"), ("0", "exp(1000 * max(im))"), ("9", "none")])
def test_histogram_refuses_a_range_that_is_none_in_the_run(low, high):
    with pytest.raises(RunError, match="histogram cannot go"):
        evaluate(f"histogram(im, 4, {low}, {high})", im=np.array([[1, 2]], np.uint8))


# --- the helpers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.7, 12.9), (5.0, 5.0), (-1.7e308, 1.7e308), (0.0, 5e-324)])
def test_bin_edges_go_from_low_to_high_without_overflow(low, high):
    edges = measures.bin_edges(low, high, 256)
    assert len(edges) == 257
    assert (edges[0], edges[-1]) == (low, high)
    assert np.all(np.diff(edges / 2) >= 0)
    if math.isfinite(high - low):
        np.testing.assert_array_equal(edges, np.linspace(low, high, 257))
