"""Programs run by processes apart give what they give here; whatever becomes of those processes is one error."""

import asyncio
import os
import signal
import threading
import time
from pathlib import Path

import nibabel
import numpy as np
import pytest
import SimpleITK
from helpers.each import each

import maskexpr
from maskexpr.sandbox.helping import Helpers

linux = pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes where Linux has them")
BOMB = "median_filter(im, 40)"


@pytest.fixture(scope="module")
def box():
    with maskexpr.Sandbox(workers=2) as box:
        yield box


def both(box, text, **given):
    """What a program gives in the sandbox, and here."""
    return box.compile(text)(**given), maskexpr.compile(text)(**given)


IM = np.arange(60, dtype=np.uint8).reshape(6, 10)
GIVEN = {
    "a mask": ("im > 3", IM),
    "a number": ("mean(im)", IM),
    "a truth": ("any(im > 3)", IM),
    "a list": ("centroid(im > 30)", IM),
    "several": ("output m = im > 3; output n = area(m); output f = im / 7", IM),
    "a table": ("measure(label(im % 7 == 0), area, centroid)", IM),
    "floats": ("im / 3", IM.astype(np.float32)),
    "nan": ("mean(im)", np.array([[np.nan, 1]])),
    "Fortran order": ("im > 3", np.asfortranarray(IM)),
    "reversed": ("im > 3", IM[::-1, ::-2]),
    "repeated": ("im + 1", np.broadcast_to(IM[:1], (5, 10))),
    "swapped bytes": ("im + 1", IM.astype(">i4")),
    "64 bits": ("im + 1", IM.astype(np.int64)),
    "masked": ("gaussian(im, 1)", np.ma.masked_greater(IM, 40)),
    "an image": ("area(im > 3, 'mm2')", maskexpr.Image(IM, spacing="0.5mm", axes="xy")),
    "turned axes": ("im > 3", maskexpr.Image(IM, spacing="0.5mm", axes="xy")),
    "a list given": ("im > 3", [[1, 2], [3, 4]]),
}


@each("text, given", GIVEN.values())
def test_results_are_those_of_a_program(box, text, given):
    found, expected = both(box, text, im=given)
    assert_same(found, expected)


def assert_same(found, expected):
    assert type(found) is type(expected)
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for name in expected:
            assert_same(found[name], expected[name])
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        assert found.flags.writeable
        np.testing.assert_array_equal(found, expected)
        if isinstance(expected, np.ma.MaskedArray):
            np.testing.assert_array_equal(found.mask, expected.mask)
    else:
        np.testing.assert_equal(found, expected)


def test_images_of_other_libraries_come_back_as_such(box):
    image = SimpleITK.GetImageFromArray(IM)
    image.SetSpacing((0.5, 2.0))
    found, expected = both(box, "im > 3", im=image)
    assert found.GetSpacing() == expected.GetSpacing() == (0.5, 2.0)
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(found), SimpleITK.GetArrayFromImage(expected))
    nifti = nibabel.Nifti1Image(np.zeros((3, 4, 5), np.int16), np.diag([2, 3, 4, 1]))
    found, expected = both(box, "im > 3", im=nifti)
    np.testing.assert_array_equal(found.affine, expected.affine)
    assert found.header == expected.header


def test_large_results_lie_in_shared_memory_and_come_back_from_there_without_a_copy(box):
    program = box.compile("im + 1")
    im = box.array((1000, 1000), np.uint8)
    im[:] = 5
    program(im=im)
    found = program(im=im)
    assert found.base is not None
    assert (found == 6).all()
    again = program(im=program(im=found)[::-1, ::3])
    assert again.dtype == program.program(im=program.program(im=found)).dtype
    assert (again == 8).all()
    assert (found == 6).all()


def test_errors_and_warnings_are_those_of_a_program(box):
    with pytest.raises(maskexpr.ProgramError) as found:
        box.compile("im >")
    with pytest.raises(maskexpr.RunError) as found:
        box.compile("assert any(im > 90)\nim > 3")(im=IM)
    with pytest.raises(maskexpr.RunError) as expected:
        maskexpr.compile("assert any(im > 90)\nim > 3")(im=IM)
    assert str(found.value) == str(expected.value)
    assert found.value.diagnostics == expected.value.diagnostics
    with pytest.raises(maskexpr.InputError):
        box.compile("im > 3")(other=IM)
    with pytest.raises(maskexpr.ProgramError, match="shape"):
        box.compile("im > other")(im=IM, other=IM[1:])
    with pytest.warns(maskexpr.MaskWarning) as found:
        box.compile("im > 300")(im=IM)
    with pytest.warns(maskexpr.MaskWarning) as expected:
        maskexpr.compile("im > 300")(im=IM)
    assert [str(w.message) for w in found] == [str(w.message) for w in expected]
    assert {w.filename for w in found} == {__file__}


