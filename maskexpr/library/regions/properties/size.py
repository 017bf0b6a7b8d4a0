"""How large regions are: areas, lengths and surfaces."""

import math

import numpy as np

from maskexpr.functions.parameters import Array
from maskexpr.kernels import meshes
from maskexpr.kernels.elementary import cbrt
from maskexpr.library.regions.pixels import Regions
from maskexpr.library.regions.records import (
    LENGTH,
    SIZE,
    counts,
    floats_within,
    property_of_regions,
)

PLANE = frozenset({2})
VOLUME = frozenset({3})
PLANE_OR_VOLUME = PLANE | VOLUME

# --- numbers of pixels -----------------------------------------------------------------------------------------------


@property_of_regions(gives=counts, power=SIZE, light=True)
def area(regions: Regions) -> Array:
    """The number of pixels of a region; in a volume its voxels.

    Holes do not count. Compared with a size such as 20mm2 or 5mm3 where the spacing is known.

    Any number of axes.

    Source: equals area of skimage.measure.regionprops without a spacing.

    >>> evaluate("keep(im > 0, area >= 2)", im=[[1, 1, 0, 1]]).astype(int)
    array([[1, 1, 0, 0]])
    """
    return regions.sized(regions.sizes)


@property_of_regions(gives=counts, power=SIZE, dimensions=VOLUME, light=True)
def volume(regions: Regions) -> Array:
    """The number of voxels of a region of a volume; the same as `area`.

    Three axes.

    Source: equals area of skimage.measure.regionprops without a spacing.

    >>> evaluate("count(keep(m, volume >= 2))", m=np.array([[[1, 1, 0, 0], [0, 0, 0, 1]]], bool))
    1
    """
    return area(regions)


@property_of_regions(gives=counts, power=SIZE, dimensions=frozenset({1, 2, 3}))
def convex_area(regions: Regions) -> Array:
    """The number of pixels of a region's convex hull: those that `hull` of the region alone has.

    They are the pixels whose centres lie in the hull, or on its edge; the hull goes around whole pixels.

    One to three axes.

    Source: as area_convex of skimage.measure.regionprops, whose hulls are computed in floating numbers, and in a volume
    fail for flat regions.

    >>> evaluate("keep(im > 0, convex_area > area)", im=[[1, 0, 1, 0, 1], [1, 1, 1, 0, 1]]).astype(int)
    array([[1, 0, 1, 0, 0],
           [1, 1, 1, 0, 0]])
    """
    return regions.sized(regions.hull_sizes)


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=PLANE_OR_VOLUME)
def equivalent_diameter(regions: Regions) -> Array:
    """The diameter of the disk or ball that has the area, or volume, of a region; in pixels, or a length.

    Two axes: the root of 4 / pi * area; three: the cube root of 6 / pi * area. Where a length is asked for, the area is
    that of the pixels as the spacing has them.

    Source: as equivalent_diameter_area of skimage.measure.regionprops, but for a volume's last bit.

    >>> evaluate("keep(im > 0, equivalent_diameter > 1.5)", im=[[1, 1, 0, 1]]).astype(int)
    array([[1, 1, 0, 0]])
    """
    sizes = regions.sized(regions.sizes)
    if len(regions.axes) == 2:
        return np.sqrt(sizes * 4 / math.pi)
    return np.asarray(cbrt(sizes * 6 / math.pi))


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=PLANE, square=True, light=True)
def perimeter(regions: Regions) -> Array:
    """The length of a region's contours, in pixels; those of its holes count too.

    It is what the function `perimeter` gives for the region alone. Outside the image all is empty. A region of one or
    two pixels has the perimeter 0. It can be told as a length where pixels are as high as they are wide.

    Two axes.

    Source: Benkrid & Crookes, Design and FPGA implementation of a perimeter estimator, 2000; as perimeter of
    skimage.measure.regionprops, but for the last bit.

    >>> evaluate("keep(im > 0, perimeter >= 4)", im=[[1, 1, 0, 0], [1, 1, 0, 1]]).astype(int)
    array([[1, 1, 0, 0],
           [1, 1, 0, 0]])
    """
    return regions.perimeters


