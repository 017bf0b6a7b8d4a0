#!/usr/bin/env bash
# The regions of scikit-image's watershed fall apart where lines are drawn between them; compact ones get no lines at all.
#
# Seen with scikit-image 0.26.0 and NumPy 2.3.5 on Python 3.11: a smoothed piece of the photograph in skimage.data.camera
# has 385 basins, each in one piece. With watershed_line=True the same 385 numbers lie in 554 pieces, parted by lines
# within regions: a label no longer is a connected region. With compactness as well, watershed_line=True does nothing,
# without a word. One would guess: lines lie between regions, and both wishes are met.
# In maskexpr: `watershed(im, line=true)` gives the same numbers as scikit-image, and lines of compact regions too;
# `label(watershed(im, line=true))` numbers the pieces.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scikit-image==0.26.0 numpy==2.3.5 scipy==1.17.1
venv/bin/python - <<'PYTHON'
import numpy as np
from skimage import data, filters, measure, segmentation

image = filters.gaussian(data.camera()[:300, :300], 2)
for lines, pieces_seen in ((False, 385), (True, 554)):
    regions = segmentation.watershed(image, watershed_line=lines)
    pieces = measure.label(regions, connectivity=1, background=0).max()
    print("lines" if lines else "no lines", regions.max(), "regions in", pieces, "pieces")
    assert (regions.max(), pieces) == (385, pieces_seen)
row = np.array([[1, 2, 9, 3, 1, 5, 0]])
plain = segmentation.watershed(row, watershed_line=True)
compact = segmentation.watershed(row, watershed_line=True, compactness=5)
print("lines of a row", plain, "compact", compact)
assert (plain == 0).sum() == 2 and (compact == 0).sum() == 0
PYTHON
echo "as described"
