"""What a rule may know of the program around its step: what can fail, and what is used more than once."""

from collections import Counter

from maskexpr.program.steps import Step


class Facts:
    """What is known of the steps that one walk has made."""

    def __init__(self) -> None:
        self.uses: Counter[Step] = Counter()
        self._sure: set[Step] = set()

    def add(self, step: Step) -> None:
        """Note a step, after its operands."""
        if _never_refuses(step) and self._sure.issuperset(step.operands.values()):
            self._sure.add(step)

    def is_shared(self, step: Step) -> bool:
        """Whether a step is used elsewhere too: it is computed anyway, so that taking it apart costs instead of
        saving."""
        return self.uses[step] > 1

    def cannot_fail(self, step: Step) -> bool:
        """Whether neither a step nor anything it depends on can be refused in the run: it may be left out unnoticed."""
        return step in self._sure


def _never_refuses(step: Step) -> bool:
    function = step.function
    return function is None or function.never_refuses({name: o.kind for name, o in step.operands.items()})
