#!/usr/bin/env bash
# scikit-image's skeletonize of a volume leaves nothing of a bar whose cross-section is a square of even side, however long.
#
# Seen with scikit-image 0.22.0, 0.25.2 and 0.26.0: bars of 2x2, 4x4 and 6x6 by 10, 24 and 40 voxels, along any axis, and
# cubes of even side have an empty skeleton; bars of 1x2, 2x3, 3x3, 4x5 and 5x5 keep a line about as long as they are. One
# would guess at spurs, or at a lone voxel that goes, not at a rod of 40 voxels: Lee's thinning keeps the topology of what
# it thins, but voxels that a pass takes together are asked again only for the neighbours they still have. In maskexpr:
# skeleton(m) asks each voxel again for all that topology needs, and keeps every region; method="lee" gives scikit-image's
# answer, bit for bit, and says so. A test compares regions, cavities and Euler numbers of random masks before and after.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

seen() {
    "${PYTHON:-python3}" -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check "scikit-image==$1" "numpy==$2" "scipy==$3"
    "$1/bin/python" - <<'PYTHON'
import itertools

import numpy as np
import skimage
from skimage.morphology import skeletonize


def kept(*shape):
    volume = np.pad(np.ones(shape, bool), 3)
    return int(np.count_nonzero(skeletonize(volume, method="lee")))


for length, side, axis in itertools.product((10, 24, 40), (2, 4, 6), range(3)):
    shape = [side] * 3
    shape[axis] = length
    assert kept(*shape) == 0, (shape, kept(*shape))
for side in (2, 4, 6, 8):
    assert kept(side, side, side) == 0
lines = {width: kept(*width, 40) for width in ((1, 1), (1, 2), (2, 3), (3, 3), (4, 5), (5, 5))}
assert all(number >= 34 for number in lines.values()), lines
print(f"scikit-image {skimage.__version__}: nothing left of bars 2x2, 4x4 and 6x6; of others, 40 long, by width: {lines}")
PYTHON
}

seen 0.22.0 1.26.4 1.13.1
seen 0.25.2 2.2.6 1.16.1
seen 0.26.0 2.4.6 1.17.1
