"""What SECURITY.md says, sentence by sentence: each of *What holds* is read from there, and has its test here."""

import contextlib
import json
import logging
import os
import pickle
import pickletools
import re
import signal
import subprocess
import sys
import threading
import traceback
import tracemalloc
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import imageio.v3 as iio
import numpy as np
import pytest
from helpers import conformance, obeying_hosts, strangers
from helpers.command_shell import Shell
from helpers.places import TESTS

import maskexpr
from maskexpr.kernels.png_chunks import chunk

SECURITY = (TESTS.parent / "SECURITY.md").read_text("utf-8")
ODD = "\x1b[31m\u202e\x9b\x07\r\u2028"  # ends no text, and steers terminals
IM = np.arange(20, dtype=np.uint8).reshape(4, 5)
Test = TypeVar("Test", bound=Callable[..., None])
HELD: dict[str, str] = {}


def holds(sentence: str) -> Callable[[Test], Test]:
    """Says which sentence a test is of."""

    def keep(test: Test) -> Test:
        HELD[" ".join(sentence.split())] = test.__name__
        return test

    return keep


def sentences() -> list[str]:
    part = SECURITY.partition("\n## What holds\n")[2].partition("\n## ")[0]
    return [" ".join(item.split()) for item in re.findall(r"^- (.+(?:\n  .+)*)", part, re.MULTILINE)]


def test_each_sentence_has_a_test_and_each_test_a_sentence() -> None:
    assert sentences() == list(HELD)
    assert all(name in globals() for name in HELD.values())


def test_what_a_host_is_to_do_is_there() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", SECURITY):
        assert (TESTS.parent / link).exists(), link


def visible(text: str) -> bool:
    """Whether each line of a text can be printed as it is."""
    return not {unicodedata.category(c) for c in text.replace("\n", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


# --- of a text -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def done() -> str:
    """What Python says that a process did that ran thousands of programs."""
    words = [sys.executable, "-m", "helpers.no_way_out", "400"]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=TESTS, env=None).stdout


@holds(
    "No text opens a file, a connection or a process, nor imports anything but maskexpr's own modules, NumPy's and "
    "SciPy's."
)
@pytest.mark.slow
def test_nothing_is_opened(done: str) -> None:
    *said, ends = done.splitlines()
    assert re.fullmatch(r"\d{3,} values, \d{3,} errors", ends)
    assert [line for line in said if "environment" not in line] == []


@holds("No text, and no part of one, is made into Python: nothing is compiled, executed or evaluated.")
@pytest.mark.slow
def test_nothing_becomes_code(done: str) -> None:
    assert not re.search(r"times (compile|exec|code|import)\b", done)


@holds(
    "No text learns a variable of the environment; `MASKEXPR_THREADS`, `MASKEXPR_COMPILED`, `XDG_CACHE_HOME` are read."
)
@pytest.mark.slow
def test_no_variable_is_learnt(done: str) -> None:
    assert set(re.findall(r"environment (.+)", done)) <= {
        "'MASKEXPR_THREADS'",
        "'MASKEXPR_COMPILED'",
        "'XDG_CACHE_HOME'",
    }


class Asked(np.ndarray):  # type: ignore[type-arg]
    """An array that keeps what it was asked for."""

    names: ClassVar[set[str]] = set()

    def __getattribute__(self, name: str) -> Any:
        Asked.names.add(name)
        return super().__getattribute__(name)


@holds("No name in a text reaches an attribute of an object of Python.")
def test_no_attribute_is_reached() -> None:
    asked = IM.view(Asked)
    for text in (
        *("im.secret()", "im.secret", "secret(im)", "im.__secret__", "im.secret.other(3)", "im.f(secret)"),
        *("keep(im > 3, secret > 3)", "measure(im > 3, secret)", 'measure(im > 3, area)["secret"]', "im[secret]"),
        *('channel(im, "secret")', 'dilate(im > 3, 1, shape="secret")', "dilate(im > 3, secret=3)", "secret.im()"),
    ):
        with pytest.raises(maskexpr.MaskError):
            maskexpr.evaluate(text, im=asked)
    maskexpr.evaluate("im > 3", im=asked)
    assert "dtype" in Asked.names
    assert not {name for name in Asked.names if "secret" in name}


@holds("No text is used as a format: braces, percent signs and dollars stay as they were typed.")
def test_no_text_is_a_format() -> None:
    for typed in ("{0.__class__} {name!r:>99}", "%s %(name)s %n %99999d", "$name ${HOME} `id`", "{", "}{", "{}"):
        for text in (f'assert area(im > 30) > 9, "{typed}"', f'dilate(im > 3, 1, "{typed}")', f'bone["{typed}"]'):
            with pytest.raises(maskexpr.MaskError) as caught:
                maskexpr.compile(text, name=typed)(im=IM)
            assert typed in str(caught.value)
        with pytest.raises(maskexpr.InputError, match=re.escape(typed)):
            maskexpr.evaluate('param s = "disk" in "disk", "square"\ndilate(im > 3, 1, shape=s)', im=IM, s=typed)
        with pytest.raises(maskexpr.InputError, match=re.escape(typed)):
            maskexpr.evaluate("im > 3", im=IM, **{typed: 3})


@holds("What a `use` line brings in comes from the host's `resolver`, and without one such a line is an error.")
def test_use_asks_the_host() -> None:
    text = 'use "/etc/passwd"\nf(im)'
    with pytest.raises(maskexpr.ProgramError, match=r"resolver|no file"):
        maskexpr.compile(text)
    asked = []

    def resolver(path: str) -> str:
        asked.append(path)
        return "def f(a) = a > 3"

    assert maskexpr.compile(text, resolver=resolver)(im=IM).sum() == 16
    assert asked == ["/etc/passwd"]


@holds("A file that an `input` line names is opened by neither `compile`, `evaluate` nor a `Program`.")
def test_default_files_are_not_opened(tmp_path: Path) -> None:
    iio.imwrite(tmp_path / "im.png", IM)
    text = f'input im = "{(tmp_path / "im.png").as_posix()}"\nim > 3'
    for run in (maskexpr.evaluate, lambda text: maskexpr.compile(text)(), lambda text: maskexpr.compile(text).bind()):
        with pytest.raises(maskexpr.InputError, match="no im was given"):
            run(text)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)


