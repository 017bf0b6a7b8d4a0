#!/usr/bin/env bash
# SciPy's median_filter and rank_filter give values that are not in the image where a window is several times as wide as it.
#
# Seen with SciPy 1.15.3 and 1.16.0 on NumPy 2.2.6: the median of eleven values around each of [30, 10, 20], reflected at the
# ends as by default, is 20, and median_filter(a, 11) gives zeros, also on a contiguous array of integers that is well away
# from 0. 1.14.1 and 1.16.1 are right; so are minimum_filter and maximum_filter of all four. One would guess: a median is
# one of the values it is taken of. In maskexpr: rank_filter and median_filter stand on it, and answers must be the same
# everywhere; these releases are left out by the package's dependencies, and tests compare wide windows with a definition
# in NumPy.
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

a = np.array([30, 10, 20])
assert ndi.minimum_filter(a, 11).tolist() == [10] * 3
assert ndi.maximum_filter(a, 11).tolist() == [30] * 3
windows = np.lib.stride_tricks.sliding_window_view(np.pad(a, 5, mode="symmetric"), 11)
wanted = np.median(windows, axis=1).astype(int)
found = ndi.median_filter(a, 11)
same = np.array_equal(found, wanted) and np.array_equal(ndi.rank_filter(a, 5, size=11), wanted)
print("right" if same else "wrong", found, "wanted", wanted)
PYTHON
}

for version in 1.14.1 1.15.3 1.16.0 1.16.1; do
    found=$(seen "$version")
    echo "SciPy $version: $found"
    case $version in
        1.15.3 | 1.16.0) test "${found%% *}" = wrong ;;
        *) test "${found%% *}" = right ;;
    esac
done
