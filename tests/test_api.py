"""The Python interface: programs as objects, what they take and give, and what they never do."""

import builtins
import concurrent.futures
import copy
import io
import os
import pathlib
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

import maskexpr
from maskexpr.functions.gives import FLOAT_IMAGE, MASK, NUMBER
from maskexpr.functions.parameters import Array, Image, Mask, Reach, ResultKind
from maskexpr.functions.record import function
from maskexpr.inside import stages

IM = np.array([[0, 40, 90], [50, 64, 33]], np.uint8)
TISSUE = """
input im: image = "ankle.png" "the radiograph"
param low = 32 in 0..255 "lower end"
param shape = "disk" in "disk", "square"
body = im > low
assert area(body) > 0, "nothing there"
output body
output grown = dilate(body, 1, shape)
output size = area(body)
"""


# --- programs --------------------------------------------------------------------------------------------------------


def test_a_program_says_what_it_needs_and_gives():
    program = maskexpr.compile(TISSUE)
    (im,) = program.inputs
    assert (im.name, im.kind, im.default, im.doc) == ("im", "image", "ankle.png", "the radiograph")
    low, shape = program.params
    assert (low.name, low.default, low.low, low.high, low.choices, low.doc) == ("low", 32, 0, 255, None, "lower end")
    assert (shape.name, shape.default, shape.low, shape.choices) == ("shape", "disk", None, ("disk", "square"))
    assert program.outputs == ("body", "grown", "size")
    assert program.source == TISSUE
    assert program.warnings == ()
    assert repr(maskexpr.compile("1 + 2")) == "maskexpr.compile('1 + 2')"


def test_declared_inputs_come_first_then_free_names_in_order_of_use():
    program = maskexpr.compile("a = b > c\ninput z\ninput c\nd = z > 0\na & d & e")
    assert [i.name for i in program.inputs] == ["z", "c", "b", "e"]


def test_outputs_without_an_output_line():
    assert maskexpr.compile("a = 3; a + 1").outputs == ("result",)
    assert maskexpr.compile("3; a = 4").outputs == ("a",)
    assert maskexpr.compile("def f(m) = m").outputs == ()


def test_one_output_is_its_value():
    mask = maskexpr.compile("im > low")(im=IM, low=40)
    assert isinstance(mask, np.ndarray)
    assert mask.tolist() == [[False, False, True], [True, True, False]]


def test_several_outputs_are_an_ordered_mapping():
    results = maskexpr.compile(TISSUE)(im=IM, low=40)
    assert list(results) == ["body", "grown", "size"]
    assert results["size"] == 3
    assert results["grown"].tolist() == [[True, True, True], [True, True, True]]


def test_results_with_their_kinds():
    results = stages(maskexpr.compile(TISSUE), {"im": IM}).results()
    assert {name: r.kind.name for name, r in results.items()} == {"body": "mask", "grown": "mask", "size": "number"}
    assert results["size"].value == 5


def test_plain_results_are_plain_python():
    assert type(maskexpr.evaluate("area(im > 3)", im=IM)) is int
    assert type(maskexpr.evaluate("mean(im)", im=IM)) is float
    assert type(maskexpr.evaluate("max(im)", im=IM)) is int
    assert type(maskexpr.evaluate("any(im > 3)", im=IM)) is bool
    assert type(maskexpr.evaluate("im[0, 0]", im=IM)) is int
    assert type(maskexpr.evaluate("im[0, 0] > 3", im=IM)) is bool
    assert maskexpr.evaluate("[1, 2]") == [1, 2]


def test_the_kind_is_known_without_pixels():
    program = maskexpr.compile("dilate(im > 32, 2)")
    kind = program.kind(im=((880, 380), "uint8"))
    assert (kind.name, kind.shape, str(kind)) == ("mask", (880, 380), "mask 880x380")
    assert program.kind(im=IM).shape == (2, 3)
    kinds = maskexpr.compile(TISSUE).kind(im=((5, 6), np.uint16))
    assert {name: k.name for name, k in kinds.items()} == {"body": "mask", "grown": "mask", "size": "number"}


