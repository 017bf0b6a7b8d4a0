"""What one command may read, and what it has read: nothing is written over that."""

import io
import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.diagnostics.printing import printable
from maskexpr.files.decoding.naming import parted, reason, shown
from maskexpr.files.images.opening import open_file
from maskexpr.files.images.several import files_of, is_several
from maskexpr.language.limits import Limits
from maskexpr.program.steps import InputInfo

STANDARD = "-"  # standard input or output
PROGRAM, INPUT = "the program or a file that it uses", "an input"


class _Piped(io.BytesIO):
    """What standard input held."""

    name = "<stdin>"


class Access:
    """The files of one command or session.

    A program may come from a stranger, so what it names itself, by `use` and as the default of an `input`, is beside it
    or below, symbolic links followed, or in a folder that is allowed besides. What the person names may be anywhere.
    `piped` is what standard input and other pipes held that were read before.
    """

    def __init__(self, allowed: Iterable[str] = (), piped: Mapping[str, bytes] | None = None) -> None:
        self._allowed = [_folder(name) for name in allowed]
        self._read: dict[str | tuple[int, int], str] = {}
        self._standard, self._piped = "", piped or {}
        self.named: list[str] = []
        """The files that images named."""

    # --- what a program names ----------------------------------------------------------------------------------------

    def beside(self, *folders: Path) -> Callable[[str], str]:
        """Finds the files of `use` in the first of some folders that has them, or below it."""

        def resolve(path: str) -> str:
            folder = next((folder for folder in folders if (folder / path).exists()), folders[0])
            target = self._within(folder, path)
            if target is None:
                raise ValueError(messages.USE_OUTSIDE)
            if target.exists() and not target.is_file():
                raise ValueError(messages.USE_NO_FILE)
            with open_file(target) as stream:
                self.note(target, PROGRAM)
                return decoded(stream)

        return resolve

    def default(self, info: InputInfo, folder: Path) -> Path:
        """The default file of an input of a program in a folder; where it stands for several, each of them."""
        assert info.default is not None
        name = parted(info.default, folder)[0]
        if self._within(folder, name) is None or not all(self._within(folder, path) for path in _several(folder, name)):
            given = STANDARD if info.default == STANDARD else shown(folder / info.default)
            fields = {"name": info.name, "path": shown(info.default), "given": given}
            raise FileError(messages.INPUT_OUTSIDE.at(info.source, info.span, **fields))
        return folder / info.default

    def named_by(self, image: Path, name: str) -> str:
        """The path of a file that an image names; it is read, too."""
        target = self._within(image.parent, name)
        if target is None:
            raise FileError(messages.FILE_NAMES_OUTSIDE.anywhere(path=shown(image), name=shown(name)))
        self.note(target)
        self.named.append(os.fspath(target))
        return os.fspath(target)

    def _within(self, folder: Path, path: str) -> Path | None:
        """Where a path leads to from a folder, if a program there may name it."""
        target = folder / path
        allowed = (is_within(target, other) for other in (folder, *self._allowed))
        return Path(resolved(target)) if path != STANDARD and any(allowed) else None

    # --- what was read -----------------------------------------------------------------------------------------------

    def note(self, path: str | os.PathLike[str], what: str = INPUT) -> None:
        """Remember a file as read, by its name and as itself: it may have other names, or another file get its own."""
        self._read[resolved(path)] = what
        try:
            self._read[_identity(os.stat(path))] = what
        except (OSError, ValueError):
            return

    def standard(self, what: str, name: str = "") -> BinaryIO:
        """Standard input, which can be read once."""
        if self._standard:
            raise InputError(messages.STANDARD_TWICE.anywhere(first=self._standard, second=name or what))
        self._standard = name or what
        if STANDARD in self._piped:
            return _Piped(self._piped[STANDARD])
        if sys.stdin is None:  # started with it closed
            raise FileError(messages.FILE_REFUSED.anywhere(path="standard input", reason="it is closed"))
        stream = sys.stdin.buffer
        try:
            self._read[_identity(os.fstat(stream.fileno()))] = what
        except (OSError, ValueError):  # not a file of the system's: in a test, say
            return stream
        return stream

    def handed_over(self, path: Path) -> BinaryIO:
        """A pipe, or a file that this process was started with, which can be read once."""
        known = self._piped.get(os.fspath(path))
        if known is not None:
            return io.BytesIO(known)
        try:
            return open_file(path)
        except OSError as error:
            raise FileError(messages.FILE_REFUSED.anywhere(path=shown(path), reason=reason(error))) from None

    def refusal(self, path: str) -> Diagnostic | None:
        """Why a file is not written to: it was read."""
        what = self._read.get(resolved(path))
        try:
            known = os.stat(path)
        except (OSError, ValueError):
            known = None
        if what is None and known is not None and stat.S_ISREG(known.st_mode):
            what = self._read.get(_identity(known))
        return messages.OUTPUT_OVER_INPUT.anywhere(path=shown(path), what=what) if what else None


def _several(folder: Path, name: str) -> tuple[str, ...]:
    """The files that a folder or a pattern stands for: links among them may lead elsewhere."""
    path = os.path.abspath(folder / name)
    return files_of(path) if is_several(path) else ()


def is_within(path: Path, folder: Path) -> bool:
    """Whether a path leads into a folder or below, whatever links are in the two."""
    return Path(resolved(path)).is_relative_to(resolved(folder))


def resolved(path: str | os.PathLike[str]) -> str:
    """A path without links in it; one that cannot be is no other's either."""
    try:
        return os.path.realpath(path)
    except ValueError:  # there is a NUL in it
        return os.fspath(path)


def decoded(stream: BinaryIO, encoding: str = "utf-8-sig") -> str:
    """One byte more than is allowed lets the compiler say that a text is too long, and no device is read for ever."""
    return stream.read(Limits().source_bytes + 1).decode(encoding, "strict")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _folder(name: str) -> Path:
    if not os.path.isdir(name):
        raise InputError(messages.ALLOWED_NO_FOLDER.anywhere(path=printable(name)))
    return Path(name)
