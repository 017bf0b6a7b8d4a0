"""The examples for hosts: the one in twenty lines, the form, and the service, over a real socket."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.places import ANKLE, EXAMPLES

import maskexpr

FOLDER = EXAMPLES / "embedding"
MARKUP = "<script>alert(1)</script>\"'&"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(maskexpr.__file__).parents[1]), *sys.path])}


def ran(script: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(FOLDER / script), *words], capture_output=True, text=True, env=ENVIRONMENT, timeout=100
    )


@pytest.mark.slow
def test_the_host_in_twenty_lines() -> None:
    text = 'param low = 32 in 0..255 "how bright"\narea(im > low)'
    done = ran("host.py", text, "low=200")
    assert (done.returncode, done.stdout) == (0, f"{np.count_nonzero(iio.imread(ANKLE) > 200)}\n")
    assert "low: how bright\n" in done.stderr
    done = ran("host.py", text, "low=256")
    assert (done.returncode, done.stdout) == (1, "")
    assert "low cannot be 256; it is a whole number in 0..255" in done.stderr
    assert "Traceback" not in ran("host.py", text, "low=bright").stderr
    done = ran("host.py", "dilte(im > 3)")
    assert "your expression:1:1: error: " in done.stderr
    assert "Traceback" not in done.stderr
    code = [line for line in (FOLDER / "host.py").read_text().partition('"""\n\n')[2].splitlines() if line.strip()]
    assert len(code) <= 24


