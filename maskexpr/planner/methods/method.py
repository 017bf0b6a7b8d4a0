"""What a method is: a way to run one step on a block of rows, or on whole arrays, and the table of all of them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from maskexpr.functions.record import Estimate, Function, Settings
from maskexpr.functions.settling import Distance
from maskexpr.kernels.packed import packed_shape
from maskexpr.kernels.scratch import Scratch
from maskexpr.kinds.kind import Kind
from maskexpr.program.steps import Step

Array = np.ndarray[Any, Any]
Form = Literal["plain", "packed"]


@dataclass(slots=True)
class Place:
    """Where a method works: buffers of its thread, the first row of the image that its result has, and how many rows
    its operands have above and below that result."""

    scratch: Scratch
    start: int = 0
    around: tuple[int, int] = (0, 0)


# The operands in the order of the step's, the array for the result, the place. A result elsewhere may be given back
# instead; where the step is run on whole arrays there is no array for it.
Run = Callable[[Sequence[Any], Any, Place], Any]

Bytes = Callable[[tuple[int, ...]], float]  # by the shape of what is worked on


def per_pixel(size: float) -> Bytes:
    return lambda shape: size * math.prod(shape)


def chunk(shape: tuple[int, ...]) -> float:
    """What NumPy takes to convert operands from one type to another, piece by piece."""
    return 32.0 * min(math.prod(shape), 8192)


def no_bytes(shape: tuple[int, ...]) -> float:
    return 0.0


@dataclass(frozen=True, slots=True)
class Method:
    """How a step runs.

    `plain` takes masks a byte a pixel and gives such, `packed` takes and gives packed ones; images are the same for
    both. A step that has both follows its operands. `whole` asks for whole arrays. `quiet` says that no floating point
    warning can come up, `fresh` that the result is an array of its own, `brief` that it is done by many short calls,
    `loose` that whole arrays may lie in memory as they do, `cuts` that it gives the rows of its result alone, where
    others give those that it looks at too, `lenient` that plain masks may have any byte but 0 where they are on, `left`
    that compiled kernels are not to stand in.
    `cost` estimates its operations a pixel, `memory` the bytes that it takes beside operands and result for those of a
    shape, where they are not the plain body's; `table` those of a table that all threads and later runs share. `word`
    says how it is done; methods with the same word work in the same buffers. `gains` are the seconds that a run is
    shorter where compiled kernels do it, for those that there are some for; `packed_memory` is the memory of `packed`
    where that is another.
    """

    plain: Run | None = None
    packed: Run | None = None
    whole: bool = False
    quiet: bool = False
    fresh: bool = False
    brief: bool = False
    loose: bool = False
    cuts: bool = False
    lenient: bool = False
    left: bool = False
    cost: float | None = None
    memory: Bytes | None = None
    table: int = 0
    word: str = ""
    gains: float = 0.0
    packed_memory: Bytes | None = None

    def run(self, form: Form) -> Run:
        run = self.packed if form == "packed" else self.plain
        assert run is not None
        return run


Maker = Callable[[Step], Method | None]
MAKERS: dict[Function, Maker] = {}


def runs(*functions: Any) -> Callable[[Maker], Maker]:
    """Declare how steps of some functions of the library run; None leaves a case to the plain body."""

    def register(maker: Maker) -> Maker:
        for function in functions:
            MAKERS[function if isinstance(function, Function) else function.record] = maker
        return maker

    return register


_WITHIN_IMAGES: set[Function] = set()


def reach_no_further(*functions: Any) -> None:
    """Declare functions to which a reach `n` beyond the image is one to its end, and a pattern that is stamped more
    often than has an effect is no more work."""
    _WITHIN_IMAGES.update(function.record for function in functions)


def _that_count(step: Step) -> Settings:
    """The settings of a step, with as much of a reach as has an effect."""
    shape, n = step.kind.shape, step.settings.get("n")
    if step.function not in _WITHIN_IMAGES or not shape or not isinstance(n, Distance):
        return step.settings
    steps = n.spacing or (Fraction(1),) * len(shape)
    most = sum((size * length for size, length in zip(shape, steps, strict=True)), Fraction(0))
    return step.settings if n.radius <= most else {**step.settings, "n": Distance(Fraction(int(most)), n.spacing)}


_USUAL_NEIGHBOURS = 26  # at most, of a pixel in a volume


def _times_the_usual(step: Step) -> float:
    """How many times as many neighbours a pixel has as one in a volume, where that is more."""
    connectivity = step.settings.get("connectivity")
    if connectivity is None:
        return 1.0
    ndim = max((operand.kind.ndim or 0 for operand in step.operands.values()), default=0)
    axes = step.settings.get("axes")
    worked = ndim if axes is None else len(axes)
    neighbours: float = sum(math.comb(worked, far) * 2.0**far for far in range(1, int(connectivity) + 1))
    return max(1.0, neighbours / _USUAL_NEIGHBOURS)


def operations_of(step: Step) -> float:
    """The operations for each pixel that a function declares, for one of its steps."""
    assert step.function is not None
    return estimated(step.function.cost, step) * _times_the_usual(step)


def bytes_per_pixel(step: Step) -> float:
    """The same of the bytes that its body takes; watersheds queue a pixel for each neighbour."""
    assert step.function is not None
    times = _times_the_usual(step) if step.function.name.startswith("watershed") else 1.0
    return estimated(step.function.memory, step) * times


def estimated(given: Estimate, step: Step) -> float:
    """What a function declares to take for each pixel, for one of its steps."""
    if not callable(given):
        return float(given)
    found = given(_that_count(step), max((o.kind.ndim or 0 for o in step.operands.values()), default=0))
    if isinstance(found, bool) or not isinstance(found, int | float) or not found >= 0:
        assert step.function is not None
        raise TypeError(f"{step.function.name}: what it takes cannot be estimated as {found!r}")
    return float(found)


def most_pixels(step: Step) -> int:
    """The pixels of the largest among a step's operands and its result."""
    return math.prod(largest_shape(step))


