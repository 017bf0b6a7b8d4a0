"""Every mistake with its whole text: place, source line, caret, cause and way out; and programs out to break us.

`errors/*.txt` holds the cases; `python tests/test_errors.py` writes the texts anew, to be read with `git diff`.
"""

import ast
import contextlib
import math
import re
import sys
import threading
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import pytest
from helpers import others
from helpers.each import each

import maskexpr
from maskexpr.diagnostics import messages
from maskexpr.explain import manual
from maskexpr.functions.arguments import refusal
from maskexpr.functions.gives import MASK, Gives
from maskexpr.functions.parameters import Image as Im
from maskexpr.functions.parameters import Mask
from maskexpr.functions.record import function
from maskexpr.kinds.kind import Kind

FOLDER = Path(__file__).parent / "errors"


@dataclass
class Case:
    """A program, what it is given, the text of its mistakes, and the program a reader of that text would write."""

    file: str
    title: str
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def program(self):
        text = self.sections["program"]
        return text.encode("latin-1").decode("unicode_escape") if self.title.endswith("[escaped]") else text

    @property
    def given(self):
        if "given" not in self.sections:
            return None
        return dict(_given(line) for line in self.sections["given"].splitlines())

    def files(self, prefix="file "):
        return {n.removeprefix(prefix): text for n, text in self.sections.items() if n.startswith(prefix)}

    def render(self):
        headings = {**{n: n for n in self.sections}}
        parts = [f"=== {self.title}", *filter(None, [self.sections["program"]])]
        for name in headings:
            if name != "program":
                parts += [f"--- {name}", *filter(None, [self.sections[name]])]
        return "\n".join(parts) + "\n"


def _given(line):
    """`im = 4x5 uint8 spacing 0.5`: values that count up from 0, every second pixel of a mask; or a plain value.

    `zeros` or `nan` before the shape say what all are, `holed` that the first of them is nan. `nodata 7` at the end
    says what stands for none.
    """
    name, text = line.split(" = ", 1)
    words = text.split()
    if words[-2:-1] == ["nodata"]:
        return name, maskexpr.Image(_given(line.rpartition(" nodata")[0])[1], nodata=float(words[-1]))
    if not re.fullmatch(r"\d+(x\d+)+", words[-2] if words[0] in ("zeros", "nan", "holed") else words[0]):
        return name, ast.literal_eval(text)
    fill = words.pop(0) if words[0] in ("zeros", "nan", "holed") else "count"
    shape, dtype = tuple(int(n) for n in words[0].split("x")), words[1]
    array = np.arange(np.prod(shape)).reshape(shape)
    if fill == "holed":
        array = np.where(array == 0, np.nan, array)
    elif fill != "count":
        array = np.full(shape, 0 if fill == "zeros" else np.nan)
    array = array % 2 == 1 if dtype == "bool" and fill == "count" else array.astype(dtype)
    if words[2:3] == ["origin"]:
        return name, maskexpr.Image(array, spacing=1, origin=[float(n) for n in words[3:]])
    if words[2:3] == ["axes"]:
        return name, maskexpr.Image(array, spacing=1, axes=words[3])
    spacing = words[3:] if words[2:3] == ["spacing"] else None
    if spacing is None:
        return name, array
    return name, maskexpr.Image(array, spacing=spacing if len(spacing) > 1 else spacing[0])


def read_cases(path):
    """The heading of a file, and its cases."""
    heading, *blocks = re.split(r"^=== ", path.read_text("utf-8"), flags=re.MULTILINE)
    cases = []
    for block in blocks:
        title, _, body = block.partition("\n")
        program, *rest = re.split(r"^--- ", body, flags=re.MULTILINE)
        case = Case(path.stem, title, {"program": program.strip("\n")})
        for part in rest:
            name, _, text = part.partition("\n")
            case.sections[name] = text.strip("\n")
        cases.append(case)
    return heading.strip(), cases


FILES = {path.stem: read_cases(path)[1] for path in sorted(FOLDER.glob("*.txt"))}
CASES = [case for cases in FILES.values() for case in cases]


def found(program, given, files):
    """The diagnostics of a program: its errors, else those of the inputs or of the run, else its warnings."""
    try:
        compiled = maskexpr.compile(program, resolver=files.__getitem__ if files else None)
        if given is None:
            return compiled.warnings
        bound = compiled.bind(**given)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", maskexpr.MaskWarning)  # `Bound.warnings` has them
            bound.run()
    except maskexpr.MaskError as error:
        return error.diagnostics
    return bound.warnings


def text_of(case):
    return "\n".join(d.render() for d in found(case.program, case.given, case.files()))


@pytest.mark.parametrize("file", FILES)
def test_the_whole_text_of_a_mistake(file):
    assert [(c.title, text_of(c)) for c in FILES[file]] == [(c.title, c.sections["text"]) for c in FILES[file]]


