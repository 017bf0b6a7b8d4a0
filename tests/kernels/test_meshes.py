"""Euler numbers against scikit-image, triangles against marching cubes one voxel at a time."""

import itertools
import math

import numpy as np
import pytest
import scipy
import skimage

from maskexpr.kernels import meshes
from maskexpr.library.regions.pixels import Regions

SPACINGS = [(1.0, 1.0, 1.0), (2.0, 0.5, 0.75)]


def diameters(regions, spacing):
    return regions.with_steps(spacing).diameters * min(spacing)


def masks(rng, shape):
    smooth = scipy.ndimage.gaussian_filter(rng.random(shape), 1)
    yield from (rng.random(shape) < share for share in (0.2, 0.6))
    yield from (smooth > np.quantile(smooth, share) for share in (0.3, 0.7))


@pytest.mark.parametrize("shape", [(20, 24), (1, 9), (9, 1), (8, 9, 10), (1, 6, 7), (6, 1, 1)])
def test_euler_numbers_are_scikit_images(shape, rng):
    for mask in masks(rng, shape):
        for connectivity in (1, len(shape)):
            structure = scipy.ndimage.generate_binary_structure(len(shape), connectivity)
            labels, count = scipy.ndimage.label(mask, structure, output=np.int32)
            theirs = [region.euler_number for region in skimage.measure.regionprops(labels)]
            assert Regions(labels, count).euler_numbers.tolist() == theirs


def test_touching_labels_are_measured_each_by_itself(rng):
    labels = rng.integers(0, 4, (9, 8, 7)).astype(np.int32)
    together = Regions(labels, 3)
    for i in range(3):
        alone = Regions((labels == i + 1).astype(np.int32), 1)
        assert together.euler_numbers[i] == alone.euler_numbers[0]
        assert together.triangles.moments[i] == alone.triangles.moments[0]
        assert (together.triangles.of_kind[:, i] == alone.triangles.of_kind[:, 0]).all()
        ours = diameters(together, SPACINGS[1])[i]
        assert ours == diameters(alone, SPACINGS[1])[0]


@pytest.mark.parametrize("spacing", SPACINGS)
def test_a_voxel_is_an_octahedron_and_a_box_has_its_corners_cut(spacing):
    one = Regions(np.ones((1, 1, 1), np.int32), 1)
    z, y, x = spacing
    face = math.sqrt((y * x) ** 2 + (z * x) ** 2 + (z * y) ** 2) / 8  # of an octahedron with these half axes
    assert meshes.areas(one.triangles, spacing).tolist() == pytest.approx([8 * face])
    assert meshes.volumes(one.triangles).tolist() == [1 / 6]
    assert diameters(one, spacing).tolist() == [max(spacing)]


@pytest.mark.parametrize("spacing", SPACINGS)
def test_smooth_regions_are_as_scikit_images_marching_cubes_has_them(spacing):
    """Where no block of voxels is ambiguous, every table of triangles has the same volume, and nearly the same area."""
    at = np.indices((17, 19, 21)) - np.array([8, 9, 10])[:, None, None, None]
    ball = (at[0] / 6.5) ** 2 + (at[1] / 7.3) ** 2 + (at[2] / 8.1) ** 2 <= 1
    points, faces, _, _ = skimage.measure.marching_cubes(ball.astype(float), 0.5, spacing=spacing, method="lorensen")
    regions = Regions(ball.astype(np.int32), 1)
    ours = meshes.areas(regions.triangles, spacing)[0]
    assert ours == pytest.approx(skimage.measure.mesh_surface_area(points, faces), rel=0.01)
    a, b, c = (points[faces[:, i]].astype(np.float64) for i in range(3))
    volume = abs(np.einsum("ij,ij->i", a, np.cross(b, c)).sum()) / 6
    assert meshes.volumes(regions.triangles)[0] * math.prod(spacing) == pytest.approx(volume, rel=1e-6)
    apart = max(np.sqrt(((points - p) ** 2).sum(axis=1)).max() for p in points)
    assert diameters(regions, spacing)[0] == pytest.approx(apart, rel=1e-6)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_diameters_are_those_of_all_pairs_of_middles(spacing, rng):
    """Of any region, the points half-way between a voxel of it and one that is none."""
    for mask in masks(rng, (6, 7, 8)):
        labels, count = scipy.ndimage.label(mask, output=np.int32)
        ours = diameters(Regions(labels, count), spacing)
        for i in range(count):
            inside = np.pad(labels == i + 1, 1)
            points = []
            for axis, side in itertools.product(range(3), (-1, 1)):
                edge = inside & ~np.roll(inside, -side, axis)
                points.append(np.argwhere(edge) + side * np.eye(3)[axis] / 2)
            points = np.concatenate(points) * spacing
            apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=-1)).max()
            assert ours[i] == pytest.approx(apart, rel=1e-13)
