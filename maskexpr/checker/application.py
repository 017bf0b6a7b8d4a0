"""A function of the catalogue applied to its arguments: whether each fits, and what comes out."""

import contextlib
import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from maskexpr.checker import advice
from maskexpr.checker.context import Value
from maskexpr.checker.moving import ways
from maskexpr.checker.place import Place
from maskexpr.checker.shapes import agree, apart, sourced
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.messages import Mistake
from maskexpr.functions.arguments import Parameter, Refused, Surroundings, part_name, value_text
from maskexpr.functions.gives import grid_of
from maskexpr.functions.record import Function
from maskexpr.functions.settling import default_of
from maskexpr.kinds.kind import (
    ARRAYS,
    LOGICAL,
    NUMERIC_ARRAYS,
    QUANTITIES,
    SAMPLES,
    SEGMENTATIONS,
    Kind,
    number,
    shape_text,
)
from maskexpr.library import CATALOGUE, PLANNED

Given = Mapping[str, Value]
_LISTS = {"masks", "images"}
_OF_MASKS = {"mean": ("the share of pixels", "fraction"), "sum": ("the number of pixels", "area")}


class _Open:
    """Stands for a setting that depends on an input that was not given."""


_OPEN = _Open()


def apply(here: Place, function: Function, given: Given) -> Value:
    """The value of a call whose arguments were bound to the function's parameters."""
    coloured = given.get("im") if function.by_channel else None
    if coloured is not None and coloured.kind.name == "colour":
        return _by_channel(here, function, given, coloured)
    value = _Application(here, function, given).value()
    if coloured is not None and coloured.kind.may_be({"colour"}) and value.kind.may_be({"image"}):
        return here.unknown(function.gives.names | {"colour"})  # as the input is, once it is given
    return value


def _by_channel(here: Place, function: Function, given: Given, coloured: Value) -> Value:
    """The function of each channel of a colour image, and these together as one again."""
    kind = coloured.kind
    if not kind.is_complete:
        return here.unknown(frozenset({"colour"}))
    parts = []
    for i in range(kind.channels):
        one = apply(here, CATALOGUE["channel"], {"im": coloured, "i": here.constant(number(constant=i))})
        parts.append(apply(here, function, {**given, "im": one}))
    if not all(part.kind.is_complete for part in parts):
        return here.unknown(frozenset({"colour"}))
    first = parts[0].kind
    joined = replace(first, name="colour", channels=kind.channels, grid=kind.grid)
    operands = {part_name("channels", i): part for i, part in enumerate(parts)}
    return here.apply(PLANNED["channels together"], operands, joined, {})


def _spacing_of(kind: Kind) -> Any:
    return kind.spacing


def _grid_of(kind: Kind) -> Any:
    return kind.grid


def worked_axes(function: Function, given: Given, around: Surroundings) -> tuple[int, ...] | None:
    """The axes a call works on: how pixels can be connected, and what size they have, depends on them."""
    parameter, axes = function.parameter("axes"), given.get("axes")
    if parameter is None or parameter.takes.settle is None:
        return None
    if axes is None or axes.kind.name == "none":
        return _space(function, around)
    if not axes.kind.is_constant:
        return None
    try:
        return parameter.takes.settle(axes.kind, around) or None
    except Refused:
        return None  # said when it is its turn


def _space(function: Function, around: Surroundings) -> tuple[int, ...] | None:
    """The axes of space, where time is named: frames are worked on one by one. A statistic is of all pixels."""
    if around.time is None or around.ndim is None or function.group == "measures":
        return None
    return tuple(axis for axis in range(around.ndim) if axis != around.time)


