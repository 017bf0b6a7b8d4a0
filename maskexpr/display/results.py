"""Results for a person: a summary in words, and a picture in a terminal."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from maskexpr.diagnostics.messages import counted
from maskexpr.display.facts import facts_of
from maskexpr.kinds.kind import INTENSITIES, SEGMENTATIONS, Kind, shape_text
from maskexpr.kinds.table import Table
from maskexpr.kinds.tabulated import Room, size_text, text_of

if TYPE_CHECKING:
    from maskexpr.display.pictures import Colouring
    from maskexpr.display.terminal import Abilities

Array = np.ndarray[Any, Any]

_DIM, _BOLD, _RESET = "\x1b[2m", "\x1b[1m", "\x1b[0m"
_DIGITS = 6  # of the range of an image
_LONGEST_LIST = 4  # items of a list that are written out in a terminal, once it takes more than a line


# --- words -----------------------------------------------------------------------------------------------------------


def number_text(value: Any) -> str:
    """A number, truth or list as the language writes it, with as many digits as it takes to read it back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(number_text(v) for v in value) + "]"
    return str(value)


def as_list(value: Any) -> Any:
    """A column of a table as a list of its numbers; what is none as it is."""
    return value.tolist() if isinstance(value, np.ndarray) else value


def summary(value: Any, kind: Kind, valid: Array | None = None) -> str:
    """One line about a result: shape, how much is on, how many regions and the largest; how many labels; the range of
    an image; how large a table is; how many pixels are without data, which is what `valid` is off for."""
    if valid is None or valid.all():
        return _summary(value, kind, None)
    return f"{_summary(value, kind, valid)}, {counted(int(np.count_nonzero(~valid)), 'pixel')} without data"


def _summary(value: Any, kind: Kind, valid: Array | None) -> str:
    if isinstance(value, Table):
        return f"table, {size_text(value)}"
    if not isinstance(value, np.ndarray) or kind.is_of_rows:
        return number_text(as_list(value))
    shape = shape_text(kind.shape or value.shape, kind.channels)
    found = facts_of(value, kind, valid)
    if kind.name in ("mask", "mask samples"):
        on = found["on"]
        text = f"{kind.name} {shape}, {share_text(on, found['of'])} on ({counted(on, 'pixel')})"
        return f"{text}, {_regions(**found)}" if kind.is_array else text
    if kind.name == "labels":
        return f"labels {shape}, {counted(found['labels'], 'label')}"
    return f"{kind.name} {shape} {value.dtype}, {_values(**found)}"


def by_text(by: "Colouring") -> str:
    """What regions are coloured by."""
    low, high = by.ends
    return f"coloured by {by.name} from {low} to {high}" if high else f"coloured by {by.name}, which has no values"


def duration_text(seconds: float) -> str:
    """How long something took: 850 us, 2.1 ms, 12.3 s."""
    for unit, name in ((1.0, "s"), (1e-3, "ms")):
        if seconds >= unit:
            return f"{seconds / unit:.{1 if seconds < 100 * unit else 0}f} {name}"
    return f"{seconds * 1e6:.0f} us"


def _values(min: Any, max: Any, not_finite: int) -> str:
    """The range of the finite values, and how many are not."""
    if min is None:
        return "no finite values"
    rest = f", {not_finite:,} not finite" if not_finite else ""
    return f"values {number_text(_rounded(min))} to {number_text(_rounded(max))}{rest}"


