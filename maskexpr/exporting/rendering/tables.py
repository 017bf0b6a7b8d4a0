"""Regions chosen by what is measured on them, and tables."""

import ast
import re
from typing import Any

import numpy as np

from maskexpr.exporting.forms import Call, NoForm, cast, form, template
from maskexpr.exporting.rendering.elements import called, connectivity, worked_of
from maskexpr.exporting.syntax import Code, code, literal
from maskexpr.library.regions.keeping import Predicate
from maskexpr.library.regions.measuring import Measurement

_WRITTEN = re.compile(r"(\w+)(?:\((.+)\))?(?:\[(\d+)\])?( in mm)?")
_PLAIN = {"area", "volume", "extent", "solidity", "convex_area", "perimeter", "circularity", "equivalent_diameter"}
_PLAIN |= {"eccentricity", "orientation", "major_axis", "minor_axis", "aspect_ratio", "roundness", "euler_number"}
_PLAIN |= {"touches_border"}
_OF_IMAGE = {"sum_intensity", "mean_intensity", "std_intensity", "min_intensity", "max_intensity"}
_OF_PLANES = {"solidity", "convex_area", "major_axis", "minor_axis", "aspect_ratio", "roundness", "euler_number"}


def _measured(call: Call, name: str, argument: Any, part: int | None, image: Code | None) -> Code:
    """What is measured on `regions`, one value for each."""
    if name in _OF_PLANES and call.ndim != 2:
        raise NoForm(f"by {name} of other than planes")
    if name in _PLAIN:
        return code(f"{'area' if name == 'volume' else name}_of(regions)")
    if name in ("centroid", "bbox"):
        return code(f"{name}_of(regions, part)", part=part)
    if image is not None and name in _OF_IMAGE:
        return code(f"{name}_of(regions, im)", im=image)
    if image is not None and name in ("median_intensity", "percentile_intensity"):
        q = 50 if name == "median_intensity" else argument
        return code("percentile_intensity_of(regions, im, q)", im=image, q=q)
    if image is not None and name == "weighted_centroid":
        return code("weighted_centroid_of(regions, im, part)", im=image, part=part)
    if name == "parent" and call.is_given("parent"):
        other = call.operands["parent"]
        if call.kind_of("parent").name == "mask":
            other = code("found[0]", found=called("ndimage.label", other, connectivity(call)))
        return code("parent_of(regions, other)", other=other)
    if name == "label" and call.kind_of("m").name == "mask":
        return code("np.arange(1, regions.max() + 1)")
    raise NoForm(f"by {name}")


def _of_regions(call: Call, value: Code) -> Code:
    arguments = ast.arguments([], [ast.arg("regions")], None, [], [], None, [])
    return ast.Lambda(arguments, value)


def _refuse_slices(call: Call) -> None:
    if len(worked_of(call)) < call.ndim:
        raise NoForm("slice by slice")


@form("keep")
def _keep(call: Call) -> Code:
    _refuse_slices(call)
    predicate: Predicate = call.setting("predicate")
    properties = {}
    for step in predicate.steps:
        if step.function is None and not step.kind.is_constant and step not in predicate.numbers:
            found = _WRITTEN.fullmatch(step.name)
            assert found is not None
            name, argument, part, unit = found.groups()
            if unit:
                raise NoForm(f"by {name} in mm")
            number = None if argument is None else float(argument) if set(argument) & set(".en") else int(argument)
            place = None if part is None else int(part)
            properties[step] = _measured(call, name, number, place, call.operands.get("of"))
    assert call.within is not None
    condition = _of_regions(call, call.within(predicate.steps[-1], properties))
    if call.kind_of("m").name == "labels":
        return called("keep_labels", call.operands["m"], condition)
    return called("keep", call.operands["m"], condition, structure=connectivity(call))


@form("measure")
def _measure(call: Call) -> Code:
    _refuse_slices(call)
    asked = call.setting("properties")
    if asked.positions:
        raise NoForm("slice by slice")
    images = call.several("of")
    keys: list[Code | None] = []
    values = []
    for one in asked.asked:
        image = images[one.image] if one.image is not None else None
        for i, column in enumerate(one.columns):
            if column.unit:
                raise NoForm(f"in {column.unit}")
            part = i if one.name in ("centroid", "bbox", "weighted_centroid") else None
            keys.append(literal(column.name))
            found = _measured(call, one.name, one.argument, part, image)
            values.append(_typed(found, one, column.kind.dtype))
    columns = _of_regions(call, ast.Dict(keys, values))
    if call.kind_of("m").name == "labels":
        return called("measure_labels", call.operands["m"], columns)
    return called("measure", call.operands["m"], columns, structure=connectivity(call))


def _typed(found: Code, one: Measurement, wanted: Any) -> Code:
    """A column in its type, where a helper gives another one."""
    if one.name == "sum_intensity" and np.dtype(wanted).kind == "u":
        return cast(found, np.int64, wanted)
    return found


template("rows", "rows(table, chosen)")


@form("perimeter")
def _perimeter(call: Call) -> Code:
    if call.setting("unit") != "px":
        raise NoForm(f"in {call.setting('unit')}")
    return call.write("perimeter(m)")


@form("hull")
def _hull(call: Call) -> Code:
    if len(worked_of(call)) > 2:
        raise NoForm("of volumes")
    if call.kind_of("m").name == "labels":
        if len(worked_of(call)) < call.ndim:
            raise NoForm("of labels, slice by slice")
        return call.write("hull_labels(m)")
    if len(worked_of(call)) < call.ndim:
        return code("slicewise(hull, m, axes)", m=call.operands["m"], axes=worked_of(call))
    return call.write("hull(m)")


@form("valid")
def _valid(call: Call) -> Code:
    return call.write("np.ones(x.shape[:-1], bool)" if call.kind_of("x").channels else "np.ones(x.shape, bool)")


@form("fill", "stored")
def _as_it_is(call: Call) -> Code:
    return cast(call.operands["x"], call.dtype_of("x"), call.dtype)


@form("pixel with data")
def _pixel(call: Call) -> Code:
    return call.write("pixel_with_data(pixel, valid)")
