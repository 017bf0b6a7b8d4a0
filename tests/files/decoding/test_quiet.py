"""The standard error stream comes back, whatever threads take it away, and from processes that have none."""

import os
import subprocess
import sys
import threading

from maskexpr.files.decoding import quiet


def test_the_last_thread_that_leaves_gives_the_stream_back(capfd) -> None:
    inside, may_leave = threading.Event(), threading.Event()

    def decode() -> None:
        with quiet.native_code():
            inside.set()
            may_leave.wait(60)
            os.write(2, b"unseen ")

    thread = threading.Thread(target=decode)
    with quiet.native_code():
        thread.start()
        inside.wait(60)
        os.write(2, b"unseen ")
    os.write(2, b"unseen ")
    may_leave.set()
    thread.join()
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_a_process_without_the_stream_has_none_afterwards() -> None:
    code = (
        "import os\nfrom maskexpr.files.decoding import quiet\nos.close(2)\nwith quiet.native_code(): pass\nos.fstat(2)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")  # fstat cannot say so
