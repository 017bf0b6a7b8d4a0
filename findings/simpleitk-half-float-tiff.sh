#!/usr/bin/env bash
# SimpleITK reads a TIFF of 16-bit floats as whole numbers: the bits of the floats.
#
# Seen with SimpleITK 2.5.7, tifffile 2026.3.3 and Pillow 12.0.0 on Python 3.11: of a file with 1, 2, 3 and -4 in float16
# ReadImage gives 15360, 16384, 16896 and 50176 as uint16, without an error or a line on stderr. tifffile gives the
# numbers, Pillow refuses the file. One would guess: an error, or the numbers as float32.
# In maskexpr: such a file is read as float16, and written so; NIfTI, which ITK is often given, refuses float16 with a
# way out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SimpleITK==2.5.7 tifffile==2026.3.3 pillow==12.0.0 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import numpy as np
import PIL.Image
import SimpleITK as sitk
import tifffile

numbers = np.array([[1, 2], [3, -4]], np.float16)
tifffile.imwrite("half.tif", numbers, photometric="minisblack")
assert (tifffile.imread("half.tif") == numbers).all()
try:
    PIL.Image.open("half.tif")
    raise SystemExit("Pillow opens it now")
except PIL.UnidentifiedImageError:
    print("Pillow refuses it")
image = sitk.ReadImage("half.tif")
found = sitk.GetArrayFromImage(image)
print("SimpleITK:", image.GetPixelIDTypeAsString(), found.tolist())
assert found.dtype == np.uint16
assert (found == numbers.view(np.uint16)).all()
PYTHON
echo "as described"
