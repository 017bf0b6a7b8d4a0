"""Many values of params of one bound program, with as little done for each as can be.

Numbers are told in the run where they can be, so that one plan serves all their values; where counts of pixels tell the
results, all values of a param are found in one pass (`thresholds`). What fits neither is left to plain runs, and so is
whatever stops one: its words are theirs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from maskexpr.checker.params import Unsettled
from maskexpr.diagnostics.errors import MaskError, RunError
from maskexpr.engine import thresholds
from maskexpr.engine.division import Names
from maskexpr.engine.family import Family, Member, Params
from maskexpr.engine.prepared import Prepared, Stages
from maskexpr.functions.arguments import Refused
from maskexpr.kinds.kind import SCALARS, SEGMENTATIONS, Kind
from maskexpr.program import identity
from maskexpr.program.steps import Checked

_WORTH_COUNTING = 4  # values of one param
_WORTH_TELLING = 3  # combinations

Results = dict[str, Any]
Key = tuple[object, ...]


class Sweep:
    """A program that is bound to inputs, and combinations of all its params. `prepare` gives it for some of them, and
    `plainly` what a plain run gives."""

    def __init__(
        self,
        stages: Stages,
        prepare: Callable[[Params], Prepared],
        family: Family,
        combos: Sequence[Params],
        plainly: Callable[[Params], Results],
    ) -> None:
        self._stages, self._prepare, self._family = stages, prepare, family
        self._combos, self._plainly = combos, plainly
        self._keys = [{name: identity.of_value(value) for name, value in combo.items()} for combo in combos]
        self._varying = [n for n in (combos[0] if combos else ()) if len({key[n] for key in self._keys}) > 1]
        self._counted: dict[int, Results | None] = {}
        self._by = self._most_values()
        self._members: dict[Key, Stages | None] = {}
        self._told: tuple[str, ...] | None = None
        for combo in (combos[0], combos[-1]) if combos else ():
            family.note(combo)

    def results(self) -> Iterator[Callable[[], Results]]:
        """For each combination in order what gives its results."""
        for i, combo in enumerate(self._combos):
            if i not in self._counted and self._by:
                self._count_like(i)
            found = self._counted.pop(i, None)
            yield (lambda found=found: found) if found else (lambda combo=combo: self._run(combo))  # type: ignore[misc]

    # --- counted ---

    def _most_values(self) -> str:
        """The param of whose values counts of pixels tell the most; "" for none."""
        best, most = "", _WORTH_COUNTING - 1
        for name in self._varying:
            values = len({key[name] for key in self._keys})
            if values > most and self._is_number(name):
                told = self._unsettled([name], self._combos[0])
                if told is not None and told.levels(name) is not None:
                    best, most = name, values
        return best

    def _count_like(self, i: int) -> None:
        """Find the results of all combinations that differ from one in the param alone by which it is counted."""
        name = self._by
        alike = [
            j
            for j in range(i, len(self._combos))
            if all(self._keys[j][n] == self._keys[i][n] for n in self._varying if n != name)
        ]
        for j, found in zip(alike, self._counts(name, [self._combos[j] for j in alike]), strict=True):
            self._counted[j] = found

    def _counts(self, name: str, combos: Sequence[Params]) -> Sequence[Results | None]:
        prepared = self._unsettled([name], combos[0])
        levels = prepared.levels(name) if prepared else None
        if prepared is not None and levels is not None and len(combos) >= _WORTH_COUNTING:
            try:
                member = self._member(prepared, self._with_unsettled([name], combos[0]))
                fixed = member.values(levels.fixed, self._stages.arrays)
                return list(thresholds.outputs(levels, fixed, [combo[name] for combo in combos]))
            except (Refused, RunError, thresholds.Unsuited):
                pass
        return [None] * len(combos)

    # --- told in the run ---

    def _run(self, combo: Params) -> Results:
        stages = self._telling(combo) if len(self._combos) >= _WORTH_TELLING else None
        if stages is None:
            return self._plainly(combo)
        try:
            told = {name: combo[name] for name in self._told or ()}
            return replace(stages, arrays={**stages.arrays, **told}).run()
        except RunError:
            return self._plainly(combo)

    def _telling(self, combo: Params) -> Stages | None:
        """The program that is told some of its params in the run, for values of the others; None if none can be."""
        if self._told is None:
            self._told = tuple(n for n in self._varying if self._is_number(n) and self._unsettled([n], combo))
        told = list(self._told)
        key = tuple((n, identity.of_value(combo[n])) for n in self._varying if n not in self._told)
        if key not in self._members:
            prepared = self._unsettled(told, combo) if told else None
            params = self._with_unsettled(told, combo)
            self._members[key] = (
                None
                if prepared is None
                else replace(self._stages, prepared=prepared, params=params, sharing=self._member(prepared, params))
            )
        return self._members[key]

    # --- numbers that are not settled ---

    def _is_number(self, name: str) -> bool:
        return all(type(combo[name]) in (int, float) for combo in self._combos)

    def _with_unsettled(self, names: Sequence[str], combo: Params) -> dict[str, Any]:
        values = {name: [c[name] for c in self._combos] for name in names}
        return {**combo, **{name: Unsettled(min(some), max(some)) for name, some in values.items()}}

    def _unsettled(self, names: Sequence[str], combo: Params) -> Prepared | None:
        """The program that is told the numbers of these names in the run; None where they must be known before, or tell
        of kinds."""
        try:
            found = self._prepare(self._with_unsettled(names, combo))
            ends = [{**combo, **{name: end(c[name] for c in self._combos) for name in names}} for end in (min, max)]
            settled = [self._prepare(values).checked for values in (combo, *ends)]
        except MaskError:
            return None
        kinds = _kinds(found.checked)
        return found if _are_told(found.checked) and all(_kinds(other) == kinds for other in settled) else None

    def _member(self, prepared: Prepared, params: Params) -> Member:
        self._family.note(params)
        return Member(self._family, prepared, params, self._stages.declared.fast, self._recurs)

    def _recurs(self, names: Names) -> bool:
        """Whether values of some params come again with others of the rest."""
        return len({tuple(key[n] for n in names if n in key) for key in self._keys}) < len(
            {tuple(key.values()) for key in self._keys}
        )


def _kinds(checked: Checked) -> list[tuple[object, ...]]:
    return [(name, *_type_of(step.kind)) for name, step in checked.outputs]


def _type_of(kind: Kind) -> tuple[object, ...]:
    return kind.name, kind.shape, kind.dtype, kind.range is None


def _are_told(checked: Checked) -> bool:
    """Whether the results are of kinds that do not depend on what is known of numbers."""
    return all(step.kind.name in SCALARS | SEGMENTATIONS for _, step in checked.outputs)
