#!/usr/bin/env bash
# SimpleITK takes the numbers of a NRRD for millimetres whatever its units say, and refuses one with a direction for time.
#
# Seen with SimpleITK 2.5.7 and pynrrd 1.1.3 on Python 3.11: a volume whose header says `space units: "um" "um" "um"` has
# the spacing (0.5, 0.6, 0.7), as one in mm and one in cm have. Of four axes with the direction `none` for the last and
# the kinds `domain domain domain time`, pynrrd reads all; SimpleITK raises "number of domain axes in the NRRD file (4)
# doesn't match dimension of space in which orientation is defined (3)". With the kind `list` it takes the same axis, as
# components of a vector. One would guess: units are turned into the millimetres that ITK means, or are warned of; and
# an axis without a direction is none of space, whatever kind it is.
# In maskexpr: space units count, and what is written is in millimetres, which all programs read alike; time is
# read as t, and written as a fourth axis of space with a direction of its own, as ITK has it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SimpleITK==2.5.7 pynrrd==1.1.3 numpy==2.3.5
venv/bin/python - <<'PYTHON'
import nrrd
import numpy as np
import SimpleITK as sitk

volume = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
place = {"space": "left-posterior-superior", "space origin": [1, 2, 3]}
for unit in ("mm", "um", "cm"):
    nrrd.write("volume.nrrd", volume, {**place, "space directions": np.diag([0.5, 0.6, 0.7]), "space units": [unit] * 3})
    image = sitk.ReadImage("volume.nrrd")
    print(unit, image.GetSpacing(), image.GetOrigin(), image.GetMetaDataKeys())
    assert np.allclose(image.GetSpacing(), (0.5, 0.6, 0.7))
    assert image.GetOrigin() == (1, 2, 3)

series = np.arange(4 * 5 * 6 * 7, dtype=np.int16).reshape(4, 5, 6, 7)
directions = np.vstack([np.diag([0.5, 0.6, 0.7]), [np.nan] * 3])
for kind in ("time", "list"):
    kinds = ["domain", "domain", "domain", kind]
    nrrd.write("series.nrrd", series, {**place, "space directions": directions, "kinds": kinds})
    assert (nrrd.read("series.nrrd")[0] == series).all()
    try:
        image = sitk.ReadImage("series.nrrd")
        print(kind, image.GetSize(), image.GetNumberOfComponentsPerPixel())
        assert (kind, image.GetNumberOfComponentsPerPixel()) == ("list", 7)
    except RuntimeError as error:
        print(kind, str(error).strip().splitlines()[-1])
        assert kind == "time"
        assert "number of domain axes in the NRRD file (4) doesn't match" in str(error)
PYTHON
echo "as described"
