#!/usr/bin/env bash
# scikit-image's rank.percentile gives the same pixel for p0=0.28 and p0=0.29 of a hundred, and the one before for 0.57 and 0.58.
#
# Seen with scikit-image 0.26.0 and NumPy 2.3.5 on Python 3.11: of the values 0 to 99, one each, in the window, p0 from 0.01 to
# 0.99 gives 100 * p0, but for 0.29, 0.57 and 0.58, which give one less: the product of p0 and the number of pixels is cut off
# as a floating number, and 0.29 * 100 lies below 29. One would guess that hundredths of a hundred pixels are met exactly.
# In maskexpr: `percentile` finds its place in exact fractions, and `rank_filter` takes a rank as a whole number.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scikit-image==0.26.0 numpy==2.3.5 scipy==1.17.1
venv/bin/python - <<'PYTHON'
import numpy as np
from skimage.filters import rank

values = np.arange(100, dtype=np.uint8).reshape(10, 10)
window = np.ones((19, 19), np.uint8)
found = {k: int(rank.percentile(values, window, p0=k / 100)[5, 5]) for k in range(1, 100)}
unlike = {k: value for k, value in found.items() if value != k}
print(unlike)
assert unlike == {29: 28, 57: 56, 58: 57}, unlike
PYTHON
echo "as described"
