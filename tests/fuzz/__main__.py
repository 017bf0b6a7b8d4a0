"""A soak: `python tests/fuzz --minutes 10 --seed 3`.

Cases run one after another in a process that is watched from here: one that takes longer than --seconds is a hang, and
one that dies a crash; the soak goes on after it. Each failure is printed with its number, by which `--only NUMBER` runs
it again. The exit code is 1 if there was one.
"""

import argparse
import faulthandler
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from queue import Empty, Queue

_HERE = Path(__file__).parent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20.0, help="that a case may take")
    parser.add_argument("--only", type=int, help="the number of one case, run here")
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.only is not None:
        return _one(options.seed, options.only)
    if options.work:
        return _work(options.seed, options.first, options.seconds)
    return _soak(options.minutes, options.seed, options.seconds)


def _one(seed: int, number: int) -> int:
    from trying import example_of, failure_at

    print(example_of(seed, number))
    failure = failure_at(seed, number)
    print(failure.what if failure else "nothing is wrong")
    return 1 if failure else 0


def _work(seed: int, first: int, seconds: float) -> int:
    """Cases from a number on, each announced before it begins."""
    from trying import failure_at

    warnings.simplefilter("ignore")
    number = first
    while True:
        print(f"begin {number}", flush=True)
        faulthandler.dump_traceback_later(seconds, exit=True)
        failure = failure_at(seed, number)
        faulthandler.cancel_dump_traceback_later()
        if failure:
            print("\n".join(["fail", *(f"| {line}" for line in str(failure).splitlines())]), flush=True)
        number += 1


def _soak(minutes: float, seed: int, seconds: float) -> int:
    ends, number, failures = time.monotonic() + 60 * minutes, 0, 0
    while time.monotonic() < ends:
        command = [sys.executable, str(_HERE), "--work", "--seed", str(seed), "--first", str(number)]
        worker = subprocess.Popen(
            [*command, "--seconds", str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        number, found = _watched(worker, number, ends)
        failures += found
    print(f"{number} cases, {failures} failures, seed {seed}")
    return 1 if failures else 0


def _watched(worker: "subprocess.Popen[str]", number: int, ends: float) -> tuple[int, int]:
    """The number to go on with, and how many failures there were, once a worker has ended or the time is up."""
    assert worker.stdout is not None
    lines: Queue[str | None] = Queue()

    def read() -> None:
        for line in worker.stdout or ():
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    failures, last = 0, list[str]()
    while time.monotonic() < ends:
        try:
            line = lines.get(timeout=1)
        except Empty:
            continue
        if line is None:  # it hung, or crashed
            print("\n".join([f"case {number}: the process ended with {worker.wait()}", *last[-40:]]), flush=True)
            return number + 1, failures + 1
        if line.startswith("begin "):
            number, last = int(line.removeprefix("begin ")), []
        elif line == "fail":
            failures += 1
            print(f"\ncase {number}:", flush=True)
        elif line.startswith("| "):
            print(line[2:], flush=True)
        else:
            last.append(line)
    worker.kill()
    worker.wait()
    return number, failures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
