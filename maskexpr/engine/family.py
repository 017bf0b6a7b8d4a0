"""Programs bound to the same inputs with other values of params: what they share, and how one of them runs."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.checker.params import Unsettled
from maskexpr.diagnostics.errors import MaskError, RunError
from maskexpr.engine.division import Names, depending, divided, engine_of
from maskexpr.engine.outs import NO_OUTS, Outs
from maskexpr.engine.prepared import Prepared
from maskexpr.engine.run import Engine
from maskexpr.engine.values import Meanings, all_in_order, kept_name
from maskexpr.engine.watching import Tell
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import Kind
from maskexpr.planner.costs import Cost, cost
from maskexpr.program import identity
from maskexpr.program.declared import Means
from maskexpr.program.steps import Checked, ParamInfo, Step, in_order

Params = Mapping[str, Any]  # the values of all of them

MOST_BYTES = 2**30  # of values kept, or as many as two images of the widest type
_PIXEL_BYTES = 16
_MOST_REMEMBERED = 1024  # programs, by the values of their params
_MOST_MEANINGS = 2**14  # of steps, each value of a param having its own; some hundred bytes each


class Family:
    """What programs with other params share: the names that vary, and the values that are kept.

    `again` gives the program for other values of params. Threads share a family without a lock, which a fork may leave
    taken for ever: every dict is read and written by single operations, and what two threads compute at a time is kept
    once.
    """

    def __init__(self, again: Callable[[Params], Prepared], params: Params, pixels: int) -> None:
        self._again = again
        self._first = params
        self.most = max(MOST_BYTES, _PIXEL_BYTES * pixels)
        self._varied: dict[str, None] = {}
        self._seen: dict[identity.Key, Mapping[str, object]] = {}
        self._meanings = Meanings()
        self._kept: dict[int, Any] = {}  # the oldest first
        self.note(params)

    @property
    def varied(self) -> tuple[str, ...]:
        """The params that have had several values, in the order in which they got another one."""
        return tuple(self._varied)

    def vary(self, names: Iterable[str]) -> None:
        """Take notice of params that are to have other values."""
        self._varied.update(dict.fromkeys(names))

    def note(self, params: Params) -> None:
        """Take notice of a program, by all values of its params."""
        values = {name: identity.of_value(value) for name, value in params.items()}
        for other in list(self._seen.values())[-1:]:
            self.vary(name for name, value in values.items() if other[name] != value)
        self._seen[tuple(values.values())] = values
        for key in list(self._seen)[:-_MOST_REMEMBERED]:
            self._seen.pop(key, None)

    def recurs(self, params: Params, names: Names) -> bool:
        """Whether these params have the values of a program for others of the family too."""
        mine = {name: identity.of_value(value) for name, value in params.items()}
        others = (other for other in list(self._seen.values()) if other != mine)
        return any(all(other[name] == mine[name] for name in names) for other in others)

    def numbers(self, steps: Iterable[Step], told: Mapping[str, Any]) -> dict[Step, int]:
        """What steps mean, each after its operands, with the numbers that are told in the run."""
        if len(self._meanings) > _MOST_MEANINGS:
            self._meanings.forget()
            self._kept.clear()  # whose meanings have other numbers now
        return self._meanings.of(steps, {name: identity.of_value(value) for name, value in told.items()})

    def depending(self, checked: Checked, params: Params) -> dict[Step, Names]:
        """Of the params that vary, those that tell of a step."""
        infos = {info.name: info for info in checked.params}
        settled = [name for name in self._varied if not isinstance(params[name], Unsettled)]
        others = {name: self._with_another(params, infos[name]) for name in settled}
        return depending(checked, set(self._varied).difference(settled), others, self._meanings)

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
        if _bytes(value) > self.most:
            return
        self._kept[meaning] = value
        total = self.nbytes
        for old in list(self._kept):
            if total <= self.most:
                break
            total -= _bytes(self._kept.pop(old, None))

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept."""
        return sum(map(_bytes, list(self._kept.values())))


