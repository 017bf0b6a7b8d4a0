"""How kernels are compiled, and kept: for the types that each names, when that is asked for, and never else."""

import hashlib
import importlib
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numba
from numba.core import sigutils
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from maskexpr.kernels import keeping
from maskexpr.kernels.choosing import NotCompiled

# The same bits as NumPy's: no operation is left out, moved or joined with another.
_OPTIONS = {"nogil": True, "fastmath": False, "error_model": "numpy", "boundscheck": False}


class _Kernel(NamedTuple):
    dispatcher: Any
    types: tuple[Any, ...]  # of arguments, of each form


_kernels: list[_Kernel] = []
_compiling: list[None] = []  # one for each that is at it


def kernel(*signatures: Any) -> Callable[[Callable[..., Any]], Any]:
    """A loop over numbers as a compiled function, which lets other threads run. It is kept for some signatures; others
    raise `NotCompiled`. An array that may not be written to is `Array(uint8, 2, "C", True)` there, and stands for those
    that may be, too. One without signatures is for other kernels alone."""

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = numba.njit(**_OPTIONS)(function)
        types = tuple(sigutils.normalize_signature(signature)[0] for signature in signatures)
        dispatcher._cache = _Kept(function, types)
        _kernels.append(_Kernel(dispatcher, types))
        return dispatcher

    return compiled


class _Kept(_Cache):  # type: ignore[misc]
    """The compiled forms of a kernel, as files."""

    def __init__(self, function: Callable[..., Any], types: tuple[Any, ...]) -> None:
        self._name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        self._types = types

    @property
    def cache_path(self) -> str:
        return str(keeping.folder() or "")

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        target_context.refresh()
        declared = self._declared(tuple(sig), target_context)
        found = None if declared is None else _read(self._path(declared, target_context), target_context)
        if found is None and not _compiling:
            raise NotCompiled(self._name)
        # It is looked for by the types that it is called with.
        return found and found._replace(signature=found.signature.replace(args=tuple(sig)))

    def save_overload(self, sig: Any, data: Any) -> None:
        if tuple(sig) in self._types:
            keeping.write(self._path(tuple(sig), data.target_context), dumps(data._reduce()))

    def _declared(self, types: tuple[Any, ...], context: Any) -> tuple[Any, ...] | None:
        """The signature that arguments of some types fit, which may be written to where they need not be."""
        return next((declared for declared in self._types if _fit(types, declared)), None)

    def _path(self, types: tuple[Any, ...], context: Any) -> Path:
        """By the processor too: several may see one folder."""
        folder = keeping.folder()
        assert folder is not None
        text = f"{types} {context.codegen().magic_tuple()}"
        return folder / f"{self._name}.{hashlib.sha256(text.encode()).hexdigest()[:20]}"

    def enable(self) -> None:
        """It always is."""

    def disable(self) -> None:
        """It never is."""

    def flush(self) -> None:
        """Other versions have other folders."""


def _read(path: Path, context: Any) -> Any:
    """A compiled form from its file; None where there is none, or one that is damaged."""
    found = keeping.read(path)
    try:
        return None if found is None else CompileResult._rebuild(context, *pickle.loads(found))
    except Exception:  # whatever comes of bytes that are not what was written
        return None


def _fit(types: tuple[Any, ...], declared: tuple[Any, ...]) -> bool:
    return len(types) == len(declared) and all(
        a == b or (isinstance(a, numba.types.Array) and a.copy(readonly=True) == b)
        for a, b in zip(types, declared, strict=True)
    )


# --- all of them -----------------------------------------------------------------------------------------------------


class Built(NamedTuple):
    """Kernels of a module that were compiled, and how many of their forms were new."""

    module: str
    forms: int
    new: int


def build() -> Iterator[Built]:
    """Compile all kernels for all their signatures, module by module, but for what is kept already."""
    room = Path(__file__).parent
    for path in sorted(room.rglob("*.py")):
        if path.stem not in ("__init__", "building"):
            yield built(".".join(path.relative_to(room).with_suffix("").parts))


def built(name: str) -> Built:
    """Compile the kernels of a module, into a folder that is there."""
    module = f"{__package__}.{name}"
    importlib.import_module(module)
    own = [kernel for kernel in _kernels if kernel.dispatcher.py_func.__module__ == module]
    _compiling.append(None)
    try:
        new = 0
        for dispatcher, forms in own:
            for types in forms:
                dispatcher.compile(types)
            new += sum(dispatcher._cache_misses[types] for types in forms)
    finally:
        _compiling.pop()
    return Built(name, sum(len(types) for _, types in own), new)
