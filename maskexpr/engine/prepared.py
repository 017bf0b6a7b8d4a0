"""A program bound to inputs, stage by stage: checked, planned, made ready to run. Each is done once, when something
first asks for it."""

import time
from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from maskexpr.containers import Made
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, InputError, LimitError, ProgramError
from maskexpr.diagnostics.source import Span
from maskexpr.engine.clock import Clock, Times
from maskexpr.engine.division import expanded
from maskexpr.engine.levels import Levels, levels_of
from maskexpr.engine.nodata import with_nodata
from maskexpr.engine.outs import NO_OUTS, Outs, taken, written
from maskexpr.engine.run import Engine
from maskexpr.engine.wanted import Wanted
from maskexpr.engine.watching import Tell, Watched, nobody
from maskexpr.kernels.stopping import Cancel
from maskexpr.kernels.threads import threads
from maskexpr.kinds.kind import Kind, mask_of
from maskexpr.language.limits import Limits
from maskexpr.planner.bounds import over
from maskexpr.planner.costs import Cost, cost
from maskexpr.planner.plan import Plan, plan
from maskexpr.program.declared import Declared, Means
from maskexpr.program.steps import Checked, Step, in_order

Giver = Callable[[Made], Any]

_Key = TypeVar("_Key")
_Made = TypeVar("_Made")

_TIMED_RUNS, _TIMED_SECONDS = 7, 3.0  # as many runs as that, until it takes longer


@dataclass(frozen=True, slots=True)
class Result:
    """One output of a run."""

    kind: Kind
    value: Any
    valid: Any = None  # the mask of where an array has data; None for everywhere
    nodata: float | None = None  # what an image holds elsewhere; masks are off there


class Prepared:
    """A program checked for inputs of certain kinds, and what follows from that alone.

    Threads share it without a lock, which a fork may leave taken for ever: should two make the same at a time, one of
    them is kept for both.
    """

    __slots__ = ("_made", "_means", "checked", "is_asked_for")

    def __init__(self, checked: Checked, means: Means) -> None:
        self.checked = checked
        self.is_asked_for = False  # again, since it was last looked whether to keep it
        self._means = means
        self._made: dict[str, Any] = {}

    @property
    def watched(self) -> Watched:
        """The program, with what is looked at in each run."""
        return self._once("watched", lambda: Watched(self.checked))

    @property
    def plan(self) -> Plan:
        """How a run goes."""
        return self._once("plan", lambda: plan(self.watched.checked, means=self._means))

    @property
    def engine(self) -> Engine:
        """What runs it."""
        return self._once("engine", lambda: Engine(self.watched.checked, self.plan))

    @property
    def expanded(self) -> Checked:
        """The program with what is looked at, and with derived functions as the expressions that they are."""
        return self._once("expanded", lambda: expanded(self.watched.checked))

    def over(self, limits: Limits, given: Iterable[Kind], loose: Collection[str] = ()) -> tuple[Diagnostic, ...]:
        """What a run is over of the bounds of the program, the same whatever the pixels are; `loose` are inputs that
        are copied as they do not lie row by row in memory."""
        name = f"over {threads()} {sorted(loose)}"
        return self._once(name, lambda: tuple(over(self.plan, self.cost(given, loose), limits)))

    def cost(self, given: Iterable[Kind], loose: Collection[str] = ()) -> Cost:
        """What a run takes with the threads in force."""
        return self._once(f"cost {threads()} {sorted(loose)}", lambda: self._cost(given, loose))

    def _cost(self, given: Iterable[Kind], loose: Collection[str]) -> Cost:
        """Inputs that do not lie row by row may be in Fortran order, and be run on as transposes: of both ways to run
        the most bytes count, as narrow lines take more than wide ones."""
        given = [*given]
        found, turned = cost(self.plan, given, loose), self.engine.turned if loose else None
        if turned is None:
            return found
        return replace(found, memory=max(found.memory, cost(turned.plan, given).memory))

    def levels(self, name: str) -> Levels | None:
        """What is to be counted where the number of a name varies; None if counts do not tell the outputs."""
        made = self._once(f"levels {name}", lambda: (levels_of(expanded(self.checked), name),))
        return made[0]

    def run(self, inputs: Mapping[str, Any], tell: Tell, outs: Outs = NO_OUTS) -> dict[str, Any]:
        """The outputs for these inputs, as the engine has them; what is to be said of them is told."""
        return self.watched.take(self.engine.run(inputs, outs), tell)

    def wider(self, steps: Mapping[str, Step]) -> "Prepared":
        """The same with some of its steps among its outputs, by names; what was made for the last ones is kept."""
        outputs = (*self.checked.outputs, *steps.items())
        found: Prepared | None = self._made.get("wider")
        if found is None or found.checked.outputs != outputs:
            found = self._made["wider"] = Prepared(replace(self.checked, outputs=outputs), self._means)
        return found

    @property
    def is_wider(self) -> bool:
        """Whether it is prepared twice: for more outputs, too."""
        return "wider" in self._made

    def _once(self, name: str, make: Callable[[], _Made]) -> _Made:
        found: _Made | None = self._made.get(name)
        return self._made.setdefault(name, make()) if found is None else found


