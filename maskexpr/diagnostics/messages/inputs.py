"""What a caller gives to a program."""

from maskexpr.diagnostics.messages.wording import Mistake

INPUT_MISSING = Mistake("input-missing", "no {name} was given", "give it: {name}=...")
INPUT_MISSING_NEAR = Mistake("input-missing", "no {name} was given", "did you mean {near}?")
INPUT_MISSING_PROPERTY = Mistake(
    "input-missing",
    "no {name} was given, and regions have no such property",
    "maskexpr functions properties lists those they have",
)
INPUT_MISSING_PROPERTY_FOREIGN = Mistake(
    "input-missing", "no {name} was given, and regions have no property of that name", "{way}"
)
INPUT_IS_PROPERTY = Mistake(
    "input-missing",
    "no {name} was given, and {name} is a property of regions",
    "name it where regions are measured or chosen: measure(m, {name}), keep(m, {name} {usual})",
)
INPUT_LATER = Mistake(
    "input-missing", "no {name} was given, and it gets a value only here or further down", "move that line up"
)
INPUT_MISSING_FUNCTION = Mistake("input-missing", "{name} is a function", "call it: {name}(...)")
INPUT_UNKNOWN_NEAR = Mistake("input-unknown", "the program has no input or param {name}", "did you mean {near}?")
INPUT_UNKNOWN = Mistake("input-unknown", "the program has no input or param {name}", "it has {names}")
INPUT_NO_PARAM = Mistake(
    "param-input",
    "{name} is an input, not a param: it was given when the program was bound",
    "bind it anew: {name}=...",
)
INPUT_NOT_ARRAY = Mistake("input-type", "{name} cannot be an image: {found}", "give a NumPy array of numbers or bools")
INPUT_OF_TYPE = Mistake(
    "input-type", "{name} cannot be an image: it is {found:a}", "give a NumPy array of numbers or bools"
)
INPUT_SIGNATURE = Mistake(
    "input-type", "{name} is a shape and a type, without pixels", "bind the program to an array: {name}=..."
)
INPUT_CHANGED = Mistake(
    "input-type", "{name} has changed since the program was bound to it", "bind it again: program.bind({name}=...)"
)
OUT_NOT_BY_NAME = Mistake(
    "out-type", "out is {found}", "give out={{{names}}} with an array for each output that is to be written into one"
)
OUT_UNKNOWN = Mistake("out-unknown", "the program has no output {name} to write into an array", "it has {names}")
OUT_NOT_ARRAY = Mistake(
    "out-type", "out has an array for {name}, which is {kind:a} and not written into one", "leave {name} out of it"
)
OUT_TYPE = Mistake("out-type", "the array in out for {name} is {found}", "give {wanted}")
OUT_SHAPE = Mistake("out-shape", "the array in out for {name} is of shape {found}", "give {wanted}")
OUT_READ_ONLY = Mistake("out-read-only", "the array in out for {name} is read-only", "give {wanted}")
OUT_SHARED = Mistake(
    "out-shared", "the array in out for {name} shares memory with {other}", "give one of its own: {wanted}"
)
INPUT_RAGGED = Mistake("input-type", "{name} cannot be an image: its rows differ in length", "give rows of one length")
INPUT_LISTED = Mistake(
    "input-type", "{name} is a list of numbers, and of {found:a} among them", "give numbers alone, or one NumPy array"
)
INPUT_MASKED_LIST = Mistake(
    "input-type", "{name} is a list of masked arrays", "give them as one: numpy.ma.stack({name})"
)
INPUT_LEFT_OUT = Mistake("input-type", "{name} is a number that its mask leaves out", "give a number")
IMAGE_NODATA = Mistake(
    "input-nodata",
    "the value of {name} without data is {found}, which is no number",
    "give a number: nodata=-9999, say",
)
IMAGE_AXES_STATED = Mistake(
    "input-axes", "{name} states its axes itself, which are taken as {axes}", "leave out axes=, or give its array alone"
)
IMAGE_VALID = Mistake(
    "input-nodata",
    "{name} is of shape {shape}, but where it has data of shape {found}",
    "give valid as an array of bools of that shape, without channels",
)
INPUT_MASKED_PARTS = Mistake(
    "input-type",
    "{name} is of masked arrays",
    "fill them first: {name}.map_blocks(numpy.ma.filled, 0)",
)
INPUT_SHAPE_LOST = Mistake(
    "input-type",
    "{name} is {found:a} of {stated}, of which NumPy makes an array of {array}",
    "give an array of its shape, as its library makes one",
)
INPUT_DICOM = Mistake(
    "input-type",
    "{name} is {found:a}, not its pixels",
    "give {name}.pixel_array, or with its slope pydicom.pixels.apply_modality_lut({name}.pixel_array, {name})",
)
INPUT_NIBABEL = Mistake(
    "input-type", "{name} is {found:a}, whose axes are x, y, z", "give them as z, y, x: numpy.asarray({name}.dataobj).T"
)
INPUT_NIBABEL_AXES = Mistake(
    "input-type",
    "{name} has {shape} numbers: more than space, time and one number for each channel",
    "give some of them: {name}.slicer[..., 0], say",
)
INPUT_DATASET = Mistake(
    "input-type",
    "{name} is a dataset that is not taken: {found}",
    "give an array of its pixels as they are meant, by pixel_array say",
)
INPUT_IMAGE_WITHIN = Mistake(
    "input-type",
    "{name} holds a maskexpr.Image",
    "give one Image, of one array: maskexpr.Image(numpy.stack([numpy.asarray(i) for i in {name}]), spacing=...), say",
)
INPUT_SLICES = Mistake(
    "input-type",
    "the slices of {name} are in another order than they lie in",
    "sort them: sorted({name}, key=lambda d: numpy.dot(numpy.cross(*numpy.reshape(d.ImageOrientationPatient, (2, 3))),"
    " d.ImagePositionPatient))",
)
INPUT_TENSOR = Mistake(
    "input-type", "{name} cannot be an image as it is: {said}", "give {name}.detach().cpu(){dense}.numpy()"
)
INPUT_LAZY = Mistake(
    "lazy-input",
    "{name} is {found:a}, whose numbers are still to be computed",
    "compute it first, by .compute(), or let it be done here: maskexpr.Image({name}, compute=True)",
)
INPUT_STORED = Mistake(
    "lazy-input",
    "{name} is {found:a}, whose numbers are still to be read",
    "read it first, by [...], or let it be done here: maskexpr.Image({name}, compute=True)",
)
INPUT_LONG_LIST = Mistake(
    "input-too-large",
    "{name} is a list of {count:,} numbers, more than the {most:,} that are taken of one",
    "give a NumPy array",
)
INPUT_SPARSE = Mistake("input-type", "{name} is {found:a}, which is sparse", "give {name}.toarray()")
INPUT_ON_DEVICE = Mistake("input-type", "{name} is {found:a} in the memory of a device", "give {name}.get()")
INPUT_PALETTE = Mistake(
    "input-type",
    "{name} has a palette: its numbers are places in that",
    'give {name}.convert("RGB"), or numpy.asarray({name}) where the numbers are meant',
)
INPUT_BANDS = Mistake(
    "input-type", "{name} has the bands {bands}, not red, green and blue", 'give {name}.convert("RGB")'
)
INPUT_BANDS_GREY = Mistake(
    "input-type", "{name} has the bands {bands}", 'leave out the alpha: {name}.convert("LA").convert("L")'
)
INPUT_LABEL_MAP = Mistake(
    "input-type",
    "{name} is {found:a} that holds regions, not pixels",
    "give SimpleITK.LabelMapToLabel({name})",
)
INPUT_FRAMES = Mistake(
    "input-type",
    "{name} has {count} frames and is at one of them",
    "give numpy.asarray({name}) for that one, or as a stack"
    " numpy.stack([numpy.asarray(f) for f in PIL.ImageSequence.Iterator({name})])",
)
INPUT_AXES = Mistake(
    "input-type", "the axes of {name} are {found}, and here they go z, y, x", "turn it: {name}.transpose({order})"
)
INPUT_NO_MEMORY = Mistake("input-too-large", "there is not enough memory to take {name}{wanted}", "crop it first")
INPUT_TOO_MANY_AXES = Mistake(
    "input-axes", "{name} has {ndim} axes, more than the {most} that are taken", "give one part of it after another"
)
INPUT_NO_PIXELS = Mistake(
    "input-type", "{name} has no pixels: its shape is {shape}", "give an image of at least one pixel"
)
INPUT_KIND = Mistake("input-kind", "{name} is declared as {wanted}, but is {found:a}", "{way_out}")
INPUT_MASK_VALUES = Mistake(
    "input-kind", "{name} is declared as mask, but holds several values beside 0", "declare image and write {name} > 0"
)
INPUT_MASK_COLOUR = Mistake(
    "input-kind",
    "{name} is declared as mask, but its channels differ",
    "declare it colour, and compare one: red({name}) > 0, say",
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
IMAGE_AXES = Mistake(
    "input-axes",
    "{name} cannot have the axes {axes!r}: it has {ndim}",
    'write a letter for each axis, of t, z, y, x, and c for channels: axes="zyx"',
)
IMAGE_PLACE = Mistake(
    "input-grid",
    "{name} has an origin or direction that is no place of {ndim} axes of space",
    "an origin is 3 numbers in mm, a direction one vector of 3 numbers and length 1 for each axis of space",
)