@each("case", CASES)
def test_the_way_out_is_one(case):
    """The program that follows the advice has neither errors nor warnings."""
    files = {**case.files(), **case.files("fixed file ")}
    program = case.sections["fixed"]
    compiled = maskexpr.compile(program, resolver=files.__getitem__ if files else None)
    given = {
        n: v
        for n, v in (case.given or {}).items()
        if n in {i.name for i in compiled.inputs} | {p.name for p in compiled.params}
    }
    if case.file != "inputs" and case.given is not None and len(given) == len(compiled.inputs):
        assert [d.render() for d in found(program, given, files)] == []
    else:
        assert [d.render() for d in compiled.warnings if d.code != "unused"] == []


def _written(hint):
    """The code that a hint says to write, where it is one: no prose, and nothing to be filled in."""
    said = re.match(r"(?:write|did you mean|nearest is) (.+?)(?:, say)?\??(?:[;:] .*)?$", hint)
    code = said[1] if said else ""
    if not code or "..." in code or (" or " in code and "==" not in code):
        return ""
    try:
        maskexpr.compile(code)
    except maskexpr.MaskError as error:
        return "" if any(d.code in _UNREADABLE for d in error.diagnostics) else code
    return code


_UNREADABLE = {"operator-missing", "token-unexpected", "ends-early", "word-misplaced", "value-missing"}
# What is said of these is not for their place: an example of the form.
_ELSEWHERE = {"param-form", "def-form", "input-form", "assert-form", "use-form", "output-form", "slice-parts"}


def leads_out(case):
    """The mistakes of a case that are still there once their hints are followed to the letter."""
    left = {}
    for d in found(case.program, case.given, case.files()):
        code = _written(d.hint)
        if not code or d.span is None or d.source.text != case.program or d.code in _ELSEWHERE:
            continue
        text = case.program
        way = slice(*d.span)
        if re.match(r"(def|input|param|output|use|assert) |\w+ = ", code):
            way = slice(text.rfind("\n", 0, d.span.start) + 1, (text + "\n").index("\n", d.span.stop))
        program = text[: way.start] + code + text[way.stop :]
        again = found(program, _known(program, case.given), case.files())
        if (d.message, d.span.start) in [(o.message, o.span.start if o.span else 0) for o in again]:
            left[d.message] = program
    return left


def _known(program, given):
    """What the program takes of what was given."""
    try:
        names = {i.name for i in maskexpr.compile(program).inputs}
    except maskexpr.MaskError:
        return given
    return given and {n: v for n, v in given.items() if n in names}


@pytest.mark.parametrize("file", FILES)
def test_what_a_hint_says_to_write_leads_out(file):
    """Written in the place of the mistake, or a statement in that of its line, it does not give the same again."""
    assert {case.title: left for case in FILES[file] if (left := leads_out(case))} == {}


# Fixes that leave another mistake, which the program has as well: the reader of the text mends both.
FIXED_IN_PART = {
    "numbers without digits before their dots, as arguments",
}


def fixes(case):
    """Each mistake that has a fix, and what is wrong with the program that this makes."""
    for d in found(case.program, case.given, case.files()):
        if d.fix is not None and d.source.text == case.program:
            yield d, found(d.fix, _known(d.fix, case.given), case.files())


@pytest.mark.parametrize("file", FILES)
def test_a_fix_mends_the_mistake(file):
    """It is gone; and where it was the only one, none is left."""
    for case in FILES[file]:
        alone = len(found(case.program, case.given, case.files())) == 1
        for d, again in fixes(case):
            places = [(o.message, o.span.start if o.span else 0) for o in again]
            assert (d.message, d.span.start) not in places, (case.title, d.fix)
            if alone and case.title not in FIXED_IN_PART:
                assert [o.render() for o in again if o.severity == "error"] == [], case.title


def test_most_fixes_are_what_a_reader_would_write():
    """The rest are of programs with several mistakes, or of which the reader drops a part."""
    made = [(d.fix, case.sections["fixed"]) for case in CASES for d, _ in fixes(case)]
    same = sum(fix.split() == fixed.split() for fix, fixed in made)
    assert len(made) >= 95
    assert same >= 0.85 * len(made)


# --- mistakes that no text file can hold -----------------------------------------------------------------------------


def test_an_assert_that_fails_is_a_run_error():
    with pytest.raises(maskexpr.RunError) as caught:
        maskexpr.evaluate("assert max(im) > 9; im", im=np.zeros((2, 2)))
    assert caught.value.code == "assert-failed"


def test_functions_that_a_host_does_not_offer():
    """The wordings of that; `checker/test_offered.py` tests what is offered."""
    for allowed in (["area"], []):
        with pytest.raises(maskexpr.ProgramError) as caught:
            maskexpr.compile("dilate(im > 3, 2)", allow=allowed)
        assert caught.value.code == "function-withheld"


def test_functions_of_a_host_that_fail():
    """The wordings of that; `functions/test_record.py` tests what is made of it."""
    for error in (ValueError("no"), refusal("no", "take another one")):

        @function(gives=MASK, halo=0, cost=1, memory=1)
        def failing(m: Mask):
            raise error  # noqa: B023  # it is run within the loop

        with pytest.raises(maskexpr.RunError):
            maskexpr.compile("failing(m)", functions=[failing])(m=np.ones((5, 6), bool))