def test_the_kind_of_what_does_not_fit_is_an_error():
    program = maskexpr.compile("a & b")
    with pytest.raises(maskexpr.ProgramError, match="a is 2x3 and b is 3x2"):
        program.kind(a=((2, 3), bool), b=((3, 2), bool))


def test_the_cost_grows_with_the_image_and_the_work():
    program = maskexpr.compile("dilate(im > 32, n)")
    small, large = (program.cost(im=((n, n), "uint8"), n=2) for n in (10, 1000))
    assert large.operations == pytest.approx(10_000 * small.operations)
    assert large.memory >= 3 * 1_000_000
    assert program.cost(im=((10, 10), "uint8"), n=5).operations > small.operations


def test_explain_shows_what_is_in_force():
    program = maskexpr.compile(TISSUE)
    assert "grown = dilate(body, 1, shape)" in program.explain()
    for text in (program.explain(im=((5, 6), "uint8")), program.explain(im=IM, low=3)):
        assert "n=1" in text
        assert 'shape="disk"' in text
        assert "outside the image" in text
    assert "mask 5x6" in program.explain(im=((5, 6), "uint8"))


def test_warnings_that_depend_on_the_inputs():
    program = maskexpr.compile("im > 300")
    assert program.warnings == ()
    (warning,) = program.bind(im=IM).warnings
    assert (warning.code, warning.severity) == ("never-true", "warning")
    assert program.bind(im=IM.astype(np.uint16)).warnings == ()
    assert not program(im=IM).any()


def test_a_call_gives_out_what_is_suspicious_and_a_bound_program_has_it():
    """Each time, where the caller stands; not while it is asked what a run would be, and not by its runs."""
    program = maskexpr.compile("a = im > 3; im > 300")
    for run in [lambda: program(im=IM), lambda: maskexpr.evaluate("a = im > 3; im > 300", im=IM)] * 2:
        with pytest.warns(maskexpr.MaskWarning) as caught:
            assert not run().any()
        assert [warning.message.code for warning in caught] == ["unused", "never-true"]
        assert {warning.filename for warning in caught} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bound = program.bind(im=IM)
        assert not bound.run()["result"].any()
        assert [warning.code for warning in bound.warnings] == ["unused", "never-true"]


def test_a_program_gives_the_same_again():
    program = maskexpr.compile("im > low")
    for dtype in ("uint8", "float32", "uint8", "int64"):
        assert program(im=IM.astype(dtype), low=40).sum() == 3
        assert program(im=IM.astype(dtype), low=40.5).sum() == 3
        assert program(im=IM.astype(dtype)[:1], low=39).sum() == 2


# --- what is given ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "im",
    [
        IM.tolist(),
        IM.astype(">u2"),
        np.asfortranarray(IM),
        np.repeat(IM, 2, axis=1)[:, ::2],
        IM[::-1, ::-1][::-1, ::-1],
        maskexpr.Image(IM),
        maskexpr.Image(IM.tolist(), spacing=1),
        IM.astype(np.float16),
    ],
    ids=["a list", "big-endian", "Fortran order", "strided", "reversed twice", "Image", "Image of a list", "float16"],
)
def test_arrays_of_any_layout(im):
    assert maskexpr.evaluate("im > 40", im=im).tolist() == (IM > 40).tolist()


def test_read_only_arrays_are_enough():
    im = IM.copy()
    im.flags.writeable = False
    for text in ("im > 3", "im + 1", "-im", "gaussian(im, 1)", "dilate(im, 1)", "clip(im, 3, 9)", "median_filter(im)"):
        maskexpr.evaluate(text, im=im)


def test_a_scalar_makes_a_free_name_a_number():
    for low in (40, 40.0, np.uint8(40), np.float32(40), np.array(40)):
        assert maskexpr.evaluate("im > low", im=IM, low=low).sum() == 3
    assert maskexpr.evaluate("a + b", a=1, b=2) == 3


