"""Writing TIFF: what is known of the axes goes into the description that most programs read it from.

A picture of which nothing is known is plain pages. With a size of pixels or named axes it is in ImageJ's form, of the
three types that ImageJ has; else in OME's, which has names of channels and more types; what neither has is in
tifffile's. The resolution tags have the size along x and y in all of them.
"""

import io
import json
import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.sax.saxutils import quoteattr

import numpy as np

from maskexpr.files.decoding import tags, texts
from maskexpr.files.decoding.format import Raster, Writing
from maskexpr.files.formats.tiff import missing

_BIG = 2**32 - 2**25  # bytes; beyond, the 32-bit offsets of a plain TIFF run out, tags and all
_STRIP = 2**18  # bytes of samples that are packed together
_TYPES = {f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)} | {"float16", "float32", "float64"}
_IMAGEJ = ("uint8", "uint16", "float32")
_OME = {
    **{name: name for name in ("int8", "int16", "int32", "uint8", "uint16", "uint32")},
    **{"float32": "float", "float64": "double"},
}
_RGB = ("red", "green", "blue")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06 '
    'http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd" Creator="maskexpr">'
)


def _holds(raster: Raster) -> bool:
    array = raster.array
    outer = array.shape[: array.ndim - (raster.kind == "colour") - 2]
    is_colour_of_one = raster.kind == "colour" and array.ndim > 2 and array.shape[-1] == 1
    few_axes = array.ndim - (raster.kind == "colour") in (2, 3, 4) and all(n > 1 for n in outer)
    return few_axes and not is_colour_of_one and array.size > 0 and array.dtype.name in _TYPES


def _encode(raster: Raster) -> bytes:
    planes = _Planes(raster)
    stream = io.BytesIO()
    import tifffile

    description = planes.description or None
    extra = [(tags.NODATA, 2, 0, planes.nodata, True)] if planes.nodata else []
    with tifffile.TiffWriter(stream, bigtiff=raster.array.nbytes > _BIG, byteorder="<") as file:
        for strips in planes.packed():
            file.write(
                strips,
                shape=planes.shape,
                dtype=raster.array.dtype.newbyteorder("<"),
                photometric="rgb" if planes.is_rgb else "minisblack",
                planarconfig=None if not planes.samples else "contig" if planes.is_rgb else "separate",
                extrasamples=planes.extra,
                compression="adobe_deflate",
                rowsperstrip=planes.rows,
                resolution=planes.resolution,
                resolutionunit="CENTIMETER" if planes.resolution else None,
                description=description,
                metadata=None,
                software=False,
                extratags=extra,
                contiguous=False,
            )
            description, extra = None, []  # of the first page
    return stream.getvalue()


