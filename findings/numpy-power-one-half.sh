#!/usr/bin/env bash
# NumPy's power with the number 0.5 as exponent is a square root, with an array of 0.5 it is a power: minus infinity gives nan
# by the one and infinity by the other, and which of the two `np.power` is changed between NumPy 2.2 and 2.3.
#
# Seen with NumPy 2.2.6 and 2.3.5 on Python 3.11. Of [-inf, -0.0]: `a ** 0.5` is [nan, -0.] in both, `np.power(a, 0.5)` is
# [inf, 0.] in 2.2.6 and [nan, -0.] in 2.3.5, and with `np.full(2, 0.5)` it is [inf, 0.] in both, which is what IEEE 754 says
# of pow. One would guess that an operator and its function agree, and that a number and an array of it do.
# In maskexpr: `x ** 0.5` is pow of IEEE 754 with either, in every version of NumPy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for version in 2.2.6 2.3.5; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "numpy==$version"
    "$version/bin/python" - <<'PYTHON'
import numpy as np

np.seterr(invalid="ignore")
a = np.array([-np.inf, -0.0])
ways = {"a ** 0.5": a**0.5, "np.power(a, 0.5)": np.power(a, 0.5), "with an array": np.power(a, np.full(2, 0.5))}
print(np.__version__, {way: values.tolist() for way, values in ways.items()})
root, power = ["nan", "-0.0"], ["inf", "0.0"]
by_function = power if np.__version__ == "2.2.6" else root
assert [[str(v) for v in values.tolist()] for values in ways.values()] == [root, by_function, power]
PYTHON
done
echo "as described"
