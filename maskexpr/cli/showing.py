"""maskexpr show: pictures of files."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from maskexpr.api import Image, compile
from maskexpr.checker import binding
from maskexpr.cli import shared
from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import InputError
from maskexpr.files import images, outputs, programs, tables
from maskexpr.files.access import STANDARD, Access
from maskexpr.files.decoding.naming import shown
from maskexpr.files.runs import HISTOGRAM_NAMES
from maskexpr.kinds.kind import Kind
from maskexpr.kinds.table import LABEL, Table
from maskexpr.language.limits import Limits
from maskexpr.program.steps import InputInfo

if TYPE_CHECKING:
    from maskexpr.cli.shared import Commands


def add_show(commands: "Commands") -> None:
    command = shared.add(commands, "show", _show, "draw an image, or a mask or labels on it")
    command.add_argument("image", metavar="IMAGE", help="a picture file; - reads standard input")
    command.add_argument("mask", metavar="MASK", nargs="?", help="a mask of 0 and 255, or labels, of the image's shape")
    shared.add_view(command)
    by = "colour the regions by a property, area or mean_intensity say, or a column of a table: cells.csv:area"
    command.add_argument("--by", metavar="COLUMN", help=by)
    command.add_argument("--plane", metavar="N", type=int, help="which plane of a stack, from 0 on; else a middle one")
    command.add_argument("--spacing", metavar="SIZE", help=shared.SPACING)
    command.add_argument(
        "--overlay", metavar="OUT.png", help="write the image with the mask outlined on it; see --view"
    )
    hist = "write a plot of how often values occur in the image and within the mask"
    command.add_argument("--hist", metavar="OUT.png", help=hist)
    shared.add_limits(command)


def _show(options: argparse.Namespace) -> int:
    """Draw an image, or a mask or labels on the image they were made from, and sum them up. Into a pipe or a file only
    the summary is printed."""
    from maskexpr.cli import drawing
    from maskexpr.display import views  # only here: other commands start without pictures
    from maskexpr.files import pictures

    if options.overlay is not None and options.mask is None:
        raise InputError(messages.SHOW_NO_MASK.anywhere(path=shown(options.overlay)))
    access = Access()
    mask = _mask(options.mask, options.spacing, access) if options.mask is not None else None
    image = _image(options.image, options.spacing, access, alone=mask is None)
    ground = image if mask is not None else None
    view = views.view_of(*(mask or image), ground, options.view or "overlay", options.plane)
    if options.by is not None:
        if mask is None:
            raise InputError(messages.SHOW_BY_NO_MASK.anywhere(by=options.by))
        view = views.coloured(view, *_column(options.by, mask, image, access, shared.limits(options)))

    name, stem = programs.stem_of(options.image), programs.stem_of(options.mask or options.image)
    wanted = pictures.PictureFiles()
    if options.overlay is not None:
        overlays = pictures.overlays({stem: view}, options.overlay, options.view)
        wanted.add("overlay", overlays, options.overlay, {"stem": stem}, "{stem}-overlay")
    if options.hist is not None:
        plot = pictures.histogram(name, *image, {}, [(stem, *mask)] if mask is not None else [])
        wanted.add("hist", {name: plot}, options.hist, {"stem": name}, HISTOGRAM_NAMES)
    outputs.check_targets(wanted.paths, access)
    outputs.make_folders(wanted.paths.values(), [option for option in (options.overlay, options.hist) if option])

    alone = STANDARD in wanted.paths.values()  # nothing else goes to standard output beside a file
    drawn = sys.stdout.isatty() and not alone
    text = drawing.in_terminal(view) if drawn else view.summary
    print(text, file=sys.stderr if alone else sys.stdout)
    for title, path in wanted.paths.items():
        outputs.write(wanted.made[title], path)
        if path != STANDARD:
            print(shown(path), file=sys.stderr if alone else sys.stdout)
    return shared.OK


def _column(
    by: str, mask: tuple[Any, Kind], image: tuple[Any, Kind], access: Access, limits: Limits
) -> tuple[Table, str]:
    """A table of the regions and the column that they are coloured by: one of a file, or a property measured now."""
    path, _, column = by.rpartition(":")
    if tables.is_of_tables(images.ending_of(path)):
        access.note(path)
        return tables.read(path), column
    values = {name: Image(value, kind.spacing, kind.name) for name, (value, kind) in {"m": mask, "im": image}.items()}
    of = "gray(im)" if image[1].name == "colour" else "im"
    table = compile(f"measure(m, {by}, of={of})", name="--by", limits=limits)(**values)
    if not isinstance(table, Table) or len(table) != 2:
        names = [name for name in table if name != LABEL] if isinstance(table, Table) else ["none"]
        raise InputError(messages.SHOW_BY_SEVERAL.anywhere(by=by, names=", ".join(names), first=names[0]))
    return table, list(table)[1]


def _image(path: str, spacing: str | None, access: Access, alone: bool) -> tuple[Any, Kind]:
    """What a file holds, as `maskexpr.view` would show it; alone, one of 0 and 255 is a mask."""
    from maskexpr.display import views

    pixels = _read(path, None, access)
    image = programs.as_image(pixels, spacing)
    grey = pixels.colour is False and pixels.array.dtype == np.uint8
    if alone and grey and set(np.unique(pixels.array)) == {0, 255}:
        image = replace(image, kind="mask")
    return views.with_kind(image, shown(path))


def _mask(path: str, spacing: str | None, access: Access) -> tuple[Any, Kind]:
    """What a file holds, as a mask if there is one value beside 0, else as labels."""
    pixels = _read(path, "labels", access)
    array, image = pixels.array, programs.as_image(pixels, spacing)
    if pixels.colour and (not _is_mask(array) or np.any(array[..., 1:3] != array[..., :1])):
        raise _no_mask(path, "a colour image")
    if _is_mask(array):
        return binding.taken(image, shown(path), "mask")
    if array.dtype.kind not in "ui":
        raise _no_mask(path, f"an image of {array.dtype}")
    if array.min() < 0:
        raise _no_mask(path, f"an image of values from {array.min()} on")
    return binding.taken(replace(image, kind="labels"), shown(path))


def _read(path: str, kind: str | None, access: Access) -> "images.Pixels":
    info = InputInfo("the mask" if kind else "the image", kind)
    return programs.read_input(info, None if path == STANDARD else Path(path), access)[0]


def _is_mask(array: np.ndarray[Any, Any]) -> bool:
    """Whether there is no more than one value beside 0."""
    on = array[array != 0]
    return not on.size or bool((on == on[0]).all())


def _no_mask(path: str, found: str) -> InputError:
    return InputError(messages.VIEW_NO_MASK.anywhere(path=shown(path), found=found))
