"""What there is to say of a result in numbers: for the summaries of people and the documents of machines."""

from typing import Any

import numpy as np

from maskexpr.kinds.kind import Kind

Array = np.ndarray[Any, Any]


def facts_of(value: Array, kind: Kind, valid: Array | None = None) -> dict[str, Any]:
    """Of a mask how many pixels are on, of how many that have data, and how many regions it has, and the largest; of
    labels how many there are; of an image its least and its largest finite value, None without one, and how many values
    are not finite."""
    if kind.name in ("mask", "mask samples"):
        on = int(np.count_nonzero(value))
        found = {"on": on, "of": value.size if valid is None else int(np.count_nonzero(valid))}
        return {**found, **_regions(value)} if kind.is_array else found
    if kind.name == "labels":
        return {"labels": _count_labels(value)}
    return _values(value if valid is None else value[valid])


def _values(array: Array) -> dict[str, Any]:
    finite = array
    if array.dtype.kind == "f":
        within = np.isfinite(array)
        finite = array if within.all() else array[within]
    lowest, highest = (finite.min().item(), finite.max().item()) if finite.size else (None, None)
    return {"min": lowest, "max": highest, "not_finite": array.size - finite.size}


def _count_labels(labels: Array) -> int:
    """How many different numbers there are other than 0: some may have been taken out."""
    from maskexpr.kernels.counts import count_values

    return int(np.count_nonzero(count_values(labels)[0])) if labels.size else 0


def _regions(mask: Array) -> dict[str, int]:
    from maskexpr.kernels.packed import pack
    from maskexpr.kernels.runs import find_regions

    if mask.ndim == 0 or not mask.any():
        return {"regions": 0, "largest": 0}
    regions = find_regions(pack(mask), mask.shape, 1)
    return {"regions": regions.count, "largest": int(regions.sizes().max())}
