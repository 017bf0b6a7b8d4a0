#!/usr/bin/env bash
# Nyxus measures floating images as whole numbers, and the solidity of a rectangle is 0.83, or less behind other regions.
#
# Seen with nyxus 0.11.0 and NumPy 2.3.5 on Python 3.11: MEAN, MEDIAN and MAX of a floating image are those of its values
# cut to whole numbers, and 0 where they are negative: an image that is normalised to 0..1 is 0 everywhere, without a
# word. CONVEX_HULL_AREA of a 15 x 23 rectangle of 345 pixels is 418; of a 10 x 20 one measured after it 931, and
# SOLIDITY 0.21, where both are full. One would guess: means of floats are floats, and a rectangle fills its hull.
# In maskexpr: grey values are measured in the image's own type, and a box has solidity 1 wherever it lies.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nyxus==0.11.0 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import numpy as np
from nyxus import Nyxus

one = np.zeros((64, 64), np.uint32)
one[5:20, 7:30] = 1
two = one.copy()
two[40:50, 40:60] = 2


def measured(values, labels):
    return Nyxus(["MEAN", "MAX", "CONVEX_HULL_AREA", "SOLIDITY"]).featurize(values, labels)


ramp = np.linspace(0, 2, 64 * 64).reshape(64, 64)
for name, values, seen in (
    ("0.6", np.full((64, 64), 0.6), 0),
    ("99.99", np.full((64, 64), 99.99), 99),
    ("-3", np.full((64, 64), -3.0), 0),
    ("a ramp from 0 to 2", ramp, 0),
):
    found = measured(values, one)["MEAN"][0]
    print("mean of", name, "is", found, "and truly", values[one == 1].mean())
    assert found == seen
hulls = measured(np.full((64, 64), 7, np.uint16), two)[["CONVEX_HULL_AREA", "SOLIDITY"]]
print(hulls)
assert list(hulls["CONVEX_HULL_AREA"]) == [418, 931]
assert hulls["SOLIDITY"][1] < 0.25
PYTHON
echo "as described"
