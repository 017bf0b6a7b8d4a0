"""Programs and files: program texts read, inputs loaded."""

import functools
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from maskexpr.api import Image, Program, compile
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.diagnostics.printing import printable
from maskexpr.files import images
from maskexpr.files.access import INPUT, PROGRAM, STANDARD, Access, decoded
from maskexpr.files.decoding.naming import parted, reason, shown
from maskexpr.files.images.opening import is_handed_over, open_file
from maskexpr.files.images.replacing import is_no_file
from maskexpr.language.limits import Limits
from maskexpr.program.steps import InputInfo

_ENDING = ".mask"
_SCRIPT = "# From a session of maskexpr.\n"  # how a script begins


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a program is run on: values for its inputs and params, and the files they came from."""

    values: dict[str, Any]
    paths: dict[str, Path] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)  # of what came through pipes, and of what was asked for
    notes: dict[str, str] = field(default_factory=dict)
    warnings: list[Diagnostic] = field(default_factory=list)  # of what is in the files

    @property
    def stem(self) -> str:
        """The name of the first input file without its suffix, or of the folder of a series, for naming results."""
        return stem_of(next(iter(self.paths.values()), Path()))

    @property
    def names(self) -> dict[str, str]:
        """Values for the names that templates of results may have: of the first file, and of each."""
        found = {"stem": self.stem}
        for name, path in self.paths.items():
            found.update(names_of(name, path))
        return found

    def file_name(self, name: str) -> str:
        """The file an input came from, without its folder."""
        return self.paths[name].name if name in self.paths else STANDARD

    def digest(self, name: str) -> str | None:
        """The SHA-256 of the bytes an input came from, of a series that of its files' in their order; None for one that
        is a number."""
        if name not in self.digests and name in self.paths:
            self.digests[name] = digest_of(self.paths[name])
        return self.digests.get(name)

    def all_digests(self) -> dict[str, str]:
        """The SHA-256 of every input that came from bytes."""
        return {name: digest for name in self.values if (digest := self.digest(name)) is not None}


def digest_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of the bytes of a file, of a series that of its files' in their order."""
    path = parted(path)[0]
    if not images.is_several(path):
        return _digest(path)
    return hashlib.sha256("".join(sorted(map(_digest, images.series_of(path)))).encode()).hexdigest()


def _digest(path: str) -> str:
    try:
        stream: Any  # as hashlib takes it
        with open_file(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileError(messages.FILE_REFUSED.anywhere(path=shown(path), reason=reason(error))) from None


def stem_of(path: str | os.PathLike[str]) -> str:
    """The name of a file without its folder and its ending, of which "scan.nii.gz" has one, or of the folder of a
    series."""
    first = parted(path)[0]
    if first and images.is_several(first):
        return os.path.basename(os.path.abspath(first if os.path.isdir(first) else os.path.dirname(first)))
    name = os.path.basename(first)
    return name[: len(name) - len(images.ending_of(name))]


def names_of(name: str, path: str | os.PathLike[str]) -> dict[str, str]:
    """What templates may call parts of the path of an input: `{im.stem}`, `{im.name}` and `{im.parent}`, which is
    empty: the path was given, and no pattern led to it."""
    whole = os.path.basename(parted(path)[0].rstrip(os.sep))
    return {f"{name}.stem": stem_of(path), f"{name}.name": whole, f"{name}.parent": ""}


class _Hashed:
    """What comes through a pipe, hashed as it is read: that can be done once."""

    def __init__(self, stream: BinaryIO) -> None:
        self.name = getattr(stream, "name", None)
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def load_program(
    path: str, access: Access | None = None, *, fast: bool = False, limits: Limits | None = None
) -> Program:
    """Compile a program file; `use` finds files beside it. `-` is standard input."""
    access = access or Access()
    is_piped = path == STANDARD
    text, name = (standard_text(access), "standard input") if is_piped else (program_text(path, access), path)
    resolver = access.beside(Path() if is_piped else Path(path).parent)
    return compile(text, name=name, resolver=resolver, fast=fast, limits=limits)


def compile_expression(text: str, access: Access, *, fast: bool = False, limits: Limits | None = None) -> Program:
    """Compile an expression from the command line; `use` finds files in the current folder."""
    if text.endswith(".mask") and os.path.isfile(text):
        raise InputError(messages.EVAL_OF_FILE.anywhere(path=shown(text)))
    source = standard_text(access) if text == STANDARD else text
    return compile(source, resolver=access.beside(Path()), fast=fast, limits=limits)


def program_text(path: str, access: Access | None = None, decode: Callable[[BinaryIO], str] = decoded) -> str:
    """The text of a program file, as far as a program may be long."""
    try:
        with open_file(path) as stream:
            text = decode(stream)
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
    if access is not None:
        access.note(path, PROGRAM)
    return text


def program_files(path: str) -> list[str]:
    """The program files below a folder, in order, but for those in hidden folders; a file is itself."""
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(_ENDING)]
    if not found:
        raise FileError(messages.FOLDER_WITHOUT_PROGRAMS.anywhere(path=shown(path)))
    return found


