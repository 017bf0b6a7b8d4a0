"""Programs bound to the same inputs with other values of params: what they share, and how one of them runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from maskexpr.checker.params import Unsettled
from maskexpr.diagnostics.errors import MaskError, RunError
from maskexpr.engine.division import Names, depending, divided, engine_of
from maskexpr.engine.prepared import Prepared
from maskexpr.engine.run import Engine
from maskexpr.engine.values import Meanings, all_in_order, kept_name
from maskexpr.engine.watching import Tell
from maskexpr.kinds.kind import Kind
from maskexpr.planner.costs import Cost, cost
from maskexpr.program import identity
from maskexpr.program.steps import Checked, ParamInfo, Step, in_order

Params = Mapping[str, Any]  # the values of all of them

MOST_BYTES = 2**30  # of values kept, or as many as two images of the widest type
_PIXEL_BYTES = 16
_MOST_REMEMBERED = 1024  # programs, by the values of their params
_MOST_MEANINGS = 2**16


class Family:
    """What programs with other params share: the names that vary, and the values that are kept.

    `again` gives the program for other values of params. Threads share a family without a lock, which a fork may leave
    taken for ever: every dict is read and written by single operations, and what two threads compute at a time is kept
    once.
    """

    def __init__(self, again: Callable[[Params], Prepared], params: Params, pixels: int) -> None:
        self._again = again
        self._first = params
        self._most = max(MOST_BYTES, _PIXEL_BYTES * pixels)
        self._varied: dict[str, None] = {}
        self._seen: dict[identity.Key, Mapping[str, object]] = {}
        self._meanings = Meanings()
        self._kept: dict[int, Any] = {}  # the oldest first
        self.note(params)

    @property
    def varied(self) -> tuple[str, ...]:
        """The params that have had several values, in the order in which they got another one."""
        return tuple(self._varied)

    def note(self, params: Params) -> None:
        """Take notice of a program, by all values of its params."""
        values = {name: identity.of_value(value) for name, value in params.items()}
        for other in list(self._seen.values())[-1:]:
            self._varied.update(dict.fromkeys(name for name, value in values.items() if other[name] != value))
        self._seen[tuple(values.values())] = values
        for key in list(self._seen)[:-_MOST_REMEMBERED]:
            self._seen.pop(key, None)

    def recurs(self, params: Params, names: Names) -> bool:
        """Whether these params have the values of a program for others of the family too."""
        mine = {name: identity.of_value(value) for name, value in params.items()}
        others = (other for other in list(self._seen.values()) if other != mine)
        return any(all(other[name] == mine[name] for name in names) for other in others)

    def numbers(self, checked: Checked) -> dict[Step, int]:
        """What the steps of a program mean."""
        return self._meanings.of(checked.steps)

    def depending(self, checked: Checked, params: Params) -> dict[Step, Names]:
        """Of the params that vary, those that tell of a step."""
        infos = {info.name: info for info in checked.params}
        others = {name: self._with_another(params, infos[name]) for name in self._varied if _is_settled(params[name])}
        return depending(checked, others, self._meanings)

    def _with_another(self, params: Params, info: ParamInfo) -> Checked:
        """The program with another value of a param; an empty one, which has no step of it, where no other can be."""
        for value in self._others(params[info.name], info):
            try:
                return self._again({**params, info.name: value}).expanded
            except MaskError:
                continue
        return Checked()

    def _others(self, value: Any, info: ParamInfo) -> Iterator[Any]:
        """Other values of a param, those first that it had."""
        mine = identity.of_value(value)
        found = [self._first[info.name], info.low, info.high, *(info.choices or ())]
        if isinstance(value, bool):
            found.append(not value)
        elif isinstance(value, int | float):
            found += [value + 1, value - 1]
        for other in found:
            if other is not None and identity.of_value(other) != mine:
                yield other

    # --- what is kept ---

    def get(self, meaning: int) -> Any:
        """A value that is kept, the youngest from now on; None if it is not."""
        value = self._kept.pop(meaning, None)
        if value is not None:
            self._kept[meaning] = value
        return value

    def keep(self, meaning: int, value: Any) -> None:
        """Keep a value, and forget the oldest ones until there is room for all."""
        if _bytes(value) > self._most:
            return
        self._kept[meaning] = value
        total = self.nbytes
        for old in list(self._kept):
            if total <= self._most:
                break
            total -= _bytes(self._kept.pop(old, None))

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept."""
        return sum(map(_bytes, list(self._kept.values())))


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """How a member runs: `kept` are steps whose values are kept, by their meanings, and `rest` does what is left."""

    expanded: Checked
    numbers: Mapping[Step, int]
    kept: Mapping[int, Step]
    rest: Engine


