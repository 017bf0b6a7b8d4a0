"""Eigenvalues of symmetric matrices, against mpmath at many digits."""

import mpmath
import numpy as np
import pytest

from maskexpr.kernels.eigenvalues import eigenvalues

ULP = 2.0**-52


def of_points(points):
    """The moments of whole positions, which are exact."""
    away = len(points) * points - points.sum(axis=0)
    return (away.T @ away).astype(np.float64)


def _matrices():
    rng = np.random.default_rng(5)
    yield from (of_points(rng.integers(0, n, (m, 3))) for n in (2, 9, 400) for m in (2, 3, 4, 30) for _ in range(5))
    slanted = np.stack([np.arange(500), np.arange(500), 2 * np.arange(500)], axis=1)
    yield of_points(np.concatenate([slanted, [[0, 0, 1]]]))  # lean: two variances far below the third
    yield np.zeros((3, 3))
    yield np.diag([3.0, 1, 2])
    yield np.ones((3, 3))
    yield np.full((3, 3), 2.0**100) + np.diag([1.0, 0, 2.0**90])


def test_eigenvalues_are_mpmaths():
    with mpmath.workdps(60):
        for matrix in _matrices():
            expected = sorted(mpmath.eigsy(mpmath.matrix(matrix.tolist()), eigvals_only=True))
            found = eigenvalues(matrix[:, :, np.newaxis])[:, 0]
            np.testing.assert_allclose(found, [float(e) for e in expected], rtol=0, atol=8 * ULP * float(expected[-1]))


def test_a_matrix_is_worked_on_as_if_it_were_alone():
    matrices = np.stack(list(_matrices()), axis=2)
    together = eigenvalues(matrices)
    for i in range(matrices.shape[2]):
        np.testing.assert_array_equal(eigenvalues(matrices[:, :, i : i + 1])[:, 0], together[:, i])


@pytest.mark.parametrize("count", [0, 1])
def test_of_no_matrices_there_are_none(count):
    assert eigenvalues(np.zeros((3, 3, count))).shape == (3, count)
