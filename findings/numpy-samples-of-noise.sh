#!/usr/bin/env bash
# NumPy's image[mask] takes several times as long as compress does, where the mask goes on and off from pixel to pixel;
# of a mask in blobs it takes less.
#
# Seen with NumPy 2.3.5 and 2.4.6 on Python 3.11 and one x86-64 machine, 2048x2048 uint8: 19 ms against 2.6 ms for a mask
# that is on for half of the pixels by chance, 1.0 to 1.9 ms against 2.4 ms for one in squares of 32 pixels; the same
# samples. With NumPy 2.0.0 it is 19 ms against 12 ms for the first: compress has become faster, the subscript has not.
# One would guess: image[mask] is what is made for this and the faster of two names for one thing, or that both take
# what their memory takes. But it copies run by run, and runs of one or two pixels cost a mispredicted branch each.
# In maskexpr: samples are taken by compress where a look at the mask finds short runs.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for version in 2.3.5 2.4.6; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "numpy==$version"
    "$version/bin/python" - <<'PYTHON'
import statistics
import time

import numpy as np

rng = np.random.default_rng(0)
image = rng.integers(0, 200, (2048, 2048), np.uint8)
masks = {
    "noise": rng.random(image.shape) < 0.5,
    "blobs": np.kron(rng.integers(0, 2, (64, 64)), np.ones((32, 32), np.int64)) > 0,
}
ratios = {}
for name, mask in masks.items():
    ways = (lambda: image[mask], lambda: image.reshape(-1).compress(mask.reshape(-1)))
    assert np.array_equal(*(way() for way in ways))
    times = [[], []]
    for _ in range(9):
        for way, taken in zip(ways, times):
            start = time.process_time()
            way()
            taken.append(time.process_time() - start)
    subscript, compress = (1e3 * statistics.median(taken) for taken in times)
    ratios[name] = subscript / compress
    print(f"NumPy {np.__version__}, {name}: image[mask] {subscript:.1f} ms, compress {compress:.1f} ms")
assert ratios["noise"] > 2, ratios
assert ratios["blobs"] < 1, ratios
PYTHON
done
echo "as described"