@pytest.mark.parametrize(("name", "near"), [("NONE", "none"), ("True", "true"), ("bone", ""), ("fals", "")])
def test_a_literal_is_meant_only_where_its_letters_are_right(name, near):
    error = error_of(f"{name} > 3")
    assert re.findall(r"did you mean (\w+)", str(error)) == ([near] if near else [])


def error_of(program, /, *, limits=None, resolver=None, **given):
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile(program, limits=limits, resolver=resolver)(**given)
    return caught.value


ODD_INPUTS = {
    "a text": ("a.png", "im cannot be an image: it is a str; give a NumPy array of numbers or bools"),
    "none": (None, "im cannot be an image: it is a NoneType; give a NumPy array of numbers or bools"),
    "texts": (np.array(["a"]), "im cannot be an image: its type is <U1; give a NumPy array of numbers or bools"),
    "complex": (
        np.zeros((2, 2), complex),
        "im cannot be an image: its type is complex128; give a NumPy array of numbers or bools",
    ),
    "dates": (
        np.zeros((2, 2), "M8[s]"),
        "im cannot be an image: its type is datetime64[s]; give a NumPy array of numbers or bools",
    ),
    "objects": ([[object()]], "im cannot be an image: it is an object; give a NumPy array of numbers or bools"),
    "ragged rows": ([[1, 2], [3]], "im cannot be an image: its rows differ in length; give rows of one length"),
    "masked arrays in a list": (
        [np.ma.zeros((2, 2))],
        "im is a list of masked arrays; give them as one: numpy.ma.stack(im)",
    ),
    "a number that is masked": (np.ma.masked, "im is a number that its mask leaves out; give a number"),
    "a nodata that is no number": (
        maskexpr.Image(np.zeros((2, 2)), nodata="none"),
        "the value of im without data is 'none', which is no number; give a number: nodata=-9999, say",
    ),
    "a valid of another shape": (
        maskexpr.Image(np.zeros((2, 2)), valid=np.ones(2, bool)),
        "im is of shape 2x2, but where it has data of shape 2 bool;"
        " give valid as an array of bools of that shape, without channels",
    ),
    "axes that are none": (
        maskexpr.Image(np.zeros((2, 2)), axes="rc"),
        "im cannot have the axes 'rc': it has 2;"
        ' write a letter for each axis, of t, z, y, x, and c for channels: axes="zyx"',
    ),
    "a direction that is none": (
        maskexpr.Image(np.zeros((2, 2)), direction=[0, 1]),
        "im has an origin or direction that is no place of 2 axes of space; an origin is 3 numbers in mm,"
        " a direction one vector of 3 numbers and length 1 for each axis of space",
    ),
    "parts that will be masked": (
        others.Fake(np.zeros((2, 2)), _meta=np.ma.zeros(0)),
        "im is of masked arrays; fill them first: im.map_blocks(numpy.ma.filled, 0)",
    ),
    "a shape that NumPy loses": (
        others.Fake(np.zeros(12), shape=(3, 4)),
        "im is a Fake of 3x4, of which NumPy makes an array of 12;"
        " give an array of its shape, as its library makes one",
    ),
    "a dataset": (
        others.dicom_dataset(),
        "im is a Dataset, not its pixels; give im.pixel_array, or with its slope"
        " pydicom.pixels.apply_modality_lut(im.pixel_array, im)",
    ),
    "a volume whose axes are x, y, z": (
        others.nibabel_image(),
        "im is a NiftiImage, whose axes are x, y, z; give them as z, y, x: numpy.asarray(im.dataobj).T",
    ),
    "numbers beyond space, time and channels": (
        nibabel.Nifti1Image(np.zeros((2, 3, 1, 1, 2, 2), np.uint8), np.eye(4)),
        "im has 2 x 3 x 1 x 1 x 2 x 2 numbers: more than space, time and one number for each channel;"
        " give some of them: im.slicer[..., 0], say",
    ),
    "a dataset of no pixels": (
        pydicom.Dataset(),
        "im is a dataset that is not taken: it has no pixels;"
        " give an array of its pixels as they are meant, by pixel_array say",
    ),
    "slices upside down": (
        others.dicom_slices([5, 0]),
        "the slices of im are in another order than they lie in; sort them: sorted(im, key=lambda d:"
        " numpy.dot(numpy.cross(*numpy.reshape(d.ImageOrientationPatient, (2, 3))), d.ImagePositionPatient))",
    ),
    "other axes than are stated": (
        maskexpr.Image(nibabel.Nifti1Image(np.zeros((2, 3, 4), np.uint8), np.eye(4)), axes="xyz"),
        "im states its axes itself, which are taken as z, y, x; leave out axes=, or give its array alone",
    ),
    "images in a list": (
        [maskexpr.Image(np.zeros((2, 2)))],
        "im holds a maskexpr.Image; give one Image, of one array:"
        " maskexpr.Image(numpy.stack([numpy.asarray(i) for i in im]), spacing=...), say",
    ),
    "a tensor that learns": (
        others.tensor("it requires grad."),
        "im cannot be an image as it is: it requires grad; give im.detach().cpu().numpy()",
    ),
    "a tensor of a type that NumPy has not": (
        others.tensor("Got unsupported ScalarType", dtype="torch.bfloat16", is_sparse=True),
        "im cannot be an image as it is: Got unsupported ScalarType; give im.detach().cpu().to_dense().float().numpy()",
    ),
    "a sparse matrix": (others.sparse_matrix(), "im is a SparseMatrix, which is sparse; give im.toarray()"),
    "an array of a device": (
        others.device_array(),
        "im is a DeviceArray in the memory of a device; give im.get()",
    ),
    "a palette": (
        others.pillow_image(np.zeros((3, 4), np.uint8), ("P",)),
        "im has a palette: its numbers are places in that;"
        ' give im.convert("RGB"), or numpy.asarray(im) where the numbers are meant',
    ),
    "inks": (
        others.pillow_image(np.zeros((3, 4, 4), np.uint8), ("C", "M", "Y", "K")),
        'im has the bands C, M, Y, K, not red, green and blue; give im.convert("RGB")',
    ),
    "grey and alpha": (
        others.pillow_image(np.zeros((3, 4, 2), np.uint8), ("L", "A")),
        'im has the bands L, A; leave out the alpha: im.convert("LA").convert("L")',
    ),
    "regions without pixels": (
        others.itk_image(np.zeros((3, 4)), (1, 1), pixels="label of 8-bit unsigned integer"),
        "im is an ItkImage that holds regions, not pixels; give SimpleITK.LabelMapToLabel(im)",
    ),
    "one frame of several": (
        others.pillow_image(np.zeros((3, 4), np.uint8), ("L",), n_frames=7),
        "im has 7 frames and is at one of them; give numpy.asarray(im) for that one, or as a stack"
        " numpy.stack([numpy.asarray(f) for f in PIL.ImageSequence.Iterator(im)])",
    ),
    "axes in another order": (
        others.Fake(np.zeros((2, 3, 4)), dims=("time", "x", "y")),
        "the axes of im are time, x, y, and here they go z, y, x; turn it: im.transpose('time', 'y', 'x')",
    ),
    "no pixels": (np.zeros((0, 3)), "im has no pixels: its shape is 0x3; give an image of at least one pixel"),
    "an unknown kind": (
        maskexpr.Image(np.zeros((2, 2)), kind="photo"),
        "Image kind 'photo' is unknown; write image, mask, colour or labels",
    ),
    "a grey image said to be in colour": (
        maskexpr.Image(np.zeros((2, 2)), kind="colour"),
        "im is declared as colour, but is an image; a colour image has a last axis of 3 or 4 channels",
    ),
    "a spacing that is no length": (
        maskexpr.Image(np.zeros((2, 2)), spacing=object),
        "the spacing of im is <class 'object'>; give one positive number, or one per axis",
    ),
    "negative labels": (
        maskexpr.Image(np.array([[-1, 2]]), kind="labels"),
        "im is declared as labels, but holds values from -1 to 2; labels are whole numbers from 0 to 2147483647",
    ),
}


