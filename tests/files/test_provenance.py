"""Written PNG and TIFF files say how they were made, and `maskexpr explain` reads it."""

import hashlib
import json
import shutil
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from helpers import rasters
from helpers.places import EXAMPLES
from helpers.searches import tried
from hypothesis import given
from hypothesis import strategies as st

import maskexpr
from maskexpr.cli import main
from maskexpr.files import images, provenance

PROGRAM = """\
input im = "leg.png"   # a radiograph
param reach = 2 in 0..9
param rim = 1mm in 0mm..9mm
use "lib.mask"
t = otsu(gaussian(im, 1))
output body = grown(im > t, reach)
output edge = boundary(im > li(im), rim)
output share = fraction(body)
output inverse = 255 - im
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copy(EXAMPLES / "ankle.png", tmp_path / "leg.png")
    (tmp_path / "leg.mask").write_text(PROGRAM, "utf-8")
    (tmp_path / "lib.mask").write_text("def grown(m, n) = dilate(m, n)\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def record_of(path):
    return json.loads(images.read_text(path))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_record_holds_what_a_result_was_made_from(folder, suffix):
    assert main(["run", "leg.mask", "-p", "reach=3", "--spacing", "0.5mm", "-o", f"out-{{output}}.{suffix}"]) == 0
    record = record_of(f"out-body.{suffix}")
    im = iio.imread("leg.png")
    assert record.pop("numbers") == {
        "t": maskexpr.evaluate("otsu(gaussian(im, 1))", im=im),
        "li(im)": maskexpr.evaluate("li(im)", im=im),
        "share": maskexpr.evaluate("fraction(dilate(im > otsu(gaussian(im, 1)), 3))", im=im),
    }
    assert record == {
        "maskexpr": maskexpr.__version__,
        "output": "body",
        "name": "leg.mask",
        "program": PROGRAM,
        "used": {"lib.mask": "def grown(m, n) = dilate(m, n)\n"},
        "params": {"reach": 3, "rim": "1mm"},
        "inputs": {
            "im": {
                "file": "leg.png",
                "sha256": hashlib.sha256(Path("leg.png").read_bytes()).hexdigest(),
                "kind": "image 880x380 uint8",
                "spacing": "0.5 x 0.5 mm",
            }
        },
    }
    assert record_of(f"out-edge.{suffix}")["output"] == "edge"


def test_the_pixels_are_what_they_are_without_it(folder):
    assert main(["run", "leg.mask", "--spacing", "0.5mm", "-o", "a-{output}.png"]) == 0
    im = iio.imread("leg.png")
    np.testing.assert_array_equal(iio.imread("a-inverse.png"), 255 - im)


def test_the_same_run_gives_the_same_bytes(folder):
    for name in ("a", "b"):
        assert main(["run", "leg.mask", "--spacing", "0.5mm", "-o", f"{name}-{{output}}.png"]) == 0
    assert Path("a-body.png").read_bytes() == Path("b-body.png").read_bytes()


def test_no_folder_is_told(folder, capsys):
    (folder / "private").mkdir()
    shutil.move("leg.png", "private/leg.png")
    main(
        ["run", str(folder / "leg.mask"), f"im={folder}/private/leg.png", "--spacing", "0.5mm", "-o", "a-{output}.png"]
    )
    text = images.read_text("a-body.png")
    assert "private" not in text
    assert str(folder) not in text


def test_an_expression_and_numbers_are_recorded(folder, capsys):
    assert main(["eval", "im > t + otsu(im, within=im > t)", "im=leg.png", "t=30", "-o", "m.png"]) == 0
    record = record_of("m.png")
    assert record["inputs"]["t"] == {"kind": "number", "value": 30}
    assert list(record["numbers"]) == ["otsu(im, within=im > t)"]
    assert record["name"] == "expression"


def test_thresholds_of_a_def_are_told_apart(folder):
    main(["eval", "def f(a) = a > otsu(a); f(im) & f(im // 2)", "im=leg.png", "-o", "m.png"])
    assert list(record_of("m.png")["numbers"]) == ["otsu(a)", "otsu(a) #2"]


def test_explain_prints_it(folder, capsys):
    main(["run", "leg.mask", "--spacing", "0.5mm", "-o", "a-{output}.png"])
    capsys.readouterr()
    assert main(["explain", "a-edge.png"]) == 0
    t, li, share = record_of("a-edge.png")["numbers"].values()
    digest = hashlib.sha256(Path("leg.png").read_bytes()).hexdigest()
    assert (
        capsys.readouterr().out
        == f"""\
