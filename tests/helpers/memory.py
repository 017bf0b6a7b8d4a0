"""What a run holds at once, measured."""

import gc
import tracemalloc

import numpy as np

from maskexpr.api import Stages
from maskexpr.kernels import threads


def peak(bound: Stages) -> int:
    """The most bytes that a run holds, inputs included."""
    bound.run()  # what is imported late, and made once
    bound.run()
    threads._kept.clear()
    gc.disable()
    tracemalloc.start()
    bound.run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    gc.enable()
    return most + sum(a.nbytes for a in bound.arrays.values() if isinstance(a, np.ndarray))
