"""The formats there are: the modules of `formats`. What one of them can do its own module declares."""

import functools
import importlib
import os
import pkgutil
import re
from collections.abc import Iterator

from maskexpr.files import formats
from maskexpr.files.decoding.format import Format, Writing

_MAYBE_AN_ENDING = re.compile(r"\.[a-z][a-z0-9]*")


@functools.cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(formats.__path__)))


def _module_of(ending: str) -> str:
    """What the module of a format is called, if by the ending of its files: "nii_gz"."""
    return ending[1:].replace(".", "_")


@functools.cache
def _declared(name: str) -> Format:
    """Imported when it is first asked for: reading a PNG should not pay for TIFF."""
    format: Format = importlib.import_module(f"{formats.__name__}.{name}").FORMAT
    return format


def all_formats() -> Iterator[Format]:
    """All of them, in the order that messages list them in."""
    return map(_declared, _names())


def endings() -> tuple[str, ...]:
    """How the names of their files end, those of several parts (".nii.gz") before their last ones."""
    found = [ending for format in all_formats() for ending in format.endings]
    return tuple(sorted(found, key=len, reverse=True))


def ending_of(path: str) -> str:
    """How the name of a file ends, in small letters: in an ending of a format, else in what follows its last dot, and
    "" where that is no ending but part of the name, as in "1.2.840" and "scan.5-mask"."""
    name = os.path.basename(path).lower()
    stem, plain = os.path.splitext(name)
    double = os.path.splitext(stem)[1] + plain
    if not _MAYBE_AN_ENDING.fullmatch(plain):
        return ""
    if any(_module_of(ending) in _names() for ending in (double, plain)):
        return double if _module_of(double) in _names() and name != double else plain
    return next((ending for ending in endings() if name.endswith(ending) and name != ending), plain)


def is_ending(ending: str) -> bool:
    """Whether the files of a format end so."""
    return bool(ending) and of_ending(ending) is not None


def of_ending(ending: str) -> Format | None:
    """The format of files whose names end so."""
    return next((format for format in _likely_first(ending) if ending in format.endings), None)


def begun_by(head: bytes, ending: str) -> Format | None:
    """The format of a file from its first bytes; its name only says which to try first."""
    is_module = _module_of(ending) in _names()
    likely = _likely_first(ending) if is_module else sorted(all_formats(), key=lambda f: ending not in f.endings)
    return next((format for format in likely if format.begins(head)), None)


def _likely_first(ending: str) -> Iterator[Format]:
    """All of them, one at a time, the module of that name first."""
    return map(_declared, sorted(_names(), key=lambda name: name != _module_of(ending)))


def written() -> Iterator[tuple[str, Writing]]:
    """How results may be written, each with the ending of its files."""
    for format in all_formats():
        if format.writing is not None:
            yield format.ending, format.writing


def listed() -> str:
    """Those that are read, for a message: PNG, TIFF and .npy."""
    *names, last = (format.listed or format.name for format in all_formats())
    return f"{', '.join(names)} and {last}"
