#!/usr/bin/env bash
# In SciPy two empty masks are equal by Jaccard, and by Dice they are not a number.
#
# Seen with SciPy 1.17.1 and NumPy 2.4.6 on Python 3.11: scipy.spatial.distance.jaccard of two arrays of False is 0.0,
# dice of them nan with a RuntimeWarning, though one is a function of the other: D = J / (2 - J), 0 for 0. One would
# guess: both 0, or both nan. In maskexpr: `dice` and `iou` of two empty masks are both 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from scipy.spatial.distance import dice, jaccard

empty, one = np.zeros(9, bool), np.arange(9) == 4
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    found = [float(jaccard(empty, empty)), float(dice(empty, empty))]
print("jaccard, dice:", found, [warning.category.__name__ for warning in caught])
assert found[0] == 0 and np.isnan(found[1]), found
assert [warning.category for warning in caught] == [RuntimeWarning]
assert jaccard(one, one) == dice(one, one) == 0 and jaccard(empty, one) == dice(empty, one) == 1
PYTHON
echo "as described"
