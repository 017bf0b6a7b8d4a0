"""Programs and files: program texts read, inputs loaded, results put where they belong."""

import hashlib
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from maskexpr.api import Image, Program, Result, compile
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.files import formats
from maskexpr.files.formats.naming import reason, shown
from maskexpr.language.limits import Limits
from maskexpr.program.steps import InputInfo

STANDARD = "-"  # standard input or output
_SCRIPT = "# From a session of maskexpr.\n"  # how a script begins


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a program is run on: values for its inputs and params, and the files they came from."""

    values: dict[str, Any]
    paths: dict[str, Path] = field(default_factory=dict)
    standard: dict[str, bytes] = field(default_factory=dict)  # what came through standard input
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name of the first input file without its suffix, for naming results."""
        return next((path.stem for path in self.paths.values()), "")

    def file_name(self, name: str) -> str:
        """The file an input came from, without its folder."""
        return self.paths[name].name if name in self.paths else STANDARD

    def digest(self, name: str) -> str | None:
        """The SHA-256 of the bytes an input came from; None for one that is a number."""
        if name in self.standard:
            return hashlib.sha256(self.standard[name]).hexdigest()
        if name not in self.paths:
            return None
        try:
            with open(self.paths[name], "rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise FileError(
                messages.FILE_REFUSED.anywhere(path=shown(self.paths[name]), reason=reason(error))
            ) from None


class _Standard(io.BytesIO):
    """What came through standard input, kept for its hash."""

    name = "<stdin>"


def load_program(path: str, *, fast: bool = False) -> Program:
    """Compile a program file; `use` finds files beside it. `-` is standard input."""
    if path == STANDARD:
        return compile(_standard_text(), name="standard input", resolver=beside(Path()), fast=fast)
    return compile(program_text(path), name=path, resolver=beside(Path(path).parent), fast=fast)


def compile_expression(text: str, *, fast: bool = False) -> Program:
    """Compile an expression from the command line; `use` finds files in the current folder."""
    if text.endswith(".mask") and os.path.isfile(text):
        raise InputError(messages.EVAL_OF_FILE.anywhere(path=shown(text)))
    return compile(_standard_text() if text == STANDARD else text, resolver=beside(Path()), fast=fast)


def program_text(path: str) -> str:
    """The text of a program file, as far as a program may be long."""
    try:
        with open(path, "rb") as stream:
            return _decoded(stream)
    except FileNotFoundError:
        mistake = messages.FILE_MISSING if path.endswith(".mask") else messages.PROGRAM_MISSING
        raise FileError(mistake.anywhere(path=shown(path))) from None
    except IsADirectoryError:
        raise FileError(messages.FILE_IS_FOLDER.anywhere(path=shown(path))) from None
    except UnicodeDecodeError:
        raise FileError(messages.PROGRAM_NOT_TEXT.anywhere(path=shown(path))) from None
    except OSError as error:
        raise FileError(messages.FILE_REFUSED.anywhere(path=shown(path), reason=reason(error))) from None
    except ValueError:  # a name with a NUL in it
        raise FileError(messages.FILE_MISSING.anywhere(path=shown(path))) from None


def write_script(text: str, path: str) -> None:
    """Write what a session came to as a program file; only over one that was written so, never over another file."""
    if not path.endswith(".mask"):
        raise FileError(messages.SCRIPT_SUFFIX.anywhere(path=shown(path)))
    if os.path.lexists(path) and not program_text(path).startswith(_SCRIPT):
        raise FileError(messages.SCRIPT_OVER_OTHER.anywhere(path=shown(path)))
    formats.put(path, (_SCRIPT + text).encode())


def _standard_text() -> str:
    try:
        return _decoded(sys.stdin.buffer)
    except UnicodeDecodeError:
        raise FileError(messages.PROGRAM_NOT_TEXT.anywhere(path="standard input")) from None


def _decoded(stream: BinaryIO) -> str:
    """One byte more than is allowed lets the compiler say that a text is too long, and no device is read for ever."""
    return stream.read(Limits().source_bytes + 1).decode("utf-8-sig", "strict")


def beside(*folders: Path) -> Callable[[str], str]:
    """Finds the files of `use` in the first of some folders that has them, or below it: a program from a stranger must
    not read others."""

    def resolve(path: str) -> str:
        folder = next((folder for folder in folders if (folder / path).exists()), folders[0])
        target = (folder / path).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise ValueError(messages.USE_OUTSIDE)
        if target.exists() and not target.is_file():
            raise ValueError(messages.USE_NO_FILE)
        with open(target, "rb") as stream:
            return _decoded(stream)

    return resolve


def load_inputs(
    program: Program, given: Mapping[str, str], params: Mapping[str, Any], spacings: Sequence[str], folder: Path
) -> Loaded:
    """Values for the inputs: files and numbers given by name, else the default files beside the program.

    Inputs that have neither are left out; running the program reports them.
    """
    loaded = Loaded(dict(params))
    infos = {info.name: info for info in program.inputs}
    names = [*given, *(n for n in infos if n not in given)]
    for name in names:
        info = infos.get(name, InputInfo(name))
        if name in given:
            _load(loaded, info, given[name], Path(), spacing_for(name, spacings))
        elif info.default is not None:
            _load(loaded, info, info.default, folder, spacing_for(name, spacings))
    return loaded