def test_a_bool_makes_a_free_name_a_truth():
    assert maskexpr.evaluate("(im > 3) & t", im=IM, t=False).sum() == 0
    assert maskexpr.evaluate("not t", t=np.bool_(True)) is False


def test_spacing_and_kind():
    volume = np.ones((2, 3, 3), np.uint8)
    assert (
        maskexpr.evaluate('area(im > 0, "mm3")', im=maskexpr.Image(volume, spacing=[2, 1, 0.5], kind="image")) == 18.0
    )
    colour = maskexpr.compile("where(red(im) > 0, im, 0)").kind(im=maskexpr.Image(volume, kind="colour"))
    assert (colour.name, colour.shape, colour.channels) == ("colour", (2, 3), 3)
    assert maskexpr.compile("im").kind(im=maskexpr.Image(IM, kind="labels")).name == "labels"
    assert maskexpr.compile("im").kind(im=maskexpr.Image(IM // 90 * 255, kind="mask")).name == "mask"


@pytest.mark.parametrize(
    "spacing", [0.5, "0.5mm", "500um", "500 um", [0.5, 0.5], ("0.5mm", 0.5), np.float64(0.5), ["0.5"]]
)
def test_ways_to_write_a_spacing(spacing):
    mask = np.ones((2, 3), bool)
    assert maskexpr.evaluate('area(m, "mm2")', m=maskexpr.Image(mask, spacing=spacing)) == 1.5


def test_params_of_each_kind():
    program = maskexpr.compile(
        'param n = 1mm in 0mm..9mm; param s = "disk" in "disk", "square"; param t = true; param f = 0.5 in 0..1\n'
        "output size = area(dilate(m, n, s))\noutput t\noutput f"
    )
    m = np.zeros((5, 5), bool)
    m[2, 2] = True
    m = maskexpr.Image(m, spacing=1)
    assert program(m=m) == {"size": 5, "t": True, "f": 0.5}
    given = {"n": "2000um", "s": "square", "t": False, "f": 1}
    assert program(m=m, **given) == {"size": 25, "t": False, "f": 1.0}


def test_names_that_python_uses():
    assert maskexpr.evaluate("self + source + given", self=1, source=2, given=3) == 6


def test_coordinates_take_the_grid_of_images_the_program_does_not_name():
    assert maskexpr.evaluate("x", grid=IM).tolist() == [[0, 1, 2], [0, 1, 2]]


# --- what is given away ----------------------------------------------------------------------------------------------


ALIASES = [
    "im",
    "im[:]",
    "im[0:1]",
    "+im",
    "where(true, im, 0)",
    "dilate(im, 0)",
    "floor(im)",
    "im[::-1]",
    "im.clip(0, 255)",
]


@pytest.mark.parametrize("text", ALIASES)
def test_results_never_share_memory_with_inputs(text):
    im = IM.copy()
    result = maskexpr.evaluate(text, im=im)
    assert not np.may_share_memory(result, im)
    result[...] = 77
    assert (im == IM).all()


def test_results_never_share_memory_with_each_other():
    results = maskexpr.compile("a = im + 1\noutput a\noutput b = a\noutput c = a[0:1]\noutput d = im")(im=IM)
    arrays = list(results.values())
    for i, one in enumerate(arrays):
        assert not any(np.may_share_memory(one, other) for other in arrays[i + 1 :])
        assert one.flags.writeable


def test_inputs_are_never_written():
    im, m = IM.copy(), IM > 40
    for text in ("im * 2 - 1", "where(m, im, 0)", "fill_holes(m) | ~m", "gaussian(im, 1) > im", "median(im[m])"):
        maskexpr.evaluate(f"output a = {text}\noutput b = m\noutput c = im", im=im, m=m)
    assert (im == IM).all()
    assert (m == (IM > 40)).all()


# --- programs as values ----------------------------------------------------------------------------------------------


def test_programs_are_immutable():
    program = maskexpr.compile("im > 3")
    for name in ("source", "inputs", "params", "outputs", "warnings"):
        with pytest.raises(AttributeError):
            setattr(program, name, None)
    assert isinstance(program.inputs, tuple)
    assert isinstance(program.params, tuple)


@pytest.mark.parametrize("again", [lambda p: pickle.loads(pickle.dumps(p)), copy.copy, copy.deepcopy])
def test_programs_are_picklable(again):
    limits = maskexpr.Limits(depth=50)
    files = {"lib.mask": "param k = 1\ndef f(m) = dilate(m, k)"}
    program = maskexpr.compile('use "lib.mask"\nf(im > 40)', limits=limits, resolver=files.__getitem__, name="my.mask")
    program(im=IM)
    twin = again(program)
    assert twin(im=IM).tolist() == program(im=IM).tolist()
    with pytest.raises(maskexpr.ProgramError, match=r"my\.mask:2"):
        twin(im=IM > 3)


def test_another_process_runs_a_pickled_program():
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        assert pool.submit(maskexpr.compile("area(im > 40)"), im=IM).result() == 3


def test_programs_are_safe_to_share_between_threads():
    program = maskexpr.compile("output m = dilate(im > low, n)\noutput area = area(im > low)")
    shapes = [(3, 4 + i % 40) for i in range(200)]

    def work(i):
        im = np.arange(np.prod(shapes[i]), dtype=np.uint8).reshape(shapes[i])
        return program(im=im, low=i % 7, n=i % 3)["area"] == np.prod(shapes[i]) - 1 - i % 7

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(200)))


