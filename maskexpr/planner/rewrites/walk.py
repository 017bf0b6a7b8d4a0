"""The walk through a program that applies rules to its steps, one after another and without recursion."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from maskexpr.planner.rewrites.facts import Facts
from maskexpr.program import identity
from maskexpr.program.steps import Checked, Step, in_order

Rule = Callable[[Step, Facts], Step | None]
_MOST = 100  # rules applied to one step, should two of them undo each other


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A program in fewer or cheaper steps that give the same values, and are refused for the same pixels.

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
    uses = Counter(o for step in steps for o in step.operands.values())
    uses.update([*(step for _, step in checked.outputs), *checked.asserts])
    taken = _Walk(rules)
    for step in steps:
        taken.facts.uses[taken.take(step)] += uses[step]
    outputs = tuple((name, taken.results[step]) for name, step in checked.outputs)
    asserts = tuple(taken.results[step] for step in checked.asserts)
    kept = replace(checked, steps=taken.steps, outputs=outputs, asserts=asserts).needed()
    return Rewritten(tuple(kept), outputs, asserts, tuple(taken.applied))


class _Walk:
    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.facts = Facts()
        self.results: dict[Step, Step] = {}  # what became of a step
        self.applied: list[tuple[str, Step, Step]] = []
        self._made: dict[identity.Key, Step] = {}  # by what they do, each after its operands
        self._placed: dict[Step, Step] = {}  # the one of those that does the same

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._made.values())

    def take(self, step: Step) -> Step:
        """Rewrite a step whose operands were taken before."""
        placed = self._place(_with_operands(step, self.results.__getitem__))
        if placed not in self.results:
            self.results[placed] = self._simplified(placed)
        self.results[step] = self.results[placed]
        return self.results[step]

    def _simplified(self, step: Step) -> Step:
        for _ in range(_MOST):
            name, after = self._replaced(step)
            if after is None:
                break
            self._note_uses(after)
            after = self._place(_with_operands(after, self._part))
            self.applied.append((name, step, after))
            step = after
            if step in self.results:
                return self.results[step]
        self.results[step] = step
        return step

    def _part(self, step: Step) -> Step:
        """What becomes of an operand of a step that a rule has made: it may be new, with new ones before it."""
        if step not in self.results:
            self.results[step] = self.take(_with_operands(step, self._part))
        return self.results[step]

    def _note_uses(self, made: Step) -> None:
        """What a new step and its new parts use more than once is shared from now on."""
        parts = in_order(made, lambda step: step in self.results)
        uses = Counter(o for step in parts if step not in self.results for o in step.operands.values())
        self.facts.uses.update({step: count - 1 for step, count in uses.items()})

    def _replaced(self, step: Step) -> tuple[str, Step | None]:
        for rule in self.rules:
            after = rule(step, self.facts)
            if after is not None:
                return rule.__name__, after
        return "", None

    def _place(self, step: Step) -> Step:
        """The step that does the same among all that were made; the parts that a rule has just made go before it."""
        if step not in self._placed:
            placed = _with_operands(step, self._place)
            same = self._made.setdefault(identity.of_step(placed), placed)
            if same is placed:
                self.facts.add(same)
            self._placed[step] = self._placed[same] = same
        return self._placed[step]


def _with_operands(step: Step, became: Callable[[Step], Step]) -> Step:
    operands = {name: became(operand) for name, operand in step.operands.items()}
    unchanged = all(operands[name] is operand for name, operand in step.operands.items())
    return step if unchanged else replace(step, operands=operands)