# --- calipers --------------------------------------------------------------------------------------------------------


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=PLANE)
def feret_max(regions: Regions) -> Array:
    """The largest distance between two points of a region, the maximum caliper; in pixels, or a length.

    A pixel is a square from edge to edge, so that the points are corners of pixels: the value of a single pixel is
    the root of 2, of a row of n pixels the root of n ** 2 + 1. A length follows the spacing of each axis.

    Two axes.

    Source: Feret of ImageJ, Feret's diameter of the polygon around the pixels. feret_diameter_max of
    skimage.measure.regionprops goes by the middles of pixels' edges instead, and gives a single pixel 1; FeretDiameter
    of SimpleITK by their centres, and gives it 0.

    >>> evaluate("keep(im > 0, feret_max > 2.5)", im=[[1, 1, 0, 1, 1, 1]]).astype(int)
    array([[0, 0, 0, 1, 1, 1]])
    """
    return regions.longest


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=PLANE)
def feret_min(regions: Regions) -> Array:
    """The least distance of two parallel lines between which a region fits, the minimum caliper; in pixels, or a
    length.

    A pixel is a square from edge to edge, as for `feret_max`: the value of a single pixel, or a row of them, is 1. One
    of the two lines lies along an edge of the convex hull. A length follows the spacing of each axis.

    Two axes.

    Source: MinFeret of ImageJ, of the polygon around the pixels.

    >>> evaluate("keep(im > 0, feret_min > 1)", im=[[1, 1, 0, 1, 1, 1], [1, 1, 0, 0, 0, 0]]).astype(int)
    array([[1, 1, 0, 0, 0, 0],
           [1, 1, 0, 0, 0, 0]])
    """
    return regions.narrowest


# --- surfaces --------------------------------------------------------------------------------------------------------


@property_of_regions(gives=floats_within(0, math.inf), power=2, dimensions=VOLUME)
def surface_area(regions: Regions) -> Array:
    """The area of a region's surface in a volume: that of the triangles of marching cubes; in pixels, or an area.

    The corners of the triangles lie half-way between a voxel of the region and a neighbour that is none. Outside the
    image all is empty, so where the image cuts a region, the cut is surface. The surface of its cavities counts too. An
    area such as 20mm2 follows the spacing of each axis. A single voxel has the surface of an octahedron, the root of 3.

    Three axes.

    Source: SurfaceArea of pyradiomics, with its table of triangles; Lorensen & Cline, Marching cubes, 1987
    (doi:10.1145/37402.37422).

    >>> evaluate("count(keep(m, surface_area > 2))", m=np.array([[[1, 1, 0, 0], [0, 0, 0, 1]]], bool))
    1
    """
    return meshes.areas(regions.triangles, regions.weights)


@property_of_regions(gives=floats_within(-math.inf, math.inf), power=SIZE, dimensions=VOLUME)
def mesh_volume(regions: Regions) -> Array:
    """The volume within the triangles of a region's surface, as `surface_area` has them; in voxels, or a volume.

    It is less than the number of voxels, as the triangles cut off corners: a single voxel has 1 / 6. Where a region's
    voxels meet at edges alone the triangles may not close; what they hold is then counted from the corner of the
    region's box, as pyradiomics counts.

    Three axes.

    Source: MeshVolume of pyradiomics; Zhang & Chen, Efficient feature extraction for 2D/3D objects in mesh
    representation, 2001 (doi:10.1109/ICIP.2001.958278).

    >>> evaluate("count(keep(m, mesh_volume > 0.2))", m=np.array([[[1, 1, 0, 0], [0, 0, 0, 1]]], bool))
    1
    """
    return regions.sized(meshes.volumes(regions.triangles))


@property_of_regions(gives=floats_within(0, math.inf), power=LENGTH, dimensions=VOLUME)
def max_diameter(regions: Regions) -> Array:
    """The largest distance between two points of a region's surface in a volume; in pixels, or a length.

    The points are the corners of its triangles, as `surface_area` has them, so that a single voxel has the diameter 1.
    A length follows the spacing of each axis.

    Three axes.

    Source: Maximum3DDiameter of pyradiomics.

    >>> evaluate("count(keep(m, max_diameter > 1))", m=np.array([[[1, 1, 0, 0], [0, 0, 0, 1]]], bool))
    1
    """
    return regions.diameters
