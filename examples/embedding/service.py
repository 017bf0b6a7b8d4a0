"""A service that runs programs of strangers on images of strangers.

    pip install 'maskexpr[web]'
    uvicorn --app-dir examples/embedding service:app --timeout-keep-alive 5 --limit-concurrency 64

`/` is a page to try it with, `/check` says what a program asks for or what is wrong with it, `/run` runs it. Errors are
JSON, as `MaskError.to_dict()` has them.
"""

import asyncio
import base64
import contextlib
import json
import math
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from decoding import Decoder, DecodingError
from form import form
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

import maskexpr

WORKERS = 2
WAITING = 16  # requests that may wait besides those that are run
LIMITS = maskexpr.Limits(
    *(20_000, 4_000, 60, 2_000),  # bytes, tokens, depth, nodes of a text
    pixels=2**25,
    memory=1e9,
    seconds=2.0,
    output_bytes=2**28,
)
BODY_BYTES = 32_000_000  # of a request
FIELD_BYTES = 100_000  # of each of its fields that is no file
BODY_SECONDS = 20.0  # that a request may take to come in
LONG = 0.1  # seconds from which a program has to leave a worker free for short ones
ROOM = (900, 1200)  # of a picture on the page
warnings.simplefilter("ignore", maskexpr.MaskWarning)  # answers have them
PAGE = Path(__file__).with_name("form.html")
EXAMPLE = Path(__file__).parents[1] / "ankle.png"  # until somebody chooses another one


class Desk:
    """What all requests share: the workers, and who waits for them."""

    def __init__(self) -> None:
        self.box = maskexpr.Sandbox(workers=WORKERS, limits=LIMITS)
        self.decoder = Decoder(self.box)
        self._inside = 0
        self._long = asyncio.Semaphore(max(1, WORKERS - 1))

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place in the queue, which is not to grow without end."""
        if self._inside >= WORKERS + WAITING:
            raise HTTPException(503, "too many wait", {"Retry-After": "1"})
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def worker_for(self, seconds: float) -> Any:
        """Who takes long waits for others that do: a worker is left for short ones."""
        return self._long if seconds > LONG else contextlib.nullcontext()

    def close(self) -> None:
        self.decoder.close()
        self.box.close()


# --- what is asked for -----------------------------------------------------------------------------------------------


async def page(request: Request) -> Response:
    return FileResponse(PAGE)


async def example(request: Request) -> Response:
    return FileResponse(EXAMPLE)


async def check(request: Request) -> Response:
    """What a program asks for, as a schema and as the fields of a form."""
    desk = request.app.state.desk
    async with desk.place(), _parts(request) as sent:
        program = await asyncio.to_thread(desk.box.compile, _text(sent, "program"), name="program")
    schema = program.schema()
    warnings = [found.to_dict() for found in program.warnings]
    return JSONResponse({"schema": schema, "form": form(schema), "outputs": program.outputs, "warnings": warnings})


async def run(request: Request) -> Response:
    """A program, run on an image with the values of its params.

    Parts of the request: `image` is a file, `program` a text, `params` JSON. `answer` is "json" (the default: numbers
    as such, arrays as pictures) or "png" (one output as an image file); `output` says which.
    """
    desk = request.app.state.desk
    async with desk.place():
        async with _parts(request) as sent:
            text, given, image = _text(sent, "program"), _params(sent), sent.get("image")
            program = await asyncio.to_thread(desk.box.compile, text, name="program")
            if isinstance(image, UploadFile):
                image = await asyncio.to_thread(_decoded, desk.decoder, image)
                given |= {info.name: image for info in program.inputs if info.name not in given}
        bound = await asyncio.to_thread(program.program.bind, **given)
        async with _wanted(request), desk.worker_for(bound.cost().seconds):
            values = await program.run_async(**given)
        outputs = values if isinstance(values, dict) else {program.outputs[0]: values}
        if sent.get("answer") == "png":
            name = sent.get("output") or program.outputs[0]
            if name not in outputs:
                raise HTTPException(422, "there is no such output")
            return Response(await asyncio.to_thread(_file, outputs[name]), media_type="image/png")
        said = await asyncio.to_thread(_said, outputs, image if isinstance(image, maskexpr.Image) else None)
        return JSONResponse({"outputs": said, "warnings": [found.to_dict() for found in bound.warnings]})


@contextlib.asynccontextmanager
async def _parts(request: Request) -> AsyncIterator[FormData]:
    """The parts of a request, which are to come in within some time."""
    async with asyncio.timeout(BODY_SECONDS):
        sent = await request.form(max_files=1, max_fields=5, max_part_size=FIELD_BYTES)
    try:
        yield sent
    finally:
        await sent.close()


@contextlib.asynccontextmanager
async def _wanted(request: Request) -> AsyncIterator[None]:
    """What is done here ends with the connection: who goes does not keep a worker from the others."""
    own, is_gone = asyncio.current_task(), False

    async def watch() -> None:
        nonlocal is_gone
        while (await request.receive())["type"] != "http.disconnect":
            pass
        is_gone = True
        own.cancel()

    assert own is not None
    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not is_gone:
            raise
        own.uncancel()
        raise HTTPException(499, "nobody waits for it") from None
    finally:
        watching.cancel()


def _text(sent: Mapping[str, Any], name: str) -> str:
    found = sent.get(name)
    if not isinstance(found, str):
        raise HTTPException(422, f"there is no part {name}")
    return found


def _params(sent: Mapping[str, Any]) -> dict[str, Any]:
    """The values of params: numbers, truths and texts."""
    try:
        found = json.loads(_text(sent, "params") if "params" in sent else "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, bool | int | float | str) for value in found.values()):
        raise HTTPException(422, "params is a JSON object of numbers, truths and texts")
    return found


def _decoded(decoder: Decoder, sent: UploadFile) -> maskexpr.Image:
    """The image of a file, by a name of ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "image")
        with path.open("wb") as file:
            while part := sent.file.read(2**20):
                file.write(part)
        return decoder.image(os.fspath(path))


