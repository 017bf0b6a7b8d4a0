"""`maskexpr.map`: what calls of the program give, in order, here and by workers."""

import itertools
import pickle
import warnings

import numpy as np
import pytest

import maskexpr
from maskexpr.functions.gives import MASK
from maskexpr.functions.parameters import Image as Im
from maskexpr.functions.record import function

IM = np.arange(12, dtype=np.uint8).reshape(3, 4)


@function(gives=MASK, halo=0, cost=1, memory=0)
def high(im: Im):
    return im > 5


def listed(program, images, **more):
    """Results as plain values, errors as their first lines."""
    return [
        str(r).splitlines()[0] if isinstance(r, maskexpr.MaskError) else np.asarray(r).tolist()
        for r in maskexpr.map(program, images, **more)
    ]


def test_what_comes_in_the_place_of_errors():
    images = [IM, "none.png", IM + 1]
    assert listed("area(im > 5)", images, on_error="skip") == [6, 7]
    results = maskexpr.map("area(im > 5)", images)
    assert next(results) == 6
    with pytest.raises(maskexpr.FileError):
        next(results)
    assert list(results) == []


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_what_calls_give(tmp_path, jobs):
    maskexpr.write(tmp_path / "a.png", IM)
    program = maskexpr.compile("input other: number; param low = 5 in 0..9; area(im > low) * other")
    images = [
        tmp_path / "a.png",
        str(tmp_path / "a.png"),
        IM,
        {"im": IM, "low": 7},
        maskexpr.Image(IM, kind="mask"),
        {"im": tmp_path / "a.png", "other": 3},
        tmp_path / "none.png",
        3,
        {"image": IM},
    ]
    params = {"other": 2, "low": 6}
    found = listed(program, images, jobs=jobs, on_error="return", params=params)
    assert found[:4] == [10, 10, 10, 8]
    assert found[5] == 15
    assert "there is no such file" in found[6]
    for i in (4, 7, 8):  # a mask, a number, and an input that it has not
        with pytest.raises(maskexpr.MaskError) as caught:
            program(**{**params, **(images[i] if i == 8 else {"im": images[i]})})
        assert found[i] == str(caught.value).splitlines()[0]


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_results_come_as_from_a_call(jobs):
    program = maskexpr.compile("output m = im > 300; output t = measure(im > 3, area); output g = gaussian(im, 1)")
    with pytest.warns(maskexpr.MaskWarning, match="never true"):
        (found,) = maskexpr.map(program, [IM], jobs=jobs)
    assert found["m"].tolist() == (IM > 300).tolist()
    assert found["t"]["area"].tolist() == [8]
    assert found["g"].tobytes() == program(im=IM)["g"].tobytes()
    found["g"][0] = 4


def test_warnings_that_are_errors_stay_so():
    with warnings.catch_warnings():
        warnings.simplefilter("error", maskexpr.MaskWarning)
        with pytest.raises(maskexpr.MaskWarning, match="never true"):
            list(maskexpr.map("im > 300", [IM], on_error="skip"))


def test_images_without_an_end():
    images = ({"im": IM, "t": i} for i in itertools.count())
    found = maskexpr.map("area(im > t)", images)
    assert list(itertools.islice(found, 6)) == [11, 10, 9, 8, 7, 6]


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_what_the_images_raise_comes_in_its_place(jobs):
    def failing():
        yield from (IM, IM + 1)
        raise OSError("the camera is off")

    found = maskexpr.map("area(im > 3)", failing(), jobs=jobs)
    assert (next(found), next(found)) == (8, 9)
    with pytest.raises(OSError, match="the camera is off"):
        next(found)


def test_several_inputs_are_given_by_name():
    assert listed("a & b", [IM > 3], on_error="return") == [
        'error: the program takes a and b, so it is not known which this ndarray is; give dicts: {"a": ..., "b": ...},'
        " say"
    ]
    assert listed("a & b", [IM > 3], params={"b": IM > 5}) == [(IM > 5).tolist()]
    assert listed("2 + 3", [IM], on_error="return") == [
        "error: the program takes no images; name one in it: im > 32, say"
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"jobs": 0}, "jobs is 0; give a whole number from 1 on: jobs=2, say"),
        ({"jobs": True}, "jobs is True; give a whole number from 1 on: jobs=2, say"),
        ({"jobs": 2.0}, "jobs is 2.0; give a whole number from 1 on: jobs=2, say"),
        ({"on_error": "ignore"}, 'on_error is \'ignore\'; write "raise", "skip" or "return"'),
        ({"images": "a.png"}, "images is a str, not several images; give a list of them, or another iterable"),
        ({"images": IM}, "images is a ndarray, not several images; give a list of them, or another iterable"),
        ({"images": {"im": IM}}, "images is a dict, not several images; give a list of them, or another iterable"),
        ({"params": 3}, 'params is an int, no values by name; give a dict: {"low": 3}, say'),
        ({"images": 3}, "images is an int, not several images; give a list of them, or another iterable"),
    ],
)
def test_arguments_that_are_none(given, said):
    with pytest.raises(maskexpr.InputError) as caught:
        maskexpr.map("im > 3", **{"images": [IM], **given})
    assert str(caught.value) == f"error: {said}"


def test_what_is_no_program():
    with pytest.raises(maskexpr.InputError, match="program is a function, no program"):
        maskexpr.map(lambda im: im > 3, [IM])


@pytest.mark.slow
def test_an_error_that_is_kept_keeps_no_workers():
    """As a notebook keeps the last one."""
    results = maskexpr.map("im > 3", ["none.png"] * 3, jobs=2)
    with pytest.raises(maskexpr.FileError) as kept:
        next(results)
    frames = [frame.frame for frame in kept.traceback if "found" in frame.frame.f_locals]
    assert frames
    assert all(frame.f_locals["found"].gi_frame is None for frame in frames)


def test_mistakes_of_the_program_come_at_once():
    with pytest.raises(maskexpr.ProgramError):
        maskexpr.map("im >", [])


def test_functions_that_other_processes_do_not_find():
    @function(gives=MASK, halo=0, cost=1, memory=0)
    def low(im: Im):
        return im < 5

    program = maskexpr.compile("low(im)", functions=[low])
    assert listed(program, [IM]) == [(IM < 5).tolist()]
    with pytest.raises(maskexpr.InputError, match="other processes do not find the function low"):
        maskexpr.map(program, [IM], jobs=2)


def test_what_a_function_raises_is_an_error_of_the_image():
    @function(gives=MASK, halo=0, cost=1, memory=0)
    def broken(im: Im):
        raise LookupError("of the host")

    program = maskexpr.compile("broken(im)", functions=[broken])
    (found,) = maskexpr.map(program, [IM], on_error="return")
    assert isinstance(found.__cause__, LookupError)
    assert (found.code, found.message) == ("host-function", "broken, a function of this host, failed: LookupError")
    # What it said is for the host alone, and comes back from other processes, too.
    assert pickle.loads(pickle.dumps(found)).__notes__ == ["LookupError: of the host"]
    assert "of the host" not in str(found.to_dict())