def rewrite(path: str, change: Callable[[str], str], *, dry: bool = False) -> tuple[str, str]:
    """Change the text of a program file, whole or not at all, unless it is only to be seen; what it was, and is."""
    if is_no_file(path) and not os.path.isdir(path):
        raise FileError(messages.SCRIPT_NO_FILE.anywhere(path=shown(path)))
    before = program_text(path, decode=_as_it_is)
    after = change(before.removeprefix("\ufeff"))
    if after != before and not dry:
        images.put(path, after.encode())
    return before, after


def _as_it_is(stream: BinaryIO) -> str:
    """With a byte order mark, if there is one."""
    return decoded(stream, "utf-8")


def write_script(text: str, path: str, head: str = _SCRIPT) -> None:
    """Write what a session came to as a program file, below a line that says so."""
    check_script(path, head)
    images.put(path, (head + text).encode())


def check_script(path: str, head: str = _SCRIPT) -> None:
    """Refuse to write a program that begins with a line, up to its colon, to what is no program file; or over a file
    that was not written so."""
    begins = head.partition(":")[0].rstrip("\n")
    origin = begins.removeprefix("# From ").partition(" of ")[0]
    if is_no_file(path) and not os.path.isdir(path):
        raise FileError(messages.SCRIPT_NO_FILE.anywhere(path=shown(path)))
    if not path.endswith(_ENDING):
        raise FileError(messages.SCRIPT_SUFFIX.anywhere(path=shown(path)))
    if os.path.lexists(path) and not program_text(path).startswith(begins):
        raise FileError(messages.SCRIPT_OVER_OTHER.anywhere(path=shown(path), origin=origin))


def standard_text(access: Access) -> str:
    """A program from standard input."""
    try:
        return decoded(access.standard(PROGRAM, "the program"))
    except UnicodeDecodeError:
        raise FileError(messages.PROGRAM_NOT_TEXT.anywhere(path="standard input")) from None
    except OSError as error:
        raise FileError(messages.FILE_REFUSED.anywhere(path="standard input", reason=reason(error))) from None


def load_inputs(
    program: Program,
    given: Mapping[str, str],
    params: Mapping[str, Any],
    spacings: Sequence[str],
    folder: Path,
    access: Access | None = None,
    nodata: Sequence[str] = (),
    *,
    blank: bool = False,
) -> Loaded:
    """Values for the inputs: files and numbers given by name, else the default files beside the program. `spacings` and
    `nodata` hold for all inputs, or for one by its name. Of `blank` images only headers are read: their pixels are 0.

    Inputs that have neither are left out; running the program reports them.
    """
    access, loaded = access or Access(), Loaded(dict(params))
    reading = blank_input if blank else read_input
    infos = {info.name: info for info in program.inputs}
    names = [*given, *(n for n in infos if n not in given)]
    for name in names:
        info, states = infos.get(name, InputInfo(name)), (spacing_for(name, spacings), spacing_for(name, nodata))
        if name in given:
            _load(loaded, info, given[name], Path(given[name]), states, access, reading)
        elif info.default is not None:
            _load(loaded, info, info.default, access.default(info, folder), states, access, reading)
    return loaded


def input_paths(program: Program, given: Mapping[str, str], folder: Path, access: Access) -> dict[str, Path]:
    """The files that `load_inputs` would read for the inputs, by their names."""
    found = {name: (text, Path(text)) for name, text in given.items()}
    for info in program.inputs:
        if info.name not in given and info.default is not None:
            found[info.name] = info.default, access.default(info, folder)
    return {n: p for n, (t, p) in found.items() if t != STANDARD and (os.path.exists(p) or plain_value(t) is None)}


