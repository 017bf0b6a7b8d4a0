"""What a program asks for: its inputs and params as a form shows them, and JSON Schema, which holds requests to
what the program does."""

import json
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from helpers.each import each
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import maskexpr
from maskexpr.kinds.quantity import Quantity

TISSUE = """
input im: image = "ankle.png" "the radiograph"
param low = 32 in 0..255 "lower end"
param share = 0.5 in 0..1
param shape = "disk" in "disk", "square"
param reach = 2mm in 0mm..5mm
param least = 3mm2
param strict = true
m = dilate((im > low) & roi, reach, shape) & strict
output m = remove_small(m, least)
output n = fraction(m) > share * k
"""
PARAMS = {
    "whole numbers in an interval": "32 in -5..255",
    "whole numbers": "32",
    "numbers in an interval": "0.5 in -1..2.25",
    "numbers": "0.5",
    "whole and not": "1 in 0.5..7",
    "truths": "true",
    "texts": '"a"',
    "texts to choose from": '"disk" in "disk", "square", "ring \\"x\\""',
    "lengths": "2mm",
    "lengths in an interval": "250um in 0.2mm..5mm",
    "lengths around nothing": "-1mm in -2.5mm..10um",
    "areas in an interval": "3mm2 in 1mm2..1cm2",
    "volumes": "3mm3 in 0mm3..4mm3",
}


def program_of(declared):
    return maskexpr.compile(f"param p = {declared}\nim > 0")


def accepts(program, value):
    """Whether the program takes a value for its param."""
    named = {info.name: ((4, 5), "uint8") for info in program.inputs}
    try:
        program.bind(**named, p=value)
    except maskexpr.InputError:
        return False
    return True


# --- infos -----------------------------------------------------------------------------------------------------------


def test_what_a_form_shows():
    program = maskexpr.compile(TISSUE)
    assert [repr(info) for info in program.inputs] == [
        '<input im: image = "ankle.png", "the radiograph">',
        "<input roi: mask or truth>",
        "<input k: image or labels or number>",
    ]
    assert [(i.takes_arrays, i.takes_numbers) for i in program.inputs] == [(True, False), (True, True), (True, True)]
    assert [repr(info) for info in program.params] == [
        '<param low: whole number = 32 in 0..255, "lower end">',
        "<param share: number = 0.5 in 0..1>",
        '<param shape: text = "disk" in "disk", "square">',
        "<param reach: length = 2mm in 0mm..5mm>",
        "<param least: size = 3mm2>",
        "<param strict: truth = true>",
    ]
    assert [(p.kind, p.unit, p.step) for p in program.params] == [
        ("whole number", "", Decimal(1)),
        ("number", "", Decimal("0.01")),
        ("text", "", None),
        ("length", "mm", Decimal("0.01")),
        ("size", "mm2", Decimal(1)),
        ("truth", "", None),
    ]


@pytest.mark.parametrize(
    ("declared", "step"),
    [
        ("32", 1),
        ("32.0", "0.1"),
        ("0.25", "0.01"),
        ("0.25 in 0..1", "0.01"),
        ("0.5 in 0..10000", "0.1"),
        ("0.5 in 0..0.001e3", "0.01"),
        ("1e-7 in 0..1e-6", "1e-8"),
        ("1e20 in 0..1e22", "1"),
        ("0.1 in 0.1..0.1", "0.1"),
        ("100um in 0mm..1m", "0.1"),
        ("5nm", "0.000001"),
        ("3mm2 in 3mm2..3.5mm2", "0.001"),
    ],
)
def test_steps_are_exact(declared, step):
    (param,) = program_of(declared).params
    assert param.step == Decimal(step)


def test_names_with_control_characters_are_shown_on_one_line():
    (info,) = maskexpr.compile("input im 'a\\\\b\tc'; im > 3").inputs
    assert repr(info).isprintable()


# --- the schema ------------------------------------------------------------------------------------------------------


