"""`--json`: one document for other programs, whatever happens."""

import json
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
import pytest
from helpers.command_shell import Shell
from helpers.places import ANKLE

import maskexpr

KEYS = ["maskexpr", "results", "numbers", "files", "warnings", "errors"]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "im.png").write_bytes(ANKLE.read_bytes())
    return Shell(tmp_path, capsys)


def document(shell: Shell, *arguments: str, code: int = 0) -> dict[str, Any]:
    """What is printed: strict JSON in one line, and nothing beside it."""
    found, out, err = shell(*arguments, "--json")
    assert (found, err, out.count("\n")) == (code, "", 1)
    parsed = json.loads(out, parse_constant=lambda text: pytest.fail(text))
    assert list(parsed) == KEYS
    assert parsed["maskexpr"] == maskexpr.__version__
    return dict(parsed)


def test_each_kind(shell: Shell) -> None:
    np.save("holed.npy", np.array([[1.25, np.nan], [np.inf, -3]]))
    program = """
        output n = 2**62 + 1
        output x = 0.1 + 0.2
        output nothing = sqrt(a - 1)
        output t = any(im > 64)
        output l = [1, 2.5, log(a)]
        output m = im > 64
        output k = label(m)
        output h = holed
        output g = im - 300
        output empty = im > 300
    """
    found = document(shell, "eval", program, "im=im.png", "holed=holed.npy", "a=0", "--spacing", "im=0.5mm")
    results = found["results"]
    assert list(results) == ["n", "x", "nothing", "t", "l", "m", "k", "h", "g", "empty"]
    assert results["n"] == {"kind": "number", "value": 2**62 + 1}
    assert results["x"] == {"kind": "number", "value": 0.1 + 0.2}
    assert results["nothing"] == {"kind": "number", "value": None}
    assert results["t"] == {"kind": "truth", "value": True}
    assert results["l"] == {"kind": "list", "value": [1, 2.5, None]}
    im = iio.imread(ANKLE)
    shape = {"shape": list(im.shape), "spacing": [0.5, 0.5], "without_data": 0}
    sizes = [maskexpr.evaluate("area(m)", m=maskexpr.evaluate("label(m)", m=im > 64) == i) for i in (1, 2, 3)]
    regions = maskexpr.evaluate("count(m)", m=im > 64)
    assert results["m"] == {
        "kind": "mask",
        "dtype": "bool",
        "on": int((im > 64).sum()),
        "of": im.size,
        "regions": regions,
        "largest": results["m"]["largest"],
        **shape,
    }
    assert results["m"]["largest"] >= max(sizes)
    assert results["k"] == {"kind": "labels", "dtype": "int32", "labels": regions, **shape}
    assert results["h"] == {
        "kind": "image",
        "shape": [2, 2],
        "dtype": "float64",
        "spacing": None,
        "without_data": 0,
        "min": -3.0,
        "max": 1.25,
        "not_finite": 2,
    }
    low, high = int(im.min()) - 300, int(im.max()) - 300
    assert results["g"] == {"kind": "image", "dtype": "int16", "min": low, "max": high, "not_finite": 0, **shape}
    assert (results["empty"]["on"], results["empty"]["regions"], results["empty"]["largest"]) == (0, 0, 0)
    assert [warning["code"] for warning in found["warnings"]] == ["never-true"]


def test_a_table_is_whole(shell: Shell) -> None:
    program = "m = im > otsu(im); output t = measure(m, area, mean_intensity, of=im); output a = t['area']".replace(
        "'", '"'
    )
    found = document(shell, "eval", program, "im=im.png")
    table = maskexpr.evaluate("measure(im > otsu(im), area, mean_intensity, of=im)", im=iio.imread(ANKLE))
    assert found["results"]["t"] == {
        "kind": "table",
        "rows": table.rows,
        "columns": {name: values.tolist() for name, values in table.items()},
        "units": {},
    }
    assert found["results"]["a"] == {"kind": "list", "value": table["area"].tolist()}
    assert found["numbers"] == {"otsu(im)": maskexpr.evaluate("otsu(im)", im=iio.imread(ANKLE))}


