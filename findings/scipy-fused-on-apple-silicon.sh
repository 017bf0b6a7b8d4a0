#!/usr/bin/env bash
# SciPy's wheels for Apple silicon round a product and the sum it goes into as one, those for ARM on Linux do not: the
# filters of one version have other last bits on a Mac.
#
# Seen in the wheels of SciPy 1.13.0 and 1.17.1 for Python 3.11, taken apart with capstone 5.0.9:
# scipy/ndimage/_nd_image has 108 and 109 fused instructions for macOS, none for Linux. A mean of 9 by correlate1d then
# is another number at 352 of 1000 pixels, computed exactly in the order of SciPy's loop. One would guess: the same on
# both, ARM being ARM; or that Linux is the one that fuses, as GCC does wherever it may. But asked for ISO C, as SciPy's
# build asks (c_std=c17), GCC fuses nothing, and Clang fuses within an expression unless it is told not to.
# In maskexpr: products with weights are NumPy's, one operation at a time; SciPy sums only where weights are powers of
# two, whose products are exact either way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check capstone==5.0.9 numpy==2.4.6 scipy==1.17.1

wheel() {
    venv/bin/pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --python-version 3.11 \
        --platform "$2" --dest "$3" "scipy==$1"
}
wheel 1.13.0 macosx_12_0_arm64 1.13.0-macos
wheel 1.13.0 manylinux_2_17_aarch64 1.13.0-linux
wheel 1.17.1 macosx_14_0_arm64 1.17.1-macos
wheel 1.17.1 manylinux_2_28_aarch64 1.17.1-linux

venv/bin/python - <<'PYTHON'
import struct
import zipfile
from fractions import Fraction
from pathlib import Path

import capstone
import numpy as np
import scipy.ndimage

FUSED = {"fmadd", "fmsub", "fnmadd", "fnmsub", "fmla", "fmls"}


def machine_code(library):
    if library[:4] == b"\x7fELF":
        table, size, count, names = struct.unpack("<40xQ10xHHH", library[:64])
        sections = [struct.unpack("<IIQQQQ", library[table + i * size :][:40]) for i in range(count)]
        label = sections[names][4]
        start, length = next(s[4:] for s in sections if library[label + s[0] :].startswith(b".text\0"))
    else:  # Mach-O: the sections stand in its commands
        at = library.index(b"__text\0")
        length, start = struct.unpack("<QI", library[at + 40 : at + 52])
    return library[start : start + length]


reader = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
reader.skipdata = True
found = {}
for wheel in sorted(Path().glob("*/*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.startswith("scipy/ndimage/_nd_image.") and n.endswith(".so"))
        code = machine_code(archive.read(name))
    words = [word for _, _, word, _ in reader.disasm_lite(code, 0)]
    found[wheel.parent.name] = sum(word in FUSED for word in words)
    print(wheel.parent.name, found[wheel.parent.name], "fused,", words.count("fmul"), "products by themselves")

im = np.array([i * i % 97 / 7 for i in range(1000)])
weights = np.full(9, 1 / 9)


def mean(i, fused):
    """As SciPy's loop for symmetric weights has it: the middle, then two by two from the farthest in."""
    around, total = np.pad(im, 4, "symmetric")[i : i + 9].tolist(), 0.0
    total = around[4] * weights[4]
    for far in range(4):
        pair, weight = around[far] + around[8 - far], float(weights[far])
        total = float(Fraction(total) + Fraction(pair) * Fraction(weight)) if fused else total + pair * weight
    return total


seen = scipy.ndimage.correlate1d(im, weights)
assert [mean(i, fused=False) for i in range(1000)] == seen.tolist()
others = sum(mean(i, fused=True) != seen[i] for i in range(1000))
print(f"{others} of 1000 means differ once products are fused")
assert found == {"1.13.0-linux": 0, "1.13.0-macos": 108, "1.17.1-linux": 0, "1.17.1-macos": 109}, found
assert others == 352, others
PYTHON
echo "as described"