edge of leg.mask, made by maskexpr {maskexpr.__version__}
inputs
  im: leg.png, image 880x380 uint8, pixels of 0.5 x 0.5 mm
    sha256 {digest}
params
  reach = 2
  rim = 1mm
numbers
  t = {t}
  li(im) = {li}
  share = {share}
program
  {PROGRAM.rstrip().replace(chr(10), chr(10) + "  ")}
used lib.mask
  def grown(m, n) = dilate(m, n)
"""
    )


@pytest.mark.parametrize("name", ["leg.png", "other.npy"])
def test_a_file_without_a_record(folder, capsys, name):
    np.save("other.npy", np.zeros((2, 2)))
    assert main(["explain", name]) == 2
    assert f"{name} does not say how it was made" in capsys.readouterr().err


def test_a_very_long_program_is_known_by_its_hash(folder):
    text = "im > 3  # " + "é" * 400_000
    Path("long.mask").write_text(text, "utf-8")
    assert main(["run", "long.mask", "im=leg.png", "-o", "m.png"]) == 0
    assert record_of("m.png")["program"] == "sha256 " + hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        '{"maskexpr": "1"}',
        '{"maskexpr": ["\\u001b[31m"], "program": {"a": [1, null]}, "inputs": [1], "params": {"\\u001b": null}}',
        '{"maskexpr": 1, "inputs": {"a": {"file": "\\u202e", "sha256": 1, "spacing": {}}, "b": 3}, "used": {"\\n": 4}}',
    ],
)
def test_a_record_from_a_stranger_does_nothing(text):
    shown = provenance.described(text)
    assert "made by maskexpr" in shown
    assert all(c.isprintable() or c == "\n" for c in shown)


@pytest.mark.slow
@tried(50)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_any_json_is_described_or_not(value):
    for text in (json.dumps(value), json.dumps({"maskexpr": value, "inputs": value, "numbers": value, "used": value})):
        shown = provenance.described(text)
        assert shown is None or all(c.isprintable() or c == "\n" for c in shown)


@pytest.mark.parametrize("name", ["m.png", "m.tif"])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[[],{"a":', "}]")])
def test_a_record_that_nests_deep_or_long_is_none_of_ours(folder, capsys, name, opening, closing):
    """Whatever the depth is: some reach the end of the stack in the parser, some behind it."""
    for levels in (17, 450, 5_000, 100_000):
        nested = opening * levels + "1" + closing * levels
        for text in (f'{{"maskexpr": 1, "numbers": {{"a": {nested}}}}}', f'{{"maskexpr": {nested}}}'):
            Path(name).write_bytes(rasters.encode(np.ones((2, 2), bool), "mask", Path(name).suffix, text=text))
            assert main(["explain", name]) == 2
            assert capsys.readouterr().err.startswith(f"error: {name} does not say how it was made")
    assert provenance.described('{"maskexpr": [' + "1," * 300_000 + "1]}") is None


def test_brackets_and_commas_in_texts_do_not_nest(folder):
    text = json.dumps({"maskexpr": 1, "program": '[{\\"' * 200_000, "numbers": {"a": [[1, [2]], [3]]}})
    assert "made by maskexpr" in provenance.described(text)
    assert "a = [[1, [2]], [3]]" in provenance.described(text)