@pytest.mark.parametrize("name", ODD_INPUTS)
def test_an_input_that_is_no_image(name):
    value, text = ODD_INPUTS[name]
    assert str(error_of("im > 3", im=value)) == f"error: {text}"


def test_colours_of_channels_that_are_none():
    image = maskexpr.Image(np.zeros((2, 2, 2), np.uint16), kind="colour", channels=["DAPI", "GFP"])
    assert error_of("gray(im)", im=image).hint == 'take one: channel(im, "DAPI"), say'


def test_a_mask_in_colours():
    """As files have them that were saved as RGB: channels that are equal are one mask."""
    grey = np.array([[0, 255], [255, 0]], np.uint8)
    colours = np.dstack([grey] * 3)
    image = maskexpr.Image(colours, kind="colour")
    assert maskexpr.evaluate("input m: mask; m", m=image).tolist() == (grey > 0).tolist()
    colours[0, 0, 1] = 255
    error = error_of("input m: mask; m", m=image)
    assert str(error) == (
        "error: m is declared as mask, but its channels differ; declare it colour, and compare one: red(m) > 0, say"
    )
    assert maskexpr.evaluate("input m: colour; red(m) > 0", m=image).tolist() == (grey > 0).tolist()


def test_a_function_that_does_not_say_what_it_makes_of_no_data():
    """It is refused images that lack some; masks are off there."""

    @function(gives=MASK, halo="whole", cost=1, memory=0)
    def above_all(im: Im):
        return im >= im.max()

    image = maskexpr.Image(np.array([[1, 2], [3, 9]]), nodata=9)
    program = maskexpr.compile("above_all(im + 1)", functions=[above_all])
    with pytest.raises(maskexpr.ProgramError) as caught:
        program(im=image)
    assert str(caught.value) == (
        "expression:1:1: error: above_all does not say what it makes of pixels without data, of which im + 1 has some\n"
        "    above_all(im + 1)\n"
        "    ^^^^^^^^^^^^^^^^^\n"
        "  say what counts there: fill(im + 1, 0), say"
    )
    filled = maskexpr.compile("above_all(fill(im + 1, 0))", functions=[above_all])
    assert filled(im=image).tolist() == [[False, False], [True, False]]


