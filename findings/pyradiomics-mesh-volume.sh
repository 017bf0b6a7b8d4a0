#!/usr/bin/env bash
# pyradiomics' mesh volume of a region depends on how much background lies around it, and on how it is mirrored.
#
# Seen with pyradiomics 3.0.1 and NumPy 2.2.6 on Python 3.11, built from source: where voxels meet at an edge alone the mesh of its
# marching cubes does not close, so the sum of signed volumes depends on where the origin is. Two voxels that share an
# edge have MeshVolume 0.667 with one voxel of background around, 0.833 with two, 2.167 with ten; mirrored 0.333.
# Ragged lesions have many such places. One would guess: the volume of a region is that of its shape.
# In maskexpr: `mesh_volume` and `sphericity` have one voxel of background around, as the extractor of pyradiomics crops
# and pads; the docstring says so, and `volume` counts voxels.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.2.6 setuptools==79.0.1 wheel==0.45.1
venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation pyradiomics==3.0.1
venv/bin/python - <<'PYTHON'
import numpy as np
from radiomics import cShape


def volume(mask: np.ndarray, around: int) -> float:
    return cShape.calculate_coefficients(np.ascontiguousarray(np.pad(mask, around)), np.ones(3))[1]


pair = np.zeros((2, 2, 2), np.int8)
pair[0, 0, 0] = pair[1, 1, 0] = 1
found = {around: round(volume(pair, around), 3) for around in (1, 2, 10)}
mirrored = round(volume(pair[:, ::-1], 1), 3)
print("two voxels, by the background around:", found, "mirrored:", mirrored)
assert found == {1: 0.667, 2: 0.833, 10: 2.167}
assert mirrored == 0.333
cube = np.ones((2, 2, 2), np.int8)
assert len({round(volume(cube, around), 9) for around in (1, 2, 10)}) == 1
PYTHON
echo "as described"
