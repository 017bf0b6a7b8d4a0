"""The commands: eval, run, check, explain, functions."""

import argparse
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import maskexpr
from maskexpr import explain, files, images, manual, messages, show
from maskexpr.api import Program, Result
from maskexpr.errors import Diagnostic, FileError, InputError, MaskError, ProgramError, RunError
from maskexpr.images.opening import shown
from maskexpr.inputs import parameter

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_LARGEST_PICTURE = (72, 40)
_PICTURES = (".png", ".tif", ".tiff", ".bmp", ".gif", ".jpg", ".jpeg", ".npy", ".npz")

_GIVEN = "an input: a file (im=ankle.png), - for standard input, or a number (t=32)"
_SPACING = "the size of a pixel: 0.5mm, or one per axis in axis order: 5mm,0.5mm,0.5mm"
_EXAMPLES = """\
examples:
  maskexpr eval 'im > 32' im=ankle.png
  maskexpr eval 'area(dilate(im > t, 2))' im=ankle.png t=64
  maskexpr eval 'dilate((im > 32) & ~(im > 64), 2)' im=ankle.png -o tissue.png
  maskexpr run examples/tissue.mask -p low=30 -o masks/
  maskexpr explain examples/tissue.mask
  maskexpr functions dilate

exit codes: 0 ok, 1 the program is wrong or failed, 2 wrong usage or an unreadable file, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    # A process may be started with its streams closed; then there is nobody to tell.
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - the same
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and hasattr(options, "given") and not any(r.startswith("-") for r in rest):
        options.given += rest  # inputs behind an option, where argparse does not look for them
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if options.command is None:
        parser.print_help()
        return USAGE
    try:
        code = int(options.command(options))
        sys.stdout.flush()
        return code
    except (InputError, FileError) as error:
        _complain(error)
        return USAGE
    except (ProgramError, RunError) as error:
        _complain(error)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone, `| head` say; keep Python from complaining again as it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        # Files report their own; what is left is standard output, on a full disk say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _complain(FileError(messages.STDOUT_REFUSED.anywhere(reason=error.strerror or error)))
        return USAGE


def _complain(error: MaskError) -> None:
    print(error, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="maskexpr",
        description="A small language for image masks.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"maskexpr {maskexpr.__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    command = commands.add_parser("eval", help="run one expression", description=_doc(_eval), epilog=_EXAMPLES,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    command.add_argument("expression", metavar="EXPR", help="an expression or short program; - reads standard input")
    _add_inputs(command)
    command.add_argument("-o", "--output", metavar="OUT", help="write the result: a file, a folder/, or - ")
    command.set_defaults(command=_eval)

    command = commands.add_parser("run", help="run a program file", description=_doc(_run),
                                  formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    command.add_argument("file", metavar="FILE.mask", help="a program; - reads standard input")
    _add_inputs(command)
    out = (
        "where results go: a folder/, a template such as 'out/{stem}-{output}.tif', a file if there is one result, or -"
    )
    command.add_argument("-o", "--output", metavar="OUT", help=out)
    command.set_defaults(command=_run)

    command = commands.add_parser("check", help="all errors and warnings of programs, nothing run",
                                  description=_doc(_check))  # fmt: skip
    command.add_argument("files", metavar="FILE.mask", nargs="+")
    command.add_argument("--spacing", metavar="SIZE", help=_SPACING)
    command.add_argument("--json", action="store_true", help="print one JSON list, for editors and other tools")
    command.set_defaults(command=_check)

    command = commands.add_parser("explain", help="kinds, defaults in force, and the plan", description=_doc(_explain))
    command.add_argument("program", metavar="EXPR/FILE", help="an expression, a program file, or a picture made here")
    _add_inputs(command)
    command.add_argument("--time", action="store_true", help="run it a few times: how long each step takes")
    command.set_defaults(command=_explain)

    command = commands.add_parser("functions", help="the functions of the language", description=_doc(_functions))
    command.add_argument(
        "name", metavar="NAME", nargs="?", help="a function, with all it says and an example, or a subject"
    )
    command.set_defaults(command=_functions)
    return parser


def _doc(command: Any) -> str:
    return textwrap.dedent(command.__doc__)


def _add_inputs(command: argparse.ArgumentParser) -> None:
    command.add_argument("given", metavar="name=FILE", nargs="*", help=_GIVEN)
    command.add_argument("-p", "--param", metavar="name=value", action="append", default=[], help="a value for a param")
    command.add_argument("--spacing", metavar="SIZE", help=_SPACING)
    fast = "let OpenCV, where it is installed, compute gaussians and distances: faster, but the last bits may differ"
    command.add_argument("--fast", action="store_true", help=fast)


# --- commands --------------------------------------------------------------------------------------------------------


def _eval(options: argparse.Namespace) -> int:
    """Run one expression. A number is printed; an image is summed up, a mask also drawn if this is a terminal; -o
    writes them to a file instead. An expression that begins with a minus needs brackets or a -- before it."""
    program = files.compile_expression(options.expression, fast=options.fast)
    if options.output is not None:
        return _run_into_files(program, options, Path())
    _has_results(program)
    loaded = _load(program, options, Path())
    _warn(program.checked(**loaded.values).diagnostics)
    results = program.results(**loaded.values)
    for name, result in results.items():
        title = f"{name}: " if len(results) > 1 else ""
        print(title + show.summary(result.value, result.kind))
        if result.kind.name == "mask" and sys.stdout.isatty():
            print(_picture(result))
    return OK


def _run(options: argparse.Namespace) -> int:
    """Run a program file. Each mask and image is written to {stem}-{output}.png in the current folder, {stem} being the
    name of the first input file (.tif or .npy where PNG cannot hold it), or where -o says, and its path is printed;
    numbers are printed. No input is ever overwritten."""
    program = files.load_program(options.file, fast=options.fast)
    folder = Path() if options.file == files.STANDARD else Path(options.file).parent
    return _run_into_files(program, options, folder, Path(options.file).stem)


def _check(options: argparse.Namespace) -> int:
    """Show all errors and warnings of programs without running them. Default input files are looked at for their kinds,
    if they are there."""
    found: list[Diagnostic] = []
    for path in options.files:
        found.extend(_diagnostics(path, options.spacing))
    failed = any(d.severity == "error" for d in found)
    if options.json:
        import json  # only here: every other start goes without it

        print(json.dumps([_as_json(d) for d in found], indent=2))
    else:
        for diagnostic in found:
            print(diagnostic.render())
        if not failed:
            count = len(options.files)
            print(f"{count} {'program' if count == 1 else 'programs'} without errors")
    return FAILED if failed else OK


def _diagnostics(path: str, spacing: str | None) -> tuple[Diagnostic, ...]:
    try:
        program = files.load_program(path)
        try:
            loaded = files.load_inputs(program, {}, {}, spacing, Path(path).parent)
            return program.checked(**loaded.values).diagnostics
        except (FileError, InputError):
            return program.warnings
    except ProgramError as error:
        if spacing is not None:
            return error.diagnostics
        # A run will be given what is only missing here.
        without = (messages.SPACING_UNKNOWN.code, "error")
        return tuple(
            replace(d, severity="warning") if (d.code, d.severity) == without else d for d in error.diagnostics
        )


def _as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    entry: dict[str, Any] = {"severity": diagnostic.severity, "code": diagnostic.code, "message": diagnostic.message}
    entry["hint"] = diagnostic.hint
    if diagnostic.source is not None and diagnostic.span is not None:
        start, stop = (diagnostic.source.position(offset) for offset in diagnostic.span)
        entry.update(file=diagnostic.source.name, line=start[0], column=start[1], end_line=stop[0], end_column=stop[1])
    return entry


def _explain(options: argparse.Namespace) -> int:
    """Show what a program does: the kinds and shapes of its values, the defaults and border rules in force, what was
    done to the input files on the way in, and the plan by which it runs: its passes over the image, each with its
    steps and their estimated cost, with --time also measured. Inputs without a file are left open. Of a PNG or TIFF
    file that maskexpr wrote: the program, the params, the thresholds and the inputs that it was made from."""
    text, folder = options.program, Path()
    if text.lower().endswith(_PICTURES) and os.path.isfile(text):
        print(_described(text))
        return OK
    if text.endswith(".mask") or (text != files.STANDARD and len(text) < 256 and os.path.isfile(text)):
        program, folder = files.load_program(text, fast=options.fast), Path(text).parent
    else:
        program = files.compile_expression(text, fast=options.fast)
    loaded = _load(program, options, folder)
    missing = [info.name for info in program.inputs if info.name not in loaded.values]
    if missing and options.time:
        raise InputError(messages.TIME_NEEDS_INPUTS.anywhere(name=missing[0]))
    if missing and not loaded.values:
        print(program.explain())
        return OK
    checked = program.checked(**loaded.values)
    times = program.timed(**loaded.values) if options.time else None
    print(explain.describe(checked, loaded.notes, program.planned(**loaded.values), times))
    _warn(checked.diagnostics)
    return OK


def _described(path: str) -> str:
    """What a file says of how it was made."""
    from maskexpr import provenance  # only here and where files are written: it needs JSON

    text = images.read_text(path)
    described = provenance.described(text) if text is not None else None
    if described is None:
        raise InputError(messages.FILE_WITHOUT_RECORD.anywhere(path=shown(path)))
    return described


def _functions(options: argparse.Namespace) -> int:
    """List the functions of the language by subject, show a subject's line by line, or one with all it says."""
    width = max(40, shutil.get_terminal_size((120, 24)).columns - 1)
    if options.name is None:
        print(manual.overview(width))
        return OK
    page = manual.page(options.name, width)
    if page is None:
        near = manual.suggestion(options.name)
        mistake = messages.FUNCTION_UNKNOWN if near else messages.FUNCTION_UNKNOWN_FAR
        raise InputError(mistake.anywhere(name=options.name, near=near))
    print(page)
    return OK


