"""How `explain` shows the plan of a program, as texts; the lines before it are tested with the commands."""

import re
from typing import Any

import numpy as np
import pytest

import maskexpr
from maskexpr import Limits
from maskexpr.explain.planned import MOST_STEPS

BYTES = ((880, 380), "uint8")


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The height of strips depends on how many share them."""
    monkeypatch.setenv("MASKEXPR_THREADS", "2")


def plan_of(text: str) -> str:
    """What follows the outputs."""
    return re.split(r"^outputs\n(?:  .*\n)*", text + "\n", flags=re.MULTILINE)[-1].rstrip("\n")


def explained(source: str, /, **given: Any) -> str:
    return plan_of(maskexpr.compile(source).explain(**given))


GOLDEN: dict[str, tuple[str, dict[str, Any], str]] = {}


def golden(name: str, source: str, text: str, /, **given: Any) -> None:
    GOLDEN[name] = (source, given, text.strip("\n"))


golden(
    "one pass",
    "dilate(im > 32, 2)",
    """
plan                               held as      ops/pixel  share
  pass 1 over 880x380, all at once
    im > 32                        mask, bytes          1    50%   then put into bits
    result = dilate(im > 32, n=2)  mask, bits           1    50%   64 pixels at once; reaches 2 rows; kept in bytes for
                                                                   the result
  in all 668,800 elementary operations, estimated
""",
    im=BYTES,
)
golden(
    "strips",
    "dilate(erode(im > 32, 2), 3)",
    """
plan                                           held as      ops/pixel  share
  pass 1 over 4096x4096, 6 strips of 683 rows
    im > 32                                    mask, bytes          1    33%   made for 5 rows around each strip too;
                                                                               then put into bits
    erode(im > 32, n=2)                        mask, bits           1    33%   64 pixels at once; reaches 2 rows; made
                                                                               for 3 rows around each strip too
    result = dilate(erode(im > 32, n=2), n=3)  mask, bits           1    33%   64 pixels at once; reaches 3 rows; kept
                                                                               in bits for the result
  in all 50.3 million elementary operations, estimated
""",
    im=((4096, 4096), "uint8"),
)
golden(
    "rewritten",
    "dilate((im > 32) & ~(im > 64), 2)",
    """
rewritten
  ~(im > 64)              ->  im <= 64             (flip negations)
  (im > 32) & (im <= 64)  ->  between(im, 33, 64)  (join ranges)
plan                                           held as      ops/pixel  share
  pass 1 over 880x380, all at once
    between(im, 33, 64)                        mask, bytes          2    67%   one subtraction, one comparison; then put
                                                                               into bits
    result = dilate(between(im, 33, 64), n=2)  mask, bits           1    33%   64 pixels at once; reaches 2 rows; kept
                                                                               in bytes for the result
  in all 1 million elementary operations, estimated
""",
    im=BYTES,
)
golden(
    "dropped",
    "u = im + 1\nim > 5\noutput a = erode(erode(im > 3, 2)) | im > 300",
    """
rewritten
  erode(erode(im > 3, n=2))     ->  erode(im > 3, n=3)  (merge reaches)
  im > 300                      ->  empty()             (settle comparisons)
  erode(im > 3, n=3) | empty()  ->  erode(im > 3, n=3)  (drop neutral)
not run, as no output needs it
  u = im + 1
  im > 5
plan                        held as      ops/pixel  share
  pass 1 over 880x380, all at once
    im > 3                  mask, bytes          1    50%   then put into bits
    a = erode(im > 3, n=3)  mask, bits           1    50%   64 pixels at once; reaches 3 rows; kept in bytes for output
                                                            a
  in all 668,800 elementary operations, estimated
""",
    im=BYTES,
)
golden(
    "several passes",
    "m = keep_largest(dilate(im > 32, 2)); output m; output n = area(dilate(m, 3) & im > 5)",
    """
