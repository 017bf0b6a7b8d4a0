"""Which page of a TIFF is which plane: what ImageJ, OME and tifffile write about it, or a plain stack of pages."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from maskexpr.diagnostics import messages
from maskexpr.diagnostics.errors import FileError
from maskexpr.files.decoding import bounds, tags
from maskexpr.files.decoding.format import OpenFile
from maskexpr.files.decoding.naming import shown
from maskexpr.files.decoding.tags import Page
from maskexpr.files.formats.tiff import imagej, ome, sizes

_SHOWN = 3
_COPIES = "reduced-size copies skipped"


@dataclass(frozen=True, slots=True)
class Structure:
    """The planes of an image.

    Attributes
    ----------
    counts
        How many there are along t, z and c.
    planes
        The page of each, t slowest and c fastest; those of a hidden stack are counted from the first page's samples on.
    named
        Whether it is said which axes these are; else they are a stack of pages, along what is z here.
    channels
        Their names, as far as they have some.
    sizes
        Of a pixel, in millimetres, for the letters of axes.
    notes
        What is to be said of this.
    hidden
        Whether planes have no pages of their own but the first: they lie behind one another.
    """

    counts: tuple[int, int, int]
    planes: Sequence[int]
    named: bool = True
    channels: tuple[str, ...] = ()
    sizes: dict[str, Fraction] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    hidden: bool = False


def found(file: OpenFile, pages: Sequence[Page]) -> Structure:
    """How the pages of a file belong together."""
    head = pages[0].description
    if b"<OME" in head or b":OME" in head:
        return _of_ome(file, pages)
    own = [number for number, page in enumerate(pages) if not page.is_copy] or [0]
    notes = [_COPIES] if len(own) < len(pages) or pages[own[0]].has_smaller else []
    if head.startswith(b"ImageJ="):
        return _of_imagej(file, pages[own[0]], own, notes)
    found, note = sizes.of_tags(pages[own[0]])
    plain = Structure((1, len(own), 1), own, False, sizes=found, notes=tuple([*notes, note] if note else notes))
    return _of_tifffile(file, pages, plain) if head.startswith(b"{") else plain


def _check_hidden(file: OpenFile, page: Page, planes: int) -> None:
    """Refuse more planes than can lie in the file, before any is counted."""
    file.check(planes, bounds.TAGS)
    file.check_promise(planes * page.pixels * sum(page.bits) // 8, file.size, "stored")


# --- ImageJ ----------------------------------------------------------------------------------------------------------


def _of_imagej(file: OpenFile, page: Page, own: Sequence[int], notes: list[str]) -> Structure:
    text = tags.text(file.stream, tags.DESCRIPTION, bounds.MOST_TEXT).decode("utf-8", "replace")
    said = dict(re.findall(r"^(\w+)=(.*?)\r?$", text, re.MULTILINE))
    images = _whole(said.get("images"))
    hidden = images > len(own) == 1
    if hidden:
        _check_hidden(file, page, images)
    planes = range(images) if hidden else own
    counts = (_whole(said.get("frames")), _whole(said.get("slices")), _whole(said.get("channels")))
    named = math.prod(counts) == len(planes)
    if not named:
        if counts != (1, 1, 1):
            notes.append("ImageJ's numbers of channels, slices and frames do not go with the pages: a stack of them")
        counts = (1, len(planes), 1)
    found, note = _imagej_sizes(said, page, counts[1] if named else 1)
    names = _channels(imagej.labels(file.stream), counts) if named and counts[2] > 1 else ()
    return Structure(counts, planes, named, names, found, tuple([*notes, note] if note else notes), hidden)


def _imagej_sizes(said: dict[str, str], page: Page, slices: int) -> tuple[dict[str, Fraction], str]:
    """By the unit and the resolution in it; where no unit is named, by the plain tags, as ImageJ has it."""
    unit = said.get("unit", "")
    if not unit:
        return sizes.of_tags(page)
    per_unit = page.resolution or (0, 0)
    try:
        depth, is_said = abs(float(said["spacing"])), True
    except (KeyError, ValueError):
        depth, is_said = 1.0, False
    lengths = {axis: 1 / n for axis, n in zip("xy", per_unit, strict=True) if n > 0}
    found = {axis: sizes.millimetres(length, unit) for axis, length in {**lengths, "z": depth}.items()}
    known = {axis: size for axis, size in found.items() if size is not None}
    if not {"x", "y"} <= set(known):
        return {}, ""
    note = "" if is_said or slices == 1 else f"the distance of slices is not stated: 1 {unit}, as ImageJ takes it"
    return known, note


def _channels(labels: Sequence[str], counts: tuple[int, int, int]) -> tuple[str, ...]:
    """The names of channels, where the labels of planes are such: different ones, the same for all slices."""
    total, channels = math.prod(counts), counts[2]
    names = labels[:channels]
    if len(labels) < total or len(set(names)) < channels or not all(names):
        return ()
    return tuple(names) if all(labels[i] == names[i % channels] for i in range(total)) else ()


def _whole(text: str | None) -> int:
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 10 else 1


# --- tifffile --------------------------------------------------------------------------------------------------------


def _of_tifffile(file: OpenFile, pages: Sequence[Page], plain: Structure) -> Structure:
    """The axes that tifffile was given, where it was given some."""
    try:
        said = json.loads(tags.text(file.stream, tags.DESCRIPTION, bounds.MOST_TEXT))
        shape, axes = said["shape"], said.get("axes", "")
        outer = list(zip(axes, shape, strict=True)) if axes else []
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return plain
    page = pages[plain.planes[0]]
    lengths = {axis: n for axis, n in outer if axis in "TZC" and isinstance(n, int) and n > 0}
    strange = [axis for axis, n in outer if axis not in "TZCYXS" and n != 1]
    order = [axis for axis, _ in outer if axis in "TZC"]
    if len(page.bits) > 1 and "C" in lengths and "S" not in axes:
        lengths.pop("C")  # they are the samples of a page
        order.remove("C")
    if len(set(axes)) < len(axes) or strange or (axes.replace("S", "")[-2:] != "YX" and "C" not in axes[-1:]):
        return plain
    total = math.prod(lengths.values())
    hidden = total > len(plain.planes) == 1 and bool(said.get("truncated"))
    if not outer or (total != len(plain.planes) and not hidden):
        return plain
    if hidden:
        _check_hidden(file, page, total)
    counts = (lengths.get("T", 1), lengths.get("Z", 1), lengths.get("C", 1))
    numbers = range(total) if hidden else plain.planes
    planes = [numbers[place] for place in _places([(axis.lower(), lengths[axis]) for axis in order], counts)]
    found, named = _stated_sizes(said), _stated_names(said)
    return Structure(counts, planes, True, named, {**plain.sizes, **found}, plain.notes, hidden)


def _stated_sizes(said: dict[str, object]) -> dict[str, Fraction]:
    found = {}
    for axis in "xyz":
        value, unit = said.get(f"PhysicalSize{axis.upper()}"), said.get(f"PhysicalSize{axis.upper()}Unit", "µm")
        if isinstance(value, int | float) and isinstance(unit, str):
            size = sizes.millimetres(float(value), unit)
            if size is not None:
                found[axis] = size
    return found


def _stated_names(said: dict[str, object]) -> tuple[str, ...]:
    channel = said.get("Channel")
    names = channel.get("Name") if isinstance(channel, dict) else None
    return tuple(map(str, names)) if isinstance(names, list) else ()


def _places(order: Sequence[tuple[str, int]], counts: tuple[int, int, int]) -> list[int]:
    """Where each plane is, t slowest and c fastest, among those in another order, whose last axis is fastest."""
    strides, stride = dict.fromkeys("tzc", 0), 1
    for axis, length in reversed(order):
        strides[axis], stride = stride, stride * length
    t, z, c = map(range, counts)
    return [i * strides["t"] + j * strides["z"] + k * strides["c"] for i in t for j in z for k in c]


# --- OME -------------------------------------------------------------------------------------------------------------


def _of_ome(file: OpenFile, pages: Sequence[Page]) -> Structure:
    text = tags.text(file.stream, tags.DESCRIPTION, bounds.OME.most)
    if not text:  # it is longer
        raise file.too_many(bounds.OME)
    try:
        said = ome.described(text)
        return _planes_of(file, pages, said)
    except ome.Refused as error:
        raise file.wrong(messages.FILE_OME, why=str(error)) from None


def _planes_of(file: OpenFile, pages: Sequence[Page], said: ome.Described) -> Structure:
    others = [said.elsewhere] if said.elsewhere else _other_files(file, said)
    if others:
        raise _elsewhere(file, others)
    samples = max((n for _, n in said.channels), default=1)
    if any(n != samples for _, n in said.channels):
        raise ome.Refused("its channels have different numbers of samples")
    channels = len(said.channels) or max(said.counts.get("c", 0), 1)
    if not said.channels and len(pages[0].bits) > 1 and said.counts.get("c") == len(pages[0].bits):
        channels, samples = 1, len(pages[0].bits)
    counts = (said.counts.get("t", 0), said.counts.get("z", 0), channels)
    total = math.prod(counts)
    if not said.counts or not total or total > len(pages):
        raise ome.Refused(f"it says that there are {total} planes, and there are {len(pages)} pages")
    planes = _pages_of(said, counts, samples, len(pages))
    page = pages[planes[0]]
    if (page.width, page.height) != (said.counts["x"], said.counts["y"]) or max(planes) >= len(pages):
        raise ome.Refused("its planes are not the pages that there are")
    notes = [f"the first of {said.images} images in the file"] if said.images > 1 else []
    if page.has_smaller or any(other.is_copy for other in pages):
        notes.append(_COPIES)
    return Structure(counts, planes, True, _names(said.channels, samples), said.sizes, tuple(notes))


def _names(channels: Sequence[tuple[str, int]], samples: int) -> tuple[str, ...]:
    """Of all channels, or none; those of several samples each with a number behind it."""
    names = [name for name, _ in channels]
    if not all(names) or (samples > 1 and len(names) == 1):
        return ()
    each = names if samples == 1 else [f"{name} {number + 1}" for name in names for number in range(samples)]
    return tuple(each) if len(set(each)) == len(each) else ()


def _pages_of(said: ome.Described, counts: tuple[int, int, int], samples: int, pages: int) -> list[int]:
    """The page of each plane, t slowest and c fastest."""
    lengths = dict(zip("tzc", counts, strict=True))
    order = [axis.lower() for axis in said.order[2:]]  # the first one is the fastest
    page_at: dict[int, int] = {}
    total, following, named = math.prod(counts), 0, 0
    for block in said.blocks or [ome.Block(0, dict.fromkeys("czt", 0), None)]:
        first = {**block.first, "c": block.first["c"] // samples}
        place, stride = 0, 1
        for axis in order:
            place, stride = place + first[axis] * stride, stride * lengths[axis]
        start = following if block.page is None else block.page
        count = min(total - place if block.count is None else block.count, total - place, pages - start)
        named += max(count, 0)
        if named > total:
            raise ome.Refused("it names planes twice")
        page_at |= {place + i: start + i for i in range(count)}
        following = start + max(count, 0)
    slowest_first = [(axis, lengths[axis]) for axis in reversed(order)]
    places = _places(slowest_first, counts)
    if any(place not in page_at for place in places):
        raise ome.Refused("it does not say where all planes are")
    return [page_at[place] for place in places]


def _other_files(file: OpenFile, said: ome.Described) -> list[str]:
    """Files that planes are in, but for this one: known by its number, or else its name."""
    names = {block.file for block in said.blocks if block.file}
    if said.uuid:
        return sorted({block.file or "another file" for block in said.blocks if block.uuid not in ("", said.uuid)})
    own = re.split(r"[\\/]", file.name)[-1]
    return sorted(names - {own}) if len(names) > 1 else []


def _elsewhere(file: OpenFile, names: Sequence[str]) -> FileError:
    named = ", ".join(shown(name) for name in names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return file.wrong(messages.FILE_ELSEWHERE, names=named)
