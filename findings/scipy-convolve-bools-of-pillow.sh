#!/usr/bin/env bash
# SciPy convolves the mask of a 1-bit image to 255 where it is on: Pillow's bools are bytes of 255.
#
# Seen with Pillow 12.0.0, SciPy 1.17.1 and NumPy 2.4.6 on Python 3.11: numpy.asarray of an image of mode "1" is of type
# bool, and what is on in it is the byte 255; scipy.ndimage.convolve(..., output=float) by a kernel of one 1 is 255 there,
# and so are tobytes() and view(uint8). NumPy itself takes every byte but 0 for True: sums, ==, ^ and astype are as of any
# other mask. One would guess: equal arrays of one type give equal results, and True is 1 in memory. In maskexpr: bools
# are looked at when they are given, and kept as 0 and 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 pillow==12.0.0
venv/bin/python - <<'PYTHON'
import numpy as np
from PIL import Image
from scipy import ndimage

mask = np.eye(4, dtype=bool)
Image.fromarray(mask).save("mask.png")
read = np.asarray(Image.open("mask.png"))
one = np.ones((1, 1))
found = [float(ndimage.convolve(m, one, output=float).max()) for m in (mask, read)]
print("type:", read.dtype, "equal:", np.array_equal(read, mask), "sum:", read.sum(), "convolved:", found)
assert read.dtype == bool and np.array_equal(read, mask) and read.sum() == 4 and not (read ^ mask).any()
assert set(read.view(np.uint8).flat) == {0, 255} and read.astype(np.uint8).max() == 1
assert found == [1.0, 255.0], found
PYTHON
echo "as described"
