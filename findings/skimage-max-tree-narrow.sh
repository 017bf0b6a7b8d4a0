#!/usr/bin/env bash
# scikit-image's area_opening, and all that goes by its max_tree, refuses images that are one or two pixels wide.
#
# Seen with scikit-image 0.26.0 and NumPy 2.3.5 on Python 3.11: a row of pixels is opened as an array of one axis, but as
# one of shape (1, 7) it is "invalid entry in coordinates array", and two rows are "index 15 is out of bounds for array
# with size 14". So are area_closing, diameter_opening and volumes of one slice. One would guess that a slice of a
# volume is an image like any other.
# In maskexpr: `area_open(im, 2)` and `area_close(im, 2)` take images of any shape.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scikit-image==0.26.0 numpy==2.3.5 scipy==1.17.1
venv/bin/python - <<'PYTHON'
import numpy as np
from skimage.morphology import area_closing, area_opening, diameter_opening

row = np.array([1, 9, 1, 5, 6, 1, 1], np.uint8)
print("one axis", area_opening(row, 2))
assert area_opening(row, 2).tolist() == [1, 1, 1, 5, 5, 1, 1]
for narrow in (row[np.newaxis], row[:, np.newaxis], np.stack([row, row]), np.stack([[row, row, row]])):
    for function in (area_opening, area_closing, diameter_opening):
        try:
            function(narrow, 2)
        except ValueError as error:
            print(narrow.shape, function.__name__, error)
        else:
            raise AssertionError("opened")
PYTHON
echo "as described"
