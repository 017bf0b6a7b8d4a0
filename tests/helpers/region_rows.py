"""Regions of planes by their rows, with gaps between them and within: small ones and large, thin and flat."""

import numpy as np


def rows_of_regions(rng):
    """The region of each row, its place, of shape (1, rows), the first and the last pixel, and how many regions there
    are."""
    for far, count in ((1, 1), (2, 40), (9, 60), (300, 20), (10**6, 4)):
        rows = []
        for region in range(count):
            y = np.unique(rng.integers(0, far, rng.integers(1, 30))) + rng.integers(0, 50)
            ends = np.sort(rng.integers(0, rng.choice([1, far]), (2, len(y))), axis=0) + rng.integers(0, 50)
            rows.append(np.stack([np.full(len(y), region), y, *ends]))
        owner, y, first, last = (np.ascontiguousarray(part) for part in np.concatenate(rows, axis=1).astype(np.int64))
        yield owner, y[np.newaxis], first, last, count
