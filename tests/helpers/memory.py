"""What a run holds at once, measured."""

import gc
import tracemalloc

import numpy as np

from maskexpr.api import Stages
from maskexpr.kernels import threads


def peak(bound: Stages, *, ready: bool = True) -> int:
    """The most bytes that a run holds, inputs included; of one that makes what is kept for later runs, if not ready."""
    for _ in range(2 * ready):  # what is imported late, and made once
        bound.run()
    threads._kept.clear()
    gc.disable()
    tracemalloc.start()
    bound.run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gc.enable()
    return most + sum(a.nbytes for a in bound.arrays.values() if isinstance(a, np.ndarray))
