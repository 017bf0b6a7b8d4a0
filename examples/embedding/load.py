"""What strangers' bombs do to the others: how long honest requests take, without bombs and with one in ten, and what
memory the service and its workers hold after many requests. It starts the service itself.

    python examples/embedding/load.py [REQUESTS] [CLIENTS]

Bombs are of three sorts in turn: one that is refused by its estimate, one that holds as much memory as it may, and one
that works as long as it may.
"""

import http.client
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

import imageio.v3 as iio
import numpy as np

FOLDER = Path(__file__).parent
HONEST = """param low = 32 in 0..255
m = dilate(im > low, 2) & ~(im > 64)
output kept = remove_small(m, 50)
output n = area(m)"""
BOMBS = (
    "a = im / 7\n" + "a = median_filter(a, 40)\n" * 9 + "a",
    "\n".join(f"a{n} = im / {n + 3}" for n in range(200)) + "\n" + " + ".join(f"a{n}" for n in range(200)),
    " + ".join(f"median_filter(im / {n}, 9)" for n in range(1, 9)),
)


def body_of(program: str, image: bytes) -> tuple[bytes, dict[str, str]]:
    mark = uuid.uuid4().hex
    parts = {'name="program"': program.encode(), 'name="image"; filename="im.png"': image}
    form = (f"--{mark}\r\nContent-Disposition: form-data; {h}\r\n\r\n".encode() + d + b"\r\n" for h, d in parts.items())
    return b"".join(form) + f"--{mark}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={mark}"}


def asked(port: int, program: str, image: bytes) -> tuple[int, float]:
    """The status of an answer, and how long it took."""
    body, headers = body_of(program, image)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    began = time.perf_counter()
    connection.request("POST", "/run", body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, time.perf_counter() - began


def load(port: int, requests: int, clients: int, every: int) -> tuple[list[float], dict[int, int], dict[int, int]]:
    """How long honest requests took, and what all were answered; each so many-th one is a bomb."""
    image: bytes = iio.imwrite(
        "<bytes>", np.random.default_rng(2).integers(0, 256, (256, 256), np.uint8), extension=".png"
    )
    numbers, bombs, lock = iter(range(requests)), itertools.cycle(BOMBS), threading.Lock()
    took: list[float] = []
    honest: dict[int, int] = {}
    others: dict[int, int] = {}

    def client() -> None:
        while True:
            with lock:
                number = next(numbers, None)
                bomb = next(bombs) if number is not None and every and number % every == every - 1 else None
            if number is None:
                return
            status, seconds = asked(port, bomb or HONEST, image)
            with lock:
                counts = others if bomb else honest
                counts[status] = counts.get(status, 0) + 1
                if not bomb:
                    took.append(seconds)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, honest, others


def held(root: int) -> dict[str, int]:
    """Kilobytes that a process and those below it hold: the first one, and all others together."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    inside, size = {root}, 0
    while len(inside) > size:
        size = len(inside)
        inside |= {pid for pid, parent, _ in rows if parent in inside}
    held = {pid: rss for pid, _, rss in rows if pid in inside}
    return {"service": held[root], "workers": sum(held.values()) - held[root]}


def main(requests: int = 1000, clients: int = 2) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = [sys.executable, "-m", "uvicorn", "--app-dir", os.fspath(FOLDER), "service:app", "--port", str(port)]
    with subprocess.Popen([*words, "--log-level", "warning"]) as service:
        try:
            for _ in range(300):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            load(port, 50, clients, 10)  # what is loaded once, and every sort of bomb
            before = held(service.pid)
            for every in (0, 10):
                took, honest, others = load(port, requests, clients, every)
                ends = statistics.quantiles(took, n=20)
                said = {"median": statistics.median(took), "95%": ends[-1], "longest": max(took)}
                print(f"one bomb in {every}" if every else "no bombs", end=": ")
                print(", ".join(f"{name} {1000 * seconds:.1f} ms" for name, seconds in said.items()), end="; ")
                print(f"honest {json.dumps(honest)}, bombs {json.dumps(others)}")
                after = held(service.pid)
                print("  held: " + ", ".join(f"{n} {before[n] / 1e3:.0f} -> {after[n] / 1e3:.0f} MB" for n in before))
        finally:
            service.terminate()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
