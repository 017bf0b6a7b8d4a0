"""Many values of params of one bound program, with as little done for each as can be.

Numbers are told in the run where they can be, so that one plan serves all their values; where counts of pixels tell the
results, all values of a param are found in one pass (`thresholds`). What fits neither is left to plain runs, and so is
whatever stops one: its words are theirs.
"""

import functools
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from maskexpr.checker.params import Unsettled
from maskexpr.diagnostics.errors import LimitError, MaskError, RunError
from maskexpr.engine import thresholds
from maskexpr.engine.division import Names
from maskexpr.engine.family import Family, Member, Params
from maskexpr.engine.prepared import Prepared, Stages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import MEASURES, SCALARS, SEGMENTATIONS, Kind
from maskexpr.library import OPERATORS
from maskexpr.program import identity
from maskexpr.program.steps import Checked, Step

_WORTH_COUNTING = 4  # values of one param
_WORTH_TELLING = 3  # combinations
_MOST_MEMBERS = 64  # programs that are told some numbers, kept ready

# What takes any number: the checker refuses none that it knows, if it takes the least and the largest.
_TAKING_ALL = tuple(
    OPERATORS[s] for s in ("<", "<=", ">", ">=", "==", "!=", "+", "-", "*", "negate", "&", "|", "^", "~")
)
_DIVIDING = tuple(OPERATORS[s] for s in ("/", "//", "%"))

Results = dict[str, Any]
Key = tuple[object, ...]


class Sweep:
    """A program that is bound to inputs, and combinations of all its params; `prepare` gives it for some of them, or
    refuses them."""

    def __init__(
        self,
        stages: Stages,
        prepare: Callable[[Params], Prepared],
        family: Family,
        combos: Sequence[Params],
    ) -> None:
        self._stages, self._prepare, self._family = stages, prepare, family
        self._combos = combos
        self._keys = [{name: identity.of_value(value) for name, value in combo.items()} for combo in combos]
        self._varying = [n for n in combos[0] if len({key[n] for key in self._keys}) > 1]
        self._bounds = {n: _bounds([combo[n] for combo in combos]) for n in self._varying}
        self._recurring: dict[Names, bool] = {}
        self._members: dict[Key, Stages | None] = {}
        family.vary(self._varying)  # before anything is run
        self._counted: dict[int, Results | None] = {}
        self._by = self._most_values()
        self._alike = self._groups([name for name in self._varying if name != self._by])
        self._told = tuple(n for n in self._varying if self._unsettled([n], combos[0]))
        self._like = self._groups([name for name in self._varying if name not in self._told])

    def results(self) -> Iterator[Callable[[], Results]]:
        """For each combination in order what gives its results."""
        for i in range(len(self._combos)):
            if i not in self._counted and self._by:
                self._count_like(i)
            found = self._counted.pop(i, None)
            yield functools.partial(self._run, i) if found is None else found.copy

    # --- counted ---

    def _most_values(self) -> str:
        """The param of whose values counts of pixels tell the most; "" for none."""
        best, most = "", _WORTH_COUNTING - 1
        for name in self._varying:
            values = len({key[name] for key in self._keys})
            if values > most:
                told = self._unsettled([name], self._combos[0])
                if told is not None and told.levels(name) is not None:
                    best, most = name, values
        return best

    def _count_like(self, i: int) -> None:
        """Find the results of all combinations that differ from one in the param alone by which it is counted."""
        alike = self._alike[self._key(i, [name for name in self._varying if name != self._by])]
        for j, found in zip(alike, self._counts(self._by, [self._combos[j] for j in alike]), strict=True):
            self._counted[j] = found

    def _groups(self, names: Sequence[str]) -> dict[Key, list[int]]:
        """The combinations that are alike in some params."""
        found: dict[Key, list[int]] = {}
        for i in range(len(self._combos)):
            found.setdefault(self._key(i, names), []).append(i)
        return found

    def _key(self, i: int, names: Iterable[str]) -> Key:
        return tuple([self._keys[i][name] for name in names])

    def _counts(self, name: str, combos: Sequence[Params]) -> Sequence[Results | None]:
        prepared = self._unsettled([name], combos[0])
        levels = prepared.levels(name) if prepared else None
        if prepared is not None and levels is not None and len(combos) >= _WORTH_COUNTING:
            try:
                params = self._with_unsettled([name], combos[0])
                self._stages_of(prepared, params).check_runs()
                member = self._member(prepared, params)
                fixed = member.values(levels.fixed, self._stages.arrays)
                found = thresholds.outputs(levels, fixed, [combo[name] for combo in combos])
                judged = _is_judged(prepared, [name])
                return [
                    results if not judged or self._is_taken(combo) else None
                    for results, combo in zip(found, combos, strict=True)
                ]
            except (Refused, RunError, LimitError, thresholds.Unsuited, MemoryError):
                pass  # whoever is run alone says so itself
        return [None] * len(combos)

    # --- told in the run ---

    def _run(self, i: int) -> Results:
        combo = self._combos[i]
        stages = self._telling(i)
        if stages is not None and (not _is_judged(stages.prepared, self._told) or self._is_taken(combo)):
            try:
                return replace(stages, arrays={**stages.arrays, **{name: combo[name] for name in self._told}}).run()
            except RunError:
                pass  # its words may be other ones where a number is known before
        return self._stages_of(self._prepare(combo), combo).run()

    def _telling(self, i: int) -> Stages | None:
        """The program that is told some of its params in the run, for values of the others; None where it is not worth
        it, or cannot be."""
        key = self._key(i, [name for name in self._varying if name not in self._told])
        if not self._told or len(self._like[key]) < _WORTH_TELLING:
            return None
        if key not in self._members:
            prepared, params = (
                self._unsettled(self._told, self._combos[i]),
                self._with_unsettled(self._told, self._combos[i]),
            )
            self._members[key] = None if prepared is None else self._stages_of(prepared, params)
            for old in list(self._members)[:-_MOST_MEMBERS]:
                del self._members[old]
        return self._members[key]

    def _stages_of(self, prepared: Prepared, params: Params) -> Stages:
        return replace(self._stages, prepared=prepared, params=params, sharing=self._member(prepared, params))

    # --- numbers that are not settled ---

    def _unsettled(self, names: Sequence[str], combo: Params) -> Prepared | None:
        """The program that is told the numbers of these names in the run; None where they must be known before, or tell
        of kinds."""
        bounds = {name: one for name in names if (one := self._bounds[name]) is not None}
        if len(bounds) < len(names):
            return None
        low, high = (
            {**combo, **{n: b.low for n, b in bounds.items()}},
            {**combo, **{n: b.high for n, b in bounds.items()}},
        )
        try:
            found = self._prepare({**combo, **bounds})
            settled = [self._prepare(values).checked for values in (combo, low, high)]
        except MaskError:
            return None
        kinds = _kinds(found.checked)
        return found if _are_told(found.checked) and all(_kinds(other) == kinds for other in settled) else None

    def _is_taken(self, combo: Params) -> bool:
        """Whether the checker has nothing against numbers that are told in the run."""
        try:
            self._prepare(combo)
        except MaskError:
            return False
        return True

    def _with_unsettled(self, names: Iterable[str], combo: Params) -> dict[str, Any]:
        return {**combo, **{name: self._bounds[name] for name in names}}

    def _member(self, prepared: Prepared, params: Params) -> Member:
        return Member(self._family, prepared, params, self._stages.declared.means, self._recurs)

    def _recurs(self, names: Names) -> bool:
        """Whether values of some params come again with others of the rest."""
        if names not in self._recurring:
            some = [name for name in self._varying if name in names]
            self._recurring[names] = len(self._groups(some)) < len(self._groups(self._varying))
        return self._recurring[names]


