"""For each code that a program or an input can raise, a short program that does."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Example:
    """A program with one mistake, and what it takes to make that.

    Attributes
    ----------
    given
        What the program is given, in words: "4x5 uint8" is an array of that shape and type whose numbers count up from
        0, every second pixel of one of bools is on; "holed", "nan" or "zeros" before it, "nodata 0" or "spacing 0"
        behind it change that; all else is a plain number. Without any the mistake is found before anything is given.
    files
        The texts that `use` finds; None where it finds nothing.
    deny, limits
        What it is compiled with; limits of a run may be fractions.
    """

    program: str
    given: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] | None = None
    deny: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)


EXAMPLES: Mapping[str, Example] = {
    # syntax
    "source-too-long": Example("im > 3", limits={"source_bytes": 3}),
    "too-deep": Example("abs(abs(abs(im)))", limits={"depth": 2}),
    "character-forbidden": Example("im > 3\x00"),
    "character-unknown": Example("im @ 3"),
    "backslash": Example("im > 3 \\\n  & im < 9"),
    "braces": Example("{1, 2}"),
    "question-mark": Example("im > 3 ? 1 : 0"),
    "name-not-ascii": Example("größe > 3"),
    "name-reserved": Example("im > input"),
    "text-unclosed": Example('dilate(im > 3, 2, "disk)'),
    "text-escape": Example('input im = "C:\\pictures\\a.png"\nim > 3'),
    "text-prefix": Example('f"{im}"'),
    "number-too-long": Example("im > 1e400"),
    "number-dot": Example("im>.5"),
    "number-form": Example("im > 1e"),
    "unit-unknown": Example("dilate(im > 3, 2mm4)"),
    "bracket-unclosed": Example("im in [2, 3"),
    "bracket-unopened": Example("im > 32)"),
    "bracket-mismatch": Example("(im > 32]"),
    "command-line": Example("fslmaths T1.nii.gz -thr 32 -bin mask"),
    "operator-unknown": Example("im ~= 3"),
    "operator-missing": Example("remove_small(m, 20 px)"),
    "assign-augmented": Example("n = 1\nn++"),
    "comment-foreign": Example("% body"),
    "compare-with-assign": Example("(im = 32)"),
    "assign-to-part": Example("im[im > 3] = 0\nim"),
    "assign-to-call": Example("rim(m) = m & ~erode(m)\nrim(im > 3)"),
    "assign-to-many": Example("a, b = im > 3, im > 4\na & b"),
    "colon-outside": Example("im(1:3)"),
    "slice-parts": Example("im[1:2:3:4]"),
    "comma-outside": Example("(im, 3)"),
    "call-of-value": Example("(im > 3)(im < 9)"),
    "no-attributes": Example("im > im.max"),
    "ellipsis": Example("im[..., 0] > 3"),
    "no-such-statement": Example("ouput m = im > 32"),
    "no-if": Example("if im > 3: 0"),
    "no-loops": Example("for i in im: i"),
    "no-import": Example("import numpy\nim > 3"),
    "no-lambda": Example("f = lambda m: dilate(m, 2)\nf(im > 3)"),
    "no-is": Example("im is not none"),
    "word-misplaced": Example("im not 3"),
    "value-missing": Example("im[]"),
    "ends-early": Example("im >"),
    "token-unexpected": Example("* im"),
    "assert-form": Example('assert any(im > 3) "nothing there"\nim > 3'),
    "input-form": Example("input"),
    "param-form": Example("param low\nim > low"),
    "def-form": Example("def rim = im"),
    "use-form": Example("use lib\nim > 3"),
    "output-form": Example("output"),
    # statements
    "function-unknown": Example("invert(im > 3)"),
    "function-withheld": Example("dilate(im > 3, 2)", deny=("dilate",)),
    "fslmaths": Example("im.thr(32).bin()"),
    "function-later": Example("rim(im > 3)\ndef rim(m) = m & ~erode(m)"),
    "function-recursive": Example("def grow_all(m) = grow_all(dilate(m, 1)) | m\ngrow_all(im > 3)"),
    "name-unknown": Example("def f(mask) = dilate(masc, 2)\nf(im > 3)"),
    "duplicate": Example("input im\ninput im\nim > 3"),
    "output-unknown": Example("body = im > 3\noutput bodi"),
    "output-kind": Example("[1mm, 2mm]"),
    "no-result": Example(""),
    "input-kind-unknown": Example("input im: photo\nim > 3"),
    "input-scheme": Example('input im = "https://example.org/a.png"\nim > 3'),
    "use-not-possible": Example('use "lib.mask"\nim > 3'),
    "use-not-found": Example('use "lib.mask"; im > 3', files={}),
    "use-cycle": Example('use "a.mask"; f(im)', files={"a.mask": 'use "a.mask"\ndef f(m) = m'}),
    "param-kind": Example("param n = 3 in 1mm..5mm\ndilate(im > 3, n)"),
    "param-interval": Example("param low = 32 in 255..0\nim > low"),
    "param-outside": Example("param low = 300 in 0..255\nim > low"),
    "param-choice": Example('param s = "disc" in "disk", "square"\ndilate(im > 3, 2, s)'),
    "kind": Example("im + (im > 3)"),
    "program-too-large": Example("im + 1 + 2 + 3", limits={"nodes": 3}),
    "no-modules": Example("im > np.pi"),
    "unused": Example("im > 5\nim > 6"),
    "always-true": Example("im != sqrt(-1)", {"im": "holed 4x5 float32"}),
    "never-true": Example("im not in [0.5, 1.5]", {"im": "4x5 uint8"}),
    "fraction": Example("im > 0.3", {"im": "4x5 uint8"}),
    # operators
    "colour": Example("im > 3", {"im": "4x5x3 uint8"}),
    "samples": Example("v = im[m]; max(im[v > 3])", {"im": "4x5 uint8", "m": "4x5 bool"}),
    "precedence": Example("~im > 64"),
    "units": Example('distance(m, unit="mm") > 2mm'),
    "not-constant": Example("im[max(im)]"),
    "chain": Example("1 < im > 3"),
    "shape": Example('im - max(im, axes="y")', {"im": "4x5 uint8"}),
    "spacing": Example("gaussian(im, 2mm)", {"im": "4x5 uint8"}),
    "grid": Example("x > 3", {"im": "4x5 uint8", "other": "4x6 uint8"}),
    "division-by-zero": Example("7 % 0"),
    "too-wide": Example("10 ** 10 ** 10"),
    "index": Example("im[::0]"),
    # calls
    "argument-missing": Example("dilate()"),
    "argument-too-many": Example("mean(im, m)"),
    "argument-unknown": Example('dilate(im > 3, 2, shap="disk")'),
    "argument-twice": Example("dilate(im > 3, 2, n=3)"),
    "argument-order": Example('dilate(im > 3, n=2, "disk")'),
    "argument-kind": Example("mean(im > 3)"),
    "argument-range": Example("bit(im, 1.5)"),
    "choice": Example('distance(m, "mm")'),
    "pattern": Example('dilate(im > 3, shape="000")'),
    "axes": Example('dilate(im > 3, axes="rows")'),
    "predicate": Example("keep(im > 3, area)", {"im": "4x5 uint8"}),
    "property": Example('measure(m, "area")', {"m": "4x5 bool"}),
    "method": Example('skeleton(v > 3, method="zhang")', {"v": "3x4x5 uint8"}),
    "markers": Example(
        "input markers: image\nwatershed(im, markers * 2 ** 31)", {"im": "4x5 uint8", "markers": "4x5 uint8"}
    ),
    "connectivity": Example("label(im > 3, 0)"),
    "reach": Example("gaussian(im, 0.1)", {"im": "4x5 uint8"}),
    "outside": Example("at(im > 3, 2, 4, 0)", {"im": "3x4x5 uint8"}),
    "order": Example("clip(im, 64, 32)", {"im": "4x5 uint8"}),
    # tables
    "column": Example('t = measure(m, area)\nt["aera"]', {"m": "4x5 bool"}),
    "of": Example("measure(m, area, of=[])", {"m": "4x5 bool"}),
    "input-kind": Example("input m: mask\nm", {"m": "4x5 uint8"}),
    "no-rows": Example('t = measure(m, area)\nmedian(t[area > 5]["area"])', {"m": "4x5 bool"}),
    "paint": Example(
        'lab = label(m)\nt = measure(lab, area, axes="yx")\npaint(lab[0], t, "area")', {"m": "2x3x4 bool"}
    ),
    # inputs
    "input-missing": Example("im > low", {"im": "4x5 uint8"}),
    "input-unknown": Example("im > 3", {"img": "4x5 uint8"}),
    "input-type": Example("im > 3", {"im": "0x5 uint8"}),
    "input-nodata": Example("im > 3", {"im": "4x5 uint8 nodata none"}),
    "input-axes": Example("im > 3", {"im": "1x1x1x1x2x2x2x2x3 uint8"}),
    "input-spacing": Example("im > 3", {"im": "4x5 uint8 spacing 0"}),
    "param-value": Example("param low = 32 in 0..255\nim > low", {"im": "4x5 uint8", "low": "300"}),
    # limits
    "limit-axes": Example("im > 3", {"im": "2x3x5 uint8"}, limits={"axes": 2}),
    "limit-pixels": Example("im > 3", {"im": "4x5 uint8"}, limits={"pixels": 9}),
    "limit-memory": Example("gaussian(im, 2)", {"im": "4x5 uint8"}, limits={"memory": 90}),
    "limit-operations": Example("gaussian(im, 2)", {"im": "4x5 uint8"}, limits={"operations": 9}),
    "limit-seconds": Example("gaussian(im, 2)", {"im": "4x5 uint8"}, limits={"seconds": 1e-9}),
    "limit-output-bytes": Example("im * 2", {"im": "4x5 uint8"}, limits={"output_bytes": 9}),
    # runs
    "assert-failed": Example("assert area(im > 3) < 9\nim > 3", {"im": "4x5 uint8"}),
    "window-too-large": Example("gaussian(im, 1e9)", {"im": "4x5 uint8"}),
    "no-pixels": Example("centroid(im > 30)", {"im": "4x5 uint8"}),
    "not-finite": Example("im > percentile(im, 99)", {"im": "holed 4x5 float32"}),
    "no-samples": Example("mean(im[im > 250])", {"im": "4x5 uint8"}),
    "samples-kind": Example("mean(m[m])", {"m": "4x5 bool"}),
    "no-valley": Example("im > valley(im)", {"im": "4x5 uint8"}),
    "no-data": Example("im - 1", {"im": "4x5 uint8 nodata 0"}),
    "cast": Example("uint8(im + 300)", {"im": "4x5 uint8"}),
    "scale": Example("dab(rgb) > 0.1", {"rgb": "2x3x3 float64"}),
    "image-type": Example("clahe(im / 3)", {"im": "4x5 uint8"}),
}
