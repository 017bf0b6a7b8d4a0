#!/usr/bin/env bash
# DIPlib's perimeter leaves out what lies along the edge of the image, so that a square in the corner is a perfect disk.
#
# Seen with DIPlib 3.6.1 and NumPy 2.3.5 on Python 3.11: a 10 x 10 square has the perimeter 38.06 and the roundness 0.868
# inside the image; in its corner 20.60 and 1.000 (limited to 1). Size, Feret and convex area are the same in both.
# SimpleITK gives 36.81 for both. One would guess: the outline of a region does not depend on where the region lies.
# In maskexpr: outside the image all is empty, so `perimeter` and `circularity` are the same in both; `clear_border` or
# `touches_border` take regions that the image cuts out of the count.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check diplib==3.6.1 SimpleITK==2.5.7 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import diplib
import numpy as np
import SimpleITK as sitk

found = {}
for place, start in {"inside": 5, "in the corner": 0}.items():
    labels = np.zeros((20, 20), np.uint32)
    labels[start : start + 10, start : start + 10] = 1
    measured = diplib.MeasurementTool.Measure(diplib.Image(labels), features=["Perimeter", "Roundness", "Feret"])
    shape = sitk.LabelShapeStatisticsImageFilter()
    shape.Execute(sitk.GetImageFromArray(labels))
    found[place] = measured["Perimeter"][1][0], measured["Roundness"][1][0], measured["Feret"][1][0], shape.GetPerimeter(1)
    print(place, *(f"{number:.3f}" for number in found[place]))
inside, corner = found["inside"], found["in the corner"]
assert 38 < inside[0] < 38.2 and 20 < corner[0] < 21
assert inside[1] < 0.9 and corner[1] == 1
assert inside[2] == corner[2] and inside[3] == corner[3]
PYTHON
echo "as described"
