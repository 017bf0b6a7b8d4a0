"""What is compared between machines: a hash of each result of each program, and of each file that the commands write.

As a program, `python -m helpers.every_result`, it prints them for the process that it is: the tests start it on
machines made weaker (weaker_machines.py).
"""

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import maskexpr
from helpers import digests, fixed_images
from helpers.fixed_images import Given
from helpers.places import EXAMPLES, TESTS
from maskexpr.cli import main
from maskexpr.engine import passes, reference
from maskexpr.engine.run import Engine
from maskexpr.inside import stages
from maskexpr.planner.plan import plan
from maskexpr.program.steps import Checked

PROGRAMS = TESTS / "machines" / "expressions.txt"
WAYS = ("whole", "strips", "plain")
_ROWS = 7

Results = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Found:
    """What a process found."""

    images: dict[str, str]  # fingerprints of what the programs are given
    results: Results  # by program and image
    files: dict[str, str]  # what they hold
    bytes: dict[str, str]  # what they are, which may differ between versions of the libraries that pack them


def programs() -> list[str]:
    lines = PROGRAMS.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def every_result(way: str = "whole", *, with_files: bool = True) -> Found:
    """In this process, the programs being run as a whole, strip by strip, or plainly."""
    worlds = fixed_images.worlds()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of floating-point, say: also a difference
        warnings.simplefilter("ignore", maskexpr.MaskWarning)  # they are data
        results = {text: _of_program(text, worlds, way) for text in programs()}
        files, packed = _of_files() if with_files else ({}, {})
    images = {name: fixed_images.fingerprint(given) for name, given in worlds.items()}
    return Found(images, results, files, packed)


def _of_program(text: str, worlds: dict[str, Given], way: str) -> dict[str, str]:
    program = maskexpr.compile(text)
    names = [info.name for info in program.inputs]
    run = partial(_warned if way == "whole" else _in_strips if way == "strips" else _plainly, program)
    return {world: _outcome(run, {name: given[name] for name in names}) for world, given in worlds.items()}


def _outcome(run: Callable[[Given], str], given: Given) -> str:
    """The hash of a result, or of an error's whole text."""
    try:
        return run(given)
    except (maskexpr.MaskError, Warning) as error:
        return digests.digest(type(error).__name__, str(error))


def _warned(program: maskexpr.Program, given: Given) -> str:
    """With another hash behind a plus if there is something suspicious."""
    bound = program.bind(**given)
    found = digests.of_value(bound.run())
    texts = [warning.render() for warning in bound.warnings]
    return f"{found}+{digests.digest(*texts)}" if texts else found


def _in_strips(program: maskexpr.Program, given: Given) -> str:
    return _by(lambda checked: Engine(checked, plan(checked, _ROWS)).run, program, given)


def _plainly(program: maskexpr.Program, given: Given) -> str:
    return _by(lambda checked: partial(reference.run, checked), program, given)


def _by(way: Callable[[Checked], Callable[..., Any]], program: maskexpr.Program, given: Given) -> str:
    found = stages(program, given)
    return digests.of_value(way(found.checked)(dict(found.arrays)))


# --- files -----------------------------------------------------------------------------------------------------------

_MM = {"ct_head": "0.478516mm", "brain": "3mm", "sphere": "3mm"}
_LEG = "dilate((im > 32) & ~(im > 64), 2)"
_PLOT = "plot.png"
# Each format with each kind of pixels that it holds: beside the examples, which write mostly masks in PNG.
_KINDS = {
    "im > otsu(im)": (".png", ".tif", ".bmp", ".npy", ".npz"),
    "label(im > 40)": (".png", ".tif", ".npy"),
    "im * 200": (".png", ".tif", ".npz"),
    "im - 90": (".tif", ".npy"),
    "gaussian(im, 1.5)": (".npy", ".npz"),
}
_OTHERS = {
    "eval im, im=rgb.npy -o colour": (".png", ".tif", ".bmp"),
    "eval im*200, im=rgb.npy -o wide": (".png", ".npy"),
    "eval im/3, im=volume.npy -o thirds": (".tif", ".npz"),
    "eval im>60, im=volume.npy -o stack": (".tif", ".npy"),
}


def commands() -> Iterator[list[str]]:
    """What the command line is given, in a folder with some arrays."""
    for path in sorted(EXAMPLES.glob("*.mask")):
        spacing = ["--spacing", _MM[path.stem]] if path.stem in _MM else []
        yield ["run", str(path), *spacing]
    for number, (text, suffixes) in enumerate(_KINDS.items()):
        yield from (["eval", text, "im=leg.npy", "-o", f"kind{number}{suffix}"] for suffix in suffixes)
    for line, suffixes in _OTHERS.items():
        *words, target = line.split()
        yield from ([word.rstrip(",") for word in words] + [target + suffix] for suffix in suffixes)
    for view in ("overlay", "contour", "mask", "side"):
        yield ["eval", _LEG, "im=leg.npy", "--view", view, "--overlay", f"{view}.png"]
    yield ["show", "leg.npy", "kind0.png", "--overlay", "shown.png"]
    yield ["eval", "im > otsu(im)", "im=leg.npy", "--hist", _PLOT]
    yield from (["eval", text, "im=leg.npy"] for text in ("im / 7", "std(im)", "centroid(im > 40)", "histogram(im, 5)"))
    yield ["explain", "kind0.png"]
    yield ["check", "--json", str(EXAMPLES / "edges.mask")]


def _of_files() -> tuple[dict[str, str], dict[str, str]]:
    """Hashes of what the files hold, and what the commands print; and of the files' bytes."""
    texts, worlds = {}, fixed_images.worlds()
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        np.save("leg.npy", worlds["radiograph"]["im"].array)
        np.save("rgb.npy", worlds["radiograph"]["rgb"].array)
        np.save("volume.npy", worlds["brain"]["im"].array)
        for words in commands():
            texts[" ".join(words).replace(str(EXAMPLES), "examples")] = digests.digest(_printed(words))
        paths = sorted(Path().iterdir())
        return (
            texts | {path.name: digests.content(path, has_letters=path.name == _PLOT) for path in paths},
            {path.name: digests.digest(path.read_bytes()) for path in paths},
        )


def _printed(words: list[str]) -> str:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    text = f"{code}\n{out.getvalue()}\n{err.getvalue()}"
    return digests.without_version(text.replace(str(EXAMPLES), "examples").replace(os.sep, "/"))


# --- a process of its own --------------------------------------------------------------------------------------------


def _print(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="every_result")
    parser.add_argument("--way", choices=WAYS, default="whole")
    parser.add_argument("--no-files", action="store_true")
    options = parser.parse_args(arguments)
    passes._WORTH_THREADS = 0  # the threads there are, for small images too
    found = every_result(options.way, with_files=not options.no_files)
    from helpers.weaker_machines import this_process  # which starts this program, and takes what it found

    json.dump({"process": this_process(), "found": asdict(found)}, sys.stdout)


if __name__ == "__main__":
    _print(sys.argv[1:])
