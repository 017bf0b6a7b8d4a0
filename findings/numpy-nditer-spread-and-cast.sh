#!/usr/bin/env bash
# A buffered nditer of NumPy up to 2.2 that is asked for contiguous operands hands out a number beside an array in a
# buffer that it never filled.
#
# Seen with NumPy 2.0.0 and 2.2.6 on Python 3.11: of np.float32(3) spread over 70000 values and cast to float64, with the
# flags "external_loop" and "buffered" and "contig" for each operand, all 70000 values or all but one are not 3 but what
# the memory held before; no error, no warning. NumPy 2.3.5 gives 3 throughout, and so do all without the cast. One would guess: that such
# an operand is spread like any other, as the flags only say in what shape the loop gets it; or that a fault like this
# would be met by ufuncs, which have loops of their own.
# In maskexpr: elementary functions keep single numbers out of the iterator, and tests run with NumPy 2.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

seen() {
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check "numpy==$1"
    "$1/bin/python" - "$2" <<'PYTHON'
import sys

import numpy as np

counts = []
for working in (np.float64, np.float32):
    values, three = np.arange(70000, dtype=np.float32), np.array(3, np.float32)
    out = np.empty_like(values)
    flags = [["readonly", "contig"], ["readonly", "contig"], ["writeonly", "contig"]]
    pieces = np.nditer([values, three, out], ["external_loop", "buffered"], flags, [working] * 3, casting="same_kind")
    other = 0
    with pieces:
        for a, b, total in pieces:
            other += int((b != 3).sum())
            total[...] = a
    counts.append(other)
print("NumPy", np.__version__, "not 3, cast and as it is:", *counts)
assert (counts[0] > 0) == (sys.argv[1] == "unfilled"), counts
assert counts[1] == 0, counts
PYTHON
}

seen 2.0.0 unfilled
seen 2.2.6 unfilled
seen 2.3.5 filled
echo "as described"
