"""What two processes send each other through a pipe: objects, with arrays as they lie in memory.

Both ends are this program's own: what is unpickled here never comes from a file or from anyone else.
"""

import pickle
import struct
from typing import IO, Any

_PROTOCOL = 5  # arrays are not copied into the pickle
_SIZE = struct.Struct("<Q")


def send(stream: IO[bytes], message: Any) -> None:
    """Write an object, whole: one that cannot be pickled raises before anything is written."""
    buffers: list[pickle.PickleBuffer] = []
    parts = [memoryview(pickle.dumps(message, _PROTOCOL, buffer_callback=buffers.append))]
    parts += [buffer.raw() for buffer in buffers]
    stream.write(b"".join(_SIZE.pack(number) for number in (len(parts), *(part.nbytes for part in parts))))
    for part in parts:
        stream.write(part)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read an object; its arrays can be written to.

    Raises
    ------
    EOFError
        The other end is gone.
    """
    (count,) = _SIZE.unpack(_read(stream, _SIZE.size))
    sizes = [_SIZE.unpack(_read(stream, _SIZE.size))[0] for _ in range(count)]
    data, *buffers = (_read(stream, size) for size in sizes)
    return pickle.loads(data, buffers=buffers)


def _read(stream: IO[bytes], size: int) -> bytearray:
    data = bytearray(size)
    rest = memoryview(data)
    while rest:
        found = stream.readinto(rest)  # type: ignore[attr-defined]  # of buffered streams
        if not found:
            raise EOFError
        rest = rest[found:]
    return data
