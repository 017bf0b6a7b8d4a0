"""Where compiled kernels are kept: in a folder that nobody but its owner may look into, named by all that they follow
from. Whatever is found there is run, so that one of anybody else counts as none."""

import functools
import hashlib
import os
import stat
import sys
import sysconfig
from pathlib import Path

_PACKAGES = ("numba", "llvmlite", "numpy")  # whose versions code follows from
_SOURCES = Path(__file__).parent / "compiled"


def _caches() -> Path:
    """The folder for what programs of this user keep and can make anew."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    given = os.environ.get("XDG_CACHE_HOME", "")
    return Path(given) if os.path.isabs(given) else Path.home() / ".cache"


@functools.cache
def _name() -> str | None:
    """One for the sources of all kernels, as one calls another, and the versions of what compiles them; None where
    something of that is not there."""
    from importlib.metadata import PackageNotFoundError, version  # only who runs for long comes here

    try:
        parts = [sys.version, sysconfig.get_platform(), *(f"{name} {version(name)}" for name in _PACKAGES)]
        sources = sorted(_SOURCES.rglob("*.py"))
        parts += [
            f"{path.relative_to(_SOURCES).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            for path in sources
        ]
    except (PackageNotFoundError, OSError):
        return None
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20] if sources else None


def folder() -> Path | None:
    """The folder of the kernels as they are now, which need not be there; None where there can be none."""
    name = _name()
    try:
        return None if name is None else _caches() / "maskexpr-compiled" / name
    except RuntimeError:  # there is no home
        return None


def is_own(path: Path) -> bool:
    """Whether it is a folder, not a link to one, that nobody else may look into, as the one around it is."""
    try:
        found = [os.lstat(path.parent), os.lstat(path)]
    except OSError:
        return False
    return all(map(_is_own, found))


def _is_own(found: os.stat_result) -> bool:
    if not stat.S_ISDIR(found.st_mode):
        return False
    # Windows has no owners of this kind: there it lies in a folder of the user's own.
    return not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o077)


def made(path: Path) -> bool:
    """Make the folder, if it is not there; whether it is one's own then."""
    try:
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        for each in (path.parent, path):
            each.mkdir(0o700, exist_ok=True)
    except OSError:
        return False
    return is_own(path)


def read(path: Path) -> bytes | None:
    """What a file there holds, if it is one's own to read."""
    try:
        return path.read_bytes() if is_own(path.parent) else None
    except OSError:
        return None


def write(path: Path, content: bytes) -> None:
    """Put a file there, which nobody sees half written."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
