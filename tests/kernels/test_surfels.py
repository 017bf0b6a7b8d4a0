"""Elements of surfaces, against contours and triangles that are drawn otherwise, and sizes that the package has."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import skimage.measure

from maskexpr.kernels.surfels import sizes, surfels

CORNERS = {ndim: list(itertools.product((0, 1), repeat=ndim)) for ndim in (2, 3)}


def bits_of(*corners):
    return sum(1 << CORNERS[len(corners[0])].index(corner) for corner in corners)


@pytest.mark.parametrize("shape", [(5, 6), (3, 4, 5), (1, 1), (2, 1, 3)])
def test_each_block_across_the_surface_has_one(shape, rng):
    for share in (0, 0.1, 0.5, 1):
        m = rng.random(shape) < share
        padded = np.pad(m, 1)
        places, kinds = surfels(m)
        found = dict(zip(map(tuple, places.T.tolist()), kinds.tolist(), strict=True))
        for at in np.ndindex(*(n + 1 for n in shape)):
            block = padded[tuple(slice(i, i + 2) for i in at)].ravel()
            bits = sum(int(on) << k for k, on in enumerate(block))
            assert found.get(at, 0 if not block.any() else 2**block.size - 1) == bits
        assert len(found) == len(kinds)


def test_sizes_in_a_plane():
    of = sizes([Fraction(3), Fraction(4)])
    assert of[bits_of((0, 0))] == of[15 - bits_of((0, 1))] == 2.5
    assert of[bits_of((0, 0), (0, 1))] == 4  # two side by side: the contour goes along the row
    assert of[bits_of((0, 0), (1, 0))] == 3
    assert of[bits_of((0, 0), (1, 1))] == of[bits_of((0, 1), (1, 0))] == 5
    assert of[0] == of[15] == 0


def test_sizes_in_a_volume():
    z, y, x = steps = [Fraction(2), Fraction(3), Fraction(1, 2)]
    of = sizes(steps)
    sides = [math.hypot(*pair) / 2 for pair in itertools.combinations(map(float, steps), 2)]
    half = sum(sides) / 2
    corner = math.sqrt(half * (half - sides[0]) * (half - sides[1]) * (half - sides[2]))  # Heron's
    assert float(of[bits_of((0, 1, 0))]) == pytest.approx(corner)
    assert float(of[bits_of((0, 0, 0), (1, 0, 0))]) == pytest.approx(z * math.hypot(y, x) / 2)
    assert of[bits_of((0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1))] == y * x
    apart = [bits_of((0, 0, 0), (0, 1, 1)), bits_of((0, 0, 0), (1, 1, 1)), 255 - bits_of((1, 0, 0), (1, 1, 1))]
    assert [float(of[bits]) for bits in apart] == pytest.approx([2 * corner] * 3)
    for bits in range(256):
        assert of[bits] == of[255 - bits] or bits.bit_count() == 4
        assert float(of[bits]) == pytest.approx(float(of[255 - bits]))


@pytest.mark.parametrize("steps", [(1, 1, 1), (2, 0.5, 1.5)])
def test_a_ball_is_as_large_as_its_triangles(steps):
    """Where no pixels touch at edges or corners alone, it is marching cubes."""
    at = (np.indices((11, 12, 13)) - np.reshape((5, 5, 6), (3, 1, 1, 1))) * np.reshape(steps, (3, 1, 1, 1))
    ball = (at**2).sum(0) <= 16 * min(steps)
    corners, triangles, *_ = skimage.measure.marching_cubes(np.pad(ball, 1), 0.5, spacing=steps, method="lorensen")
    of = sizes([Fraction(step) for step in steps])
    total = math.fsum(float(of[kind]) for kind in surfels(ball)[1])
    assert total == pytest.approx(skimage.measure.mesh_surface_area(corners, triangles), rel=1e-4)
