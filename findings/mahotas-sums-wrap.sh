#!/usr/bin/env bash
# mahotas sums the grey values of regions in the type of the image, so that the sums wrap.
#
# Seen with mahotas 1.4.19 and NumPy 2.3.5 on Python 3.11: labeled_sum of a uint8 image of 200 over a region of 90,000
# pixels gives 128, of int16 -22400, of uint16 43136; of float32 the sum is rounded at each step. One would guess: sums
# are taken in a wide type, as np.sum, scipy.ndimage.sum and mahotas' own labeled_size do.
# In maskexpr: `sum_intensity` is exact, whatever the type.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mahotas==1.4.19 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import mahotas
import numpy as np

region = np.ones((300, 300), int)
for dtype, seen in ((np.uint8, 128), (np.int16, -22400), (np.uint16, 43136), (np.int64, 18_000_000)):
    found = mahotas.labeled.labeled_sum(np.full((300, 300), 200, dtype), region)[1]
    print(dtype.__name__, found, "of", 200 * region.size)
    assert found == seen
third = np.full((300, 300), 200 / 3, np.float32)
found, true = mahotas.labeled.labeled_sum(third, region)[1], third.sum(dtype=float)
print("float32", found, "of", true)
assert abs(found - true) > 1
PYTHON
echo "as described"
