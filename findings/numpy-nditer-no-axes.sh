#!/usr/bin/env bash
# np.nditer hands out memory that nobody wrote to, where an operand without axes is to be contiguous and cast.
#
# Seen with NumPy 1.26.4, 2.0.0 and 2.2.6 on Python 3.11; 2.3.0 and 2.4.6 are right: beside five float32 the float32 3,
# both wanted as float64 with the flag "contig", comes as five numbers, none of which is 3 but by chance. Without the
# flag, with a shape of (1,), or in its own type it comes as 3, 3, 3, 3, 3. One would guess: flags and buffers change
# how values lie, not what they are.
# In maskexpr: elementary functions give the iterator nothing that it would both spread and cast; tests on the oldest
# NumPy tell.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for version in 1.26.4 2.0.0 2.2.6 2.3.0 2.4.6; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "numpy==$version"
    "$version/bin/python" - <<'PYTHON'
import numpy as np


def values(number, flags, dtype=np.float64):
    five = np.zeros(5, np.float32)
    with np.nditer([five, number], ["external_loop", "buffered"], [["readonly", *flags]] * 2, [dtype] * 2) as rows:
        return [float(v) for _, row in rows for v in row]


three = np.array(3, np.float32)
seen = values(three, ["contig"])
print("NumPy", np.__version__, seen)
assert values(three, []) == values(three.reshape(1), ["contig"]) == [3.0] * 5
assert values(three, ["contig"], np.float32) == [3.0] * 5
is_new = tuple(int(n) for n in np.__version__.split(".")[:2]) >= (2, 3)
assert (seen == [3.0] * 5) == is_new, seen
PYTHON
done
echo "as described"