class Member:
    """One program of a family, that for some values of params."""

    def __init__(self, family: Family, prepared: Prepared, params: Params, fast: bool) -> None:
        self.family, self._prepared, self._params, self._fast = family, prepared, params, fast
        self._ways: dict[tuple[object, ...], _Way] = {}

    def run(self, arrays: Mapping[str, Any], tell: Tell) -> tuple[dict[str, Any], list[Any]]:
        """The outputs, as the engine has them, and what is kept for them; what is to be said of the run is told.

        What is kept goes for what was measured then. Where the pixels make the run impossible, the whole program says
        so: what fails first is told by all of its steps.
        """
        if not self.family.varied:
            return self._prepared.run(arrays, tell), []
        try:
            way = self._way()
            kept = self._values(way, arrays)
            found = way.rest.run({**arrays, **{kept_name(m): value for m, value in kept.items()}})
        except RunError:
            return self._prepared.run(arrays, tell), []
        return self._prepared.watched.take(found, tell), list(kept.values())

    def cost(self, given: list[Kind], loose: list[str]) -> Cost | None:
        """What a run takes at most, what is kept included; None for a program of which nothing is."""
        if not self.family.varied:
            return None
        way = self._way()
        first = engine_of(way.expanded, _named(way.kept), (), way.numbers, (), self._fast)
        kinds = [step.kind for step in way.kept.values()]
        costs = [cost(first.plan, given, loose), cost(way.rest.plan, [*given, *kinds], loose)]
        return Cost(sum(c.operations for c in costs), max(c.memory for c in costs) + self.family.nbytes)

    def values(self, steps: Sequence[Step], arrays: Mapping[str, Any]) -> dict[Step, Any]:
        """The values of some steps that are made of those of the program, as the engine has them."""
        outputs = tuple((f"wanted {i}", step) for i, step in enumerate(steps))
        wanted = replace(self._prepared.checked, steps=tuple(all_in_order(steps)), outputs=outputs, asserts=())
        way = self._way_of(wanted)
        kept = self._values(way, arrays)
        found = way.rest.run({**arrays, **{kept_name(m): value for m, value in kept.items()}})
        return {step: found[name] for name, step in outputs}

    def _way(self) -> _Way:
        return self._way_of(self._prepared.expanded)

    def _way_of(self, expanded: Checked) -> _Way:
        family, params = self.family, self._params
        depends = family.depending(expanded, params)
        useful = frozenset(names for names in set(depends.values()) if not names or family.recurs(params, names))
        key = expanded.outputs, family.varied, useful
        if key not in self._ways:
            numbers = family.numbers(expanded)
            kept = divided(expanded, depends, useful, numbers)
            rest = engine_of(expanded, expanded.outputs, expanded.asserts, numbers, kept, self._fast)
            self._ways[key] = _Way(expanded, numbers, kept, rest)
        return self._ways[key]

    def _values(self, way: _Way, arrays: Mapping[str, Any]) -> dict[int, Any]:
        """The values of what is kept, as far as it is needed; what is missing is computed together."""
        read = {step.name for step in way.rest.plan.rewritten.steps if step.name}
        found: dict[int, Any] = {}
        missing: dict[int, Step] = {}
        for meaning in [m for m in way.kept if kept_name(m) in read]:
            for step in in_order(way.kept[meaning], lambda s: way.numbers[s] in found):
                number = way.numbers[step]
                if number in way.kept and number not in found and number not in missing:
                    value = self.family.get(number)
                    if value is None:
                        missing[number] = step
                    else:
                        found[number] = value
        if missing:
            engine = engine_of(way.expanded, _named(missing), (), way.numbers, found, self._fast)
            made = engine.run({**arrays, **{kept_name(m): value for m, value in found.items()}})
            for meaning in missing:
                found[meaning] = _read_only(made[kept_name(meaning)])
                self.family.keep(meaning, found[meaning])
        return {meaning: value for meaning, value in found.items() if kept_name(meaning) in read}


def _is_settled(value: Any) -> bool:
    return not isinstance(value, Unsettled)


def _named(steps: Mapping[int, Step]) -> list[tuple[str, Step]]:
    return [(kept_name(meaning), step) for meaning, step in steps.items()]


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def _bytes(value: Any) -> int:
    return int(getattr(value, "nbytes", 0))
