"""What a caller gives to a program."""

from maskexpr.diagnostics.messages.wording import Mistake

INPUT_MISSING = Mistake("input-missing", "no {name} was given", "give it: {name}=...")
INPUT_MISSING_NEAR = Mistake("input-missing", "no {name} was given", "did you mean {near}?")
INPUT_MISSING_PROPERTY = Mistake(
    "input-missing",
    "no {name} was given, and regions have no such property",
    "maskexpr functions properties lists those they have",
)
INPUT_LATER = Mistake(
    "input-missing", "no {name} was given, and it gets a value only here or further down", "move that line up"
)
INPUT_MISSING_FUNCTION = Mistake("input-missing", "{name} is a function", "call it: {name}(...)")
INPUT_UNKNOWN_NEAR = Mistake("input-unknown", "the program has no input or param {name}", "did you mean {near}?")
INPUT_UNKNOWN = Mistake("input-unknown", "the program has no input or param {name}", "it has {names}")
INPUT_NOT_ARRAY = Mistake("input-type", "{name} cannot be an image: {found}", "give a NumPy array of numbers or bools")
INPUT_SIGNATURE = Mistake(
    "input-type", "{name} is a shape and a type, without pixels", "bind the program to an array: {name}=..."
)
INPUT_CHANGED = Mistake(
    "input-type", "{name} has changed since the program was bound to it", "bind it again: program.bind({name}=...)"
)
INPUT_RAGGED = Mistake("input-type", "{name} cannot be an image: its rows differ in length", "give rows of one length")
INPUT_MASKED_ARRAY = Mistake("input-type", "{name} is a masked array", "fill it first: {name}.filled(0)")
INPUT_TOO_LARGE = Mistake(
    "input-too-large", "{name} has {pixels:.3g} pixels, more than the {most:.3g} that are taken", "crop it first"
)
INPUT_NO_MEMORY = Mistake("input-too-large", "there is not enough memory to take {name}{wanted}", "crop it first")
INPUT_AXES = Mistake(
    "input-axes", "{name} has {ndim} axes, more than the {most} that are taken", "give one part of it after another"
)
INPUT_NO_PIXELS = Mistake(
    "input-type", "{name} has no pixels: its shape is {shape}", "give an image of at least one pixel"
)
INPUT_KIND = Mistake("input-kind", "{name} is declared as {wanted}, but is {found:a}", "{way_out}")
INPUT_MASK_VALUES = Mistake(
    "input-kind", "{name} is declared as mask, but holds more than two values", "declare image and write {name} > 0"
)
INPUT_LABELS = Mistake(
    "input-kind", "{name} is declared as labels, but holds {found}", "labels are whole numbers from 0 to 2147483647"
)
INPUT_SPACING = Mistake(
    "input-spacing", "the spacing of {name} is {found}", "give one positive number, or one per axis"
)
INPUT_SPACING_COLOUR = Mistake(
    "input-spacing",
    "the spacing of {name} is {found}, but its last axis is taken for {channels} channels of colour",
    'a stack is declared: input {name}: image in the program, or Image(a, kind="image")',
)
PARAM_VALUE = Mistake("param-value", "{name} cannot be {value}", "it is {wanted}")
IMAGE_KIND_UNKNOWN = Mistake("input-type", "Image kind {kind!r} is unknown", "write image, mask, colour or labels")
