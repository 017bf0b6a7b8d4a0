"""Images of other libraries, as far as they matter here: what these say of themselves, and what NumPy makes of them."""

import sys
import types

import numpy as np


class Fake:
    """Has the attributes it is given; `array` is what it gives NumPy, or an error that it raises."""

    def __init__(self, array, **says):
        self._array = array
        vars(self).update(says)

    def __array__(self, dtype=None, copy=None):
        if isinstance(self._array, Exception):
            raise self._array
        return self._array


def itk_image(array, spacing, components=1, pixels="8-bit unsigned integer", package="a_package_around_itk"):
    """As SimpleITK's: a sequence of its pixels, one after another, no array, and sizes with x first. The package makes
    arrays of its images, unless there is none."""
    if package:
        sys.modules.setdefault(package, types.ModuleType(package)).GetArrayFromImage = lambda image: image.array.copy()
    shape = array.shape[:-1] if components > 1 else array.shape

    class ItkImage:
        def __len__(self):
            return array.size

        def __getitem__(self, i):
            return array.flat[i]

        def GetSize(self):
            return shape[::-1]

        def GetSpacing(self):
            return spacing

        def GetNumberOfComponentsPerPixel(self):
            return components

        def GetPixelIDTypeAsString(self):
            return pixels

    ItkImage.array = array
    ItkImage.__module__ = f"{package}.inside"
    return ItkImage()


def pillow_image(array, bands, **says):
    """As Pillow's: width before height, and bands by name."""

    class PillowImage(Fake):
        def getbands(self):
            return bands

    return PillowImage(array, size=array.shape[1::-1], **says)


def dicom_dataset():
    class Dataset(Fake):
        pixel_array = property()

    return Dataset(np.array({}, object))


def dicom_slices(heights):
    """Datasets of one series."""
    import pydicom

    slices = []
    for height in heights:
        dataset = pydicom.Dataset()
        dataset.update({"Rows": 2, "Columns": 3, "BitsAllocated": 8, "PixelRepresentation": 0})
        dataset.update({"ImagePositionPatient": [0, 0, height], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0]})
        dataset.update({"PixelSpacing": [1, 1], "PixelData": bytes(6)})
        slices.append(dataset)
    return slices


def nibabel_image():
    class NiftiImage:
        shape = (3, 4, 5)
        dataobj = None

    return NiftiImage()


def tensor(said, **says):
    class Tensor(Fake):
        def cpu(self):
            return self

    return Tensor(RuntimeError(said), shape=(3, 4), **says)


def sparse_matrix():
    class SparseMatrix:
        shape = (3, 4)

        def toarray(self):
            return np.zeros((3, 4))

    return SparseMatrix()


def device_array():
    class DeviceArray(Fake):
        __cuda_array_interface__ = property()

    return DeviceArray(TypeError("Implicit conversion to a NumPy array is not allowed."))
