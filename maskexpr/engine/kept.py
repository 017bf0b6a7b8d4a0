"""Keeps what was prepared for the inputs of a program, as long as it is asked for and there is room."""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from maskexpr.engine.prepared import Prepared
from maskexpr.program.identity import Key
from maskexpr.program.steps import Step

MOST_BYTES = 2**27  # of one program
# What is prepared takes up to so many bytes for each step of the checked program, its plan and engine included, and an
# engine for inputs in Fortran order; and so many for a key by which it is found. It does not grow with the image, as
# strips that lie alike share what is done to them; only structuring elements come to more.
_STEP_BYTES, _KEY_BYTES = 4096, 1024


@dataclass(slots=True)
class Ready:
    """How to run ordinary arrays at once: what a call gives for them."""

    run: Callable[[Any], Any]
    prepared: Prepared
    masks: tuple[str, ...] = ()  # that must be bits
    is_asked_for: bool = False  # again, since it was last looked whether to keep it


class Kept:
    """What was prepared, by the inputs it is for.

    Without a lock, which a fork may leave taken for ever: every dict is read and written by single operations, and what
    is lost between two threads is prepared again.
    """

    def __init__(self) -> None:
        # By the exact kinds of inputs and values of params (`identity.of_inputs`). What was prepared follows from these
        # and the program, which stays: what is found is right.
        self._prepared: dict[Key, Prepared] = {}
        # By what a look at arrays tells. That key says less, so only what needs no more of its inputs is put here; each
        # is also in `_prepared`, and goes with it.
        self.ready: dict[Any, Ready] = {}
        self._bytes = 0  # that all of it takes; what threads add at a time may be missing until it is counted anew

    @property
    def bytes(self) -> int:
        """An upper estimate of the memory that all of it takes."""
        return sum(map(_size, self._values())) + _KEY_BYTES * len(self.ready)

    def find(self, key: Key) -> Prepared | None:
        found = self._prepared.get(key)
        if found is not None:
            found.is_asked_for = True
        return found

    def keep(self, key: Key, prepared: Prepared) -> None:
        self._prepared[key] = prepared
        self._make_room(_size(prepared))

    def keep_ready(self, key: Any, ready: Ready) -> None:
        self.ready[key] = ready
        self._make_room(_KEY_BYTES)

    def _values(self) -> list[Prepared]:
        return list(self._prepared.values())

    def _make_room(self, taken: int) -> None:
        self._bytes += taken
        if self._bytes <= MOST_BYTES:
            return
        with contextlib.suppress(RuntimeError):  # another thread puts something in: the next one makes room
            self._bytes = self.bytes
            self._drop_what_is_not_asked_for()

    def _drop_what_is_not_asked_for(self) -> None:
        """Drop what was not asked for since the last time, oldest first, until there is room for a quarter more; then
        what was, if that is not enough."""
        for ready in list(self.ready.values()):
            if ready.is_asked_for:
                ready.is_asked_for, ready.prepared.is_asked_for = False, True
        for spare in (True, False):
            for key, prepared in list(self._prepared.items()):
                if self._bytes <= MOST_BYTES * 3 // 4:
                    break
                if spare and prepared.is_asked_for:
                    prepared.is_asked_for = False
                elif self._prepared.pop(key, None) is not None:
                    self._bytes -= _size(prepared)
        left = set(map(id, self._values()))
        for key, ready in list(self.ready.items()):
            if id(ready.prepared) not in left:
                self.ready.pop(key, None)
                self._bytes -= _KEY_BYTES


def _size(prepared: Prepared) -> int:
    steps = prepared.checked.steps
    taken = _STEP_BYTES * len(steps) * (2 if prepared.is_wider else 1)
    return 2 * _KEY_BYTES + taken + sum(_element_bytes(s) for s in steps if "shape" in s.settings)


def _element_bytes(step: Step) -> int:
    """Bytes of a structuring element, which reaches no further than the image."""
    function, shape = step.function, step.kind.shape or ()
    if function is None or not callable(function.halo):
        return 0
    reaches = function.halo(step.settings, len(shape))
    return math.prod(2 * min(reach, n) + 1 for reach, n in zip(reaches, shape, strict=True))
