"""How long the steps of a program took."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maskexpr.planner.methods.method import Place, Run
from maskexpr.program.steps import Step


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of one run: of each step, added up over threads, and of the whole; the best of some runs."""

    steps: Mapping[Step, float]
    whole: float
    runs: int


class Clock:
    """Adds up the seconds of each step, over all strips and threads."""

    def __init__(self) -> None:
        self.seconds: dict[Step, float] = {}
        self._lock = threading.Lock()

    def timing(self, step: Step, run: Run) -> Run:
        """The same operation, its time noted for a step."""

        def timed(given: Any, out: Any, place: Place) -> Any:
            start = time.perf_counter()
            result = run(given, out, place)
            taken = time.perf_counter() - start
            with self._lock:
                self.seconds[step] = self.seconds.get(step, 0.0) + taken
            return result

        return timed
