"""Decoding of strangers' image files in a process of its own: decoders are other people's C, and a file may be made to
hang, to fill the memory or to crash them. What that process says is a line of JSON and the bytes of an array, and never
unpickled.

    python decoding.py    is that process: it reads the path of a file from each line
"""

import json
import math
import os
import subprocess
import sys
import threading
from typing import IO, Any

import numpy as np

import maskexpr

MOST_BYTES = 2**28  # of the pixels of an image
SECONDS = 10.0  # that a file may take
_MEMORY = 2**30  # bytes that it may take besides
_LONGEST_LINE = 2**20


class DecodingError(Exception):
    """No image came of a file; `said` is what an answer says of it, as MaskError.to_dict() does."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(said)
        self.said = said


class Decoder:
    """A process that decodes one file after another; another one takes its place when it dies or is too slow."""

    def __init__(self, box: maskexpr.Sandbox) -> None:
        self._box = box
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def image(self, path: str) -> maskexpr.Image:
        """The image in a file, its array in memory that the workers of the sandbox see."""
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            assert process.stdout is not None
            timer = threading.Timer(SECONDS, process.kill)
            timer.start()
            try:
                process.stdin.write(f"{json.dumps(path)}\n".encode())
                process.stdin.flush()
                return self._answer(process.stdout)
            except (OSError, ValueError, KeyError, TypeError, EOFError):  # it has died, or says what it must not
                self.close()
                words = f"the image could not be decoded within {SECONDS:g} seconds and {_MEMORY:,} bytes"
                found = {"severity": "error", "code": "image", "message": words, "hint": "send another one"}
                raise DecodingError({"error": "FileError", "diagnostics": [found]}) from None
            finally:
                timer.cancel()

    def start(self) -> None:
        """Start the process, so that the first file does not wait for it."""
        with self._lock:
            self._running()

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.close()
            kept = {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}  # it finds what is found here
            kept |= {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
            words = [sys.executable, "-P", os.path.abspath(__file__)]
            self._process = subprocess.Popen(words, stdin=-1, stdout=-1, stderr=-3, env=kept, cwd=os.path.abspath("/"))
            assert self._process.stdout is not None
            if self._process.stdout.readline(_LONGEST_LINE) != b"ready\n":  # from then on a file's time counts
                raise RuntimeError("no process could be started to decode images: its last words are above")
        return self._process

    def _answer(self, stream: IO[bytes]) -> maskexpr.Image:
        said = json.loads(stream.readline(_LONGEST_LINE))
        if "error" in said:
            raise DecodingError(said)
        shape, dtype = tuple(map(int, said["shape"])), np.dtype(str(said["dtype"]))
        if dtype.kind not in "buif" or not 0 < math.prod(shape) * dtype.itemsize <= MOST_BYTES or min(shape) < 1:
            raise ValueError(shape)
        array = self._box.array(shape, dtype)
        into = memoryview(array.reshape(-1).view(np.uint8))
        while into:
            count = stream.readinto(into)  # type: ignore[attr-defined]
            if not count:
                raise EOFError
            into = into[count:]
        kind = said["kind"] if said["kind"] in ("image", "mask", "colour", "labels") else None
        spacing = [float(size) for size in said["spacing"]] if said["spacing"] else None
        return maskexpr.Image(array, kind=kind, spacing=spacing)


# --- the other process -----------------------------------------------------------------------------------------------


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    maskexpr.evaluate("im > 3", im=np.zeros((2, 2), np.uint8))
    _hold()
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin:
        header, data = _decoded(json.loads(line))
        answers.write(json.dumps(header).encode() + b"\n")
        answers.write(data)
        answers.flush()


def _hold() -> None:
    """Hold this process to so much memory, and to files that it only reads, where the system can."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + _MEMORY, taken + _MEMORY))


def _decoded(path: str) -> tuple[dict[str, Any], Any]:
    try:
        image = maskexpr.read(path)
        array = np.ascontiguousarray(image.array)
        if array.nbytes > MOST_BYTES:
            raise MemoryError
    except maskexpr.MaskError as error:
        said = error.to_dict()
        for found in said["diagnostics"]:  # whoever sent it does not know where it lies here
            found["message"] = found["message"].replace(path, "the image")
        return said, b""
    except MemoryError:
        found = {"severity": "error", "code": "image", "message": "the image is too large", "hint": "crop it first"}
        return {"error": "FileError", "diagnostics": [found]}, b""
    spacing = [float(size) for size in image.spacing] if isinstance(image.spacing, list | tuple) else None
    header = {"shape": array.shape, "dtype": array.dtype.str, "kind": image.kind, "spacing": spacing}
    return header, memoryview(array.reshape(-1).view(np.uint8))


if __name__ == "__main__":
    main()