class Sharing(Protocol):
    """Runs a program that shares values with others."""

    @property
    def most(self) -> int:
        """The most bytes of what is kept; 0 as long as nothing is."""

    def run(self, arrays: Mapping[str, Any], tell: Tell, outs: Outs = NO_OUTS) -> tuple[dict[str, Any], list[Any]]:
        """The outputs, and values that are kept and may be among them."""

    def cost(self, given: list[Kind], loose: list[str]) -> Cost | None:
        """What a run takes at most; None where nothing is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """A program bound to its inputs: `kinds` of the inputs, and the `arrays` and numbers its steps take, None for what
    was given as a shape and a type."""

    declared: Declared
    prepared: Prepared
    kinds: Mapping[str, Kind]
    arrays: Mapping[str, Any]
    is_masked: bool = False  # masked arrays were given, and are given back
    giver: Giver | None = None  # gives results back as what was given; None for those that cannot be so
    params: Mapping[str, Any] = field(default_factory=dict)  # as far as they were given
    sharing: Sharing | None = None

    @property
    def checked(self) -> Checked:
        """The program as steps, with the warnings these inputs cause."""
        return self.prepared.checked

    @property
    def plan(self) -> Plan:
        return self.prepared.plan

    def cost(self) -> Cost:
        """What a run takes."""
        given, loose = self._given()
        return (self.sharing.cost(given, loose) if self.sharing else None) or self.prepared.cost(given, loose)

    def _given(self) -> tuple[list[Kind], list[str]]:
        """The kinds of all that is given, and the names of what does not lie row by row in memory."""
        loose = [n for n, a in self.arrays.items() if isinstance(a, np.ndarray) and not a.flags.c_contiguous]
        masks = [mask_of(kind) for kind in self.kinds.values() if kind.is_partial]
        return [*self.kinds.values(), *masks], loose

    def run(
        self,
        tell: Tell = nobody,
        *,
        out: Any = None,
        cancel: Cancel | None = None,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        """The values of the outputs, in arrays of a host where there are some for them; what is to be said of the run
        is told. It is stopped as soon as `cancel` is set, or after so many seconds."""
        outs: Outs = NO_OUTS
        if out is not None:
            kinds = {name: step.kind for name, step in self.checked.outputs}
            outs = taken(out, kinds, self.arrays.values())
        results = self.results(tell, Wanted(self.declared.limits, seconds, cancel), outs)
        return {n: written(r.value, outs[n]) if n in outs else self._given_back(r) for n, r in results.items()}

    def _given_back(self, result: Result) -> Any:
        return given_back(result, self.giver, is_masked=self.is_masked)

    def check_unchanged(self) -> None:
        """Refuse arrays of which something has changed that the kinds of all steps follow from: their shapes, and the
        values of those that were measured."""
        changed = [name for name, kind in self.kinds.items() if _has_changed(self.arrays[name], kind)]
        if changed:
            raise InputError([messages.INPUT_CHANGED.anywhere(name=name) for name in changed])

    def results(self, tell: Tell = nobody, wanted: Wanted | None = None, outs: Outs = NO_OUTS) -> dict[str, Result]:
        """Each output with its kind: what is needed to write or show it."""
        self.check_runs()
        wanted = wanted or Wanted(self.declared.limits)
        values, kept = wanted.run(lambda: self._values(tell, outs), self.checked)
        own = OwnArrays([*self.arrays.values(), *kept], outs)
        return self._results(values, self.prepared.watched, own)

    def _values(self, tell: Tell, outs: Outs) -> tuple[dict[str, Any], list[Any]]:
        """The outputs, and values that are kept and may be among them."""
        sharing = self._affordable()
        if sharing is None:
            return self.prepared.run(self.arrays, tell, outs), []
        return sharing.run(self.arrays, tell, outs)

    def watched(
        self, steps: Callable[[Checked], Mapping[_Key, Step]], tell: Tell = nobody
    ) -> tuple[dict[str, Result], dict[_Key, Any]]:
        """The results, and the values of some steps on the way, such as the thresholds (`Checked.numbers`); what is to
        be said of the run is told."""
        self.check_has_pixels()
        checked = self.checked
        also = {f"also {i}": (key, step) for i, (key, step) in enumerate(steps(checked).items())}  # no name is like it
        wider = self.prepared.wider({name: step for name, (_, step) in also.items()})
        self._hold_to_bounds(wider)  # it is what runs, and is planned
        values = Wanted(self.declared.limits).run(lambda: wider.run(self.arrays, tell), checked)
        own = OwnArrays(self.arrays.values())
        results = self._results(values, wider.watched, own)
        return results, {key: own.take(values[name]) for name, (key, _) in also.items()}

    def _results(self, values: Mapping[str, Any], watched: Watched, own: "OwnArrays") -> dict[str, Result]:
        """The outputs; images hold the number for no data where they have none."""
        results = {}
        for name, step in self.checked.outputs:
            valid, value = values.get(watched.valid.get(name, "")), values[name]
            if valid is None or not isinstance(value, np.ndarray) or valid.all():
                results[name] = Result(step.kind, own.take(value, name))
                continue
            numbers = self._numbers_for_none({other.name for other in in_order(step)})
            marked, number = with_nodata(value, step, valid, numbers, name, is_masked=self.is_masked)
            results[name] = Result(step.kind, own.take(marked, name), own.take(valid), number)
        return results

    def _numbers_for_none(self, names: Container[str]) -> list[float]:
        """The numbers for no data of some inputs, in their order."""
        return [kind.nodata for name, kind in self.kinds.items() if name in names and kind.nodata is not None]

    def times(self) -> Times:
        """Run the program some times; what the best run took, step by step of the plan."""
        self.check_runs()
        clock, engine = Clock(), self.prepared.engine
        clocked = Engine(self.prepared.watched.checked, engine.plan, clock)
        in_order = {n: np.ascontiguousarray(v) if isinstance(v, np.ndarray) else v for n, v in self.arrays.items()}
        best: Times | None = None
        engine.run(self.arrays)  # the first one makes buffers, and imports what is imported late
        clocked.run(in_order)
        began = time.perf_counter()
        for runs in range(1, _TIMED_RUNS + 1):
            start = time.perf_counter()
            engine.run(self.arrays)
            end = time.perf_counter()
            clock.seconds = {}
            clocked.run(in_order)
            if best is None or end - start < best.whole:
                best = Times(clock.seconds, end - start, runs)
            if end - began > _TIMED_SECONDS:
                break
        assert best is not None
        return replace(best, runs=runs)

    def check_runs(self) -> None:
        """Refuse to run a program that gives nothing, one without pixels, and one that is over a bound."""
        self.check_has_pixels()
        self._hold_to_bounds(self.prepared)

    def _hold_to_bounds(self, prepared: Prepared) -> None:
        found = prepared.over(self.declared.limits, *self._given())
        if found:
            raise LimitError(found)

    def check_has_pixels(self) -> None:
        """Refuse to run a program that gives nothing, or one that was bound to shapes and types."""
        check_outputs(self.declared, self.checked)
        absent = [name for name, array in self.arrays.items() if array is None]
        if absent:
            raise InputError([messages.INPUT_SIGNATURE.anywhere(name=name) for name in absent])

    def _affordable(self) -> Sharing | None:
        """What shares values with other runs, if what is kept for that is within the bounds too."""
        if self.sharing is None or not self.sharing.most:
            return self.sharing
        most, given = self.declared.limits.memory, self._given()
        if 2 * self.prepared.cost(*given).memory + self.sharing.most <= most:
            return self.sharing  # it is not even near, and to plan it all again takes time
        shared = self.sharing.cost(*given)
        return self.sharing if shared is None or shared.memory <= most else None


def given_back(result: Result, giver: Giver | None, *, is_masked: bool) -> Any:
    """A result as its caller gets it: as what was given, where that can be."""
    if not isinstance(result.value, np.ndarray):
        return result.value
    kind, value = result.kind, _masked(result) if is_masked else result.value
    back = None
    if giver is not None and kind.grid is not None:
        back = giver(Made(value, kind.name, kind.spacing, kind.grid))
    return value if back is None else back


def _masked(result: Result) -> Any:
    if result.valid is None:
        return np.ma.MaskedArray(result.value)
    valid = result.valid[..., np.newaxis] if result.kind.channels else result.valid
    return np.ma.MaskedArray(result.value, np.broadcast_to(~valid, result.value.shape), fill_value=result.nodata)


def check_outputs(declared: Declared, checked: Checked) -> None:
    """Refuse to run a program that gives nothing."""
    if not checked.outputs:
        raise ProgramError(messages.NO_RESULT.at(declared.source, Span(0, 1)))


def _has_changed(array: Any, kind: Kind) -> bool:
    if not isinstance(array, np.ndarray):
        return False
    if array.shape != (*(kind.shape or ()), *([kind.channels] if kind.channels else [])):
        return True
    if kind.range is None or not (array.dtype.itemsize == 8 or kind.name == "labels"):
        return False  # any value of its type was taken into account
    return not kind.range.low <= int(array.min()) <= int(array.max()) <= kind.range.high


class OwnArrays:
    """Gives results away: as lists where they are lists, as copies where they share memory with an input or another.
    What goes into an array of the host is copied there alone."""

    def __init__(self, given: Iterable[Any], outs: Outs = NO_OUTS) -> None:
        self._taken = [a for a in (*given, *outs.values()) if isinstance(a, np.ndarray)]
        self._outs = outs

    def take(self, value: Any, name: str = "") -> Any:
        if not isinstance(value, np.ndarray):
            return list(value) if isinstance(value, tuple) else value
        if name in self._outs:
            return value
        if any(np.may_share_memory(value, other) for other in self._taken):
            value = value.copy()
        self._taken.append(value)
        return value