class Fields(HTMLParser):
    """The elements of a form by their names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.named: dict[str, dict[str, str | None]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attributes)
        if found.get("name"):
            self.named[str(found["name"])] = {"tag": tag, **found}


def test_a_form_from_a_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)
    from form import form  # type: ignore[import-not-found]

    text = f"""input im: image '{MARKUP.replace("'", "")}'
    param low = 32 in 0..255 '{MARKUP.replace("'", "")}'
    param share = 0.5 in 0.0..1.0
    param any = 3
    param reach = 2mm in 0mm..5mm
    param shape = "disk" in "disk", "square"
    param flipped = true
    m = dilate(im > low * share + any, reach, shape=shape) != flipped
    output m"""
    fields = Fields(form(maskexpr.compile(text).schema()))
    assert set(fields.tags) <= {"label", "b", "small", "input", "output", "select", "option"}
    assert list(fields.named) == ["low", "share", "any", "reach", "shape", "flipped"]
    low = fields.named["low"]
    assert [low[word] for word in ("type", "min", "max", "step", "value")] == ["range", "0", "255", "1", "32"]
    assert fields.named["share"]["data-type"] == "number"
    assert fields.named["any"]["type"] == "number"
    assert fields.named["reach"]["value"] == "2mm"
    assert fields.named["shape"]["tag"] == "select"
    assert "checked" in fields.named["flipped"]


# --- the service -----------------------------------------------------------------------------------------------------


@dataclass
class Service:
    """One that listens to a port."""

    port: int

    def __call__(self, path: str, *, files: dict[str, bytes] | None = None, **fields: str) -> tuple[int, Any]:
        mark = uuid.uuid4().hex
        parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
        parts += [(f'name="{name}"; filename="x.png"', data) for name, data in (files or {}).items()]
        body = b"".join(
            b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (mark.encode(), head.encode(), data)
            for head, data in parts
        )
        body += b"--%s--\r\n" % mark.encode()
        return self.send("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has heard all
                connection.request(method, path, body, headers or {}, encode_chunked=not isinstance(body, bytes | None))
            answer = connection.getresponse()
            data = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(data) if is_json else data
        finally:
            connection.close()

    def run(self, program: str, image: Any = None, **params: Any) -> tuple[int, Any]:
        files = None if image is None else {"image": image if isinstance(image, bytes) else png(image)}
        return self("/run", files=files, program=program, params=json.dumps(params))


def png(array: Any) -> bytes:
    data: bytes = iio.imwrite("<bytes>", array, extension=".png")
    return data


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    for package in ("starlette", "uvicorn", "multipart"):
        pytest.importorskip(package)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    words = ["--app-dir", str(FOLDER), "service:app", "--port", str(port), "--log-level", "warning"]
    with subprocess.Popen([sys.executable, "-m", "uvicorn", *words], env=ENVIRONMENT, stderr=-1, text=True) as process:
        try:
            for _ in range(600):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None, process.stderr and process.stderr.read()
                    time.sleep(0.1)
            yield Service(port)
        finally:
            process.terminate()
            _, said = process.communicate(timeout=60)
    assert "Traceback" not in said


IM = np.arange(200, dtype=np.uint8).reshape(10, 20)


@pytest.mark.slow
def test_programs_are_run(service: Service) -> None:
    status, page = service.send("GET", "/")
    assert status == 200
    assert b"<textarea" in page
    text = "param low = 50 in 0..255\noutput m = im > low\noutput n = area(m)\noutput t = measure(m, area)"
    status, said = service.run(text, IM, low=150)
    assert status == 200
    assert said["outputs"]["n"] == 49
    assert said["outputs"]["m"]["kind"] == "mask"
    assert said["outputs"]["m"]["picture"].startswith("data:image/png;base64,")
    assert said["outputs"]["t"]["area"] == [49]
    status, data = service("/run", files={"image": png(IM)}, program=text, answer="png", output="m")
    assert status == 200
    assert np.array_equal(iio.imread(data) > 0, IM > 50)
    status, said = service.run("mean(im[im > 3]) / 0.0")
    assert status == 422
    status, said = service("/check", program=text)
    assert status == 200
    assert said["outputs"] == ["m", "n", "t"]
    assert said["schema"]["properties"]["low"]["maximum"] == 255
    assert 'name="low"' in said["form"]


@pytest.mark.slow
def test_mistakes_are_data(service: Service) -> None:
    status, said = service.run("dilte(im > 3)", IM)
    assert status == 422
    assert said["error"] == "ProgramError"
    assert said["diagnostics"][0]["code"] == "function-unknown"
    assert said["diagnostics"][0]["span"] == [0, 5]
    for params in (
        '{"low": 1e999}',
        "[1]",
        "{",
        '{"low": null}',
        '{"low": [1]}',
        "9" * 5000,
        '{"low": "' + "x" * 9999 + '"}',
    ):
        status, said = service(
            "/run", files={"image": png(IM)}, program="param low = 3 in 0..9\nim > low", params=params
        )
        assert status == 422
        assert said["diagnostics"][0]["message"]
    for parts in ({}, {"program": "im > 3"}, {"params": "{}"}):
        status, said = service("/run", **parts)
        assert status == 422
    status, said = service("/run", program="im > 3", image="a text", params='{"im": "/etc/passwd"}')
    assert status == 422
    assert said["error"] == "InputError"
    assert service("/run", program="1 + 1", answer="png", output="other")[0] == 422
    assert service("/run", program="1 + 1", answer="png")[0] == 422
    assert service.run("1 + 1")[1] == {"outputs": {"result": 2}, "warnings": []}
    status, _ = service.send("POST", "/run", b"--x\r\nnot a part", {"Content-Type": "multipart/form-data; boundary=x"})
    assert status in (400, 422)
    assert service.send("GET", "/../service.py")[0] == 404


@pytest.mark.slow
def test_images_are_hostile(service: Service) -> None:
    whole = png(IM)
    for data in (
        b"",
        b"GIF89a",
        whole[:60],
        whole.replace(b"IDAT", b"IDAX"),
        b"P5 99999999 99999999 255\n" + b"x" * 99,
    ):
        status, said = service.run("im > 3", data)
        assert status == 422
        assert said["error"] == "FileError"
        assert "/" not in said["diagnostics"][0]["message"]  # no path of the service's
    assert service.run("area(im > 50)", IM)[1]["outputs"]["result"] == 149


@pytest.mark.slow
def test_bombs_are_ended_and_the_next_one_is_served(service: Service) -> None:
    image = np.random.default_rng(3).integers(0, 256, (512, 512), np.uint8)
    for bomb in (
        'median_filter(im / 7, 200, border="ignore")',
        "a = im / 7\n" + "a = gaussian(a, 20)\n" * 500 + "a",
        "9 ** 9 ** 9",
        "(im + 1) ** 100000",
        " + ".join(f'median_filter(im / 7, {n}, border="ignore")' for n in range(1, 100)),
    ):
        status, said = service.run(bomb, image)
        assert status in (422, 503)
        assert said["error"] in ("LimitError", "WorkerError", "ProgramError")
        assert service.run("area(im > 3)", IM)[1]["outputs"] == {"result": 196}


@pytest.mark.slow
def test_requests_are_bounded(service: Service) -> None:
    assert service.run("im > 3", bytes(33_000_000))[0] == 413

    def chunks() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n'
        for _ in range(60):
            yield bytes(1_000_000)

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Transfer-Encoding": "chunked"}
    try:
        status, said = service.send("POST", "/run", chunks(), headers)
        assert status == 413
        assert "32,000,000" in said["diagnostics"][0]["message"]
    except (BrokenPipeError, ConnectionResetError):  # the rest of it is not waited for
        pass
    assert service("/run", program="im > 3" + " " * 200_000)[0] in (400, 413, 422)
    assert service.run("1 + 1")[0] == 200


@pytest.mark.slow
def test_too_many_are_told_so(service: Service) -> None:
    """Those that find no place in the queue; the others are served."""
    found: list[int] = []
    slow = "a = im / 7\n" + "a = gaussian(a, 3)\n" * 20 + "mean(a)"
    image = png(np.zeros((512, 512), np.uint8))

    def ask() -> None:
        found.append(service.run(slow, image)[0])

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {200, 422, 503}
    assert 503 in found
    assert found.count(503) < 40
    assert service.run("1 + 1")[0] == 200


def head_of(size: int) -> bytes:
    kind = "multipart/form-data; boundary=x"
    return f"POST /run HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n".encode()


@pytest.mark.slow
def test_who_goes_keeps_no_worker_from_the_others(service: Service) -> None:
    slow = " + ".join(f"median_filter(im / {n}, 9)" for n in range(1, 30))
    mark, image = b"--x\r\nContent-Disposition: form-data; name=", png(np.zeros((512, 512), np.uint8))
    body = mark + b'"program"\r\n\r\n' + slow.encode() + b"\r\n" + mark + b'"image"; filename="a"\r\n\r\n' + image
    body += b"\r\n--x--\r\n"
    for _ in range(16):
        with socket.create_connection(("127.0.0.1", service.port), 60) as connection:
            connection.sendall(head_of(len(body)) + body)
            time.sleep(0.05)
    began = time.monotonic()
    while service.run("area(im > 3)", IM)[0] == 503:
        assert time.monotonic() - began < 10
        time.sleep(0.1)


@pytest.mark.slow
def test_no_answer_names_a_place_of_the_service(service: Service) -> None:
    for program in ("im * 100000", "im / 3", "measure(im > 3, area)", 'min(im, axes="y")'):
        status, said = service("/run", files={"image": png(IM)}, program=program, answer="png")
        assert status == 422
        assert "result.png" not in json.dumps(said)


@pytest.mark.slow
def test_connections_end_whose_requests_are_refused_before_they_are_there(service: Service) -> None:
    with socket.create_connection(("127.0.0.1", service.port), 4) as connection:
        connection.sendall(head_of(9000) + b"no part of a form")
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while data := connection.recv(2**16):  # keeping it open would be a timeout here
                answer += data
    assert answer.startswith(b"HTTP/1.1 400")
