"""Programs written down as functions of NumPy and SciPy compute the same, in processes without maskexpr."""

import contextlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.conformance import CASES, given
from helpers.every_result import programs as machine_programs
from helpers.exported import Asked, asked, others, unlike
from helpers.fixed_images import worlds
from helpers.places import EXAMPLES
from helpers.random_masks import mask_programs
from helpers.random_programs import programs
from helpers.searches import tried
from hypothesis import Phase, seed, settings
from hypothesis import given as drawn

import maskexpr
from maskexpr.files import programs as program_files
from maskexpr.files.access import Access

pytestmark = pytest.mark.filterwarnings("ignore::maskexpr.MaskWarning")


def refused(program: maskexpr.Program, inputs: dict[str, Any]) -> str:
    """Why a program cannot be exported, "" if it can."""
    try:
        program.to_python(**inputs)
    except maskexpr.ProgramError as error:
        return error.code
    return ""


@pytest.mark.slow
def test_what_programs_mean(tmp_path: Path) -> None:
    """All cases of the conformance tests but for those that are errors."""
    found, without = [], []
    for _, case in CASES:
        if "error" in case:
            continue
        files = case.get("files")
        program = maskexpr.compile(case["expression"], resolver=files.__getitem__ if files else None)
        inputs = {name: given(value) for name, value in {**case.get("inputs", {}), **case.get("params", {})}.items()}
        if refused(program, inputs) == "export-no-form":
            without.append(case["expression"])
        else:
            found.append(asked(program, inputs, 1e-12))
    assert len(found) > 500
    assert without == ['distance(m, unit="um")']
    assert unlike(found, tmp_path) == []


def test_other_programs(tmp_path: Path) -> None:
    """Params that may be 0, pixels without data, and whatever else the cases do not have."""
    assert unlike([asked(program, inputs) for program, inputs in others()], tmp_path) == []


@pytest.mark.slow
def test_every_function(tmp_path: Path) -> None:
    """On images of 8 bits, with a spacing, and floating ones in turn; those without a form say so."""
    found: list[Asked] = []
    made = [worlds()[name] for name in ("radiograph", "tomogram", "coins")]
    for number, text in enumerate(machine_programs()):
        program = maskexpr.compile(text)
        for world in (made[number % 3], made[(number + 1) % 3]):  # the next one if the first has no answer
            with contextlib.suppress(maskexpr.MaskError):
                found.append(asked(program, {info.name: world[info.name] for info in program.inputs}, 1e-8))
                break
    assert len(found) > 500
    assert unlike(found, tmp_path) == []


@pytest.mark.slow
def test_examples(tmp_path: Path) -> None:
    """On their own images."""
    found = []
    for path in sorted(EXAMPLES.glob("*.mask")):
        program = program_files.load_program(str(path))
        paths = program_files.input_paths(program, {}, path.parent, Access())
        inputs = {name: maskexpr.read(file) for name, file in paths.items()}
        found.append(asked(program, inputs))
    assert unlike(found, tmp_path) == []


@pytest.mark.slow
def test_random_programs(tmp_path: Path) -> None:
    """Those of which maskexpr is tested to give what plain NumPy gives."""
    found: list[Asked] = []
    search = settings(tried(40), phases=[Phase.generate], database=None)

    def add(text: str, inputs: dict[str, Any]) -> None:
        try:
            program = maskexpr.compile(text)
            found.append(asked(program, inputs))
        except maskexpr.MaskError:
            return

    @seed(7)
    @search
    @drawn(programs())
    def of_values(program: Any) -> None:
        add(program.text, {**program.inputs, **program.given})

    @seed(7)
    @search
    @drawn(mask_programs())
    def of_masks(example: tuple[str, dict[str, Any]]) -> None:
        add(*example)

    of_values()
    of_masks()
    assert len(found) > 50
    assert unlike(found, tmp_path) == []


# --- what becomes of a program ---------------------------------------------------------------------------------------

IM = ((9, 9), "uint8")


def body_of(text: str, **inputs: Any) -> str:
    """The lines of the function, behind its docstring and checks."""
    whole = maskexpr.compile(text).to_python(**(inputs or {"im": IM}))
    return whole.split('"""')[2].partition("\n\n\n")[0].rpartition("\n\n")[2].strip()


def test_what_a_person_would_write() -> None:
    assert body_of("body = im > 32; bone = im > 64; dilate(body & ~bone, 2)").splitlines() == [
        "body = im > 32",
        "    bone = im > 64",
        "    return ndimage.binary_dilation(body & ~bone, iterations=2)",
    ]


def test_whole_numbers_are_widened_only_where_they_could_wrap() -> None:
    assert body_of("im - 40 > 3") == "return im.astype(np.int16) - 40 > 3"
    assert body_of("im & 7") == "return im & 7"
    assert body_of("im * 0.5") == "return im * 0.5"


