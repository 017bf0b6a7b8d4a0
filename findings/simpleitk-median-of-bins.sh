#!/usr/bin/env bash
# SimpleITK's median of a region comes from a histogram of 128 bins, of 8-bit images too.
#
# Seen with SimpleITK 2.5.7 and NumPy 2.3.5 on Python 3.11: LabelIntensityStatisticsImageFilter.GetMedian gives 122.04 where
# the median of a region of a uint8 image is 123, and 30705.5 where it is 30709.5 in uint16: a number that no pixel has.
# GetStandardDeviation divides by n - 1. One would guess: the median is the middle value, as its mean is the mean, and
# as 256 bins would have it at no cost for 8 bits.
# In maskexpr: `median_intensity` is the middle value, or the mean of the two in the middle; `std_intensity` divides by n.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SimpleITK==2.5.7 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import numpy as np
import SimpleITK as sitk

rng = np.random.default_rng(0)
labels = np.ones((64, 64), np.uint8)
labels[:, :10] = 2
for dtype, high in ((np.uint8, 255), (np.uint16, 60000)):
    values = (rng.random((64, 64)) * high).astype(dtype)
    measured = sitk.LabelIntensityStatisticsImageFilter()
    measured.Execute(sitk.GetImageFromArray(labels), sitk.GetImageFromArray(values))
    inside = values[labels == 1]
    found, true = measured.GetMedian(1), np.median(inside)
    print(dtype.__name__, "median", found, "of", true, "with", measured.GetNumberOfBins(), "bins")
    assert found != true and abs(found - true) < high / 128
    assert found not in inside
    assert np.isclose(measured.GetStandardDeviation(1), inside.std(ddof=1), rtol=1e-9)
PYTHON
echo "as described"
