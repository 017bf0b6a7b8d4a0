#!/usr/bin/env bash
# SciPy's and ITK's images end at different places: resampled by the same map, a rim half a pixel wide differs.
#
# Seen with SciPy 1.16.3 and SimpleITK 2.5.7 on Python 3.11: an image of ones on a grid twice as fine, nearest pixel.
# ndimage.affine_transform with its default mode, "constant", ends the image at the centres of its outer pixels: 36 of the
# 64 pixels that lie on it are one, by order 0 as well. Mode "grid-constant" and SimpleITK end it half a pixel further,
# where the pixels end: 64. One would guess: nearest gives a place within a pixel that pixel, in any mode.
# In maskexpr: `resample` reaches half a pixel beyond the centres, as ITK does, and what lies further is without data.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scipy==1.16.3 SimpleITK==2.5.7 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import numpy as np
import scipy.ndimage as ndi
import SimpleITK as sitk

ones = np.ones((4, 4))
# Pixel i of the fine grid lies at i / 2 - 1 / 4 of the coarse one: outer corners of both are one place.
fine = {
    mode: ndi.affine_transform(ones, [0.5, 0.5], offset=-0.25, output_shape=(8, 8), order=0, mode=mode)
    for mode in ("constant", "grid-constant")
}
image = sitk.GetImageFromArray(ones)
grid = sitk.Image(8, 8, sitk.sitkFloat64)
grid.SetSpacing((0.5, 0.5))
grid.SetOrigin((-0.25, -0.25))
itk = sitk.GetArrayFromImage(sitk.Resample(image, grid, sitk.Transform(), sitk.sitkNearestNeighbor, 0.0))
counts = {**{mode: int(found.sum()) for mode, found in fine.items()}, "SimpleITK": int(itk.sum())}
print("pixels of 64 that are one:", counts)
assert counts == {"constant": 36, "grid-constant": 64, "SimpleITK": 64}
PYTHON
echo "as described"
