"""Folders and patterns of names, which stand for the files of one series."""

import functools
import glob
import os
from collections.abc import Sequence

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding import bounds
from maskexpr.files.decoding.format import Format, Source
from maskexpr.files.decoding.naming import shown
from maskexpr.files.images import opening, table

Path = str | os.PathLike[str]

_NAMED = 6


def is_several(path: Path) -> bool:
    """Whether a path is a folder or, where no file has that name, a pattern."""
    return os.path.isdir(path) or (not os.path.exists(path) and glob.has_magic(os.fsdecode(path)))


def files_of(path: Path) -> tuple[str, ...]:
    """The files that a folder or a pattern stands for, or the one of that name."""
    if not is_several(path):
        return (os.fsdecode(path),)
    is_folder = os.path.isdir(path)
    try:
        names = _in_folder(path) if is_folder else glob.glob(os.fsdecode(path))
    except OSError as error:
        raise opening.not_opened(path, error) from error
    found = sorted(name for name in names if os.path.isfile(name))
    if len(found) > bounds.FILES.most:
        fields = {"limit": f"{bounds.FILES.most:,}", "what": bounds.FILES.what, "way_out": bounds.FILES.way_out}
        raise FileError(messages.FILE_TOO_LARGE.anywhere(path=shown(path), **fields))
    if not found and not is_folder:
        raise FileError(messages.PATTERN_NO_FILE.anywhere(path=shown(path)))
    return tuple(found)


def _in_folder(path: Path) -> list[str]:
    with os.scandir(os.fsdecode(path)) as entries:
        return [entry.path for entry in entries if not entry.name.startswith(".")]


def opened(path: Path, kind: str | None) -> tuple[Source, tuple[str, ...]]:
    """What the files of a folder or pattern hold together, and what was passed over."""
    files = files_of(path)
    if not files:
        raise FileError(messages.FILE_IS_FOLDER.anywhere(path=shown(path)))
    formats = {name: found for name in files if (found := opening.format_of(name)) is not None}
    format = next((found for found in formats.values() if found.series is not None), None)
    if format is None or format.series is None:
        mistake = messages.FOLDER_NO_SERIES if os.path.isdir(path) else messages.PATTERN_NO_SERIES
        raise FileError(mistake.anywhere(path=shown(path), count=len(files)))
    members = _members(files, formats, format)
    others = [os.path.basename(name) for name in files if name not in set(members)]
    openings = [functools.partial(opening.opened, name) for name in members]
    listed = ", ".join(others[:_NAMED]) + (f" and {len(others) - _NAMED} more" if len(others) > _NAMED else "")
    notes = (f"{len(members)} files", *([f"passed over: {shown(listed)}"] if others else []))
    return format.series(shown(path), openings, kind), notes


def series_of(path: Path) -> tuple[str, ...]:
    """The files of a folder or pattern that belong to a series, or the one of that name."""
    files = files_of(path)
    if not is_several(path):
        return files
    formats = {name: found for name in files if (found := opening.format_of(name)) is not None}
    format = next((found for found in formats.values() if found.series is not None), None)
    return files if format is None else _members(files, formats, format)


def is_of_series(path: str) -> bool:
    """Whether a file is of a format whose files may be many of one volume: by its name, else by how it begins."""
    ending = table.ending_of(path)
    format = table.of_ending(ending) if ending else None
    format = format or opening.format_of(path)
    return format is not None and format.series is not None


def member_of(path: str) -> str | None:
    """What the series is called that a file belongs to, "" where it does not say; None if it holds no image."""
    with opening.opened(path) as file:
        return file.format.member_of(file)


def _members(files: Sequence[str], formats: dict[str, Format], format: Format) -> tuple[str, ...]:
    return tuple(name for name in files if formats.get(name) is format)
