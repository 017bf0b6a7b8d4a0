"""Grey morphology by compiled kernels, against NumPy's: types, shapes, reaches, blocks, nan and zeros."""

import numpy as np
import pytest
from helpers.biting import SHAPES, strided

from maskexpr.kernels import grey
from maskexpr.kernels.choosing import plain

pytestmark = pytest.mark.slow
TYPES = ["u1", "u2", "u4", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]
SIDES = [np.maximum, np.minimum]


def random_image(shape, dtype, rng):
    kind = np.dtype(dtype)
    if kind.kind != "f":
        limits = np.iinfo(kind)
        return rng.integers(limits.min, limits.max, shape, kind, endpoint=True)
    special = rng.choice(np.array([0.0, -0.0, np.nan, np.inf, -np.inf], kind), shape, p=[0.4, 0.4, 0.02, 0.09, 0.09])
    return np.where(rng.random(shape) < 0.4, special, rng.normal(0, 100, shape).astype(kind))


def check(name, im, *given, to=None):
    """The same bits, but for those of nan; or None, where it leaves that to NumPy."""
    from maskexpr.kernels.compiled import grey as compiled

    before = im.copy()
    found = getattr(compiled, name)(im, *given, to)
    np.testing.assert_array_equal(im, before)
    if found is NotImplemented:
        return None
    assert to is None or found is to
    expected = plain(getattr(grey, name))(im, *given)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(np.signbit(found[expected == 0]), np.signbit(expected[expected == 0]))
    return found


@pytest.mark.parametrize("dtype", TYPES)
def test_the_numpy_kernels_values(dtype, rng, built):
    ran = 0
    for shape in (*SHAPES, (7, 8, 9), (3, 4, 5, 6)):
        im = random_image(shape, dtype, rng)
        for reach, side in ((0, 0), (1, 1), (2, 0), (3, 1), (5, 0), (8, 1)):
            axes = None if reach % 2 else tuple(range(len(shape)))[-2:]
            pattern = rng.random([min(reach + 1, 5)] * len(shape)) < 0.5
            for name, given in (
                ("extreme_of_square", ([reach] * len(shape),)),
                ("extreme_of_diamond", (reach, axes)),
                ("extreme_of_footprint", (pattern,)),
            ):
                ran += check(name, im, *given, SIDES[side]) is not None
    assert ran > 30


@pytest.mark.parametrize("dtype", ["u1", "f4"])
def test_images_of_many_blocks(dtype, rng, built):
    im = random_image((420, 700), dtype, rng)
    disk = (np.indices((11, 11)) - 5).__pow__(2).sum(axis=0) <= 25
    for side in SIDES:
        assert check("extreme_of_square", im, [6, 3], side, to=np.empty_like(im)) is not None
        assert check("extreme_of_square", strided(im), [0, 9], side) is not None
        assert check("extreme_of_diamond", im, 9, None, side) is not None
        assert check("extreme_of_footprint", im, disk, side) is not None
    volume = random_image((30, 40, 50), dtype, rng)
    assert check("extreme_of_diamond", volume, 3, None, np.minimum) is not None
    assert check("extreme_of_diamond", volume, 3, (0, 2), np.maximum) is not None


def test_what_it_has_not_is_numpys(rng, built):
    im = random_image((40, 30), "u1", rng)
    assert check("extreme_of_square", im[0], [3], np.maximum) is None
    assert check("extreme_of_square", im.astype(np.uint64), [3, 3], np.maximum) is None
    assert check("extreme_of_square", im.astype(">i4"), [3, 3], np.maximum) is None
    assert check("extreme_of_square", im, [39, 29], np.maximum) is None
    assert check("extreme_of_footprint", im, np.zeros((3, 3), bool), np.minimum) is None
    assert check("extreme_of_diamond", random_image((12, 12, 12), "u1", rng), 6, None, np.maximum) is None