def spacing_for(name: str, spacings: Sequence[str]) -> str | None:
    """The size of a pixel of one input, from sizes for all ("0.5mm") and for single ones ("im=0.5mm"); its number for
    no data likewise."""
    own = [text.partition("=")[2] for text in spacings if text.partition("=")[:2] == (name, "=")]
    general = [text for text in spacings if "=" not in text]
    found = own or general
    return found[-1] if found else None


Reading = Callable[[InputInfo, Path | None, Access], tuple["images.Pixels", str | None]]


def _load(
    loaded: Loaded,
    info: InputInfo,
    text: str,
    path: Path,
    states: tuple[str | None, str | None],
    access: Access,
    reading: Reading,
) -> None:
    scalar = None if os.path.exists(path) else plain_value(text)
    if scalar is not None:
        loaded.values[info.name] = scalar
        return
    pixels, digest = reading(info, None if text == STANDARD else path, access)
    if digest is None:
        loaded.paths[info.name] = path
    else:
        loaded.digests[info.name] = digest
    loaded.values[info.name] = as_image(pixels, *states, text)
    loaded.warnings.extend(said for said in pixels.warned if said not in loaded.warnings)
    loaded.notes[info.name] = printable(": ".join([text, *(["; ".join(pixels.notes)] if pixels.notes else [])]))


def read_input(info: InputInfo, path: Path | None, access: Access) -> tuple["images.Pixels", str | None]:
    """What a file holds, an array that is named behind its path, or standard input where there is no path; and the
    SHA-256 of what can be read only once: that, and other pipes and files that this process was started with."""
    if path is not None:
        path, part = _parted(path)
        for file in images.files_of(path):
            access.note(file)
        if not is_handed_over(path):
            find = functools.partial(access.named_by, path)
            return _of_kind(images.read(path, kind=info.kind, find=find, part=part), info.kind), None
    with nullcontext(access.standard(INPUT, info.name)) if path is None else access.handed_over(path) as stream:
        hashed: Any = _Hashed(stream)
        return _of_kind(images.read(hashed, kind=info.kind), info.kind), hashed.digest


def blank_input(info: InputInfo, path: Path | None, access: Access) -> tuple["images.Pixels", str | None]:
    """What a file will hold, with zeros for its pixels. What can be read only once is left for those who need it."""
    if path is None or is_handed_over(path):
        raise FileError(messages.FILE_REFUSED.anywhere(path="standard input", reason="it can be read only once"))
    path, part = _parted(path)
    pixels = images.read_blank(path, kind=info.kind, find=functools.partial(access.named_by, path), part=part)
    return _of_kind(pixels, info.kind), None


def _of_kind(pixels: "images.Pixels", kind: str | None) -> "images.Pixels":
    """What a file holds, where a program says what it is: the bits of a 1-bit file may be the numbers of labels."""
    is_numbers = kind == "labels" and pixels.array.dtype == bool
    return replace(pixels, array=pixels.array.astype(np.uint8)) if is_numbers else pixels


def _parted(path: Path) -> tuple[Path, str]:
    name, part = parted(path)
    return Path(name), part


def as_image(pixels: "images.Pixels", spacing: str | None, nodata: str | None = None, text: str = "") -> Image:
    """What a file holds as an input, of the kind that the file says; an array file says none, nor does a 1-bit one.
    What is given as its number for no data holds in place of all that the file says of that; `text` is what was written
    for the file."""
    kind = None
    if pixels.colour is not None and pixels.array.dtype != bool:
        kind = "colour" if pixels.colour else "image"
    given = spacing.split(",") if spacing else pixels.spacing
    valid, number = pixels.valid, pixels.nodata
    if nodata is not None:
        valid, number = None, nodata_number(nodata)
    elif number == 0:
        valid = None  # the number says it, and is background where the input is declared a mask or labels
    grid = pixels.grid and replace(pixels.grid, spacing=pixels.spacing)
    image = Image(pixels.array, given, kind, valid=valid, nodata=number, grid=grid)
    return replace(image, source=printable(os.path.basename(text.rstrip("/"))))


def nodata_number(text: str) -> float | None:
    """The number for no data as it is written: a number, nan or inf, or none."""
    if text == "none":
        return None
    number = plain_value(text)
    if number is None and text.lstrip("+-") in ("nan", "inf"):
        number = float(text)
    if number is None or isinstance(number, bool):
        raise InputError(messages.NODATA_FORM.anywhere(text=text))
    return number


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