plan                                        held as      ops/pixel  share
  pass 1 over 880x380, all at once
    im > 32                                 mask, bytes          1    10%   then put into bits
    dilate(im > 32, n=2)                    mask, bits           1    10%   64 pixels at once; reaches 2 rows; kept in
                                                                            bits for keep_largest
  on whole images
    m = keep_largest(dilate(im > 32, n=2))  mask, bits           5    50%   by runs of pixels; kept for pass 2 and
                                                                            output m
  pass 2 over 880x380, all at once
    dilate(m, n=3)                          mask, bits           1    10%   64 pixels at once; reaches 3 rows
    im > 5                                  mask, bytes          1    10%   then put into bits
    dilate(m, n=3) & (im > 5)               mask, bits           1    10%   kept in bits for area
  on whole images
    n = area(dilate(m, n=3) & (im > 5))     number             0.1    <1%   bits counted
  in all 3.38 million elementary operations, estimated
""",
    im=BYTES,
)
golden(
    "a shared step",
    "m = im > 32; dilate(m, 2) & ~erode(m, 2)",
    """
plan                                          held as      ops/pixel  share
  pass 1 over 880x380, all at once
    m = im > 32                               mask, bytes          1    20%   then put into bits; used by 2 steps
    dilate(m, n=2)                            mask, bits           1    20%   64 pixels at once; reaches 2 rows
    erode(m, n=2)                             mask, bits           1    20%   64 pixels at once; reaches 2 rows
    ~erode(m, n=2)                            mask, bits           1    20%
    result = dilate(m, n=2) & ~erode(m, n=2)  mask, bits           1    20%   kept in bytes for the result
  in all 1.67 million elementary operations, estimated
""",
    im=BYTES,
)
golden(
    "a mask kept as bytes",
    "m = im > 4; output size = area(m); output values = mean(im[m])",
    """
plan                      held as      ops/pixel  share
  pass 1 over 880x380, all at once
    m = im > 4            mask, bytes          1    20%   used by 2 steps; kept in bytes for area and samples
  on whole images
    size = area(m)        number             0.1     2%   bits counted
    im[m]                 samples              2    39%   left in place
  on samples
    values = mean(im[m])  number               2    39%   plain body
  in all 1.71 million elementary operations, estimated
""",
    im=BYTES,
)
golden(
    "thresholds and asserts",
    "m = gaussian(im, 2) > otsu(im); assert area(m) > 9; output w = where(m, im + 1, 0)",
    """
plan                                held as      ops/pixel  share
  on whole images
    otsu(im)                        number              40    36%   plain body
  pass 1 over 4096x4096, 64 strips of 64 rows
    gaussian(im, 2)                 float64             68    61%   weighted sums of rows; reaches 8 rows
    m = gaussian(im, 2) > otsu(im)  mask, bytes          1    <1%   used by 2 steps; kept in bits for area
    im + 1                          uint16               1    <1%
    w = where(m, im + 1, 0)         uint16               2     2%   chosen by bits; kept for output w
  on whole images
    area(m)                         number             0.1    <1%   bits counted
  on single values
    area(m) > 9                     truth                1    <1%   plain body
    assert area(m) > 9              truth                0     0%   plain body
  in all 1.88 billion elementary operations, estimated
""",
    im=((4096, 4096), "uint8"),
)
golden(
    "a volume",
    "dilate(x > 3) & im > 3",
    """
plan                                   held as      ops/pixel  share
  pass 1 over 40x300x200, 2 strips of 20 planes
    x                                  uint8                1    20%   made for 1 plane around each strip too
    x > 3                              mask, bytes          1    20%   made for 1 plane around each strip too; then put
                                                                       into bits
    dilate(x > 3)                      mask, bits           1    20%   64 pixels at once; reaches 1 plane
    im > 3                             mask, bytes          1    20%   then put into bits
    result = dilate(x > 3) & (im > 3)  mask, bits           1    20%   kept in bits for the result
  in all 12 million elementary operations, estimated
""",
    im=((40, 300, 200), "uint16"),
)
golden(
    "64 bits",
    "im > 2 ** 30 & im != 5",
    """