def _rounded(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def share_text(on: int, size: int) -> str:
    """Rounded, but never to none or all where there are some."""
    share = 100 * on / max(1, size)
    if on in (0, size):
        return f"{share:.0f}%"
    return "<0.1%" if share < 0.1 else ">99.9%" if share > 99.9 else f"{share:.1f}%"


def _regions(regions: int, largest: int, **more: int) -> str:
    """How many there are, and of several the largest."""
    return counted(regions, "region") + (f", largest {largest:,}" if regions > 1 else "")


# --- in a terminal ---------------------------------------------------------------------------------------------------


def drawn(
    value: Any,
    kind: Kind,
    abilities: "Abilities",
    on: tuple[Any, Kind] | None = None,
    mode: str = "overlay",
    seconds: float | None = None,
    *,
    plane: int | tuple[int, ...] | None = None,
    window: tuple[float, float] | None = None,
    lines_left: int = 3,
    valid: Array | None = None,
    by: "Colouring | None" = None,
) -> str:
    """What a person sees of a result: its summary, how long it took, and its picture, or the rows of a table.

    Parameters
    ----------
    value, kind
        The result and its kind.
    abilities
        What the terminal can do; where there is none this is the summary alone.
    on : (value, kind), optional
        The image that a mask or labels came from; one of another shape is not used.
    mode : {"overlay", "contour", "mask", "side"}
    seconds : float, optional
        The time it took.
    plane : int or tuple of int, optional
        Which plane of a stack; else one in the middle, which is then named.
    window : (low, high), optional
        The values of an image shown as black and white.
    lines_left : int
        How many lines of the window the picture leaves free: the summary, the next prompt.
    valid : ndarray of bool, optional
        Where the result has data; elsewhere the picture is as dark as can be.
    by : Colouring, optional
        The values that labels get their colours from; a legend is below the picture.
    """
    words = line(value, kind, abilities, seconds, valid)
    if by is not None:
        words, lines_left = f"{words}, {by_text(by)}", lines_left + 1
    if isinstance(value, Table):
        return f"{words}\n{grid(value, abilities, lines_left)}"
    value = darkened(value, kind, valid)
    if not (abilities.is_terminal and isinstance(value, np.ndarray) and value.ndim and value.size and kind.is_array):
        return words
    from maskexpr.display import pictures, terminal

    index = pictures.middle(value, kind.name) if plane is None else plane
    image, image_kind = on if on is not None and _lies_under(on, kind) else (None, kind)
    if abilities.protocol == "text" and mode != "side" and kind.name in SEGMENTATIONS:
        mode = "mask"  # a tint cannot be told from the image in greys
    shown = pictures.render(value, kind.name, image, image_kind.name, mode, terminal.room(abilities, lines_left),
                          window=window, plane=index, sides=kind.sides, by=by)  # fmt: skip
    place = f"slice [{', '.join(map(str, index))}] of it:\n" if index and isinstance(index, tuple) else ""
    below = f"\n{terminal.draw_legend(by, abilities)}" if by is not None else ""
    return f"{words}\n{place}{terminal.draw(shown, abilities)}{below}"


def grid(table: Table, abilities: "Abilities", lines_left: int = 3) -> str:
    """A table in lines that fit the window of a terminal, the names of its columns bold where there are colours; into a
    file or a pipe all of it goes."""
    return text_of(table, table.units, room_of(abilities, lines_left))


def room_of(abilities: "Abilities", lines_left: int = 3) -> Room:
    """How much of a table a terminal has room for, beside lines that are left free."""
    if not abilities.is_terminal:
        return Room()
    room = Room(max(20, abilities.columns - 1), max(1, abilities.lines - lines_left))
    return replace(room, head=_painted(_BOLD), quiet=_painted(_DIM)) if abilities.colours else room


def _painted(code: str) -> Callable[[str], str]:
    return lambda text: f"{code}{text}{_RESET}"


def darkened(value: Any, kind: Kind, valid: Array | None) -> Any:
    """An image to be shown: where it has no data as dark as its darkest pixel."""
    if valid is None or kind.name not in INTENSITIES or not valid.any():
        return value
    return np.where(valid[..., np.newaxis] if kind.channels else valid, value, value[valid].min())


def line(
    value: Any, kind: Kind, abilities: "Abilities", seconds: float | None = None, valid: Array | None = None
) -> str:
    """The summary of a result; in a terminal that of an image with a small histogram, and long lists cut short."""
    words = summary(value, kind, valid)
    if abilities.is_terminal:
        listed = as_list(value) if kind.is_of_rows else value
        if isinstance(listed, list | tuple) and len(words) > abilities.columns - 12:
            words = _cut_short(listed)
        if kind.name in INTENSITIES and abilities.unicode and isinstance(value, np.ndarray):
            from maskexpr.display.terminal import sparkline

            words = f"{words}  {sparkline(value if valid is None else value[valid])}".rstrip()
    if seconds is None:
        return words
    time = duration_text(seconds)
    return f"{words}  {_DIM}{time}{_RESET}" if abilities.colours else f"{words}  {time}"


def _cut_short(value: Any) -> str:
    """A list with its first items and how many there are."""
    if not isinstance(value, list | tuple):
        return number_text(value)
    items = [_cut_short(v) for v in value[:_LONGEST_LIST]]
    if len(value) > _LONGEST_LIST:
        items.append(f"... {len(value)} in all")
    return f"[{', '.join(items)}]"


def _lies_under(on: tuple[Any, Kind], kind: Kind) -> bool:
    """Whether an image has the shape of a result."""
    image, its_kind = on
    if not isinstance(image, np.ndarray) or its_kind.name not in INTENSITIES:
        return False
    shape = image.shape[:-1] if its_kind.name == "colour" else image.shape
    return bool(shape == kind.shape)