@holds(
    "The command line opens what is named on it, and of what a program names only what lies in the program's own folder"
    " or below, symbolic links resolved, or in a folder given by `--allow-read`."
)
def test_commands_stay_in_the_folder(shell: Shell) -> None:
    own, other = shell.folder / "own", shell.folder / "other"
    for folder in (own, other):
        folder.mkdir()
        iio.imwrite(folder / "im.png", IM)
    (own / "link.png").symlink_to(other / "im.png")
    paths = {"in": "im.png", "up": "../other/im.png", "link": "link.png", "abs": str(other / "im.png")}
    for name, path in paths.items():
        (own / f"{name}.mask").write_text(f'input im = "{path}"\narea(im > 3)')
    assert shell("run", "own/in.mask")[:2] == (0, "result = 16\n")
    for name in ("up", "link", "abs"):
        code, out, err = shell("run", f"own/{name}.mask")
        assert (code, out) == (2, "")
        assert "--allow-read" in err
        assert shell("run", f"own/{name}.mask", "--allow-read", "other")[:2] == (0, "result = 16\n")
    assert shell("run", "own/up.mask", "im=other/im.png")[:2] == (0, "result = 16\n")


@holds("With the default limits every text, with the files that it uses, compiles or is refused within 100 MB.")
@pytest.mark.slow
def test_texts_take_little_memory() -> None:
    maskexpr.evaluate("im > 3", im=IM)
    for text in (
        "im" + " & im" * 9_000,
        "(" * 999_000,
        '"' + "x" * 999_000,
        "a = im + 1\n" * 4_000,
        "$" * 999_000,
        strangers.PROGRAMS["doubling defs"],
        "\n".join(f'use "{i}"' for i in range(3_000)),
    ):
        tracemalloc.start()
        try:
            maskexpr.compile(text, resolver=lambda path: f"def f{path}(a) = a" + "#" * 200)
        except maskexpr.MaskError as error:
            str(error)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100e6, text[:50]


@holds("Whatever the text is, it gives a value or an error of ours.")
@pytest.mark.slow
def test_a_value_or_an_error_of_ours(done: str) -> None:
    """Anything else would have ended that process with a traceback; tests/test_any_text.py hunts further."""
    assert done.splitlines()[-1].endswith("errors")


