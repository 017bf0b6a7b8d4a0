#!/usr/bin/env bash
# SciPy's correlate and convolve leave out weights below 2.2e-16, whatever the others and the image are.
#
# Seen with SciPy 1.17.1 and NumPy 2.3.5 on Python 3.11: correlate of an image of 1e22 with [[1e-20, 2e-20, 1e-20]], as a
# kernel in SI units may be, is 0 everywhere, without a word; correlate1d with the same weights gives 400. 2.3e-16 counts,
# 2.2e-16 does not: the limit is that of float64 beside 1. One would guess: both compute the same sum.
# In maskexpr: `correlate` leaves out weights that are 0, and no others.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import numpy as np
from scipy import ndimage

image, kernel = np.full((3, 5), 1e22), np.array([[1e-20, 2e-20, 1e-20]])
plane, line = ndimage.correlate(image, kernel), ndimage.correlate1d(image, kernel[0], axis=1)
print("correlate", plane[1], "correlate1d", line[1])
assert (plane == 0).all() and (ndimage.convolve(image, kernel) == 0).all()
assert np.allclose(line, 400)
for weight, counts in ((2.2e-16, False), (2.3e-16, True)):
    found = ndimage.correlate(np.ones(5), np.array([weight]))[0]
    print("a weight of", weight, "gives", found)
    assert found == (weight if counts else 0)
PYTHON
echo "as described"