def test_the_schema_is_one():
    schema = maskexpr.compile(TISSUE).schema()
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
    assert list(schema["properties"]) == ["im", "roi", "k", "low", "share", "shape", "reach", "least", "strict"]
    assert schema["properties"]["low"] == {
        "type": "integer",
        "minimum": 0,
        "maximum": 255,
        "default": 32,
        "description": "lower end",
        "x-maskexpr": {"role": "param", "kind": "whole number", "step": 1},
    }
    validator = Draft202012Validator(schema)
    fits = {"im": "upload-1", "roi": True, "k": 0.5}
    assert validator.is_valid(fits)
    assert validator.is_valid({**fits, "roi": "upload-2", "reach": "250um", "shape": "square", "least": "1.5mm2"})
    for wrong in ({"im": 3}, {"roi": 3}, {"k": False}, {"reach": "6mm"}, {"reach": 2}, {"other": 1}, {"low": "32"}):
        assert not validator.is_valid({**fits, **wrong}), wrong
    assert not validator.is_valid({"im": "upload-1", "roi": True})


@each("declared", list(PARAMS.values()))
def test_the_default_is_accepted(declared):
    program = program_of(declared)
    schema = program.schema()
    Draft202012Validator.check_schema(schema)
    value = schema["properties"]["p"]
    assert Draft202012Validator(value).is_valid(value["default"])
    assert accepts(program, value["default"])


NUMBERS = st.one_of(
    st.integers(-300, 300),
    st.integers(-(2**130), 2**130),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, 0.0, -0.0, 1.0, 255, 255.5, 256, 2.25, 2**128 - 1, 2**128, -(2**128), 1e300, 10**400]),
)
TEXTS = st.one_of(st.sampled_from(["a", "disk", "square", "Disk", "", 'ring "x"']), st.text(max_size=8))
UNITS = st.sampled_from(["nm", "um", "mm", "cm", "m", "px", "", "km", "MM"])


@st.composite
def lengths(draw):
    number = draw(st.one_of(st.integers(0, 12_000).map(str), st.decimals(0, 300, places=3).map(str)))
    unit = draw(UNITS)
    return draw(st.sampled_from(["", "", "-", "+", " "])) + number + unit + draw(st.sampled_from(["", "2", "3", "\n"]))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(PARAMS.values())), st.one_of(NUMBERS, TEXTS, lengths(), st.booleans(), st.none(), st.just([1]))
)
def test_what_the_schema_accepts_the_program_accepts(declared, value):
    program = program_of(declared)
    is_valid = Draft202012Validator(program.schema()["properties"]["p"]).is_valid(value)
    taken = accepts(program, value)
    if is_valid:
        assert taken
    elif isinstance(program.params[0].default, Quantity):
        # The program takes lengths that are written otherwise as well: with an exponent, zeros or blanks around them.
        assume(not isinstance(value, str) or value == value.strip())
        assume(not (isinstance(value, str) and value.lstrip("-").startswith(("00", "01"))))
        assume(
            not (isinstance(value, str) and value[:1] == "-" and not any(c in value for c in "123456789"[: len(value)]))
        )
        assert not taken
    else:
        assert not taken


@settings(max_examples=100, deadline=None)
@given(st.fractions(-3, 12, max_denominator=1000), st.sampled_from(["nm", "um", "mm", "cm", "m"]))
def test_lengths_at_the_ends_of_an_interval(value, unit):
    program = program_of("1mm in -2.5mm..10mm")
    scale = {"nm": 10**6, "um": 1000, "mm": 1, "cm": Fraction(1, 10), "m": Fraction(1, 1000)}[unit]
    number = round(float(value), 3)
    text = Quantity(Fraction(str(number)) * scale, 1).number + unit
    assume(not text.startswith("-0" + unit))
    is_valid = Draft202012Validator(program.schema()["properties"]["p"]).is_valid(text)
    assert is_valid == (-2.5 <= number <= 10) == accepts(program, text)


def test_the_schema_of_many_inputs_is_made_at_once():
    """What each of very many inputs may be is left open."""
    text = " & ".join(f"(a{i} > 3)" for i in range(300))
    schema = maskexpr.compile(text).schema()
    assert len(schema["properties"]) == 300
    assert np.unique([str(way["anyOf"]) for way in schema["properties"].values()]).size == 1


@pytest.mark.parametrize("value", [2**128 - 1, -(2**128) + 1, 2**128, -(10**40)])
def test_numbers_for_inputs_are_such_as_the_program_takes(value):
    program = maskexpr.compile("im > t")
    is_accepted = Draft202012Validator(program.schema()).is_valid({"im": "an upload", "t": value})
    assert is_accepted == (abs(value) < 2**128)
    if is_accepted:
        program(im=np.zeros((2, 2), np.uint8), t=value)
