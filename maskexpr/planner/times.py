"""How long the steps of a plan take: estimates in seconds, with the threads in force, on a machine of 2026.

A step takes a while for each call, and for each pixel so many operations as its function or method declares. How long
one of these takes is another matter: a bit of a mask, 64 of which are done at once, a byte in a strip that lies in the
cache, and a number that a library goes through one by one are far apart. `measured` says it for each function, as it
was found on images that are usual; what is not in there, such as functions of hosts, takes what is declared here. What
depends on the content of an image may take longer: that is for the clock of a run to see.
"""

import math

import numpy as np

from maskexpr.kernels.threads import threads
from maskexpr.planner.measured import MEASURED, Pace
from maskexpr.planner.methods.method import bytes_of, most_pixels
from maskexpr.planner.pauses import share_of
from maskexpr.planner.plan import Pass, Plan, Task, tasks_of
from maskexpr.program.steps import Step

RUN = 2e-6  # seconds of any run, beside its steps

# What is not measured, in nanoseconds an operation: on bits, on each byte of a value in a strip that is done by itself,
# on any other pixel.
_ON_BITS, _ON_BYTES, _ON_PIXELS = 0.05, 0.03, 1.0
_CALL = 5.0  # microseconds of a step on whole arrays or on a strip
_OF_HALVES = 8.0  # as long take floats of 16 bits, which are made wider one by one, as those of 64
_WIDTHS = (0, 1, 2, 4, 8)  # bytes of the widest value: 0 where all are masks

# Functions that take much longer without some of their images, by the names of these.
_TOLD_APART = {"watershed": ("markers", "within")}
_OF_VOLUMES = frozenset({"hull", "clahe"})  # and those that do in volumes what they do not in planes

# Nanoseconds to get a byte of memory from the system, which a large result does not find among what was given back.
_FRESH_BYTE, _MOST_REUSED = 0.07, 2**25

# Pixels times steps below which a pass is done by one thread, and what each further one adds.
_WORTH_THREADS = 2**20
_SHARE_OF_A_THREAD = 0.8


def seconds_of(plan: Plan) -> dict[Step, float]:
    """The seconds of each step of a plan."""
    return {task.step: task_seconds(task, stage) for stage in plan.stages for task in tasks_of(stage)}


def longest_call(plan: Plan) -> tuple[Task | None, float]:
    """The step with the longest work that nothing can stop, and the seconds of that: it is done as a whole, on one
    strip, or in pieces of its own."""
    found: tuple[Task | None, float] = None, 0.0
    for stage in plan.stages:
        for task in tasks_of(stage):
            seconds = _seconds_of_one_call(task, stage) * share_of(task)
            if isinstance(stage, Pass):
                seconds += _seconds_of_fresh_memory(task, stage) / len(stage.strips)
            if seconds > found[1]:
                found = task, seconds
    return found


def task_seconds(task: Task, stage: Pass | Task) -> float:
    """The seconds of one step of a stage."""
    if not isinstance(stage, Pass):
        return _seconds_of_one_call(task, stage)
    strips = _seconds_of_one_call(task, stage) * len(stage.strips) / _sped_up(stage)
    return strips + _seconds_of_fresh_memory(task, stage)


def _seconds_of_fresh_memory(task: Task, stage: Pass) -> float:
    """Of all strips together: each is the first to write to its part of a result."""
    stored = bytes_of(task.step.kind, "plain") if "plain" in stage.stored.get(task.step, ()) else 0
    return 1e-9 * _FRESH_BYTE * stored if stored >= _MOST_REUSED else 0.0


def _seconds_of_one_call(task: Task, stage: Pass | Task) -> float:
    pace, operations = _pace(task), task.operations_per_pixel
    calls = pace.call + pace.call_of_operation * operations
    each = pace.nanoseconds[width_class(task)] * (operations + pace.more_operations)
    if _is_of_halves(task):
        each *= _OF_HALVES
    return 1e-6 * calls + 1e-9 * each * pixels_of_one_call(task, stage)


def pixels_of_one_call(task: Task, stage: Pass | Task) -> float:
    """The pixels that are worked on at once: all, or a strip and what is made around it."""
    pixels = float(most_pixels(task.step))
    if not isinstance(stage, Pass):
        return pixels
    height = stage.shape[0]
    return pixels * min(stage.rows + 2 * (task.halo + task.margin), height) / height


def _sped_up(stage: Pass) -> float:
    """How many times as fast the threads in force are together."""
    if math.prod(stage.shape) * len(stage.tasks) < _WORTH_THREADS:
        return 1.0
    return 1 + (min(threads(), len(stage.strips)) - 1) * _SHARE_OF_A_THREAD


def key_of(task: Task) -> str:
    """What a step is measured by: its function, how that is done, on what, and with what."""
    function, method = task.step.function, task.method
    assert function is not None
    how = "whole" if method.whole else "bits" if task.form == "packed" else "strips"
    given = [name for name in _TOLD_APART.get(function.name, ()) if task.step.operands.get(name) is not None]
    if function.name in _OF_VOLUMES and (task.step.kind.ndim or 0) > 2:
        given.append("volume")
    return f"{function.name} / {'by a table' if method.table else method.word} / {', '.join([how, *given])}"


def _pace(task: Task) -> Pace:
    function = task.step.function
    assert function is not None
    if not function.is_of_host and (found := MEASURED.get(key_of(task))):
        return found
    if task.form == "packed" and not task.method.whole:
        return Pace(_CALL, nanoseconds=(_ON_BITS,) * len(_WIDTHS))
    if function.parts == "pixelwise" and not function.is_of_host:
        return Pace(_CALL, nanoseconds=tuple(_ON_BYTES * max(width, 1) for width in _WIDTHS))
    return Pace(_CALL, nanoseconds=(_ON_PIXELS,) * len(_WIDTHS))


def width_class(task: Task) -> int:
    """Which of the widths that paces are told for is the step's."""
    kinds = [step.kind for step in (task.step, *task.step.operands.values()) if step.kind.holds_pixels]
    if all(kind.name == "mask" for kind in kinds if kind.is_array) and any(kind.is_array for kind in kinds):
        return 0
    if _is_of_halves(task):
        return len(_WIDTHS) - 1
    sizes = [kind.dtype.itemsize for kind in kinds if kind.dtype is not None]
    return next(i for i, width in enumerate(_WIDTHS) if width >= min(max(sizes, default=8), 8))


def _is_of_halves(task: Task) -> bool:
    """Whether NumPy computes with floats of 16 bits, which no processor does; what is done block by block makes them
    wider first."""
    function = task.step.function
    if task.method.word not in ("", "plain body"):
        return False
    dtypes = [step.kind.dtype for step in (task.step, *task.step.operands.values()) if step.kind.holds_pixels]
    return function is not None and function.parts == "pixelwise" and np.dtype(np.float16) in dtypes