def test_evaluate_keeps_compiled_programs():
    assert maskexpr.evaluate("im > 40", im=IM).sum() == maskexpr.evaluate("im > 40", im=IM).sum() == 3


# --- errors ----------------------------------------------------------------------------------------------------------


def test_errors_have_a_code_a_message_a_hint_and_a_span():
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.compile("a = dilat(im > 3)\nb = $", name="my.mask")
    error = caught.value
    assert (error.code, error.message, error.hint) == (
        "function-unknown", "there is no function dilat", "did you mean dilate?"
    )  # fmt: skip
    assert tuple(error.span) == (4, 9)
    assert [d.place for d in error.diagnostics] == ["my.mask:1:5", "my.mask:2:5"]
    assert str(error).startswith(
        "my.mask:1:5: error: there is no function dilat\n    a = dilat(im > 3)\n        ^^^^^\n"
    )


def test_the_classes_of_errors():
    for kind in (maskexpr.ProgramError, maskexpr.InputError, maskexpr.RunError, maskexpr.FileError):
        assert issubclass(kind, maskexpr.MaskError)
    with pytest.raises(maskexpr.ProgramError):
        maskexpr.compile("im >")
    with pytest.raises(maskexpr.ProgramError):
        maskexpr.evaluate("im & 3", im=IM.astype(float))
    with pytest.raises(maskexpr.InputError):
        maskexpr.evaluate("im > 3")
    with pytest.raises(maskexpr.RunError):
        maskexpr.evaluate("mean(im[im > 200])", im=IM)


@pytest.mark.parametrize("text", ["im >", "im > 3", "mean(jm[jm > 200])"])
def test_errors_are_picklable(text):
    with pytest.raises(maskexpr.MaskError) as caught:
        maskexpr.evaluate(text, jm=IM)
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert again.diagnostics == caught.value.diagnostics
    assert str(again) == str(caught.value)


def test_errors_of_a_run_leave_no_foreign_cause():
    with pytest.raises(maskexpr.RunError) as caught:
        maskexpr.evaluate("im // (im - im)", im=IM)
    assert caught.value.__suppress_context__


