"""Images of nibabel, whose arrays have x first, then y, z and time: they are turned, and results turned back.

What a header of NIfTI states is taken as from a file; of other formats the affine, which nibabel makes of what they
state, in millimetres to the right, the front and the head.
"""

import sys
from typing import Any

import numpy as np

from maskexpr.containers.container import Given, Library, Made, Sizes
from maskexpr.diagnostics import messages
from maskexpr.functions.arguments import Refused
from maskexpr.headers import nifti
from maskexpr.kinds.grid import Grid

_HELD = (*("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"), "float32", "float64")
_SPACE_AND_TIME = 4
_TIME_FIRST = ("nibabel.minc1", "nibabel.minc2")
_COLOURS = ("RGB", "RGBA")  # the names of fields


def _holds(value: Any) -> bool:
    spatial = getattr(sys.modules.get("nibabel.spatialimages"), "SpatialImage", None)
    return spatial is not None and isinstance(value, spatial)


def _taken(value: Any, declared: str | None) -> Given:
    shape = tuple(value.shape)
    if type(value).__module__ in _TIME_FIRST and len(shape) > 3:
        raise Refused(messages.INPUT_NOT_ARRAY, found="its first axis is time, where others have x")
    array = np.asanyarray(value.dataobj)
    is_rgb = array.dtype.names is not None
    if is_rgb:
        array = _unpacked(array)
    beyond = shape[_SPACE_AND_TIME:]
    is_vector = not is_rgb and beyond[:1] not in ((), (1,))
    if max(beyond[is_vector:], default=1) > 1:
        raise Refused(messages.INPUT_NIBABEL_AXES, shape=" x ".join(map(str, shape)))
    kept = nifti.without_ones(shape[:_SPACE_AND_TIME])
    dropped = [0] * (min(len(shape), _SPACE_AND_TIME) - len(kept))
    all_of = slice(None)
    array = array[(*[all_of] * len(kept), *dropped, *[all_of] * is_vector, *[0] * (len(beyond) - is_vector))]
    turned = array.transpose(*reversed(range(len(kept))), *range(len(kept), array.ndim))
    spacing, grid = _place(value, kept)
    kind, order = "colour" if is_rgb or is_vector else "image", tuple(reversed(range(len(kept))))
    return Given(np.asarray(turned), spacing, kind, grid=grid, order=order)


def _unpacked(array: Any) -> Any:
    """Colours as a last axis."""
    types = {array.dtype[name] for name in array.dtype.names}
    if "".join(array.dtype.names) not in _COLOURS or types != {np.dtype(np.uint8)}:
        raise Refused(messages.INPUT_NOT_ARRAY, found=f"its type is {array.dtype}")
    return array.view(np.dtype((np.uint8, len(array.dtype.names))))


def _place(value: Any, kept: tuple[int, ...]) -> tuple[Sizes | None, Grid]:
    """The size of a pixel and the place, for the axes that are kept."""
    if _is_nifti(value):
        state = nifti.stated(_fields(value), kept)
        return state.spacing, state.grid
    return nifti.placed_by(value.affine if _knows_sides(value) else None, value.header.get_zooms(), len(kept))


def _is_nifti(value: Any) -> bool:
    from nibabel.nifti1 import Nifti1Pair  # which is there, as a value of its library is

    return isinstance(value, Nifti1Pair)


def _knows_sides(value: Any) -> bool:
    """Whether an affine is stated: Analyze has none, and nothing that tells left from right."""
    from nibabel.analyze import AnalyzeImage

    return type(value) is not AnalyzeImage


def _fields(value: Any) -> Any:
    """The header as it would be saved, without extensions: an affine that was changed goes before what it says."""
    made = value.header
    fields = type(made)(made.binaryblock, made.endianness, check=False)
    if value.affine is not None and not np.allclose(value.affine, fields.get_best_affine()):
        fields.set_sform(value.affine, code="aligned")
        fields.set_qform(value.affine, code="unknown")
    return fields


def _new_header() -> Any:
    from nibabel.nifti1 import Nifti1Header

    make: Any = Nifti1Header
    return make()


# --- given back ------------------------------------------------------------------------------------------------------


def _given_back(value: Any, made: Made) -> Any:
    """As NIfTI of the same class, with the same affine and codes where it is the same place; of other formats, which
    hold fewer types, as a Nifti1Image."""
    from nibabel.nifti1 import Nifti1Image

    letters = made.letters
    space = letters.replace("t", "")
    if made.array.dtype.name not in ("bool", *_HELD) or not 1 <= len(space) <= 3 or letters.count("t") > 1:
        return None
    array = made.numbers
    array = array.transpose(*reversed(range(len(letters))), *range(len(letters), array.ndim))
    kept = nifti.without_ones(value.shape[:_SPACE_AND_TIME])
    is_same = made.lies(*_place(value, kept)) and array.shape[: len(letters)] == kept
    make: Any = type(value) if _is_nifti(value) else Nifti1Image
    header: Any = _fields(value) if _is_nifti(value) else _new_header()
    nifti.unset(header)
    if is_same:
        shape, affine = value.shape[:_SPACE_AND_TIME], value.affine
    else:
        times = array.shape[len(space) : len(letters)]
        shape = (*array.shape[: len(space)], *[1] * (3 - len(space)), *times)
        nifti.forget_acquisition(header)
        nifti.state_place(header, made.grid, made.spacing, letters)
        header.set_data_shape(shape)
        affine = header.get_best_affine()
    if not made.has_channels:
        return make(array.reshape(shape), affine, header, dtype=array.dtype)
    if array.dtype == np.uint8 and array.shape[-1] in (3, 4):
        names = _COLOURS[array.shape[-1] - 3]
        packed = np.ascontiguousarray(array).view([(name, np.uint8) for name in names])[..., 0]
        return make(packed.reshape(shape), affine, header, dtype=packed.dtype)
    header["intent_code"] = nifti.VECTOR
    shape = (*shape, *[1] * (_SPACE_AND_TIME - len(shape)), array.shape[-1])
    return make(array.reshape(shape), affine, header, dtype=array.dtype)


LIBRARY = Library(_holds, _taken, _given_back)