class _Way:
    """How a member gives some outputs: from values that are kept, and by an engine that does the rest."""

    def __init__(self, checked: Checked, kept: Sequence[Step], means: Means) -> None:
        self.checked = checked
        self.kept = {step: kept_name(i) for i, step in enumerate(kept)}
        self.rest = engine_of(checked, checked.outputs, checked.asserts, self.kept, means)
        names = {step.name for step in self.rest.plan.rewritten.steps}
        self._read = [step for step, name in self.kept.items() if name in names]
        self._before = all_in_order(self._read)
        self._told = {step.name for step in self._before if step.name}
        self._makers: dict[frozenset[Step], Engine] = {}
        self._means = means

    def values(self, family: Family, arrays: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept and needed, by the names of the inputs that stand for it; what is missing is made together."""
        numbers = family.numbers(self._before, {name: value for name, value in told.items() if name in self._told})
        found: dict[Step, Any] = {}
        missing: dict[Step, None] = {}
        for wanted in self._read:
            for step in in_order(wanted, found.__contains__):
                if step in self.kept and step not in found and step not in missing:
                    value = family.get(numbers[step])
                    if value is None:
                        missing[step] = None
                    else:
                        found[step] = value
        if missing:
            made = self._maker(frozenset(missing)).run({**arrays, **told, **self._named(found)})
            for step in missing:
                found[step] = _read_only(made[self.kept[step]])
                family.keep(numbers[step], found[step])
        return self._named({step: found[step] for step in self._read})

    def _named(self, values: Mapping[Step, Any]) -> dict[str, Any]:
        return {self.kept[step]: value for step, value in values.items()}

    def _maker(self, missing: frozenset[Step]) -> Engine:
        """What makes values that are missing, from those that are there."""
        if missing not in self._makers:
            there = {step: name for step, name in self.kept.items() if step not in missing}
            outputs = [(name, step) for step, name in self.kept.items() if step in missing]
            self._makers[missing] = engine_of(self.checked, outputs, (), there, self._means)
        return self._makers[missing]

    def cost(self, given: list[Kind], loose: list[str]) -> Cost:
        """What a run takes at most that makes all that is kept, and the next ones, beside what is kept of others."""
        first = engine_of(self.checked, [(name, step) for step, name in self.kept.items()], (), {}, self._means)
        costs = [cost(first.plan, given, loose)]
        costs.append(cost(self.rest.plan, [*given, *(step.kind for step in self.kept)], loose))
        return Cost(
            operations=sum(c.operations for c in costs),
            memory=max(c.memory for c in costs),
            seconds=sum(c.seconds for c in costs),
            longest=max(c.longest for c in costs),
        )


class Member:
    """One program of a family, that for some values of params; some may be numbers that are told in the run."""

    def __init__(
        self,
        family: Family,
        prepared: Prepared,
        params: Params,
        means: Means,
        recurs: Callable[[Names], bool] | None = None,
    ) -> None:
        self.family, self._prepared, self._params, self._means = family, prepared, params, means
        self._recurs = recurs or functools.partial(family.recurs, params)
        self._depends: dict[tuple[object, ...], Mapping[Step, Names]] = {}
        self._ways: dict[tuple[object, ...], _Way] = {}

    @property
    def most(self) -> int:
        """The most bytes of what is kept; 0 as long as nothing is."""
        return self.family.most if self.family.varied else 0

    def run(self, arrays: Mapping[str, Any], tell: Tell, outs: Outs = NO_OUTS) -> tuple[dict[str, Any], list[Any]]:
        """The outputs, as the engine has them, and what is kept for them; what is to be said of the run is told.

        What is kept goes for what was measured then. Where the pixels make the run impossible, the whole program says
        so: what fails first is told by all of its steps.
        """
        if not self.family.varied:
            return self._prepared.run(arrays, tell, outs), []
        try:
            found, kept = self._run(self._prepared.expanded, arrays, outs)
        except (Refused, RunError):
            return self._prepared.run(arrays, tell, outs), []
        return self._prepared.watched.take(found, tell), kept

    def _run(self, checked: Checked, arrays: Mapping[str, Any], outs: Outs) -> tuple[dict[str, Any], list[Any]]:
        told = {name: arrays[name] for name, value in self._params.items() if isinstance(value, Unsettled)}
        way = self._way(checked)
        kept = way.values(self.family, arrays, told)
        return way.rest.run({**arrays, **kept}, outs), list(kept.values())

    def values(self, steps: Sequence[Step], arrays: Mapping[str, Any]) -> dict[Step, Any]:
        """The values of some steps that are made of those of the program, as the engine has them."""
        outputs = tuple((f"wanted {i}", step) for i, step in enumerate(steps))
        wanted = replace(self._prepared.checked, steps=tuple(all_in_order(steps)), outputs=outputs, asserts=())
        way = self._way(wanted)
        found = way.rest.run({**arrays, **way.values(self.family, arrays, {})})
        return {step: found[name] for name, step in outputs}

    def cost(self, given: list[Kind], loose: list[str]) -> Cost | None:
        """What a run takes at most, what is kept included; None for a program of which nothing is."""
        if not self.family.varied:
            return None
        found = self._way(self._prepared.expanded).cost(given, loose)
        return replace(found, memory=found.memory + self.family.nbytes)

    def _way(self, checked: Checked) -> _Way:
        about = checked.outputs, self.family.varied
        if about not in self._depends:
            self._depends[about] = self.family.depending(checked, self._params)
        depends = self._depends[about]
        useful = frozenset(names for names in set(depends.values()) if not names or self._recurs(names))
        if (*about, useful) not in self._ways:
            self._ways[*about, useful] = _Way(checked, divided(checked, depends, useful), self._means)
        return self._ways[*about, useful]


def _read_only(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def _bytes(value: Any) -> int:
    return int(getattr(value, "nbytes", 0))
