"""GIF: its blocks, walked before any decoder sees them, tell how many frames there are and what canvas they need."""

import struct

from maskexpr.files.decoding import bounds, pillow
from maskexpr.files.decoding.format import Format, OpenFile, Pixels, whole

_HEADER = struct.Struct("<6sHHBBB")
_FRAME = struct.Struct("<HHHHB")
_FRAME_BLOCK, _EXTENSION, _END = b",", b"!", b";"


def _decode(file: OpenFile, kind: str | None) -> Pixels:
    """The frame of a GIF file, or the stack of its frames."""
    with file.scanning():
        canvas, frames = _scan(file)
        file.check(canvas * frames, bounds.PIXELS)
        file.check_promise(canvas * frames, file.size, "LZW")
        file.stream.seek(0)
    return pillow.decode(file, kind, pillow.Layout(frames=range(frames), animated=frames > 1))


def _scan(file: OpenFile) -> tuple[int, int]:
    """Pixels of the canvas that holds all frames, and the number of frames."""
    stream, frames, beside = file.stream, 0, 0
    _, width, height, flags, _, _ = _HEADER.unpack(stream.read(_HEADER.size))
    _skip_palette(file, flags)
    while (block := stream.read(1)) != _END:
        if block == _FRAME_BLOCK:
            left, top, columns, rows, flags = _FRAME.unpack(stream.read(_FRAME.size))
            width, height, frames = max(width, left + columns), max(height, top + rows), frames + 1
            file.check(frames, bounds.FRAMES)
            _skip_palette(file, flags)
        elif block != _EXTENSION:
            raise file.broken()
        stream.read(1)  # the label of an extension, the code size of a frame
        while length := stream.read(1)[0]:
            stream.seek(length, 1)
            beside += length if block == _EXTENSION else 0
        file.check(beside, bounds.METADATA)
    if not frames:
        raise file.broken()
    return width * height, frames


def _skip_palette(file: OpenFile, flags: int) -> None:
    if flags & 0x80:
        file.stream.seek(3 << (flags & 7) + 1, 1)


FORMAT = Format("GIF", (".gif",), begins=lambda head: head.startswith((b"GIF87a", b"GIF89a")), open=whole(_decode))
