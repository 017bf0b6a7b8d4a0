"""The walk through a program that applies rules to its steps, one after another and without recursion."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from maskexpr.rewrites.facts import never_refuses, of_one_walk
from maskexpr.steps import Checked, Step

Rule = Callable[[Step], Step | None]
_MOST = 100  # rules applied to one step, should two of them undo each other


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A program in fewer or cheaper steps that give the same values and the same errors.

    `steps` are those that outputs and asserts need, in an order in which operands come before their use. `applied` says
    which rule replaced which step by which, in the order it was done.
    """

    steps: tuple[Step, ...]
    outputs: tuple[tuple[str, Step], ...]
    asserts: tuple[Step, ...]
    applied: tuple[tuple[str, Step, Step], ...]


def walk(checked: Checked, rules: Sequence[Rule]) -> Rewritten:
    """Rewrite what the outputs and asserts of a program need."""
    steps = checked.needed()
    given_uses = Counter(o for step in steps for o in step.operands.values())
    given_uses.update([step for _, step in checked.outputs])
    given_uses.update(checked.asserts)
    taken = _Walk(rules)
    with of_one_walk() as uses:
        for step in steps:
            uses[taken.take(step)] += given_uses[step]
    outputs = tuple((name, taken.results[step]) for name, step in checked.outputs)
    asserts = tuple(taken.results[step] for step in checked.asserts)
    kept = replace(checked, steps=tuple(taken.steps), outputs=outputs, asserts=asserts).needed()
    return Rewritten(tuple(kept), outputs, asserts, tuple(taken.applied))


class _Walk:
    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.steps: list[Step] = []  # all that were made, each after its operands
        self.results: dict[Step, Step] = {}  # what became of a step
        self.applied: list[tuple[str, Step, Step]] = []
        self._placed: dict[Step, Step] = {}  # the one of `steps` that does the same
        self._made: dict[tuple[object, ...], Step] = {}
        self._as_written: dict[Step, Step] = {}

    def take(self, step: Step) -> Step:
        """Rewrite a step whose operands were taken before."""
        placed = self._place(self._rebuilt(step))
        if placed not in self.results:
            self.results[placed] = self._simplified(placed)
        self.results[step] = self.results[placed]
        return self.results[step]

    def _simplified(self, step: Step) -> Step:
        for _ in range(_MOST):
            name, after = self._replaced(step)
            if after is None:
                break
            after = self._place(after)
            self.applied.append((name, step, after))
            step = after
            if step in self.results:
                return self.results[step]
        self.results[step] = step
        return step

    def _replaced(self, step: Step) -> tuple[str, Step | None]:
        for rule in self.rules:
            after = rule(step)
            if after is not None:
                return rule.__name__, after
        return "", None

    # --- operands ---

    def _rebuilt(self, step: Step) -> Step:
        """The step with what became of its operands."""
        became = self.results.__getitem__ if never_refuses(step) else self._where_it_was
        return self._with_operands(step, became)

    def _with_operands(self, step: Step, became: Callable[[Step], Step]) -> Step:
        operands = {name: became(operand) for name, operand in step.operands.items()}
        unchanged = all(operands[name] is operand for name, operand in step.operands.items())
        return step if unchanged else replace(step, operands=operands)

    def _where_it_was(self, operand: Step) -> Step:
        """What became of an operand of a step that can be refused, and may blame it, so that the error shows the place
        it always showed: where another step took its place, the operand itself."""
        result = self.results[operand]
        if result.source is operand.source and result.span == operand.span:
            return result
        if operand not in self._as_written:
            copy = replace(self._with_operands(operand, self.results.__getitem__))
            self.steps.append(copy)
            self._as_written[operand] = self._placed[copy] = self.results[copy] = copy
        return self._as_written[operand]

    # --- steps that do the same are made once ---

    def _place(self, step: Step) -> Step:
        """The step among all that were made, after the parts of it that a rule has just made too."""
        stack = [step]
        while stack:
            parts = stack[-1].operands.values()
            missing = [part for part in parts if part not in self._placed]
            if missing:
                stack.extend(missing)
                continue
            current = stack.pop()
            if current not in self._placed:
                self._placed[current] = self._made_once(self._with_operands(current, self._placed.__getitem__))
        return self._placed[step]

    def _made_once(self, step: Step) -> Step:
        key = _key(step)
        if key not in self._made:
            self.steps.append(step)
            self._made[key] = self._placed[step] = step
        return self._made[key]


def _key(step: Step) -> tuple[object, ...]:
    kind = step.kind
    if step.function is not None:
        operands = tuple((name, id(operand)) for name, operand in step.operands.items())
        settings = tuple((name, repr(value)) for name, value in step.settings.items())
        # The kind follows from the rest in a checked program, but not where a rule put one step for another.
        known = (kind.name, kind.shape, kind.dtype, kind.range, kind.channels, kind.spacing)
        return (id(step.function), operands, settings, known)
    if step.name:
        return ("input", step.name)
    if kind.is_constant:
        return ("constant", kind.name, type(kind.constant), repr(kind.constant), kind.range, kind.power)
    return ("open", id(step))
