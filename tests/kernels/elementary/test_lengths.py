"""Lengths of vectors against mpmath: the nearest float, everywhere."""

import math

import numpy as np
from helpers.correct_rounding import EXACTLY, assert_same_bits, nearest_floats
from helpers.each import each

from maskexpr.kernels import elementary
from maskexpr.kernels.elementary import fixed_point, lengths
from maskexpr.kernels.elementary.blocks import Function, apply

TINY = 5e-324
LARGEST = 1.7976931348623157e308


def triples(random, m_to, n_to, count):
    """a, b and c with a**2 + b**2 == c**2, in Python's whole numbers; c may have a bit more than a float holds."""
    sides = zip(*(random.integers(to * 5 // 6, to, count).tolist() for to in (m_to, n_to)), strict=True)
    found = [(m * m - n * n, 2 * m * n, m * m + n * n) for m, n in sides]
    return [t for t in found if max(t[:2]) < 2**53]


def vectors(count=300):
    random = np.random.default_rng(0)

    def uniform(low, high):
        return random.uniform(low, high, count)

    wide = np.ldexp(uniform(-1, 1), random.integers(-1073, 1024, count))
    small = np.ldexp(uniform(-1, 1), random.integers(-60, 2, count))
    jitter = 1 + random.integers(-9, 9, count) * 2.0**-53
    whole = random.integers(-4096, 4096, count) * 1.0
    subnormal, long = random.integers(1, 2000, count) * TINY, random.integers(1, 2**52, count) * TINY
    some = random.integers(0, 2, count)
    between = [t for t in triples(random, 3 * 2**25, 3 * 2**24, 4 * count) if t[2] % 2 and t[2] > 2**53]
    assert len(between) > 100
    pairs = [
        (uniform(-1, 1), uniform(-1, 1)),
        (wide, wide[::-1]),
        (wide, wide * jitter),
        (wide, wide * small),
        (small, np.ones(count)),
        (whole, whole[::-1]),
        (subnormal, subnormal[::-1]),
        (long, long[::-1]),
        (subnormal, wide * 2.0**-1000),
        (some * uniform(-1, 1) * 2.0**-520, some * uniform(-1, 1) * 2.0**-520),
        (LARGEST * uniform(-1, 1), LARGEST * uniform(-1, 1)),
        np.array(between, float).T[:2],
        ([1e300, TINY, 0.0, 3.0, LARGEST, 2.0**-538], [TINY, TINY, -7.0, 0.0, 1.0, 2.0**-539]),
    ]
    return tuple(np.concatenate(column) for column in zip(*pairs, strict=True))


def exactly(a, b):
    return EXACTLY.sqrt(a * a + b * b)


def test_rounded_once():
    """Those too that end in the middle between two floats, which go to the even one."""
    a, b = vectors()
    want = nearest_floats(exactly, a, b)
    assert_same_bits(elementary.hypot(a, b), want, a, b)
    assert_same_bits(elementary.hypot(b, a), want, a, b)
    for start in range(0, a.size, 300):  # in blocks of their like
        part = slice(start, start + 300)
        assert_same_bits(elementary.hypot(a[part], b[part]), want[part], a[part], b[part])


def test_triples_of_pythagoras():
    random = np.random.default_rng(1)
    some = [(3, 4, 5), (5, 12, 13), (8, 15, 17), *triples(random, 2**26, 2**25, 1000), *triples(random, 900, 500, 1000)]
    some = [t for t in some if t[2] < 2**53]
    assert len(some) > 1500
    a, b, c = np.array(some, float).T
    for scale in (1.0, 2.0**-1074, 2.0**-600, 2.0**900):
        np.testing.assert_array_equal(elementary.hypot(a * scale, -b * scale), c * scale)


@each("few", [0, 100_000])
def test_what_is_left_undecided(few, monkeypatch):
    """By sums without errors and by whole numbers, ties and what is next to them too."""
    random = np.random.default_rng(4)
    a, b = vectors()
    long = random.uniform(1, 2, 2000) * 2.0**52
    side, middle = (random.integers(*limits, 2000).tolist() for limits in ((2**52, 2**53), (1, 2**40)))
    other = [math.isqrt((2 * (x + c) + 1) ** 2 - (2 * x) ** 2) / 2 for x, c in zip(side, middle, strict=True)]
    a = np.concatenate([a, long, long, side, 1 - np.arange(2000) * 2.0**-53])
    b = np.concatenate([b, np.sqrt(long), -np.sqrt(long / 2), other, np.arange(2000) * 2.0**-29])
    some = np.maximum(np.abs(a), np.abs(b)) >= 2.0**-1022  # shorter ones never are
    a, b = a[some], b[some]
    monkeypatch.setattr(fixed_point, "FEW", few)
    with np.errstate(over="ignore"):
        found = lengths.HYPOT.exact(a, b)
    assert_same_bits(found, nearest_floats(exactly, a, b), a, b)


def test_subnormal_lengths():
    """They are the whole numbers nearest to square roots; and none is left to Python's."""
    random = np.random.default_rng(3)
    few = np.mgrid[0:60, 0:60].reshape(2, -1)
    many = random.integers(0, 2**52, (2, 2000)) >> random.integers(0, 52, (2, 2000))
    edge = 2**52 - random.integers(1, 99, (2, 500))
    nearly_squares = np.array([(2 * k + 1, (2 * k * k + 2 * k) + d) for k in range(1, 900) for d in (-1, 0, 1)]).T
    a, b = np.concatenate([few, many, edge, nearly_squares], axis=1)
    squares = [x * x + y * y for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    want = np.array([(math.isqrt(4 * square) + 1) // 2 for square in squares])
    left = []
    found = apply(Function(lengths.HYPOT.block, lambda *some: left.append(some)), (a * TINY, b * -TINY))
    np.testing.assert_array_equal(found.view(np.int64), want)
    assert not left


def test_special_values():
    """As C99 has them: infinite where one side is, whatever the other; and over- and underflow on the way only."""
    values = [0.0, -0.0, 3.0, -4.0, TINY, LARGEST, np.inf, -np.inf, np.nan]
    a, b = (side.ravel() for side in np.meshgrid(values, values))
    want = [math.hypot(*pair) for pair in zip(a.tolist(), b.tolist(), strict=True)]
    found = elementary.hypot(a, b)
    np.testing.assert_array_equal(found, want)
    assert not np.signbit(found[~np.isnan(found)]).any()
    some = np.array([0.0, 3.0, -0.0, 1e-200])
    np.testing.assert_array_equal(elementary.hypot(some, np.array([0.0, 4.0, 0.0, 1e-200])), [0, 5, 0, 2**0.5 * 1e-200])
    np.testing.assert_array_equal(elementary.hypot(some[:3], -some[:3]), [0, 18**0.5, 0])


def test_the_error_that_leaves_a_doubt(monkeypatch):
    """Before rounding lengths are at least as near as the rounding test takes them to be."""
    pairs = []
    round_once = lengths.round_once

    def watched(high, low, doubt, out, undecided):
        pairs.append((high.copy(), low.copy(), doubt))
        return round_once(high, low, doubt, out, undecided)

    monkeypatch.setattr(lengths, "round_once", watched)
    a, b = vectors()
    longer = np.maximum(np.abs(a), np.abs(b))
    plain = (longer < 2.0**490) & (longer > 2.0**-440)
    a, b = a[plain], b[plain]
    elementary.hypot(a, b)
    ((high, low, doubt),) = pairs
    for x, y, first, second in zip(*(part.tolist() for part in (a, b, high, low)), strict=True):
        error = abs((EXACTLY.mpf(first) + second) / exactly(EXACTLY.mpf(x), EXACTLY.mpf(y)) - 1)
        assert error * 2.0**54 <= doubt - 1, (x, y, error)
