#!/usr/bin/env bash
# scikit-image's convex_hull_image of a mask that it made itself is a larger mask, and so on for many rounds.
#
# Seen with scikit-image 0.22.0, 0.25.2 and 0.26.0: three pixels of a plane give a hull of 29, that one of 48, then 64, 78, 90
# and so on up to 136 in the fourteenth round; of 100 random sets of three to six pixels not one gives a hull that is its own
# hull. With offset_coordinates=False all do. One would guess: a hull is convex, so that its hull is itself, or that half a
# pixel is added once. What is taken are the middles of the four sides of each pixel, and all pixels whose centres lie in
# their hull are set: the new ones bring sides that lie outside. In maskexpr: hull(m) is this hull, bit for bit, and its
# manual says not to take it twice.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

seen() {
    "${PYTHON:-python3}" -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check "scikit-image==$1" "numpy==$2" "scipy==$3"
    "$1/bin/python" - <<'PYTHON'
import numpy as np
import skimage
from skimage.morphology import convex_hull_image


def sizes(pixels, **how):
    mask = np.zeros((60, 60), bool)
    mask[tuple(np.transpose(pixels))] = True
    found = [np.count_nonzero(mask)]
    while len(found) < 3 or found[-1] != found[-2]:
        mask = convex_hull_image(mask, **how)
        found.append(int(np.count_nonzero(mask)))
    return found[1:-1]


rounds = sizes([(18, 35), (16, 36), (39, 20)])
assert rounds[:5] == [29, 48, 64, 78, 90] and rounds[-1] == 136, rounds
random = np.random.default_rng(0)
for _ in range(100):
    pixels = random.integers(15, 45, (random.integers(3, 7), 2))
    assert len(sizes(pixels)) > 1
    assert len(sizes(pixels, offset_coordinates=False)) == 1
print(f"scikit-image {skimage.__version__}: hulls of hulls have {rounds} pixels")
PYTHON
}

seen 0.22.0 1.26.4 1.13.1
seen 0.25.2 2.2.6 1.16.1
seen 0.26.0 2.4.6 1.17.1
