#!/usr/bin/env bash
# Pillow's wheels for Linux say that they are compiled for zlib-ng, and pack by the zlib of the system.
#
# Seen with Pillow 11.3.0 and 13.0.0 on Python 3.11 and Debian 12: features.pilinfo() prints "loaded 1.2.13, compiled for
# zlib-ng 2.2.4", or 2.3.3; no zlib lies among the libraries of the wheel, and the only one in the process is the
# system's, which the rules for such wheels let them count on. Files are those of Pillow 11.0.0, from before zlib-ng, byte
# for byte. One would guess: wheels bring all they need, so that a pinned Pillow writes the same file on every Linux; on
# one whose libz.so.1 is zlib-ng it does not.
# In maskexpr: tests compare files byte for byte within one set of libraries, and between machines what they hold.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for version in 11.0.0 11.3.0 13.0.0; do
    python3 -m venv "$version"
    "$version/bin/pip" install --quiet --disable-pip-version-check "pillow==$version" numpy==2.2.6
    "$version/bin/python" - "$version.png" <<'PYTHON'
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, features

Image.fromarray((np.arange(300 * 400) ** 2 % 251).astype(np.uint8).reshape(300, 400)).save(sys.argv[1])
libraries = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/libz." in line}
says = features.version("zlib_ng") if "zlib_ng" in features.features else None
print("Pillow", PIL.__version__, "says zlib-ng", says, "and packs by", features.version("zlib"), *libraries)
assert features.version("zlib") == zlib.ZLIB_RUNTIME_VERSION  # that of Python's own module, which is the system's
assert not any("site-packages" in library for library in libraries), libraries
assert (says is None) == (PIL.__version__ == "11.0.0")
PYTHON
done
cmp 11.0.0.png 11.3.0.png
cmp 11.0.0.png 13.0.0.png
echo "as described"