def test_grids_and_times_that_do_not_meet():
    """Axes and places are said with the arrays."""
    frames = maskexpr.Image(np.zeros((3, 4, 5)), axes="tyx", spacing=1)
    here = maskexpr.Image(np.zeros((4, 5)), origin=(0, 0, 0), spacing=1)
    beside = maskexpr.Image(np.zeros((4, 5)), origin=(0, 2, 0), spacing=1)
    said = {
        "resample(a, like=a[:2])": "frames are not resampled: there are 3 and 2",
        'dilate(a > 3, 2mm, axes="t")': "there is no length along t",
        "(c > 3) & (x > 2) & any(b > 3)": "x needs one grid: b and c do not lie on one",
    }
    for text, message in said.items():
        given = {
            name: value
            for name, value in {"a": frames, "b": beside, "c": here}.items()
            if re.search(rf"\b{name}\b", text)
        }
        assert message in str(error_of(text, **given))


def test_a_file_that_cannot_be_used():
    def refuse(path):
        raise PermissionError(13, "permission denied")

    assert str(error_of('use "a.mask"; 1', resolver=refuse)) == (
        "expression:1:5: error: cannot use a.mask: permission denied\n"
        '    use "a.mask"; 1\n'
        "        ^^^^^^^^\n"
        "  the path starts at this program's folder"
    )


def test_room_around_the_image_that_does_not_fit_in_memory():
    limits = maskexpr.Limits(memory=math.inf, operations=math.inf, seconds=math.inf, output_bytes=math.inf)
    assert str(error_of('close(m, 2147483648, "disk")', limits=limits, m=np.ones((2, 2), bool))) == (
        "expression:1:1: error: a reach of that size needs room for 1.84e+19 pixels\n"
        '    close(m, 2147483648, "disk")\n'
        "    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  use a reach within the image's size"
    )


def test_a_step_that_runs_out_of_memory():
    def run_out(m):
        raise MemoryError

    def run_far_out(m):
        return np.empty((2**30, 2**30), np.uint8)

    for run, wanted in ((run_out, ""), (run_far_out, ", which asks for 1.15 EB")):
        big = function(gives=MASK, halo=0, cost=1, memory=1)(_with_mask(run))
        program = maskexpr.compile(f"{run.__name__}(m)", functions=[big])
        with pytest.raises(maskexpr.RunError) as caught:
            program(m=np.ones((2, 2), bool))
        assert str(caught.value) == (
            f"expression:1:1: error: there is not enough memory for this step{wanted}\n"
            f"    {run.__name__}(m)\n"
            f"    {'^' * (len(run.__name__) + 3)}\n"
            "  crop the image, or use less of it"
        )


def test_images_that_no_memory_holds():
    """They take no memory as they are given, and no time to be refused; a cost is still told."""
    for shape in [(10**9, 10**9), (10**18,), (1, 10**18), (10**18, 1), (10**6,) * 3]:
        for dtype in ("uint8", "int64", "float32"):
            im = np.broadcast_to(np.ones((), dtype), shape)
            for text in ("im > 3", "mean(im)", "dilate(im > 3, 2)", "im", "label(im > 0)", "x", "im[0:1]", "otsu(im)"):
                error = error_of(text, im=maskexpr.Image(im, kind="image"))
                assert error.code == "limit-pixels", text
                assert "1e+18 pixels" in error.message
                assert maskexpr.compile(text).bind(im=maskexpr.Image(im, kind="image")).cost().memory >= 10**18
        for kind in ("mask", "labels"):
            error = error_of("area(im > 0)", im=maskexpr.Image(np.broadcast_to(np.uint16(1), shape), kind=kind))
            assert error.code == "input-too-large"


def test_samples_for_a_function_whose_rule_makes_images_of_them():
    gives = Gives(frozenset({"image"}), lambda kinds: Kind("image", kinds["im"].shape, np.dtype(np.uint8)))

    @function(gives=gives, halo=0, cost=1, memory=1)
    def doubled(im: Im):
        return im * 2

    program = maskexpr.compile("max(doubled(im[m]))", functions=[doubled])
    with pytest.raises(maskexpr.ProgramError) as caught:
        program(im=np.ones((2, 2), np.uint8), m=np.ones((2, 2), bool))
    assert str(caught.value) == (
        "expression:1:5: error: doubled takes no samples\n"
        "    max(doubled(im[m]))\n"
        "        ^^^^^^^^^^^^^^\n"
        "  take samples of what it gives: doubled(...)[mask]"
    )


def _with_mask(function):
    function.__annotations__ = {"m": Mask}
    return function


