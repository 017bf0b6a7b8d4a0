#!/usr/bin/env bash
# OpenCV 5 takes NumPy's masks, and what bitwise_not makes of one is True everywhere.
#
# Seen with OpenCV 5.0.0 (opencv-python-headless 5.0.0.93) and NumPy 2.4.6 on Python 3.11: the complement of [True, False]
# comes back as an array of bool whose bytes are 254 and 255, so that NumPy and OpenCV count both pixels, while bitwise_and,
# countNonZero and sumElems do with such masks what one expects, and dilate, add and mean refuse them. One would guess that a
# type that is new there is either refused or negated as a mask is.
# In maskexpr: any byte but 0 in an array of bool counts as on, in every function (tests/engine/test_other_bytes.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opencv-python-headless==5.0.0.93 numpy==2.4.6
venv/bin/python - <<'PYTHON'
import cv2
import numpy as np

mask = np.array([[True, False]])
negated = cv2.bitwise_not(mask)
print(cv2.__version__, negated.dtype, negated.tolist(), negated.view(np.uint8).tolist(), np.count_nonzero(negated))
assert negated.dtype == bool and negated.tolist() == [[True, True]], negated
assert negated.view(np.uint8).tolist() == [[254, 255]] and np.count_nonzero(negated) == cv2.countNonZero(negated) == 2
assert cv2.bitwise_and(mask, mask).tolist() == mask.tolist() and cv2.sumElems(mask)[0] == 1
for refused in (lambda: cv2.dilate(mask, np.ones((3, 3), np.uint8)), lambda: cv2.add(mask, mask), lambda: cv2.mean(mask)):
    try:
        refused()
    except cv2.error:
        continue
    raise AssertionError("it is not refused")
PYTHON
echo "as described"
