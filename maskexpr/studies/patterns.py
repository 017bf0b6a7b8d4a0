"""Patterns of paths: the files that match one, found without looking into any."""

import bisect
import fnmatch
import glob
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from maskexpr.files.images import opening

_DEEP = "**"
_HIDDEN = "."


@dataclass(frozen=True, slots=True)
class File:
    """A path that was found, and its folder below the fixed part of what it was found by."""

    path: str
    parent: str = ""

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path)


@dataclass(slots=True)
class Folders:
    """What is in folders, each looked through once."""

    _known: dict[str, list[os.DirEntry[str]]] = field(default_factory=dict)

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        """What is in a folder, in the order of its names; nothing where there is no such folder."""
        if folder not in self._known:
            try:
                with os.scandir(folder or os.curdir) as found:
                    self._known[folder] = sorted(found, key=_name)
            except (FileNotFoundError, NotADirectoryError):
                self._known[folder] = []
            except OSError as error:
                raise opening.not_opened(folder, error) from None
        return self._known[folder]

    def files(self, folder: str) -> list[File]:
        """The files in a folder that are not hidden."""
        return [File(os.path.join(folder, e.name)) for e in self._matching(folder, "*") if _is_file(e)]

    def matching(self, pattern: str) -> list[File]:
        """The files that match, in the order of their paths: `*`, `?` and `[...]` stand for parts of one name, `**` for
        any folders. What begins with a dot has to be asked for by one. A folder that is a link is gone through, if it
        does not lead back to where it lies."""
        fixed, parts = split(pattern)
        skipped = len(os.path.join(fixed, "")) if fixed else 0
        paths = sorted(set(self._found(fixed, parts)))
        return [File(path, _below(os.path.dirname(path[skipped:]))) for path in paths]

    def _found(self, fixed: str, parts: tuple[str, ...]) -> Iterator[str]:
        left = [(fixed, parts)]
        while left:
            folder, (part, *more) = left.pop()
            rest = tuple(more)
            if part == _DEEP:
                left += [(folder, rest)] if rest else []
                below = [e for e in self._matching(folder, "*") if e.is_dir() and not _leads_back(folder, e)]
                left += [(os.path.join(folder, entry.name), (part, *rest)) for entry in below]
                continue
            if not rest:
                yield from (os.path.join(folder, e.name) for e in self._matching(folder, part) if _is_file(e))
            elif rest == ("",):
                left += [(os.path.join(folder, e.name), ("*",)) for e in self._matching(folder, part) if e.is_dir()]
            elif glob.has_magic(part):
                left += [(os.path.join(folder, e.name), rest) for e in self._matching(folder, part) if e.is_dir()]
            else:
                left.append((os.path.join(folder, part), rest))

    def _matching(self, folder: str, part: str) -> Iterator[os.DirEntry[str]]:
        """Those whose names match a part of a pattern: of those that begin as it does."""
        entries, start = self.entries(folder), _start(part)
        is_match = _expression(part).match
        for place in range(bisect.bisect_left(entries, start, key=_name), len(entries)):
            name = entries[place].name
            if not name.startswith(start):
                return
            if is_match(name) and (not name.startswith(_HIDDEN) or part.startswith(_HIDDEN)):
                yield entries[place]


def split(pattern: str) -> tuple[str, tuple[str, ...]]:
    """The folder that a pattern begins with, and its other parts. A folder that is called so is no pattern."""
    if os.altsep:
        pattern = pattern.replace(os.altsep, os.sep)
    root, rest = _rooted(pattern)
    parts = rest.split(os.sep)
    fixed, place = root, 0
    while place < len(parts) - 1:
        longer = os.path.join(fixed, parts[place])
        if glob.has_magic(parts[place]) and not os.path.lexists(longer):
            break
        fixed, place = longer, place + 1
    parts = [
        part
        for part, before in zip(parts[place:], [None, *parts[place:]], strict=False)
        if part != _DEEP or before != _DEEP
    ]
    return fixed, (*parts, *(["*"] if parts[-1] == _DEEP else []))


def _rooted(pattern: str) -> tuple[str, str]:
    drive, rest = os.path.splitdrive(pattern)
    bare = rest.lstrip(os.sep)
    return drive + rest[: len(rest) - len(bare)], bare


def last_part(pattern: str) -> str:
    """What the names of the files themselves are to be like."""
    return split(pattern)[1][-1] or "*"


def is_pattern(text: str) -> bool:
    """Whether a text stands for the files that match it: no file is called so."""
    return glob.has_magic(text) and not os.path.lexists(text)


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_file(entry: os.DirEntry[str]) -> bool:
    """A link that leads to nothing, too: that it is broken is to be said."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))


def _leads_back(folder: str, entry: os.DirEntry[str]) -> bool:
    if not entry.is_symlink():
        return False
    target, here = os.path.realpath(entry.path), os.path.realpath(folder or os.curdir)
    return os.path.join(here, "").startswith(os.path.join(target, ""))


def _below(folder: str) -> str:
    return os.sep.join(part for part in folder.split(os.sep) if part not in ("", os.curdir, os.pardir))


@lru_cache(maxsize=64)
def _start(part: str) -> str:
    """What the names begin with that match."""
    found = re.match(r"(?:[^*?\[]|\[[^]!]\])*", part)
    return re.sub(r"\[(.)\]", r"\1", found[0]) if found else ""


@lru_cache(maxsize=64)
def _expression(part: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(part))
