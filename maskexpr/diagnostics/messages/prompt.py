"""What is typed at a prompt."""

from maskexpr.diagnostics.messages.wording import Mistake

COMMAND_UNKNOWN = Mistake("command", "there is no command :{name}", "did you mean :{near}?")
COMMAND_UNKNOWN_FAR = Mistake("command", "there is no command :{name}", ":help lists them")
COMMAND_CUT = Mistake("command", ":{name} may be {meant}", "write more of it")
COMMAND_ARGUMENTS = Mistake("command", "it is :{name} {arguments}", "such as {example}")
COMMAND_BARE = Mistake("command", ":{name} takes nothing behind it", "write :{name}")
COMMAND_CHOICE = Mistake("command", ":{name} cannot be {value}", "it is {choices}")
SAVE_NAMELESS = Mistake("command", "{text} has no name", "name it first: {name} = {text}, then :save {name} {path}")
HELP_UNKNOWN = Mistake("help", "there is no help for {name}", "did you mean {near}?")
HELP_UNKNOWN_FAR = Mistake("help", "there is no help for {name}", ":help functions lists what there is")
NOTHING_TO_SHOW = Mistake("name", "there is no result yet", "enter an expression, such as im > 64")
NOTHING_TO_SCRIPT = Mistake("name", "nothing has a name yet", "name what to keep, such as bone = im > 64")
NO_HISTOGRAM = Mistake("kind", "{name} is {kind:a}, not an image", "name an image, as in :hist im bone")
HISTOGRAM_PART = Mistake("kind", "{name} is {found:a}, not a mask of the shape of {image}", "name a mask made from it")
SESSION_MEMORY = Mistake("memory", "there is not enough memory for this", "crop the image, or leave other names out")
SESSION_FAULT = Mistake(
    "fault", "a fault of maskexpr, not yours: {what} ({where})", "please report this line, and what you typed"
)
PROMPT_UNUSABLE = Mistake(
    "prompt",
    "prompt_toolkit or Pygments is there but cannot be used ({why}), so lines are read plainly",
    "python -m pip install --upgrade prompt_toolkit pygments",
    "warning",
)
SESSION_INPUT = Mistake("given-form", "{text} is neither name=FILE nor a program", "write im={text}")
VIEW_BY_WHAT = Mistake("command", "by needs a column of a table", 'write {command} t["area"], say')
VIEW_BY_TEXT = Mistake("command", "{text} is no column of a table", 'write {command} t["area"], say')
VIEW_BY_NO_TABLE = Mistake("kind", "{name} is {kind:a}, not a table", "make one: t = measure(cells, area), say")
