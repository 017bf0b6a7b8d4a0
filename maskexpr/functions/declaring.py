"""What may be declared of a host's function, and what to write in the place of what may not."""

import keyword
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from maskexpr.functions.gives import Gives
from maskexpr.functions.signatures import refuse_odd_parameters

WHOLE: Literal["whole"] = "whole"  # a halo: the result at one pixel may depend on any other
OF_HOSTS = ("", "everywhere", "cross", "within")
"""Those that a host's function may declare: the others know what they are for."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def refuse_nonsense(record: Any) -> None:
    """A TypeError for a declaration that could only fail later, and somewhere else; it says what to write."""
    refuse_odd_parameters(record.name, record.parameters, record.filled_in)
    names = {parameter.name for parameter in record.parameters}
    for what, (fits, way) in _WANTED.items():
        if not fits(getattr(record, what)):
            raise TypeError(f"{record.name} cannot be declared with {what}={getattr(record, what)!r}; give {way}")
    for what, named in (
        ("aliases", record.aliases.values()),
        ("places", record.places),
        ("compares", record.compares),
    ):
        if not names.issuperset(named):
            value = getattr(record, what)
            raise TypeError(f"{record.name} cannot be declared with {what}={value!r}; name parameters: {sorted(names)}")


def _is_halo(value: object) -> bool:
    return value == WHOLE or callable(value) or (_is_size(value) and isinstance(value, int))


def _is_estimate(value: object) -> bool:
    return callable(value) or _is_size(value)


def _is_truth(value: object) -> bool:
    return isinstance(value, bool)


def _is_truth_or_rule(value: object) -> bool:
    return isinstance(value, bool) or callable(value)


def _is_rule_or_none(value: object) -> bool:
    return value is None or callable(value)


# What may stand in a record, and what to give in its place.
_WANTED: dict[str, tuple[Callable[[Any], bool], str]] = {
    "name": (lambda v: bool(_NAME.fullmatch(v)) and not keyword.iskeyword(v), "a name of letters, digits and _"),
    "gives": (
        lambda v: isinstance(v, Gives),
        "what maskexpr.functions has: MASK, LABELS, FLOAT_IMAGE, NUMBER...",
    ),
    "halo": (
        _is_halo,
        'how many pixels it looks around each, 0 for none, "whole" for all of the image, or a function of the settings'
        " and the number of axes that gives one number for each axis",
    ),
    "cost": (_is_estimate, "how many operations a pixel takes, about"),
    "memory": (_is_estimate, "how many bytes a pixel takes beside the result"),
    "border": (lambda v: isinstance(v, str | Mapping), "words for the rule outside the image"),
    "check": (_is_rule_or_none, "a function of the settings and what is around, which raises refusal(...)"),
    "bare": (_is_truth, "True or False"),
    "total": (_is_truth_or_rule, "True or False, or a function of the kinds"),
    "transposes": (_is_truth, "True or False"),
    "keeps_empty": (_is_truth_or_rule, "True or False, or a function of the settings"),
    "extensive": (_is_truth_or_rule, "True or False, or a function of the settings"),
    "without_data": (lambda v: v in OF_HOSTS, f"one of {', '.join(map(repr, OF_HOSTS))}"),
    "spoilt_by": (lambda v: v in ("", "nan", "inf"), '"nan" or "inf"'),
    "remark": (_is_rule_or_none, "a function of what is known and the shape"),
    "by_channel": (_is_truth, "True or False"),
}


def _is_size(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