def _bounds(values: Sequence[Any]) -> Unsettled | None:
    """Between which numbers values lie; None where they are not numbers."""
    return Unsettled(min(values), max(values)) if all(type(v) in (int, float) for v in values) else None


def _kinds(checked: Checked) -> list[tuple[object, ...]]:
    return [(name, *_type_of(step.kind)) for name, step in checked.outputs]


def _type_of(kind: Kind) -> tuple[object, ...]:
    return kind.name, kind.shape, kind.dtype, kind.range is None


def _are_told(checked: Checked) -> bool:
    """Whether the results are of kinds that do not depend on what is known of numbers."""
    return all(step.kind.name in SCALARS | SEGMENTATIONS for _, step in checked.outputs)


def _is_judged(prepared: Prepared, names: Container[str]) -> bool:
    """Whether the checker may refuse numbers of these names that lie between others which it takes, as a divisor of 0
    and a percentile of 101; what is not needed counts, too."""
    known: set[Step] = set()  # to the checker, once these are
    for step in prepared.checked.steps:
        operands = step.operands.values()
        if step.name in names:
            known.add(step)
        elif not known.isdisjoint(operands):
            if not _takes_all(step, known):
                return True
            if step.kind.name in MEASURES and all(o in known or o.kind.is_constant for o in operands):
                known.add(step)
    return False


def _takes_all(step: Step, known: set[Step]) -> bool:
    if step.function in _DIVIDING:
        divisor = step.operands["b"]
        within = divisor.kind.range
        return divisor not in known or (within is not None and not within.low <= 0 <= within.high)
    return step.function in _TAKING_ALL
