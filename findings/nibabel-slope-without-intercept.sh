#!/usr/bin/env bash
# nibabel saves an image whose header was given a slope alone, and does not load what it saved.
#
# Seen with nibabel 5.4.2 and SimpleITK 2.5.7 on Python 3.11: of an integer image with `header["scl_slope"] = 1`, nibabel.save
# writes the slope and leaves the intercept nan, without a word; nibabel.load then raises HeaderDataError, "Valid slope
# but invalid intercept nan". SimpleITK reads the same file as the numbers that are stored. One would guess: saving an
# image either resets the scaling or writes one that can be read, as `header.set_slope_inter(1, 0)` does.
# In maskexpr: such a file is read as SimpleITK reads it, an intercept that is no number counts as 0, and the notes say so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nibabel==5.4.2 SimpleITK==2.5.7 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import nibabel
import numpy as np
import SimpleITK as sitk

numbers = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
for name, give in {
    "field": lambda header: header.__setitem__("scl_slope", 1),
    "method": lambda header: header.set_slope_inter(1, 0),
}.items():
    image = nibabel.Nifti1Image(numbers, np.eye(4))
    give(image.header)
    nibabel.save(image, f"{name}.nii")
    read = sitk.GetArrayFromImage(sitk.ReadImage(f"{name}.nii")).T
    assert (read == numbers).all()
    try:
        nibabel.load(f"{name}.nii")
        print("slope by", name, "loads")
        assert name == "method"
    except nibabel.spatialimages.HeaderDataError as error:
        print("slope by", name, "is saved and does not load:", error)
        assert name == "field"
PYTHON
echo "as described"
