#!/usr/bin/env bash
# In MONAI the Hausdorff distance at percentile 0 is that at 100.
#
# Seen with MONAI 1.6.1 and PyTorch 2.14.1 on Python 3.11: compute_hausdorff_distance with percentile=0 is 7.07, the
# largest distance; with 1e-9 it is 0, the smallest, and values from 0 to 100 are allowed. 0 counts as None there, "if not
# percentile". One would guess: the smallest. In maskexpr: `hausdorff(a, b, 0, method="monai")` is the smallest; all other
# percentiles are equal to MONAI's.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 monai==1.6.1 torch==2.14.1 scipy==1.17.1
venv/bin/python - <<'PYTHON'
import torch
from monai.metrics import compute_hausdorff_distance

small, large = torch.zeros(1, 1, 9, 9), torch.zeros(1, 1, 9, 9)
small[..., 1:3, 1:3] = 1
large[..., 1:8, 1:8] = 1
found = {
    q: compute_hausdorff_distance(small, large, include_background=True, percentile=q).item()
    for q in (None, 100, 50, 1e-9, 0)
}
print(found)
assert found[0] == found[100] == found[None] > found[50] > found[1e-9] == 0, found
PYTHON
echo "as described"