# --- of arrays, images and values ------------------------------------------------------------------------------------


@holds("No array that is given is written to, and no result shares memory with one.")
def test_arrays_stay_as_they_are() -> None:
    for _, case in conformance.CASES:
        given = {name: conformance.given(value) for name, value in case.get("inputs", {}).items()}
        arrays = [np.asarray(getattr(v, "array", v)) for v in given.values()]
        for array in arrays:
            array.flags.writeable = False
        before = [array.tobytes() for array in arrays]
        try:
            program = maskexpr.compile(case["expression"], resolver=case.get("files", {}).get)
            with warnings.catch_warnings(action="ignore"):
                found = program(**given)
        except (maskexpr.MaskError, AttributeError, TypeError):
            continue
        results = found.values() if isinstance(found, dict) else [found]
        shared = [np.shares_memory(a, r) for a in arrays for r in results if isinstance(r, np.ndarray)]
        assert not any(shared), case["expression"]
        assert before == [array.tobytes() for array in arrays]


@holds("What cannot be an image is an `InputError`, whatever an object does when it is asked for an array.")
@pytest.mark.parametrize(
    "name",
    [
        *("raises of everything", "makes a text", "makes itself", "makes an error", "deep recursion", "objects"),
        *("says memory is gone", "makes objects", "records", "dates", "complex numbers", "bytes", "a text"),
        *("none at all", "no pixels", "64 axes", "17 axes"),
        *("an endless sequence", "a sequence of less than nothing", "a deep list", "a list of texts"),
        *("numbers without end", "a number without end", "a spacing that is loud", "a kind that is loud"),
        *("an origin that is loud", "valid that is loud", "nodata that is loud", "an image of an image"),
        *("axes that are odd", "a loud param", "a type by an odd name"),
    ],
)
def test_what_is_no_image(name: str) -> None:
    text, made = strangers.ARRAYS[name]
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.evaluate(text, **made())
    assert visible(str(caught.value))
    assert visible("".join(traceback.format_exception(caught.value)))


class Deferred:
    """As Dask's arrays are, and those of others that compute."""

    computed = 0

    def __init__(self, array: Any) -> None:
        self._array, self.shape, self.dtype, self.ndim = array, array.shape, array.dtype, array.ndim

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        Deferred.computed += 1
        return self._array

    def __getitem__(self, index: Any) -> Any:
        Deferred.computed += 1
        return self._array[index]

    def compute(self) -> Any:
        return self._array


def deferred() -> Iterator[Any]:
    yield Deferred(IM)
    stored = type("Dataset", (Deferred,), {"compute": None, "__module__": "h5py._hl.dataset"})
    yield stored(IM)
    for name in ("dask.array", "xarray", "zarr"):
        try:
            __import__(name)
        except ImportError:
            continue
        if name == "dask.array":
            import dask.array

            yield dask.array.from_array(Deferred(IM), asarray=False, meta=IM[:0, :0])
        elif name == "xarray" and "dask.array" in sys.modules:
            import xarray

            yield xarray.DataArray(sys.modules["dask.array"].from_array(Deferred(IM), asarray=False, meta=IM[:0, :0]))
        elif name == "zarr":
            import zarr

            yield zarr.array(IM)


@holds(
    "What is not in memory, of Dask, xarray, h5py, netCDF4, zarr, tensorstore, TileDB or PyTables, is an error, and "
    "neither computed nor read, unless the host says `Image(x, compute=True)`."
)
def test_what_is_lazy_is_not_computed() -> None:
    Deferred.computed = 0
    for lazy in deferred():
        places: list[dict[str, Any]] = [{"im": lazy}, {"im": maskexpr.Image(lazy)}, {"im": [lazy, lazy]}]
        places += [{"im": maskexpr.Image(IM, **{word: lazy})} for word in ("valid", "spacing", "origin", "direction")]
        mixed: list[dict[str, Any]] = [{"im": [1, lazy]}, {"im": [[1], [lazy]]}]
        for given in [*places, *mixed]:
            for ask in (lambda g: maskexpr.evaluate("im > 3", **g), lambda g: maskexpr.compile("im > 3").kind(**g)):
                with pytest.raises(maskexpr.InputError) as caught:
                    ask(given)
                assert caught.value.code == ("input-type" if any(given is m for m in mixed) else "lazy-input")
        assert Deferred.computed == 0
    for lazy in deferred():
        assert maskexpr.evaluate("area(im > 3)", im=maskexpr.Image(lazy, compute=True)) == 16