def spacing_for(name: str, spacings: Sequence[str]) -> str | None:
    """The size of a pixel of one input, from sizes for all ("0.5mm") and for single ones ("im=0.5mm")."""
    own = [text.partition("=")[2] for text in spacings if text.partition("=")[:2] == (name, "=")]
    general = [text for text in spacings if "=" not in text]
    found = own or general
    return found[-1] if found else None


def _load(loaded: Loaded, info: InputInfo, text: str, folder: Path, spacing: str | None) -> None:
    path = folder / text
    scalar = None if path.exists() else plain_value(text)
    if scalar is not None:
        loaded.values[info.name] = scalar
        return
    if text == STANDARD:
        loaded.standard[info.name] = sys.stdin.buffer.read()
        pixels = formats.read(_Standard(loaded.standard[info.name]), kind=info.kind)
    else:
        pixels = formats.read(path, kind=info.kind)
    loaded.values[info.name] = as_image(pixels, spacing)
    loaded.notes[info.name] = ": ".join([text, *(["; ".join(pixels.notes)] if pixels.notes else [])])
    if text != STANDARD:
        loaded.paths[info.name] = path


def as_image(pixels: "formats.Pixels", spacing: str | None) -> Image:
    """What a file holds as an input, of the kind that the file says; an array file says none, nor does a 1-bit one."""
    kind = None
    if pixels.colour is not None and pixels.array.dtype != bool:
        kind = "colour" if pixels.colour else "image"
    return Image(pixels.array, spacing.split(",") if spacing else None, kind)


def plain_value(text: str) -> bool | int | float | None:
    """A number or truth as the language writes it; None if the text is neither."""
    if text in ("true", "false"):
        return text == "true"
    for convert in (int, float):
        try:
            value = convert(text)
        except ValueError:
            continue
        return value if "_" not in text and np.isfinite(value) else None
    return None


# --- results ---------------------------------------------------------------------------------------------------------


def is_array(result: Result) -> bool:
    return isinstance(result.value, np.ndarray)


def targets(
    results: Mapping[str, Result], option: str | None, stem: str, names: str = "{stem}-{output}", flag: str = "-o"
) -> dict[str, str]:
    """Where each array result goes: `option`, as written behind `flag`, is a file, a folder, or a template with {stem}
    and {output}; in a folder, or where nothing is said, `names` is the template."""
    arrays = [name for name, result in results.items() if is_array(result)]
    if option == "":
        raise InputError(messages.OUTPUT_NAMELESS.anywhere(flag=flag))
    if option == STANDARD or (option and not _is_folder(option) and "{" not in option):
        if len(arrays) != 1:
            mistake = messages.OUTPUT_ONE_FILE if arrays else messages.OUTPUT_NO_ARRAY
            raise InputError(mistake.anywhere(path=shown(option), count=len(arrays)))
        return {arrays[0]: option}
    pattern = os.path.join(option, names) if option and _is_folder(option) else option or names
    found = {name: _filled(pattern, stem or "mask", name) for name in arrays}
    for name, path in found.items():
        if not os.path.splitext(path)[1]:
            found[name] = path + formats.suffix_for(results[name].value, results[name].kind.name)
    return found


def _is_folder(option: str) -> bool:
    return option.endswith(("/", os.sep)) or os.path.isdir(option)


def _filled(pattern: str, stem: str, output: str) -> str:
    try:
        return pattern.format(stem=stem, output=output)
    except (KeyError, IndexError, ValueError, AttributeError):
        raise InputError(messages.OUTPUT_TEMPLATE.anywhere(template=shown(pattern))) from None


def check_targets(paths: Mapping[str, str], inputs: Sequence[Path]) -> None:
    """Refuse to write over an input, or two results to one file, before anything is written."""
    kept = {os.path.realpath(path) for path in inputs}
    taken: dict[str, str] = {}
    found: list[Diagnostic] = []
    for name, path in paths.items():
        real = os.path.realpath(path)
        if path != STANDARD and (real in kept or any(_same_file(real, other) for other in kept)):
            found.append(messages.OUTPUT_OVER_INPUT.anywhere(path=shown(path)))
        elif real in taken:
            found.append(messages.OUTPUT_TWICE.anywhere(path=shown(path), first=taken[real], second=name))
        taken[real] = name
    if found:
        raise InputError(found)


def _same_file(a: str, b: str) -> bool:
    """Whether two names are one file, through a hard link say."""
    try:
        return os.path.samefile(a, b)
    except OSError:
        return False


def make_folder(option: str | None) -> None:
    """`-o folder/` asks for a folder: make it, if it is not there."""
    if option is None or not option.endswith(("/", os.sep)):
        return
    try:
        os.makedirs(option, exist_ok=True)
    except OSError as error:
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=shown(option), reason=reason(error))) from None


def write(result: Result, path: str, record: str = "") -> None:
    """Write an array result with a record of how it was made; `-` is standard output, as PNG where PNG can hold it."""
    kind = result.kind.name
    if path == STANDARD:
        data = formats.encode(result.value, kind, formats.suffix_for(result.value, kind), text=record)
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        formats.write(path, result.value, kind=kind, text=record)