def test_wrong_python_types_are_type_errors():
    for wrong in (b"1", 1, None, maskexpr.compile("1")):
        with pytest.raises(TypeError, match="source must be a str"):
            maskexpr.compile(wrong)
        with pytest.raises(TypeError, match="source must be a str"):
            maskexpr.evaluate(wrong)
    with pytest.raises(TypeError, match="is not declared with"):
        maskexpr.compile("1", functions=[len])
    for options, said in (
        ({"functions": len}, r"functions must be a list of them, not one: functions=\[<built-in function len>\]"),
        ({"limits": {"seconds": 3}}, r"limits must be maskexpr.Limits\(...\), with seconds=10 say, not dict"),
        ({"name": None}, "name must be a str, not NoneType"),
        ({"resolver": "lib.mask"}, "resolver must be a function of a file's name, not str"),
    ):
        with pytest.raises(TypeError, match=said):
            maskexpr.compile("1", **options)
    with pytest.raises(TypeError, match=r"limits must be maskexpr\.Limits"):
        maskexpr.Sandbox(workers=1, limits=3)
    with pytest.raises(TypeError, match=r"limits must be maskexpr\.Limits"), maskexpr.Sandbox(workers=1) as box:
        box.compile("1", limits=3)


def test_a_byte_order_mark_is_no_character_of_the_program():
    assert maskexpr.evaluate("\ufeff1 + 2") == 3


# --- limits ----------------------------------------------------------------------------------------------------------


def test_limits():
    with pytest.raises(maskexpr.ProgramError, match="the limit is 10"):
        maskexpr.compile("1 + 1 + 1 + 1", limits=maskexpr.Limits(source_bytes=10))
    with pytest.raises(maskexpr.ProgramError, match="more than 3 levels deep"):
        maskexpr.compile("abs(abs(abs(abs(1))))", limits=maskexpr.Limits(depth=3))
    with pytest.raises(maskexpr.ProgramError, match="more than 5 steps"):
        maskexpr.compile("im + 1 + 2 + 3 + 4 + 5 + 6", limits=maskexpr.Limits(nodes=5))(im=IM)
    assert maskexpr.compile("abs(abs(1))", limits=maskexpr.Limits(depth=3))() == 1


# --- functions of the host -------------------------------------------------------------------------------------------


@function(gives=MASK, halo=1, cost=1, memory=1)
def rim(m: Mask, n: Reach = 1) -> Array:
    """The rim of a mask."""
    return m & ~np.roll(m, int(n.radius), axis=-1)


@function(gives=FLOAT_IMAGE, halo=0, cost=1, memory=8)
def halved(im: Image, *, kind: ResultKind) -> Array:
    """Half of each value."""
    return (im / 2).astype(kind.dtype)


@function(gives=NUMBER, halo="whole", cost=1, memory=0, name="area")
def spread(m: Mask) -> float:
    """Something else than the catalogue's area."""
    return -1.0


@function(gives=MASK, halo=0, cost=1, memory=0, name="x")
def crossed_out(m: Mask) -> Array:
    """None of a mask."""
    return m & ~m


@function(gives=NUMBER, halo=0, cost=1, memory=0, bare=True)
def answer() -> int:
    """A number with a name."""
    return 42


def test_a_hosts_functions_are_checked_like_others():
    program = maskexpr.compile("rim(halved(im) > 20, n=1)", functions=[rim, halved])
    assert program(im=IM).tolist() == ((IM / 2 > 20) & ~np.roll(IM / 2 > 20, 1, axis=-1)).tolist()
    with pytest.raises(maskexpr.ProgramError, match="rim takes a mask as m, im is an image"):
        maskexpr.compile("rim(im)", functions=[rim])(im=IM)
    with pytest.raises(maskexpr.ProgramError, match="did you mean rim"):
        maskexpr.compile("rimm(im > 3)", functions=[rim])


def test_a_hosts_functions_go_before_those_of_the_catalogue():
    assert maskexpr.compile("area(im > 3)", functions=[spread])(im=IM) == -1.0
    assert maskexpr.compile("area(im > 3)")(im=IM) == 5


def test_a_function_says_itself_whether_it_is_a_name():
    assert maskexpr.compile("answer + 1", functions=[answer])() == 43
    with pytest.raises(maskexpr.ProgramError, match="answer is a value"):
        maskexpr.compile("answer()", functions=[answer])
    assert not maskexpr.compile("x(im > x)", functions=[crossed_out])(im=IM, x=3).any()
    with pytest.raises(TypeError, match="takes no parameters"):
        function(gives=MASK, halo=0, cost=1, memory=0, bare=True)(crossed_out)