@holds("A list that stands in itself, or for more numbers than it holds, is refused before it is unfolded.")
def test_lists_that_unfold() -> None:
    for value in (strangers.looped(), strangers.shared(40), [strangers.shared(40), 3], strangers.nested(500)):
        tracemalloc.start()
        with pytest.raises(maskexpr.InputError):
            maskexpr.evaluate("im > 3", im=value)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1e6


@holds(
    "A class made of a number or a text counts as the number or text that it holds: nothing that it overrides is "
    "called."
)
def test_classes_made_of_numbers_and_texts() -> None:
    class Loud:
        """Whatever is asked of it is an error."""

    def loud(self: Any, *arguments: Any) -> Any:
        raise AssertionError("asked")

    for name in ("eq", "ne", "lt", "le", "gt", "ge", "hash", "str", "repr", "format", "int", "float", "index", "len"):
        setattr(Loud, f"__{name}__", loud)
    number = type("Number", (Loud, int), {"bit_length": loud, "is_integer": loud})
    text = type("Text", (Loud, str), {})
    real = type("Real", (Loud, float), {"is_integer": loud})
    assert maskexpr.evaluate("param t = 3 in 0..9\narea(im > t)", im=IM, t=number(5)) == 14
    assert maskexpr.evaluate("param t = 0.5 in 0.0..9.0\narea(im > t)", im=IM, t=real(5)) == 14
    assert maskexpr.evaluate('param s = "a" in "a", "b"\ns == "b"', s=text("b")) is True
    for value in (number(50), text("b"), real(2.5)):
        with pytest.raises(maskexpr.InputError, match=r"t cannot be (50|'b'|2.5); it is a whole number in 0..9"):
            maskexpr.evaluate("param t = 3 in 0..9\narea(im > t)", im=IM, t=value)


def _png_of(width: int, height: int) -> bytes:
    """One that states a size, of which it holds nothing."""
    size = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    parts = {b"IHDR": size, b"IDAT": b"x\x9c\x03\x00", b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts.items())


@holds(
    "A picture file is walked before any decoder sees it, and one that states more than "
    "[bounds.py](maskexpr/files/decoding/bounds.py) allows is refused."
)
def test_picture_files_are_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*arguments: Any, **more: Any) -> Any:
        raise AssertionError("a decoder saw it")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decode)
    for number, data in enumerate((_png_of(2**30, 2**30), _png_of(2**31 - 1, 1), _png_of(0, 5), b"\x89PNG\r\n\x1a\n")):
        path = tmp_path / f"{number}.png"
        path.write_bytes(data)
        with pytest.raises(maskexpr.FileError):
            maskexpr.read(path)


# --- of what is shown ------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a name of the program": ("im +", {}, {"name": ODD}),
    "a text": (f'dilate(im > 3, 1, "{ODD}")', {}, {}),
    "a comment": (f"im > # {ODD}\n", {}, {}),
    "an assert": (f'assert area(im > 30) > 9, "{ODD}"', {"im": IM}, {}),
    "an assert with escapes": ('assert area(im > 30) > 9, "a\\n\\tb"', {"im": IM}, {}),
    "a name in the program": (f"im > b{ODD}", {}, {}),
    "a file that is used": (f'use "{ODD}"\nim', {}, {}),
    "an input": (f'input im = "{ODD}"\nim > 3', {}, {}),
    "a name that is given": ("im > 3", {"im": IM, ODD: 3}, {}),
    "a name that is meant": ("param low = 3 in 0..9\nim > low", {"im": IM, f"low{ODD}": 3}, {}),
    "a value of a param": ('param s = "a" in "a", "b"\ns == "b"', {"s": ODD}, {}),
    "a type": ("im > 3", {"im": type(ODD, (), {})()}, {}),
    "a type in a list": ("im > 3", {"im": [1, type(ODD, (), {})()]}, {}),
    "a type that is lazy": ("im > 3", {"im": type(ODD, (Deferred,), {})(IM)}, {}),
    "what a library says": ("im > 3", {"im": strangers.Arrays(RuntimeError(ODD))}, {}),
    "a source": ("im[0:2, :] + other", {"im": maskexpr.Image(IM, source=ODD), "other": IM}, {}),
    "a spacing": ("im > 3", {"im": maskexpr.Image(IM, spacing=ODD)}, {}),
    "a kind": ("im > 3", {"im": maskexpr.Image(IM, kind=ODD)}, {}),
    "axes": ("im > 3", {"im": maskexpr.Image(IM, axes=ODD)}, {}),
    "a channel": (f'channel(im, "{ODD}")', {"im": maskexpr.Image(np.zeros((4, 4, 3)), channels=[ODD] * 3)}, {}),
    "channels": ('channel(im, "a")', {"im": maskexpr.Image(np.zeros((4, 4, 3)), channels=[ODD, "b", "c"])}, {}),
}


