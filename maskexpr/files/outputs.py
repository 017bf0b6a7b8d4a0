"""Results put where they belong: which goes to which file, and written there in the format of its kind."""

import errno
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from maskexpr.api import Result
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import Diagnostic, FileError, InputError
from maskexpr.files import images, tables, templates
from maskexpr.files.access import STANDARD, Access, resolved
from maskexpr.files.decoding.naming import reason, shown
from maskexpr.kinds.kind import SEGMENTATIONS, Kind
from maskexpr.kinds.table import Table


def is_array(result: Result) -> bool:
    return result.kind.is_array


def is_table(result: Result) -> bool:
    return isinstance(result.value, Table)


# --- where each goes -------------------------------------------------------------------------------------------------


def targets(
    results: Mapping[str, Result],
    options: Sequence[str],
    filling: Mapping[str, str],
    names: str = "{stem}-{output}",
    flag: str = "-o",
) -> dict[str, str]:
    """Where each mask, image and table goes, and each number or list that a file of tables is named for.

    Each of the `options`, as written behind `flag`, is a file, a folder/, or a template with {output} and the names
    that `filling` has values for. A file takes the result that it is named after, else the only one that its ending
    fits; folders and templates take what is left and fits. In a folder, or where nothing is said, `names` is the
    template.
    """
    paths = unfinished(results, options, filling, names, flag)
    return {n: path if lacks_no_ending(path, options) else path + _plainest(results[n]) for n, path in paths.items()}


def unfinished(
    results: Mapping[str, Result],
    options: Sequence[str],
    filling: Mapping[str, str],
    names: str = "{stem}-{output}",
    flag: str = "-o",
) -> dict[str, str]:
    """The same by the kinds of results alone: paths that say no ending lack that of the format which will hold them."""
    found: dict[str, str] = {}
    if "" in options:
        raise InputError(messages.OUTPUT_NAMELESS.anywhere(flag=flag))
    files = _files(options)
    patterns = [option for option in options if not is_file(option)] or ([] if files else [names])
    for path in files:
        _refuse_another_kind(results, path)
        named = _named_after(path, _able(results, path))
        if named and named not in found:
            found[named] = path
    for path in files:
        if path not in found.values():
            found[_only(results, path, found)] = path
    for option in patterns:
        _fill(found, results, template_of(option, names), filling)
    return {name: found[name] for name in results if name in found}


def lacks_no_ending(path: str, options: Sequence[str]) -> bool:
    """Whether a path is written to as it is: it says its ending, or was given as that of a file."""
    return bool(images.ending_of(path)) or path in _files(options)


def _files(options: Sequence[str]) -> list[str]:
    return [_unbraced(option) for option in options if is_file(option)]


def is_file(option: str) -> bool:
    """Whether an option names one file, and neither a folder nor what is to be filled in."""
    return option == STANDARD or not (_is_folder(option) or templates.parsed(option).names)


def _is_folder(option: str) -> bool:
    return option.endswith(("/", os.sep)) or os.path.isdir(option)


def folder_of(option: str) -> str:
    """The deepest folder that all paths of an option lie in or below."""
    if os.path.isdir(option):
        return option
    return os.path.dirname(templates.parsed(option).parts[0][0])


def _unbraced(option: str) -> str:
    return option if option == STANDARD else templates.parsed(option).plain


def template_of(option: str, names: str) -> templates.Template:
    """A folder, or template, as a template; in a folder that is there, nothing in braces is to be filled in."""
    if os.path.isdir(option):
        return templates.parsed(os.path.join(templates.escaped(option), names))
    return templates.parsed(os.path.join(option, names) if _is_folder(option) else option)


def _able(results: Mapping[str, Result], path: str) -> list[str]:
    """The results that a file of that name can hold; of an ending that nothing is known of, all that go to files."""
    ending = images.ending_of(path)
    if path == STANDARD or not (tables.is_of_tables(ending) or images.is_ending(ending)):
        return [name for name, result in results.items() if _goes_to_files(result)]
    return [name for name, result in results.items() if is_array(result) == images.is_ending(ending)]


