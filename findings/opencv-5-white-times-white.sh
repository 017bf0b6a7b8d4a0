#!/usr/bin/env bash
# The product of two white pixels of 16 bits is black in OpenCV 5, and the square of a bright image has black in its brightest parts.
#
# Seen with opencv-python-headless 5.0.0.93 and NumPy 2.4.6 on Python 3.11, x86-64: `multiply` and `pow(image, 2)` of uint16 give
# 65535 for 256 * 256 and up to 46340 * 46340, and 0 from there on, where the product passes 2**31; 4.12.0.88 (NumPy 2.2.6)
# gives 65535 for all of these, as both versions do for 8 bits. With `scale=0.5` version 5 gives 65535 too. One would guess that a
# product that is too large is the largest value, as it was.
# In maskexpr: the type of a product is the next one that holds all products of its operands, and nothing wraps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
look() {
    venv/bin/python - <<'PYTHON'
import cv2
import numpy as np

for width in (5, 300):
    image = np.resize(np.array([3, 256, 46340, 46341, 65535], np.uint16), (2, width))
    brightest = 0 if cv2.__version__ == "5.0.0" else 65535
    for product in (cv2.multiply(image, image), cv2.pow(image, 2)):
        print(cv2.__version__, width, image[0, :5].tolist(), product[0, :5].tolist())
        assert product[0, :5].tolist() == [9, 65535, 65535, brightest, brightest], product
assert cv2.multiply(image, image, scale=0.5)[0, 4] == 65535
short = np.array([[16, 255, 3]], np.uint8)
assert cv2.multiply(short, short).tolist() == [[255, 255, 9]]
PYTHON
}
python3 -m venv --clear venv
venv/bin/pip install --quiet --disable-pip-version-check opencv-python-headless==4.12.0.88 numpy==2.2.6
look
python3 -m venv --clear venv
venv/bin/pip install --quiet --disable-pip-version-check opencv-python-headless==5.0.0.93 numpy==2.4.6
look
echo "as described"
