"""Programs that are written down in another language."""

from maskexpr.diagnostics.messages.wording import Mistake

EXPORT_NO_FORM = Mistake(
    "export-no-form",
    "{function}{part} has no form in NumPy and SciPy yet",
    "run the program with maskexpr, or export one without it",
)
EXPORT_OF_HOST = Mistake(
    "export-no-form",
    "{function} is a function of the host: its text is not known here",
    "export a program without it, and call it on what that gives",
)
EXPORT_NEEDS_INPUTS = Mistake(
    "export-needs-inputs",
    "what is written depends on the type and the number of axes of {name}",
    'give a file, as in maskexpr export FILE {name}=IMAGE, or program.to_python({name}=((512, 512), "uint8"))',
)
EXPORT_SUFFIX = Mistake(
    "export-file", "cannot write a module of Python to {path}: it does not end in .py", "write {path}.py, say"
)
EXPORT_OVER_OTHER = Mistake(
    "export-file",
    "cannot write {path}: there is a file that maskexpr did not export",
    "give another name, or move that file away",
)
