#!/usr/bin/env bash
# Five functions of scikit-image warn at every call on NumPy 2.5, so that a test suite in which warnings are errors fails.
#
# Seen with scikit-image 0.26.0 (which asks for numpy>=1.24 without an upper bound) and NumPy 2.5.5, on Python 3.13:
#   DeprecationWarning: Setting the shape on a NumPy array has been deprecated in NumPy 2.5.
# from morphology.reconstruction, h_maxima and h_minima (grayreconstruct.py) and from segmentation.relabel_sequential and
# join_segmentations (util/_map_array.py); with NumPy 2.4.6 none of them says anything. One would guess: the newest release
# runs silently on the NumPy that pip chooses for it. In maskexpr: nothing uses them but tests, where a peer's warnings
# in its own modules are shown and are no errors (pyproject.toml, filterwarnings).
#
# NumPy 2.5 needs Python 3.12 or newer: PYTHON=python3.13 bash findings/skimage-shape-setting-numpy-2.5.sh
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

seen() {
    "${PYTHON:-python3}" -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check "numpy==$1" scikit-image==0.26.0
    "$1/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import skimage
from skimage import morphology, segmentation

im = np.random.default_rng(0).integers(0, 256, (32, 32)).astype(np.uint8)
labels = skimage.measure.label(im > 128)
calls = {
    "reconstruction": lambda: morphology.reconstruction(np.minimum(im, 100), im),
    "h_maxima": lambda: morphology.h_maxima(im, 9),
    "h_minima": lambda: morphology.h_minima(im, 9),
    "relabel_sequential": lambda: segmentation.relabel_sequential(labels),
    "join_segmentations": lambda: segmentation.join_segmentations(labels, labels[::-1]),
    "watershed": lambda: segmentation.watershed(im, labels),
}
for name, call in calls.items():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    if any("Setting the shape" in str(warning.message) for warning in caught):
        print(name)
PYTHON
}

before=$(seen 2.4.6)
after=$(seen 2.5.5)
echo "warn on NumPy 2.4.6: ${before:-none}"
echo "warn on NumPy 2.5.5:" $after
test -z "$before"
test "$(echo $after)" = "reconstruction h_maxima h_minima relabel_sequential join_segmentations"
