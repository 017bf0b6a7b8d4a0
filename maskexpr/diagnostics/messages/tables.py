"""Tables of regions: what is measured, and what is taken of them."""

from maskexpr.diagnostics.messages.wording import Mistake

_LISTED = "maskexpr functions properties lists them"

MEASURE_NOTHING = Mistake(
    "property", "measure needs a property of regions", f"write measure({{text}}, area, centroid), say; {_LISTED}"
)
PROPERTY_UNKNOWN_NEAR = Mistake("property", "{text} is no property of regions", "did you mean `{near}`?")
PROPERTY_UNKNOWN_FOREIGN = Mistake("property", "{text} is no property of regions", "{way}")
PROPERTY_UNKNOWN = Mistake(
    "property", "{text} is no property of regions", f"{_LISTED}; an image of grey values is given as of={{text}}"
)
PROPERTY_IN_QUOTES = Mistake("property", "properties are named without quotes", "write `{name}`")
PROPERTIES_LISTED = Mistake("property", "properties stand one behind another, not in a list", "write `{names}`")
PROPERTY_PART_MEASURED = Mistake(
    "property", "a table has a column for each part of {name}", "write {name}, and take its columns of the table"
)
PROPERTY_CONDITION = Mistake(
    "property",
    "measure takes names of properties, {text} is a computation",
    'compute with columns: t["area"] * 2; choose rows by a condition: t[area > 50]',
)
PROPERTY_COMPUTED = Mistake(
    "property", "measure takes names of properties, not {text}", f"write measure(m, area, centroid), say; {_LISTED}"
)
COLUMN_TWICE = Mistake("column", "the table would have {name} twice", "leave one of them out")
MEASURE_UNEQUAL = Mistake(
    "units",
    "{property} is no one length where pixels measure {spacing} mm",
    "leave unit out, for a length in pixels, or resample first: pixels that are as high as wide",
)
IMAGES_NAMED = Mistake(
    "of", "images of a list give columns their names, {text} has none", "give it one on a line before: gfp = {text}"
)
IMAGES_ONLY = Mistake("of", "grey values are measured on images, {text} is {kind:a}", "list images: of=[dapi, gfp]")
IMAGES_NONE = Mistake("of", "this list of images is empty", "list some, of=[dapi, gfp], or leave of out")
IMAGES_TWICE = Mistake("of", "{text} is listed twice", "leave one of them out")
COLUMN_UNKNOWN_NEAR = Mistake("column", "the table has no column {column}", "did you mean {near}?")
COLUMN_UNKNOWN = Mistake("column", "the table has no column {column}", "it has {names}")
COLUMN_UNMEASURED = Mistake(
    "column", "{name} was not measured for this table", "add it where that is made: measure(m, {others}, {name})"
)
COLUMN_OF_PART = Mistake("column", "the table has a column for each part of {name}", "it has {names}")
TABLE_SUBSCRIPTS = Mistake(
    "index",
    "a table takes one condition, or the name of one column",
    'write {text}[{column} > 50] or {text}["{column}"]',
)
TABLE_NO_CONDITION = Mistake(
    "index",
    "{part} alone is no condition on rows",
    'compare it: {text}[{part} > 50]; the column of that name is {text}["{column}"]',
)
TABLE_SUBSCRIPT = Mistake(
    "index",
    "rows are chosen by a condition on columns, not by {kind:a}",
    'write {text}[{column} > 50], or {text}["{column}"] for a column',
)
TABLE_IN_OPERATOR = Mistake("kind", "{operator} does not take a table", 'take a column of it: {text}["{column}"]')
TABLE_MEASURED = Mistake(
    "kind", "{function} does not take a table", 'take a column of it: {function}({text}["{column}"])'
)
TABLE_AS_IMAGE = Mistake(
    "kind",
    "{function} takes {wanted} as {name}, {text} is a table",
    'give it the regions, or an image of a column: paint(labels, {text}, "{column}")',
)
TABLE_NOT_GIVEN = Mistake(
    "input-kind",
    "a table is measured by a program, not given to it",
    "give labels, and measure them: measure({name}, area)",
)
COLUMN_AS_IMAGE = Mistake(
    "kind",
    "{function} takes {wanted} as {name}, {text} is a column of a table, which has no pixels",
    'make an image of a column: paint(labels, {table}, "area"); choose regions by keep(m, area >= 50)',
)
COLUMN_WITH_ARRAY = Mistake(
    "samples",
    "{samples} has one value a region, {other} is {kind:a}",
    'make an image of a column: paint(labels, {table}, "area")',
)
ROWS_OF_OTHERS = Mistake(
    "samples", "{left} and {right} are of the rows of different tables", "take both of one table: {table}"
)
ROWS_AS_LIST = Mistake(
    "kind",
    "{operator} looks into a list, not into a column",
    'where the regions of these rows lie says paint({regions}, {table}, "label") > 0',
)
TABLE_COUNTED = Mistake("function-unknown", "there is no function {name}", "the number of rows is `count({text})`")
NO_ROWS = Mistake("no-rows", "the table has no rows to measure", "ask before: assert count({text}) > 0")
PAINT_OF_MASK = Mistake(
    "argument-kind",
    "{function} takes {wanted} as {name}, {text} is a mask",
    "number its regions, as measure does: `label({text})`",
)
PAINT_SEVERAL = Mistake(
    "paint", "the table has several rows for one region", "choose one for each first: {text}[z == 0], say"
)