def test_only_the_first_fifty_mistakes_are_written_out():
    text = str(error_of("\n".join(f"a{i} = im $ {i}" for i in range(70))))
    assert text.count("error:") == 50
    assert text.endswith("... and 20 more")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("threshold_otsu", "otsu"), ("adaptive_threshold", "local_mean"), ("invert", "~"), ("otsou", "otsu")],
)
def test_the_page_for_a_name_of_other_software(name, meant):
    assert manual.suggestion(name) == meant
    assert manual.page(meant, 80)


# --- programs that are out to break us -------------------------------------------------------------------------------


DEEP = {
    "signs": ("-" * 2_000 + "im", 101),
    "tildes": ("~" * 2_000 + "im", 101),
    "nots": ("not " * 2_000 + "im", 401),
    "calls": ("abs(" * 2_000 + "im" + ")" * 2_000, 401),
    "lists": ("[" * 2_000 + "1" + "]" * 2_000, 101),
    "powers": ("2 ** " * 2_000 + "2", 496),
    "methods": ("im" + ".abs()" * 2_000, 1),
    "subscripts": ("im" + "[0]" * 2_000, 1),
}


@pytest.mark.parametrize("name", DEEP)
def test_two_thousand_levels_are_refused_in_one_line(name):
    program, column = DEEP[name]
    error = error_of(program)
    assert [d.message for d in error.diagnostics] == ["this is nested more than 100 levels deep"]
    assert error.diagnostics[0].place == f"expression:1:{column}"
    assert error.hint == "give the inner part a name on a line of its own"
    assert all(len(line) < 120 for line in str(error).splitlines())


def test_thousands_of_brackets_around_a_value_mean_nothing():
    assert maskexpr.evaluate("(" * 9_999 + "3" + ")" * 9_999) == 3


def test_ten_thousand_open_brackets():
    error = error_of("(" * 10_000)
    assert [(d.message, d.place) for d in error.diagnostics] == [("this ( is never closed", "expression:1:10000")]


@pytest.mark.slow
def test_a_long_chain_is_no_deep_one():
    assert maskexpr.evaluate("1" + " + 1" * 5_000) == 5_001
    im = np.array([[1, 2]], np.uint8)
    assert maskexpr.evaluate("im" + " | im" * 2_000, im=im).tolist() == [[1, 2]]


def test_a_chain_beyond_the_number_of_steps():
    error = error_of("1" + " + 1" * 5_000, limits=maskexpr.Limits(nodes=1000))
    assert str(error).splitlines()[0] == (
        "expression:1:1: error: the program has more than 1,000 steps once its defs are filled in"
    )
    assert error.hint == "shorten it, or call fewer defs within defs"


def test_a_megabyte_of_program():
    comment = "#" * 999_990
    assert maskexpr.evaluate(f"3 {comment}") == 3
    error = error_of(f"3 {comment}{comment}")
    assert str(error) == (
        "expression:1:1: error: the program is 1,999,982 bytes long, the limit is 1,000,000\n"
        f"    3 {'#' * 98} …\n"
        "    ^\n"
        "  split it into several programs"
    )


def test_tokens_are_counted_before_they_are_read():
    """Those of all files together, line breaks among them; only as many as are allowed are looked at."""
    error = error_of("\n" * 900_000)
    assert str(error).splitlines()[0] == (
        "expression:1:1: error: the program has more than 20,000 words, numbers and signs"
    )
    text, files = 'use "a"; use "b"; f(im)', {"a": "def f(m) = ~m" + ";" * 10, "b": ";" * 100}
    most = 10 + 18 + 100
    assert maskexpr.compile(text, resolver=files.__getitem__, limits=maskexpr.Limits(tokens=most))
    error = error_of(text, resolver=files.__getitem__, limits=maskexpr.Limits(tokens=most - 1))
    assert (error.code, error.diagnostics[0].place) == ("source-too-long", "b:1:1")
    size = sum(map(len, [text, *files.values()]))
    assert maskexpr.compile(text, resolver=files.__getitem__, limits=maskexpr.Limits(source_bytes=size))
    error = error_of(text, resolver=files.__getitem__, limits=maskexpr.Limits(source_bytes=size - 1))
    assert (error.code, error.diagnostics[0].place) == ("source-too-long", "b:1:1")


def test_the_length_is_counted_in_bytes():
    error = error_of("3 # " + "é" * 10, limits=maskexpr.Limits(source_bytes=20))
    assert error.message == "the program is 24 bytes long, the limit is 20"


def _doubling(count, body):
    first = "def f0(m) = ~m\n"
    return first + "".join(f"def f{i}(m) = {body.format(i - 1)}\n" for i in range(1, count))


def test_defs_that_would_grow_without_end_are_stopped():
    program = _doubling(40, "f{0}(dilate(m, 1)) & f{0}(dilate(m, 2))")
    assert maskexpr.Limits().nodes <= 100_000
    error = error_of(program + "f39(m)", limits=maskexpr.Limits(nodes=2000))
    assert [d.message for d in error.diagnostics] == [
        "the program has more than 2,000 steps once its defs are filled in"
    ]


def test_defs_that_repeat_themselves_are_filled_in_once():
    program = _doubling(45, "f{0}(m) ^ f{0}(m)")
    assert maskexpr.evaluate(program + "f44(m)", m=np.ones((2, 2), bool)).tolist() == [[False, False]] * 2


