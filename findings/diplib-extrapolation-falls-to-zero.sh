#!/usr/bin/env bash
# DIPlib's border "first order" is a line from the border's pixel down to zero, as long as the filter needs it to be: a flat image grows dark at its border.
#
# Seen with DIPlib 3.6.1 and NumPy 2.4.6 on Python 3.11: beyond a border of tens, `ExtendImage` by two pixels gives 6.67 and
# 3.33, by four 8, 6, 4, 2, by eight 8.89 down to 1.11, so that what lies one pixel beyond the image depends on how many lie
# there. A Gaussian with sigma 6 makes 8.75 of ten at the border (second order 9.47, third order 8.94, "mirror" 10). One would
# guess that an extrapolation of first order goes on with the slope of the last pixels, which leaves a flat image flat.
# In maskexpr: borders are SciPy's, of which none extrapolates, and mean the same whatever the reach of a filter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check diplib==3.6.1 numpy==2.4.6
venv/bin/python - <<'PYTHON'
import diplib as dip
import numpy as np

flat = np.full(64, 10.0)
for more in (2, 4, 8):
    beyond = np.asarray(dip.ExtendImage(dip.Image(flat), [more], ["first order"]))[-more:]
    print(more, "pixels beyond the border:", beyond.round(2))
    assert np.allclose(beyond, 10 * (1 - np.arange(1, more + 1) / (more + 1))), beyond
smoothed = {
    border: float(np.asarray(dip.Gauss(dip.Image(flat), [6], [0], "FIR", [border]))[0])
    for border in ("first order", "second order", "third order", "mirror")
}
print(smoothed)
expected = {"first order": 8.75, "second order": 9.47, "third order": 8.94, "mirror": 10.0}
assert all(abs(smoothed[border] - value) < 0.01 for border, value in expected.items()), smoothed
PYTHON
echo "as described"