# --- what commands share ---------------------------------------------------------------------------------------------


def _has_results(program: Program) -> None:
    """Say that there is nothing to run before anything is said of inputs."""
    if not program.outputs:
        program.results()


def _run_into_files(program: Program, options: argparse.Namespace, folder: Path, stem: str = "") -> int:
    """Write array results, each with the record of how it was made, and print their paths; print the others. All paths
    are checked before anything is written."""
    _has_results(program)
    loaded = _load(program, options, folder)
    checked = program.checked(**loaded.values)
    _warn(checked.diagnostics)
    results, numbers = program.traced(**loaded.values)
    paths = files.targets(results, options.output, loaded.stem or stem)
    files.check_targets(paths, list(loaded.paths.values()))
    files.make_folder(options.output)
    from maskexpr import provenance

    for name, result in results.items():
        if name not in paths:
            print(f"{name} = {show.summary(result.value, result.kind)}")
            continue
        files.write(result, paths[name], provenance.record(program, checked, loaded, numbers, name))
        if paths[name] != files.STANDARD:
            details = f"  {show.summary(result.value, result.kind)}" if sys.stdout.isatty() else ""
            print(paths[name] + details)
    return OK


def _load(program: Program, options: argparse.Namespace, folder: Path) -> files.Loaded:
    given: dict[str, str] = {}
    for text in options.given:
        name, value = _named(text, messages.GIVEN_FORM)
        if name in given:
            raise InputError(messages.GIVEN_TWICE.anywhere(name=name))
        given[name] = value
    infos = {info.name: info for info in program.params}
    for name in given:
        if name in infos:
            raise InputError(messages.GIVEN_IS_PARAM.anywhere(name=name, value=given[name]))
    params = {}
    for text in options.param:
        name, value = _named(text, messages.PARAM_FORM_GIVEN)
        if any(info.name == name for info in program.inputs):
            raise InputError(messages.PARAM_IS_INPUT.anywhere(name=name, value=value))
        if name not in infos:
            raise InputError(messages.PARAM_UNKNOWN.anywhere(name=name, names=", ".join(infos) or "none"))
        params[name] = parameter(infos[name], value)
    return files.load_inputs(program, given, params, options.spacing, folder)


def _named(text: str, mistake: messages.Mistake) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name.isidentifier() or not value:
        raise InputError(mistake.anywhere(text=text))
    return name, value


def _warn(diagnostics: Sequence[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        print(diagnostic.render(), file=sys.stderr)


def _picture(result: Result) -> str:
    window = shutil.get_terminal_size()
    columns = min(_LARGEST_PICTURE[0], window.columns - 1)
    return show.picture(result.value, columns, max(4, min(_LARGEST_PICTURE[1], window.lines - 4)))
