"""Images of other libraries, which say where their pixels lie: taken with that, and results given back as such. A
module here is one library, which is found only where a caller has imported it."""

from typing import Any

from maskexpr.containers.container import Given, Library, Made
from maskexpr.containers.dicom_datasets import LIBRARY as _PYDICOM
from maskexpr.containers.itk_images import LIBRARY as _ITK
from maskexpr.containers.nibabel_images import LIBRARY as _NIBABEL

__all__ = ["LIBRARIES", "Given", "Library", "Made", "library_of"]

LIBRARIES = (_ITK, _NIBABEL, _PYDICOM)


def library_of(value: Any) -> Library | None:
    """The library whose image a value is."""
    return next((library for library in LIBRARIES if library.holds(value)), None)