def caught(name: str) -> maskexpr.MaskError:
    text, given, words = WRONG[name]
    try:
        maskexpr.compile(text, **words)(**given)
    except maskexpr.MaskError as error:
        return error
    raise AssertionError(f"{name}: no error")


@holds(
    "In messages, warnings, `explain` and `repr`, names of programs, inputs, files and types, and texts of a program, "
    "are shown with control characters visible: no escape, no line break and no turned text of theirs is passed on."
)
def test_what_is_shown_is_visible() -> None:
    for name in WRONG:
        error = caught(name)
        shown = [str(error), repr(error), error.message, error.hint, *map(repr, error.diagnostics)]
        shown += [d.render() for d in error.diagnostics] + [d.place for d in error.diagnostics]
        shown += [json.dumps(d.to_dict(), ensure_ascii=False) for d in error.diagnostics if hasattr(d, "to_dict")]
        assert all(map(visible, shown)), (name, shown)
        for d in error.diagnostics:
            assert (d.message + d.hint).isprintable()
    program = maskexpr.compile("b = im > 300\narea(b)", name=ODD)
    im = maskexpr.Image(IM, source=ODD, channels=[ODD], axes=None)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        program(im=maskexpr.Image(IM, source=ODD))
    assert said
    for shown_text in (
        *(str(w.message) for w in said),
        *(repr(w.message) for w in said),
        *(warnings.formatwarning(w.message, w.category, w.filename, w.lineno) for w in said),
        *(program.explain(), program.explain(im=maskexpr.Image(IM, source=ODD))),
        *(repr(program), repr(program.bind(im=IM)), repr(im), repr(program.inputs), repr(program.kind(im=IM))),
        repr(maskexpr.Image(np.zeros((4, 4, 3)), channels=[ODD] * 3, source=ODD, kind=ODD, spacing=[ODD, ODD])),
        repr(maskexpr.view(IM > 3)),
    ):
        assert visible(shown_text), shown_text


@holds(
    "The same holds for the command line's two outputs, and for a traceback of Python that ends in one of our errors."
)
def test_what_is_printed_is_visible(shell: Shell, caplog: pytest.LogCaptureFixture) -> None:
    iio.imwrite(shell.folder / "im.png", IM)
    for text in ("im >", f'im > "{ODD}"', f'assert area(im > 99) > 0, "{ODD}"', f"area(im > 3) # {ODD}", ODD):
        for command in (["eval", text, "im=im.png"], ["explain", text, "im=im.png"], ["eval", text, f"im={ODD}.png"]):
            try:
                _, out, err = shell(*command)
            except SystemExit:
                out, err = shell.printed()
            assert visible(out), command
            assert visible(err), command
    for name in WRONG:
        error = caught(name)
        assert visible("".join(traceback.format_exception(error))), name
        caplog.clear()
        logging.getLogger("host").error("refused: %s", error, exc_info=error)
        assert visible(caplog.text), name