# --- what is answered ------------------------------------------------------------------------------------------------


def _said(outputs: Mapping[str, Any], image: maskexpr.Image | None) -> dict[str, Any]:
    return {
        name: _plain(value) if not isinstance(value, np.ndarray) else _pictured(value, image)
        for name, value in outputs.items()
    }


def _pictured(value: Any, image: maskexpr.Image | None) -> dict[str, Any]:
    """An array: what is known of it, and a picture, on the image that it came from where that is of its shape."""
    shape = None if image is None else image.array.shape[: -1 if image.kind == "colour" else None]
    view = maskexpr.view(value, on=image if shape == value.shape else None)
    height, width = ROOM
    png = view.png((min(height, value.shape[0]), min(width, value.shape[1])) if value.ndim == 2 else ROOM)
    picture = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return {
        "kind": view.kind.name,
        "shape": value.shape,
        "dtype": str(value.dtype),
        "summary": view.summary,
        "picture": picture,
    }


def _plain(value: Any) -> Any:
    """Numbers, lists and tables as JSON has them: what is not finite is null."""
    if isinstance(value, maskexpr.Table):
        return {name: _plain(value[name].tolist()) for name in value}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _file(value: Any) -> bytes:
    """One result as the file that `maskexpr.write` makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "result.png")
        try:
            maskexpr.write(path, value)
        except maskexpr.FileError:  # it names the file, whose place is ours
            raise HTTPException(422, f"a PNG file cannot hold this: {maskexpr.view(value).summary}") from None
        return path.read_bytes()


# --- what is refused -------------------------------------------------------------------------------------------------


def _error(kind: str, message: str, hint: str = "") -> dict[str, Any]:
    found = {"severity": "error", "code": kind, "message": message, "hint": hint}
    return {"error": kind, "diagnostics": [found]}


async def mistaken(request: Request, error: Exception) -> Response:
    assert isinstance(error, maskexpr.MaskError)
    return JSONResponse(error.to_dict(), 503 if isinstance(error, maskexpr.WorkerError) else 422)


async def undecoded(request: Request, error: Exception) -> Response:
    assert isinstance(error, DecodingError)
    return JSONResponse(error.said, 422)


async def refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse(_error("request", error.detail), error.status_code, error.headers)


async def too_slow(request: Request, error: Exception) -> Response:
    return JSONResponse(_error("request", f"the request took longer than {BODY_SECONDS:g} seconds to come in"), 408)


class Bounded:
    """No request is longer than so many bytes: what says that it is is not read, what does not is read that far. One
    that is answered before all of it is there is the last of its connection, which would else wait for the rest."""

    def __init__(self, app: Any, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        taken, headers = 0, dict(scope["headers"])
        stated = headers.get(b"content-length", b"0")
        is_whole = stated == b"0" and b"transfer-encoding" not in headers

        async def bounded() -> Message:
            nonlocal taken, is_whole
            message = await receive()
            taken += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if taken > self._most:
                is_whole = False
                raise HTTPException(413, f"a request has at most {self._most:,} bytes")
            return message

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and not is_whole:
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        if not stated.isdigit() or int(stated) > self._most:
            words = f"a request has at most {self._most:,} bytes"
            return await JSONResponse(_error("request", words), 413)(scope, receive, closing)
        return await self._app(scope, bounded, closing)


@contextlib.asynccontextmanager
async def _open(app: Starlette) -> AsyncIterator[None]:
    app.state.desk = Desk()
    await asyncio.to_thread(app.state.desk.decoder.start)
    try:
        yield
    finally:
        app.state.desk.close()


app = Bounded(
    Starlette(
        routes=[
            Route("/", page),
            Route("/example.png", example),
            Route("/check", check, methods=["POST"]),
            Route("/run", run, methods=["POST"]),
        ],
        exception_handlers={
            maskexpr.MaskError: mistaken,
            DecodingError: undecoded,
            HTTPException: refused,
            TimeoutError: too_slow,
        },
        lifespan=_open,
    ),
    BODY_BYTES,
)
