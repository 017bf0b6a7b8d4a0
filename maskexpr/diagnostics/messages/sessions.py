"""A session."""

from maskexpr.diagnostics.messages.wording import Mistake

SESSION_UNKNOWN = Mistake("name", "there is no {name} here", "did you mean {near}?")
SESSION_UNKNOWN_FAR = Mistake("name", "there is no {name} here", ":vars lists what there is")
SESSION_NO_ARRAY = Mistake(
    "kind", "{name} is {kind:a}, not a mask, an image or a table", "save a mask, labels, an image or a table"
)
SESSION_SET_INPUT = Mistake(
    "name", "{name} is an image that was loaded", "load another in its place: :load {name} FILE"
)
SESSION_KEPT = Mistake(
    "kept",
    "{names}: made of {name} {value}, and not changed by this",
    "to change both write :undo, then :set {name} {new}",
    "warning",
)
SESSION_SPACING = "give it: :load {name} {path} 0.5mm"
SESSION_PATH = Mistake(
    "name", "{path} cannot be written in a program: it has characters that are not shown", "rename the file"
)
SESSION_LOAD = "load it: :load {name} FILE"
SCRIPT_SUFFIX = Mistake("output-target", "{path} is no name for a program", "end it in .mask")
SCRIPT_NO_FILE = Mistake(
    "output-target", "{path} is a device or pipe, no file for a program", "write to a file: leg.mask, say"
)
SCRIPT_OVER_OTHER = Mistake(
    "output-target", "{path} is not from {origin}, it is not overwritten", "write to another file"
)
