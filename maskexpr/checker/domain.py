"""No data: where values have it, written into the steps of a checked program, so that nobody after knows of it.

A pixel without data is outside the image. Every array has a mask of where it has data, or has it everywhere; what a
function makes of both says its record in one word, and `outside` by that word.
"""

from dataclasses import replace

from maskexpr.checker import outside
from maskexpr.checker.held import Held, Writing
from maskexpr.diagnostics.errors import Diagnostic
from maskexpr.functions.arguments import Refused
from maskexpr.functions.record import Function
from maskexpr.kinds.kind import MEASURES, TRUTH, mask_of
from maskexpr.program import identity
from maskexpr.program.steps import Checked, Domain, Step, valid_name

_SPOKEN_OF = frozenset({"valid", "fill", "stored"})  # what says something of it where all inputs have data


def with_domain(checked: Checked) -> Checked:
    """The program with steps for what pixels without data ask for; itself where nothing does."""
    if any(d.severity == "error" for d in checked.diagnostics) or not any(map(_asks, checked.steps)):
        return checked
    walk = _Walk()
    for step in checked.steps:
        walk.take(step)
    held = walk.held
    return replace(
        checked,
        steps=tuple(walk.steps),
        outputs=tuple((name, held[step].step) for name, step in checked.outputs),
        asserts=tuple(held[step].step for step in checked.asserts),
        bindings=tuple((name, held[step].step) for name, step in checked.bindings),
        finite={held[step].step: text for step, text in checked.finite.items()},
        diagnostics=(*checked.diagnostics, *walk.refused),
        domain=Domain(checked, walk.valid, walk.lost, walk.measured),
    )


def _asks(step: Step) -> bool:
    return outside.lacks_of_itself(step) or (step.function is not None and step.function.without_data in _SPOKEN_OF)


class _Walk:
    """Takes the steps of a program one after another, each after its operands."""

    def __init__(self) -> None:
        self.held: dict[Step, Held] = {}  # what became of a step
        self.steps: list[Step] = []
        self.valid: dict[Step, Step] = {}
        self.lost: dict[Step, tuple[Step, Step]] = {}
        self.measured: dict[Step, Step] = {}
        self.refused: list[Diagnostic] = []
        self._made: dict[identity.Key, Step] = {}

    def take(self, step: Step) -> None:
        if any(operand not in self.held for operand in step.operands.values()):
            found = Held(self.place(step))  # within a condition on regions, which have no pixels
        elif step.function is None:
            found = self._leaf(step)
        else:
            found = self._applied(step, step.function)
        self.held[step] = found
        if found.valid is not None:
            self.valid[found.step] = found.valid

    def place(self, step: Step) -> Step:
        """The step, or the one that does the same already."""
        key = identity.of_step(step)
        if key not in self._made:
            self._made[key] = step
            self.steps.append(step)
        return self._made[key]

    def _leaf(self, step: Step) -> Held:
        if not step.kind.is_partial:
            return Held(self.place(step))
        mask = Step(mask_of(step.kind), step.source, step.span, name=valid_name(step.name))
        return Held(self.place(step), self.place(mask))

    def _applied(self, step: Step, function: Function) -> Held:
        operands = {name: self.held[operand] for name, operand in step.operands.items()}
        writing = Writing(step, operands, self.place)
        try:
            found = outside.rule_of(function)(writing)
        except Refused as refused:
            self.refused.append(refused.mistake.at(step.source, step.span, **refused.fields))
            return Held(self.place(step))
        valid = writing.everywhere_all
        if valid is not None:
            self._note(found, writing, valid)
        return found

    def _note(self, found: Held, writing: Writing, valid: Step) -> None:
        """What a run may have to say of it: how many pixels a filter lost, that a number came of none."""
        if found.step.kind.name in MEASURES:
            self.measured[found.step] = writing.call("any", {"m": valid}, kind=TRUTH)
        elif found.valid is not None and found.valid is not valid and outside.is_window(writing.step):
            areas = writing.call("area", {"m": valid}), writing.call("area", {"m": found.valid})
            self.lost[writing.again()] = areas  # what was cut after is the same step before
