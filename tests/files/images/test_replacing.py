"""Files replaced whole: what a process leaves that dies while it writes, and what is no file."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from helpers import rasters

from maskexpr.diagnostics.errors import FileError
from maskexpr.files.images import replacing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX")

# Writes a file, and waits for ever with it written and not yet in its place.
STUCK = """
import os, sys, time
from maskexpr.files.images import replacing
os.fsync = lambda descriptor: (print("there", flush=True), time.sleep(600))
replacing.put(sys.argv[1], b"x" * 1000)
"""


@pytest.fixture(autouse=True)
def _as_a_new_process():
    replacing._tidy.cache_clear()
    yield
    replacing._tidy.cache_clear()


def unfinished(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".maskexpr-")]


def test_what_a_killed_process_left_is_removed_and_no_other(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK, tmp_path / "a.mask"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        assert len(unfinished(tmp_path)) == 1
        replacing.put(tmp_path / "b.mask", b"b")
        assert len(unfinished(tmp_path)) == 1  # it still writes
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(unfinished(tmp_path)) == 1
    replacing._tidy.cache_clear()
    replacing.put(tmp_path / "b.mask", b"b")
    assert unfinished(tmp_path) == []
    assert (tmp_path / "b.mask").read_bytes() == b"b"
    assert not (tmp_path / "a.mask").exists()


def test_only_files_of_ours_are_removed(tmp_path: Path) -> None:
    (tmp_path / "kept.png").write_bytes(b"kept")
    (tmp_path / ".maskexpr-1.tmp").symlink_to("kept.png")
    os.mkfifo(tmp_path / ".maskexpr-2.tmp")
    (tmp_path / ".maskexpr-3.tmp").mkdir()
    (tmp_path / ".maskexpr-4.tmp").write_bytes(b"half")
    (tmp_path / ".maskexpr-notes.txt").write_bytes(b"kept")
    replacing.put(tmp_path / "b.png", b"b")
    assert sorted(unfinished(tmp_path)) == [f".maskexpr-{n}.tmp" for n in (1, 2, 3)] + [".maskexpr-notes.txt"]
    assert (tmp_path / "kept.png").read_bytes() == b"kept"


def test_many_at_once_write_whole_files(tmp_path: Path) -> None:
    """Each looks for what others left while these write."""

    def write(number: int) -> None:
        for _ in range(20):
            replacing._tidy.cache_clear()
            replacing.put(tmp_path / f"{number % 3}.mask", bytes([number]) * 5000)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.mask", "1.mask", "2.mask"]
    assert all(len(set(path.read_bytes())) == 1 and path.stat().st_size == 5000 for path in tmp_path.iterdir())


def test_no_device_is_made() -> None:
    with pytest.raises(FileError, match="there is no such device"):
        rasters.write("/dev/maskexpr-none.png", np.ones((2, 2), bool), kind="mask")
    assert not os.path.exists("/dev/maskexpr-none.png")


def test_a_pipe_is_written_to_if_somebody_reads_it_and_never_waited_for(tmp_path: Path) -> None:
    mask = np.ones((3, 4), bool)
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(FileError, match="nobody reads from this pipe; start its reader first"):
        rasters.write(tmp_path / "a.png", mask, kind="mask")
    reader = os.open(tmp_path / "a.png", os.O_RDONLY | os.O_NONBLOCK)
    try:
        rasters.write(tmp_path / "a.png", mask, kind="mask")
        assert os.read(reader, 2**16).startswith(b"\x89PNG")
    finally:
        os.close(reader)
    read_end, write_end = os.pipe()  # as a shell's >(...) is
    try:
        rasters.write(f"/dev/fd/{write_end}", mask, kind="mask")
        assert os.read(read_end, 2**16).startswith(b"\x89PNG")
    finally:
        os.close(read_end)
        os.close(write_end)
