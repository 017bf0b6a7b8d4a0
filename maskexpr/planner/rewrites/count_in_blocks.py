"""`area(im > 3)` and `any(a & b)` are counted and looked for block by block, and so is what `dice` and `iou` compare:
the mask is never there all at once."""

from maskexpr.kinds.kind import SCALARS
from maskexpr.library import CATALOGUE, OPERATORS, PLANNED
from maskexpr.planner.rewrites.facts import Facts
from maskexpr.planner.rewrites.patterns import AND, OR, XOR
from maskexpr.program.steps import Step

_LOGIC = (AND, OR, XOR)
_COMPARISONS = tuple(OPERATORS[symbol] for symbol in ("<", "<=", ">", ">=", "==", "!="))
_AREA, _ANY, _FRACTION = (CATALOGUE[name] for name in ("area", "any", "fraction"))
_IN_BLOCKS = {_AREA: PLANNED["area of pixels"], _ANY: PLANNED["any of pixels"], _FRACTION: PLANNED["share of pixels"]}
_AGREEMENT = {CATALOGUE[name]: PLANNED[f"{name} of pixels"] for name in ("dice", "iou")}


def count_in_blocks(step: Step, facts: Facts) -> Step | None:
    """A mask that is made of inputs by one operation, and that nothing else needs, is not kept for being counted."""
    if step.function in _AGREEMENT and all(o.kind.name == "mask" for o in step.operands.values()):
        return Step(step.kind, step.source, step.span, _AGREEMENT[step.function], step.operands)
    if step.function not in _IN_BLOCKS or step.settings.get("axes") or step.settings.get("unit", "px") != "px":
        return None
    mask = step.operands["m"]
    if mask.kind.name != "mask" or facts.is_shared(mask):
        return None
    if not (_is_of_masks(mask) or _is_of_an_image(mask)):
        return None
    assert mask.function is not None
    settings = {"symbol": mask.function.name}
    return Step(step.kind, step.source, step.span, _IN_BLOCKS[step.function], mask.operands, settings)


def _is_of_masks(mask: Step) -> bool:
    return mask.function in _LOGIC and all(o.name and o.kind.name == "mask" for o in mask.operands.values())


def _is_of_an_image(mask: Step) -> bool:
    """Whether a mask is of an image that is compared with a number."""
    if mask.function not in _COMPARISONS:
        return False
    images = [o for o in mask.operands.values() if o.name and o.kind.name in ("image", "labels") and o.kind.is_array]
    numbers = [o for o in mask.operands.values() if o.kind.name in SCALARS]
    return len(images) == len(numbers) == 1
