"""What a run would take more of than it may: the bounds of `Limits`, and how commands are given them."""

from maskexpr.diagnostics.messages.wording import Mistake

OVER_INPUT_PIXELS = Mistake(
    "limit-pixels",
    "{name} has {found} pixels, more than the {most} that are allowed here",
    "crop it first, or allow more: Limits(pixels={enough:g}) in Python, --limit pixels={enough:g} of a command",
)
OVER_INPUT_AXES = Mistake(
    "limit-axes",
    "{name} has {found:axis|axes}, more than the {most:g} that are allowed here",
    "give one part of it, or allow more: Limits(axes={found}) in Python, --limit axes={found} of a command",
)
OVER_PIXELS = Mistake(
    "limit-pixels",
    "this would have {found} {noun}, more than the {most} that are allowed here",
    "make it smaller, or allow more: Limits(pixels={enough:g}) in Python, --limit pixels={enough:g} of a command",
)
OVER_MEMORY = Mistake(
    "limit-memory",
    "the run might take {found}, most of it here, more than the {most} that it is allowed",
    "crop the image, or allow more: Limits(memory={enough:g}) in Python, --limit memory={enough:g} of a command",
)
OVER_OPERATIONS = Mistake(
    "limit-operations",
    "the run would take {found} operations, most of them here, more than the {most} that it is allowed",
    "crop the image, or allow more: Limits(operations={enough:g}) in Python, "
    "--limit operations={enough:g} of a command",
)
OVER_SECONDS = Mistake(
    "limit-seconds",
    "the run would take about {found}, most of it here, more than the {most} that it is allowed",
    "crop the image, or allow more: Limits(seconds={enough:g}) in Python, --limit seconds={enough:g} of a command",
)
OVER_OUTPUT_BYTES = Mistake(
    "limit-output-bytes",
    "the results would take {found}, most of it this one, more than the {most} that they are allowed",
    "give fewer or smaller ones, or allow more: Limits(output_bytes={enough:g}) in Python, "
    "--limit output_bytes={enough:g} of a command",
)
LIMIT_FORM = Mistake("limit", "{text} sets no limit", "write --limit NAME=VALUE, seconds=60 say; the names are {names}")
LIMIT_NAME = Mistake("limit", "there is no limit {name}", "the names are {names}")
LIMIT_VALUE = Mistake("limit", "the limit {name} cannot be {value}", "write {wanted}")