@linux
@pytest.mark.slow
def test_a_run_that_takes_too_long_is_ended():
    with maskexpr.Sandbox(workers=1, limits=maskexpr.Limits(seconds=0.3)) as box:
        quick = box.compile("im > 3")
        quick(im=IM)
        began = time.monotonic()
        with pytest.raises(maskexpr.LimitError) as found:
            box.compile(BOMB)(im=np.random.default_rng(1).random((2000, 2000)))
        assert time.monotonic() - began < 30
        assert found.value.code == "limit-seconds"
        assert quick(im=IM).any()


@linux
@pytest.mark.slow
def test_a_worker_that_is_killed_is_one_error_and_the_next_call_works():
    with maskexpr.Sandbox(workers=1) as box:
        quick, slow = box.compile("im > 3"), box.compile(BOMB)
        quick(im=IM)
        os.kill(*box._crew.processes(), signal.SIGKILL)  # while it is idle
        time.sleep(0.1)
        quick(im=IM)
        killing = threading.Timer(0.5, lambda: os.kill(*box._crew.processes(), signal.SIGKILL))
        killing.start()
        with pytest.raises(maskexpr.WorkerError, match="killed from outside") as found:
            slow(im=np.random.default_rng(1).random((2000, 2000)))
        assert found.value.code == "worker-died"
        assert quick(im=IM).any()


@linux
@pytest.mark.slow
def test_a_run_is_given_up():
    with maskexpr.Sandbox(workers=1) as box:
        quick, slow = box.compile("im > 3"), box.compile(BOMB)
        im = np.random.default_rng(1).random((2000, 2000))
        quick(im=IM)
        cancel = threading.Event()
        threading.Timer(0.3, cancel.set).start()
        with pytest.raises(maskexpr.CancelledError):
            slow.run({"im": im}, cancel=cancel)
        with pytest.raises(maskexpr.CancelledError):
            quick.run({"im": IM}, cancel=cancel)

        async def impatient():
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(slow.run_async(im=im), 0.5)
            return await asyncio.gather(*(quick.run_async(im=IM) for _ in range(20)))

        assert all(found.any() for found in asyncio.run(impatient()))


@linux
@pytest.mark.slow
def test_a_box_that_is_closed_says_so():
    box = maskexpr.Sandbox(workers=1)
    quick, slow = box.compile("im > 3"), box.compile(BOMB)
    quick(im=IM)
    threading.Timer(0.5, box.close).start()
    with pytest.raises(maskexpr.WorkerError, match="the sandbox is closed"):
        slow(im=np.random.default_rng(1).random((2000, 2000)))
    with pytest.raises(maskexpr.WorkerError, match="the sandbox is closed"):
        quick(im=IM)
    with pytest.raises(maskexpr.WorkerError, match="the sandbox is closed"):
        box.compile("im > 3")


@linux
@pytest.mark.slow
def test_a_box_that_is_closed_says_so_to_those_who_await_it():
    box = maskexpr.Sandbox(workers=1)
    quick = box.compile("im > 3")

    async def late():
        await quick.run_async(im=IM)
        box.close()
        with pytest.raises(maskexpr.WorkerError, match="the sandbox is closed"):
            await asyncio.wait_for(quick.run_async(im=IM), 30)

    asyncio.run(late())


def test_helpers_that_are_closed_do_what_is_asked_of_them_all_the_same():
    helpers = Helpers(1)
    first = helpers.submit(lambda: threading.current_thread())
    assert first.result(30) is not threading.current_thread()
    helpers.close()
    assert helpers.submit(lambda: 3).result(30) == 3


@linux
@pytest.mark.slow
def test_arrays_of_a_box_may_be_more_than_a_worker_can_be_given():
    with maskexpr.Sandbox(workers=1, limits=maskexpr.Limits(depth=1000)) as box:
        names = [f"i{number}" for number in range(270)]
        given = {name: box.array((40, 40)) for name in names}
        for array in given.values():
            array[:] = 1
        assert (box.compile(" + ".join(names))(**given) == 270).all()
        size = box.compile("sum(im)")
        assert sum(size(im=array) for array in given.values()) == 270 * 1600
        (worker,) = box._crew.processes()
        assert len(os.listdir(f"/proc/{worker}/fd")) < 250


@linux
@pytest.mark.slow
def test_what_takes_long_to_import_is_there_before_a_run():
    with maskexpr.Sandbox(workers=1) as box:
        box.compile("im > 3")(im=IM)
        (worker,) = box._crew.processes()
        assert "/scipy/ndimage/" in Path(f"/proc/{worker}/maps").read_text()