def test_defs_within_defs_too_deep_are_one_mistake():
    error = error_of(_doubling(80, "f{0}(m) ^ f{0}(m)") + "f79(m)")
    assert [d.message.split(" (in ")[0] for d in error.diagnostics] == ["defs within defs go more than 100 levels deep"]
    assert error.hint == "call fewer defs within defs"


def test_an_input_is_no_param() -> None:
    bound = maskexpr.compile("param t = 1; im > t").bind(im=np.array([1, 2]))
    with pytest.raises(maskexpr.InputError) as caught:
        bound.with_params(im=3)
    assert str(caught.value) == (
        "error: im is an input, not a param: it was given when the program was bound; bind it anew: im=..."
    )


def test_arrays_that_have_changed_are_not_run():
    """Where kinds follow from what has changed: a result of a smaller type could wrap."""
    wide = np.array([[5, 6]], np.int64)
    bound = maskexpr.compile("wide * wide + wide").bind(wide=wide)
    assert bound.run()["result"].tolist() == [[30, 42]]
    wide[:] = 2**40
    with pytest.raises(maskexpr.InputError) as caught:
        bound.run()
    assert str(caught.value) == (
        "error: wide has changed since the program was bound to it; bind it again: program.bind(wide=...)"
    )
    grey = np.zeros((4, 6), np.uint8)
    bound = maskexpr.compile("grey > 3").bind(grey=grey)
    grey[:] = 9
    assert bound.run()["result"].all()  # values that its type could have had
    flat = maskexpr.compile("flat > 3").bind(flat=(turned := np.zeros((4, 6), np.uint8)))
    with contextlib.suppress(AttributeError), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of NumPy 2.5
        turned.shape = (6, 4)
        with pytest.raises(maskexpr.InputError, match="flat has changed"):
            flat.run()


def test_shapes_and_types_are_not_run():
    bound = maskexpr.compile("a & b").bind(a=((2, 3), bool), b=((2, 3), bool))
    for ask in (bound.run, bound.profile):
        with pytest.raises(maskexpr.InputError) as caught:
            ask()
        assert str(caught.value) == (
            "error: a is a shape and a type, without pixels; bind the program to an array: a=...\n"
            "error: b is a shape and a type, without pixels; bind the program to an array: b=..."
        )


def test_what_is_not_in_memory_and_lists_that_are_none():
    computed = type("Array", (), {"compute": lambda self: None})()
    stored = type("Dataset", (), {"__module__": "h5py._hl.dataset"})()
    long = [1]
    for _ in range(30):
        long = [long, long]
    for value, text in (
        (
            computed,
            "im is an Array, whose numbers are still to be computed; compute it first, by .compute(), or let it be done"
            " here: maskexpr.Image(im, compute=True)",
        ),
        (
            stored,
            "im is a Dataset, whose numbers are still to be read; read it first, by [...], or let it be done here:"
            " maskexpr.Image(im, compute=True)",
        ),
        ([1, computed], "im is a list of numbers, and of an Array among them; give numbers alone, or one NumPy array"),
        (
            long,
            "im is a list of 1,073,741,824 numbers, more than the 16,777,216 that are taken of one; give a NumPy array",
        ),
    ):
        assert str(error_of("im > 3", im=value)) == f"error: {text}"


def test_a_run_that_is_stopped():
    """By its own limit, that of the program, or by whoever asked for it; it says in which step."""

    @function(gives=MASK, halo="whole", cost=1, memory=0)
    def slow(m: Mask):
        time.sleep(0.05)
        return m

    cancelled = threading.Event()
    cancelled.set()
    where = "expression:1:1: error: the run {}\n    slow(slow(im > 3))\n    ^^^^^^^^^^^^^^^^^^\n  {}"
    late = where.format(
        "was stopped in this step after 0.01 s, the limit", "allow more: {}(seconds=1), or give it fewer pixels"
    )
    texts = {
        (3600.0, 0.01, None): late.replace("{}", "run"),
        (0.01, 3600.0, None): late.replace("{}", "Limits"),
        (9.0, 9.0, cancelled): where.format(
            "was cancelled in this step", "run it again, with a cancel that is not set"
        ),
    }
    for (limit, seconds, cancel), text in texts.items():
        program = maskexpr.compile("slow(slow(im > 3))", limits=maskexpr.Limits(seconds=limit), functions=[slow])
        with pytest.raises(maskexpr.CancelledError if cancel else maskexpr.LimitError) as caught:
            program.bind(im=np.zeros((3, 4))).run(cancel=cancel, seconds=seconds)
        assert str(caught.value) == text