def largest(shapes: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """The shape of the most pixels; of one pixel the one with the most axes."""
    return max(shapes, key=lambda shape: (math.prod(shape), len(shape)))


def largest_shape(step: Step) -> tuple[int, ...]:
    """The shape of the largest among a step's operands and its result; () where all are single values. There may be as
    many samples as there are pixels they were taken from."""
    kinds = [s.kind for s in (step, *step.operands.values())]
    return largest((kind.most,) if kind.is_samples else kind.shape or () for kind in kinds)


def array_shape(kind: Kind) -> tuple[int, ...]:
    """The shape of the array behind a kind, channels included."""
    return (*(kind.shape or ()), *([kind.channels] if kind.channels else []))


def bytes_of(kind: Kind, form: Form) -> int:
    """Bytes of a whole array in a form."""
    return math.prod(form_shape(kind, form)) * form_type(kind, form).itemsize


def words_of(shape: tuple[int, ...]) -> int:
    """Bytes of a packed mask of a shape."""
    return 8 * math.prod(packed_shape(shape))


def form_shape(kind: Kind, form: Form) -> tuple[int, ...]:
    shape = array_shape(kind)
    return packed_shape(shape) if form == "packed" else shape


def form_type(kind: Kind, form: Form) -> np.dtype[Any]:
    if form == "packed":
        return np.dtype(np.uint64)
    assert kind.dtype is not None
    return kind.dtype


def width_of(step: Step) -> int:
    """Pixels of a row of a step's arrays."""
    assert step.kind.shape
    return step.kind.shape[-1]


def constant_of(step: Step) -> Any:
    """The value of an operand that is a plain number known before the run; None for others."""
    return step.kind.constant if step.function is None and not step.name and step.kind.is_constant else None
