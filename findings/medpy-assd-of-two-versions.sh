#!/usr/bin/env bash
# medpy's average symmetric surface distance became another number between two releases.
#
# Seen with medpy 0.4.0 and 0.5.2, NumPy 2.4.6 and SciPy 1.17.1 on Python 3.11: for a square of 16 pixels a side and one
# of 4 within it assd is 6.359 in the one and 6.598 in the other. 0.4.0 takes the mean of the two directed means (6.717
# and 6.0), so that both surfaces weigh the same; 0.5.2 the mean of all distances, so that the longer one weighs more.
# asd, hd and hd95 are the same in both. One would guess: a metric by a name from the literature stays what it is. In
# maskexpr: `surface_distance` has the second as its default, which is MONAI's, too, and the first by the name
# "medpy-0.4"; its docstring says which is which.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > measure.py <<'PYTHON'
import sys

import numpy as np
from medpy.metric import asd, assd, hd95

large, small = np.zeros((2, 20, 20), bool)
large[2:18, 2:18] = small[8:12, 8:12] = True
found = [round(float(value), 3) for value in (asd(large, small), asd(small, large), hd95(large, small), assd(large, small))]
print(sys.argv[1], "asd one way, the other way, hd95, assd:", found)
assert found == [6.717, 6.0, 8.114, float(sys.argv[2])], found
PYTHON
for case in "0.4.0 6.359" "0.5.2 6.598"; do
  read -r version wanted <<< "$case"
  python3 -m venv "venv-$version"
  "venv-$version/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 scipy==1.17.1 "medpy==$version"
  "venv-$version/bin/python" measure.py "$version" "$wanted"
done
echo "as described"
