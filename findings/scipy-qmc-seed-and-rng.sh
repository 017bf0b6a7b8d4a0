#!/usr/bin/env bash
# In SciPy's qmc, `rng=5` gives other points than `seed=5`, the keyword that it replaces.
#
# Seen with SciPy 1.17.1 and NumPy 2.4.6 on Python 3.11 (the same with 1.18.1): qmc.Halton(3, seed=5) begins at
# (0.79, 0.18, 0.70), qmc.Halton(3, rng=5) at (0.17, 0.61, 0.82), and so do Sobol, LatinHypercube and PoissonDisk begin
# elsewhere. A number by the old name is a generator by itself; by the new one it is made a generator first, and of that
# a child is spawned, as of any that is given: so seed=default_rng(5) gives the points of rng=5, not those of seed=5. One
# would guess: qmc always made default_rng(5) of a number, so that the new name changes nothing.
# In maskexpr: a sweep hands over a generator, of which every version makes the same points by either name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
venv/bin/python - <<'PYTHON'
import numpy as np
from scipy.stats import qmc

for engine in (qmc.Halton, qmc.Sobol, qmc.LatinHypercube, qmc.PoissonDisk):
    of = lambda **given: engine(3, **given).random(4)
    old, new = of(seed=5), of(rng=5)
    print(f"{engine.__name__:15} seed=5 {old[0].round(2)}  rng=5 {new[0].round(2)}")
    assert np.array_equal(old, of(seed=5)) and np.array_equal(new, of(rng=5))
    assert not np.array_equal(old, new)
    assert np.array_equal(of(seed=np.random.default_rng(5)), new)
    assert np.array_equal(of(rng=np.random.default_rng(5)), new)
PYTHON
echo "as described"
