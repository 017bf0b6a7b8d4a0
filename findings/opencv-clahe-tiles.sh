#!/usr/bin/env bash
# OpenCV's CLAHE makes other tiles along an axis where they fit, if they do not fit along the other one.
#
# Seen with OpenCV 5.0.0 and 4.10.0 (opencv-python-headless) on Python 3.11: an image of 64 rows is cut into 8 tiles of 8
# rows where it has 64 columns, and into 8 tiles of 9 rows where it has 65: then 8 rows, a whole tile more, are added below
# by reflection, as they are along an axis where nothing is left over. So one column more moves the borders of tiles from
# row to row, and each pixel's result with them. One would guess: an axis that is a multiple of the tiles is not continued.
# In maskexpr: clahe gives OpenCV's results to the bit, this included.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 5.0.0.93 4.10.0.84; do
    python3 -m venv "venv-$version"
    "venv-$version/bin/pip" install --quiet --disable-pip-version-check "opencv-python-headless==$version" numpy==2.3.5
    "venv-$version/bin/python" - <<'PYTHON'
import cv2
import numpy as np

im = np.random.default_rng(0).integers(0, 256, (64, 65)).astype(np.uint8)
clahe = cv2.createCLAHE(2, (8, 8))
reached = {}
for columns in (64, 65):
    # The first row goes by the map of the first tiles alone: which rows are counted there?
    first = clahe.apply(im[:, :columns].copy())[0]
    changed = []
    for row in range(1, 64):
        other = im[:, :columns].copy()
        other[row] = 255 - other[row]
        if (clahe.apply(other)[0] != first).any():
            changed.append(row)
    reached[columns] = max(changed) + 1
print("OpenCV", cv2.__version__, "rows of a tile in 64 rows, by the number of columns:", reached)
assert reached == {64: 8, 65: 9}
PYTHON
done
echo "as described"
