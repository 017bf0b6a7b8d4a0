#!/usr/bin/env bash
# The product of two white pixels of 16 bits is black in OpenCV 5: multiply of uint16 no longer saturates there.
#
# Seen with opencv-python-headless 5.0.0.93 and NumPy 2.4.6 on Python 3.11, x86-64: `multiply` of uint16 images gives 65535
# for 256 * 256 and 0 for 65535 * 65535, whatever the width of the image; 4.12.0.88 (NumPy 2.2.6) gives 65535 for both, as
# both versions do for 8 bits. With `scale=0.5` version 5 gives 65535 too. One would guess that a product that is too large is
# the largest value, as it was, so that an image of 16 bits can be put under a mask of 0 and 65535, or squared.
# In maskexpr: the type of a product is the next one that holds all products of its operands, and nothing wraps.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
look() {
    venv/bin/python - <<'PYTHON'
import cv2
import numpy as np

for width in (3, 300):
    image = np.resize(np.array([256, 65535, 3], np.uint16), (2, width))
    product = cv2.multiply(image, image)
    print(cv2.__version__, width, image[0, :3].tolist(), product[0, :3].tolist())
    black = cv2.__version__ == "5.0.0"
    assert product[0, :3].tolist() == [65535, 0 if black else 65535, 9], product
assert cv2.multiply(image, image, scale=0.5)[0, 1] == 65535
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