def test_comments_names_and_docs_are_kept() -> None:
    text = """# Finds what is bright.
#
# As a test.

input im "an image"

param low = 30 in 0..255 "where bright begins"

# Bright is above.
bright = im > low  # strictly
output bright
"""
    whole = maskexpr.compile(text).to_python(im=IM)
    assert '"""Finds what is bright.\n\n    As a test.\n' in whole
    assert "im : 2-D array of uint8 (image)\n        an image" in whole
    assert "low : int from 0 to 255\n        where bright begins" in whole
    assert "    # Bright is above.\n    # strictly\n    bright = im > low\n" in whole
    assert "def masks(im, *, low=30):" in whole


def test_comments_beside_what_is_no_line_are_kept() -> None:
    """At a param, a def or an input, which goes elsewhere, and below the last line."""
    text = """# how bright
param low = 30 in 0..255
# A rim is what dilation adds.
def rim(m) = dilate(m) & ~m  # of one pixel

bright = im > low
# this names it again
output edge = rim(bright)
# The end.
"""
    lines = [line.strip() for line in maskexpr.compile(text).to_python(im=IM).partition("# Helpers")[0].splitlines()]
    said = ["# how bright", "# A rim is what dilation adds.", "# of one pixel", "# this names it again", "# The end."]
    assert [line for line in lines if line.startswith("#")][1:] == said
    assert [line.strip() for line in body_of("im > 3\n# tail").splitlines()] == ["# tail", "return im > 3"]


def test_outputs_of_one_value_have_their_own_names() -> None:
    body = body_of("a = im > 3; b = a; output a; output b; output c = dilate(b)")
    assert '"a": a,' in body.replace("{", "{\n").replace(", ", ",\n")
    assert '"b": b,' in body.replace("{", "{\n").replace(", ", ",\n")


def test_params_are_arguments(tmp_path: Path) -> None:
    """Whatever value they are given then; where types follow from it, it is held to the interval."""
    text = "param low = 3 in 0..9; param n = 1 in 0..3; output a = dilate(im > low, n); output b = im - low"
    image = np.random.default_rng(1).integers(0, 12, (20, 21)).astype(np.uint8)
    program = maskexpr.compile(text)
    exported = program.to_python(im=image)
    given = [{"low": low, "n": n} for low, n in ((3, 1), (5, 0), (0, 3), (9, 2))]
    others = [Asked(text, exported, {"im": image, **more}, program(im=image, **more)) for more in given]
    beyond = Asked(text, exported, {"im": image, "low": 10}, maskexpr.RunError([]))
    assert unlike([*others, beyond], tmp_path) == []


def test_what_decides_a_type_or_a_shape_stays_fixed() -> None:
    text = """
param low = 30
param shape = "disk" in "disk", "square"
output a = im - low
output b = dilate(im > 3, 2, shape)"""
    whole = maskexpr.compile(text).to_python(im=IM, low=200)
    assert "def masks(im):" in whole
    assert "    low = 200  # fixed here: with another value other lines follow\n" in whole
    assert 'shape = "disk"  # fixed here' in whole
    assert "low=30" in maskexpr.compile("param low = 30; im > low").to_python(im=IM)


def test_lengths_follow_a_spacing(tmp_path: Path) -> None:
    text = 'param reach = 1mm in 0mm..3mm; output a = dilate(im > 9, reach, "disk"); output b = area(a, "mm2")'
    image = np.random.default_rng(2).integers(0, 12, (20, 21)).astype(np.uint8)
    program = maskexpr.compile(text)
    exported = program.to_python(im=maskexpr.Image(image, spacing=[0.3, 0.5]))
    assert "spacing=(0.3, 0.5)" in exported
    others = [
        Asked(text, exported, {"im": image, "spacing": steps}, program(im=maskexpr.Image(image, spacing=steps)))
        for steps in ((0.3, 0.5), (0.1, 0.1), (2.0, 0.7))
    ]
    assert unlike(others, tmp_path) == []


def test_other_arrays_are_refused(tmp_path: Path) -> None:
    """Whatever types and axes the text is not right for."""
    text = maskexpr.compile("im + other").to_python(im=IM, other=IM)
    error = maskexpr.RunError([])
    good = np.zeros((4, 5), np.uint8)
    others = [good.astype(np.int16), good[0], good[:, :1]]
    assert unlike([Asked("", text, {"im": good, "other": other}, error) for other in others], tmp_path) == []


def test_inputs_are_asked_for() -> None:
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.compile("im > other").to_python(im=IM)
    assert caught.value.code == "export-needs-inputs"
    assert "other" in str(caught.value)
    assert "maskexpr" in maskexpr.compile("3 + 4").to_python()


def test_functions_of_hosts_have_no_form() -> None:
    from maskexpr.functions.gives import MASK
    from maskexpr.functions.parameters import Image
    from maskexpr.functions.record import function

    @function(gives=MASK, halo=0, cost=1, memory=1)
    def bright(im: Image) -> Any:
        """Bright."""
        return im > 3

    with pytest.raises(maskexpr.ProgramError) as caught:
        maskexpr.compile("bright(im)", functions=[bright]).to_python(im=IM)
    assert caught.value.code == "export-no-form"
    assert "bright is a function of the host" in str(caught.value)


def test_warnings_are_none_of_python(tmp_path: Path) -> None:
    """A text compiles without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(maskexpr.compile(r"# \d" + "\nim > 3").to_python(im=IM), "exported.py", "exec")
