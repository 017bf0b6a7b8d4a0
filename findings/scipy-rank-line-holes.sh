#!/usr/bin/env bash
# SciPy's rank_filter and median_filter of an array with one axis take a footprint with holes for one without.
#
# Seen with SciPy 1.15.3, 1.16.1 and 1.17.1: with footprint [1, 1, 1, 0, 1] the medians of twelve numbers in a line differ
# from those of the same numbers as one row of a plane, under the same footprint as its one row; the row is right, and so are
# both with 1.14.1, and maximum_filter in all. The line's answers have the rank asked for, but of all five places: the holes
# are filled. 1.18.1 does the same. One would guess: an axis of length one changes nothing. In maskexpr: such windows are
# ranked by our own kernel, and tests compare patterns with holes on lines with a definition in NumPy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

seen() {
    "${PYTHON:-python3}" -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check numpy==2.2.6 "scipy==$1"
    "$1/bin/python" - <<'PYTHON'
import numpy as np
import scipy.ndimage as ndi

line = np.random.default_rng(0).integers(0, 100, 12)
holed = np.array([1, 1, 1, 0, 1], bool)
windows = np.lib.stride_tricks.sliding_window_view(np.pad(line, 2, mode="symmetric"), 5)[:, holed]
wanted = np.sort(windows, axis=1)[:, 2]
row = ndi.median_filter(line[None], footprint=holed[None])[0]
assert np.array_equal(row, wanted), (row, wanted)
assert np.array_equal(ndi.maximum_filter(line, footprint=holed), windows.max(axis=1))
found = ndi.median_filter(line, footprint=holed)
assert np.array_equal(found, ndi.rank_filter(line, 2, footprint=holed))
if np.array_equal(found, wanted):
    print("right", found)
else:
    assert np.array_equal(found, ndi.rank_filter(line[None], 2, size=(1, 5))[0]), found  # the holes are filled
    print("wrong", found, "wanted", wanted)
PYTHON
}

for version in 1.14.1 1.15.3 1.16.1 1.17.1; do
    found=$(seen "$version")
    echo "SciPy $version: $found"
    case $version in
        1.14.1) test "${found%% *}" = right ;;
        *) test "${found%% *}" = wrong ;;
    esac
done