class _Application:
    """One call while its arguments are sorted: values that depend on pixels become operands, constants settings."""

    def __init__(self, here: Place, function: Function, given: Given) -> None:
        self.here, self.function, self.given = here, function, given
        self.operands: dict[str, Value] = {}
        self.settings: dict[str, Any] = {}
        self.arrays = {n: v.kind for n, v in given.items() if v.kind.holds_pixels}

    def value(self) -> Value:
        """The value, or after a mistake a stand-in."""
        fits = self._fill_in()
        self.around = self._surroundings()
        axes = worked_axes(self.function, self.given, self.around)
        if axes is not None:
            self.around = replace(self.around, axes=axes)
        for parameter in self.function.parameters:
            fits = self._take(parameter) and fits
        if fits and ("ways" in self.function.filled_in or agree(self.here, self.operands)):
            result = self._result()
            self._note_unit(result)
            if result.kind.is_complete:
                advice.look_at(self.here, self.function, self.given, result, self.around)
            return result
        return self.here.unknown(self.function.gives.names)

    def _note_unit(self, result: Value) -> None:
        """The unit that the result is in; a statistic is in that of its values."""
        unit, first = self.settings.get("unit"), next(iter(self.operands.values()), None)
        units = self.here.context.steps.units
        if isinstance(unit, str):
            units[result.step] = (self.function, unit)
        elif self.function.group == "measures" and first and first.step in units:
            units[result.step] = units[first.step]

    # --- arguments ---

    def _take(self, parameter: Parameter) -> bool:
        """Sort one argument, or its default; whether it fits."""
        name, takes = parameter.name, parameter.takes
        if name == "axes" and (name not in self.given or self.given[name].kind.name == "none"):
            self.settings[name] = _space(self.function, self.around)
            return True
        if name not in self.given:
            self._take_default(parameter)
            return True
        value = self.given[name]
        try:
            if not self._kind_fits(parameter, value):
                return False
            if takes.settle is not None:
                self.settings[name] = self._settled(parameter, value.kind)
            elif takes.several and value.kind.name in takes.kinds:
                listed = value.kind.name in _LISTS
                for i, part in enumerate(value.step.operands.values() if listed else (value.step,)):
                    self.operands[part_name(name, i)] = Value(part, value.span)
            else:
                self.operands[name] = self._operand(parameter, value)
        except Refused as refused:
            mistake, other = self._for_another(refused.mistake, parameter, value)
            self.here.refuse(Refused(mistake, name, **{**refused.fields, **other}), self.given)
            return False
        return True

    def _for_another(self, mistake: Mistake, refusing: Parameter, value: Value) -> tuple[Mistake, dict[str, object]]:
        """The mistake as it is, or, where the argument is a text that another parameter would take, with that hint."""
        for parameter in self.function.parameters if value.kind.name == "text" else ():
            settle = parameter.takes.settle if "text" in parameter.takes.kinds else None
            if settle is None or parameter is refusing or parameter.name in self.given:
                continue
            with contextlib.suppress(Refused):
                settle(value.kind, self.around)
                meant = f"{parameter.name}={value_text(value.kind.constant)}"
                return replace(mistake, hint=messages.MEANT_FOR_OTHER), {"meant": meant}
        return mistake, {}

    def _take_default(self, parameter: Parameter) -> None:
        if parameter.takes.settle is not None:
            self.settings[parameter.name] = default_of(parameter.default, parameter.takes, self.around)
        elif parameter.default is None:
            self.settings[parameter.name] = None
        else:
            default = number(constant=parameter.default)
            self.operands[parameter.name] = self.here.constant(default)

    def _settled(self, parameter: Parameter, kind: Kind) -> Any:
        if not kind.is_constant:
            if kind.name == "unknown":
                return _OPEN
            raise Refused(messages.NOT_CONSTANT, what=parameter.name)
        if kind.name == "number":
            parameter.takes.check_number(kind.constant)
        assert parameter.takes.settle is not None
        return parameter.takes.settle(kind, self.around)

    def _operand(self, parameter: Parameter, value: Value) -> Value:
        takes = parameter.takes
        if takes.quantity is not None and value.kind.name in QUANTITIES:
            pixels = takes.quantity(value.kind, self.around)
            return self.here.at(value).constant(Kind("number", constant=pixels))
        if value.kind.name == "number" and value.kind.is_constant:
            takes.check_number(value.kind.constant)
        return value

    def _kind_fits(self, parameter: Parameter, value: Value) -> bool:
        """Whether the argument is of a kind the parameter takes; if not, say what was probably meant."""
        if value.kind.may_be(self.function.accepts(parameter)):
            return True
        text = self.here.quote(value)
        mistake, more = self._misfit(parameter, value, text)
        fields = {"function": self.function.name, "name": parameter.name, "wanted": parameter.takes.noun, "text": text}
        self.here.at(value).report(mistake, kind=value.kind.word, whole=self.here.span, **fields, **more)
        return False

    def _misfit(self, parameter: Parameter, value: Value, text: str) -> tuple[Mistake, dict[str, object]]:
        """What was probably meant by an argument of a kind that the parameter does not take."""
        kind, wanted = value.kind, parameter.takes.kinds
        # A comparison is a mask or a truth already before its image is known; both want the same advice.
        name = "mask" if kind.name == "unknown" and kind.surely(LOGICAL) else kind.name
        if name == "colour":
            return self.here.context.of_colour(messages.ARGUMENT_COLOUR, value)
        if name == "table":
            return self._misfit_of_table(kind, wanted)
        if kind.surely(SAMPLES) or kind.is_of_rows:
            return self._misfit_of_samples(parameter, value, text)
        is_named = bool(value.step.name) and (kind.range is not None or not kind.is_complete)
        meant = (
            (wanted == {"labels"} and name == "mask", messages.PAINT_OF_MASK),
            (wanted == {"masks"} and name == "list", messages.ARGUMENT_MASKS_NONE),
            (wanted == {"masks"}, messages.ARGUMENT_MASKS_WANTED),
            (wanted == {"colour"}, messages.ARGUMENT_COLOUR_WANTED),
            (wanted >= SEGMENTATIONS and is_named, messages.ARGUMENT_LABELS_WANTED),
            ("mask" in wanted and kind.word in NUMERIC_ARRAYS, messages.ARGUMENT_MASK_WANTED),
            (name == "mask" and self._counts_masks, messages.ARGUMENT_SPREAD_WANTED),
            ("image" in wanted and name == "mask", messages.ARGUMENT_IMAGE_WANTED),
            ("text" in wanted and text.isidentifier() and name not in ("none", "truth"), messages.ARGUMENT_QUOTES),
            (name in QUANTITIES and "number" in wanted and not wanted & QUANTITIES, messages.ARGUMENT_QUANTITY),
        )
        mistake = next((mistake for applies, mistake in meant if applies), None)
        if mistake is not None:
            what, other = _OF_MASKS.get(self.function.name, ("", ""))
            return mistake, {"what": what, "other": other}
        mistake, more = self._for_another(messages.ARGUMENT_KIND, parameter, value)
        return mistake, {**more, "signature": self.function.signature}

    def _misfit_of_table(self, table: Kind, wanted: frozenset[str]) -> tuple[Mistake, dict[str, object]]:
        mistake = messages.TABLE_MEASURED if "samples" in wanted else messages.TABLE_AS_IMAGE
        if not wanted & ARRAYS:
            return messages.ARGUMENT_KIND, {"signature": self.function.signature}
        return mistake, {"column": table.columns[1].name if len(table.columns) > 1 else "area"}

    @property
    def _counts_masks(self) -> bool:
        """Whether another function does to a mask what this one would."""
        return self.function.name in _OF_MASKS and "axes" not in self.given

    def _misfit_of_samples(self, parameter: Parameter, value: Value, text: str) -> tuple[Mistake, dict[str, object]]:
        """Samples where an image or a mask is wanted, or those of the other."""
        name, wanted, step = value.kind.name, parameter.takes.kinds, value.step
        if "samples" in wanted and self.function.name in _OF_MASKS:
            what, other = _OF_MASKS[self.function.name]
            return messages.SAMPLES_OF_MASK_COUNTED, {"what": what, "other": other}
        if "samples" in wanted:
            return messages.SAMPLES_OF_MASK, {}
        if "mask samples" in wanted:
            return messages.SAMPLES_OF_IMAGE, {}
        selection = self.here.context.steps.selections.get(step)
        if selection is not None and selection.mask.kind.name == "table":
            if self.function.name == "isin":
                return messages.ROWS_AS_LIST, {"operator": "isin", "regions": "labels", "table": selection.text}
            return messages.COLUMN_AS_IMAGE, {"table": selection.text}
        if not wanted & NUMERIC_ARRAYS and "mask" not in wanted:
            return messages.ARGUMENT_KIND, {"signature": self.function.signature}
        if name == "samples" and self.function.parameter("within") and set(step.operands) == {"value", "mask"}:
            # Not as this text has them: in a `def` they are what was given to it.
            samples, mask = (step.source.quote(step.span) for step in step.operands.values())
            return messages.ARGUMENT_WITHIN, {"value": samples, "mask": mask}
        more: dict[str, object] = {"mask": selection.text if selection else "mask"}
        if self.function.parameter("within"):
            return messages.ARGUMENT_SAMPLES_WITHIN, more
        is_measure = not self.function.gives.names & ARRAYS
        return messages.ARGUMENT_SAMPLES_MEASURED if is_measure else messages.ARGUMENT_SAMPLES, more

    # --- what the user does not write ---

    def _surroundings(self) -> Surroundings:
        grid = grid_of(self.arrays) or next(iter(self.arrays.values()), None)
        if grid is None:
            return Surroundings(None, None)
        return Surroundings(grid.ndim, grid.spacing, time=grid.grid.time if grid.grid else None)

    def _fill_in(self) -> bool:
        """What drawn shapes and coordinates take from the program's images, and physical measures from the call's."""
        if "grid" in self.function.filled_in and not self._fill_in_grid():
            return False
        predicate = self.given["predicate"].kind if "numbers" in self.function.filled_in else None
        if predicate is not None and predicate.is_constant:
            for i, step in enumerate(predicate.constant.numbers):
                self.operands[part_name("numbers", i)] = Value(step, self.here.span)
        if "spacing" in self.function.filled_in:
            self.settings["spacing"] = self._surroundings().spacing
        if "names" in self.function.filled_in:
            self.settings["names"] = self._surroundings().axis_names
        return True

    def _fill_in_grid(self) -> bool:
        context, name = self.here.context, self.function.name
        context.uses_grid = True
        images = [k for k in context.signature.values() if k.is_array]
        if not images and context.inputs_are_given:
            self.here.report(messages.GRID_MISSING, name=name)
            return False
        if not images:
            self.settings["grid"] = _OPEN
            return True
        first = images[0]
        other = next((k for k in images if k.shape != first.shape), None)
        if other is not None:
            fields = {"left": sourced(first.origin), "right": sourced(other.origin)}
            shapes = {"left_shape": shape_text(first.shape or ()), "right_shape": shape_text(other.shape or ())}
            self.here.report(messages.GRID_SEVERAL, name=name, **fields, **shapes)
            return False
        if self._lie_apart(images):
            return False
        self.settings["grid"] = first.shape
        spaced, placed = (next((k for k in images if stated(k)), first) for stated in (_spacing_of, _grid_of))
        self.arrays["grid"] = replace(first, spacing=spaced.spacing, grid=placed.grid)
        return True

    def _lie_apart(self, images: list[Kind]) -> bool:
        """Report images of one shape that do not lie on one grid."""
        for first, second in itertools.combinations(images, 2):
            difference = apart(first, second)
            if difference:
                fields = {"left": sourced(first.origin), "right": sourced(second.origin)}
                self.here.report(messages.GRID_APART, name=self.function.name, difference=difference, **fields)
                return True
        return False

    def _fill_in_ways(self) -> None:
        """How the grids of what is resampled, and of what it is resampled to, lie in each other."""
        kinds = [self.operands[name].kind for name in ("a", "like")]
        is_known = all(kind.is_complete and kind.shape is not None for kind in kinds)
        self.settings["ways"] = ways(*kinds) if is_known else _OPEN

    # --- the result ---

    def _result(self) -> Value:
        function, settings = self.function, self.settings
        is_open = any(s is _OPEN for name, s in settings.items() if name != "grid")
        try:
            if function.check is not None and not is_open:
                function.check(settings, self.around)
            if settings.get("grid") is _OPEN:
                return self.here.unknown(function.gives.names)
            if "ways" in function.filled_in:
                self._fill_in_ways()
            kind = function.gives(self._kinds())
            samples = next((v for v in self.operands.values() if v.kind.is_samples), None)
            if samples and function.parts == "pixelwise" and not kind.surely(SAMPLES):
                raise Refused(messages.NOT_OF_SAMPLES, function=function.name)  # a host's, with a rule of its own
        except Refused as refused:
            self.here.refuse(refused, self.given)
            return self.here.unknown(function.gives.names)
        if is_open or not kind.is_complete or not all(k.is_complete for k in self._kinds().values()):
            return self.here.unknown(kind.options or frozenset({kind.name}))
        return self.here.apply(function, self.operands, kind, settings)

    def _kinds(self) -> dict[str, Kind]:
        """The kinds a result follows from: those of operands, of written settings, and of the grid."""
        kinds = {n: v.kind for n, v in self.operands.items()}
        kinds.update({n: v.kind for n, v in self.given.items() if n in self.settings})
        if "grid" in self.settings:
            kind = Kind("image", self.settings["grid"], np.dtype(np.uint8), spacing=self.around.spacing)
            kinds["grid"] = replace(kind, grid=self.arrays["grid"].grid) if "grid" in self.arrays else kind
        return kinds
