#!/usr/bin/env bash
# SimpleITK's overlap of two empty masks is infinite, and their volumes differ by 1.8e308.
#
# Seen with SimpleITK 2.5.7 and NumPy 2.4.6 on Python 3.11: LabelOverlapMeasuresImageFilter gives inf as the Dice
# coefficient of two masks that are off everywhere, and the largest float as their Jaccard coefficient, volume
# similarity and false negative error; no exception, no nan. One image of a study without a lesion, rightly left empty,
# makes the mean Dice inf. HausdorffDistanceImageFilter raises on the same pair. One would guess: 1, 0 or nan. In
# maskexpr: two empty masks agree, `dice` and `iou` are 1, `volume_difference` and `hausdorff` 0, and each docstring
# says so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 SimpleITK==2.5.7
venv/bin/python - <<'PYTHON'
import math
import sys

import numpy as np
import SimpleITK as sitk

empty = [sitk.GetImageFromArray(np.zeros((8, 8), np.uint8)) for _ in "ab"]
overlap = sitk.LabelOverlapMeasuresImageFilter()
overlap.Execute(*empty)
shares = [overlap.GetDiceCoefficient(), overlap.GetJaccardCoefficient()]
volumes = [overlap.GetVolumeSimilarity(), overlap.GetFalseNegativeError()]
print("Dice, Jaccard:", shares, "volume similarity, false negative error:", volumes)
assert shares == [math.inf, sys.float_info.max], shares
assert volumes == [sys.float_info.max] * 2, volumes
try:
    sitk.HausdorffDistanceImageFilter().Execute(*empty)
except RuntimeError as error:
    print("Hausdorff:", str(error).splitlines()[-1])
else:
    raise AssertionError("Hausdorff gives a number")
PYTHON
echo "as described"