def _fitting(results: Mapping[str, Result], path: str) -> list[str]:
    """Those that it may be meant for without being named after them: numbers and lists where there is no table."""
    able = _able(results, path)
    return [name for name in able if _goes_to_files(results[name])] or able


def _refuse_another_kind(results: Mapping[str, Result], path: str) -> None:
    """Refuse mask.csv, a file that has the very name of a result and cannot hold it."""
    name = _stem_of(path)
    if name in results:
        refuse_unfit(name, results[name].kind, path)


def _stem_of(path: str) -> str:
    """The name of a file without its ending, which may have two dots."""
    name = os.path.basename(path)
    return name[: len(name) - len(images.ending_of(name))]


def _named_after(path: str, names: Iterable[str]) -> str | None:
    """The result that a file is named after: cells of cells.csv and of slide-cells.csv."""
    stem = _stem_of(path)
    return next((name for name in names if stem == name or stem.endswith(("-" + name, "_" + name))), None)


def _only(results: Mapping[str, Result], path: str, taken: Mapping[str, str]) -> str:
    """The only result that a file can be meant for."""
    fitting = _fitting(results, path)
    left = [name for name in fitting if name not in taken]
    if len(left) == 1:
        return left[0]
    if left:
        raise InputError(messages.OUTPUT_ONE_FILE.anywhere(path=shown(path), count=len(left)))
    if fitting:
        raise InputError(messages.OUTPUT_LEFT_OVER.anywhere(path=shown(path), names=", ".join(fitting)))
    raise _unfit(results, path)


def _unfit(results: Mapping[str, Result], path: str) -> InputError:
    """What to say of a path that no result fits."""
    name, result = next(((n, r) for n, r in results.items() if _goes_to_files(r)), ("", None))
    if result is None:
        return InputError(messages.OUTPUT_NO_ARRAY.anywhere(path=shown(path)))
    return _no_file_for(name, result.kind, path)


def _no_file_for(name: str, kind: Kind, path: str) -> InputError:
    endings = ".png, .tif or .npy" if kind.is_array else tables.ENDINGS
    fields = {"path": shown(path), "name": name, "kind": kind.name, "endings": endings}
    return InputError(messages.OUTPUT_UNFIT.anywhere(**fields))


def refuse_unfit(name: str, kind: Kind, path: str) -> None:
    """Refuse a file whose ending is of another kind of result, before that is computed."""
    ending = images.ending_of(path)
    if images.is_ending(ending) if not kind.is_array else tables.is_of_tables(ending):
        raise _no_file_for(name, kind, path)


def _fill(
    found: dict[str, str], results: Mapping[str, Result], template: templates.Template, filling: Mapping[str, str]
) -> None:
    """Give the results that are left, as far as the ending of a template fits them, its names."""
    filling = {**filling, "stem": filling.get("stem") or "mask"}
    template.check((*filling, "output"))
    able = [name for name, result in results.items() if _goes_to_files(result)]
    paths = {name: template.filled({**filling, "output": templates.part(name)}) for name in able}
    fitting = {name: path for name, path in paths.items() if name in _fitting(results, path)}
    if paths and not fitting:
        raise _unfit(results, template.text)
    for name, path in fitting.items():
        found.setdefault(name, path)


def _goes_to_files(result: Result) -> bool:
    return is_array(result) or is_table(result)


def _plainest(result: Result) -> str:
    return tables.PLAINEST if is_table(result) else images.suffix_for(_raster(result))


def check_targets(paths: Mapping[str, str], access: Access) -> None:
    """Refuse to write over what was read, or two results to one file, before anything is written."""
    taken: dict[str, str] = {}
    found: list[Diagnostic] = []
    for name, path in paths.items():
        real = resolved(path)
        refused = access.refusal(path) if path != STANDARD else None
        if refused:
            found.append(refused)
        elif real in taken:
            are_options = name.startswith("--") and taken[real].startswith("--")
            mistake = messages.OPTIONS_TWICE if are_options else messages.OUTPUT_TWICE
            found.append(mistake.anywhere(path=shown(path), first=taken[real], second=name))
        taken[real] = name
    if found:
        raise InputError(found)