plan                                        held as      ops/pixel  share
  pass 1 over 1200x380, 4 strips of 300 rows
    im > 1073741824                         mask, bytes          1    33%
    im != 5                                 mask, bytes          1    33%
    result = (im > 1073741824) & (im != 5)  mask, bytes          1    33%   kept in bytes for the result
  in all 1.37 million elementary operations, estimated
""",
    im=((1200, 380), "int64"),
)
golden(
    "an input mask",
    "dilate(m, 2)",
    """
plan                         held as     ops/pixel  share
  pass 1 over 880x380, all at once
    m                        mask, bits                     input, put into bits
    result = dilate(m, n=2)  mask, bits          1   100%   64 pixels at once; reaches 2 rows; kept in bytes for the
                                                            result
  in all 334,400 elementary operations, estimated
""",
    m=((880, 380), "bool"),
)
golden(
    "a colour image",
    "red(im)[2:9, 3:] > 4",
    """
plan                               held as      ops/pixel  share
  pass 1 over 64x64, all at once
    red(im)                        uint8                1    48%   copied; kept for a crop
  on whole images
    red(im)[2:9, 3:]               uint8                1    48%   a view; kept for pass 2
  pass 2 over 7x61, all at once
    result = red(im)[2:9, 3:] > 4  mask, bytes          1     5%   kept in bytes for the result
  in all 8,619 elementary operations, estimated
""",
    im=((64, 64, 3), "uint8"),
)
golden(
    "no inputs",
    "a = im > 32; dilate(a & b)",
    """
plan
  give the inputs to see it: im=..., b=...
""",
)
golden(
    "nothing to compute",
    "1 + 2",
    """
plan
  nothing to compute
""",
)
golden(
    "only an input",
    "im",
    """
plan
  nothing to compute
""",
    im=BYTES,
)
golden(
    "only defs",
    "def f(m) = dilate(m)",
    """