def test_arrays_that_cannot_hold_results():
    bound = maskexpr.compile("output a = im > 3; output n = area(a)").bind(im=np.zeros((3, 4)))
    m = np.zeros((3, 4), bool)
    read_only = m.copy()
    read_only.flags.writeable = False
    wanted = "np.empty((3, 4), np.bool_)"
    texts = [
        (m, "out is an array, for 2 outputs; give out={'a': ..., 'n': ...} with an array for each output that is to be "
         "written into one"),
        ({"b": m}, "the program has no output b to write into an array; it has a, n"),
        ({"n": m}, "out has an array for n, which is a number and not written into one; leave n out of it"),
        ({"a": m.view(np.uint8)}, f"the array in out for a is uint8; give {wanted}"),
        ({"a": m.T}, f"the array in out for a is of shape 4x3; give {wanted}"),
        ({"a": read_only}, f"the array in out for a is read-only; give {wanted}"),
        ({"a": np.lib.stride_tricks.as_strided(m, strides=(1, 1))},
         f"the array in out for a shares memory with itself; give one of its own: {wanted}"),
    ]  # fmt: skip
    for out, text in texts:
        with pytest.raises(maskexpr.InputError) as caught:
            bound.run(out=out)
        assert str(caught.value) == f"error: {text}"


def test_little_stack_left_is_an_error_of_ours():
    def deeper(levels):
        if levels:
            return deeper(levels - 1)
        return maskexpr.compile("abs(" * 90 + "im" + ")" * 90)

    limit = sys.getrecursionlimit()
    depth = next(n for n in range(limit) if sys._getframe(0) and _frames() + n >= limit - 150)
    with pytest.raises((maskexpr.ProgramError, RecursionError)) as caught:
        deeper(depth)
    assert isinstance(caught.value, maskexpr.ProgramError)
    assert caught.value.message == "the caller left too little stack to check this program"


def _frames():
    frame, count = sys._getframe(), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count


# --- no dead wording -------------------------------------------------------------------------------------------------

TESTED_ELSEWHERE = (
    "files",
    "dicom",
    "commands",
    "journals",
    "limits",
    "studies",
    "workers",
    "sandboxes",
    "pictures",
    "sessions",
    "prompt",
    "sweeps",
    "exports",
)


def wordings():
    """The name of each mistake, and the file of messages/ it is in."""
    found = {}
    for path in Path(messages.__file__).parent.glob("*.py"):
        for match in re.finditer(r"^([A-Z_]+) = Mistake\(", path.read_text("utf-8"), re.MULTILINE):
            assert match[1] not in found, "one name, two wordings"
            found[match[1]] = path.stem
    return found


def test_every_wording_is_reached(monkeypatch):
    """By a case of a text file, or by name in a test of this file."""
    names = {id(value): name for name, value in vars(messages).items() if isinstance(value, messages.Mistake)}
    reached, build = set(), messages.Mistake.at

    def at(self, *place, **fields):
        reached.add(names.get(id(self)))
        return build(self, *place, **fields)

    monkeypatch.setattr(messages.Mistake, "at", at)
    for case in CASES:
        text_of(case)
    for value, _ in ODD_INPUTS.values():
        error_of("im > 3", im=value)
    error_of(DEEP["signs"][0])
    error_of(f"correlate(im, {[[0] * 65] * 65})", im=np.zeros((2, 2)))
    for test in (
        test_a_file_that_cannot_be_used,
        test_a_function_that_does_not_say_what_it_makes_of_no_data,
        test_a_mask_in_colours,
        test_colours_of_channels_that_are_none,
        test_grids_and_times_that_do_not_meet,
        test_room_around_the_image_that_does_not_fit_in_memory,
        test_a_step_that_runs_out_of_memory,
        test_samples_for_a_function_whose_rule_makes_images_of_them,
        test_a_chain_beyond_the_number_of_steps,
        test_the_length_is_counted_in_bytes,
        test_tokens_are_counted_before_they_are_read,
        test_images_that_no_memory_holds,
        test_defs_within_defs_too_deep_are_one_mistake,
        test_shapes_and_types_are_not_run,
        test_what_is_not_in_memory_and_lists_that_are_none,
        test_an_input_is_no_param,
        test_arrays_that_have_changed_are_not_run,
        test_little_stack_left_is_an_error_of_ours,
        test_a_run_that_is_stopped,
        test_arrays_that_cannot_hold_results,
        test_functions_that_a_host_does_not_offer,
        test_functions_of_a_host_that_fail,
    ):
        test()
    wanted = {name for name, file in wordings().items() if file not in TESTED_ELSEWHERE}
    assert wanted - reached == set()


def test_every_wording_of_files_is_used():
    """Those of files and of the command line have tests of their own; here only that none is dead."""
    modules = (p for p in Path(maskexpr.__file__).parent.rglob("*.py") if p.parent.name != "messages")
    used = {word for path in modules for word in re.findall(r"\b[A-Z_]+\b", path.read_text("utf-8"))}
    assert wordings().keys() - used == set()


def write_texts():
    for path in sorted(FOLDER.glob("*.txt")):
        heading, cases = read_cases(path)
        for case in cases:
            fixed = {n: case.sections.pop(n) for n in list(case.sections) if n.startswith("fixed")}
            case.sections["text"] = text_of(case)
            case.sections.update(fixed)
        path.write_text(heading + "\n\n" + "\n".join(c.render() for c in cases), "utf-8")


if __name__ == "__main__":
    write_texts()