def make_folders(paths: Iterable[str], options: Sequence[str]) -> None:
    """Make the folders that a folder/ or a template puts files into; that of a file is to be there."""
    files = _files(options)
    for folder in dict.fromkeys(os.path.dirname(path) for path in paths if path not in files):
        make_folder(folder)


def make_folder(folder: str) -> None:
    """Make a folder and those that it is to be in, if they are not there."""
    try:
        os.makedirs(folder or os.curdir, exist_ok=True)
    except OSError as error:
        raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=shown(folder), reason=reason(error))) from None


def check_folder_of(path: str) -> None:
    """Refuse a file whose folder is not there and could not be made, or may not be written to; nothing is made."""
    folder = os.path.dirname(path) or os.curdir
    there = folder
    while not os.path.lexists(there):
        there = os.path.dirname(there) or os.curdir
    if not os.path.isdir(there):
        why = f"{shown(there)} is no folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        why = os.strerror(errno.EACCES).lower()
    else:
        return
    raise FileError(messages.FILE_NOT_WRITTEN.anywhere(path=shown(path), reason=why))


def make_folder_of(path: str) -> None:
    """Make the folder that a file is to be in, if it is not there."""
    make_folder(os.path.dirname(path))


# --- written ---------------------------------------------------------------------------------------------------------


def write(result: Result, path: str, record: str = "", name: str = "result") -> None:
    """Write a result with a record of how it was made; `-` is standard output, as PNG where PNG can hold it, and a
    table as CSV. A number or list is a table of one column, which has its name."""
    if is_array(result):
        _write_raster(_raster(result), path, record)
        return
    table = result.value if is_table(result) else as_table(result.value, name, path)
    if path == STANDARD:
        _to_standard_output(tables.encode(table, tables.PLAINEST, text=record))
    else:
        tables.write(path, table, text=record)


def _write_raster(raster: "images.Raster", path: str, record: str) -> None:
    if path == STANDARD:
        _to_standard_output(images.encode(raster, images.suffix_for(raster), text=record))
    else:
        write_raster(path, raster, record)


def write_raster(path: str | os.PathLike[str], raster: "images.Raster", record: str = "") -> None:
    """Write an array, which is no table."""
    ending = images.ending_of(os.fsdecode(path))
    if tables.is_of_tables(ending):
        raise FileError(messages.FILE_OF_TABLES.anywhere(path=shown(path), ending=ending, kind=raster.kind))
    images.write(path, raster, text=record)


def _to_standard_output(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def as_table(value: Any, name: str, path: str | os.PathLike[str]) -> Table:
    """A number, a list or a column as a table of one column."""
    if isinstance(value, np.ndarray):
        return Table({name: value})
    values = list(value) if isinstance(value, list | tuple) else [value]
    if any(isinstance(item, list | tuple) for item in values):
        raise FileError(messages.FILE_LIST_OF_LISTS.anywhere(path=shown(path), name=name))
    column = np.array(values, object)
    if any(isinstance(item, float) for item in values):
        column = column.astype(np.float64)
    elif values and all(isinstance(item, bool) for item in values):
        column = column.astype(bool)
    elif all(-(2**63) <= item < 2**63 for item in values):
        column = column.astype(np.int64)
    return Table({name: column})


def lost_in_files(results: Mapping[str, Result]) -> list[Diagnostic]:
    """What is to be said, once, of masks and labels that lack data somewhere: files do not tell that from off."""
    counts = {
        name: int(np.count_nonzero(~result.valid))
        for name, result in results.items()
        if result.valid is not None and result.kind.name in SEGMENTATIONS
    }
    if not counts:
        return []
    name, *others = counts
    if others:
        names = f"{', '.join([name, *others[:-1]])} and {others[-1]}"
        return [messages.NO_DATA_OFF_IN_SOME.anywhere(name=name, names=names, count=max(counts.values()))]
    off = "off" if results[name].kind.name == "mask" else "0"
    return [messages.NO_DATA_OFF.anywhere(name=name, off=off, count=counts[name])]


def _raster(result: Result) -> "images.Raster":
    kind = result.kind
    return images.Raster(result.value, kind.name, kind.spacing, kind.grid, result.valid, result.nodata)