""",
)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_whole_text_of_a_plan(name: str) -> None:
    source, given, text = GOLDEN[name]
    shown = explained(source, **given)
    assert shown == text
    assert all(len(line) <= 120 for line in shown.splitlines())


def test_the_plan_comes_after_what_is_computed() -> None:
    text = maskexpr.compile("dilate(im > 3)").explain(im=BYTES)
    headings = [line.split("  ")[0] for line in text.splitlines() if line[0] != " "]
    assert headings == ["inputs", "steps", "outputs", "plan"]


def test_the_times_of_all_steps_and_of_the_run() -> None:
    im = np.random.default_rng(0).integers(0, 99, (880, 380), np.uint8)
    program = maskexpr.compile("m = keep_largest(dilate(im > t, 2)); output m; output n = area(m) > 3")
    before, after = plan_of(program.explain(im=im, t=5)), plan_of(program.profile(im=im, t=5))
    time = r"\d+(\.\d\d)? (us|ms|s)"
    rows = [line for line in after.splitlines() if line.startswith("    ") and not line.startswith(" " * 20)]
    assert len(rows) == 5
    assert all(re.search(rf"%  +{time}(   |$)", row) for row in rows)
    assert re.fullmatch(rf"  measured {time} for the whole run, the best of \d", after.splitlines()[-2])
    assert re.fullmatch(rf"  times of steps are added up over all threads: {time}", after.splitlines()[-1])
    assert max(map(len, after.splitlines())) <= 120
    # Nothing else is said.
    shared = [line.split("  ") for line in before.splitlines()]
    assert {line[2] for line in shared if len(line) > 2} <= set(re.split(r"\n| {2,}", after)) | {""}


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32"])
def test_times_for_images_of_any_type_and_layout(dtype: str) -> None:
    im = np.asfortranarray(np.arange(60).reshape(6, 10) % 2).astype(dtype)
    mask = "im" if dtype == "bool" else "im != 0"
    program = maskexpr.compile(f"output a = ~({mask}); output b = area(dilate({mask}, 1)); output c = 3")
    for given in (im, im[::2, ::3], maskexpr.Image(im, spacing=0.5)):
        assert "for the whole run" in program.profile(im=given)


def test_what_stops_a_run_stops_its_times() -> None:
    im = np.ones((3, 4))
    with pytest.raises(maskexpr.RunError, match="not true"):
        maskexpr.compile("assert area(im > 2) > 0; im > 2").profile(im=im)
    with pytest.raises(maskexpr.InputError, match="without pixels"):
        maskexpr.compile("im > 2").profile(im=BYTES)


@pytest.mark.slow
def test_programs_of_any_length_are_cut_short() -> None:
    chain = maskexpr.compile("+".join(["im"] * 5000), limits=Limits(nodes=10**6))
    lines = plan_of(chain.explain(im=BYTES)).splitlines()
    assert len(lines) == MOST_STEPS + 4
    assert lines[-2] == f"  ... and {4999 - MOST_STEPS:,} more steps"
    assert max(map(len, lines)) <= 120
    lines = explained("".join(f"a{i} = ~(im > {i})\n" for i in range(100)) + "im > 3", im=BYTES).splitlines()
    assert lines[0] == "not run, as no output needs it"
    assert lines[41] == "  ... and 60 more"


def test_a_plan_is_the_same_each_time() -> None:
    source = "m = gaussian(im, 2) > otsu(im); output a = dilate(m, 3) & ~erode(m, 3); output b = keep_largest(m)"
    assert len({explained(source, im=BYTES) for _ in range(5)}) == 1


# How steps are written: the program's own text where it can be; each in its own line of a plan.
WRITTEN = {
    "im + 1 - (2 - im)": "result = im + 1 - (2 - im)",
    "(im + 1) * -im ** 2": "result = (im + 1) * -im ** 2",
    "(im ** 2) ** 3 > 4": "result = (im ** 2) ** 3 > 4",
    "(-im) ** 2": "result = (-im) ** 2",
    "m | k & ~m ^ k": "result = m | ((k & ~m) ^ k)",
    "(m | k) & m": "result = (m | k) & m",
    "m == (im > 3)": "result = m == (im > 3)",
    "any(m) and not all(m) or any(k)": "result = (any(m) and not all(m)) or any(k)",
    "im[2:, ::3][1, 2] + im": "im[2:, ::3][1, 2]",
    "mean(im[m])": "result = mean(im[m])",
    "where(m, im, 0)": "result = where(m, im, 0)",
    "x": "result = x",
    "circle(3, 4.5, 2)": "result = circle(3, 4.5, 2)",
    "gaussian(im, [1, 2])": "result = gaussian(im, [1, 2])",
    "gaussian(im, 1.5, axes='y')": "result = gaussian(im, 1.5, axes=[0])",
    "dilate(m, 2mm, 'disk')": 'result = dilate(m, n=2mm, shape="disk")',
    "dilate(m, 1, 'diamond', none)": "result = dilate(m)",
    "def rim(a, n) = dilate(a, n) & ~a; rim(m | k, 2)": "result = dilate(m | k, n=2) & ~(m | k)",
    "a = m | k; dilate(a)": "result = dilate(a)",
    "param t = 3 in 0..9; im > t": "result = im > 3",
    "min(im) * 2 + 1": "result = min(im) * 2 + 1",
}


@pytest.mark.parametrize("source", WRITTEN)
def test_how_a_step_is_written(source: str) -> None:
    mask = maskexpr.Image(np.ones((8, 9), bool), spacing=1)
    every = {"im": np.ones((8, 9), np.uint8), "m": mask, "k": mask}
    program = maskexpr.compile(source)
    shown = explained(source, **{info.name: every[info.name] for info in program.inputs} or {"im": BYTES})
    assert WRITTEN[source] in [line.split("  ")[2] for line in shown.splitlines() if line.startswith("    ")]


def test_the_longest_call_that_nothing_stops_is_told() -> None:
    said = maskexpr.compile("skeleton(im > 3)").explain(im=((8192, 8192), "uint8"))
    assert re.search(r"^  cannot be stopped for about [0-9.]+ s: \w+$", said, re.MULTILINE)
    assert "cannot be stopped" not in maskexpr.compile("rank_filter(im, 3, 9)").explain(im=((512, 512), "uint8"))