def test_pixels_without_data(shell: Shell) -> None:
    np.save("im.npy", np.array([[0, 5], [9, 0]], np.uint8))
    found = document(shell, "eval", "output m = im > 6; output im", "im=im.npy", "--nodata", "0")["results"]
    assert (found["m"]["on"], found["m"]["of"], found["m"]["without_data"]) == (1, 2, 2)
    assert (found["im"]["min"], found["im"]["max"], found["im"]["without_data"]) == (5, 9, 2)


def test_files_are_listed(shell: Shell) -> None:
    Path("p.mask").write_text(
        'input im = "im.png"\noutput m = im > 64\noutput t = measure(m, area)\noutput n = area(m)'
    )
    found = document(shell, "run", "p.mask", "--overlay", "over.png", "-o", "out/", "-o", "n.csv")
    assert found["files"] == [
        {"path": "out/im-m.png", "holds": "m"},
        {"path": "out/im-t.csv", "holds": "t"},
        {"path": "n.csv", "holds": "n"},
        {"path": "over.png", "holds": "overlay of m"},
    ]
    assert all(Path(file["path"]).exists() for file in found["files"])
    assert list(found["results"]) == ["m", "t", "n"]
    assert document(shell, "eval", "im > 64", "im=im.png")["files"] == []


def test_mistakes_of_a_program(shell: Shell) -> None:
    found = document(shell, "eval", "im > otsu(\n imm) + nix(3)", "im=im.png", code=1)
    (error,) = found["errors"]
    assert error == {
        "severity": "error",
        "code": error["code"],
        "message": "there is no function nix",
        "hint": error["hint"],
        "span": [19, 22],
        "line": 2,
        "column": 9,
        "source": "expression",
        "fix": None,
        "file": "expression",
        "end_line": 2,
        "end_column": 12,
    }
    assert found["results"] == {}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["eval", "im > 3", "im=nix.png"], 2, "cannot read nix.png: there is no such file"),
        (["eval", "im > 3"], 2, "no im was given"),
        (["run", "nix.mask"], 2, "cannot read nix.mask: there is no such file"),
        (["eval", "assert area(im > 255) > 3\nim > 3", "im=im.png"], 1, "not true: area(im > 255) > 3"),
        (["eval", "im > 3", "im=im.png", "-o", "nix/m.png"], 2, "cannot write nix/m.png: there is no folder nix"),
        (["eval", "im > 3", "im=im.png", "-o", "-"], 2, "--json prints a document where a file is to go"),
    ],
)
def test_mistakes_elsewhere(shell: Shell, arguments: list[str], code: int, said: str) -> None:
    (error,) = document(shell, *arguments, code=code)["errors"]
    assert said in error["message"]
    assert error["hint"]
    assert sorted(Path().iterdir()) == [Path("im.png")]


def test_what_was_written_before_a_mistake_is_there(shell: Shell) -> None:
    program = "output a = im > 3; output b = im / 2"
    found = document(shell, "eval", program, "im=im.png", "-o", "a.png", "-o", "b.webp", code=2)
    assert found["files"] == [{"path": "a.png", "holds": "a"}]
    assert list(found["results"]) == ["a", "b"]
    assert len(found["errors"]) == 1


def test_usage_is_said_as_ever(shell: Shell) -> None:
    with pytest.raises(SystemExit) as left:
        shell("eval", "im > 3", "--json", "--nix")
    assert left.value.code == 2


def test_help_says_what_a_document_has(shell: Shell) -> None:
    for command in ("eval", "run"):
        with pytest.raises(SystemExit):
            shell(command, "--help")
        text = shell.printed()[0]
        assert all(
            f'"{key}"' in text for key in [*KEYS, "columns", "without_data", "not_finite", "end_column", "holds"]
        )


def test_a_parquet_file_says_how_it_was_made(shell: Shell) -> None:
    pytest.importorskip("pyarrow")
    program = "t = measure(im > otsu(im), area)\noutput t"
    for name in ("t.parquet", "t.csv"):
        assert shell("eval", program, "im=im.png", "-o", name)[0] == 0
    code, out, _ = shell("explain", "t.parquet")
    assert (code, out.splitlines()[0]) == (0, f"t of expression, made by maskexpr {maskexpr.__version__}")
    assert "measure(im > otsu(im), area)" in out
    assert "otsu(im) = " in out
    code, out, err = shell("explain", "t.csv")
    assert (code, out) == (2, "")
    assert err.startswith("error: t.csv does not say how it was made; PNG, TIFF, NIfTI and Parquet files say so")