def test_a_hosts_functions_stay_where_they_were_given():
    with pytest.raises(maskexpr.ProgramError, match="there is no function halved"):
        maskexpr.compile("halved(im)")


def test_a_program_with_a_hosts_functions_is_picklable():
    program = pickle.loads(pickle.dumps(maskexpr.compile("rim(im > 20)", functions=[rim])))
    assert program(im=IM).tolist() == ((IM > 20) & ~np.roll(IM > 20, 1, axis=-1)).tolist()


# --- other files -----------------------------------------------------------------------------------------------------


def test_the_resolver_is_asked_once_and_only_while_compiling():
    asked = []

    def resolve(path):
        asked.append(path)
        return "def twice(a) = a * 2"

    program = maskexpr.compile('use "lib.mask"\ntwice(n)', resolver=resolve)
    assert [program(n=3), program(n=4), pickle.loads(pickle.dumps(program))(n=5)] == [6, 8, 10]
    assert asked == ["lib.mask"]


def test_use_without_a_resolver_is_an_error():
    with pytest.raises(maskexpr.ProgramError, match="give compile"):
        maskexpr.compile('use "lib.mask"\n1')


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "http://example.org/lib.mask"])
def test_the_resolver_alone_decides_what_a_path_means(path):
    assert maskexpr.compile(f'use "{path}"\nf(1)', resolver=lambda asked: f"def f(a) = a + {len(asked)}")() == 1 + len(
        path
    )


def test_no_file_is_ever_opened(monkeypatch):
    maskexpr.evaluate("gaussian(im, 1) > otsu(im)", im=IM)  # what is imported late is imported now

    def refuse(*arguments, **more):
        raise AssertionError(f"opened {arguments}")

    for module, name in ((builtins, "open"), (io, "open"), (os, "open"), (pathlib.Path, "open")):
        monkeypatch.setattr(module, name, refuse)
    program = maskexpr.compile(
        'input im = "ankle.png"\ninput other = "/etc/passwd"\noutput a = im > 3\noutput b = other'
    )
    program.explain()
    program.kind(im=((2, 3), "uint8"), other=((2, 3), "uint8"))
    with pytest.raises(maskexpr.InputError, match="no other was given"):
        program(im=IM)
    with pytest.raises(maskexpr.InputError, match="it is a str"):
        maskexpr.evaluate("im > 3", im="ankle.png")
    with pytest.raises(maskexpr.InputError, match=r"it is a (Posix|Windows)Path|its type is object"):
        maskexpr.evaluate("im > 3", im=pathlib.Path("ankle.png"))


def test_importing_is_light():
    """SciPy, image readers and pictures are for those who use them."""
    program = "import maskexpr, sys; maskexpr.evaluate('im > 3', im=[[1, 4]]); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    others = {"scipy.ndimage", "imageio", "PIL", "IPython"}
    ours = {"maskexpr.display.pictures", "maskexpr.display.views", "maskexpr.notebook"}
    assert not (others | ours) & set(run.stdout.split())


# --- what a host sees ------------------------------------------------------------------------------------------------


def test_only_public_names_are_listed() -> None:
    assert dir(maskexpr) == sorted(maskexpr.__all__)
    assert all(getattr(maskexpr, name) is not None for name in maskexpr.__all__)


def test_the_old_name_of_the_decorator_says_the_new_one() -> None:
    with pytest.warns(DeprecationWarning, match=r"maskexpr\.builtin\.builtin is now maskexpr\.function"):
        from maskexpr.builtin import builtin
    assert builtin is maskexpr.function
    with pytest.warns(DeprecationWarning, match=r"maskexpr\.builtin\.MASK is now maskexpr\.functions\.MASK"):
        from maskexpr.builtin import MASK as before
    assert before is MASK
    with pytest.raises(ImportError):
        from maskexpr.builtin import nothing  # noqa: F401
