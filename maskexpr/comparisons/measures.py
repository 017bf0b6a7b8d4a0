"""What masks and label images are compared by: each measure with the expression that it is in the language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.diagnostics.nearest import known_as, nearest
from maskexpr.diagnostics.printing import printable
from maskexpr.library import CATALOGUE

MASK, LABELS = "mask", "labels"
KINDS = (MASK, LABELS)


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of how well two masks, or label images, agree.

    Attributes
    ----------
    name
        What it is asked for by, and what its column is called.
    mask
        The expression of two masks, in which {a} and {b} stand for them, and {unit}, {method}, {iou} and {tolerance}
        for what is asked.
    words
        What it is, for help.
    best
        The value of two that are equal: the worst is the farthest from it. None where no value is good or bad.
    labels
        The expression of two label images; without one it is that of the masks of all that is not 0.
    is_length
        Whether it comes in the unit that is asked for.
    """

    name: str
    mask: str
    words: str
    best: float | None = 1
    labels: str = ""
    is_length: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """Whose ways there are to take it, of distances."""
        method = CATALOGUE[self.mask.partition("(")[0]].parameter("method") if "{method}" in self.mask else None
        return method.takes.choices if method is not None else ()

    def column(self, unit: str) -> str:
        """The name of its column, which says the unit, as those of `measure` do."""
        return f"{self.name}_{unit}" if self.is_length and unit != "px" else self.name

    def expression(self, kind: str, a: str, b: str, options: Mapping[str, str]) -> str:
        """It as the language writes it, of two inputs of a kind."""
        if kind == LABELS and self.labels:
            return self.labels.format(a=a, b=b, **options)
        if kind == LABELS:
            a, b = f"{a} > 0", f"{b} > 0"
        return self.mask.format(a=a, b=b, **options)


_OBJECTS = "label({a}), label({b}){iou}"
_ALL = (
    Measure("dice", "dice({a}, {b})", "Dice's overlap; of labels the mean over their numbers", labels="dice({a}, {b})"),
    Measure("iou", "iou({a}, {b})", "intersection over union, Jaccard's; of labels as dice", labels="iou({a}, {b})"),
    Measure("precision", "precision({a}, {b})", "pixels that are right among those found; of labels objects",
            labels="precision({a}, {b}{iou})"),
    Measure("recall", "recall({a}, {b})", "pixels found among those of the truth, sensitivity; of labels objects",
            labels="recall({a}, {b}{iou})"),
    Measure("specificity", "specificity({a}, {b})", "pixels left off among those that are off in the truth"),
    Measure("volume_difference", "volume_difference({a}, {b})", "how much larger, relative to the truth", best=0),
    Measure("hd", "hausdorff({a}, {b}{unit}{method})", "Hausdorff distance of surfaces", best=0, is_length=True),
    Measure("hd95", "hausdorff({a}, {b}, 95{unit}{method})", "95 % Hausdorff distance", best=0, is_length=True),
    Measure("asd", "surface_distance({a}, {b}{unit}{method})", "average symmetric surface distance", best=0,
            is_length=True),
    Measure("surface_dice", "surface_dice({a}, {b}, {tolerance}{method})", "surface within --tolerance of the other's"),
    Measure("f1", f"f1({_OBJECTS})", "detection F1 of objects that match at --iou; of masks their regions",
            labels="f1({a}, {b}{iou})"),
    Measure("matched", f"matched({_OBJECTS})", "objects that match, as for f1", None, labels="matched({a}, {b}{iou})"),
    Measure("segmentation_quality", f"segmentation_quality({_OBJECTS})", "mean iou of the objects that match",
            labels="segmentation_quality({a}, {b}{iou})"),
    Measure("panoptic_quality", f"panoptic_quality({_OBJECTS})", "f1 times segmentation_quality",
            labels="panoptic_quality({a}, {b}{iou})"),
)  # fmt: skip
MEASURES = {measure.name: measure for measure in _ALL}
USUAL = {
    MASK: ("dice", "iou", "precision", "recall", "specificity", "volume_difference", "hd", "hd95", "asd"),
    LABELS: ("f1", "precision", "recall", "matched", "panoptic_quality"),
}
METHOD = "monai"  # of distances, unless another is asked for
TOLERANT = "surface_dice"
BY_NUMBER = ("dice", "iou")  # of labels
# What else they are called.
_OTHERS = {
    "dsc": "dice",
    "hausdorff": "hd",
    "hausdorff_distance": "hd",
    "robust_hausdorff": "hd95",
    "hausdorff95": "hd95",
    "jaccard": "iou",
    "jaccard_index": "iou",
    "sensitivity": "recall",
    "tpr": "recall",
    "tnr": "specificity",
    "ppv": "precision",
    "vd": "volume_difference",
    "rvd": "volume_difference",
    "ravd": "volume_difference",
    "assd": "asd",
    "average_surface_distance": "asd",
    "surface_distance": "asd",
    "nsd": "surface_dice",
    "normalized_surface_dice": "surface_dice",
    "tp": "matched",
    "pq": "panoptic_quality",
    "sq": "segmentation_quality",
    "rq": "f1",
}


def named(names: Iterable[str]) -> tuple[Measure, ...]:
    """The measures of some names, each once."""
    found = dict.fromkeys(_known(name.strip()) for name in names)
    return tuple(MEASURES[name] for name in found)


def _known(name: str) -> str:
    found = known_as(name, MEASURES) or _OTHERS.get(known_as(name, _OTHERS), "")
    if not found:
        near = nearest(name, [*MEASURES, *_OTHERS])
        way_out = f"did you mean {near}?" if near else f"it is one of {', '.join(MEASURES)}"
        raise InputError(messages.COMPARE_MEASURE.anywhere(name=printable(name), way_out=way_out))
    return found
