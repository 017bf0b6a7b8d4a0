"""Calls as other software has them, in a program: what is said of the whole of it."""

import contextlib
import random

import numpy as np
import pytest

import maskexpr
from maskexpr.checker import foreign
from maskexpr.diagnostics import fslmaths
from maskexpr.diagnostics.foreign_names import MAYBE_MODULES, MODULES, foreign_functions

IM = np.array([[1, 5], [9, 200]], np.uint8)


def mistakes(program, **given):
    """The places of the mistakes in a program, and the ways out."""
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile(program).bind(**given)
    return [(program[slice(*d.span)], d.hint.partition(";")[0]) for d in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("program", "meant"),
    [
        ("threshold(im, 3)", "im > 3"),
        ("threshold(im, im + 3)", "im > (im + 3)"),
        ("dilate(threshold(im, 3), 2)", "im > 3"),
        ("~threshold(im, 3)", "(im > 3)"),
        ("m & threshold(im, 3)", "(im > 3)"),
        ("threshold(im, 3) & m", "(im > 3)"),
        ("m = threshold(im, 3)", "im > 3"),
        ("m == threshold(im, 3)", "(im > 3)"),
        ("threshold(im, 3)  # > 3", "im > 3"),
        ("invert(a & b)", "~(a & b)"),
        ("invert((a & b))", "~(a & b)"),
        ("invert(m[3])", "~m[3]"),
        ("m.binary_dilation(iterations=2)", "dilate(m, 2)"),
        ("(im > 3).binary_fill_holes()", "fill_holes((im > 3))"),
        ("inRange(im,\n 3,\n 5)", "between(im, 3, 5)"),
        ("threshold(im, p)", "im > p"),
        ("remove_small_objects(m, n)", "remove_small(m, n + 1)"),
        ("GaussianBlur(im, [5, 5], 1.5)", ""),
    ],
)
def test_the_call_is_mended_with_what_was_typed(program, meant):
    [(place, hint)] = mistakes(program)
    assert hint == f"write {meant}" if meant else hint.startswith("nearest is gaussian(im, 1.5)")
    maskexpr.compile(program.replace(place, hint.removeprefix("write "))) if meant else None


@pytest.mark.parametrize(
    ("program", "meant"),
    [
        ("binary_fill_holes(binary_dilation(im > 3, iterations=2))", "fill_holes(dilate(im > 3, 2))"),
        ("np.sqrt(np.abs(im))", "sqrt(abs(im))"),
        ("ndi.label(morphology.opening(m, disk(2)))", 'label(open(m, 2, "disk", border="ignore"))'),
        ("np.where(threshold(im, 3), im, 0)", "where(im > 3, im, 0)"),
        ("cv2.threshold(im, 3, 255, cv2.THRESH_BINARY)", "im > 3"),
        ("im.thr(3).bin().fillh()", "fill_holes(im >= 3)"),
    ],
)
def test_calls_within_calls_are_one_mistake(program, meant):
    assert mistakes(program) == [(program, f"write {meant}")]
    maskexpr.compile(meant)


@pytest.mark.parametrize(
    ("program", "meant"),
    [
        ("np.std(im, ddof=1)", "std(im), say"),
        ("np.max(im, axis=None)", "max(im)"),
        ("np.sum(im, axis = 0, keepdims=True)", "sum(im, axes=0), say"),
        ("torch.sum(im, labels)", "sum(im), say"),
        ("np.where(m)", "where(condition, a, b)"),
        ("np.clip(im, a_min=0, a_max=9)", "clip(im, low, high)"),
        ("torch.max(im, dim=0)", "max(im), say"),
        ("filters.gaussian(im, sigma=2, preserve_range=True)", "gaussian(im, 2), say"),
        ("threshold_local(im, 51, offset=10)", "local_mean(im, 25) - 10"),
        ("remove_small_objects(m, 30, out=None)", "remove_small(m, 31), say"),
        ("edge(im, 'canny')", ""),
    ],
)
def test_what_fits_of_a_call_is_kept(program, meant):
    """What is not taken here is left out, and said to be by "say"; the rest is as it was typed."""
    [(_, hint)] = mistakes(program, **{"im": IM} if "im" in program else {})
    assert hint == f"write {meant}" if meant else hint.startswith("write canny(im, 1.4, 25.5, 51)")
    if meant and "low" not in meant and "condition" not in meant:
        maskexpr.compile(meant.removesuffix(", say")).bind(**{"im": IM} if "im" in meant else {"m": IM > 9})


def test_the_arguments_have_mistakes_of_their_own():
    assert [place for place, _ in mistakes("invert(dilat(im > 3, 2)) & binary_erosion(erod(m))")] == [
        "invert(dilat(im > 3, 2))",
        "dilat",
        "binary_erosion(erod(m))",
        "erod",
    ]