@holds("The same holds for what a study writes: its table, its journal, its report; and for the records in its images.")
def test_what_is_written_is_visible(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maskexpr.studies.workers._FEW", 10)
    odd = ODD.replace("\r", "\n")
    Path("in").mkdir()
    for number in range(3):
        iio.imwrite(Path("in") / f"{number}{odd}.png", IM + number)
    Path("in", f"broken{odd}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    Path(f"seg{odd}.mask").write_text("output m = im > 3\noutput n = area(m)", "utf-8")
    words = ["--table", "t.csv", "--report", "r.html", "--keep-going"]
    _, out, err = shell("run", f"seg{odd}.mask", "im=in/*.png", "-o", "out/", *words)
    assert visible(out)
    assert visible(err)
    written = [path for path in shell.folder.rglob("*") if path.is_file() and path.parent.name != "in"]
    texts = [path for path in written if path.suffix in (".csv", ".html", ".json", ".jsonl", ".txt", ".tsv")]
    assert len(texts) >= 2
    for path in texts:
        assert visible(path.read_text("utf-8").replace("\r\n", "\n").replace("\t", " ")), path
    images = [path for path in written if path.suffix == ".png"]
    assert len(images) >= 3
    for path in images:
        code, out, err = shell("explain", str(path))
        assert code == 0
        assert visible(out)


@holds("In HTML, of reports and of notebooks, nothing of theirs is markup.")
def test_html_is_inert() -> None:
    """Reports have tests of their own, in tests/studies/reports/test_pages.py."""
    markup = "<script>alert(1)</script>&<img src=x onerror=alert(1)>\"'"
    table = maskexpr.evaluate("measure(im > 3, area)", im=maskexpr.Image(IM, source=markup))
    viewed = maskexpr.view(IM > 3)._repr_html_() or ""
    for html in (table._repr_html_(), viewed):
        assert "<script" not in html
        assert "onerror" not in html
    assert viewed.count("<img") == 1


# --- of pickles ------------------------------------------------------------------------------------------------------


@holds(
    "A pickled `Program` holds its text, the texts it uses, its limits and names, and refers to nothing but maskexpr's "
    "own classes and the host's functions, by their names."
)
def test_pickles_hold_texts() -> None:
    text = 'use "lib"\nparam t = 3 in 0..9 "how bright"\noutput m = f(im > t)\noutput n = area(m)'
    program = maskexpr.compile(text, resolver=lambda path: "def f(m) = dilate(m, 2)", name="a.mask")
    program(im=IM)  # what is kept for the next run is left behind
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(program, protocol)
        assert data.count(text.encode()) == 1
        assert len(data) < 2_000
        assert _referred(data) <= {"maskexpr", "copyreg", "builtins", "__builtin__"}
        assert b"numpy" not in data


def _referred(data: bytes) -> set[str]:
    """The packages that a pickle asks for objects of."""
    found, texts = set[str](), list[str]()
    for opcode, argument, _ in pickletools.genops(data):
        if opcode.name == "GLOBAL":
            found.add(argument.split(".")[0].split(" ")[0])
        elif opcode.name == "STACK_GLOBAL":
            found |= {texts[-2].split(".")[0]} if len(texts) > 1 else set()
        elif isinstance(argument, str):
            texts.append(argument)
    assert found
    return found


@holds("An unpickled `Program` is compiled anew from its text, within its limits.")
def test_unpickled_programs_are_compiled() -> None:
    program = maskexpr.compile("area(im > 3)", limits=maskexpr.Limits(nodes=50))
    data = pickle.dumps(program)
    again = pickle.loads(data)
    assert again(im=IM) == 16
    assert again.source == program.source
    with pytest.raises(maskexpr.ProgramError):
        pickle.loads(data.replace(b"area(im > 3)", b"area(im > )0"))
    with pytest.raises(maskexpr.ProgramError):
        pickle.loads(data.replace(b"area(im > 3)", b"system('id')"))
    long = pickle.dumps(maskexpr.compile("im > 3          ", limits=maskexpr.Limits(tokens=10)))
    with pytest.raises(maskexpr.ProgramError, match="10"):
        pickle.loads(long.replace(b"im > 3          ", b"im>3+1+1+1+1+1+1"))


# --- of limits and sandboxes -----------------------------------------------------------------------------------------


@holds("What a run would take is known before it starts, and one that is over a bound of `Limits` is refused then.")
def test_limits_hold_before_a_run() -> None:
    im = np.zeros((300, 300), np.uint8)
    text = "output a = gaussian(im / 7, 20)\noutput n = area(im > 3)"
    bounds = {"pixels": 1e4, "memory": 1e5, "operations": 1e4, "seconds": 1e-6, "output_bytes": 1e3, "axes": 1}
    for name, most in bounds.items():
        program = maskexpr.compile(text, limits=maskexpr.Limits(**{name: most}))
        with pytest.raises(maskexpr.LimitError) as caught:
            program(im=im)
        assert caught.value.code == f"limit-{name.replace('_', '-')}"
    assert maskexpr.compile(text)(im=im)["n"] == 0


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes where Linux has them")
SLOW = "median_filter(im / 7, 40)"


@holds(
    "A run in a `Sandbox` that takes longer than `Limits.seconds` is ended, with its process if need be, and the next "
    "one is served."
)
@linux
@pytest.mark.slow
def test_sandboxes_keep_the_time() -> None:
    with maskexpr.Sandbox(workers=1, limits=maskexpr.Limits(seconds=1)) as box:
        with pytest.raises(maskexpr.LimitError, match="1 s"):
            box.compile(SLOW)(im=np.random.default_rng(1).random((2000, 2000)))
        assert box.compile("area(im > 3)")(im=IM) == 16


@holds("A worker that dies of a run, however, is one `WorkerError`, and the next call has another one.")
@linux
@pytest.mark.slow
def test_workers_that_die() -> None:
    with maskexpr.Sandbox(workers=1) as box:
        program, slow = box.compile("area(im > 3)"), box.compile(SLOW)
        assert program(im=IM) == 16
        for signal_ in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT):
            kill = threading.Timer(1, lambda s=signal_: [os.kill(pid, s) for pid in _children()])
            kill.start()
            with pytest.raises(maskexpr.WorkerError) as caught:
                slow(im=np.random.default_rng(1).random((2000, 2000)))
            assert visible(str(caught.value))
            assert program(im=IM) == 16


def _children() -> list[int]:
    """The processes that this one has started."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    return [int(pid) for pid, parent, name in rows if int(parent) == os.getpid() and not name.startswith("ps")]


@holds(
    "On Linux a worker has no variables of the environment but those of libraries, no standard input, and may make no "
    "file longer, and take no more memory than `Limits` say, beside what it starts with."
)
@linux
@pytest.mark.slow
def test_what_workers_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the host")
    before = set(_children())
    with maskexpr.Sandbox(workers=1, limits=maskexpr.Limits(memory=2**28)) as box:
        assert box.compile("area(im > 3)")(im=IM) == 16
        workers = set(_children()) - before
        assert workers
        for pid in workers:
            process = Path(f"/proc/{pid}")
            assert b"SECRET" not in (process / "environ").read_bytes()
            limits = dict(re.findall(r"^(Max \S+(?: \S+)?) {2,}(\S+)", (process / "limits").read_text(), re.MULTILINE))
            assert limits["Max file size"] == "0"
            assert limits["Max address"] if "Max address" in limits else limits["Max data size"] != "unlimited"
            assert os.readlink(process / "fd" / "0") == "/dev/null"
            assert os.readlink(process / "cwd") == "/"
    with maskexpr.Sandbox(workers=1, functions=[obeying_hosts.obey]) as box:
        obey = box.compile("obey(im)")
        for deed in (obeying_hosts.write, obeying_hosts.lengthen):
            with pytest.raises(maskexpr.RunError) as caught:
                obey(im=obeying_hosts.order(deed))
            assert "File too large" in str(caught.value.__cause__)


@holds("What a worker says is data: nothing of it is unpickled or run.")
@linux
@pytest.mark.slow
def test_answers_are_data(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpickle(*arguments: Any, **more: Any) -> Any:
        raise AssertionError("unpickled")

    with maskexpr.Sandbox(workers=1) as box:
        for module in ("pickle", "_pickle"):
            for name in ("load", "loads", "Unpickler"):
                monkeypatch.setattr(f"{module}.{name}", unpickle)
        assert box.compile("area(im > 3)")(im=IM) == 16
        assert box.compile("im + 1")(im=np.zeros((500, 500))).sum() == 250_000
        for text in ("assert any(im > 90)\nim", "otsu(im[im > 90])", "measure(im > 3, area)"):
            with contextlib.suppress(maskexpr.MaskError):
                box.compile(text)(im=IM)


@holds("A sandbox does not hold a worker that runs machine code of a stranger: it has this user's files and network.")
def test_what_a_sandbox_is_not_is_said_where_it_is_made() -> None:
    assert "can read this user's files and reach the network" in " ".join((maskexpr.Sandbox.__doc__ or "").split())