class _Planes:
    """How the pixels of a raster are cut into pages, and what is written about them."""

    def __init__(self, raster: Raster) -> None:
        self._raster = raster
        array, grid = raster.array, raster.grid
        coloured = raster.kind == "colour"
        if not coloured:
            array = array[..., None]
        outer = array.ndim - 3
        self._axes = grid.axes[:outer] if grid is not None and grid.axes else "tz"[2 - outer :]
        self._named = outer == 2 or (outer == 1 and grid is not None and bool(grid.axes))
        names = grid.channels if grid is not None and len(grid.channels) == array.shape[-1] else ()
        channels = array.shape[-1]
        self._names = () if names[:3] == _RGB and channels in (3, 4) else tuple(names)
        # Named channels, and any of a hyperstack, are planes of their own, as microscopes have them; colours are not.
        self.is_rgb = coloured and channels in (3, 4) and not self._names
        self._apart = channels > 1 and not self.is_rgb and (bool(self._names) or bool(self.description_wanted))
        self.samples = channels if channels > 1 and not self._apart else 0
        self.extra: list[str] | None = None
        if self.is_rgb and channels == 4:
            self.extra = ["unassalpha" if names[3:] == ("alpha",) else "unspecified"]
        elif self.samples and not self.is_rgb:
            self.extra = ["unspecified"] * (channels - 1)
        lengths = dict(zip(self._axes, array.shape[:outer], strict=True))
        self._counts = (lengths.get("t", 1), lengths.get("z", 1), channels if self._apart else 1)
        self._array = array.reshape(*self._counts[:2], *array.shape[outer:])
        self._height, self._width = map(int, array.shape[outer : outer + 2])

    @property
    def description_wanted(self) -> bool:
        return self._named or self._raster.spacing is not None or bool(self._names)

    @property
    def rows(self) -> int:
        """Of a strip."""
        in_row = self._width * (self.samples if self.is_rgb else 1) * self._raster.array.dtype.itemsize
        return min(self._height, max(1, _STRIP // in_row))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a page."""
        if self.samples and not self.is_rgb:
            return self.samples, self._height, self._width
        return self._height, self._width, *((self.samples,) if self.samples else ())

    def packed(self) -> Iterator[Iterator[bytes]]:
        """The strips of each page. Packed here: what tifffile packs with follows from what is there."""
        for time in self._array:
            for plane in time:
                channels = range(plane.shape[-1])
                if self.is_rgb:
                    yield self._strips([plane])
                elif self.samples:
                    yield self._strips([plane[..., channel] for channel in channels])
                else:
                    yield from (self._strips([plane[..., channel]]) for channel in channels)

    def _strips(self, parts: Sequence[np.ndarray]) -> Iterator[bytes]:
        for part in parts:
            for start in range(0, self._height, self.rows):
                strip = part[start : start + self.rows]
                yield zlib.compress(np.ascontiguousarray(strip, strip.dtype.newbyteorder("<")).tobytes(), 6)

    @property
    def resolution(self) -> tuple[float, float] | None:
        """Pixels per centimetre along x and y."""
        spacing = self._raster.spacing
        return None if spacing is None else (10 / float(spacing[-1]), 10 / float(spacing[-2]))

    @property
    def nodata(self) -> str:
        raster = self._raster
        if raster.valid is None or raster.nodata is None or raster.valid.all() or raster.kind in ("mask", "labels"):
            return ""
        return missing.written(raster.nodata, raster.array.dtype)

    @property
    def description(self) -> str:
        if not self.description_wanted:
            return ""
        name = self._raster.array.dtype.name
        if name in _IMAGEJ and not self._names:
            return self._for_imagej()
        return self._for_ome() if name in _OME else self._for_tifffile()

    @property
    def _sizes(self) -> dict[str, Fraction]:
        """In millimetres; time has none."""
        spacing = self._raster.spacing
        if spacing is None:
            return {}
        return {axis: size for axis, size in zip(self._axes + "yx", spacing, strict=True) if axis != "t"}

    def _for_imagej(self) -> str:
        t, z, c = self._counts
        lines = ["ImageJ=1.54f"]
        lines += [f"images={t * z * c}"] if t * z * c > 1 else []
        lines += [f"{key}={n}" for key, n in (("channels", c), ("slices", z), ("frames", t)) if n > 1]
        lines += ["hyperstack=true"] if (t > 1) + (z > 1) + (c > 1) > 1 or c > 1 or t > 1 else []
        lines += ["mode=grayscale"] if c > 1 else []
        if self._sizes:
            lines.append("unit=cm")
            lines += [f"spacing={float(self._sizes['z'] / 10)!r}"] if "z" in self._sizes else []
        return "\n".join([*lines, "loop=false", ""])

    def _for_ome(self) -> str:
        t, z, c = self._counts
        samples = self.samples or 1
        stated: dict[str, object] = {
            **{"ID": "Pixels:0", "DimensionOrder": "XYCZT", "Type": _OME[self._raster.array.dtype.name]},
            **{"BigEndian": "false", "SizeX": self._width, "SizeY": self._height},
            **{"SizeZ": z, "SizeC": c * samples, "SizeT": t},
        }
        for axis, size in self._sizes.items():
            key = f"PhysicalSize{axis.upper()}"
            stated |= {key: repr(float(size)), f"{key}Unit": "mm"}
        channels = "".join(
            f'<Channel ID="Channel:0:{n}" SamplesPerPixel="{samples}"{name and f" Name={quoteattr(name)}"}/>'
            for n, name in enumerate(self._names or ("",) * c)
        )
        pixels = " ".join(f'{key}="{value}"' for key, value in stated.items())
        planes = f'<TiffData IFD="0" PlaneCount="{t * z * c}"/>'
        text = f'{_HEAD}<Image ID="Image:0"><Pixels {pixels}>{channels}{planes}</Pixels></Image></OME>'
        return text.encode("ascii", "xmlcharrefreplace").decode("ascii")

    def _for_tifffile(self) -> str:
        t, z, c = self._counts
        outer = [(axis, n) for axis, n in (("T", t), ("Z", z), ("C", c)) if n > 1]
        inner = [("Y", self._height), ("X", self._width), *([("S", self.samples)] if self.samples else [])]
        said: dict[str, object] = {"shape": [n for _, n in outer + inner], "axes": "".join(a for a, _ in outer + inner)}
        for axis, size in self._sizes.items():
            said |= {f"PhysicalSize{axis.upper()}": float(size), f"PhysicalSize{axis.upper()}Unit": "mm"}
        if self._names:
            said["Channel"] = {"Name": list(self._names)}
        return json.dumps(said)


def _with_text(file: bytes, text: str) -> bytes:
    data = texts.keyless(text).encode("ascii")
    if tags.text(io.BytesIO(file), tags.DESCRIPTION, len(file)):  # what is said of the axes stays
        return tags.with_texts(file, {tags.SOFTWARE: data})
    return tags.with_texts(file, {tags.DESCRIPTION: data, tags.SOFTWARE: texts.NAME})


WRITING = Writing(_holds, _encode, with_text=_with_text)