def test_modules():
    for program, way in {
        "skimage.measure.label(m)": "label(m, 2)",
        "scipy.ndimage.label(m)": "label(m)",
        "filters.gaussian(im, 2)": "gaussian(im, 2)",
        "np.pi": "3.14159265",
        "np.uint8": "leave it out, or write a number",
        "np.frobnicate(im)": "maskexpr functions lists them all",
        "cv2.dilat(m)": "did you mean dilate?",
    }.items():
        [found] = mistakes(program, **({"im": IM} if "(im" in program else {}))
        assert found == (
            program,
            way if ("," in way and "(" not in way) or "functions" in way or "did" in way else f"write {way}",
        )
    assert mistakes("measure.label(m)", m=IM > 3) == [("measure.label(m)", "write label(m, 2)")]


def test_a_call_too_long_to_be_repeated_is_shown_by_its_example():
    long = " + ".join(["im"] * 100)
    assert mistakes(f"threshold({long}, 3)") == [(f"threshold({long}, 3)", "write im > 100, say")]
    for begin, end in (("binary_dilation(", ")"), ("imextendedmax(", ", 3)"), ("np.abs(", ")")):
        [(_, hint)] = mistakes(begin * 60 + "m > 3" + end * 60)
        assert len(hint) < 250
        assert hint.count(", say") <= 1
    assert mistakes("np.where(" + "invert(m) & " * 100 + "m, 1, 0)")[0][1] == "write where(...)"


def test_each_call_is_mended_once(monkeypatch):
    """However deep it stands in others: each would look at all in it again."""
    mended, way = [], foreign._way
    monkeypatch.setattr(foreign, "_way", lambda here, node, module: mended.append(node.span) or way(here, node, module))
    program = "dilation(" * 30 + "m > 3" + ")" * 30
    assert mistakes(program)
    assert len(mended) == len(set(mended)) == 30


def test_what_is_answered_in_one_file_is_not_in_another():
    """Places are told apart by their texts."""
    library = "def f(m) = invert(invert(m))"
    program = " " * library.index("invert(invert") + "invert(invert(m)); f(m)"
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile('use "lib.mask"\n' + program, resolver=lambda path: library)
    assert len(caught.value.diagnostics) == 2


def test_very_many_calls_take_no_time():
    """Fifty are written out, so that no more are mended."""
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile("\n".join(f"a{i} = threshold(im, {i})" for i in range(2_000)))
    assert len(caught.value.diagnostics) == 2_000


def test_names_of_one_s_own_come_first():
    """An image may be called as a module is, a def as a function elsewhere."""
    im = np.array([[1, 5], [9, 200]], np.uint8)
    assert maskexpr.evaluate("color.clip(0, 5)", color=im).tolist() == [[1, 5], [5, 5]]
    assert maskexpr.evaluate("segmentation.dilate(1)", segmentation=im > 9).sum() == 3
    assert maskexpr.evaluate("np = im\nnp.clip(0, 5)", im=im).tolist() == [[1, 5], [5, 5]]
    assert maskexpr.evaluate("def threshold(a, t) = a > t\nthreshold(im, 8)", im=im).sum() == 2


@pytest.mark.slow
def test_any_call_of_other_software_has_mistakes_of_ours():
    """Whatever arguments: a generator of calls, within calls, with odd ones, of all names and modules."""
    chance = random.Random(11)
    names = [name.rpartition(".")[2] for name in foreign_functions()] + [
        *fslmaths.STEPS,
        "solidity",
        "bbox",
        "imread",
        "im",
    ]
    modules = [*MODULES, *MAYBE_MODULES, "skimage.measure", "a.b", "cv2.x.y"]
    atoms = [
        "im",
        "m",
        "3",
        "-2",
        "2mm",
        "'disk'",
        "none",
        "np.pi",
        "cv2.X",
        "[1, 2]",
        "[im, m]",
        "1e30",
        "disk(2)",
        "f",
    ]

    def expression(depth):
        if depth > 3 or chance.random() < 0.3:
            return chance.choice(atoms)
        keywords = ("", "", "", "size=", "iterations=", "m=", "footprint=")
        given = [chance.choice(keywords) + expression(depth + 1) for _ in range(chance.randint(0, 4))]
        call = f"{chance.choice(names)}({', '.join(given)})"
        forms = (call, call, f"{chance.choice(modules)}.{call}", f"{expression(depth + 1)}.{call}", f"~{call} > 3")
        return chance.choice(forms)

    for _ in range(600):
        program = chance.choice(["", f"def f(m) = {expression(0)}\n"]) + expression(0)
        with contextlib.suppress(maskexpr.MaskError):
            compiled = maskexpr.compile(program)
            compiled.bind(**{info.name: IM for info in compiled.inputs if info.name not in MAYBE_MODULES})
